// Configs and layers of one run: each distinct blob is fetched once from a registry, however many images share it, and as many
// at a time as the registry's capacity has room for. What one image learns of a blob, good or bad, holds for all others that want
// it from there.

import type {Digest, DigestAlgorithm} from '../oci/digest.ts'
import {type Descriptor, layerFormatOf} from '../oci/manifest.ts'
import {endpointOf, type Repository} from '../oci/reference.ts'
import {type Attempting, attemptObject, type Try} from './attempts.ts'
import {type Capacity, createCapacities, DEFAULT_CONCURRENCY, withDocument} from './capacity.ts'
import {createDocumentBudget, type DocumentBudget} from './document-budget.ts'
import {fail, type ObjectName, VerifiedImageError} from './failure.ts'
import type {Keeper} from './keeper.ts'
import type {BlobSink, Content, RegistryPort} from './ports.ts'
import {createSingleFlight} from './single-flight.ts'
import {
  createLayerVerifier,
  dropBytes,
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
export const createBlobPool = (
  registry: RegistryPort,
  keeper?: Keeper,
  concurrency: number = DEFAULT_CONCURRENCY
): BlobPool => {
  const flights = createSingleFlight()
  const capacityAt = createCapacities(concurrency)
  const capacityOf = (repository: Repository): Capacity => capacityAt(endpointOf(repository.registry))
  const budget = createDocumentBudget()
  const progress = {layers: 0, layersDone: 0, bytes: 0, bytesDone: 0}

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
    const {requests, windows} = capacityOf(repository)
    const memory = {windows, signal: attempting.signal}
    const verify = (): LayerVerifier => createLayerVerifier(descriptor, compression, diffIdAlgorithm, memory)
    let verifier = verify()
    let sink: BlobSink | undefined
    const restart = (): LayerVerifier => {
      sink?.restart()
      progress.bytesDone -= verifier.received()
      verifier.discard()
      return verify()
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
    let release = (): void => undefined
    try {
      release = await requests.acquire(1, attempting.signal)
      const kept = await keeper?.recallLayer(descriptor, diffIdAlgorithm, {...attempting, windows})
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
      release()
      await sink?.discard()
    }
  }

  const fetchConfig = ({repository, object, descriptor, attempting}: BlobRequest): Promise<VerifiedConfig> =>
    withDocument(capacityOf(repository), descriptor.size, attempting.signal, async () => {
      let config = await keeper?.recallConfig(descriptor)
      if (config === undefined) {
        config = await attemptObject(attempting, object, async attempt => {
          const content = await registry.openBlob({...attempt, repository, digest: descriptor.digest, offset: 0})
          return verifyConfig(counted(content, attempt), descriptor)
        })
        await keeper?.keepConfig(config, repository.registry)
      }
      return {...dropBytes(config), config: budget.hold(config.digest, config.config)}
    })

  return {
    capacityOf,
    budget,
    fetchConfig: request =>
      flights.run(keyOf(request, 'config'), request.attempting.signal, signal =>
        fetchConfig(withSignal(request, signal))
      ),
    fetchLayer: (request, algorithm) =>
      flights.run(keyOf(request, algorithm ?? 'compressed'), request.attempting.signal, signal =>
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
