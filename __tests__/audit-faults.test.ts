// The audit as a process, against registries with one fault: tokens, a CDN, limits, and wrong bytes, each with a healthy twin.

import {afterEach, describe, expect, it, jest} from '@jest/globals'
import {isSignatureLookup, runAuditAction, type AuditRun} from './support/audit-run.ts'
import type {Fault} from './support/fault.ts'
import {type FaultRegistry, type FaultRegistryOptions, startFaultRegistry} from './support/fault-registry.ts'
import {makePublished} from './support/images.ts'
import {publish} from './support/registry-content.ts'

jest.setTimeout(60_000)

const NAME = 'acme/app'
const TAG = '1.2.3'
const PUBLISHED = makePublished({seed: 950})
const CHILDREN = 4
// A config and a layer of each platform, and a layer that both have.
const BLOBS = 5

const started: FaultRegistry[] = []
afterEach(async () => {
  await Promise.all(started.splice(0).map(registry => registry.close()))
})

async function start(options: FaultRegistryOptions = {}): Promise<FaultRegistry> {
  const registry = await startFaultRegistry({content: [publish(NAME, TAG, PUBLISHED)], ...options})
  started.push(registry)
  return registry
}

function audit({host}: FaultRegistry, inputs: Readonly<Record<string, string>> = {}): Promise<AuditRun> {
  return runAuditAction({image: `${host}/${NAME}:${TAG}`, ...inputs})
}

const TOKENS = {auth: {kind: 'bearer', service: 'test'}, blobs: 'redirect'} as const

describe('a registry with tokens and a CDN', () => {
  it('gets at most children + blobs + 3 requests, of which the CDN gets one for each blob, and 3 for signatures', async () => {
    const registry = await start(TOKENS)
    const run = await audit(registry)
    expect(run.found).toEqual([])
    const own = registry.journal.filter(entry => entry.server !== 'cdn' && !isSignatureLookup(entry))
    // The first request learns the challenge.
    expect(own.length).toBeLessThanOrEqual(CHILDREN + BLOBS + 3 + 1)
    expect(registry.journal.filter(({server}) => server === 'cdn').length).toBeLessThanOrEqual(BLOBS)
    expect(registry.unexpected().map(isSignatureLookup)).toEqual([true, true, true])
  })

  it('whose CDN lost a blob has a part that is gone', async () => {
    const registry = await start({
      ...TOKENS,
      faults: [{on: 'layer[1]', times: 'always', do: {kind: 'respond', status: 404}}]
    })
    expect((await audit(registry)).findings).toEqual({'child-gone': 1})
  })

  it('whose CDN refuses HEAD is asked by GET, and nothing is found', async () => {
    const registry = await start({
      ...TOKENS,
      faults: [{on: 'blob', method: 'HEAD', times: 'always', do: {kind: 'respond', status: 403}}]
    })
    expect((await audit(registry)).found).toEqual([])
  })
})

const LIMIT = {'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '15;w=21600'}

const FAULTS: readonly {
  readonly name: string
  readonly faults: readonly Fault[]
  readonly inputs?: Readonly<Record<string, string>>
  readonly findings: Readonly<Record<string, number>>
}[] = [
  {
    name: 'a child with a wrong byte',
    faults: [{on: 'child', times: 'always', do: {kind: 'corrupt'}}],
    findings: {'content-corrupt': 1}
  },
  {
    name: 'a layer that always ends early, with verify: layers',
    faults: [{on: 'layer[1]', times: 'always', do: {kind: 'truncate', afterBytes: 100}}],
    inputs: {verify: 'layers'},
    findings: {'content-corrupt': 1}
  },
  {
    name: 'a layer whose announced length is wrong in every answer, and whose bytes are right, with HEAD alone',
    faults: [{on: 'layer[1]', method: 'HEAD', times: 'always', do: {kind: 'headers', set: {'content-length': '1'}}}],
    findings: {}
  },
  {
    name: 'a registry that is rate limited',
    faults: [{on: 'any', times: 'always', do: {kind: 'respond', status: 429}}],
    findings: {unreachable: 1}
  },
  {
    name: 'a server error that ends after one attempt',
    faults: [{on: 'config', do: {kind: 'respond', status: 500}}],
    findings: {}
  },
  {
    name: 'a low pull limit',
    faults: [{on: 'manifest', times: 'always', do: {kind: 'headers', set: LIMIT}}],
    findings: {'limit-low': 1}
  },
  {
    name: 'an index under the wrong Content-Type, which engines refuse',
    faults: [{on: 'index', method: 'GET', times: 'always', do: {kind: 'headers', set: {'content-type': 'text/plain'}}}],
    findings: {'image-unusable': 1}
  }
]

describe('one fault', () => {
  it.each(FAULTS)('$name: $findings', async ({faults, findings, inputs}) => {
    const registry = await start({faults})
    const run = await audit(registry, inputs)
    expect(run.findings).toEqual(findings)
  })

  it('is found at the registry that has it, beside one that is right', async () => {
    const ill = await start({faults: [{on: 'config', times: 'always', do: {kind: 'corrupt'}}]})
    const right = await start()
    const run = await audit(right, {mirrors: `${right.host}=${ill.host}`, verify: 'config'})
    expect(run.found).toEqual([`content-corrupt error ${ill.host}/${NAME}`])
    expect(run.report.images[0]?.places.map(({outcome}) => outcome)).toEqual(['right', 'error'])
  })
})
