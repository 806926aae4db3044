// Configs and layers of one run: each distinct blob is fetched once from a registry, however many images share it, and a few
// at a time. What one image learns of a blob, good or bad, holds for all others that want it from there.

import type {Digest, DigestAlgorithm} from '../oci/digest.ts'
import {type Descriptor, layerFormatOf} from '../oci/manifest.ts'
import {endpointOf, type Repository} from '../oci/reference.ts'
import {type Attempting, attemptObject, type Try} from './attempts.ts'
import {fail, type ObjectName, VerifiedImageError} from './failure.ts'
import type {Keeper} from './keeper.ts'
import type {BlobSink, Content, RegistryPort} from './ports.ts'
import {
  createLayerVerifier,
  type LayerVerifier,
  refuseAnnounced,
  type VerifiedConfig,
  type VerifiedLayer,
  verifyConfig
} from './verify.ts'

export type BlobRequest = {
  readonly repository: Repository
  readonly object: ObjectName
  readonly descriptor: Descriptor
  readonly attempting: Attempting
}

/** Layers and bytes of the run: how many there are to fetch, and how many have come. */
export type Progress = {
  readonly layers: number
  readonly layersDone: number
  readonly bytes: number
  readonly bytesDone: number
}

export type BlobPool = {
  readonly fetchConfig: (request: BlobRequest) => Promise<VerifiedConfig>
  /** With `diffIdAlgorithm` the layer is uncompressed too. */
  readonly fetchLayer: (request: BlobRequest, diffIdAlgorithm: DigestAlgorithm | undefined) => Promise<VerifiedLayer>
  readonly progress: () => Progress
}

// Enough to fill a line with small layers and to keep two cores inflating; each costs a connection and about 2 MiB.
const MAX_AT_ONCE = 8

type Shared = {readonly result: Promise<unknown>; readonly controller: AbortController; waiting: number}

/** With a keeper, what it has is not fetched, and what is fetched is kept. */
export const createBlobPool = (registry: RegistryPort, keeper?: Keeper): BlobPool => {
  const shared = new Map<string, Shared>()
  const enter = createGate(MAX_AT_ONCE)
  const progress = {layers: 0, layersDone: 0, bytes: 0, bytesDone: 0}

  // Runs `start` for the first who asks and lets the others wait for the same result. It is aborted when nobody waits any more.
  const share = async <T>(key: string, signal: AbortSignal, start: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    signal.throwIfAborted()
    let entry = shared.get(key)
    if (entry === undefined) {
      const controller = new AbortController()
      entry = {controller, waiting: 0, result: start(controller.signal)}
      entry.result.catch(() => undefined)
      shared.set(key, entry)
    }
    return waitFor(entry, key, signal) as Promise<T>
  }

  const waitFor = async (entry: Shared, key: string, signal: AbortSignal): Promise<unknown> => {
    entry.waiting++
    const {promise: aborted, reject} = Promise.withResolvers<never>()
    // Counted off here and not later: when everything is called off, all who wait are aborted in one go.
    const abort = (): void => {
      entry.waiting--
      if (entry.waiting === 0) {
        shared.delete(key)
        entry.controller.abort(signal.reason)
      }
      reject(signal.reason as Error)
    }
    signal.addEventListener('abort', abort, {once: true})
    try {
      return await Promise.race([entry.result, aborted])
    } finally {
      signal.removeEventListener('abort', abort)
      if (!signal.aborted) entry.waiting--
    }
  }

  // Where a range is refused or answered with nonsense, the whole is asked for, within the same try.
  const openFrom = async (request: Parameters<RegistryPort['openBlob']>[0]): Promise<Content> => {
    try {
      return await registry.openBlob(request)
    } catch (error) {
      const isRange = error instanceof VerifiedImageError && error.failure.kind === 'protocol' && request.offset > 0
      if (!isRange) throw error
      return registry.openBlob({...request, offset: 0})
    }
  }

  const fetchLayer = async (
    {repository, object, descriptor, attempting}: BlobRequest,
    diffIdAlgorithm: DigestAlgorithm | undefined
  ): Promise<VerifiedLayer> => {
    progress.layers++
    progress.bytes += descriptor.size
    const {compression} = layerFormatOf(descriptor.mediaType)
    let verifier = createLayerVerifier(descriptor, compression, diffIdAlgorithm)
    let sink: BlobSink | undefined
    const restart = (): LayerVerifier => {
      sink?.restart()
      progress.bytesDone -= verifier.received()
      verifier.discard()
      return createLayerVerifier(descriptor, compression, diffIdAlgorithm)
    }
    const pourFrom = async (attempt: Try): Promise<void> => {
      const offset = verifier.received()
      const content = await openFrom({...attempt, repository, digest: descriptor.digest, offset})
      refuseAnnounced(content, descriptor)
      if (content.offset !== offset) verifier = restart()
      await pour(content, verifier, sink, bytes => {
        attempt.count(bytes)
        progress.bytesDone += bytes
      })
      if (content.endsWithConnection && !verifier.isComplete())
        fail({kind: 'truncated', gotBytes: verifier.received(), wantedBytes: descriptor.size})
    }
    let leave = (): void => undefined
    try {
      leave = await enter(attempting.signal)
      const kept = await keeper?.recallLayer(descriptor, diffIdAlgorithm, attempting)
      if (kept !== undefined) {
        progress.bytesDone += descriptor.size
        progress.layersDone++
        return kept
      }
      sink = await keeper?.openSink(descriptor.digest)
      const layer = await attemptObject(attempting, object, async attempt => {
        if (attempt.renew === 'connection') verifier = restart()
        // All of it may have come before the connection broke.
        if (verifier.received() === 0 || !verifier.isComplete()) await pourFrom(attempt)
        return verifier.finish()
      })
      if (sink !== undefined) await keeper?.keepLayer(descriptor, layer, sink, repository.registry)
      progress.layersDone++
      return layer
    } catch (error) {
      // Another registry starts anew.
      progress.layers--
      progress.bytes -= descriptor.size
      progress.bytesDone -= verifier.received()
      throw error
    } finally {
      verifier.discard()
      leave()
      await sink?.discard()
    }
  }

  const fetchConfig = async ({repository, object, descriptor, attempting}: BlobRequest): Promise<VerifiedConfig> => {
    const kept = await keeper?.recallConfig(descriptor)
    if (kept !== undefined) return kept
    const config = await attemptObject(attempting, object, async attempt => {
      const content = await registry.openBlob({...attempt, repository, digest: descriptor.digest, offset: 0})
      return verifyConfig(counted(content, attempt), descriptor)
    })
    await keeper?.keepConfig(config, repository.registry)
    return config
  }

  return {
    fetchConfig: request =>
      share(keyOf(request, 'config'), request.attempting.signal, signal => fetchConfig(withSignal(request, signal))),
    fetchLayer: (request, algorithm) =>
      share(keyOf(request, algorithm ?? 'compressed'), request.attempting.signal, signal =>
        fetchLayer(withSignal(request, signal), algorithm)
      ),
    progress: () => ({...progress})
  }
}

const withSignal = (request: BlobRequest, signal: AbortSignal): BlobRequest => ({
  ...request,
  attempting: {...request.attempting, signal}
})

// By registry, not by repository: a registry keeps one copy of a blob for all of its repositories.
const keyOf = ({repository, descriptor: {digest, size, mediaType}}: BlobRequest, depth: string): string =>
  [endpointOf(repository.registry), digest satisfies Digest, size, mediaType, depth].join(' ')

const pour = async (
  content: Content,
  verifier: LayerVerifier,
  sink: BlobSink | undefined,
  count: (bytes: number) => void
): Promise<void> => {
  for await (const chunk of content.body) {
    count(chunk.length)
    const checked = verifier.write(chunk, content)
    await (sink === undefined ? checked : Promise.all([checked, sink.write(chunk)]))
  }
}

/** The same content, with its bytes counted as they are read. */
export const counted = (content: Content, attempt: Pick<Try, 'count'>): Content => ({
  ...content,
  body: (async function* () {
    for await (const chunk of content.body) {
      attempt.count(chunk.length)
      yield chunk
    }
  })()
})

/** Lets `places` in at a time, in the order of their coming. Resolves to the way out. */
const createGate = (places: number): ((signal: AbortSignal) => Promise<() => void>) => {
  const queue: (() => void)[] = []
  let free = places
  // A place goes from hand to hand, so that nobody who comes in between takes it, and nobody who was called off keeps it.
  const leave = (): void => {
    const next = queue.shift()
    if (next === undefined) free++
    else next()
  }
  return async signal => {
    signal.throwIfAborted()
    if (free > 0) {
      free--
      return leave
    }
    await new Promise<void>((resolve, reject) => {
      const abort = (): void => {
        queue.splice(queue.indexOf(enter), 1)
        reject(signal.reason as Error)
      }
      const enter = (): void => {
        signal.removeEventListener('abort', abort)
        resolve()
      }
      signal.addEventListener('abort', abort, {once: true})
      queue.push(enter)
    })
    return leave
  }
}
