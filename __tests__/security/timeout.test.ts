// `timeout` ends everything, also what takes no notice of a signal: a file system that hangs, a FIFO that nobody writes to, and a
// main thread that is busy. No figure is asserted: a run that does not end by itself is killed by runAction, which then throws.

import {execFileSync} from 'node:child_process'
import {mkdir, mkdtemp, readdir, rm, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest} from '@jest/globals'
import {type FaultRegistry, startFaultRegistry} from '../support/fault-registry.ts'
import {makeImage} from '../support/images.ts'
import {publish} from '../support/registry-content.ts'
import {type ActionRun, runAction, type RunActionOptions} from '../support/run-action.ts'

jest.setTimeout(120_000)

const IMAGE = makeImage()

let registry: FaultRegistry
let guarded: FaultRegistry
let folder: string

beforeAll(async () => {
  const content = [publish('acme/app', '1', IMAGE)]
  ;[registry, guarded] = await Promise.all([
    startFaultRegistry({content}),
    startFaultRegistry({content, auth: {kind: 'basic', username: 'bob', password: 'opensesame'}})
  ])
})
afterAll(async () => {
  await Promise.all([registry.close(), guarded.close()])
})
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verified-image-timeout-'))
})
afterEach(async () => {
  await rm(folder, {recursive: true})
})

async function run(
  more: Readonly<Record<string, string>> = {},
  {env, ...options}: RunActionOptions = {}
): Promise<ActionRun> {
  // A workspace and a tool cache of its own: many run at the same time.
  const own = await mkdtemp(join(folder, 'run-'))
  await mkdir(join(own, 'tools'))
  return runAction(
    {
      ...{image: `${registry.host}/acme/app:1`, mirrors: '', platform: 'linux/amd64', layout: 'image'},
      ...{timeout: '2s', 'status-pages': 'false', ...more}
    },
    {cwd: own, timeoutMs: 60_000, ...options, env: {RUNNER_TOOL_CACHE: join(own, 'tools'), ...env}}
  )
}

/**
 * As if the file system hung in a call: it opens a FIFO in one of libuv's threads, which is not let go before the process ends.
 * Preloaded into the process; `what` is a function of fs.promises, or `read` of an open file.
 */
function hangingAt(what: string, path: RegExp): RunActionOptions {
  const script = `
    import fs from 'node:fs'
    import {execFileSync} from 'node:child_process'
    import {syncBuiltinESMExports} from 'node:module'
    const fifo = ${JSON.stringify(join(folder, `fifo-${what}`))}
    const real = fs.promises[${JSON.stringify(what)}]
    const open = fs.promises.open
    fs.promises[${JSON.stringify(what)}] = (...args) =>
      args.some(arg => ${String(path)}.test(String(arg))) ? open(fifo, 'r') : real(...args)
    syncBuiltinESMExports()`
  return {env: {NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(script)}`}}
}

function expectTimeUp(ran: ActionRun): void {
  expect(ran).toMatchObject({exitCode: 1, signal: null, stderr: ''})
  expect(ran.outputs).toEqual({report: expect.anything()})
  expect(ran.report).toMatchObject({outcome: 'failed'})
  expect(
    ran.annotations
      .filter(({level}) => level === 'error')
      .map(({message}) => message)
      .join('\n')
  ).toMatch(/(?:timed out after|in time: the step is limited to) 2 s \(input timeout\)/)
  expect(ran.summary).toContain('timeout')
}

describe('timeout, when the file system hangs', () => {
  it.each<{readonly what: string; readonly path: RegExp; readonly name: string}>([
    {name: 'the tool cache’s folder is made', what: 'mkdir', path: /verified-image$/},
    {name: 'the tool cache’s folder is looked at', what: 'lstat', path: /verified-image$/},
    {name: 'the tool cache’s folder is listed', what: 'readdir', path: /verified-image$/},
    {name: 'the stage is made', what: 'mkdir', path: /verified-image-stage-/},
    {name: 'a blob is opened to be written', what: 'open', path: /verified-image-stage-/},
    {name: 'a blob is named by its digest', what: 'rename', path: /verified-image-stage-.*sha256-/},
    {name: 'a blob is put into the layout', what: 'link', path: /./},
    {name: 'a document of the layout is written', what: 'writeFile', path: /index\.json$/},
    {name: 'the layout is moved to its place', what: 'rename', path: /image$/}
  ])('ends the step while $name', async ({what, path}) => {
    execFileSync('mkfifo', [join(folder, `fifo-${what}`)])
    expectTimeUp(await run({}, hangingAt(what, path)))
  })

  it.each<{readonly what: string; readonly path: RegExp; readonly name: string}>([
    {name: 'a blob is copied into the cache', what: 'copyFile', path: /./},
    {name: 'the free space of the cache is asked for', what: 'statfs', path: /./},
    {name: 'the stage is removed', what: 'rm', path: /verified-image-stage-/}
  ])('ends the step while $name, with the images that are in place by then', async ({what, path}) => {
    execFileSync('mkfifo', [join(folder, `fifo-${what}`)])
    const ran = await run({}, hangingAt(what, path))
    expect(ran).toMatchObject({exitCode: 0, signal: null, stderr: '', outputs: {verified: 'full'}})
    // The other warning is about NODE_OPTIONS, by which this test makes it hang.
    expect(ran.annotations.filter(({message}) => !message.includes('NODE_OPTIONS'))).toEqual([
      expect.objectContaining({
        level: 'warning',
        message: expect.stringMatching(/(?:timed out after|in time: the step is limited to) 2 s \(input timeout\)/)
      })
    ])
  })

  it('ends a step that was canceled, too', async () => {
    execFileSync('mkfifo', [join(folder, 'fifo-link')])
    const hanging = hangingAt('link', /./)
    const ran = await run({timeout: '10m'}, {...hanging, signalAfter: {signal: 'SIGTERM', line: /verified from/}})
    expect(ran).toMatchObject({exitCode: 1, signal: null, stderr: '', report: {outcome: 'cancelled'}})
  })
})

describe('a FIFO that nobody writes to', () => {
  const fifo = (...path: readonly string[]): string => {
    execFileSync('mkfifo', [join(folder, ...path)])
    return join(folder, ...path)
  }

  it.each(['itself', 'behind a link'])('as the Docker config, %s: a warning, and no credentials', async how => {
    const path = fifo(how === 'itself' ? 'config.json' : 'fifo')
    if (how !== 'itself') await symlink(path, join(folder, 'config.json'))
    const ran = await run({image: `${guarded.host}/acme/app:1`}, {env: {DOCKER_CONFIG: folder}})
    expect(ran).toMatchObject({exitCode: 1, signal: null, stderr: ''})
    expect(ran.annotations.map(({message}) => message).join('\n')).toMatch(/config\.json cannot be read.*FIFO/)
  })

  it('as the lock file: an error', async () => {
    await mkdir(join(folder, 'workspace'))
    fifo('workspace', 'image-lock.json')
    const ran = await run({}, {cwd: join(folder, 'workspace')})
    expect(ran).toMatchObject({exitCode: 1, signal: null, stderr: ''})
    expect(ran.annotations[0]?.level).toBe('error')
  })

  it('as a file of the input files: it ends', async () => {
    await mkdir(join(folder, 'workspace'))
    fifo('workspace', 'Dockerfile')
    const ran = await run({image: '', files: 'Dockerfile'}, {cwd: join(folder, 'workspace')})
    expect(ran).toMatchObject({exitCode: 1, signal: null, stderr: ''})
    expect(ran.annotations.map(({level}) => level)).toEqual(['warning', 'error'])
  })

  it.each(['index.json', 'oci-layout'])('as %s of a folder for the layout: it is left alone', async name => {
    await mkdir(join(folder, 'workspace', 'image'), {recursive: true})
    for (const file of ['index.json', 'oci-layout'])
      if (file === name) fifo('workspace', 'image', file)
      else await writeFile(join(folder, 'workspace', 'image', file), '{}')
    const ran = await run({}, {cwd: join(folder, 'workspace')})
    expect(ran).toMatchObject({exitCode: 1, signal: null, report: {inputFaults: [{input: 'layout'}]}})
    expect((await readdir(join(folder, 'workspace', 'image'))).sort()).toEqual(['index.json', 'oci-layout'])
  })

  it('as the layout: an error', async () => {
    await mkdir(join(folder, 'workspace'))
    fifo('workspace', 'image')
    const ran = await run({}, {cwd: join(folder, 'workspace')})
    expect(ran).toMatchObject({exitCode: 1, signal: null, report: {inputFaults: [{input: 'layout'}]}})
  })
})
