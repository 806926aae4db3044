// The capacity of a run at one registry: connections and memory, shared by all images. Every limit is per registry, so that a slow
// registry never holds what the next one needs.

import {createSemaphore, type Semaphore} from '../concurrency/semaphore.ts'
import {createRegistryParts, type RegistryParts} from '../parts/registry-parts.ts'

export type Capacity = {
  /** One permit for each object that is being fetched: manifest, config, or layer. */
  readonly requests: Semaphore
  /** Permits that nothing waits for may carry parts of large layers. */
  readonly parts: RegistryParts
  /** Bytes of manifests and configs that are being read and decoded. */
  readonly documents: Semaphore
  /** Bytes of zstd windows. */
  readonly windows: Semaphore
}

/** The default of the `concurrency` input: saturates a connection with small layers, and keeps two processors decompressing. */
export const DEFAULT_CONCURRENCY = 8

// A manifest or config has at most 4 MiB, and nearly all have less than 100 kB: those never wait. A document takes several times
// its size while it is decoded.
const DOCUMENT_BYTES = 8 * 1024 * 1024

// Eight layers at zstd's default level have windows of 2 MiB each. A window larger than the total is opened alone.
const WINDOW_BYTES = 32 * 1024 * 1024

/** Returns a function that returns the capacity of an endpoint, the same one each time. */
export function createCapacities(concurrency: number): (endpoint: string) => Capacity {
  const capacities = new Map<string, Capacity>()
  return endpoint => {
    const capacity = capacities.get(endpoint) ?? createCapacity(concurrency)
    capacities.set(endpoint, capacity)
    return capacity
  }
}

function createCapacity(concurrency: number): Capacity {
  const requests = createSemaphore(concurrency)
  return {
    requests,
    parts: createRegistryParts(requests, concurrency),
    documents: createSemaphore(DOCUMENT_BYTES),
    windows: createSemaphore(WINDOW_BYTES)
  }
}

/**
 * Runs `work`, which fetches a document of at most `bytes`, once there is capacity for it. The connection is always acquired before
 * the memory, so that work that holds memory never waits for a connection.
 */
export async function withDocument<T>(
  {requests, documents}: Capacity,
  bytes: number,
  signal: AbortSignal,
  work: () => Promise<T>
): Promise<T> {
  const releaseRequest = await requests.acquire(1, signal)
  try {
    const releaseMemory = await documents.acquire(bytes, signal)
    try {
      return await work()
    } finally {
      releaseMemory()
    }
  } finally {
    releaseRequest()
  }
}
