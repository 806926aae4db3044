// A counting semaphore whose permits have weights: a connection counts one, memory counts its bytes.
// First come, first served, so that a heavy caller is never overtaken for ever.

export type Semaphore = {
  /**
   * Resolves to the release of `weight` permits, first come, first served. A weight above the total counts as the total.
   * Rejects with the signal's reason when it aborts first.
   */
  readonly acquire: (weight: number, signal: AbortSignal) => Promise<() => void>
}

type Waiter = {readonly weight: number; readonly grant: () => void}

/** A semaphore with that many permits. */
export function createSemaphore(permits: number): Semaphore {
  const queue: Waiter[] = []
  let free = permits

  // The permits pass directly to the next waiter, so that a new caller cannot overtake the queue. A heavy waiter at the head
  // stops lighter ones behind it: otherwise it could wait for ever.
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
        // The one that leaves may have been the heavy one that the others waited behind.
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
    acquire: async (asked, signal) => {
      signal.throwIfAborted()
      const weight = Math.min(asked, permits)
      if (queue.length === 0 && weight <= free) free -= weight
      else await wait(weight, signal)
      return releaseOf(weight)
    }
  }
}
