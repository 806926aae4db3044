// What can go wrong at the fault registry, as data: where, how often, and what. Also the script that deals the faults out.
// How they look on the wire is spoil.ts's and wire.ts's business.

export type ServerName = 'registry' | 'token' | 'cdn'

/**
 * `manifest` is whatever stands at the top, by tag or digest: index or manifest. `challenge` is a request that is about to be
 * told to authenticate; all others but ping and token mean requests that would have been served. `redirect` is any request
 * at the CDN. `blob` is any config or layer, `any` everything.
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
  | 'any'

export type RangeAnswer =
  /** 200 from the start. */
  | 'ignore'
  /** 206 that honestly says it begins at another offset: 0. */
  | 'elsewhere'
  /** 206 that claims what was asked and sends bytes from the start. */
  | 'lie'
  /** 206 whose total in Content-Range is one too many. */
  | 'wrong-total'
  /** 206 without Content-Range. */
  | 'unsaid'
  /** 206 with half of what was asked for, and a Content-Range that says so. */
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
  /** No byte of an answer. */
  | {readonly kind: 'hang'}
  /** The right answer, later. */
  | {readonly kind: 'delay'; readonly forMs: number}
  /** Headers and so many bytes, then silence on an open connection. */
  | {readonly kind: 'stall'; readonly afterBytes: number}
  | {readonly kind: 'trickle'; readonly bytesPerSecond: number; readonly afterBytes?: number}
  /** The full Content-Length is declared, the connection ends after so many bytes. */
  | {readonly kind: 'truncate'; readonly afterBytes: number}
  /** TCP reset: before any answer, or after so many bytes of the body. */
  | {readonly kind: 'reset'; readonly afterBytes?: number}
  | {readonly kind: 'close'}
  /** The right answer, and then the end of the connection, of which nothing was said. */
  | {readonly kind: 'hang-up'}
  /** An error that quotes the Authorization that came with the request. */
  | {readonly kind: 'echo'; readonly status: number}
  | {readonly kind: 'not-http'; readonly text?: string}
  /** One byte is another (the middle one unless told): the same wrong byte each time, or another wrong one each time. */
  | {readonly kind: 'corrupt'; readonly at?: number; readonly each?: 'same' | 'other'}
  /** 200 with this body, right headers otherwise and the Content-Length that fits. */
  | {readonly kind: 'replace'; readonly body: Buffer}
  | {readonly kind: 'empty'}
  /** Content-Length says this; the body is the right one. */
  | {readonly kind: 'declare'; readonly contentLength: number}
  /** So many bytes too many, and a Content-Length that includes them. */
  | {readonly kind: 'append'; readonly bytes: number}
  /** The right body, and then more without end. */
  | {readonly kind: 'endless'}
  | {
      readonly kind: 'headers'
      readonly set?: Readonly<Record<string, string>>
      readonly drop?: readonly string[]
    }
  | {readonly kind: 'redirect'; readonly to: string; readonly status?: number}
  /** To a place on the same server that leads to another, and back, for ever. */
  | {readonly kind: 'redirect-loop'}
  | {readonly kind: 'range'; readonly answer: RangeAnswer}
  /** Content-Encoding: gzip, whether or not it was accepted. */
  | {readonly kind: 'encode'}
  /** No Content-Length: chunked, or until the connection closes; after `afterBytes` it closes early. */
  | {readonly kind: 'unsized'; readonly framing?: 'chunked' | 'close'; readonly afterBytes?: number}

export type Fault = {
  readonly on: FaultTarget
  readonly do: Action
  /** 1 unless told. */
  readonly times?: number | 'always'
  /** Requests that it lets pass first. */
  readonly after?: number
  readonly method?: 'GET' | 'HEAD' | 'POST'
  /** Blobs that the registry redirects are spoiled at the CDN, unless this says `registry`. */
  readonly server?: ServerName
  /** Only this tag, digest or repository. */
  readonly reference?: string
  readonly repository?: string
}

/** What a request is, as far as faults care. */
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

export type Applied = {readonly action: Action; /** 1 for the first time. */ readonly ordinal: number}

export type FaultScript = {
  readonly add: (fault: Fault) => void
  readonly take: (facts: RequestFacts) => Applied | undefined
  readonly unused: () => Fault[]
}

export function createFaultScript(faults: readonly Fault[]): FaultScript {
  const states = faults.map(fault => ({fault, seen: 0, applied: 0}))
  return {
    add: fault => states.push({fault, seen: 0, applied: 0}),
    take: facts => {
      for (const state of states) {
        const {fault} = state
        const times = fault.times ?? 1
        if (!matches(fault, facts) || (times !== 'always' && state.applied >= times)) continue
        state.seen += 1
        if (state.seen <= (fault.after ?? 0)) continue
        state.applied += 1
        return {action: fault.do, ordinal: state.applied}
      }
      return undefined
    },
    /** A fault with a number is used when it came that often. */
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

/** A fault waits for a request that it can be seen on: one for a body, or for a part of one. */
function canShow(action: Action, {method, ranged}: RequestFacts): boolean {
  if (action.kind === 'range') return ranged && method === 'GET'
  return method !== 'HEAD' || !NEEDS_BODY.has(action.kind)
}

/** An error as the distribution specification writes it. */
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

/** An error as Docker Hub writes some. */
export function dockerMessage(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Action {
  return {
    kind: 'respond',
    status,
    headers: {'content-type': 'application/json', ...headers},
    body: JSON.stringify({message})
  }
}

/** 200 and a page, as captive portals and proxies answer. */
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
