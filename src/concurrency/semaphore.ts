// A weighted semaphore: a connection takes one permit, memory takes one for each byte.
// It is fair: callers get their permits in the order in which they came.

export type Semaphore = {
  /**
   * Takes `weight` permits, at most all of them, and resolves to the function that releases them. Rejects with the signal's reason
   * when the signal aborts first.
   */
  readonly acquire: (weight: number, signal: AbortSignal) => Promise<() => void>
  /** Takes one permit if one is free and no caller waits. Returns the function that releases it; undefined otherwise. */
  readonly tryAcquire: () => (() => void) | undefined
}

type Waiter = {readonly weight: number; readonly grant: () => void}

export function createSemaphore(permits: number): Semaphore {
  const queue: Waiter[] = []
  let free = permits

  // Permits pass directly to the next waiter, so a new caller cannot overtake the queue. A heavy waiter at the head stops lighter
  // ones behind it, which could otherwise starve it.
  function grantWaiting(): void {
    for (let [next] = queue; next !== undefined && next.weight <= free; [next] = queue) {
      queue.shift()
      free -= next.weight
      next.grant()
    }
  }

  function releaseOf(weight: number): () => void {
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      free += weight
      grantWaiting()
    }
  }

  function wait(weight: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      function abort(): void {
        queue.splice(queue.indexOf(waiter), 1)
        reject(signal.reason as Error)
        // The waiter that leaves may have been the heavy one that stopped the others.
        grantWaiting()
      }
      function grant(): void {
        signal.removeEventListener('abort', abort)
        resolve()
      }
      const waiter = {weight, grant}
      signal.addEventListener('abort', abort, {once: true})
      queue.push(waiter)
    })
  }

  return {
    acquire: async (requested, signal) => {
      signal.throwIfAborted()
      const weight = Math.min(requested, permits)
      if (queue.length === 0 && weight <= free) free -= weight
      else await wait(weight, signal)
      return releaseOf(weight)
    },
    tryAcquire: () => {
      if (queue.length > 0 || free < 1) return undefined
      free--
      return releaseOf(1)
    }
  }
}
