// What tests of acquireImage share: registries in memory, time by hand, one image, and faults of a registry.
// Time stands still unless a test moves it, so that "exactly then" can be asserted.

import {acquireImage} from '../../src/acquire/acquire.ts'
import {createBlobFetcher} from '../../src/fetch/blob-fetcher.ts'
import type {Event} from '../../src/acquire/candidate-result.ts'
import {type Failure} from '../../src/failure/failure.ts'
import {type MirrorRule, parseMirrorRule, planCandidates, parseImageRequest} from '../../src/acquire/plan.ts'
import type {Digest} from '../../src/oci/digest.ts'
import {makeImage} from './images.ts'
import {createManualClock, type ManualClock} from './manual-clock.ts'
import {createMemoryRegistry, type MemoryRegistry, type Trouble} from './memory-registry.ts'
import {type Level} from '../../src/fetch/verify-level.ts'
import {type PlatformChoice} from '../../src/oci/platform.ts'
import {type Acquisition, type AcquireDeps} from '../../src/acquire/acquisition.ts'

export const DIGEST = `sha256:${'a'.repeat(64)}` as Digest
export const OTHER_DIGEST = `sha256:${'b'.repeat(64)}` as Digest

export const IMAGE = makeImage()
export const OTHER = makeImage({layers: [{content: {seed: 7, size: 9000}}]})

/** `stall-timeout`. */
export const STALL_MS = 20_000

const AMD64: PlatformChoice = {kind: 'named', platforms: [{os: 'linux', architecture: 'amd64'}]}

export const SERVER_ERROR = {kind: 'server-error', status: 503, detail: ''} as const satisfies Failure
export const NOT_FOUND: Failure = {kind: 'not-found', status: 404, detail: ''}
export const REFUSED: Failure = {kind: 'unreachable', reason: 'refused', detail: 'connection refused'}

export type AcquireFixture = {
  readonly registry: MemoryRegistry
  readonly clock: ManualClock
  readonly controller: AbortController
  readonly events: Event[]
  readonly deps: AcquireDeps
}

/** In-memory registries for one acquisition. `hedgeAfterMs` is the input `hedge-after`; without it there is no hedge. */
export function acquireFixture(hedgeAfterMs?: number): AcquireFixture {
  const registry = createMemoryRegistry()
  const clock = createManualClock()
  const controller = new AbortController()
  const events: Event[] = []
  const deps: AcquireDeps = {
    registry,
    access: registry,
    blobs: createBlobFetcher(registry),
    clock,
    random: () => 0.5,
    stallTimeoutMs: STALL_MS,
    backoff: {attempts: 4, firstMs: 500, maxMs: 30_000},
    hedgeAfterMs,
    shared: new Map(),
    // Single attempts are for the debug log.
    log: event => {
      if (event.type !== 'attempted') events.push(event)
    },
    signal: controller.signal
  }
  return {registry, clock, controller, events, deps}
}

export type AcquireOptions = {
  readonly image?: string
  /** `public` for docker.io=ghcr.io in public-mirrors. */
  readonly mirrors?: readonly string[]
  readonly prefer?: 'primary' | 'mirrors'
  readonly platforms?: PlatformChoice
  readonly level?: Level
}

function ruleOf(text: string): MirrorRule {
  const rule = parseMirrorRule(text)
  if (!rule.ok) throw new Error(rule.reason)
  return rule.value
}

/** Acquires `a/b:1`, by default to the level `layers` with ghcr.io as a mirror. */
export function acquire(deps: AcquireDeps, options: AcquireOptions = {}): Promise<Acquisition> {
  const {image = 'a/b:1', mirrors = ['ghcr.io'], prefer = 'primary', platforms = AMD64, level = 'layers'} = options
  const request = parseImageRequest(image)
  if (!request.ok) throw new Error(request.reason)
  const rules = {
    mirrors: mirrors.filter(text => text !== 'public').map(ruleOf),
    publicMirrors: mirrors.includes('public') ? [ruleOf('docker.io=ghcr.io')] : []
  }
  const candidates = planCandidates(request.value.reference, rules, prefer)
  return acquireImage({image: request.value, candidates, platforms, level}, deps)
}

/** Publishes IMAGE as tag 1 at each of these registries. */
export function publishAt(registry: MemoryRegistry, ...registries: readonly string[]): void {
  for (const name of registries) registry.publish(`${name}/a/b`, '1', IMAGE)
}

/** The requests to one registry. */
export function requestsTo(registry: MemoryRegistry, name: string): readonly string[] {
  return registry.requests
    .filter(request => request.startsWith(`${name} `))
    .map(request => request.slice(name.length + 1))
}

/** Registry, outcome, failure and failed object of each candidate. */
export function outcomes({results}: Acquisition): readonly unknown[] {
  return results.map(({candidate, outcome, failure, failedObject}) => [
    candidate.repository.registry,
    outcome,
    failure?.kind,
    failedObject
  ])
}

/** A fault: the answer comes later. */
export function late(clock: ManualClock, ms: number): Trouble {
  return async ({content, ask}) => {
    await clock.wait(ms, ask.signal)
    return content
  }
}

/** A fault: this many bytes each 100 ms. */
export function crawling(clock: ManualClock, chunkBytes: number): Trouble {
  return ({bytes, offset, content, ask}) => ({
    ...content,
    body: (async function* () {
      for (let at = offset; at < bytes.length; at += chunkBytes) {
        await clock.wait(100, ask.signal)
        yield bytes.subarray(at, at + chunkBytes)
      }
    })()
  })
}
