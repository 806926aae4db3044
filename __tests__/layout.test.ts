// `layout` with other programs as judges: skopeo, crane, and BuildKit. Also the folders that it must not change.

import {execFile, execFileSync} from 'node:child_process'
import {existsSync} from 'node:fs'
import {mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it} from '@jest/globals'
import {type DockerRegistry, startDockerRegistry} from './support/docker-registry.ts'
import {findEngines} from './support/engines.ts'
import {digestBytes, type Image, type Index, makeImage, makePublished, manifestsOf} from './support/images.ts'
import {describeWith} from './support/programs.ts'
import {type ActionRun, runAction} from './support/run-action.ts'

const NAME = 'acme/app'
const TAG = '1.2.3'

let registry: DockerRegistry
let tools: string
let workspace: string

beforeAll(async () => {
  ;[registry, tools] = await Promise.all([startDockerRegistry(), mkdtemp(join(tmpdir(), 'verified-image-tools-'))])
})

afterAll(async () => {
  await Promise.all([registry.close(), rm(tools, {recursive: true})])
})

beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'verified-image-workspace-'))
})

afterEach(async () => {
  await rm(workspace, {recursive: true})
})

function run(more: Readonly<Record<string, string>> = {}): Promise<ActionRun> {
  return runAction(
    {
      ...{image: `${registry.host}/${NAME}:${TAG}`, mirrors: '', layout: 'image', platform: 'linux/amd64'},
      ...more
    },
    {cwd: workspace, env: {RUNNER_TOOL_CACHE: tools}}
  )
}

async function say(program: string, ...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)(program, args, {timeout: 60_000})).stdout
}

function folder(): string {
  return join(workspace, 'image')
}

function amd64({children}: Index): Image {
  const [image] = children
  if (image === undefined) throw new Error('no image was made')
  return image
}

const crane = ['/usr/local/bin/crane', '/usr/bin/crane', '/tmp/gotools/crane'].find(path => existsSync(path))

describeWith(['docker-registry', 'skopeo'], 'a layout', () => {
  const copied = async (...options: readonly string[]): Promise<string> => {
    const target = join(workspace, `copy-${String(options.length)}`)
    await say('skopeo', 'copy', '--preserve-digests', ...options, `oci:${folder()}`, `dir:${target}`)
    return digestBytes(await readFile(join(target, 'manifest.json')))
  }

  it.each([
    {name: 'OCI, gzip', spec: {}},
    {name: 'OCI, zstd', spec: {compression: 'zstd' as const}},
    {name: 'OCI, uncompressed', spec: {compression: 'none' as const}}
  ])('has only the blobs of a single-platform image: $name', async ({spec}) => {
    const image = makeImage({
      layers: [
        {content: {seed: 3, size: 9000}, ...spec},
        {content: {seed: 4, size: 90}, ...spec}
      ]
    })
    await registry.push(NAME, TAG, image)
    const ran = await run()
    expect(ran).toMatchObject({exitCode: 0, annotations: []})
    expect(ran.outputs).toMatchObject({
      layout: folder(),
      reference: `oci-layout://${folder()}@${image.manifest.digest}`,
      'build-contexts': `${registry.host}/${NAME}:${TAG}=oci-layout://${folder()}@${image.manifest.digest}`
    })
    expect((await readdir(join(folder(), 'blobs', 'sha256'))).length).toBe(4)
    await expect(copied()).resolves.toBe(image.manifest.digest)
    await expect(say('skopeo', 'inspect', '--raw', `oci:${folder()}:${TAG}`)).resolves.toBe(
      image.manifest.bytes.toString()
    )
  })

  it('of a Docker schema 2 image is accepted by skopeo', async () => {
    const image = makeImage({mediaTypes: 'docker'})
    await registry.push(NAME, TAG, image)
    await run()
    await expect(say('skopeo', 'inspect', '--raw', `oci:${folder()}`)).resolves.toBe(image.manifest.bytes.toString())
  })

  it('has only the requested platform of an index', async () => {
    const index = makePublished({seed: 11})
    await registry.push(NAME, TAG, index)
    const ran = await run()
    expect(ran.outputs).toMatchObject({
      digest: index.index.digest,
      reference: `oci-layout://${folder()}@${amd64(index).manifest.digest}`
    })
    await expect(copied('--all')).resolves.toBe(amd64(index).manifest.digest)
  })

  it('has the published index with attestations for platform: all', async () => {
    const index = makePublished({seed: 12})
    await registry.push(NAME, TAG, index)
    const ran = await run({platform: 'all'})
    expect(ran.outputs).toMatchObject({reference: `oci-layout://${folder()}@${index.index.digest}`, verified: 'full'})
    const had = await readdir(join(folder(), 'blobs', 'sha256'))
    expect(manifestsOf(index).filter(({digest}) => !had.includes(digest.slice(7)))).toEqual([])
    await expect(copied('--all')).resolves.toBe(index.index.digest)
  })

  it('has a generated index for platform: all when an attestation is not available', async () => {
    const index = makePublished({seed: 13})
    await registry.push(NAME, TAG, index)
    await rm(registry.blobPath(index.attestations[0]?.layers[0]?.digest ?? ''))
    await run({platform: 'all'})
    expect(JSON.parse(await say('skopeo', 'inspect', '--raw', `oci:${folder()}`))).toMatchObject({
      manifests: index.children.map(({manifest: {digest, size}, platform}) => ({
        ...{digest, size},
        platform: {os: 'linux', architecture: platform.slice('linux/'.length)}
      }))
    })
    await copied('--all')
  })

  it('has a generated index of the requested platforms', async () => {
    const index = makePublished({seed: 14, platforms: ['linux/amd64', 'linux/arm64', 'linux/s390x']})
    await registry.push(NAME, TAG, index)
    await run({platform: 'linux/s390x, linux/amd64'})
    const raw = JSON.parse(await say('skopeo', 'inspect', '--raw', `oci:${folder()}`)) as {
      manifests: {digest: string}[]
    }
    expect(raw.manifests.map(({digest}) => digest)).toEqual(
      [index.children[2], index.children[0]].map(image => image?.manifest.digest)
    )
    await copied('--all')
  })

  it('names each of several images by its tag, and by its full name when tags are equal', async () => {
    const [one, two, three] = [21, 22, 23].map(seed => makeImage({layers: [{content: {seed, size: 5000}}]}))
    if (one === undefined || two === undefined || three === undefined) throw new Error('no image was made')
    await registry.push('acme/one', '1', one)
    await registry.push('acme/two', '2', two)
    await registry.push('acme/three', '2', three)
    const named = (...names: readonly string[]): string => names.map(name => `${registry.host}/acme/${name}`).join('\n')
    const ran = await run({image: named('one:1', 'two:2')})
    expect(ran.exitCode).toBe(0)
    await expect(say('skopeo', 'inspect', '--raw', `oci:${folder()}:1`)).resolves.toBe(one.manifest.bytes.toString())
    await expect(say('skopeo', 'inspect', '--raw', `oci:${folder()}:2`)).resolves.toBe(two.manifest.bytes.toString())
    await run({image: named('two:2', 'three:2')})
    const whole = `oci:${folder()}:${registry.host}/acme/three:2`
    await expect(say('skopeo', 'inspect', '--raw', whole)).resolves.toBe(three.manifest.bytes.toString())
  })

  it('has sha512 blobs in a folder of their own', async () => {
    const image = makeImage({algorithm: 'sha512'})
    await registry.push(NAME, 'sha512', image)
    await run({image: `${registry.host}/${NAME}:sha512`})
    expect(await readdir(join(folder(), 'blobs'))).toEqual(['sha256', 'sha512'])
  })

  // No distribution has it as a package: not everybody who runs this can have it.
  if (crane !== undefined)
    it('is pushed by crane with the same digest', async () => {
      const index = makePublished({seed: 15})
      await registry.push(NAME, TAG, index)
      await run({platform: 'all'})
      await say(crane, 'push', folder(), `${registry.host}/acme/pushed:1`)
      await expect(say(crane, 'digest', `${registry.host}/acme/pushed:1`)).resolves.toBe(`${index.index.digest}\n`)
    })
})

// BuildKit inside the classic engine does not know oci-layout.
for (const {env} of findEngines().filter(({store}) => store === 'containerd'))
  describe('the build-contexts of a layout, in an engine with the containerd image store', () => {
    it('build an unchanged Dockerfile when its registry is down', async () => {
      const gone = await startDockerRegistry()
      const image = `${gone.host}/${NAME}:${TAG}`
      await gone.push(NAME, TAG, makePublished({seed: Date.now()}))
      const own = process.arch === 'arm64' ? 'linux/arm64' : 'linux/amd64'
      const one = await run({image, platform: own})
      const all = await run({image, platform: 'all', layout: 'all'})
      await gone.close()
      await writeFile(join(workspace, 'Dockerfile'), `FROM ${image}\nLABEL built=yes\n`)
      for (const {outputs} of [one, all]) {
        const args = ['buildx', 'build', '--no-cache', '--build-context', outputs['build-contexts'] ?? '', workspace]
        expect(() => execFileSync('docker', args, {env, stdio: 'pipe', timeout: 60_000})).not.toThrow()
      }
    })
  })

describeWith(['docker-registry'], 'the folder of a layout', () => {
  const image = makeImage()

  beforeEach(async () => {
    await registry.push(NAME, TAG, image)
  })

  const expectFault = async (more: Readonly<Record<string, string>>, rule: RegExp): Promise<void> => {
    const ran = await run(more)
    expect(ran.exitCode).toBe(1)
    expect(ran.report).toMatchObject({inputFaults: [{input: 'layout'}], images: []})
    expect(ran.annotations[0]?.message).toMatch(rule)
  }

  it('may be empty, or an earlier layout, which is replaced', async () => {
    await mkdir(folder())
    expect((await run()).exitCode).toBe(0)
    const other = makeImage({layers: [{content: {seed: 99, size: 5000}}]})
    await registry.push(NAME, '2', other)
    expect((await run({image: `${registry.host}/${NAME}:2`})).exitCode).toBe(0)
    expect((await readdir(join(folder(), 'blobs', 'sha256'))).sort()).toEqual(
      [other.manifest, other.config, ...other.layers].map(({digest}) => digest.slice(7)).sort()
    )
    expect(await readdir(workspace)).toEqual(['image'])
  })

  it('may be an absolute path, nested, or behind a link that stays in the workspace', async () => {
    expect((await run({layout: join(workspace, 'a', 'b', 'c')})).outputs['layout']).toBe(join(workspace, 'a', 'b', 'c'))
    await mkdir(join(workspace, 'real'))
    await symlink('real', join(workspace, 'link'))
    expect((await run({layout: 'link/image'})).exitCode).toBe(0)
    expect(await readdir(join(workspace, 'real', 'image'))).toContain('index.json')
  })

  it.each([
    {name: 'somebody’s files', make: () => writeFile(join(folder(), 'notes.txt'), 'mine')},
    {
      name: 'somebody else’s layout',
      make: () => writeFile(join(folder(), 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
    }
  ])('is not changed when it has $name', async ({make}) => {
    await mkdir(folder())
    await make()
    const before = await readdir(folder())
    await expectFault({}, /other files, which are not deleted/)
    expect(await readdir(folder())).toEqual(before)
  })

  it('is not changed when it is an earlier layout to which another image was added', async () => {
    await run()
    const path = join(folder(), 'index.json')
    const index = JSON.parse(await readFile(path, 'utf8')) as {manifests: unknown[]}
    await writeFile(path, JSON.stringify({...index, manifests: [...index.manifests, ...index.manifests]}))
    await expectFault({}, /other files, which are not deleted/)
  })

  it('must not be a file, the workspace, or a path that skopeo cannot parse', async () => {
    await writeFile(join(workspace, 'file'), '')
    await expectFault({layout: 'file'}, /the folder cannot be read/)
    await expectFault({layout: '.'}, /not the workspace/)
    await expectFault({layout: '..'}, /not the workspace/)
    await expectFault({layout: 'a@b'}, /must not contain "@"/)
    await expectFault({layout: 'a:b'}, /must not contain "@", ":"/)
  })

  it.each(['manifest', 'config'])('is refused with verify: %s', async verify => {
    const ran = await run({verify, load: 'maybe'})
    expect(ran.report).toMatchObject({inputFaults: [{input: 'verify', written: verify}, {input: 'load'}]})
    expect(await readdir(workspace)).toEqual([])
  })
})
