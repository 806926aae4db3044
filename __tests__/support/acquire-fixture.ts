// Acquires images from registries in memory, with a manual clock: for tests of which registry is used, and when.
// Example: `const {registry, clock, deps} = acquireFixture()`, `publishAt(registry, 'docker.io')`, `await clock.until(acquire(deps))`.

import {acquireImage} from '../../src/acquire/acquire.ts'
import {createBlobFetcher} from '../../src/fetch/blob-fetcher.ts'
import type {Event} from '../../src/acquire/candidate-result.ts'
import type {BackoffPolicy} from '../../src/fetch/backoff.ts'
import {type Failure} from '../../src/failure/failure.ts'
import {
  type LockedDigest,
  type MirrorRule,
  parseMirrorRule,
  planCandidates,
  parseImageRequest
} from '../../src/acquire/plan.ts'
import type {Digest} from '../../src/oci/digest.ts'
import {makeImage} from './images.ts'
import {createManualClock, type ManualClock} from './manual-clock.ts'
import {createMemoryRegistry, type MemoryRegistry, type ScriptedResponse} from './memory-registry.ts'
import {type Level} from '../../src/fetch/verify-level.ts'
import {type PlatformChoice} from '../../src/oci/platform.ts'
import {type Acquisition, type AcquireDeps} from '../../src/acquire/acquisition.ts'

export const DIGEST = `sha256:${'a'.repeat(64)}` as Digest
export const OTHER_DIGEST = `sha256:${'b'.repeat(64)}` as Digest

export const IMAGE = makeImage()
export const OTHER = makeImage({layers: [{content: {seed: 7, size: 9000}}]})

/** The `stall-timeout` of the fixture. */
export const STALL_MS = 20_000

const AMD64: PlatformChoice = {kind: 'named', platforms: [{os: 'linux', architecture: 'amd64'}]}

export const SERVER_ERROR = {kind: 'server-error', status: 503, detail: ''} as const satisfies Failure
export const NOT_FOUND: Failure = {kind: 'not-found', status: 404, detail: ''}
export const REFUSED: Failure = {kind: 'unreachable', reason: 'refused', detail: 'connection refused'}

export type AcquireFixture = {
  readonly registry: MemoryRegistry
  readonly clock: ManualClock
  /** Aborts the acquisition. */
  readonly controller: AbortController
  readonly events: Event[]
  readonly deps: AcquireDeps
}

const BACKOFF: BackoffPolicy = {attempts: 4, firstMs: 500, maxMs: 30_000}

/** In-memory registries for one acquisition. `hedgeAfterMs` is the input `hedge-after`; without it there is no hedge. */
export function acquireFixture(hedgeAfterMs?: number, backoff = BACKOFF): AcquireFixture {
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
    backoff,
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
  /** The default is `a/b:1`. */
  readonly image?: string
  readonly locked?: LockedDigest
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
  const parsed = parseImageRequest(image)
  if (!parsed.ok) throw new Error(parsed.reason)
  const rules = {
    mirrors: mirrors.filter(text => text !== 'public').map(ruleOf),
    publicMirrors: mirrors.includes('public') ? [ruleOf('docker.io=ghcr.io')] : []
  }
  const request = {...parsed.value, ...(options.locked === undefined ? {} : {locked: options.locked})}
  const candidates = planCandidates(request.reference, rules, prefer)
  return acquireImage({image: request, candidates, platforms, level}, deps)
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

/** Scripted response: the correct one, `ms` later. */
export function late(clock: ManualClock, ms: number): ScriptedResponse {
  return async ({content, request}) => {
    await clock.wait(ms, request.signal)
    return content
  }
}

/** Scripted response: this many bytes every 100 ms. */
export function crawling(clock: ManualClock, chunkBytes: number): ScriptedResponse {
  return ({bytes, offset, content, request}) => ({
    ...content,
    body: (async function* () {
      for (let at = offset; at < bytes.length; at += chunkBytes) {
        await clock.wait(100, request.signal)
        yield bytes.subarray(at, at + chunkBytes)
      }
    })()
  })
}
