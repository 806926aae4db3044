// Acquires images from registries in memory, with a manual clock: for tests of which registry is used, and when.
// Example: `const {registry, clock, acquire} = createAcquireFixture()`, `registry.publish(…)`, `await clock.until(acquire())`.

import {acquireImage} from '../../src/acquire/acquire.ts'
import type {AcquireDeps, Acquisition} from '../../src/acquire/acquisition.ts'
import type {Event} from '../../src/acquire/candidate-result.ts'
import {
  type LockedDigest,
  type MirrorRule,
  parseImageRequest,
  parseMirrorRule,
  planCandidates
} from '../../src/acquire/plan.ts'
import {createBlobFetcher} from '../../src/fetch/blob-fetcher.ts'
import type {Level} from '../../src/fetch/verify-level.ts'
import type {PlatformChoice} from '../../src/oci/platform.ts'
import {createManualClock, type ManualClock} from './manual-clock.ts'
import {createMemoryRegistry, type MemoryRegistry, type ScriptedResponse} from './memory-registry.ts'

export type AcquireFixture = {
  readonly registry: MemoryRegistry
  readonly clock: ManualClock
  /** Aborts the acquisition. */
  readonly controller: AbortController
  /** All events but `attempted`, which has details for debugging only. */
  readonly events: readonly Event[]
  readonly deps: AcquireDeps
  readonly acquire: (options?: AcquireOptions) => Promise<Acquisition>
}

export type AcquireOptions = {
  /** The default is `a/b:1`. */
  readonly image?: string
  readonly locked?: LockedDigest
  /** Lines of `mirrors`. The default is `ghcr.io`. */
  readonly mirrors?: readonly string[]
  /** Lines of `public-mirrors`. */
  readonly publicMirrors?: readonly string[]
  readonly prefer?: 'primary' | 'mirrors'
  /** The default is linux/amd64. */
  readonly platforms?: PlatformChoice
  /** The default is `layers`. */
  readonly level?: Level
}

export const AMD64: PlatformChoice = {kind: 'named', platforms: [{os: 'linux', architecture: 'amd64'}]}

/** `stall-timeout` of the fixture. */
export const STALL_MS = 20_000

export function createAcquireFixture(
  overrides: Partial<Pick<AcquireDeps, 'backoff' | 'hedgeAfterMs' | 'blobs'>> = {}
): AcquireFixture {
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
    hedgeAfterMs: undefined,
    shared: new Map(),
    log: event => {
      if (event.type !== 'attempted') events.push(event)
    },
    signal: controller.signal,
    ...overrides
  }
  const acquire = async (options: AcquireOptions = {}): Promise<Acquisition> => {
    const {mirrors = ['ghcr.io'], publicMirrors = [], prefer = 'primary', platforms = AMD64, level = 'layers'} = options
    const request = parseImageRequest(options.image ?? 'a/b:1')
    if (!request.ok) throw new Error(request.reason)
    const image = {...request.value, ...(options.locked === undefined ? {} : {locked: options.locked})}
    const rules = {mirrors: mirrors.map(ruleOf), publicMirrors: publicMirrors.map(ruleOf)}
    const candidates = planCandidates(image.reference, rules, prefer)
    return acquireImage({image, candidates, platforms, level}, deps)
  }
  return {registry, clock, controller, events, deps, acquire}
}

function ruleOf(text: string): MirrorRule {
  const rule = parseMirrorRule(text)
  if (!rule.ok) throw new Error(rule.reason)
  return rule.value
}

/** For each registry: its name, its outcome, the kind of its failure, and the object that failed. */
export function outcomes({results}: Acquisition): readonly unknown[] {
  return results.map(({candidate, outcome, failure, failedObject}) => [
    candidate.repository.registry,
    outcome,
    failure?.kind,
    failedObject
  ])
}

/** Scripted response: the correct one, `ms` later. */
export function delayedBy(clock: ManualClock, ms: number): ScriptedResponse {
  return async ({content, request}) => {
    await clock.wait(ms, request.signal)
    return content
  }
}

/** Scripted response: a chunk of `chunkBytes` every `everyMs`. */
export function trickled(clock: ManualClock, chunkBytes: number, everyMs = 100): ScriptedResponse {
  return ({bytes, offset, content, request}) => ({
    ...content,
    body: (async function* () {
      for (let at = offset; at < bytes.length; at += chunkBytes) {
        await clock.wait(everyMs, request.signal)
        yield bytes.subarray(at, at + chunkBytes)
      }
    })()
  })
}
