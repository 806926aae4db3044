// A semaphore: at most so many holders at a time, first come, first served, and no place is lost when a holder in the queue
// gives up. Knows nothing of what is held.

export type Semaphore = {
  /** Resolves to the function that gives the place back; rejects with the signal's reason. */
  readonly acquire: (signal: AbortSignal) => Promise<() => void>
}

export const createSemaphore = (places: number): Semaphore => {
  const queue: (() => void)[] = []
  let free = places
  // A place passes straight to the next in the queue: a later caller cannot take it in between.
  const release = (): void => {
    const next = queue.shift()
    if (next === undefined) free++
    else next()
  }
  const releaseOnce = (): (() => void) => {
    let isHeld = true
    return () => {
      if (isHeld) release()
      isHeld = false
    }
  }
  return {
    acquire: async signal => {
      signal.throwIfAborted()
      if (free > 0) {
        free--
        return releaseOnce()
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
      return releaseOnce()
    }
  }
}
