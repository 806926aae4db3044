// What today's builders make, each with its own programs: the action verifies it, writes a layout that others read, and loads it into
// both image stores, where it runs. Contents are new in each run, so that no engine has any of it.

import {execFile} from 'node:child_process'
import {chmod, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {afterAll, beforeAll, expect, it, jest} from '@jest/globals'
import {type DockerRegistry, startDockerRegistry} from './support/docker-registry.ts'
import {type Engine, findEngines} from './support/engines.ts'
import {greeterFor} from './support/greeter.ts'
import {describeWith, type Program} from './support/programs.ts'
import {runAction} from './support/run-action.ts'
import {tarOf} from './support/tar.ts'

jest.setTimeout(180_000)

const GREETING = `hello from run ${String(Date.now())}`
const ARCHITECTURE = process.arch === 'arm64' ? 'arm64' : 'amd64'

let registry: DockerRegistry
let folder: string

beforeAll(async () => {
  ;[registry, folder] = await Promise.all([startDockerRegistry(), mkdtemp(join(tmpdir(), 'verified-image-builders-'))])
})
afterAll(async () => {
  await Promise.all([registry.close(), rm(folder, {recursive: true, force: true})])
})

const engines = findEngines()
// Only this store's BuildKit has all of the exporter's options.
const containerd = engines.find(({store}) => store === 'containerd')

async function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {}
): Promise<string> {
  const {stdout} = await promisify(execFile)(program, args, {
    ...{timeout: 120_000, maxBuffer: 1 << 26, cwd: folder, env: {...process.env, ...env}}
  })
  return stdout.trim()
}

/** A folder of its own with `context/hello` and a Dockerfile. */
async function workshop(name: string): Promise<string> {
  const place = join(folder, name.replaceAll(/[^a-z0-9]+/g, '-'))
  await mkdir(join(place, 'context'), {recursive: true})
  const hello = join(place, 'context', 'hello')
  await writeFile(hello, greeterFor(process.arch, `${GREETING}, ${name}`))
  await chmod(hello, 0o755)
  await writeFile(join(place, 'context', 'notes'), `${GREETING}, ${name}\n`.repeat(500))
  await writeFile(
    join(place, 'context', 'Dockerfile'),
    'FROM scratch\nCOPY hello /hello\nCOPY notes /notes\nCMD ["/hello"]\n'
  )
  return place
}

type Make = (target: string, place: string) => Promise<unknown>
type Build = {
  readonly name: string
  readonly needs: readonly Program[]
  readonly make: Make
  readonly platform?: string
  /** A store that does not run it. */
  readonly notIn?: Engine['store']
}

function inEngine(engine: Engine | undefined, ...args: readonly string[]): Promise<string> {
  if (engine === undefined) throw new Error('there is no engine with this store')
  return engine.docker(...args)
}

function buildx(exporter: string, ...more: readonly string[]): Make {
  return (target, place) =>
    inEngine(
      containerd,
      ...['buildx', 'build', '--quiet', '--no-cache', ...more],
      ...['--output', `type=image,name=${target},push=true,${exporter}`, join(place, 'context')]
    )
}

function buildah(format: 'oci' | 'docker', compression: 'gzip' | 'zstd'): Make {
  return async (target, place) => {
    const store = ['--root', join(place, 'root'), '--runroot', join(place, 'runroot'), '--storage-driver', 'vfs']
    const built = [
      ...store,
      'build',
      '--isolation',
      'chroot',
      '--format',
      format,
      '--tag',
      'local:1',
      join(place, 'context')
    ]
    await run('buildah', built)
    // It wants a file to be there, whatever is in it.
    const logins = join(place, 'auth.json')
    await writeFile(logins, '{}')
    const push = [
      ...store,
      'push',
      '--authfile',
      logins,
      '--tls-verify=false',
      '--compression-format',
      compression,
      'local:1'
    ]
    await run('buildah', [...push, `docker://${target}`])
  }
}

/** `docker save` of what this engine built. */
async function saved(engine: Engine | undefined, place: string): Promise<string> {
  const [local, archive] = [`builders-${String(Date.now())}:1`, join(place, 'saved.tar')]
  await inEngine(
    engine,
    'buildx',
    'build',
    '--quiet',
    '--no-cache',
    '--provenance=false',
    '--load',
    '--tag',
    local,
    join(place, 'context')
  )
  await inEngine(engine, 'save', '--output', archive, local)
  await inEngine(engine, 'image', 'rm', '--force', local)
  return archive
}

function skopeo(...args: readonly string[]): Promise<string> {
  return run('skopeo', ['--insecure-policy', 'copy', '--dest-tls-verify=false', '--src-tls-verify=false', ...args])
}

async function layerFile(place: string): Promise<string> {
  const file = join(place, 'layer.tar')
  const name = place.split('/').at(-1) ?? ''
  await writeFile(file, tarOf({hello: greeterFor(process.arch, `${GREETING}, ${name}`), notes: GREETING}))
  return file
}

const crane: Make = async (target, place) => {
  await run('crane', ['append', '--insecure', '--new_layer', await layerFile(place), '--new_tag', target])
  await run('crane', [
    'mutate',
    '--insecure',
    '--entrypoint',
    '/hello',
    '--set-platform',
    `linux/${ARCHITECTURE}`,
    '--tag',
    target,
    target
  ])
}

const umoci: Make = async (target, place) => {
  const layout = join(place, 'layout')
  await run('umoci', ['init', '--layout', layout])
  await run('umoci', ['new', '--image', `${layout}:1`])
  await run('umoci', ['insert', '--image', `${layout}:1`, join(place, 'context', 'hello'), '/hello'])
  await run('umoci', ['config', '--image', `${layout}:1`, '--config.cmd', '/hello'])
  await skopeo(`oci:${layout}:1`, `docker://${target}`)
}

const ko: Make = async (target, place) => {
  const program = join(place, 'program')
  await mkdir(program)
  await writeFile(join(program, 'go.mod'), 'module example.com/hello\n\ngo 1.21\n')
  await writeFile(
    join(program, 'main.go'),
    `package main\n\nimport "fmt"\n\nfunc main() { fmt.Println(${JSON.stringify(GREETING)}) }\n`
  )
  // The base that it would take otherwise is on the internet.
  const base = `${registry.host}/ko-base:1`
  await crane(base, place)
  const [repository = ''] = target.split(/:1$/)
  const args = ['build', '--bare', '--tags', '1', '--sbom=spdx', `--platform=linux/${ARCHITECTURE}`, '.']
  await promisify(execFile)('ko', args, {
    ...{cwd: program, timeout: 120_000},
    env: {
      ...process.env,
      KO_DOCKER_REPO: repository,
      KO_DEFAULTBASEIMAGE: base,
      GOFLAGS: '-mod=mod',
      GOTOOLCHAIN: 'local'
    }
  })
}

const BUILDX: readonly Program[] = ['docker', 'buildx']
const BUILDS: readonly Build[] = [
  {name: 'buildx', needs: BUILDX, make: buildx('oci-mediatypes=false', '--provenance=false')},
  {name: 'buildx with OCI types', needs: BUILDX, make: buildx('oci-mediatypes=true', '--provenance=false')},
  {name: 'buildx with provenance', needs: BUILDX, make: buildx('oci-mediatypes=true', '--provenance=mode=max')},
  {
    name: 'buildx with zstd',
    needs: BUILDX,
    make: buildx('oci-mediatypes=true,compression=zstd,force-compression=true')
  },
  {
    name: 'buildx with estargz',
    needs: BUILDX,
    make: buildx('oci-mediatypes=true,compression=estargz,force-compression=true')
  },
  {
    name: 'buildx without compression',
    needs: BUILDX,
    make: buildx('oci-mediatypes=true,compression=uncompressed,force-compression=true')
  },
  {
    name: 'buildx without compression, with Docker types',
    ...{
      needs: BUILDX,
      make: buildx('oci-mediatypes=false,compression=uncompressed,force-compression=true', '--provenance=false')
    }
  },
  {
    name: 'buildx with zstd and Docker types',
    ...{
      needs: [...BUILDX, 'crane'],
      make: buildx('oci-mediatypes=false,compression=zstd,force-compression=true', '--provenance=false')
    },
    notIn: 'containerd'
  },
  {
    name: 'buildx for two platforms',
    needs: BUILDX,
    make: buildx('oci-mediatypes=true', '--platform', 'linux/amd64,linux/arm64')
  },
  {
    name: 'buildx for two platforms, all of them',
    ...{needs: BUILDX, make: buildx('oci-mediatypes=true', '--platform', 'linux/amd64,linux/arm64'), platform: 'all'}
  },
  {
    name: 'buildx with annotations',
    needs: BUILDX,
    make: buildx('oci-mediatypes=true,annotation.org.opencontainers.image.title=x')
  },
  {
    name: 'buildx with an inline cache',
    needs: BUILDX,
    make: buildx('oci-mediatypes=true', '--cache-to', 'type=inline')
  },
  {name: 'buildah', needs: ['buildah'], make: buildah('oci', 'gzip')},
  {name: 'buildah with zstd', needs: ['buildah'], make: buildah('oci', 'zstd')},
  {name: 'buildah with Docker types', needs: ['buildah'], make: buildah('docker', 'gzip')},
  {
    name: 'docker save and skopeo',
    needs: ['docker', 'skopeo'],
    make: async (target, place) => skopeo(`docker-archive:${await saved(engines[0], place)}`, `docker://${target}`)
  },
  {
    name: 'docker save of the other store and skopeo',
    needs: ['docker', 'skopeo'],
    make: async (target, place) => skopeo(`docker-archive:${await saved(engines.at(-1), place)}`, `docker://${target}`)
  },
  {
    name: 'docker save and crane',
    needs: ['docker', 'crane'],
    make: async (target, place) => run('crane', ['push', '--insecure', await saved(engines[0], place), target])
  },
  {
    // skopeo finds the plain layers in the registry, and calls them gzip.
    name: 'docker save and skopeo over plain layers',
    needs: ['docker', 'buildx', 'skopeo'],
    make: async (target, place) => {
      const context = join(place, 'context')
      const plain = 'oci-mediatypes=false,compression=uncompressed,force-compression=true'
      const repository = target.replace(/:1$/, '')
      await inEngine(
        containerd,
        'buildx',
        'build',
        '--quiet',
        '--provenance=false',
        '--output',
        `type=image,name=${repository}:0,push=true,${plain}`,
        context
      )
      const archive = join(place, 'built.tar')
      await inEngine(
        containerd,
        'buildx',
        'build',
        '--quiet',
        '--provenance=false',
        '--output',
        `type=docker,dest=${archive}`,
        context
      )
      await skopeo(`docker-archive:${archive}`, `docker://${target}`)
    }
  },
  {
    name: 'skopeo to schema 2',
    needs: ['umoci', 'skopeo'],
    make: async (target, place) => {
      await umoci(`${registry.host}/from-umoci:1`, place)
      await skopeo('--format', 'v2s2', `docker://${registry.host}/from-umoci:1`, `docker://${target}`)
    }
  },
  {
    name: 'skopeo to zstd',
    needs: ['umoci', 'skopeo'],
    make: async (target, place) => {
      await umoci(`${registry.host}/for-zstd:1`, place)
      await skopeo(
        '--dest-compress-format',
        'zstd',
        '--dest-compress',
        '--format',
        'oci',
        `docker://${registry.host}/for-zstd:1`,
        `docker://${target}`
      )
    }
  },
  {name: 'umoci', needs: ['umoci', 'skopeo'], make: umoci},
  {name: 'crane', needs: ['crane'], make: crane},
  {
    name: 'crane, flattened',
    needs: ['crane'],
    make: async (target, place) => {
      await crane(target, place)
      await run('crane', ['flatten', '--insecure', '--tag', target, target])
    }
  },
  {
    name: 'crane, an index of it',
    needs: ['crane'],
    make: async (target, place) => {
      await crane(`${registry.host}/for-index:1`, place)
      await run('crane', [
        'index',
        'append',
        '--insecure',
        '--manifest',
        `${registry.host}/for-index:1`,
        '--tag',
        target
      ])
    }
  },
  {name: 'ko', needs: ['ko', 'crane', 'go'], make: ko}
]

// runc sometimes loses the pipe to the process that it has just started, on a busy machine and whatever the image is.
async function runImage({docker}: Engine, image: string): Promise<string> {
  const start = (): Promise<string> => docker('run', '--rm', '--network', 'none', image)
  return start().catch((error: unknown) => {
    if (!String(error).includes('read init-p: connection reset by peer')) throw error
    return start()
  })
}

describeWith(['docker-registry', 'skopeo'], 'what builders make', () => {
  it('has an engine of each store to load into, where there are two', () => {
    expect(engines).not.toEqual([])
  })
})

for (const {name, needs, make, platform, notIn} of BUILDS)
  describeWith(['docker-registry', 'skopeo', ...needs], `an image of ${name}`, () => {
    let target: string
    const inputs = {'public-mirrors': '', 'status-pages': 'false', ...(platform === undefined ? {} : {platform})}

    beforeAll(async () => {
      target = `${registry.host}/${name.replaceAll(/[^a-z0-9]+/g, '-')}:1`
      await make(target, await workshop(name))
    }, 120_000)

    it('is verified in full, without a warning but for what a store does not run', async () => {
      const ran = await runAction({image: target, ...inputs})
      expect(ran).toMatchObject({exitCode: 0, outputs: {verified: 'full'}})
      if (notIn === undefined) expect(ran.annotations).toEqual([])
    })

    it('becomes a layout that others read', async () => {
      const place = await workshop(`layout of ${name}`)
      const ran = await runAction({image: target, layout: 'layout', ...inputs}, {cwd: place})
      expect(ran).toMatchObject({exitCode: 0, outputs: {verified: 'full'}})
      const layout = join(place, 'layout')
      // skopeo does not know Docker's type for zstd.
      if (notIn !== undefined) await run('crane', ['push', '--insecure', layout, `${target}-copy`])
      else await skopeo(...(platform === 'all' ? ['--all'] : []), `oci:${layout}`, `dir:${join(place, 'copy')}`)
    })

    for (const engine of engines)
      it(`is loaded into the ${engine.store} store, and runs there`, async () => {
        const ran = await runAction({image: target, load: 'true', ...inputs, platform: ''}, {env: engine.env})
        try {
          expect(ran).toMatchObject({exitCode: 0})
          if (engine.store === notIn) expect(ran.annotations.map(({message}) => message).join()).toContain('zstd')
          else await expect(runImage(engine, ran.outputs['reference'] ?? '')).resolves.toContain(GREETING)
        } finally {
          await engine.docker('image', 'rm', '--force', target).catch(() => '')
        }
      })
  })
