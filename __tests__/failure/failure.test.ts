// What each kind of failure asks for, row by row as in CONTRACT.md, and the only place where wording is tested.

import {describe, expect, it} from '@jest/globals'
import {type Failure, type FailureKind, type ObjectName} from '../../src/failure/failure.ts'
import type {Digest} from '../../src/oci/digest.ts'
import '../support/matchers.ts'
import {formatBytes, formatDuration, shortenDigests} from '../../src/failure/format.ts'
import {type RetryLimit, retryPolicyOf} from '../../src/fetch/retry-policy.ts'
import {describeFailure, describeIssue, describeObjectFailure} from '../../src/failure/describe-failure.ts'
import {fail, VerifiedImageError} from '../../src/failure/error.ts'

const WANTED = `sha256:${'a'.repeat(64)}` as Digest
const GOT = `sha256:${'b'.repeat(64)}` as Digest

function unreachable(reason: Extract<Failure, {kind: 'unreachable'}>['reason']): Failure {
  return {
    kind: 'unreachable',
    reason,
    detail: 'it is away'
  }
}
function timedOut(
  phase: Extract<Failure, {kind: 'timed-out'}>['phase'],
  input: 'connect-timeout' | 'stall-timeout' | 'timeout'
): Failure {
  return {kind: 'timed-out', phase, limit: {input, afterMs: 5000}}
}

describe('policyOf', () => {
  type Row = {
    readonly kind: FailureKind
    readonly failure: Failure
    readonly retry: RetryLimit
    readonly refresh?: 'token' | 'connection'
    readonly backoff: boolean
    readonly tryNextRegistry: boolean
  }
  const rows: readonly Row[] = [
    {kind: 'unreachable', failure: unreachable('dns'), retry: 'attempts', backoff: true, tryNextRegistry: true},
    {
      kind: 'timed-out',
      failure: timedOut('headers', 'stall-timeout'),
      retry: 'attempts',
      backoff: true,
      tryNextRegistry: true
    },
    {
      kind: 'throttled',
      failure: {kind: 'throttled', status: 429, detail: ''},
      retry: 'attempts',
      backoff: true,
      tryNextRegistry: true
    },
    {
      kind: 'server-error',
      failure: {kind: 'server-error', status: 503, detail: ''},
      retry: 'attempts',
      backoff: true,
      tryNextRegistry: true
    },
    {
      kind: 'unauthorized',
      failure: {kind: 'unauthorized', status: 401, detail: '', credentials: 'none'},
      retry: 'once',
      refresh: 'token',
      backoff: false,
      tryNextRegistry: true
    },
    {
      kind: 'denied',
      failure: {kind: 'denied', status: 403, detail: '', credentials: 'none'},
      retry: 'once',
      refresh: 'token',
      backoff: false,
      tryNextRegistry: true
    },
    {
      kind: 'not-found',
      failure: {kind: 'not-found', status: 404, detail: ''},
      retry: 'never',
      backoff: false,
      tryNextRegistry: true
    },
    {
      kind: 'protocol',
      failure: {kind: 'protocol', detail: '', isHtml: true},
      retry: 'once',
      backoff: true,
      tryNextRegistry: true
    },
    {
      kind: 'truncated',
      failure: {kind: 'truncated', gotBytes: 1},
      retry: 'attempts',
      backoff: true,
      tryNextRegistry: true
    },
    {
      kind: 'corrupt',
      failure: {kind: 'corrupt', wanted: WANTED, got: GOT, gotBytes: 1, firstBytes: ''},
      retry: 'once',
      refresh: 'connection',
      backoff: false,
      tryNextRegistry: true
    },
    {
      kind: 'too-large',
      failure: {kind: 'too-large', limitBytes: 1, detail: ''},
      retry: 'once',
      refresh: 'connection',
      backoff: false,
      tryNextRegistry: true
    },
    {kind: 'unusable', failure: {kind: 'unusable', detail: ''}, retry: 'never', backoff: false, tryNextRegistry: false},
    {
      kind: 'platform-missing',
      failure: {kind: 'platform-missing', wanted: '', offered: []},
      retry: 'never',
      backoff: false,
      tryNextRegistry: false
    },
    {
      kind: 'digest-disagrees',
      failure: {kind: 'digest-disagrees', wanted: WANTED, got: GOT, decidedBy: ''},
      retry: 'never',
      backoff: false,
      tryNextRegistry: true
    },
    {
      kind: 'invalid-input',
      failure: {kind: 'invalid-input', faults: []},
      retry: 'never',
      backoff: false,
      tryNextRegistry: false
    },
    {kind: 'local-io', failure: {kind: 'local-io', detail: ''}, retry: 'never', backoff: false, tryNextRegistry: false},
    {kind: 'docker', failure: {kind: 'docker', detail: ''}, retry: 'never', backoff: false, tryNextRegistry: false},
    {kind: 'bug', failure: {kind: 'bug', detail: ''}, retry: 'never', backoff: false, tryNextRegistry: false}
  ]

  it.each(rows)('after $kind: again $again, waiting $waits, next registry $next', ({kind, failure, ...policy}) => {
    expect(failure.kind).toBe(kind)
    expect(retryPolicyOf(failure)).toEqual(policy)
  })

  it.each([
    {reason: 'dns', retry: 'attempts'},
    {reason: 'refused', retry: 'attempts'},
    {reason: 'reset', retry: 'attempts'},
    {reason: 'tls', retry: 'attempts'},
    {reason: 'not-http', retry: 'attempts'},
    {reason: 'network', retry: 'attempts'},
    {reason: 'tls-identity', retry: 'never'}
  ] as const)('after unreachable for $reason: again $again, then the next registry', ({reason, retry}) => {
    expect(retryPolicyOf(unreachable(reason))).toMatchObject({retry, tryNextRegistry: true})
  })
})

describe('describeFailure', () => {
  it.each<{readonly name: string; readonly failure: Failure; readonly text: string}>([
    {name: 'unreachable', failure: unreachable('refused'), text: 'it is away'},
    {
      name: 'no connection in time',
      failure: timedOut('connect', 'connect-timeout'),
      text: 'connection timed out after 5 s (input connect-timeout)'
    },
    {
      name: 'no answer in time',
      failure: timedOut('headers', 'stall-timeout'),
      text: 'no response within 5 s (input stall-timeout)'
    },
    {
      name: 'a halt',
      failure: timedOut('body', 'stall-timeout'),
      text: 'download stalled: less than 1 KiB/s for 5 s (input stall-timeout)'
    },
    {
      name: 'a slow registry that another one outran',
      failure: timedOut('pace', 'stall-timeout'),
      text: 'less than 1 KiB/s for 5 s (input stall-timeout), and another registry finished first'
    },
    {name: 'time up', failure: timedOut('everything', 'timeout'), text: 'timed out after 5 s (input timeout)'},
    {name: 'throttled', failure: {kind: 'throttled', status: 429, detail: ''}, text: 'rate limited (HTTP 429)'},
    {
      name: 'throttled for long',
      failure: {kind: 'throttled', status: 429, detail: 'TOOMANYREQUESTS: enough', retryAfterMs: 21_600_000},
      text: 'rate limited (HTTP 429), retry after 6 h: TOOMANYREQUESTS: enough'
    },
    {
      name: 'a server error',
      failure: {kind: 'server-error', status: 503, detail: 'Bad day', retryAfterMs: 1000},
      text: 'server error (HTTP 503), retry after 1 s: Bad day'
    },
    {
      name: 'not found',
      failure: {kind: 'not-found', status: 404, detail: 'MANIFEST_UNKNOWN'},
      text: 'not found (HTTP 404): MANIFEST_UNKNOWN'
    },
    {
      name: 'unauthorized without credentials',
      failure: {kind: 'unauthorized', status: 401, detail: '', credentials: 'none'},
      text: 'authentication required (HTTP 401), no credentials sent'
    },
    {
      name: 'denied with credentials',
      failure: {kind: 'denied', status: 403, detail: 'DENIED', credentials: 'refused'},
      text: 'access denied (HTTP 403), credentials rejected: DENIED'
    },
    {
      name: 'denied without a request for the credentials',
      failure: {kind: 'denied', status: 403, detail: '', credentials: 'not-requested'},
      text: 'access denied (HTTP 403), credentials not requested by the registry'
    },
    {name: 'protocol', failure: {kind: 'protocol', detail: 'an HTML page', isHtml: true}, text: 'an HTML page'},
    {
      name: 'truncated',
      failure: {kind: 'truncated', gotBytes: 1500, wantedBytes: 3000},
      text: 'truncated: connection closed after 1.5 kB of 3 kB'
    },
    {
      name: 'truncated with nobody knowing of what',
      failure: {kind: 'truncated', gotBytes: 0},
      text: 'truncated: connection closed after 0 B'
    },
    {
      name: 'corrupt with the right size',
      failure: {kind: 'corrupt', wanted: WANTED, got: GOT, gotBytes: 10, wantedBytes: 10, firstBytes: ''},
      text: `digest mismatch: expected ${WANTED}, got ${GOT} (10 B)`
    },
    {
      name: 'corrupt with another size',
      failure: {kind: 'corrupt', wanted: WANTED, got: GOT, gotBytes: 10, wantedBytes: 20, firstBytes: ''},
      text: `digest mismatch: expected ${WANTED}, got ${GOT} (10 B, expected 20 B)`
    },
    {
      name: 'corrupt with nothing at all',
      failure: {kind: 'corrupt', wanted: WANTED, got: GOT, gotBytes: 0, wantedBytes: 20, firstBytes: ''},
      text: `digest mismatch: expected ${WANTED}, got ${GOT} (empty body, 0 B, expected 20 B)`
    },
    {name: 'too large', failure: {kind: 'too-large', limitBytes: 1, detail: 'more than that'}, text: 'more than that'},
    {name: 'unusable', failure: {kind: 'unusable', detail: 'schema 1'}, text: 'schema 1'},
    {
      name: 'a missing platform',
      failure: {kind: 'platform-missing', wanted: 'linux/s390x', offered: ['linux/amd64', 'linux/arm64']},
      text: 'no image for linux/s390x; available: linux/amd64, linux/arm64'
    },
    {
      name: 'no platform at all',
      failure: {kind: 'platform-missing', wanted: 'linux/s390x', offered: []},
      text: 'no image for linux/s390x; available: no platforms'
    },
    {
      name: 'another digest',
      failure: {kind: 'digest-disagrees', wanted: WANTED, got: GOT, decidedBy: 'the reference'},
      text: `tag resolves to ${GOT}, expected ${WANTED} (from the reference)`
    },
    {
      name: 'faults in the inputs, a line each',
      failure: {
        kind: 'invalid-input',
        faults: [
          {input: 'attempts', value: '0', reason: 'it is at least 1', example: '4'},
          {input: 'image', value: 'a\nb', reason: 'it has no line ends', example: 'php:8'}
        ]
      },
      text: 'attempts "0": it is at least 1. Example: 4\nimage "a\\nb": it has no line ends. Example: php:8'
    },
    {name: 'local-io', failure: {kind: 'local-io', detail: 'the disk is full'}, text: 'the disk is full'},
    {name: 'docker', failure: {kind: 'docker', detail: 'no engine'}, text: 'no engine'},
    {name: 'bug', failure: {kind: 'bug', detail: 'TypeError'}, text: 'TypeError'}
  ])('says what is wrong: $name', ({failure, text}) => {
    expect(describeFailure(failure)).toBe(text)
    expect(new VerifiedImageError(failure).message).toBe(text)
  })
})

describe('describeIssue', () => {
  it('names the input, what was written, the rule and an example', () => {
    expect(describeIssue({input: 'verify', value: 'al"l', reason: 'it is one of these', example: 'full'})).toBe(
      'verify "al\\"l": it is one of these. Example: full'
    )
  })
})

describe('describeIssue, for a value in a file', () => {
  it('names the line before what was written', () => {
    const place = {file: 'docker/Dockerfile', line: 3}
    expect(
      describeIssue({input: 'files', value: 'x', reason: 'it is an image', example: 'php:8', location: place})
    ).toBe('files (docker/Dockerfile:3) "x": it is an image. Example: php:8')
  })
})

describe('VerifiedImageError', () => {
  it('carries failure, object and cause', () => {
    const cause = new Error('EPIPE')
    const failure: Failure = {kind: 'unusable', detail: 'x'}
    const error = new VerifiedImageError(failure, {cause, object: 'config'})
    expect([error.failure, error.object, error.cause, error.name]).toEqual([
      failure,
      'config',
      cause,
      'VerifiedImageError'
    ])
  })

  it('is what fail throws', async () => {
    await expect(() => fail({kind: 'unusable', detail: 'x'}, {object: 'config'})).toFailWith('unusable', {
      detail: 'x',
      object: 'config'
    })
  })
})

describe('describeObjectFailure', () => {
  const missing: Failure = {kind: 'not-found', status: 404, detail: ''}
  it.each<{readonly object: ObjectName | undefined; readonly failure: Failure; readonly text: string}>([
    {object: undefined, failure: missing, text: 'not found (HTTP 404)'},
    {object: 'manifest', failure: missing, text: 'not found (HTTP 404)'},
    {object: 'child', failure: missing, text: 'platform manifest not found (HTTP 404)'},
    {object: 'layer[1]', failure: unreachable('refused'), text: 'layer 2: it is away'},
    {
      object: 'manifest',
      failure: {kind: 'truncated', gotBytes: 5},
      text: 'manifest truncated: connection closed after 5 B'
    }
  ])('names $object where the sentence needs it: $text', ({object, failure, text}) => {
    expect(describeObjectFailure(object, failure)).toBe(text)
  })
})

describe('shortenDigests', () => {
  it('keeps 12 digits of each digest, and everything else', () => {
    expect(shortenDigests(`${WANTED}, sha256:abc`)).toBe(`${WANTED.slice(0, 19)}…, sha256:abc`)
  })
})

describe('formatBytes', () => {
  it.each([
    {bytes: 0, text: '0 B'},
    {bytes: 999, text: '999 B'},
    {bytes: 1000, text: '1 kB'},
    {bytes: 999_499, text: '999 kB'},
    {bytes: 999_999, text: '1 MB'},
    {bytes: 1536, text: '1.54 kB'},
    {bytes: 12_345, text: '12.3 kB'},
    {bytes: 99_500, text: '99.5 kB'},
    {bytes: 123_456, text: '123 kB'},
    {bytes: 4_194_304, text: '4.19 MB'},
    {bytes: 120_000_000, text: '120 MB'},
    {bytes: 1_500_000_000, text: '1.5 GB'},
    {bytes: 2_345_000_000_000_000, text: '2345 TB'}
  ])('$bytes is $text', ({bytes, text}) => {
    expect(formatBytes(bytes)).toBe(text)
  })
})

describe('formatDuration', () => {
  it.each([
    {ms: 0, text: '0 ms'},
    {ms: 40.4, text: '40 ms'},
    {ms: 999, text: '999 ms'},
    {ms: 999.6, text: '1 s'},
    {ms: 1000, text: '1 s'},
    {ms: 3240, text: '3.2 s'},
    {ms: 59_400, text: '59.4 s'},
    {ms: 59_960, text: '1 min'},
    {ms: 125_000, text: '2 min 5 s'},
    {ms: 3_599_000, text: '59 min 59 s'},
    {ms: 3_600_000, text: '1 h'},
    {ms: 7_199_000, text: '1 h 59 min'},
    {ms: 21_600_000, text: '6 h'},
    {ms: 21_660_000, text: '6 h 1 min'}
  ])('$ms ms is $text', ({ms, text}) => {
    expect(formatDuration(ms)).toBe(text)
  })
})
