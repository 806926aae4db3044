// One request over the connections to its origin, from dispatch to the end of the body. undici's events become one response, or one
// error: its time limits are speeds here, which undici does not have.

import type {Dispatcher} from 'undici'
import {VerifiedImageError} from '../failure/error.ts'
import {type Limit} from '../failure/failure.ts'
import {type BodySource, createBody, type HttpBody, type OpenBody} from './body.ts'
import {type ConnectionLimits, type Connections} from './connections.ts'
import {failureOfHttpError, failureOfProxyAnswer, ProxyError, type RequestContext} from './network-error.ts'

export type HttpLimits = ConnectionLimits & {
  /** Time for a response to begin. Each further period must bring at least 1 KiB/s of its body. */
  readonly stallTimeoutMs: number
}

export type HttpRequest = {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | StreamedBody
  readonly signal: AbortSignal
  /** Requires a connection that was not used before. */
  readonly freshConnection: boolean
  /** The registry on whose behalf it is sent: its certificates count, whatever the host. */
  readonly registry?: string
  /** How many connections to the host to have ready when the response comes, for the requests that follow from it. */
  readonly spare?: number
}

/** A body that is sent as it is read. Its request has a Content-Length, and is not repeated here: its bytes can be read once. */
export type StreamedBody = {
  readonly bytes: AsyncIterable<Uint8Array>
  /** Whether enough was sent since the last call, or the server may still work on what it got. */
  readonly isKeepingUp: () => boolean
}

export type HttpResponse = {
  readonly status: number
  /** By lower-case name. A header that came several times is joined with ", ". */
  readonly headers: ReadonlyMap<string, string>
  /** It came from a public address, without a proxy. */
  readonly isPublic: boolean
  readonly body: HttpBody
}

/** The server closed the connection without a response. */
export class ConnectionClosed extends Error {
  readonly error: VerifiedImageError
  /** The connection had carried another request before. */
  readonly isReused: boolean
  constructor(error: VerifiedImageError, isReused: boolean) {
    super(error.message)
    this.error = error
    this.isReused = isReused
  }
}

const MIN_BYTES_PER_MS = 1024 / 1000

/** `release` gives back the permit of the request. It is called when the body ends, not when the request fails before. */
export type SendOptions = {readonly limits: HttpLimits; readonly release: () => void}

/** Resolves when the response begins. Rejects with a VerifiedImageError, a ConnectionClosed, or the signal's reason. */
export async function sendRequest(
  connections: Connections,
  request: HttpRequest,
  options: SendOptions
): Promise<HttpResponse> {
  request.signal.throwIfAborted()
  const running = new RunningRequest(connections, request, options)
  const {url, method, headers} = request
  connections.dispatch(
    {
      origin: url.origin,
      path: url.pathname + url.search,
      method,
      headers,
      body: dispatchedBody(request.body),
      headersTimeout: 0,
      bodyTimeout: 0
    },
    running.handler(),
    (isReused, controller) => {
      running.start(isReused, controller)
    }
  )
  return running.response
}

/** undici sends anything that can be iterated; its types name only some of that. */
function dispatchedBody(body: HttpRequest['body']): NonNullable<Dispatcher.DispatchOptions['body']> | null {
  if (!isStreamed(body)) return body ?? null
  return body.bytes as unknown as NonNullable<Dispatcher.DispatchOptions['body']>
}

export function isStreamed(body: HttpRequest['body']): body is StreamedBody {
  return typeof body === 'object' && 'bytes' in body
}

class RunningRequest {
  readonly response: Promise<HttpResponse>
  readonly #settle: {readonly resolve: (response: HttpResponse) => void; readonly reject: (error: Error) => void}
  readonly #connections: Connections
  readonly #request: HttpRequest
  readonly #limits: HttpLimits
  readonly #body: OpenBody
  readonly #stallTimer = new StallTimer()
  #phase: 'connect' | 'headers' | 'body' = 'connect'
  #isReused = false
  #hasEnded = false
  #controller: Dispatcher.DispatchController | undefined

  constructor(connections: Connections, request: HttpRequest, {limits, release}: SendOptions) {
    const {promise, resolve, reject} = Promise.withResolvers<HttpResponse>()
    this.response = promise
    this.#settle = {resolve, reject}
    this.#connections = connections
    this.#request = request
    this.#limits = limits
    const abort = (): void => {
      this.#end(request.signal.reason as Error)
    }
    this.#body = createBody({bytes: limits.stallTimeoutMs * MIN_BYTES_PER_MS}, () => {
      this.#stallTimer.stop()
      request.signal.removeEventListener('abort', abort)
      if (this.#phase === 'body') release()
    })
    request.signal.addEventListener('abort', abort, {once: true})
  }

  start(isReused: boolean, controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#hasEnded) {
      controller.abort(new Error('the request was aborted'))
      return
    }
    this.#phase = 'headers'
    this.#isReused = isReused
    const {body} = this.#request
    const isKeepingUp = isStreamed(body) ? body.isKeepingUp : (): boolean => false
    this.#stallTimer.start(this.#limits.stallTimeoutMs, isKeepingUp, this.#stall)
  }

  /** undici's proxy changes its handlers in place, so each request has an object of its own. */
  handler(): Dispatcher.DispatchHandler {
    return {
      onResponseStart: (controller, status, headers) => {
        // 1xx is not the response yet, and does not extend the time for it.
        if (!this.#hasEnded && status >= 200) this.#open(controller, status, headerMap(headers))
      },
      onResponseData: (_, chunk) => {
        this.#body.push(chunk)
      },
      onResponseEnd: () => {
        this.#hasEnded = true
        this.#stallTimer.stop()
        // undici reuses a connection one turn later. A reader that sends its next request at once would open a new one.
        queueMicrotask(() =>
          setImmediate(() => {
            this.#body.end()
          })
        )
      },
      onResponseError: (_, error) => {
        if (!this.#hasEnded) this.#end(this.#translate(error))
      }
    }
  }

  #open(controller: Dispatcher.DispatchController, status: number, headers: ReadonlyMap<string, string>): void {
    const {proxy} = this.#connections
    const failure =
      proxy === undefined || this.#request.url.protocol === 'https:'
        ? undefined
        : failureOfProxyAnswer(status, headers, proxy)
    if (failure !== undefined) {
      this.#end(new VerifiedImageError(failure))
      return
    }
    this.#phase = 'body'
    this.#body.expect(announcedLength(headers), this.#sourceOf(controller))
    this.#stallTimer.start(this.#limits.stallTimeoutMs, this.#body.isKeepingUp, this.#stall)
    this.#settle.resolve({status, headers, isPublic: this.#connections.isPublic(), body: this.#body})
  }

  #sourceOf(controller: Dispatcher.DispatchController): BodySource {
    return {
      pause: () => {
        controller.pause()
      },
      resume: () => {
        controller.resume()
      },
      abort: () => {
        this.#hasEnded = true
        controller.abort(new Error('the rest of the body is not needed'))
      }
    }
  }

  /** The only way to end early: for time, for the caller, and for the network. */
  #end(error: Error): void {
    this.#hasEnded = true
    this.#settle.reject(error)
    this.#body.end(error)
    this.#controller?.abort(error)
  }

  readonly #stall = (): void => {
    const limit: Limit = {input: 'stall-timeout', afterMs: this.#limits.stallTimeoutMs}
    this.#end(new VerifiedImageError({kind: 'timed-out', phase: this.#phase, limit}))
  }

  #translate(error: Error): Error {
    // A file that is sent cannot be read.
    if (error instanceof VerifiedImageError) return error
    if (this.#phase === 'body') return new VerifiedImageError(this.#body.failureOf(), {cause: error})
    const {proxy} = this.#connections
    const {url, registry} = this.#request
    const context: RequestContext = {
      host: url.host,
      connect: {input: 'connect-timeout', afterMs: this.#limits.connectTimeoutMs},
      proxy,
      registry
    }
    const failure = failureOfHttpError(error, context)
    const isClosed = this.#phase === 'headers' && failure.kind === 'unreachable' && failure.reason === 'reset'
    // The proxy receives the whole URL of a request in plain HTTP: the connection that failed is the one to the proxy.
    const isOfProxy = proxy !== undefined && url.protocol === 'http:' && failure.kind === 'unreachable'
    const blamed =
      isOfProxy && failure.reason !== 'proxy' ? failureOfHttpError(new ProxyError(error), context) : failure
    const translated = new VerifiedImageError(blamed, {cause: error})
    return isClosed ? new ConnectionClosed(translated, this.#isReused) : translated
  }
}

/** Calls `onStall` after a period in which `isKeepingUp` does not hold. */
class StallTimer {
  #timer: NodeJS.Timeout | undefined

  start(periodMs: number, isKeepingUp: () => boolean, onStall: () => void): void {
    this.stop()
    this.#timer = setTimeout(() => {
      if (isKeepingUp()) this.start(periodMs, isKeepingUp, onStall)
      else onStall()
    }, periodMs)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}

function headerMap(headers: Readonly<Record<string, string | string[] | undefined>>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), typeof value === 'string' ? value : value.join(', ')]]
    )
  )
}

/** Content-Length; undefined when it is absent or unreadable. */
export function announcedLength(headers: ReadonlyMap<string, string>): number | undefined {
  const text = headers.get('content-length')
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}
