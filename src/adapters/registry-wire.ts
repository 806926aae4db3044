// One bounded HTTP request over undici: connect, wait for the answer, read it, each within its time.
// Raw faults become Failures here and nowhere else. Retries, redirects, tokens and mirrors live above.

import type {Dispatcher} from 'undici'
import Agent from 'undici/lib/dispatcher/agent.js'
import {type Limit, VerifiedImageError} from '../acquire/failure.ts'
import {createBody, type SpareBlocks, type WireBody} from './registry-body.ts'
import {failureOfNetworkError} from './registry-network-error.ts'
import {isLoopback} from './registry-scheme.ts'
import {createSocketConnector} from './registry-socket.ts'

export type WireLimits = {
  /** For DNS, TCP and TLS together. */
  readonly connectTimeoutMs: number
  /** For an answer to begin, and for each 1 KiB/s of its body to come. */
  readonly stallTimeoutMs: number
}

export type WireRequest = {
  readonly method: 'GET' | 'POST'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal: AbortSignal
  /** Not on a connection that was used before. */
  readonly freshConnection: boolean
}

export type WireResponse = {
  readonly status: number
  /** By lower-case name; a header that came several times is joined with ", ". */
  readonly headers: ReadonlyMap<string, string>
  readonly body: WireBody
}

export type Wire = {
  readonly send: (request: WireRequest) => Promise<WireResponse>
  readonly close: () => Promise<void>
}

const SLOWEST_BYTES_PER_MS = 1024 / 1000

export const createWire = (limits: WireLimits, environment: Readonly<Record<string, string | undefined>>): Wire => {
  const open: Dispatcher[] = []
  const spare: SpareBlocks = []
  const current = new Map<Way, Promise<Dispatcher>>()
  const proxies = {'http:': proxyFor('http', environment), 'https:': proxyFor('https', environment)}
  const create = async (way: Way): Promise<Dispatcher> => {
    const dispatcher = await createDispatcher(limits, way, proxies)
    open.push(dispatcher)
    return dispatcher
  }
  // A proxy is not the way to this machine itself, whatever NO_PROXY says.
  const wayTo = ({protocol, host}: URL): Way => {
    const proxy = protocol === 'http:' ? proxies['http:'] : proxies['https:']
    return proxy !== undefined && !isLoopback(host) ? 'proxied' : 'direct'
  }
  const dispatcherFor = ({freshConnection}: WireRequest, way: Way): Promise<Dispatcher> => {
    // A new dispatcher has no connections to reuse. The old one goes on with what it has begun.
    const dispatcher = (freshConnection ? undefined : current.get(way)) ?? create(way)
    current.set(way, dispatcher)
    return dispatcher
  }
  return {
    send: async request => {
      const way = wayTo(request.url)
      const dispatcher = await dispatcherFor(request, way)
      return new Promise((resolve, reject) => {
        sendOn({dispatcher, way, spare}, request, limits, resolve, reject)
      })
    },
    close: async () => {
      await Promise.all(open.map(dispatcher => dispatcher.destroy()))
    }
  }
}

type Way = 'direct' | 'proxied'
type Proxies = Readonly<Record<'http:' | 'https:', string | undefined>>

/** As curl and Go read it: lower case first, and `host:port` is a proxy that speaks HTTP. */
const proxyFor = (scheme: string, environment: Readonly<Record<string, string | undefined>>): string | undefined => {
  const name = `${scheme}_proxy`
  const written = [environment[name], environment[name.toUpperCase()]].find(
    value => value !== undefined && value !== ''
  )
  return written === undefined || /^[a-z]+:\/\//i.test(written) ? written : `http://${written}`
}

const createDispatcher = async (limits: WireLimits, way: Way, proxies: Proxies): Promise<Dispatcher> => {
  const options = {
    // The times are kept here, to the millisecond; undici's own clock has a resolution of a second and only frees the socket.
    connect: {timeout: limits.connectTimeoutMs + 1000},
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: 64 * 1024,
    // One connection per blob is faster than one for all, and leaves nothing to share between registries.
    allowH2: false
  }
  if (way === 'direct')
    return new Agent({...options, connect: createSocketConnector({...options.connect, allowH2: false})})
  // Its tunnels need what only undici's index puts together, so that a proxy costs the whole of it.
  const {EnvHttpProxyAgent} = await import('undici')
  try {
    const {'http:': httpProxy = '', 'https:': httpsProxy = ''} = proxies
    return new EnvHttpProxyAgent({...options, httpProxy, httpsProxy})
  } catch (error) {
    // What is written there may hold a password.
    const detail = 'the proxy in http_proxy or https_proxy is not one: it is written http://host:port'
    throw new VerifiedImageError({kind: 'unreachable', reason: 'proxy', detail}, {cause: error})
  }
}

type Phase = 'connect' | 'headers' | 'body'

const limitOf = (phase: Phase, {connectTimeoutMs, stallTimeoutMs}: WireLimits): Limit =>
  phase === 'connect'
    ? {input: 'connect-timeout', afterMs: connectTimeoutMs}
    : {input: 'stall-timeout', afterMs: stallTimeoutMs}

type Path = {readonly dispatcher: Dispatcher; readonly way: Way; readonly spare: SpareBlocks}

const sendOn = (
  {dispatcher, way, spare}: Path,
  request: WireRequest,
  limits: WireLimits,
  resolve: (response: WireResponse) => void,
  reject: (error: Error) => void
): void => {
  const {url, method, signal} = request
  let controller: Dispatcher.DispatchController | undefined
  let phase: Phase = 'connect'
  let ended = false
  const body = createBody(
    {bytes: limits.stallTimeoutMs * SLOWEST_BYTES_PER_MS},
    spare,
    () => controller,
    () => {
      watch.stop()
      signal.removeEventListener('abort', abort)
    }
  )

  // The one way to end early, whoever wants it: time, the caller, or the network.
  const end = (error: Error): void => {
    ended = true
    watch.stop()
    signal.removeEventListener('abort', abort)
    reject(error)
    body.end(error)
    controller?.abort(error)
  }
  const timeOut = (): void => {
    end(new VerifiedImageError({kind: 'timed-out', phase, limit: limitOf(phase, limits)}))
  }
  const watch = createWatch(timeOut)
  const abort = (): void => {
    end(signal.reason as Error)
  }
  if (signal.aborted) {
    abort()
    return
  }
  signal.addEventListener('abort', abort, {once: true})
  watch.start(limits.connectTimeoutMs)
  const options: Dispatcher.DispatchOptions = {
    origin: url.origin,
    path: url.pathname + url.search,
    method,
    headers: request.headers,
    ...(request.body === undefined ? {} : {body: request.body})
  }
  dispatcher.dispatch(options, {
    onRequestStart: started => {
      controller = started
      if (ended) started.abort(new Error('no longer wanted'))
      phase = 'headers'
      watch.start(limits.stallTimeoutMs)
    },
    onResponseStart: (_controller, status, headers) => {
      if (status < 200) return
      phase = 'body'
      const map = headerMap(headers)
      body.expect(announcedLength(map))
      watch.start(limits.stallTimeoutMs, () => body.isKeepingUp())
      resolve({status, headers: map, body})
    },
    onResponseData: (_controller, chunk) => {
      body.push(chunk)
    },
    onResponseEnd: () => {
      ended = true
      body.end()
    },
    onResponseError: (_controller, error) => {
      ended = true
      const failure =
        phase === 'body' ? body.failureOf() : failureOfNetworkError(error, limitOf('connect', limits), way)
      end(error instanceof VerifiedImageError ? error : new VerifiedImageError(failure, {cause: error}))
    }
  })
}

/** Calls `late` when the time is up, unless `isFine` then says that all is well for another round. */
const createWatch = (late: () => void): {start: (ms: number, isFine?: () => boolean) => void; stop: () => void} => {
  let timer: NodeJS.Timeout | undefined
  const stop = (): void => {
    clearTimeout(timer)
  }
  const start = (ms: number, isFine: () => boolean = () => false): void => {
    stop()
    timer = setTimeout(() => {
      if (isFine()) start(ms, isFine)
      else late()
    }, ms)
  }
  return {start, stop}
}

const headerMap = (headers: Readonly<Record<string, string | string[] | undefined>>): ReadonlyMap<string, string> => {
  const map = new Map<string, string>()
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) map.set(name.toLowerCase(), typeof value === 'string' ? value : value.join(', '))
  }
  return map
}

/** The number of bytes that a response announces, undefined where it does not, or not in a way that can be read. */
export const announcedLength = (headers: ReadonlyMap<string, string>): number | undefined => {
  const text = headers.get('content-length')
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}
