// Fetches the configs and layers of a run. Single-flight: each distinct blob is fetched once from a registry, however many images
// share it, and its result, good or bad, holds for all of them. A semaphore per registry bounds how many are fetched at a time.

import type {DigestAlgorithm} from '../oci/digest.ts'
import {type Descriptor} from '../oci/manifest.ts'
import {endpointOf, type Repository} from '../oci/reference.ts'
import {createSingleFlight} from '../concurrency/single-flight.ts'
import {type ObjectName} from '../failure/failure.ts'
import {VerifiedImageError} from '../failure/error.ts'
import {FoldedExchanges} from '../parts/folded-exchanges.ts'
import {createPartMemory} from '../parts/part-memory.ts'
import {mayBeOfRanges} from '../parts/part-failure.ts'
import {PART_RULES, type PartRules} from '../parts/part-schedule.ts'
import {SplitBody} from '../parts/split-body.ts'
import {maySplit, type WholeResponse} from '../parts/split-context.ts'
import type {Exchange, RegistryPort, RegistryResponse} from '../registry/registry.ts'
import {dropBytes, type VerifiedConfig, type VerifiedLayer} from '../verify/verified.ts'
import {verifyConfig} from '../verify/verify-config.ts'
import {type Capacity, createCapacities, DEFAULT_CONCURRENCY, withDocument} from './capacity.ts'
import {createDocumentBudget, type DocumentBudget} from './limits.ts'
import {LayerDownload} from './layer-download.ts'
import {createProgressCounter, type LayerProgress, type Progress} from './progress.ts'
import {type AttemptContext, type RetryContext, withRetry} from './retry.ts'
import type {VerifiedStore} from './verified-store.ts'

export type BlobRequest = {
  readonly repository: Repository
  readonly object: ObjectName
  readonly descriptor: Descriptor
  readonly retry: RetryContext
}

export type BlobFetcher = {
  /** Returns how much may be fetched at a time from a repository's registry. */
  readonly capacityOf: (repository: Repository) => Capacity
  /** How much memory the run may hold in manifests and configs. */
  readonly budget: DocumentBudget
  readonly fetchConfig: (request: BlobRequest) => Promise<VerifiedConfig>
  /** With `diffIdAlgorithm`, the layer is decompressed too. */
  readonly fetchLayer: (request: BlobRequest, diffIdAlgorithm: DigestAlgorithm | undefined) => Promise<VerifiedLayer>
  readonly progress: () => Progress
}

/**
 * Creates the fetcher of a run. Blobs that the store has are not fetched, and fetched ones are put into it. `partRules` says when a
 * layer is fetched in parts.
 */
export function createBlobFetcher(
  registry: RegistryPort,
  store?: VerifiedStore,
  concurrency: number = DEFAULT_CONCURRENCY,
  budget: DocumentBudget = createDocumentBudget(),
  partRules: PartRules = PART_RULES
): BlobFetcher {
  const flights = createSingleFlight()
  const capacityAt = createCapacities(concurrency)
  const progress = createProgressCounter()
  const partMemory = createPartMemory(partRules.partBytes)

  function capacityOf({registry: host}: Repository): Capacity {
    return capacityAt(endpointOf(host))
  }

  function fetchConfig({repository, object, descriptor, retry}: BlobRequest): Promise<VerifiedConfig> {
    return withDocument(capacityOf(repository), descriptor.size, retry.signal, async () => {
      let config = await store?.getConfig(descriptor)
      if (config === undefined) {
        config = await withRetry(retry, object, async attempt => {
          const response = await registry.openBlob({...attempt, repository, digest: descriptor.digest, offset: 0})
          return verifyConfig(countBytes(response, attempt), descriptor)
        })
        await store?.putConfig(config, repository.registry)
      }
      return {...dropBytes(config), config: budget.hold(config.digest, config.config)}
    })
  }

  async function fetchLayer(request: BlobRequest, algorithm: DigestAlgorithm | undefined): Promise<VerifiedLayer> {
    const {repository, descriptor, retry} = request
    const layerProgress = progress.startLayer(descriptor.size)
    let release = (): void => undefined
    try {
      const {requests, windows} = capacityOf(repository)
      release = await requests.acquire(1, retry.signal)
      const stored = await store?.getLayer(descriptor, algorithm, {...retry, windows})
      const layer = stored ?? (await downloadLayer(request, algorithm, layerProgress))
      layerProgress.finish()
      return layer
    } catch (error) {
      layerProgress.cancel()
      throw error
    } finally {
      release()
    }
  }

  async function downloadLayer(
    request: BlobRequest,
    diffIdAlgorithm: DigestAlgorithm | undefined,
    layerProgress: LayerProgress
  ): Promise<VerifiedLayer> {
    const {repository, object, descriptor, retry} = request
    const memory = {windows: capacityOf(repository).windows, signal: retry.signal}
    const writer = await store?.openWriter(descriptor.digest)
    const download = new LayerDownload({descriptor, diffIdAlgorithm, memory, writer, progress: layerProgress})
    try {
      const layer = await withRetry(retry, object, async attempt => {
        if (attempt.refresh === 'connection') download.reset()
        // The connection may have broken after the last byte.
        if (!download.isComplete) await receiveRest(request, download, attempt)
        return finish(request, download, attempt)
      })
      if (writer !== undefined) await store?.putLayer(descriptor, layer, writer, repository.registry)
      return layer
    } finally {
      download.discard()
      await writer?.discard()
    }
  }

  async function finish(
    {repository}: BlobRequest,
    download: LayerDownload,
    attempt: AttemptContext
  ): Promise<VerifiedLayer> {
    if (download.differs !== undefined) attempt.describe({differs: download.differs})
    try {
      return await download.finish()
    } catch (error) {
      const isWrong = error instanceof VerifiedImageError && error.failure.kind === 'corrupt'
      if (isWrong && download.hasRanges) capacityOf(repository).parts.end('a layer in parts had wrong bytes')
      throw error
    }
  }

  /** Reads what is left of a layer: as one response, or in parts where that pays. */
  async function receiveRest(request: BlobRequest, download: LayerDownload, attempt: AttemptContext): Promise<void> {
    if (download.arePartsOver) {
      await receiveAfterParts(request, download, attempt)
      return
    }
    const whole = await openRest(request, download.resumeFrom, attempt)
    // Wrong bytes are requested again over one connection: the parts may be what made them wrong.
    if (attempt.refresh === 'connection' || !maySplit(whole.response, request.descriptor.size, partRules))
      await download.receive(whole.response, attempt.count)
    else if (await receiveParts(request, download, attempt, whole)) await receiveAfterParts(request, download, attempt)
  }

  /**
   * Reads what is left after a part failed. What fails parts may fail any request with a range, so that the layer is then requested as
   * if there were no parts.
   */
  async function receiveAfterParts(
    request: BlobRequest,
    download: LayerDownload,
    attempt: AttemptContext
  ): Promise<void> {
    try {
      const rest = await openRest(request, download.resumeFrom, attempt)
      await download.receive(rest.response, attempt.count)
      if (download.isComplete) return
    } catch (error) {
      if (!(error instanceof VerifiedImageError) || !mayBeOfRanges(error.failure)) throw error
    }
    download.reset()
    const whole = await openRest(request, download.resumeFrom, attempt)
    await download.receive(whole.response, attempt.count)
  }

  /** Resolves to whether the registry refused a part, so that the rest has to come as one response. */
  async function receiveParts(
    request: BlobRequest,
    download: LayerDownload,
    attempt: AttemptContext,
    whole: WholeResponse
  ): Promise<boolean> {
    const {repository, descriptor, retry} = request
    const {digest, size} = descriptor
    const exchanges = new FoldedExchanges()
    const parts = capacityOf(repository).parts
    const body = new SplitBody(whole, {
      ...{size, rules: partRules, memory: partMemory, registry: parts, clock: retry.clock, signal: attempt.signal},
      isUnlimited: retry.throttle.isUnlimited,
      open: (range, signal, onExchange) =>
        registry.openBlobRange({
          ...{repository, object: attempt.object, digest, size, range, signal, refresh: undefined},
          onExchange: exchange => {
            exchanges.add(exchange)
            onExchange(exchange)
          }
        }),
      onBytes: attempt.count,
      onRange: range => {
        download.mark(range)
      }
    })
    try {
      await download.receive({...whole.response, body}, () => undefined)
      return body.isRefused
    } finally {
      const evidence = body.evidence()
      if (evidence !== undefined) attempt.describe({parts: evidence})
      if (evidence?.ended !== undefined) download.endParts()
      exchanges.list().forEach(attempt.onExchange)
    }
  }

  async function openRest(
    {repository, descriptor: {digest}, retry}: BlobRequest,
    offset: number,
    attempt: AttemptContext
  ): Promise<WholeResponse> {
    const startedMs = retry.clock.nowMs()
    const connection = new AbortController()
    let exchange: Exchange | undefined
    const response = await openFrom({
      ...attempt,
      ...{repository, digest, offset, signal: AbortSignal.any([attempt.signal, connection.signal])},
      onExchange: sent => {
        exchange = sent
        attempt.onExchange(sent)
      }
    })
    const close = (): void => {
      connection.abort(new DOMException('the rest comes in parts', 'AbortError'))
    }
    return {response, exchange, close, firstByteMs: retry.clock.nowMs() - startedMs}
  }

  /** Requests the whole blob, within the same attempt, where a registry refuses a range or answers it wrongly. */
  async function openFrom(request: Parameters<RegistryPort['openBlob']>[0]): Promise<RegistryResponse> {
    try {
      return await registry.openBlob(request)
    } catch (error) {
      const isRange = error instanceof VerifiedImageError && error.failure.kind === 'protocol' && request.offset > 0
      if (!isRange) throw error
      return registry.openBlob({...request, offset: 0})
    }
  }

  return {
    capacityOf,
    budget,
    fetchConfig: request =>
      flights.run(flightKey(request, 'config'), request.retry.signal, signal =>
        fetchConfig(withSignal(request, signal))
      ),
    fetchLayer: (request, algorithm) =>
      flights.run(flightKey(request, algorithm ?? 'compressed'), request.retry.signal, signal =>
        fetchLayer(withSignal(request, signal), algorithm)
      ),
    progress: progress.read
  }
}

// By registry, not by repository: a registry keeps one copy of a blob for all of its repositories.
function flightKey({repository, descriptor: {digest, size, mediaType}}: BlobRequest, depth: string): string {
  return [endpointOf(repository.registry), digest, size, mediaType, depth].join(' ')
}

function withSignal(request: BlobRequest, signal: AbortSignal): BlobRequest {
  return {...request, retry: {...request.retry, signal}}
}

/** Returns the same response, whose bytes are counted as they are read. */
export function countBytes(response: RegistryResponse, attempt: Pick<AttemptContext, 'count'>): RegistryResponse {
  return {...response, body: counted(response.body, attempt)}
}

async function* counted(
  body: AsyncIterable<Uint8Array>,
  {count}: Pick<AttemptContext, 'count'>
): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    count(chunk.length)
    yield chunk
  }
}
