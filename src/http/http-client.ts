// One bounded HTTP request over undici: a place among the connections to its origin, connect, wait for the answer, read it.
// undici keeps connections, TLS and proxies; a least speed, a fresh connection on demand and the place in the queue are ours.
// Raw errors become Failures here and nowhere else. Retries, redirects, tokens and mirrors live above.

import type {Dispatcher} from 'undici'
import {type Limit} from '../failure/failure.ts'
import {createSemaphore, type Semaphore} from '../concurrency/semaphore.ts'
import {createBody, type HttpBody, type OpenBody} from './body.ts'
import {type ConnectionLimits, type Connections, openConnections} from './connections.ts'
import {failureOfHttpError, failureOfProxyAnswer} from './network-error.ts'
import {proxyFor} from './proxy.ts'
import {VerifiedImageError} from '../failure/error.ts'

export type HttpLimits = ConnectionLimits & {
  /** For an answer to begin, and for each 1 KiB/s of its body to come. */
  readonly stallTimeoutMs: number
}

export type HttpRequest = {
  readonly method: 'GET' | 'HEAD' | 'POST'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal: AbortSignal
  /** Not on a connection that was used before. */
  readonly freshConnection: boolean
}

export type HttpResponse = {
  readonly status: number
  /** By lower-case name; a header that came several times is joined with ", ". */
  readonly headers: ReadonlyMap<string, string>
  /** It came from a public address, without a proxy between. */
  readonly isPublic: boolean
  readonly body: HttpBody
}

export type HttpClient = {
  readonly send: (request: HttpRequest) => Promise<HttpResponse>
  readonly close: () => void
}

const SLOWEST_BYTES_PER_MS = 1024 / 1000

type Origin = {readonly places: Semaphore; connections: Connections | undefined}

export function createHttpClient(
  limits: HttpLimits,
  environment: Readonly<Record<string, string | undefined>>
): HttpClient {
  const origins = new Map<string, Origin>()
  const open: Connections[] = []
  const originOf = (url: URL): Origin => {
    const known = origins.get(url.origin)
    if (known !== undefined) return known
    const origin: Origin = {places: createSemaphore(limits.concurrency), connections: undefined}
    origins.set(url.origin, origin)
    return origin
  }
  const connectionsTo = (url: URL, origin: Origin): Connections => {
    if (origin.connections !== undefined) return origin.connections
    const connections = openConnections(url.origin, proxyFor(url, environment), limits)
    open.push(connections)
    origin.connections = connections
    return connections
  }
  return {
    send: async request => {
      const origin = originOf(request.url)
      // Held until the body has ended, so that idle connections and those in use together are no more than `concurrency`.
      const leave = await origin.places.acquire(1, request.signal)
      const retire = (connections: Connections): void => {
        connections.retire()
        if (origin.connections === connections) origin.connections = undefined
      }
      const sendOnce = async (): Promise<HttpResponse> => {
        const connections = connectionsTo(request.url, origin)
        try {
          return await sendOver(connections, request, limits, leave)
        } catch (error) {
          // What else is kept open to a server that hangs up is of no more use.
          if (error instanceof HungUp) retire(connections)
          throw error
        }
      }
      try {
        if (request.freshConnection && origin.connections !== undefined) retire(origin.connections)
        return await sendOnce().catch((error: unknown) => {
          // A server may close a connection at the very moment when it is used again: that is no answer to the request.
          if (error instanceof HungUp && error.isReused) return sendOnce()
          throw error
        })
      } catch (error) {
        leave()
        throw error instanceof HungUp ? error.told : error
      }
    },
    close: () => {
      for (const connections of open) connections.destroy()
    }
  }
}

/** The connection ended without an answer. */
class HungUp extends Error {
  readonly told: VerifiedImageError
  readonly isReused: boolean
  constructor(told: VerifiedImageError, isReused: boolean) {
    super(told.message)
    this.told = told
    this.isReused = isReused
  }
}

type Phase = 'connect' | 'headers' | 'body'

async function sendOver(
  connections: Connections,
  request: HttpRequest,
  limits: HttpLimits,
  leave: () => void
): Promise<HttpResponse> {
  request.signal.throwIfAborted()
  const {promise, resolve, reject} = Promise.withResolvers<HttpResponse>()
  const exchange = createExchange(connections, request, limits, {resolve, reject, leave})
  const {url, method, headers, body} = request
  connections.dispatch(
    {
      ...{origin: url.origin, path: url.pathname + url.search, method, headers, headersTimeout: 0, bodyTimeout: 0},
      ...(body === undefined ? {} : {body})
    },
    exchange.handler,
    exchange.start
  )
  return promise
}

type Outcome = {
  readonly resolve: (response: HttpResponse) => void
  readonly reject: (error: Error) => void
  /** Gives back the place among the connections; called when the body has ended, not when the request has failed. */
  readonly leave: () => void
}

type Running = {
  readonly handler: Dispatcher.DispatchHandler
  readonly start: (isReused: boolean, controller: Dispatcher.DispatchController) => void
}

function createExchange(
  connections: Connections,
  {url, signal}: HttpRequest,
  limits: HttpLimits,
  {resolve, reject, leave}: Outcome
): Running {
  let phase: Phase = 'connect'
  let isReused = false
  let ended = false
  let controller: Dispatcher.DispatchController | undefined
  const stall: Limit = {input: 'stall-timeout', afterMs: limits.stallTimeoutMs}
  const body: OpenBody = createBody({bytes: limits.stallTimeoutMs * SLOWEST_BYTES_PER_MS}, () => {
    watch.stop()
    signal.removeEventListener('abort', abort)
    if (phase === 'body') leave()
  })
  // The one way to end early, for time, the caller and the network alike.
  const end = (error: Error): void => {
    ended = true
    reject(error)
    body.end(error)
    controller?.abort(error)
  }
  const watch = createWatch(() => {
    end(new VerifiedImageError({kind: 'timed-out', phase, limit: stall}))
  })
  const abort = (): void => {
    end(signal.reason as Error)
  }
  signal.addEventListener('abort', abort, {once: true})
  const fail = (error: Error): void => {
    if (ended) return
    const connect: Limit = {input: 'connect-timeout', afterMs: limits.connectTimeoutMs}
    const failure = phase === 'body' ? body.failureOf() : failureOfHttpError(error, connect, connections.proxy)
    const told = new VerifiedImageError(failure, {cause: error})
    const isHungUp = phase === 'headers' && failure.kind === 'unreachable' && failure.reason === 'reset'
    end(isHungUp ? new HungUp(told, isReused) : told)
  }
  return {
    start: (reused, started) => {
      controller = started
      if (ended) {
        started.abort(new Error('the request is not wanted any more'))
        return
      }
      phase = 'headers'
      isReused = reused
      watch.start(limits.stallTimeoutMs)
    },
    // undici's own objects are changed in place by its proxy, so that this one is not frozen or shared.
    handler: {
      onResponseStart: (started, status, headers) => {
        // 1xx is no answer yet, and does not extend the time for one.
        if (ended || status < 200) return
        const map = headerMap(headers)
        const refusal =
          connections.proxy === undefined || url.protocol === 'https:'
            ? undefined
            : failureOfProxyAnswer(status, map, connections.proxy)
        if (refusal !== undefined) {
          end(new VerifiedImageError(refusal))
          return
        }
        phase = 'body'
        body.expect(announcedLength(map), {
          pause: () => {
            started.pause()
          },
          resume: () => {
            started.resume()
          },
          abort: () => {
            ended = true
            started.abort(new Error('the rest of the body is not wanted'))
          }
        })
        watch.start(limits.stallTimeoutMs, () => body.isKeepingUp())
        resolve({status, headers: map, isPublic: connections.isPublic(), body})
      },
      onResponseData: (_, chunk) => {
        body.push(chunk)
      },
      onResponseEnd: () => {
        ended = true
        watch.stop()
        // undici takes up a connection again one turn later. A reader that goes on at once would be given a new one.
        queueMicrotask(() =>
          setImmediate(() => {
            body.end()
          })
        )
      },
      onResponseError: (_, error) => {
        fail(error)
      }
    }
  }
}

/** Calls `late` when the time is up, unless `isFine` then says that all is well for another round. */
function createWatch(late: () => void): {start: (ms: number, isFine?: () => boolean) => void; stop: () => void} {
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

function headerMap(headers: Readonly<Record<string, string | string[] | undefined>>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), typeof value === 'string' ? value : value.join(', ')]]
    )
  )
}

/** The number of bytes that a response announces, undefined where it does not, or not in a way that can be read. */
export function announcedLength(headers: ReadonlyMap<string, string>): number | undefined {
  const text = headers.get('content-length')
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}
