// Each kind of failure of the primary: how often it is requested again, after which delay, and whether the next registry is tried.

import {describe, expect, it} from '@jest/globals'
import {type Failure} from '../../src/failure/failure.ts'
import {
  DIGEST,
  NOT_FOUND,
  OTHER_DIGEST,
  REFUSED,
  SERVER_ERROR,
  acquire,
  acquireFixture,
  outcomes,
  publishAt,
  requestsTo
} from '../support/acquire-fixture.ts'

describe('the primary fails with', () => {
  it.each<{
    readonly name: string
    readonly failure: Failure
    readonly tries: number
    readonly next: boolean
    readonly afterMs: number
  }>([
    {name: 'unreachable', failure: REFUSED, tries: 4, next: true, afterMs: 4725},
    {
      name: 'a wrong certificate',
      failure: {kind: 'unreachable', reason: 'tls-identity', detail: ''},
      tries: 1,
      next: true,
      afterMs: 0
    },
    {
      name: 'timed-out',
      failure: {kind: 'timed-out', phase: 'headers', limit: {input: 'stall-timeout', afterMs: 20_000}},
      tries: 4,
      next: true,
      afterMs: 4725
    },
    {name: 'throttled', failure: {kind: 'throttled', status: 429, detail: ''}, tries: 4, next: true, afterMs: 4725},
    {
      name: 'throttled for ten seconds',
      failure: {kind: 'throttled', status: 429, detail: '', retryAfterMs: 10_000},
      tries: 4,
      next: true,
      afterMs: 30_525
    },
    {
      name: 'throttled for longer than the longest wait',
      failure: {kind: 'throttled', status: 429, detail: '', retryAfterMs: 30_001},
      tries: 1,
      next: true,
      afterMs: 0
    },
    {name: 'server-error', failure: SERVER_ERROR, tries: 4, next: true, afterMs: 4725},
    {
      name: 'unauthorized',
      failure: {kind: 'unauthorized', status: 401, detail: '', credentials: 'none'},
      tries: 2,
      next: true,
      afterMs: 0
    },
    {
      name: 'denied',
      failure: {kind: 'denied', status: 403, detail: '', credentials: 'refused'},
      tries: 2,
      next: true,
      afterMs: 0
    },
    {name: 'not-found', failure: NOT_FOUND, tries: 1, next: true, afterMs: 0},
    {name: 'protocol', failure: {kind: 'protocol', detail: '', isHtml: true}, tries: 2, next: true, afterMs: 675},
    {name: 'truncated', failure: {kind: 'truncated', gotBytes: 1}, tries: 4, next: true, afterMs: 4725},
    {
      name: 'corrupt',
      failure: {kind: 'corrupt', wanted: DIGEST, got: OTHER_DIGEST, gotBytes: 1, firstBytes: 'x'},
      tries: 2,
      next: true,
      afterMs: 0
    },
    {name: 'too-large', failure: {kind: 'too-large', limitBytes: 1, detail: ''}, tries: 2, next: true, afterMs: 0},
    {name: 'unusable', failure: {kind: 'unusable', detail: ''}, tries: 1, next: false, afterMs: 0},
    {
      name: 'platform-missing',
      failure: {kind: 'platform-missing', wanted: 'linux/s390x', offered: []},
      tries: 1,
      next: false,
      afterMs: 0
    },
    {
      name: 'digest-disagrees',
      failure: {kind: 'digest-disagrees', wanted: DIGEST, got: OTHER_DIGEST, decidedBy: 'docker.io'},
      tries: 1,
      next: true,
      afterMs: 0
    },
    {name: 'invalid-input', failure: {kind: 'invalid-input', faults: []}, tries: 1, next: false, afterMs: 0},
    {name: 'local-io', failure: {kind: 'local-io', detail: ''}, tries: 1, next: false, afterMs: 0},
    {name: 'docker', failure: {kind: 'docker', detail: ''}, tries: 1, next: false, afterMs: 0},
    {name: 'bug', failure: {kind: 'bug', detail: ''}, tries: 1, next: false, afterMs: 0}
  ])('$name: $tries tries, the next registry: $next', async ({failure, tries, next, afterMs}) => {
    const {registry, clock, deps} = acquireFixture()
    publishAt(registry, 'docker.io', 'ghcr.io')
    registry.failAlways('docker.io', failure)
    const acquisition = await clock.until(acquire(deps, {level: 'manifest'}))
    expect(requestsTo(registry, 'docker.io')).toEqual(Array<string>(tries).fill('manifest 1'))
    expect(requestsTo(registry, 'ghcr.io')).toEqual(next ? ['manifest 1'] : [])
    expect(acquisition.image?.candidate.repository.registry).toBe(next ? 'ghcr.io' : undefined)
    expect(outcomes(acquisition)[0]).toEqual(['docker.io', 'failed', failure.kind, 'manifest'])
    expect(acquisition.results[0]?.failure).toBe(failure)
    expect(acquisition.results[0]?.attempts.map(({number, outcome}) => [number, outcome])).toEqual(
      Array.from({length: tries}, (_none, at) => [at + 1, 'failed'])
    )
    expect(clock.nowMs()).toBe(afterMs)
  })
})
