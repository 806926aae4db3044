// Single-flight: callers with the same key share one piece of work.
// The work lasts as long as one caller waits for it.

type Flight = {
  readonly result: Promise<unknown>
  readonly controller: AbortController
  /** Callers that have not aborted. */
  waiters: number
}

export type SingleFlight = {
  /**
   * Runs `start` for the first caller of a key; later callers get the same result, good or bad. The work is aborted and
   * forgotten when the last waiting caller aborts.
   */
  readonly run: <T>(key: string, signal: AbortSignal, start: (signal: AbortSignal) => Promise<T>) => Promise<T>
}

/**
 * Creates a single-flight without any work yet. A key always stands for work of the same type. `lifetime` says which callers share
 * a result: all of them, or only those that come before the work ends.
 */
export function createSingleFlight(lifetime: 'forever' | 'until-settled' = 'forever'): SingleFlight {
  const flights = new Map<string, Flight>()

  function startFlight(key: string, start: (signal: AbortSignal) => Promise<unknown>): Flight {
    const controller = new AbortController()
    const flight = {controller, waiters: 0, result: start(controller.signal)}
    flights.set(key, flight)
    function settle(): void {
      if (lifetime === 'until-settled') remove(key, flight)
    }
    // Each caller handles the rejection itself. This handler covers the case that every caller has aborted.
    flight.result.then(settle, settle)
    return flight
  }

  // A newer flight of the same key stays.
  function remove(key: string, flight: Flight): void {
    if (flights.get(key) === flight) flights.delete(key)
  }

  async function wait(flight: Flight, key: string, signal: AbortSignal): Promise<unknown> {
    flight.waiters++
    const {promise: aborted, reject} = Promise.withResolvers<never>()
    // The count goes down here and not after the await: when a whole run is aborted, all callers abort in one turn, and the last
    // of them has to see that it is the last.
    function abort(): void {
      flight.waiters--
      if (flight.waiters === 0) {
        remove(key, flight)
        flight.controller.abort(signal.reason)
      }
      reject(signal.reason as Error)
    }
    signal.addEventListener('abort', abort, {once: true})
    try {
      return await Promise.race([flight.result, aborted])
    } finally {
      signal.removeEventListener('abort', abort)
    }
  }

  return {
    run: async <T>(key: string, signal: AbortSignal, start: (signal: AbortSignal) => Promise<T>) => {
      signal.throwIfAborted()
      return wait(flights.get(key) ?? startFlight(key, start), key, signal) as Promise<T>
    }
  }
}
