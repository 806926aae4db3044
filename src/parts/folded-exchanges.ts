// The requests for the parts of a layer as evidence: one entry for all that got the same answer from the same place.
// A layer of 10 GB has 2,500 parts.

import type {Exchange} from '../registry/registry.ts'

export class FoldedExchanges {
  readonly #byAnswer = new Map<string, Exchange>()

  add(exchange: Exchange): void {
    const {object, method, host, path, status} = exchange
    const key = [object, method, host, path, status].join(' ')
    const before = this.#byAnswer.get(key)
    // The last answer stays the last entry: it is the one that a failure came from.
    this.#byAnswer.delete(key)
    this.#byAnswer.set(key, {
      ...exchange,
      count: (before?.count ?? 0) + 1,
      elapsedMs: Math.max(exchange.elapsedMs, before?.elapsedMs ?? 0)
    })
  }

  list(): readonly Exchange[] {
    return [...this.#byAnswer.values()]
  }
}
