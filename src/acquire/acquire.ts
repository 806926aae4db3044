// Acquires one image: from the cache if all of it is there, or else from its registry or a mirror.
// The steps are resolve (resolution.ts, resolve.ts), race the registries (race.ts), fetch and verify (room fetch).

import {createBlobFetcher} from '../fetch/blob-fetcher.ts'
import {fetchImage} from '../fetch/fetch-image.ts'
import {createThrottle} from '../fetch/throttle.ts'
import type {RegistryPort} from '../registry/registry.ts'
import {newResult} from './candidate-result.ts'
import {raceCandidates, type RaceResult} from './race.ts'
import {Resolution} from './resolution.ts'
import {type VerifiedImage} from '../fetch/verified-image.ts'
import {VerifiedImageError} from '../failure/error.ts'
import {type AcquireRequest, type AcquireDeps, type Acquisition} from './acquisition.ts'
import {type ImageSource} from '../fetch/fetch-manifest.ts'

/** Never rejects because a registry fails. Any error other than a VerifiedImageError is a bug and is rethrown. */
export async function acquireImage(request: AcquireRequest, deps: AcquireDeps): Promise<Acquisition> {
  const startedMs = deps.clock.nowMs()
  const resolution = new Resolution(request.image, request.candidates)
  const known = resolution.resolved
  if (known?.decidedBy === 'lock') deps.log({type: 'pinned', pin: known, tag: request.image.tag})

  const cached = await loadCached(request, deps, resolution)
  const race: RaceResult =
    cached === undefined
      ? await raceCandidates({request, deps, resolution})
      : {image: cached, results: request.candidates.map(newResult), moved: undefined}
  const {reason} = deps.signal as {reason: unknown}
  const runError = race.image === undefined && reason instanceof VerifiedImageError ? reason : undefined
  const moved = await race.moved
  return {
    request,
    results: race.results,
    resolved: resolution.resolved,
    image: race.image,
    runError,
    elapsedMs: deps.clock.nowMs() - startedMs,
    ...(moved === undefined ? {} : {moved})
  }
}

/** The image if all of it is in the store: verified then, and not read again. No registry is requested. */
async function loadCached(
  {candidates, platforms, level}: AcquireRequest,
  {store, clock, random, backoff, signal, log}: AcquireDeps,
  {resolved}: Resolution
): Promise<VerifiedImage | undefined> {
  const [candidate] = candidates
  if (store === undefined || candidate === undefined || resolved === undefined) return undefined
  const source: ImageSource = {
    candidate,
    registry: EMPTY_REGISTRY,
    blobs: createBlobFetcher(EMPTY_REGISTRY, store),
    retry: {
      clock,
      random,
      signal,
      throttle: createThrottle(clock, backoff, random),
      backoff,
      record: () => undefined,
      addBytes: () => undefined
    },
    store
  }
  try {
    const root = await store.getManifest({digest: resolved.digest})
    if (root === undefined) return undefined
    const image = await fetchImage(source, root, platforms, level)
    log({type: 'note', text: 'The complete image is in the cache. No registry is queried'})
    return image
  } catch (error) {
    // A registry is requested next, and its failure is the one to report.
    if (!(error instanceof VerifiedImageError) && !signal.aborted) throw error
    return undefined
  }
}

// A registry that has nothing: the image is walked the same way with the cache alone.
const EMPTY_REGISTRY: RegistryPort = {
  openManifest: rejectNotFound,
  openBlob: rejectNotFound,
  openBlobRange: rejectNotFound,
  close: () => undefined
}

function rejectNotFound(): Promise<never> {
  return Promise.reject(new VerifiedImageError({kind: 'not-found', status: 404, detail: ''}))
}
