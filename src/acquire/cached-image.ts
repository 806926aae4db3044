// An image whose digest is known, from what is kept alone: nobody is asked.
// A registry that has nothing stands in for the real ones, so that the way through an image is the same.

import {createBlobFetcher} from '../fetch/blob-fetcher.ts'
import {fetchImage, type ImageSource} from '../fetch/fetch-image.ts'
import type {VerifiedStore} from '../fetch/verified-store.ts'
import {createThrottle} from '../fetch/throttle.ts'
import type {ResolvedDigest} from './plan.ts'
import type {RegistryPort} from '../registry/registry.ts'
import {type Clock, type Random} from '../concurrency/clock.ts'
import {type Candidate} from '../registry/candidate.ts'
import {type Level} from '../fetch/verify-level.ts'
import {type PlatformChoice} from '../oci/platform.ts'
import {type VerifiedImage} from '../fetch/verified-image.ts'
import {VerifiedImageError} from '../failure/error.ts'

export type CacheLookup = {
  readonly candidate: Candidate
  readonly platforms: PlatformChoice
  readonly level: Level
  readonly store: VerifiedStore
  readonly clock: Clock
  readonly random: Random
  readonly signal: AbortSignal
}

function nothingThere(): Promise<never> {
  return Promise.reject(new VerifiedImageError({kind: 'not-found', status: 404, detail: ''}))
}

const EMPTY_REGISTRY: RegistryPort = {openManifest: nothingThere, openBlob: nothingThere, close: () => undefined}

/** Undefined when something is missing; what is there is verified by then, and not read again. */
export async function loadFromCache(pin: ResolvedDigest, recall: CacheLookup): Promise<VerifiedImage | undefined> {
  const {candidate, platforms, level, store, clock, random, signal} = recall
  const backoff = {attempts: 1, firstMs: 1, maxMs: 1}
  const retry: ImageSource['retry'] = {
    ...{clock, random, signal, backoff, throttle: createThrottle(clock, backoff)},
    record: () => undefined,
    addBytes: () => undefined
  }
  try {
    const top = await store.getManifest({digest: pin.digest})
    if (top === undefined) return undefined
    const source = {candidate, registry: EMPTY_REGISTRY, blobs: createBlobFetcher(EMPTY_REGISTRY, store), retry, store}
    return await fetchImage(source, top, platforms, level)
  } catch (error) {
    // Whatever it is, a registry is asked next, and its answer is the one to report.
    if (!(error instanceof VerifiedImageError) && !signal.aborted) throw error
    return undefined
  }
}
