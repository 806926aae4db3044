// The content of a body after a step, such as decoding.
// Whatever its reader does, the body itself ends with it.

import type {HttpBody} from './body.ts'

/** The chunks of `content`, which reads `body`. The body is discarded when the reader stops, even before it has started. */
export function derivedBody(body: HttpBody, content: AsyncGenerator<Uint8Array, undefined>): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => content.next(),
      // A generator that was not started does not run its finally.
      return: () => {
        body.discard()
        return content.return(undefined)
      }
    })
  }
}
