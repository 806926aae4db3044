// A canceled job, and a run at its time limit: the process ends, and leaves no child processes and no files.

import {spawnSync} from 'node:child_process'
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import type {Fault} from './support/fault.ts'
import {type FaultRegistry, type FaultRegistryOptions, startFaultRegistry} from './support/fault-registry.ts'
import {makeImage} from './support/images.ts'
import {publish} from './support/registry-content.ts'
import {type ActionRun, runAction, type RunActionOptions} from './support/run-action.ts'

const CONTENT = [publish('acme/app', '1.2.3', makeImage())]
const registries: FaultRegistry[] = []
afterEach(async () => {
  await Promise.all(registries.splice(0).map(registry => registry.close()))
})

async function start(options: FaultRegistryOptions): Promise<FaultRegistry> {
  const registry = await startFaultRegistry({content: CONTENT, ...options})
  registries.push(registry)
  return registry
}

// Nothing but the signal ends a run in time: everything else takes a minute.
const PATIENT = {platform: 'linux/amd64', 'stall-timeout': '1m', 'hedge-after': '0', backoff: '30s'}

function run(registry: FaultRegistry, more: Record<string, string>, options: RunActionOptions): Promise<ActionRun> {
  return runAction(
    {image: `${registry.host}/acme/app:1.2.3`, mirrors: '', ...PATIENT, ...more},
    {timeoutMs: 10_000, ...options}
  )
}

describe.each(['SIGINT', 'SIGTERM'] as const)('%s', signal => {
  it.each<{readonly name: string; readonly fault: Fault; readonly line: RegExp}>([
    {name: 'a registry says nothing', fault: {on: 'manifest', do: {kind: 'hang'}}, line: /Asking/},
    {name: 'a layer stops halfway', fault: {on: 'layer[1]', do: {kind: 'stall', afterBytes: 100}}, line: /says that/},
    {
      name: 'it waits for its next try',
      fault: {on: 'config', do: {kind: 'respond', status: 503}, times: 'always'},
      line: /again in/
    }
  ])('ends the process when it arrives while $name', async ({fault, line}) => {
    const registry = await start({faults: [fault]})
    const ran = await run(registry, {}, {signalAfter: {signal, line}})
    expect(ran).toMatchObject({exitCode: 1, signal: null, stderr: ''})
    expect(ran.report).toMatchObject({outcome: 'cancelled'})
    expect(ran.outputs).toEqual({report: expect.anything()})
    expect(ran.leftBehind).toEqual([expect.stringMatching(/report\.json$/)])
  })
})

describe('a credential helper that does not respond', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'verified-image-helper-'))
  })
  afterEach(async () => {
    await rm(folder, {recursive: true})
  })

  it('is killed when the job is canceled', async () => {
    const script = `#!/bin/sh\necho $$ >${folder}/pid\nexec sleep 30\n`
    await writeFile(join(folder, 'docker-credential-slow'), script, {mode: 0o755})
    await writeFile(join(folder, 'config.json'), '{"credsStore": "slow"}')
    const registry = await start({auth: {kind: 'bearer'}})
    const env = {DOCKER_CONFIG: folder, PATH: `${folder}:${process.env['PATH'] ?? ''}`}
    const ran = await run(registry, {}, {env, signalAfter: {signal: 'SIGTERM', afterMs: 700}})
    expect(ran.report).toMatchObject({outcome: 'cancelled'})
    const pid = Number(await readFile(join(folder, 'pid'), 'utf8'))
    expect(pid).toBeGreaterThan(1)
    // Whoever inherits what is left of it may not have looked yet.
    const {stdout} = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], {encoding: 'utf8'})
    expect(stdout.trim()).toMatch(/^(?:Z.*)?$/)
  })
})

describe('the input timeout', () => {
  it('ends the step, and reports the step of each registry', async () => {
    const registry = await start({faults: [{on: 'config', do: {kind: 'hang'}}]})
    const ran = await run(registry, {timeout: '500ms'}, {})
    expect(ran.exitCode).toBe(1)
    expect(ran.annotations.map(({message}) => message)).toEqual([
      [
        `${registry.host}/acme/app: was still at config`,
        'The step ended: time was up after 500 ms (input timeout).'
      ].join('\n')
    ])
    expect(ran.report).toMatchObject({
      images: [{failure: {kind: 'timed-out', limit: {input: 'timeout', afterMs: 500}}}]
    })
  })
})

describe('a registry that throttles the requests for one image', () => {
  it('gets no requests for other images before its Retry-After has passed', async () => {
    const names = ['one', 'two', 'three', 'four']
    const content = names.map((name, seed) =>
      publish(`acme/${name}`, '1', makeImage({layers: [{content: {seed, size: 1000}}]}))
    )
    const throttled: Fault = {
      on: 'manifest',
      repository: 'acme/one',
      do: {kind: 'respond', status: 429, headers: {'retry-after': '1'}},
      times: 1
    }
    const registry = await start({content, faults: [throttled]})
    const ran = await runAction(
      {...PATIENT, image: names.map(name => `${registry.host}/acme/${name}:1`).join('\n'), mirrors: '', backoff: '1ms'},
      {timeoutMs: 20_000}
    )
    expect(ran.exitCode).toBe(0)
    const throttledAt = registry.journal.find(({status}) => status === 429)?.atMs ?? 0
    const meanwhile = registry.journal.filter(({atMs}) => atMs > throttledAt + 50 && atMs < throttledAt + 950)
    expect(meanwhile.map(({path}) => path)).toEqual([])
  })

  it('gets no further request when its Retry-After is longer than backoff-max', async () => {
    const names = ['one', 'two', 'three', 'four']
    const content = names.map(name => publish(`acme/${name}`, '1', makeImage()))
    const faults: Fault[] = [
      {on: 'manifest', do: {kind: 'respond', status: 429, headers: {'retry-after': '3600'}}, times: 'always'}
    ]
    const registry = await start({content, faults})
    const mirror = await start({content})
    const image = names.map(name => `${registry.host}/acme/${name}:1`).join('\n')
    const ran = await runAction({...PATIENT, image, mirrors: mirror.host}, {timeoutMs: 20_000})
    expect(ran.exitCode).toBe(0)
    expect(Object.values(JSON.parse(ran.outputs['references'] ?? '{}') as object)).toHaveLength(4)
    // The first contact is one image's alone; what it learned holds for the others.
    expect(registry.journal.length).toBe(1)
  })
})
