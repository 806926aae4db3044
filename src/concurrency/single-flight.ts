// Single-flight: one piece of work for all callers that ask for the same key, and its result for those that ask later.
// The work lasts as long as one caller waits for it.

type Flight = {readonly result: Promise<unknown>; readonly controller: AbortController; waiters: number}

export type SingleFlight = {
  /**
   * Runs `start` for the first caller of a key; later callers get the same result, good or bad. The work is aborted, and
   * forgotten, when the last caller that waits for it aborts.
   */
  readonly run: <T>(key: string, signal: AbortSignal, start: (signal: AbortSignal) => Promise<T>) => Promise<T>
}

/** Starts with no work known. A key always stands for work of the same type. */
export function createSingleFlight(): SingleFlight {
  const flights = new Map<string, Flight>()

  function startFlight(key: string, start: (signal: AbortSignal) => Promise<unknown>): Flight {
    const controller = new AbortController()
    const flight = {controller, waiters: 0, result: start(controller.signal)}
    // Each caller handles the rejection itself; when all have aborted, none is left to do that.
    flight.result.catch(() => undefined)
    flights.set(key, flight)
    return flight
  }

  async function wait(flight: Flight, key: string, signal: AbortSignal): Promise<unknown> {
    flight.waiters++
    const {promise: aborted, reject} = Promise.withResolvers<never>()
    // Counted here and not after the await: when a whole run is aborted, all callers abort in one turn, and the last one of
    // them has to see that it is the last.
    function abort(): void {
      flight.waiters--
      if (flight.waiters === 0) {
        flights.delete(key)
        flight.controller.abort(signal.reason)
      }
      reject(signal.reason as Error)
    }
    signal.addEventListener('abort', abort, {once: true})
    try {
      return await Promise.race([flight.result, aborted])
    } finally {
      signal.removeEventListener('abort', abort)
      if (!signal.aborted) flight.waiters--
    }
  }

  return {
    run: async <T>(key: string, signal: AbortSignal, start: (signal: AbortSignal) => Promise<T>) => {
      signal.throwIfAborted()
      return wait(flights.get(key) ?? startFlight(key, start), key, signal) as Promise<T>
    }
  }
}
