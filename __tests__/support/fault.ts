// Faults as data: where they happen, how often, and what happens; and the script that applies them to requests.
// apply-fault.ts and send-response.ts carry them out.

import type {PushObject} from './push-handler.ts'

export type ServerName = 'registry' | 'token' | 'cdn'

/**
 * `manifest` is the root of an image, by tag or digest: an index or a manifest. `challenge` is a request that the registry answers with
 * a challenge; all other targets but `ping` and `token` are requests that the registry would serve. `redirect` is any request at the
 * CDN, `blob` any config or layer, `any` every request.
 */
export type FaultTarget =
  | 'ping'
  | 'challenge'
  | 'token'
  | 'manifest'
  | 'index'
  | 'child'
  | 'attestation'
  | 'config'
  | 'layer'
  | `layer[${number}]`
  | 'blob'
  | 'redirect'
  /** Of a push, at a registry that takes one. */
  | PushObject
  | 'any'

export type RangeAnswer =
  /** 200 from the start. */
  | 'ignore'
  /** 206 whose Content-Range says truthfully that it begins at 0. */
  | 'elsewhere'
  /** 206 with the requested Content-Range and bytes from the start. */
  | 'lie'
  /** 206 whose total in Content-Range is one too many. */
  | 'wrong-total'
  /** 206 without Content-Range. */
  | 'unsaid'
  /** 206 with half of the requested range, and a Content-Range that says so. */
  | 'half'
  | 'refuse'
  | 'multipart'

export type Action =
  | {
      readonly kind: 'respond'
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string | Buffer
    }
  /** No response at all. */
  | {readonly kind: 'hang'}
  /** The correct response, later. */
  | {readonly kind: 'delay'; readonly forMs: number}
  /** Headers and this many bytes, and then nothing on an open connection. */
  | {readonly kind: 'stall'; readonly afterBytes: number}
  | {readonly kind: 'trickle'; readonly bytesPerSecond: number; readonly afterBytes?: number}
  /** The full Content-Length, and the end of the connection after this many bytes. */
  | {readonly kind: 'truncate'; readonly afterBytes: number}
  /** TCP reset: before the response, or after this many bytes of the body. */
  | {readonly kind: 'reset'; readonly afterBytes?: number}
  | {readonly kind: 'close'}
  /** The correct response, and then the end of the connection, without `Connection: close`. */
  | {readonly kind: 'hang-up'}
  /** An error that quotes the Authorization header of the request. */
  | {readonly kind: 'echo'; readonly status: number}
  | {readonly kind: 'not-http'; readonly text?: string}
  /** One byte is wrong, by default the middle one: the same wrong value each time, or another one each time. */
  | {readonly kind: 'corrupt'; readonly at?: number; readonly each?: 'same' | 'other'}
  /** 200 with this body, its Content-Length, and otherwise correct headers. */
  | {readonly kind: 'replace'; readonly body: Buffer}
  | {readonly kind: 'empty'}
  /** The correct body with this Content-Length. */
  | {readonly kind: 'declare'; readonly contentLength: number}
  /** This many bytes after the correct body, and a Content-Length that includes them. */
  | {readonly kind: 'append'; readonly bytes: number}
  /** The correct body, and then more bytes without end. */
  | {readonly kind: 'endless'}
  | {
      readonly kind: 'headers'
      readonly set?: Readonly<Record<string, string>>
      readonly drop?: readonly string[]
    }
  | {readonly kind: 'redirect'; readonly to: string; readonly status?: number}
  /** To two paths of the same server that redirect to each other. */
  | {readonly kind: 'redirect-loop'}
  | {readonly kind: 'range'; readonly answer: RangeAnswer}
  /** Content-Encoding: gzip, even if the client does not accept it. */
  | {readonly kind: 'encode'}
  /** No Content-Length: chunked, or until the connection closes. With `afterBytes`, the connection closes early. */
  | {readonly kind: 'unsized'; readonly framing?: 'chunked' | 'close'; readonly afterBytes?: number}

export type Fault = {
  readonly on: FaultTarget
  readonly do: Action
  /** The default is 1. */
  readonly times?: number | 'always'
  /** The number of requests before it that are served correctly. */
  readonly after?: number
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT'
  /** The default for blobs behind a redirect is `cdn`. */
  readonly server?: ServerName
  /** Of a push: it comes before the body was read. */
  readonly early?: boolean
  /** Limits the fault to requests with a Range. */
  readonly ranged?: true
  /** Of a push: what was sent is stored all the same. */
  readonly stores?: boolean
  /** Limits the fault to a tag or digest, or to a repository. */
  readonly reference?: string
  readonly repository?: string
}

/** The properties of a request that faults match. */
export type RequestFacts = {
  readonly server: ServerName
  readonly method: string
  readonly object: string
  readonly stage: 'challenge' | 'redirecting' | 'serving'
  readonly ranged: boolean
  readonly repository?: string
  readonly reference?: string
  readonly digest?: string
}

export type Applied = {
  readonly action: Action
  /** 1 for the first time. */
  readonly ordinal: number
  readonly stores?: boolean
}

export type FaultScript = {
  readonly add: (fault: Fault) => void
  readonly take: (facts: RequestFacts, when?: 'early') => Applied | undefined
  readonly unused: () => Fault[]
  readonly stop: () => void
}

export function createFaultScript(faults: readonly Fault[]): FaultScript {
  const states = faults.map(fault => ({fault, seen: 0, applied: 0}))
  return {
    add: fault => states.push({fault, seen: 0, applied: 0}),
    take: (facts, when) => {
      for (const state of states) {
        const {fault} = state
        if ((fault.early === true) !== (when === 'early')) continue
        const times = fault.times ?? 1
        if (!matches(fault, facts) || (times !== 'always' && state.applied >= times)) continue
        state.seen += 1
        if (state.seen <= (fault.after ?? 0)) continue
        state.applied += 1
        return {action: fault.do, ordinal: state.applied, stores: fault.stores === true}
      }
      return undefined
    },
    stop: () => {
      states.length = 0
    },
    /** A fault with a number counts as used once it happened that often. */
    unused: () =>
      states
        .filter(({fault, applied}) => applied < (fault.times === 'always' ? 1 : (fault.times ?? 1)))
        .map(({fault}) => fault)
  }
}

function matches(fault: Fault, facts: RequestFacts): boolean {
  return (
    meets(fault.on, facts) &&
    canShow(fault.do, facts) &&
    (fault.server === undefined ? facts.stage !== 'redirecting' : fault.server === facts.server) &&
    (fault.method === undefined || fault.method === facts.method) &&
    (fault.ranged === undefined || facts.ranged) &&
    (fault.repository === undefined || fault.repository === facts.repository) &&
    (fault.reference === undefined || fault.reference === facts.reference || fault.reference === facts.digest)
  )
}

function meets(target: FaultTarget, {object, stage, server}: RequestFacts): boolean {
  if (target === 'any') return true
  if (target === 'challenge') return stage === 'challenge'
  if (target === 'ping' || target === 'token') return object === target
  if (stage === 'challenge') return false
  if (target === 'redirect') return server === 'cdn'
  if (target === 'manifest') return object === 'manifest' || object === 'index'
  if (target === 'layer') return object.startsWith('layer[')
  if (target === 'blob') return object === 'config' || object === 'blob' || object.startsWith('layer[')
  return object === target
}

const NEEDS_BODY = new Set<Action['kind']>([
  'stall',
  'trickle',
  'truncate',
  'corrupt',
  'replace',
  'empty',
  'append',
  'endless',
  'encode',
  'unsized'
])

/** Returns false for a request whose response cannot show the fault: HEAD has no body, and a range fault needs a Range. */
function canShow(action: Action, {method, ranged}: RequestFacts): boolean {
  if (action.kind === 'range') return ranged && method === 'GET'
  return method !== 'HEAD' || !NEEDS_BODY.has(action.kind)
}

/** An error in the format of the distribution specification. */
export function ociError(
  status: number,
  code: string,
  message = code.toLowerCase(),
  headers: Readonly<Record<string, string>> = {}
): Action {
  return {
    kind: 'respond',
    status,
    headers: {'content-type': 'application/json', ...headers},
    body: JSON.stringify({errors: [{code, message}]})
  }
}

/** An error in the format that Docker Hub uses for some errors. */
export function dockerMessage(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Action {
  return {
    kind: 'respond',
    status,
    headers: {'content-type': 'application/json', ...headers},
    body: JSON.stringify({message})
  }
}

/** A page of a captive portal or a proxy. */
export function htmlPage(status = 200): Action {
  return {
    kind: 'respond',
    status,
    headers: {'content-type': 'text/html; charset=utf-8'},
    body: '<!DOCTYPE html><html><head><title>Sign in to the network</title></head><body>Sign in</body></html>'
  }
}

export function tooManyRequests(retryAfter?: string): Action {
  return ociError(
    429,
    'TOOMANYREQUESTS',
    'You have reached your pull rate limit.',
    retryAfter === undefined ? {} : {'retry-after': retryAfter}
  )
}
