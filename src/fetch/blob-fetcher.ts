// Configs and layers of one run: each distinct blob is fetched once from a registry, however many images share it, and as many
// at a time as the registry's capacity has room for. What one image learns of a blob, good or bad, holds for all others that want
// it from there.

import type {Digest, DigestAlgorithm} from '../oci/digest.ts'
import {type Descriptor, layerFormatOf} from '../oci/manifest.ts'
import {endpointOf, type Repository} from '../oci/reference.ts'
import {type RetryContext, withRetry, type AttemptContext} from './retry.ts'
import {type Capacity, createCapacities, DEFAULT_CONCURRENCY, withDocument} from './capacity.ts'
import {createDocumentBudget, type DocumentBudget} from './document-budget.ts'
import {type ObjectName} from '../failure/failure.ts'
import type {VerifiedStore} from './verified-store.ts'
import type {RegistryResponse, RegistryPort} from '../registry/registry.ts'
import {createSingleFlight} from '../concurrency/single-flight.ts'
import {
  createLayerVerifier,
  dropBytes,
  type LayerVerifier,
  checkContentLength,
  type VerifiedConfig,
  type VerifiedLayer,
  verifyConfig
} from '../verify/verify.ts'
import {type BlobWriter} from '../store/store.ts'
import {fail, VerifiedImageError} from '../failure/error.ts'

export type BlobRequest = {
  readonly repository: Repository
  readonly object: ObjectName
  readonly descriptor: Descriptor
  readonly retry: RetryContext
}

/** Layers and bytes of the run: how many there are to fetch, and how many have come. */
export type Progress = {
  readonly layers: number
  readonly layersDone: number
  readonly bytes: number
  readonly bytesDone: number
}

export type BlobFetcher = {
  /** How much may be fetched from a repository's registry at a time. */
  readonly capacityOf: (repository: Repository) => Capacity
  /** What the run may hold of manifests and configs. */
  readonly budget: DocumentBudget
  readonly fetchConfig: (request: BlobRequest) => Promise<VerifiedConfig>
  /** With `diffIdAlgorithm` the layer is uncompressed too. */
  readonly fetchLayer: (request: BlobRequest, diffIdAlgorithm: DigestAlgorithm | undefined) => Promise<VerifiedLayer>
  readonly progress: () => Progress
}

/** With a keeper, what it has is not fetched, and what is fetched is kept. */
export function createBlobFetcher(
  registry: RegistryPort,
  keeper?: VerifiedStore,
  concurrency: number = DEFAULT_CONCURRENCY
): BlobFetcher {
  const flights = createSingleFlight()
  const capacityAt = createCapacities(concurrency)
  const capacityOf = (repository: Repository): Capacity => capacityAt(endpointOf(repository.registry))
  const budget = createDocumentBudget()
  const progress = {layers: 0, layersDone: 0, bytes: 0, bytesDone: 0}

  // Where a range is refused or answered with nonsense, the whole is asked for, within the same try.
  const openFrom = async (request: Parameters<RegistryPort['openBlob']>[0]): Promise<RegistryResponse> => {
    try {
      return await registry.openBlob(request)
    } catch (error) {
      const isRange = error instanceof VerifiedImageError && error.failure.kind === 'protocol' && request.offset > 0
      if (!isRange) throw error
      return registry.openBlob({...request, offset: 0})
    }
  }

  const fetchLayer = async (
    {repository, object, descriptor, retry}: BlobRequest,
    diffIdAlgorithm: DigestAlgorithm | undefined
  ): Promise<VerifiedLayer> => {
    progress.layers++
    progress.bytes += descriptor.size
    const {compression} = layerFormatOf(descriptor.mediaType)
    const {requests, windows} = capacityOf(repository)
    const memory = {windows, signal: retry.signal}
    const verify = (): LayerVerifier => createLayerVerifier(descriptor, compression, diffIdAlgorithm, memory)
    let verifier = verify()
    let sink: BlobWriter | undefined
    const restart = (): LayerVerifier => {
      sink?.reset()
      progress.bytesDone -= verifier.received()
      verifier.discard()
      return verify()
    }
    const pourFrom = async (attempt: AttemptContext): Promise<void> => {
      const offset = verifier.received()
      const content = await openFrom({...attempt, repository, digest: descriptor.digest, offset})
      checkContentLength(content, descriptor)
      if (content.offset !== offset) verifier = restart()
      await pipeToVerifier(content, verifier, sink, bytes => {
        attempt.count(bytes)
        progress.bytesDone += bytes
      })
      if (content.mayBeCutShort && !verifier.isComplete())
        fail({kind: 'truncated', gotBytes: verifier.received(), wantedBytes: descriptor.size})
    }
    let release = (): void => undefined
    try {
      release = await requests.acquire(1, retry.signal)
      const kept = await keeper?.getLayer(descriptor, diffIdAlgorithm, {...retry, windows})
      if (kept !== undefined) {
        progress.bytesDone += descriptor.size
        progress.layersDone++
        return kept
      }
      sink = await keeper?.openWriter(descriptor.digest)
      const layer = await withRetry(retry, object, async attempt => {
        if (attempt.refresh === 'connection') verifier = restart()
        // All of it may have come before the connection broke.
        if (verifier.received() === 0 || !verifier.isComplete()) await pourFrom(attempt)
        return verifier.finish()
      })
      if (sink !== undefined) await keeper?.putLayer(descriptor, layer, sink, repository.registry)
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
      release()
      await sink?.discard()
    }
  }

  const fetchConfig = ({repository, object, descriptor, retry}: BlobRequest): Promise<VerifiedConfig> =>
    withDocument(capacityOf(repository), descriptor.size, retry.signal, async () => {
      let config = await keeper?.getConfig(descriptor)
      if (config === undefined) {
        config = await withRetry(retry, object, async attempt => {
          const content = await registry.openBlob({...attempt, repository, digest: descriptor.digest, offset: 0})
          return verifyConfig(countBytes(content, attempt), descriptor)
        })
        await keeper?.putConfig(config, repository.registry)
      }
      return {...dropBytes(config), config: budget.hold(config.digest, config.config)}
    })

  return {
    capacityOf,
    budget,
    fetchConfig: request =>
      flights.run(keyOf(request, 'config'), request.retry.signal, signal => fetchConfig(withSignal(request, signal))),
    fetchLayer: (request, algorithm) =>
      flights.run(keyOf(request, algorithm ?? 'compressed'), request.retry.signal, signal =>
        fetchLayer(withSignal(request, signal), algorithm)
      ),
    progress: () => ({...progress})
  }
}

function withSignal(request: BlobRequest, signal: AbortSignal): BlobRequest {
  return {
    ...request,
    retry: {...request.retry, signal}
  }
}

// By registry, not by repository: a registry keeps one copy of a blob for all of its repositories.
function keyOf({repository, descriptor: {digest, size, mediaType}}: BlobRequest, depth: string): string {
  return [endpointOf(repository.registry), digest satisfies Digest, size, mediaType, depth].join(' ')
}

async function pipeToVerifier(
  content: RegistryResponse,
  verifier: LayerVerifier,
  sink: BlobWriter | undefined,
  count: (bytes: number) => void
): Promise<void> {
  for await (const chunk of content.body) {
    count(chunk.length)
    const checked = verifier.write(chunk, content)
    await (sink === undefined ? checked : Promise.all([checked, sink.write(chunk)]))
  }
}

/** The same content, with its bytes counted as they are read. */
export function countBytes(content: RegistryResponse, attempt: Pick<AttemptContext, 'count'>): RegistryResponse {
  return {
    ...content,
    body: (async function* () {
      for await (const chunk of content.body) {
        attempt.count(chunk.length)
        yield chunk
      }
    })()
  }
}
