// An unbounded queue between producers that push and one consumer that awaits.
// Events that are pushed while the consumer works on another one wait for it.

/** Yields items in the order in which they were pushed, and waits for more. */
export class AsyncQueue<T> implements AsyncIterable<T> {
  readonly #items: T[] = []
  #notify: () => void = () => undefined

  push(item: T): void {
    this.#items.push(item)
    this.#notify()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, never> {
    for (;;) {
      const item = this.#items.shift()
      if (item === undefined) await new Promise<void>(resolve => (this.#notify = resolve))
      else yield item
    }
  }
}
