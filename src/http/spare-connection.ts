// A connection that is opened before a request needs it, so that its handshake takes no time of its own: one or two round trips.
// The pool gets it when it would open a new one.

import type {Socket} from 'node:net'
import {Duplex} from 'node:stream'
import type {buildConnector} from 'undici'

/** undici's connectors return their socket, or the promise of a tunnel, which their type leaves out. */
export type Connect = (...given: Parameters<buildConnector.connector>) => unknown

export type SpareConnection = {
  /** Takes the spare connection, or opens one. */
  readonly connect: Connect
  /** Whether a spare connection is being handed over: the server may be closing it, like one that was used before. */
  readonly isIdle: () => boolean
  /** Opens a connection for the next request that needs one, unless there is one already. */
  readonly prepare: () => void
  /** Closes the spare connection. */
  readonly drop: () => void
}

type Spare = {
  readonly connecting: unknown
  socket?: Socket
  /** The caller that got it while it was being opened. */
  taker?: buildConnector.Callback
  isDropped?: boolean
}

export function createSpareConnection(origin: string, connect: Connect): SpareConnection {
  let spare: Spare | undefined
  let isIdle = false

  function prepare(): void {
    if (spare !== undefined) return
    const {host, hostname, protocol, port} = new URL(origin)
    const opened: buildConnector.Callback = (...given) => {
      const [error, socket] = given
      if (own.taker !== undefined) handOver(own.taker, ...given)
      else if (own.isDropped === true) socket?.destroy()
      else if (error !== null) forget(own)
      else keep(own, given[1])
    }
    const own: Spare = {connecting: connect({host, hostname, protocol, port}, opened)}
    spare = own
  }

  function forget(one: Spare): void {
    if (spare === one) spare = undefined
  }

  function keep(own: Spare, socket: Socket): void {
    own.socket = socket
    // A server may close a connection that it gets no request on. The next request opens its own then.
    socket.on('error', ignore).on('close', () => {
      forget(own)
    })
  }

  function handOver(callback: buildConnector.Callback, ...given: Parameters<buildConnector.Callback>): void {
    isIdle = true
    callback(...given)
    isIdle = false
  }

  return {
    isIdle: () => isIdle,
    prepare,
    connect: (options, callback) => {
      const own = spare
      spare = undefined
      if (own === undefined || own.socket?.destroyed === true) return connect(options, callback)
      if (own.socket === undefined) {
        own.taker = callback
        return own.connecting
      }
      const {socket} = own
      socket.off('error', ignore)
      queueMicrotask(() => {
        handOver(callback, null, socket)
      })
      return socket
    },
    drop: () => {
      if (spare === undefined) return
      spare.isDropped = true
      if (spare.connecting instanceof Duplex) spare.connecting.on('error', ignore).destroy()
      spare.socket?.destroy()
      spare = undefined
    }
  }
}

function ignore(): undefined {
  return undefined
}
