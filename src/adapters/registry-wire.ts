// One bounded HTTP request over Node's HTTP client: connect, wait for the answer, read it, each within its time.
// Raw faults become Failures here and nowhere else. Retries, redirects, tokens and mirrors live above.

import type {IncomingHttpHeaders} from 'node:http'
import {type Limit, VerifiedImageError} from '../acquire/failure.ts'
import {createBody, type SpareBlocks, type WireBody} from './registry-body.ts'
import {createConnections, type Line} from './registry-connections.ts'
import {failureOfNetworkError} from './registry-network-error.ts'

export type WireLimits = {
  /** For DNS, TCP and TLS together. */
  readonly connectTimeoutMs: number
  /** For an answer to begin, and for each 1 KiB/s of its body to come. */
  readonly stallTimeoutMs: number
}

export type WireRequest = {
  readonly method: 'GET' | 'HEAD' | 'POST'
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
  readonly close: () => void
}

const SLOWEST_BYTES_PER_MS = 1024 / 1000

const MAX_HEADER_BYTES = 64 * 1024

export const createWire = (limits: WireLimits, environment: Readonly<Record<string, string | undefined>>): Wire => {
  const connections = createConnections(environment)
  const spare: SpareBlocks = []
  const sendOnce = async (request: WireRequest, stale: WeakSet<Error>): Promise<WireResponse> => {
    const line = await connections.lineTo(request.url, request.freshConnection)
    return new Promise((resolve, reject) => {
      sendOn({line, spare, stale}, request, limits, resolve, reject)
    })
  }
  return {
    send: async request => {
      const stale = new WeakSet<Error>()
      try {
        return await sendOnce(request, stale)
      } catch (error) {
        if (!(error instanceof Error) || !stale.has(error)) throw error
        return sendOnce({...request, freshConnection: true}, stale)
      }
    },
    close: connections.close
  }
}

type Phase = 'connect' | 'headers' | 'body'

const limitOf = (phase: Phase, {connectTimeoutMs, stallTimeoutMs}: WireLimits): Limit =>
  phase === 'connect'
    ? {input: 'connect-timeout', afterMs: connectTimeoutMs}
    : {input: 'stall-timeout', afterMs: stallTimeoutMs}

type Path = {
  readonly line: Line
  readonly spare: SpareBlocks
  /** Errors that say nothing but that a connection was kept for too long. */
  readonly stale: WeakSet<Error>
}

const sendOn = (
  {line, spare, stale}: Path,
  {method, headers, signal, body: content}: WireRequest,
  limits: WireLimits,
  resolve: (response: WireResponse) => void,
  reject: (error: Error) => void
): void => {
  if (signal.aborted) {
    reject(signal.reason as Error)
    return
  }
  let phase: Phase = 'connect'
  let ended = false
  const request = line.request({method, headers, maxHeaderSize: MAX_HEADER_BYTES, joinDuplicateHeaders: true})
  const body = createBody({bytes: limits.stallTimeoutMs * SLOWEST_BYTES_PER_MS}, spare, () => {
    watch.stop()
    signal.removeEventListener('abort', abort)
  })

  // The one way to end early, whoever wants it: time, the caller, or the network.
  const end = (error: Error): void => {
    ended = true
    watch.stop()
    signal.removeEventListener('abort', abort)
    reject(error)
    body.end(error)
    request.destroy()
  }
  const watch = createWatch(() => {
    end(new VerifiedImageError({kind: 'timed-out', phase, limit: limitOf(phase, limits)}))
  })
  const abort = (): void => {
    end(signal.reason as Error)
  }
  let isComplete = (): boolean => false
  const fail = (error: Error): void => {
    // What comes behind an answer is not of it: its end is told of next.
    if (ended || isComplete()) return
    const failure =
      phase === 'body' ? body.failureOf() : failureOfNetworkError(error, limitOf('connect', limits), line.way)
    const told = new VerifiedImageError(failure, {cause: error})
    if (phase === 'headers' && failure.kind === 'unreachable' && failure.reason === 'reset') {
      // What else is kept open to a server that hangs up is of no more use.
      line.forget()
      // It may have closed a connection at the very moment when that was used again: then the end is no answer.
      if (request.reusedSocket) stale.add(told)
    }
    end(told)
  }
  const connected = (): void => {
    if (ended) return
    phase = 'headers'
    watch.start(limits.stallTimeoutMs)
  }
  signal.addEventListener('abort', abort, {once: true})
  watch.start(limits.connectTimeoutMs)
  request.on('error', fail)
  request.on('socket', socket => {
    if (!socket.connecting) connected()
    else socket.once('encrypted' in socket ? 'secureConnect' : 'connect', connected)
  })
  request.on('upgrade', () => {
    const detail = 'it switches to another protocol than HTTP, unasked'
    end(new VerifiedImageError({kind: 'unreachable', reason: 'not-http', detail}))
  })
  request.on('response', response => {
    if (ended) return
    phase = 'body'
    isComplete = () => response.complete
    const map = headerMap(response.headers)
    body.expect(announcedLength(map), {
      pause: () => {
        response.pause()
      },
      resume: () => {
        response.resume()
      },
      abort: () => {
        request.destroy()
      }
    })
    watch.start(limits.stallTimeoutMs, () => body.isKeepingUp())
    response.on('error', fail)
    response.on('end', () => {
      ended = true
      body.end()
    })
    response.on('data', body.push)
    // Otherwise the first bytes are kept back for a turn, and lost when the connection breaks meanwhile.
    response.read(0)
    resolve({status: response.statusCode ?? 0, headers: map, body})
  })
  request.end(content)
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

const headerMap = (headers: IncomingHttpHeaders): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === 'string' ? value : value.join(', ')]]
    )
  )

/** The number of bytes that a response announces, undefined where it does not, or not in a way that can be read. */
export const announcedLength = (headers: ReadonlyMap<string, string>): number | undefined => {
  const text = headers.get('content-length')
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}
