// Connections that are opened before requests need them, so that their handshakes take no time of their own: one or two round trips.
// The pool gets them when it would open new ones.

import type {Socket} from 'node:net'
import {Duplex} from 'node:stream'
import type {buildConnector} from 'undici'

/** undici's connectors return their socket, or the promise of a tunnel, which their type leaves out. */
export type Connect = (...given: Parameters<buildConnector.connector>) => unknown

export type SpareConnections = {
  /** Takes the oldest spare connection, or opens one. */
  readonly connect: Connect
  /** Whether a spare connection is being handed over: the server may be closing it, like one that was used before. */
  readonly isIdle: () => boolean
  /**
   * Opens connections for the next requests that need one, until there are so many spare ones, or `limit` of all kinds. The host has
   * to take a connection of a request first: one that takes a single connection must get the one with the request.
   */
  readonly prepare: (count: number) => void
  /** Closes the spare connections. */
  readonly drop: () => void
}

type Spare = {
  readonly connecting: unknown
  socket?: Socket
  /** The caller that got it while it was being opened. */
  taker?: buildConnector.Callback
  isDropped?: boolean
}

/** `limit`: of all connections to the host, spare or not. */
export function createSpareConnections(origin: string, limit: number, connect: Connect): SpareConnections {
  const spares = new Set<Spare>()
  let hasConnected = false
  let wanted = 0
  let open = 0
  let isIdle = false

  const counted: Connect = (options, callback) => {
    let isOpen = true
    open++
    const end = (): void => {
      if (isOpen) open--
      isOpen = false
    }
    const connecting = connect(options, (...given) => {
      if (given[0] === null) given[1].once('close', end)
      else end()
      callback(...given)
    })
    // Its caller may destroy it, and then calls nothing back.
    if (connecting instanceof Duplex) connecting.once('close', end)
    return connecting
  }

  const first: Connect = (options, callback) => {
    const taken = (): void => {
      hasConnected = true
      prepare(wanted)
    }
    const connecting = counted(options, (...given) => {
      callback(...given)
      if (given[0] === null) taken()
    })
    // With TLS, the connection is there before the handshake has ended.
    if (connecting instanceof Duplex) connecting.once('connect', taken)
    return connecting
  }

  function prepare(count: number): void {
    wanted = Math.max(wanted, count)
    if (!hasConnected) return
    const missing = Math.min(wanted - spares.size, limit - open)
    wanted = 0
    for (let at = 0; at < missing; at++) openSpare()
  }

  function openSpare(): void {
    const {host, hostname, protocol, port} = new URL(origin)
    const opened: buildConnector.Callback = (...given) => {
      const [error, socket] = given
      if (own.taker !== undefined) handOver(own.taker, ...given)
      else if (own.isDropped === true) socket?.destroy()
      else if (error !== null) spares.delete(own)
      else keep(own, given[1])
    }
    const own: Spare = {connecting: counted({host, hostname, protocol, port}, opened)}
    spares.add(own)
  }

  function keep(own: Spare, socket: Socket): void {
    own.socket = socket
    // A server may close a connection that it gets no request on. The next request opens its own then.
    socket.on('error', ignore).on('close', () => spares.delete(own))
  }

  function handOver(callback: buildConnector.Callback, ...given: Parameters<buildConnector.Callback>): void {
    isIdle = true
    callback(...given)
    isIdle = false
  }

  /** Removes the oldest one from the spare ones. */
  function take(): Spare | undefined {
    for (const spare of spares) {
      spares.delete(spare)
      if (spare.socket?.destroyed !== true) return spare
    }
    return undefined
  }

  return {
    isIdle: () => isIdle,
    prepare,
    connect: (options, callback) => {
      const own = take()
      if (own === undefined) return (hasConnected ? counted : first)(options, callback)
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
      wanted = 0
      for (const spare of spares) {
        spare.isDropped = true
        if (spare.connecting instanceof Duplex) spare.connecting.on('error', ignore).destroy()
        spare.socket?.destroy()
      }
      spares.clear()
    }
  }
}

function ignore(): undefined {
  return undefined
}
