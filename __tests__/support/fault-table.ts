// Every situation that faults.test.ts shows: what the primary does, for how long, where, and what has to come of it.
// Expectations are written by hand here, from CONTRACT's table of kinds; nothing is taken from what the code did.

import {deflateSync, gzipSync} from 'node:zlib'
import type {Cause} from '../../src/report/cause.ts'
import type {FailureKind} from '../../src/failure/failure.ts'
import {type Action, type Fault, type FaultTarget, htmlPage, ociError, tooManyRequests} from './fault.ts'
import type {RequestHandlerOptions} from './request-handler.ts'
import {
  blobOf,
  type ConfigDocument,
  type Image,
  type Index,
  makeImage,
  makeIndex,
  makePublished,
  type ManifestDocument
} from './images.ts'
import type {Auth} from './fake-token-server.ts'

export const USERNAME = 'robot'
export const PASSWORD = 'correct-horse-battery'
export const TAG = '1.2.3'

export type Outcome = {
  readonly used: 'primary' | 'mirror' | 'none'
  /** Of the failure that ended the primary, else of the first that it had; `-` where it had none. */
  readonly kind: FailureKind | '-'
  readonly cause: Cause | '-'
  /** Requests at the primary for the object in `where`. */
  readonly requests: number
}

export type Situation = {
  /** What the primary does. */
  readonly what: string
  readonly where: string
  readonly lasts: 'once' | 'twice' | 'always' | 'as published'
  readonly faults: readonly Fault[]
  readonly expected: Outcome
  /** The faults need not be met. */
  readonly isUnmet?: boolean
  readonly auth?: Auth
  /** What `docker login` left instead of username and password. */
  readonly identityToken?: string
  readonly blobs?: 'redirect'
  readonly clerk?: RequestHandlerOptions
  readonly inputs?: Readonly<Record<string, string>>
  /** What both registries have; a healthy image unless told. */
  readonly published?: Image | Index
  /** What the mirror has instead. */
  readonly atMirror?: Image | Index
  /** By digest instead of by tag; or by tag and the digest that the mirror has. */
  readonly byDigest?: boolean | 'of the mirror'
}

const BEARER: Auth = {
  kind: 'bearer',
  realmHost: 'separate',
  credentials: [{username: USERNAME, password: PASSWORD}]
}

const OBJECTS = ['manifest', 'child', 'config', 'layer[1]'] as const

/** How often a fault comes, and what becomes of it then. */
type Course = readonly [lasts: Situation['lasts'], used: Outcome['used'], cause: Outcome['cause'], requests: number]

type Kind = {
  readonly what: string
  readonly do: Action
  readonly kind: Outcome['kind']
  readonly courses: readonly Course[]
  readonly inputs?: Readonly<Record<string, string>>
  /** Where it differs by object. */
  readonly only?: readonly (typeof OBJECTS)[number][]
}

// Long enough for an answer on a machine that is busy, and then few of them.
const PATIENT = {'stall-timeout': '1s', attempts: '2'}
const HEDGED = {'hedge-after': '250ms', 'stall-timeout': '5s'}

// What any object can meet.
function haltsOf(only: NonNullable<Kind['only']>, requests: number): readonly Kind[] {
  const common = {only, kind: 'timed-out', courses: [['always', 'mirror', 'outage', requests]], inputs: HEDGED} as const
  return [
    {...common, what: 'stalls in the middle of a body', do: {kind: 'stall', afterBytes: 100}},
    {...common, what: 'sends 50 bytes per second', do: {kind: 'trickle', bytesPerSecond: 50}}
  ]
}

const ANYWHERE: readonly Kind[] = [
  {
    what: 'answers 503',
    do: ociError(503, 'UNAVAILABLE'),
    kind: 'server-error',
    courses: [
      ['once', 'primary', '-', 2],
      ['twice', 'primary', '-', 3],
      ['always', 'mirror', 'outage', 4]
    ]
  },
  {
    what: 'answers 429 TOOMANYREQUESTS',
    do: tooManyRequests(),
    kind: 'throttled',
    courses: [
      ['once', 'primary', '-', 2],
      ['always', 'mirror', 'throttling', 4]
    ]
  },
  {
    what: 'answers 429 with Retry-After: 3600',
    do: tooManyRequests('3600'),
    kind: 'throttled',
    courses: [['always', 'mirror', 'throttling', 1]]
  },
  {
    what: 'answers 404',
    do: ociError(404, 'UNKNOWN'),
    kind: 'not-found',
    courses: [['always', 'mirror', 'missing', 1]],
    only: ['manifest']
  },
  {
    what: 'answers 404, as it lost the object',
    do: ociError(404, 'UNKNOWN'),
    kind: 'not-found',
    courses: [['always', 'mirror', 'registry', 1]],
    only: ['child', 'config', 'layer[1]']
  },
  {
    what: 'answers 403 DENIED',
    do: ociError(403, 'DENIED'),
    kind: 'denied',
    courses: [
      ['once', 'primary', '-', 2],
      ['always', 'mirror', 'access', 2]
    ]
  },
  {
    what: 'answers 401 without a challenge',
    do: ociError(401, 'UNAUTHORIZED'),
    kind: 'unauthorized',
    courses: [['always', 'mirror', 'access', 2]]
  },
  {
    what: 'answers 200 with an HTML page',
    do: htmlPage(),
    kind: 'protocol',
    courses: [
      ['once', 'primary', '-', 2],
      ['always', 'mirror', 'interception', 2]
    ]
  },
  {
    what: 'resets the connection',
    do: {kind: 'reset'},
    kind: 'unreachable',
    courses: [
      ['once', 'primary', '-', 2],
      ['always', 'mirror', 'outage', 4]
    ],
    only: ['manifest']
  },
  {
    what: 'resets the connection, which was opened ahead',
    do: {kind: 'reset'},
    kind: '-',
    courses: [['once', 'primary', '-', 2]],
    only: ['layer[1]']
  },
  {
    what: 'resets the connection, which was opened ahead',
    do: {kind: 'reset'},
    kind: 'unreachable',
    courses: [['always', 'mirror', 'outage', 5]],
    only: ['layer[1]']
  },
  {
    what: 'resets a connection that was kept open',
    do: {kind: 'reset'},
    kind: '-',
    courses: [['once', 'primary', '-', 2]],
    only: ['child', 'config']
  },
  {
    what: 'resets a connection that was kept open',
    do: {kind: 'reset'},
    kind: 'unreachable',
    courses: [['always', 'mirror', 'outage', 5]],
    only: ['child', 'config']
  },
  {
    what: 'does not speak HTTP',
    do: {kind: 'not-http'},
    kind: 'unreachable',
    courses: [['always', 'mirror', 'outage', 4]]
  },
  {
    what: 'sends a truncated body',
    do: {kind: 'truncate', afterBytes: 100},
    kind: 'truncated',
    courses: [
      ['once', 'primary', '-', 2],
      ['always', 'mirror', 'registry', 4]
    ]
  },
  {
    what: 'sends one wrong byte, the same each time',
    do: {kind: 'corrupt'},
    kind: 'corrupt',
    courses: [
      ['once', 'primary', '-', 2],
      ['always', 'mirror', 'registry', 2]
    ]
  },
  {
    what: 'sends one wrong byte, a different one each time',
    do: {kind: 'corrupt', each: 'other'},
    kind: 'corrupt',
    courses: [['always', 'mirror', 'transit', 2]]
  },
  {
    what: 'sends more bytes than it should',
    do: {kind: 'append', bytes: 5_000_000},
    kind: 'too-large',
    courses: [
      ['once', 'primary', '-', 2],
      ['always', 'mirror', 'registry', 2]
    ]
  },
  {
    what: 'announces a shorter body than it sends',
    do: {kind: 'declare', contentLength: 10},
    kind: 'corrupt',
    courses: [['always', 'mirror', 'registry', 2]]
  },
  {
    what: 'does not say how long its body is',
    do: {kind: 'unsized', framing: 'close'},
    kind: '-',
    courses: [['always', 'primary', '-', 1]]
  },
  {
    what: 'sends its body in chunks, without digest and length',
    do: {kind: 'headers', drop: ['docker-content-digest', 'content-length']},
    kind: '-',
    courses: [['always', 'primary', '-', 1]]
  },
  {
    what: 'sends its body under another Content-Type',
    do: {kind: 'headers', set: {'content-type': 'text/plain'}},
    kind: '-',
    courses: [['always', 'primary', '-', 1]],
    only: ['config', 'layer[1]']
  },
  {
    what: 'sends its body under another Content-Type',
    do: {kind: 'headers', set: {'content-type': 'text/plain'}},
    kind: 'protocol',
    courses: [
      ['once', 'primary', '-', 2],
      ['always', 'mirror', 'registry', 2]
    ],
    only: ['manifest', 'child']
  },
  {
    what: 'closes each connection after its response',
    do: {kind: 'hang-up'},
    kind: '-',
    courses: [['always', 'primary', '-', 1]]
  },
  {
    what: 'sends headers without end',
    do: {kind: 'headers', set: {'x-much': 'y'.repeat(100_000)}},
    kind: 'protocol',
    courses: [['always', 'mirror', 'interception', 2]]
  },
  {
    what: 'answers 206 to a request without a range',
    do: {kind: 'respond', status: 206, body: 'part'},
    kind: 'protocol',
    courses: [['always', 'mirror', 'interception', 2]]
  },
  {
    what: 'answers 500 with workflow commands and colors in it',
    do: ociError(500, '::error::pwned', '\u001b[31m\n::error::pwned\r\n##[error]pwned'),
    kind: 'server-error',
    courses: [['once', 'primary', '-', 2]]
  },
  {
    what: 'sends an empty body',
    do: {kind: 'empty'},
    kind: 'corrupt',
    courses: [['always', 'mirror', 'registry', 2]]
  },
  {
    what: 'sends bytes without end',
    do: {kind: 'endless'},
    kind: 'too-large',
    courses: [['always', 'mirror', 'registry', 2]]
  },
  {
    what: 'redirects in a loop',
    do: {kind: 'redirect-loop'},
    kind: 'protocol',
    courses: [['always', 'mirror', 'interception', 2]]
  },
  {
    what: 'encodes the right bytes on their way',
    do: {kind: 'encode'},
    kind: '-',
    courses: [['always', 'primary', '-', 1]]
  },
  {
    what: 'says that the right bytes are encoded, and they are not',
    do: {kind: 'headers', set: {'content-encoding': 'gzip'}, drop: []},
    kind: '-',
    courses: [['always', 'primary', '-', 1]]
  },
  {
    what: 'changes the bytes and encodes them on their way',
    do: {
      kind: 'respond',
      status: 200,
      headers: {'content-encoding': 'deflate'},
      body: deflateSync('something else')
    },
    kind: 'protocol',
    courses: [
      ['once', 'primary', '-', 2],
      ['always', 'mirror', 'interception', 2]
    ],
    only: ['config', 'layer[1]']
  },
  {
    what: 'says text/html over the right bytes',
    do: {kind: 'headers', set: {'content-type': 'text/html'}, drop: []},
    kind: '-',
    courses: [['always', 'primary', '-', 1]],
    only: ['config', 'layer[1]']
  },
  {
    what: 'does not respond, with hedge-after: 0',
    do: {kind: 'hang'},
    kind: 'timed-out',
    courses: [
      ['once', 'primary', '-', 2],
      ['always', 'mirror', 'outage', 2]
    ],
    inputs: PATIENT
  },
  {
    what: 'does not respond',
    do: {kind: 'hang'},
    kind: 'timed-out',
    courses: [['always', 'mirror', 'outage', 1]],
    inputs: HEDGED
  },
  // An answer that has begun is not silence: the tag has all its tries. For a known digest the next registry is used.
  ...haltsOf(['manifest'], 4),
  ...haltsOf(['child', 'config', 'layer[1]'], 1),
  {
    what: 'responds late, but in time',
    do: {kind: 'delay', forMs: 100},
    kind: '-',
    courses: [['once', 'primary', '-', 1]]
  }
]

const TIMES = {once: 1, twice: 2, always: 'always', 'as published': 'always'} as const

function situationsOf(where: string, on: FaultTarget, kinds: readonly Kind[], more: Partial<Situation>): Situation[] {
  return kinds
    .filter(({only}) => only?.some(object => object === on) !== false)
    .flatMap(({what, do: action, kind, courses, inputs}) =>
      courses.map(([lasts, used, cause, requests]): Situation => ({
        ...more,
        what,
        where,
        lasts,
        faults: [{on, do: action, times: TIMES[lasts]}],
        expected: {used, kind, cause, requests},
        ...(inputs === undefined ? {} : {inputs})
      }))
    )
}

const TOKENS: readonly Kind[] = [
  {
    what: 'answers 503',
    do: {kind: 'respond', status: 503, body: 'overloaded'},
    kind: 'server-error',
    courses: [
      ['once', 'primary', '-', 2],
      ['always', 'mirror', 'outage', 4]
    ]
  },
  {
    what: 'answers 429',
    do: tooManyRequests(),
    kind: 'throttled',
    courses: [['always', 'mirror', 'throttling', 4]]
  },
  {
    what: 'denies access, as ghcr.io does under load',
    do: ociError(403, 'DENIED'),
    kind: 'denied',
    courses: [
      ['once', 'primary', '-', 2],
      ['always', 'mirror', 'access', 2]
    ]
  },
  {
    what: 'rejects the credentials',
    do: ociError(401, 'UNAUTHORIZED', 'incorrect username or password'),
    kind: 'unauthorized',
    courses: [['always', 'mirror', 'access', 2]]
  },
  {
    what: 'answers with an HTML page',
    do: htmlPage(),
    kind: 'protocol',
    courses: [
      ['once', 'primary', '-', 2],
      ['always', 'mirror', 'interception', 2]
    ]
  },
  {
    what: 'answers without a token',
    do: {kind: 'respond', status: 200, headers: {'content-type': 'application/json'}, body: '{"expires_in": 300}'},
    kind: 'protocol',
    courses: [['always', 'mirror', 'interception', 2]]
  },
  {
    what: 'sends bytes without end',
    do: {kind: 'endless'},
    kind: 'protocol',
    courses: [['always', 'mirror', 'interception', 2]]
  },
  {
    what: 'resets the connection',
    do: {kind: 'reset'},
    kind: 'unreachable',
    courses: [['always', 'mirror', 'outage', 4]]
  },
  {
    what: 'does not respond',
    do: {kind: 'hang'},
    kind: 'timed-out',
    courses: [['always', 'mirror', 'outage', 1]],
    inputs: HEDGED
  },
  {
    what: 'does not respond, with hedge-after: 0',
    do: {kind: 'hang'},
    kind: 'timed-out',
    courses: [['always', 'mirror', 'outage', 2]],
    inputs: PATIENT
  }
]

function okJson(body: string): Action {
  return {
    kind: 'respond',
    status: 200,
    headers: {'content-type': 'application/json'},
    body
  }
}

/** What only a tag can meet: no digest is known yet that would tell. */
const BY_TAG: readonly Kind[] = [
  {
    what: 'answers 200 with an error in JSON',
    do: okJson('{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}'),
    kind: 'protocol',
    courses: [
      ['once', 'primary', '-', 2],
      ['always', 'mirror', 'interception', 2]
    ]
  },
  {
    what: 'answers 200 with TOOMANYREQUESTS in JSON',
    do: okJson('{"errors":[{"code":"TOOMANYREQUESTS"}]}'),
    kind: 'throttled',
    courses: [
      ['once', 'primary', '-', 2],
      ['always', 'mirror', 'throttling', 4]
    ]
  },
  {
    what: 'answers 200 with half a manifest',
    do: okJson('{"schemaVersion": 2, "manif'),
    kind: 'protocol',
    courses: [['always', 'mirror', 'interception', 2]]
  }
]

const PINGS: readonly Situation[] = (
  [
    ['answers 503', ociError(503, 'UNAVAILABLE')],
    ['answers 404, as registries without v2 do', ociError(404, 'NOT_FOUND')],
    ['does not respond', {kind: 'hang'}]
  ] as const
).map(([what, action]) => ({
  ...{what: `${what}; not queried`, where: 'ping', lasts: 'always' as const, isUnmet: true},
  faults: [{on: 'ping', do: action, times: 'always'}],
  expected: {used: 'primary', kind: '-', cause: '-', requests: 0}
}))

const IDENTITY = 'refresh-token-of-docker-login'

const DANCES: readonly Situation[] = [
  {
    ...{what: 'issues tokens that expire halfway', where: 'token', lasts: 'always', faults: []},
    auth: {...BEARER, expiresAfterRequests: 3},
    expected: {used: 'primary', kind: '-', cause: '-', requests: 2}
  },
  {
    ...{what: 'offers several challenges in one header', where: 'token', lasts: 'always', faults: []},
    auth: {...BEARER, beside: 'Negotiate, Basic realm="a, b"'},
    expected: {used: 'primary', kind: '-', cause: '-', requests: 1}
  },
  {
    ...{
      what: 'accepts an identity token, by POST',
      where: 'token',
      lasts: 'always',
      faults: [],
      identityToken: IDENTITY
    },
    auth: {kind: 'bearer', realmHost: 'separate', identityToken: IDENTITY},
    expected: {used: 'primary', kind: '-', cause: '-', requests: 1}
  },
  {
    ...{what: 'rejects the identity token', where: 'token', lasts: 'always', faults: [], identityToken: IDENTITY},
    auth: {kind: 'bearer', realmHost: 'separate', identityToken: 'another'},
    expected: {used: 'mirror', kind: 'unauthorized', cause: 'access', requests: 2}
  },
  {
    ...{what: 'quotes the token in its error', where: 'config', lasts: 'always', auth: BEARER},
    faults: [{on: 'config', do: {kind: 'echo', status: 403}, times: 'always'}],
    expected: {used: 'mirror', kind: 'denied', cause: 'access', requests: 2}
  },
  {
    ...{what: 'quotes the password in its error', where: 'token', lasts: 'always', auth: BEARER},
    faults: [{on: 'token', do: {kind: 'echo', status: 401}, times: 'always'}],
    expected: {used: 'mirror', kind: 'unauthorized', cause: 'access', requests: 2}
  }
]

function challenge(header: string): Action {
  return {kind: 'headers', set: {'www-authenticate': header}}
}

const CHALLENGES: readonly Kind[] = [
  {
    what: 'requires an unknown authentication scheme',
    do: challenge('Negotiate'),
    kind: 'unauthorized',
    courses: [['always', 'mirror', 'access', 2]]
  },
  {
    what: 'names a token server with a user name in its URL',
    do: challenge('Bearer realm="http://a:b@127.0.0.1/token",service="x"'),
    kind: 'protocol',
    courses: [['always', 'mirror', 'interception', 1]]
  },
  {
    what: 'names a file as its token server',
    do: challenge('Bearer realm="file:///etc/passwd"'),
    kind: 'protocol',
    courses: [['always', 'mirror', 'interception', 1]]
  }
]

const AT_CDN: readonly Kind[] = [
  {
    what: 'answers 403, the signed URL has expired',
    do: {kind: 'respond', status: 403, headers: {'content-type': 'application/xml'}, body: '<Error>Expired</Error>'},
    kind: 'denied',
    courses: [
      ['once', 'primary', '-', 2],
      ['always', 'mirror', 'access', 2]
    ]
  },
  {
    what: 'answers 404',
    do: {kind: 'respond', status: 404},
    kind: 'not-found',
    courses: [['always', 'mirror', 'registry', 1]]
  },
  {
    what: 'answers 503',
    do: {kind: 'respond', status: 503},
    kind: 'server-error',
    courses: [
      ['once', 'primary', '-', 2],
      ['always', 'mirror', 'outage', 4]
    ]
  },
  {
    what: 'sends one wrong byte, as on 4 June 2025',
    do: {kind: 'corrupt'},
    kind: 'corrupt',
    courses: [
      ['once', 'primary', '-', 2],
      ['always', 'mirror', 'registry', 2]
    ]
  },
  {
    what: 'answers 200 with an HTML page',
    do: htmlPage(),
    kind: 'protocol',
    courses: [['always', 'mirror', 'interception', 2]]
  },
  {
    what: 'does not respond',
    do: {kind: 'hang'},
    kind: 'timed-out',
    courses: [['always', 'mirror', 'outage', 1]],
    inputs: HEDGED
  },
  {
    what: 'requires a login of its own',
    do: {kind: 'respond', status: 401, headers: {'www-authenticate': 'Basic realm="proxy"'}},
    kind: 'unauthorized',
    courses: [['always', 'mirror', 'access', 2]]
  }
]

const REDIRECTS: readonly Kind[] = [
  {
    what: 'redirects to another scheme',
    do: {kind: 'redirect', to: 'ftp://127.0.0.1/blob'},
    kind: 'protocol',
    courses: [['always', 'mirror', 'interception', 2]]
  },
  {
    what: 'redirects to a file',
    do: {kind: 'redirect', to: 'file:///etc/passwd'},
    kind: 'protocol',
    courses: [['always', 'mirror', 'interception', 2]]
  },
  {
    what: 'redirects to a URL with a user name in it',
    do: {kind: 'redirect', to: 'http://user:secret@127.0.0.1/blob'},
    kind: 'protocol',
    courses: [['always', 'mirror', 'interception', 2]]
  },
  {
    what: 'redirects to a closed port',
    do: {kind: 'redirect', to: 'http://127.0.0.1:1/blob'},
    kind: 'unreachable',
    courses: [['always', 'mirror', 'outage', 4]]
  },
  {
    what: 'redirects without a Location',
    do: {kind: 'respond', status: 307},
    kind: 'protocol',
    courses: [['always', 'mirror', 'interception', 2]]
  }
]

const CUT: Fault = {on: 'layer[1]', do: {kind: 'truncate', afterBytes: 5000}}
function range(answer: Extract<Action, {kind: 'range'}>['answer']): Fault {
  return {
    on: 'layer[1]',
    do: {kind: 'range', answer},
    times: 'always'
  }
}

/** A layer is cut once, and then its rest is asked for. */
const RESUMED: readonly Situation[] = (
  [
    ['truncated; the rest is served to a range request', [CUT], 2],
    ['truncated twice; the rest is served each time', [{...CUT, times: 2}], 3],
    ['truncated; a range request gets the whole blob', [CUT, range('ignore')], 2],
    [
      'truncated; a range request gets half of the rest, the next one the other half',
      [CUT, {...range('half'), times: 1}],
      3
    ],
    ['truncated; a range request is refused', [CUT, range('refuse')], 3],
    ['truncated; a range request gets another range', [CUT, range('elsewhere')], 3],
    ['truncated; a range request gets bytes from elsewhere', [CUT, range('lie')], 3],
    ['truncated; a range request gets a range of a larger blob', [CUT, range('wrong-total')], 2],
    ['truncated; a range request is answered without Content-Range', [CUT, range('unsaid')], 3],
    ['truncated; a range request gets several parts', [CUT, range('multipart')], 3],
    [
      'truncated, and only the end of the connection shows it',
      [{on: 'layer[1]', do: {kind: 'unsized', framing: 'close', afterBytes: 5000}}],
      2
    ]
  ] satisfies readonly (readonly [string, readonly Fault[], number])[]
).map(([what, faults, requests]) => ({
  what,
  where: 'layer[1]',
  lasts: 'once' as const,
  faults,
  expected: {used: 'primary' as const, kind: 'truncated' as const, cause: '-' as const, requests}
}))

function editedManifest(edit: (right: ManifestDocument) => unknown): Image {
  return makeImage({editManifest: edit})
}
function editedConfig(edit: (right: ConfigDocument) => unknown): Image {
  return makeImage({editConfig: edit})
}
function ofLayer(manifest: ManifestDocument, change: Record<string, unknown>): unknown {
  return {
    ...manifest,
    layers: [manifest.layers[0], {...manifest.layers[1], ...change}]
  }
}
function text(mediaType: string, body: string): Image {
  return {
    ...makeImage(),
    manifest: blobOf(mediaType, Buffer.from(body))
  }
}
function deepIndex(): Index {
  const image = makeImage()
  let inner = makeIndex({children: [image]})
  const below: Image[] = []
  for (let depth = 0; depth < 4; depth++) {
    below.push({...image, manifest: inner.index})
    const outer = makeIndex({
      children: [image],
      editIndex: right => ({
        ...right,
        manifests: [{mediaType: inner.index.mediaType, digest: inner.index.digest, size: inner.index.size}]
      })
    })
    inner = outer
  }
  return {index: inner.index, children: [image, ...below], attestations: []}
}

const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json'

type Contradiction = readonly [
  what: string,
  where: string,
  published: Image | Index,
  requests: number,
  more?: Partial<Situation> & {readonly kind?: FailureKind; readonly cause?: Cause | '-'}
]

const CONTRADICTIONS: readonly Contradiction[] = [
  ['a config that is not a JSON object', 'config', editedConfig(() => 'oops'), 1],
  [
    'a config with too few diff_ids',
    'config',
    editedConfig(right => ({...right, rootfs: {type: 'layers', diff_ids: right.rootfs.diff_ids.slice(1)}})),
    1
  ],
  [
    'a config whose diff_id is another layer',
    'layer[1]',
    editedConfig(right => ({
      ...right,
      rootfs: {type: 'layers', diff_ids: [right.rootfs.diff_ids[0], right.rootfs.diff_ids[0]]}
    })),
    1
  ],
  [
    'a layer that is xz',
    'layer[1]',
    makeImage({
      layers: [
        {content: {files: {a: 'a'}}},
        {
          content: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4]),
          ...{compression: 'none', mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip'}
        }
      ]
    }),
    1
  ],
  [
    'a layer that is gzip, under the OCI type of a tar without compression',
    'layer[0]',
    makeImage({
      layers: [{content: {files: {a: 'a'}}, compression: 'gzip', mediaType: 'application/vnd.oci.image.layer.v1.tar'}]
    }),
    1
  ],
  [
    'a Helm chart',
    'manifest',
    editedManifest(right => ({
      ...right,
      config: {...right.config, mediaType: 'application/vnd.cncf.helm.config.v1+json'}
    })),
    1,
    {cause: 'missing'}
  ],
  [
    'a gzip layer with trailing garbage',
    'layer[1]',
    makeImage({
      layers: [
        {content: {files: {a: 'a'}}},
        {
          content: Buffer.concat([gzipSync('inside'), Buffer.from('garbage')]),
          compression: 'none',
          mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip'
        }
      ]
    }),
    1
  ],
  [
    'a layer that is larger than its descriptor says',
    'layer[1]',
    editedManifest(right => ofLayer(right, {size: 20})),
    2,
    {kind: 'too-large'}
  ],
  [
    'a layer that is smaller than its descriptor says',
    'layer[1]',
    editedManifest(right => ofLayer(right, {size: 99_999})),
    1
  ],
  ['a layer with a negative size', 'manifest', editedManifest(right => ofLayer(right, {size: -1})), 1],
  ['a layer whose size is not a number', 'manifest', editedManifest(right => ofLayer(right, {size: '20'})), 1],
  [
    'a layer whose digest is a path',
    'manifest',
    editedManifest(right => ofLayer(right, {digest: '../../etc/passwd'})),
    1
  ],
  ['a layer without a digest', 'manifest', editedManifest(right => ofLayer(right, {digest: undefined})), 1],
  [
    'a config that is too large',
    'manifest',
    editedManifest(right => ({...right, config: {...right.config, size: 99_999_999}})),
    1
  ],
  ['a manifest with a key twice', 'manifest', text(MANIFEST_TYPE, '{"schemaVersion": 2, "schemaVersion": 2}'), 1],
  ['a manifest that is not JSON, by digest', 'manifest', text(MANIFEST_TYPE, 'not json'), 1, {byDigest: true}],
  ['a manifest that is a JSON array, by digest', 'manifest', text(MANIFEST_TYPE, '[]'), 1, {byDigest: true}],
  ['an index of indexes, five deep', 'manifest', deepIndex(), 3],
  [
    'a child that has another size than the index says',
    'child',
    makeIndex({
      children: [makeImage()],
      editIndex: right => ({...right, manifests: right.manifests.map(child => ({...child, size: child.size + 1}))})
    }),
    1
  ],
  [
    'no image for the platform',
    'manifest',
    makePublished({platforms: ['linux/s390x']}),
    1,
    {kind: 'platform-missing', cause: 'missing'}
  ],
  [
    'a zstd layer with a window of 1 GiB',
    'layer[1]',
    makeImage({
      layers: [
        {content: {files: {a: 'a'}}},
        // An empty frame whose header asks for the window.
        {
          content: Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 20 << 3, 1, 0, 0]),
          ...{compression: 'none', mediaType: 'application/vnd.oci.image.layer.v1.tar+zstd'}
        }
      ]
    }),
    1
  ]
]

const PUBLISHED: readonly Situation[] = CONTRADICTIONS.map(([what, where, published, requests, more = {}]) => {
  const {kind = 'unusable', cause = 'publisher', ...rest} = more
  return {
    ...{what, where, lasts: 'as published' as const, faults: [], published},
    expected: {used: 'none' as const, kind, cause, requests},
    ...rest
  }
})

// A registry that does not care what was asked for.
const UNASKED: readonly Situation[] = (
  [
    [
      'a manifest of schema 1',
      'application/vnd.docker.distribution.manifest.v1+prettyjws',
      '{"schemaVersion": 1, "name": "acme/app", "tag": "1.2.3", "fsLayers": [], "history": [], "signatures": []}'
    ],
    [
      'a manifest of an unknown type',
      'application/vnd.acme.thing.v1+json',
      '{"schemaVersion": 2, "mediaType": "application/vnd.acme.thing.v1+json"}'
    ]
  ] as const
).map(([what, type, body]) => ({
  what,
  where: 'manifest',
  lasts: 'as published',
  faults: [{on: 'manifest', do: {kind: 'respond', status: 200, headers: {'content-type': type}, body}}],
  expected: {used: 'none', kind: 'unusable', cause: 'publisher', requests: 1}
}))

const healthy = makePublished({seed: 1})
const other = makePublished({seed: 2})

/** Strange, but right: what is published so is taken. */
const STRANGE: readonly Situation[] = (
  [
    [
      'a layer of zeros, compressed to a thousandth',
      makeImage({layers: [{content: Buffer.alloc(50_000_000)}]}),
      'layer[0]'
    ],
    [
      'a layer that is a plain tar, under the type of gzip',
      makeImage({
        layers: [
          {
            content: {seed: 3, size: 5000},
            compression: 'none',
            mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip'
          }
        ]
      }),
      'layer[0]'
    ],
    [
      'a layer that is zstd, under the type of gzip',
      makeImage({
        layers: [
          {
            content: {seed: 4, size: 5000},
            compression: 'zstd',
            mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip'
          }
        ]
      }),
      'layer[0]'
    ],
    [
      'an index with a child whose digest is of an unknown algorithm',
      makeIndex({
        children: [makeImage()],
        editIndex: right => ({
          ...right,
          manifests: [
            {
              ...right.manifests[0],
              digest: `blake3:${'0'.repeat(64)}`,
              platform: {os: 'linux', architecture: 'riscv64'}
            },
            ...right.manifests
          ]
        })
      }),
      'child'
    ],
    ['an empty layer', makeImage({layers: [{content: Buffer.alloc(0), compression: 'none'}]}), 'layer[0]'],
    ['an image without layers', makeImage({layers: []}), 'config']
  ] as const
).map(([what, published, where]) => ({
  ...{what, where, published, lasts: 'as published' as const, faults: []},
  expected: {used: 'primary', kind: '-', cause: '-', requests: 1}
}))

const TRUST: readonly Situation[] = [
  {
    what: 'is healthy',
    where: 'manifest',
    lasts: 'as published',
    faults: [],
    expected: {used: 'primary', kind: '-', cause: '-', requests: 1}
  },
  {
    what: 'has a corrupt config, and the mirror has a different image under the tag',
    where: 'config',
    lasts: 'always',
    faults: [{on: 'config', do: {kind: 'corrupt'}, times: 'always'}],
    published: healthy,
    atMirror: other,
    expected: {used: 'none', kind: 'corrupt', cause: 'registry', requests: 2}
  },
  {
    what: 'has a different image under the tag than the requested digest',
    where: 'manifest',
    lasts: 'always',
    faults: [],
    published: other,
    atMirror: healthy,
    byDigest: 'of the mirror',
    expected: {used: 'mirror', kind: 'digest-disagrees', cause: 'tag-moved', requests: 2}
  },
  {
    what: 'announces another digest for its tag than its bytes have',
    where: 'manifest',
    lasts: 'always',
    faults: [
      {
        on: 'manifest',
        do: {kind: 'headers', set: {'docker-content-digest': `sha256:${'0'.repeat(64)}`}},
        times: 'always'
      }
    ],
    expected: {used: 'mirror', kind: 'corrupt', cause: 'registry', requests: 2}
  },
  {
    what: 'serves the right bytes by digest under the header of another',
    where: 'manifest',
    lasts: 'always',
    faults: [
      {
        on: 'manifest',
        do: {kind: 'headers', set: {'docker-content-digest': `sha256:${'0'.repeat(64)}`}},
        times: 'always'
      }
    ],
    byDigest: true,
    expected: {used: 'primary', kind: '-', cause: '-', requests: 1}
  }
]

/** All of them, in the order of the document. */
export const SITUATIONS: readonly Situation[] = [
  ...TRUST.slice(0, 1),
  ...OBJECTS.flatMap(object => situationsOf(object, object, ANYWHERE, {})),
  ...situationsOf('manifest', 'manifest', BY_TAG, {}),
  ...PINGS,
  ...RESUMED,
  ...situationsOf('token', 'token', TOKENS, {auth: BEARER}),
  ...DANCES,
  ...situationsOf('challenge', 'challenge', CHALLENGES, {auth: BEARER}),
  ...situationsOf('config at the CDN', 'config', AT_CDN, {blobs: 'redirect', auth: BEARER}),
  ...situationsOf('config', 'config', REDIRECTS, {}),
  ...STRANGE,
  ...PUBLISHED,
  ...UNASKED,
  ...TRUST.slice(1)
]

export const healthyImage = healthy
