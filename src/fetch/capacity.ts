// How much a run does at a time with one registry, in connections and in memory. Every limit is per registry, so that a slow
// registry never holds what the next one needs, and is shared by all images of the run.

import {createSemaphore, type Semaphore} from '../concurrency/semaphore.ts'

export type Capacity = {
  /** One permit for each object that is being fetched: manifests, configs and layers alike. */
  readonly requests: Semaphore
  /** Bytes of manifests and configs that are being read and decoded. */
  readonly documents: Semaphore
  /** Bytes of zstd windows. */
  readonly windows: Semaphore
}

/** The default of `concurrency`: fills a line with small layers and keeps two processors inflating. */
export const DEFAULT_CONCURRENCY = 8

// A manifest or config has at most 4 MiB, and nearly all have less than 100 kB: those are never held up. While it is decoded,
// one takes several times its size.
const DOCUMENT_BYTES = 8 * 1024 * 1024

// Eight layers at zstd's default level have windows of 2 MiB each. A window that is larger than all of this is opened alone.
const WINDOW_BYTES = 32 * 1024 * 1024

/** Gives the capacity of an endpoint, the same one each time. */
export function createCapacities(concurrency: number): (endpoint: string) => Capacity {
  const capacities = new Map<string, Capacity>()
  return endpoint => {
    const capacity = capacities.get(endpoint) ?? {
      requests: createSemaphore(concurrency),
      documents: createSemaphore(DOCUMENT_BYTES),
      windows: createSemaphore(WINDOW_BYTES)
    }
    capacities.set(endpoint, capacity)
    return capacity
  }
}

/**
 * Runs `work`, which fetches a document of at most `bytes`, in its turn. The request comes before the memory, in this order
 * everywhere: work that holds memory never waits for a request.
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
