// Connections as undici keeps them: one pool for each origin, direct or through a proxy. What is ours is a time limit over
// everything that connecting takes, and telling the proxy's failures from those of the host behind it.

import type {Socket} from 'node:net'
import {Duplex} from 'node:stream'
import {buildConnector, errors, Pool, ProxyAgent, type Dispatcher} from 'undici'
import {isPrivateHost} from './private-address.ts'
import type {Proxy} from './proxy.ts'
import {isParserError, ProxyError} from './network-error.ts'

export type ConnectionLimits = {
  /** For DNS, TCP and TLS together, and for the proxy's part of it. */
  readonly connectTimeoutMs: number
  /** Connections to one origin at a time. */
  readonly concurrency: number
}

export type Connections = {
  readonly proxy: Proxy | undefined
  /** Every peer so far had a public address. Which one a name leads to is only known when it is connected; behind a proxy, never. */
  readonly isPublic: () => boolean
  /** `onStart` learns whether the request goes out on a connection that carried another one before. */
  readonly dispatch: (
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
    onStart: (isReused: boolean, controller: Dispatcher.DispatchController) => void
  ) => void
  /** Ends when what it has begun has ended. */
  readonly retire: () => void
  /** Ends now, with everything that is under way. */
  readonly destroy: () => void
}

// More is an attack or a mistake: the longest header in use is a signed URL of some 4 KiB. Node's default, 16 KiB, is what some
// registries come close to with several cookies.
const MAX_HEADER_BYTES = 64 * 1024

export function openConnections(origin: string, proxy: Proxy | undefined, limits: ConnectionLimits): Connections {
  // undici writes a request to a new connection in the same turn in which it tells of the connection.
  let isNew = false
  const watch = (pool: Pool): Pool => {
    pool.on('connect', () => {
      isNew = true
      queueMicrotask(() => {
        isNew = false
      })
    })
    return pool
  }
  let isPublic = proxy === undefined
  const look = (socket: Socket): void => {
    // Without the zone that a link-local address may have.
    const address = socket.remoteAddress?.replace(/%.*$/, '')
    if (address === undefined || isPrivateHost(address)) isPublic = false
  }
  const dispatcher =
    proxy === undefined ? watch(openPool(origin, limits, direct(limits, look))) : openProxy(proxy, limits, watch)
  return {
    proxy,
    isPublic: () => isPublic,
    dispatch: (options, handler, onStart) => {
      handler.onRequestStart = controller => {
        const isReused = !isNew
        isNew = false
        onStart(isReused, controller)
      }
      dispatcher.dispatch(options, handler)
    },
    retire: () => void dispatcher.close().catch(ignore),
    destroy: () => void dispatcher.destroy().catch(ignore)
  }
}

/** As undici's connectors are: they return their socket, or the promise of a tunnel, though its type does not say so. */
type Connect = (...given: Parameters<buildConnector.connector>) => unknown

function ignore(): undefined {
  return undefined
}

// HTTP/1.1 alone: layers over connections of their own are faster than over one that all share, and the limits of HTTP/2 are
// another set to attack. The time for headers and body is kept above this: it is a speed, which undici does not have. The size
// of a body is its reader's to bound, who knows what the descriptor allows.
function openPool(origin: string | URL, limits: ConnectionLimits, connect: buildConnector.connector): Pool {
  return new Pool(origin, {
    ...{connections: limits.concurrency, connect, allowH2: false},
    ...{maxHeaderSize: MAX_HEADER_BYTES, headersTimeout: 0, bodyTimeout: 0}
  })
}

function direct({connectTimeoutMs}: ConnectionLimits, look: (socket: Socket) => void): buildConnector.connector {
  const connect = within(connectTimeoutMs, buildConnector({allowH2: false, timeout: 0}), error => error)
  return looking(connect, look)
}

function openProxy(proxy: Proxy, limits: ConnectionLimits, watch: (pool: Pool) => Pool): ProxyAgent {
  const {href, origin: proxyOrigin} = proxy.url
  const {connectTimeoutMs} = limits
  let isReached = false
  const reached = (): void => {
    isReached = true
  }
  const toProxy = (connect: Connect): Connect =>
    looking(
      within(connectTimeoutMs, connect, error => new ProxyError(error)),
      reached
    )
  // The time for a tunnel runs out just before that for its socket does. A proxy that was never reached is the one to blame.
  const toTarget = (connect: Connect): Connect =>
    within(connectTimeoutMs, connect, error =>
      error instanceof ProxyError || (isReached && !isProxyAnswer(error)) ? error : new ProxyError(error)
    )
  return new ProxyAgent({
    uri: href,
    // Plain HTTP goes to the proxy with the whole URL in the request line, as curl and Go send it: proxies refuse CONNECT to
    // other ports than 443 by default.
    proxyTunnel: false,
    // The time for the tunnel runs out first, whatever the proxy's answer to CONNECT takes.
    ...{allowH2: false, connectTimeout: 0, proxyTls: {allowH2: false}},
    clientFactory: (origin, options) =>
      new Pool(origin, {allowH2: false, headersTimeout: connectTimeoutMs, connect: toProxy(connectorIn(options))}),
    // Of a target behind a tunnel, or of the proxy itself where it is sent the whole URL.
    factory: (origin: string | URL, options: object) =>
      watch(
        openPool(
          origin,
          limits,
          new URL(origin).origin === proxyOrigin ? toProxy(connectorIn(options)) : toTarget(connectorIn(options))
        )
      )
  })
}

function connectorIn(options: object): buildConnector.connector {
  return (options as {readonly connect: buildConnector.connector}).connect
}

// What the proxy answered to CONNECT, where it was no tunnel. TLS with the target fails with codes of its own.
function isProxyAnswer(error: Error): boolean {
  return (
    isParserError(error) ||
    ('code' in error && /^UND_ERR_(?:ABORTED|SOCKET|PRX_CONN|PRX_TLS|HEADERS)/.test(String(error.code)))
  )
}

/** `look` sees each socket before a request does. */
function looking(connect: Connect, look: (socket: Socket) => void): Connect {
  return (options, callback) =>
    connect(options, (...given) => {
      if (given[1] !== null) look(given[1])
      callback(...given)
    })
}

/** undici limits one socket's time, in steps of half a second. A proxy needs two sockets' worth, and an answer between. */
function within(ms: number, connect: Connect, translate: (error: Error) => Error): Connect {
  return (options, callback) => {
    let isOver = false
    const timer = setTimeout(() => {
      isOver = true
      callback(translate(new errors.ConnectTimeoutError()), null)
      drop(socket)
    }, ms)
    // Where nobody waits for a connection any more, undici destroys the socket that is returned, and nothing is called back.
    timer.unref()
    const socket = connect(options, (...given) => {
      clearTimeout(timer)
      const [error, opened] = given
      if (isOver) drop(opened)
      else if (error === null) callback(null, opened)
      else callback(translate(error), null)
      isOver = true
    })
    return socket
  }
}

// A tunnel that is not there yet is the promise of one.
function drop(socket: unknown): void {
  if (socket instanceof Duplex) socket.on('error', ignore).destroy()
}
