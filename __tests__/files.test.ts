// The `files` input from end to end: the action as a process in a workspace, with Docker Hub down, and a real engine that builds the unchanged
// files from the outputs.

import {execFile} from 'node:child_process'
import {existsSync, readFileSync} from 'node:fs'
import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {promisify} from 'node:util'
import {afterAll, beforeAll, describe, expect, it, jest} from '@jest/globals'
import {Ajv2020} from 'ajv/dist/2020.js'
import {type DockerRegistry, startDockerRegistry} from './support/docker-registry.ts'
import {type Index, makePublished} from './support/images.ts'
import {type Internet, startInternet} from './support/internet.ts'
import {describeWith} from './support/programs.ts'
import {type ActionRun, runAction} from './support/run-action.ts'

// Processes, registries and an engine, on a machine that may have other things to do.
jest.setTimeout(60_000)

async function docker(...args: string[]): Promise<string> {
  const {stdout, stderr} = await promisify(execFile)('docker', args, {timeout: 60_000})
  return (stdout + stderr).trim()
}

// Everything that files add to the report is in the published schema.
const validate = new Ajv2020({allErrors: true, strictRequired: false, formats: {'date-time': true}}).compile(
  JSON.parse(readFileSync('report.schema.json', 'utf8')) as Record<string, unknown>
)

const OURS = ['place', 'places', 'namedContexts', 'buildContext']

function faultsOf(report: unknown): readonly unknown[] {
  validate(report)
  return (validate.errors ?? []).filter(({params, instancePath}) =>
    OURS.some(name => instancePath.includes(`/${name}/`) || Object.values(params).includes(name))
  )
}

async function makeWorkspace(files: Readonly<Record<string, string>>): Promise<string> {
  const workspace = await mkdtemp(join(tmpdir(), 'verified-image-workspace-'))
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(workspace, dirname(name)), {recursive: true})
    await writeFile(join(workspace, name), text)
  }
  return workspace
}

async function inWorkspace<T>(
  files: Readonly<Record<string, string>>,
  use: (workspace: string) => Promise<T>
): Promise<T> {
  const workspace = await makeWorkspace(files)
  try {
    return await use(workspace)
  } finally {
    await rm(workspace, {recursive: true})
  }
}

describe('invalid files', () => {
  it('are reported in one error with the issues of other inputs, each on a line with its location', async () => {
    const files = {
      Dockerfile: 'FROM php\nFROM Nginx:1.27\nCOPY --from=redis:latest / /\n',
      'compose.yaml': 'services:\n  a: {image: [}\n'
    }
    const run = await inWorkspace(files, cwd =>
      runAction({files: 'Dockerfile\ncompose.yaml\nnowhere/*', attempts: 'many', platform: 'x'}, {cwd})
    )
    expect(run.exitCode).toBe(1)
    expect(run.annotations.map(({level, title, file}) => [level, title, file])).toEqual([
      ['error', '7 invalid inputs', undefined],
      ['error', 'Input files', 'compose.yaml'],
      ...Array.from({length: 3}, () => ['error', 'Input files', 'Dockerfile'])
    ])
    expect(run.annotations[0]?.message.split('\n')).toEqual([
      '7 invalid inputs. Nothing was downloaded.',
      ...[
        '"nowhere/*": ',
        'files (compose.yaml:2) "compose.yaml": ',
        'files (Dockerfile:2) "Nginx:1.27": ',
        'files (Dockerfile:1) "php": is not pinned',
        'files (Dockerfile:3) "redis:latest": is not pinned',
        'platform "x": ',
        'attempts "many": '
      ].map(text => expect.stringContaining(text) as unknown)
    ])
    expect(faultsOf(run.report)).toEqual([])
    expect(run.report).toMatchObject({
      inputFaults: expect.arrayContaining([expect.objectContaining({place: {file: 'Dockerfile', line: 1}})])
    })
  })

  it.each([
    {name: 'everything is built from nothing', text: 'FROM scratch\n', warnings: 0},
    {name: 'nothing can be known', text: 'ARG BASE\nFROM ${BASE}\n', warnings: 1}
  ])('fail the step when $name, since no image is left to verify', async ({text, warnings}) => {
    const run = await inWorkspace({Dockerfile: text}, cwd => runAction({files: 'Dockerfile'}, {cwd}))
    expect(run.exitCode).toBe(1)
    expect(run.annotations.filter(({level}) => level === 'warning')).toHaveLength(warnings)
    expect(run.annotations.at(-1)?.message).toContain('files "Dockerfile": has no image to verify')
    expect(run.outputs['reference']).toBeUndefined()
  })
})

const TAG = '8.3.8'
const NAMES = ['library/php', 'library/composer', 'library/busybox', 'library/alpine', 'docker/dockerfile'] as const
// It needs nothing but itself, so that a build has something to run.
const STATIC_PROGRAM = '/sbin/ldconfig'

describeWith(['docker-registry'], 'the `files` input when Docker Hub is down and a mirror is up', () => {
  let hub: DockerRegistry
  let mirror: DockerRegistry
  let internet: Internet
  let published: Readonly<Record<string, Index>>
  const seed = Date.now()

  beforeAll(async () => {
    ;[hub, mirror] = await Promise.all([startDockerRegistry(), startDockerRegistry()])
    const program = existsSync(STATIC_PROGRAM) ? await readFile(STATIC_PROGRAM) : Buffer.from('none')
    const made = NAMES.map((name, at) => {
      const layers = [{content: {files: {[`from/${name}`]: `${name} ${String(seed)}`, program}}}]
      return [name, makePublished({seed: seed + at, layers})] as const
    })
    published = Object.fromEntries(made)
    for (const [name, index] of made) await mirror.push(name, TAG, index)
    internet = await startInternet({'registry-1.docker.io': Number(hub.host.split(':')[1])})
    await hub.kill()
  })

  afterAll(async () => {
    await Promise.all([hub.close(), mirror.close(), internet.close()])
  })

  const digestOf = (name: (typeof NAMES)[number]): string => published[name]?.index.digest ?? ''
  const at = (name: (typeof NAMES)[number]): string => `docker-image://${mirror.host}/${name}@${digestOf(name)}`

  const run = (cwd: string, inputs: Readonly<Record<string, string>>): Promise<ActionRun> =>
    runAction(
      {mirrors: `docker.io=${mirror.host}`, backoff: '10ms', attempts: '2', ...inputs},
      {cwd, env: {...internet.environment}}
    )

  it('outputs each image once, however it is spelled, and those of the `image` input first', async () => {
    const files = {
      'a/Dockerfile': `FROM php:${TAG}\nFROM docker.io/library/php:${TAG}\nCOPY --from=composer:${TAG} / /\n`,
      'b/Dockerfile': `ARG V=${TAG}\nFROM index.docker.io/library/php:$V\n`
    }
    const {outputs, exitCode, report, annotations} = await inWorkspace(files, cwd =>
      run(cwd, {files: '*/Dockerfile', image: `busybox:${TAG}`})
    )
    expect(exitCode).toBe(0)
    expect(outputs).toMatchObject({
      reference: `${mirror.host}/library/busybox@${digestOf('library/busybox')}`,
      'build-contexts': [
        `busybox:${TAG}=${at('library/busybox')}`,
        `php:${TAG}=${at('library/php')}`,
        `composer:${TAG}=${at('library/composer')}`
      ].join('\n')
    })
    expect(faultsOf(report)).toEqual([])
    expect(report).toMatchObject({
      images: [{image: `busybox:${TAG}`}, {image: `php:${TAG}`}, {image: `composer:${TAG}`}]
    })
    // Beside the line that names it first.
    expect(annotations.map(({level, file, line}) => [level, file, line])).toEqual([
      ['warning', undefined, undefined],
      ['warning', 'a/Dockerfile', '1'],
      ['warning', 'a/Dockerfile', '3']
    ])
  })

  it('outputs no build context for an image with the name of a stage, which the context would replace', async () => {
    const files = {
      Dockerfile: `FROM php:${TAG} AS php\nFROM php\nFROM composer:${TAG}\n`,
      'b/Dockerfile': 'FROM php\n'
    }
    await mirror.push('library/php', 'latest', published['library/php'] ?? makePublished())
    const {outputs, annotations, exitCode, report} = await inWorkspace(files, cwd =>
      run(cwd, {files: '**/Dockerfile', 'allow-floating': 'true'})
    )
    expect(exitCode).toBe(0)
    expect(faultsOf(report)).toEqual([])
    expect(outputs['build-contexts']).toBe(`php:${TAG}=${at('library/php')}\ncomposer:${TAG}=${at('library/composer')}`)
    expect(annotations[0]).toMatchObject({
      ...{level: 'warning', file: 'b/Dockerfile', line: '1'},
      message: expect.stringContaining('Build context "php" was skipped. A stage has the same name.')
    })
  })

  it('annotates the line of an image that is not available, and lists its other locations', async () => {
    const files = {Dockerfile: `FROM php:${TAG}\nFROM php:0.0.1\nCOPY --from=php:0.0.1 / /\n`}
    const {annotations, exitCode, outputs} = await inWorkspace(files, cwd => run(cwd, {files: 'Dockerfile'}))
    expect(exitCode).toBe(1)
    expect(annotations.find(({level}) => level === 'error')).toMatchObject({
      title: 'Could not verify php:0.0.1',
      file: 'Dockerfile',
      line: '2',
      message: expect.stringContaining('Also used at Dockerfile:3.')
    })
    expect(outputs['build-contexts']).toBe(`php:${TAG}=${at('library/php')}`)
  })

  it('warns on the line of an image that only the build knows, and verifies the others', async () => {
    const files = {'compose.yaml': `services:\n  a: {image: "php:${TAG}"}\n  b: {image: "b:\${NOT_SET}"}\n`}
    const {annotations, exitCode, outputs} = await inWorkspace(files, cwd => run(cwd, {files: 'compose.yaml'}))
    expect(exitCode).toBe(0)
    expect(annotations[0]).toMatchObject({level: 'warning', file: 'compose.yaml', line: '3'})
    expect(annotations[0]?.message).toContain(
      'Line 3 of compose.yaml: image: b:${NOT_SET} was skipped. NOT_SET is not set in'
    )
    expect(outputs['references']).toBe(
      JSON.stringify({[`php:${TAG}`]: `${mirror.host}/library/php@${digestOf('library/php')}`})
    )
  })

  it('verifies the platforms that the files use an image for', async () => {
    const files = {
      Dockerfile: `FROM --platform=linux/arm64 php:${TAG} AS a\nFROM --platform=$BUILDPLATFORM composer:${TAG}\nFROM busybox:${TAG}\nFROM --platform=linux/amd64 busybox:${TAG}`
    }
    const {report} = await inWorkspace(files, cwd => run(cwd, {files: 'Dockerfile', platform: 'linux/arm64'}))
    const machine = process.arch === 'arm64' ? 'linux/arm64' : 'linux/amd64'
    expect(report).toMatchObject({
      images: [
        {platforms: [{platform: 'linux/arm64'}]},
        {platforms: [{platform: machine}]},
        {platforms: [{platform: 'linux/arm64'}, {platform: 'linux/amd64'}]}
      ]
    })
  })

  describeWith(['docker', 'buildx'], 'docker buildx with the build contexts', () => {
    const built = async (
      files: Readonly<Record<string, string>>,
      build: (cwd: string, contexts: readonly string[]) => Promise<string>
    ): Promise<readonly string[]> =>
      inWorkspace(files, async cwd => {
        const {outputs, exitCode, stdout, report} = await run(cwd, {files: '*'})
        if (exitCode !== 0) throw new Error(stdout)
        expect(faultsOf(report)).toEqual([])
        const tag = await build(cwd, (outputs['build-contexts'] ?? '').split('\n'))
        try {
          await docker('create', '--name', tag.replace(':', '-'), tag, '/program')
          return (await docker('image', 'inspect', '--format', '{{join .RootFS.Layers "\\n"}}', tag)).split('\n')
        } finally {
          await docker('rm', '--force', tag.replace(':', '-')).catch(() => '')
          await docker('image', 'rm', '--force', tag).catch(() => '')
        }
      })

    const layersOf = (name: (typeof NAMES)[number]): readonly string[] => {
      const [amd64, arm64] = published[name]?.children ?? []
      return ((process.arch === 'arm64' ? arm64 : amd64)?.layers ?? []).map(({diffId}) => diffId)
    }

    it('builds an unchanged Dockerfile from the mirror: FROM, ARG, a digest, COPY --from, and RUN --mount', async () => {
      const files = {
        Dockerfile: [
          `ARG VERSION=${TAG}`,
          'FROM php:${VERSION} AS base',
          `FROM docker.io/library/alpine:${TAG}@${digestOf('library/alpine')} AS pinned`,
          `FROM docker.io/library/php:${TAG}`,
          'COPY --from=base /from/library/php /base',
          'COPY --from=pinned /from/library/alpine /pinned',
          `COPY --from=composer:${TAG} /from/library/composer /composer`,
          `RUN --network=none --mount=type=bind,from=busybox:${TAG},target=/m ["/m/program", "--version"]`
        ].join('\n')
      }
      const layers = await built(files, async (cwd, contexts) => {
        expect(contexts).toEqual([
          `php:${TAG}=${at('library/php')}`,
          `alpine:${TAG}@${digestOf('library/alpine')}=${at('library/alpine')}`,
          `composer:${TAG}=${at('library/composer')}`,
          `busybox:${TAG}=${at('library/busybox')}`
        ])
        await docker(
          'buildx',
          'build',
          '--load',
          '--tag',
          'verified-image-files:built',
          ...contexts.flatMap(context => ['--build-context', context]),
          cwd
        )
        return 'verified-image-files:built'
      })
      expect(layers.slice(0, 1)).toEqual(layersOf('library/php'))
      expect(layers.length).toBeGreaterThan(3)
    })

    it('builds an unchanged Bake file from the mirror when the contexts are set for all targets', async () => {
      const files = {
        'docker-bake.hcl': [
          'target "app" {',
          `  contexts = { base = "docker-image://alpine:${TAG}" }`,
          `  args = { PHP = "${TAG}" }`,
          '  dockerfile = "Dockerfile"',
          '  tags = ["verified-image-files:baked"]',
          '  output = ["type=docker"]',
          '}'
        ].join('\n'),
        Dockerfile: 'ARG PHP\nFROM php:${PHP}\nCOPY --from=base /from/library/alpine /base\n'
      }
      const layers = await built(files, async (cwd, contexts) => {
        // A context is looked up under its own name, and what it says is not looked up again.
        expect(contexts).toContain(`base=${at('library/alpine')}`)
        const sets = contexts.flatMap(context => ['--set', `*.contexts.${context}`])
        await promisify(execFile)('docker', ['buildx', 'bake', ...sets, 'app'], {cwd, timeout: 60_000})
        return 'verified-image-files:baked'
      })
      expect(layers.slice(0, 1)).toEqual(layersOf('library/php'))
    })

    it('requests the frontend of a syntax directive from the mirror', async () => {
      const files = {Dockerfile: `# syntax=docker/dockerfile:${TAG}\nFROM php:${TAG}\n`}
      const build = inWorkspace(files, async cwd => {
        const {outputs} = await run(cwd, {files: 'Dockerfile'})
        const contexts = (outputs['build-contexts'] ?? '').split('\n')
        expect(contexts).toContain(`docker/dockerfile:${TAG}=${at('docker/dockerfile')}`)
        return docker(
          'buildx',
          'build',
          '--progress=plain',
          ...contexts.flatMap(context => ['--build-context', context]),
          cwd
        )
      })
      // It is no frontend, but it is the one that was asked for.
      await expect(build).rejects.toThrow(`${mirror.host}/docker/dockerfile@${digestOf('docker/dockerfile')}`)
    })
  })
})
