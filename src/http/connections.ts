// The connections to one origin, direct or through a proxy, in a pool of undici. Added here: one time limit for DNS, TCP, TLS and the
// proxy together, the distinction between a proxy's failure and one of the host behind it, and one lookup for several connections.

import {lookup} from 'node:dns'
import type {LookupFunction, Socket} from 'node:net'
import {Duplex} from 'node:stream'
import {buildConnector, errors, Pool, ProxyAgent, type Dispatcher} from 'undici'
import {omitUndefined} from '../oci/omit-undefined.ts'
import {isPrivateHost} from './private-address.ts'
import type {Proxy} from './proxy.ts'
import type {Trust} from './certificates.ts'
import {ProxyError} from './network-error.ts'
import {type Connect, createSpareConnections} from './spare-connection.ts'

export type ConnectionLimits = {
  /** For DNS, TCP and TLS together, a proxy included. */
  readonly connectTimeoutMs: number
  /** Simultaneous connections to one origin. */
  readonly concurrency: number
}

export type Connections = {
  readonly proxy: Proxy | undefined
  readonly trust: Trust | undefined
  /** Every peer so far had a public address. It is known once a connection is open, and never behind a proxy. */
  readonly isPublic: () => boolean
  /** `isReused`: the connection of the request had carried another request before. */
  readonly dispatch: (
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
    onStart: (isReused: boolean, controller: Dispatcher.DispatchController) => void
  ) => void
  /** Has connections ready for the next requests that need new ones. Not through a proxy, and not beyond `concurrency`. */
  readonly prepare: (count: number) => void
  /** Closes when the running requests have ended. */
  readonly retire: () => void
  /** Closes now, and ends the running requests. */
  readonly destroy: () => void
}

// The longest header in use is a signed URL of about 4 KiB. Node's default is 16 KiB, which some registries nearly reach with several
// cookies. More is an attack or a mistake.
const MAX_HEADER_BYTES = 64 * 1024

/** `trust` is Node's own unless given. */
export function openConnections(
  origin: string,
  limits: ConnectionLimits,
  proxy: Proxy | undefined,
  trust?: Trust
): Connections {
  let isPublic = proxy === undefined
  const inspect = (socket: Socket): void => {
    // A link-local address may end with a zone.
    const address = socket.remoteAddress?.replace(/%.*$/, '')
    if (address === undefined || isPrivateHost(address)) isPublic = false
  }
  const spare = createSpareConnections(origin, limits.concurrency, direct(limits, inspect, trust))
  // undici emits `connect` and writes the first request to the new connection in the same turn.
  let isNew = false
  const watch = (pool: Pool): Pool => {
    pool.on('connect', () => {
      isNew = !spare.isIdle()
      queueMicrotask(() => {
        isNew = false
      })
    })
    return pool
  }
  const dispatcher =
    proxy === undefined ? watch(openPool(origin, limits, spare.connect)) : openProxy(proxy, limits, watch, trust)
  return {
    proxy,
    trust,
    isPublic: () => isPublic,
    dispatch: (options, handler, onStart) => {
      handler.onRequestStart = controller => {
        const isReused = !isNew
        isNew = false
        onStart(isReused, controller)
      }
      dispatcher.dispatch(options, handler)
    },
    prepare: count => {
      if (proxy === undefined) spare.prepare(count)
    },
    retire: () => {
      spare.drop()
      void dispatcher.close().catch(ignore)
    },
    destroy: () => {
      spare.drop()
      void dispatcher.destroy().catch(ignore)
    }
  }
}

function ignore(): undefined {
  return undefined
}

// HTTP/1.1 only: layers over several connections are faster than over one shared connection, and HTTP/2 brings limits of its own to
// attack. send-request.ts limits the time for headers and body, as a speed. The reader limits the size of a body by its descriptor.
function openPool(origin: string | URL, limits: ConnectionLimits, connect: buildConnector.connector): Pool {
  return new Pool(origin, {
    connections: limits.concurrency,
    connect,
    allowH2: false,
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: 0,
    bodyTimeout: 0
  })
}

function direct(
  {connectTimeoutMs}: ConnectionLimits,
  inspect: (socket: Socket) => void,
  trust: Trust | undefined
): buildConnector.connector {
  const connector = buildConnector({
    ...{allowH2: false, timeout: 0, lookup: createSharedLookup()},
    ...omitUndefined({secureContext: trust?.host})
  })
  const connect = within(connectTimeoutMs, connector, error => error)
  return inspecting(connect, inspect)
}

function openProxy(
  proxy: Proxy,
  limits: ConnectionLimits,
  watch: (pool: Pool) => Pool,
  trust: Trust | undefined
): ProxyAgent {
  const {href, origin: proxyOrigin} = proxy.url
  const {connectTimeoutMs} = limits
  const tunnels = new Tunnels()
  const toProxy = (connect: Connect): Connect => within(connectTimeoutMs, connect, error => new ProxyError(error))
  // undici passes the signal on to CONNECT, which ends with it, and which it identifies.
  const toTarget = (connect: Connect): Connect => {
    return (options, callback) => {
      const tunnel = new AbortController()
      const translate = (error: Error): Error => {
        tunnel.abort()
        return error instanceof ProxyError || tunnels.isOpen(tunnel.signal) ? error : new ProxyError(error)
      }
      return within(connectTimeoutMs, connect, translate)(withSignal(options, tunnel.signal), callback)
    }
  }
  return new ProxyAgent({
    uri: href,
    // Plain HTTP goes to the proxy with the whole URL in the request line, as curl and Go send it. By default, proxies refuse
    // CONNECT to ports other than 443.
    proxyTunnel: false,
    // The tunnel has a timer of its own, see toTarget.
    allowH2: false,
    connectTimeout: 0,
    proxyTls: {allowH2: false, ...omitUndefined({secureContext: trust?.proxy})},
    ...(trust?.host === undefined ? {} : {requestTls: {secureContext: trust.host}}),
    clientFactory: (origin, options) =>
      tunnels.poolTo(origin, {allowH2: false, headersTimeout: 0, connect: toProxy(connectorIn(options))}),
    // The pool of a target behind a tunnel, or of the proxy itself when it receives the whole URL.
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

/**
 * Which tunnels the proxy has opened. What fails before is the proxy's failure, an answer that does not come included; what fails
 * after is TLS with the host behind it.
 */
class Tunnels {
  readonly #open = new WeakSet<AbortSignal>()

  isOpen(tunnel: AbortSignal): boolean {
    return this.#open.has(tunnel)
  }

  poolTo(proxy: URL, options: Pool.Options): Pool {
    const opened = (tunnel: unknown): void => {
      if (tunnel instanceof AbortSignal) this.#open.add(tunnel)
    }
    class TunnelPool extends Pool {
      override async connect(options: Dispatcher.ConnectOptions): Promise<Dispatcher.ConnectData> {
        const answer = await super.connect(options)
        if (answer.statusCode === 200) opened(options.signal)
        return answer
      }
    }
    return new TunnelPool(proxy, options)
  }
}

function withSignal(options: buildConnector.Options, signal: AbortSignal): buildConnector.Options {
  const withIt: buildConnector.Options & {readonly signal: AbortSignal} = {...options, signal}
  return withIt
}

/** Calls `inspect` with each socket before a request uses it. */
function inspecting(connect: Connect, inspect: (socket: Socket) => void): Connect {
  return (options, callback) =>
    connect(options, (...given) => {
      if (given[1] !== null) inspect(given[1])
      callback(...given)
    })
}

/** undici's own timer covers one socket, in steps of half a second. A tunnel takes two handshakes and an answer. */
function within(ms: number, connect: Connect, translate: (error: Error) => Error): Connect {
  return (options, callback) => {
    let isOver = false
    const timer = setTimeout(() => {
      isOver = true
      callback(translate(new errors.ConnectTimeoutError()), null)
      drop(socket)
    }, ms)
    // undici destroys the returned socket, without a callback, when no request waits for it any more.
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

// A tunnel that is still being opened is a promise.
function drop(socket: unknown): void {
  if (socket instanceof Duplex) socket.on('error', ignore).destroy()
}

type Callback = Parameters<LookupFunction>[2]

/**
 * Looks a name up once for all connections that need it at the same time. libuv runs lookups in half of its threads, which is one on a
 * machine with two processors: eight connections to a CDN would wait for eight lookups in sequence. An answer is not kept: a connection
 * that is opened later, as after a failure, gets a new one.
 */
export function createSharedLookup(lookUp: LookupFunction = lookup): LookupFunction {
  const waiting = new Map<string, Callback[]>()
  return (name, options, callback) => {
    const key = JSON.stringify([name, options])
    const others = waiting.get(key)
    if (others !== undefined) {
      others.push(callback)
      return
    }
    const callbacks = [callback]
    waiting.set(key, callbacks)
    lookUp(name, options, (...answer) => {
      waiting.delete(key)
      for (const answered of callbacks) answered(...answer)
    })
  }
}
