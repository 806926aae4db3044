// What the layers of a run share about parts at one registry: whether it serves them, and its spare connections.
// A registry that once answers a part wrongly is not asked for parts again in this run.

import type {Semaphore} from '../concurrency/semaphore.ts'

export type RegistryParts = {
  /** Why no part is requested any more; undefined while they may be. */
  readonly endedBy: () => string | undefined
  /** No part is requested any more. */
  readonly end: (reason: string) => void
  /** Registers a layer whose first part is to be requested. Undefined while another layer waits to see whether parts are served. */
  readonly join: () => LayerShare | undefined
}

/** The right of one layer to spare connections. */
export type LayerShare = {
  /**
   * Takes a connection that no layer, manifest, or config waits for. Undefined when none is spare, or when the layer holds its
   * share of them. Returns the function that gives it back.
   */
  readonly tryConnect: () => (() => void) | undefined
  /** The registry served a part. */
  readonly prove: () => void
  /** The layer needs no more parts. */
  readonly leave: () => void
}

export function createRegistryParts(requests: Semaphore, concurrency: number): RegistryParts {
  let reason: string | undefined
  let isProven = false
  let isProbing = false
  let layers = 0

  function join(): LayerShare | undefined {
    if (reason !== undefined || isProbing) return undefined
    const isProbe = !isProven
    isProbing = isProbe
    layers++
    let held = 0
    let isMember = true

    function endProbe(): void {
      if (isProbe) isProbing = false
    }

    return {
      tryConnect: () => {
        // The layer has a connection of its own beside these.
        if (reason !== undefined || held + 1 >= Math.ceil(concurrency / layers)) return undefined
        const release = requests.tryAcquire()
        if (release === undefined) return undefined
        held++
        return () => {
          held--
          release()
        }
      },
      prove: () => {
        isProven = true
        endProbe()
      },
      leave: () => {
        if (!isMember) return
        isMember = false
        layers--
        endProbe()
      }
    }
  }

  return {
    endedBy: () => reason,
    end: why => {
      reason ??= why
    },
    join
  }
}
