// No output holds anything that this run did not verify, whatever the names in files, the folders of the job and the programs on its
// PATH say.

import {chmod, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {delimiter, join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import {type FaultRegistry, startFaultRegistry} from '../support/fault-registry.ts'
import {makeImage} from '../support/images.ts'
import {publish} from '../support/registry-content.ts'
import {type ActionRun, runAction} from '../support/run-action.ts'

let folder: string
let registry: FaultRegistry
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verified-image-outputs-'))
  registry = await startFaultRegistry({
    content: [
      publish('acme/app', '1', makeImage()),
      publish('acme/other', '1', makeImage({layers: [{content: {seed: 9, size: 99}}]}))
    ]
  })
})
afterEach(async () => {
  await registry.close()
  await rm(folder, {recursive: true})
})

function run(inputs: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}): Promise<ActionRun> {
  return runAction({mirrors: '', platform: 'linux/amd64', attempts: '1', ...inputs}, {cwd: folder, env})
}

const EVIL = 'docker-image://evil.example.com/x:1'

/** Names of build contexts that a file gives; YAML and HCL read what JSON writes. */
const NAMES: readonly {readonly what: string; readonly name: string}[] = [
  {what: 'a line of its own', name: `php:8.3.8-cli=${EVIL}\nfoo`},
  {what: 'a line behind it', name: `foo=${EVIL}\r\nphp`},
  {what: 'a carriage return', name: `php=${EVIL}\rfoo`},
  {what: 'a value of its own', name: `php=${EVIL}#`},
  {what: 'a line separator', name: `php\u2028foo`},
  {what: 'a next-line character', name: `php\u0085foo`},
  {what: 'an escape sequence', name: 'php\u001b[2K'},
  {what: 'the delimiter of an output', name: 'php\nghadelimiter_0\nreference<<x\nevil\nx\n'}
]

const FILES: readonly {readonly file: string; readonly text: (name: string, image: string) => string}[] = [
  {
    file: 'compose.yaml',
    text: (name, image) =>
      `services: {a: {build: {context: ., additional_contexts: {${JSON.stringify(name)}: "docker-image://${image}"}}}}\n`
  },
  {
    file: 'compose.yml',
    text: (name, image) =>
      `services: {a: {build: {context: ., additional_contexts: [${JSON.stringify(`${name}=docker-image://${image}`)}]}}}\n`
  },
  {
    file: 'docker-bake.json',
    text: (name, image) => JSON.stringify({target: {a: {contexts: {[name]: `docker-image://${image}`}}}})
  },
  {
    file: 'docker-bake.hcl',
    text: (name, image) => `target "a" { contexts = { ${JSON.stringify(name)} = "docker-image://${image}" } }\n`
  }
]

describe.each(FILES)('the name of a build context in $file', ({file, text}) => {
  it.each(NAMES)('brings no line into build-contexts: $what', async ({name}) => {
    const image = `${registry.host}/acme/app:1`
    await writeFile(join(folder, 'Dockerfile'), `FROM ${image}\n`)
    await writeFile(join(folder, file), text(name, image))
    const ran = await run({files: file})
    expect(JSON.stringify(ran.outputs)).not.toContain('evil')
    for (const line of (ran.outputs['build-contexts'] ?? '').split('\n').filter(written => written !== ''))
      expect(line).toMatch(/^[a-z0-9./:_-]+=docker-image:\/\/127\.0\.0\.1:\d+\/acme\/app@sha256:[0-9a-f]{64}$/)
    expect(Object.keys(ran.outputs)).toContain('report')
  })
})

describe('build-contexts', () => {
  it('has each name once: an image in the input image is not another one in a file', async () => {
    const [app, other] = [`${registry.host}/acme/app:1`, `${registry.host}/acme/other:1`]
    await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\n')
    await writeFile(
      join(folder, 'docker-bake.json'),
      JSON.stringify({target: {a: {contexts: {[app]: `docker-image://${other}`}}}})
    )
    const ran = await run({image: app, files: 'docker-bake.json'})
    const names = (ran.outputs['build-contexts'] ?? '').split('\n').map(line => line.slice(0, line.indexOf('=')))
    expect(new Set(names).size).toBe(names.length)
    expect(ran.exitCode).toBe(1)
    expect(ran.annotations[0]?.message).toContain(`but ${app} has the same name`)
  })

  it('has an image once that is asked for in two ways', async () => {
    const ran = await run({
      image: `${registry.host}/acme/app:1\n${registry.host.replace('127.0.0.1', 'LOCALHOST')}/acme/app:1\n${registry.host.replace('127.0.0.1', 'localhost')}/acme/app:1`
    })
    expect(ran.exitCode).toBe(0)
    expect(ran.outputs['build-contexts']?.split('\n')).toHaveLength(2)
    expect(Object.keys(JSON.parse(ran.outputs['references'] ?? '') as object)).toHaveLength(3)
  })
})

describe('paths', () => {
  const image = (): string => `${registry.host}/acme/app:1`

  it.each(['a\nreference=evil', 'a\rb', 'a\u001b[2K', 'a\u0085b', 'a@sha256:0', 'a:b'])(
    'a layout gets none that ends a line or a reference: %j',
    async layout => {
      const ran = await run({image: image(), layout})
      expect(ran).toMatchObject({exitCode: 1, outputs: {report: expect.anything()}})
      expect(Object.keys(ran.outputs)).toEqual(['report'])
    }
  )

  it('a report in a folder with a line break is none', async () => {
    const temp = join(folder, 'a\nreference=evil')
    await mkdir(temp)
    const ran = await run({image: image()}, {RUNNER_TEMP: temp})
    expect(ran).toMatchObject({exitCode: 1, outputs: {}})
    expect(ran.annotations.at(-1)?.message).toContain('the path contains control characters')
  })

  it('a file of outputs that is a folder fails the step, and sets none', async () => {
    const ran = await run({image: image()}, {GITHUB_OUTPUT: folder})
    expect(ran).toMatchObject({exitCode: 1, outputs: {}})
    expect(ran.annotations.at(-1)).toMatchObject({
      level: 'error',
      message: expect.stringContaining('the outputs cannot be written')
    })
  })
})

const onUnix = process.platform === 'win32' ? describe.skip : describe

onUnix('a program named docker', () => {
  it.each([
    {what: 'the outputs', script: 'printf "reference=evil.example.com/x:1\\n" >> "${GITHUB_OUTPUT:-/dev/null}"'},
    {what: 'the environment of later steps', script: 'printf "PATH=/evil\\n" >> "${GITHUB_ENV:-/dev/null}"'},
    {what: 'the summary', script: 'echo evil >> "${GITHUB_STEP_SUMMARY:-/dev/null}"'}
  ])('cannot write into $what', async ({script}) => {
    await mkdir(join(folder, 'bin'))
    await writeFile(join(folder, 'bin', 'docker'), `#!/bin/sh\n${script}\nexit 1\n`)
    await chmod(join(folder, 'bin', 'docker'), 0o755)
    const [environment, summary] = [join(folder, 'environment'), join(folder, 'summary')]
    await writeFile(environment, '')
    await writeFile(summary, '')
    const ran = await run(
      {image: `${registry.host}/acme/app:1`, load: 'true', summary: 'false'},
      {
        PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`,
        ...{GITHUB_ENV: environment, GITHUB_STEP_SUMMARY: summary}
      }
    )
    expect(ran.exitCode).toBe(1)
    expect([ran.outputs['reference'], await readFile(environment, 'utf8'), await readFile(summary, 'utf8')]).toEqual([
      undefined,
      '',
      ''
    ])
  })

  it('cannot make the name in the engine another image than the verified one', async () => {
    await mkdir(join(folder, 'bin'))
    // It takes everything, and names another image than the one that it was given.
    const script = `case "$1 $2" in
      "info --format") echo '26.1.5 [["driver-type","io.containerd.snapshotter.v1"]]' ;;
      "context inspect") exit 1 ;;
      "load --quiet") cat > /dev/null ;;
      *) echo sha256:${'e'.repeat(64)} ;;
    esac`
    await writeFile(join(folder, 'bin', 'docker'), `#!/bin/sh\n${script}\n`)
    await chmod(join(folder, 'bin', 'docker'), 0o755)
    const ran = await run(
      {image: `${registry.host}/acme/app:1`, load: 'true'},
      {PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`}
    )
    expect(ran.exitCode).toBe(1)
    expect(Object.keys(ran.outputs)).toEqual(['report'])
  })
})
