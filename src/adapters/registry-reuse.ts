// Which requests go out on a connection that carried one before. A registry may close such a connection at the very moment: then
// the end is no answer to the request, and it is to be made again. Only undici knows, and only says so on this channel.

import {subscribe, unsubscribe} from 'node:diagnostics_channel'

export type ReuseWatch = {
  /** Calls back, before anything comes of it, if the request that is about to be written goes out on a used connection. */
  readonly whenReused: (tell: () => void) => void
  readonly close: () => void
}

const CHANNEL = 'undici:client:sendHeaders'

export const watchReuse = (): ReuseWatch => {
  const used = new WeakSet()
  let next: (() => void) | undefined
  const sent = (message: unknown): void => {
    const tell = next
    next = undefined
    if (typeof message !== 'object' || message === null || !('socket' in message)) return
    const {socket} = message
    if (typeof socket !== 'object' || socket === null) return
    if (used.has(socket)) tell?.()
    used.add(socket)
  }
  subscribe(CHANNEL, sent)
  return {
    whenReused: tell => {
      next = tell
    },
    close: () => {
      unsubscribe(CHANNEL, sent)
    }
  }
}
