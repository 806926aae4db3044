// Each event as a line of the log: once, with its registry first, and with short digests.

import {describe, expect, it} from '@jest/globals'
import {type CandidateResult, type Event, newResult} from '../../src/acquire/candidate-result.ts'
import {type Failure} from '../../src/failure/failure.ts'
import {type Attempt} from '../../src/fetch/retry.ts'
import {type Candidate, type Role} from '../../src/registry/candidate.ts'
import type {Exchange} from '../../src/registry/registry.ts'
import {levelOf, renderDebug, renderEvent, renderProgress} from '../../src/report/log-lines.ts'
import {digestBytes} from '../support/images.ts'

function attempt(number: number, failure: Failure): Attempt {
  return {
    ...{object: 'config', number, startedMs: 0, elapsedMs: 1, waitedMs: 0, bytes: 0, outcome: 'failed', exchanges: []},
    failure
  }
}

const [WANTED, GOT] = [digestBytes(Buffer.from('locked')), digestBytes(Buffer.from('moved'))]
const ERROR: Failure = {kind: 'server-error', status: 503, detail: ''}
const NOT_FOUND: Failure = {kind: 'not-found', status: 404, detail: ''}
const MOVED: Failure = {kind: 'digest-disagrees', wanted: WANTED, got: GOT, decidedBy: 'the lock file'}
const CORRUPT: Failure = {kind: 'corrupt', wanted: WANTED, got: GOT, gotBytes: 479, firstBytes: ''}

function short(digest: string): string {
  return `${digest.slice(0, 19)}…`
}

function candidateOf(role: Role): Candidate {
  return {role, repository: {registry: 'docker.io', path: 'a/b'}, mayResolve: true}
}
const PRIMARY = candidateOf('primary')

function resultOf(...failures: readonly Failure[]): CandidateResult {
  const [failure] = failures.slice(-1)
  if (failure === undefined) throw new Error('no failure was given')
  const attempts = failures.map((each, at) => attempt(at + 1, each))
  return {...newResult(PRIMARY), attempts, outcome: 'failed', failure, failedObject: 'config'}
}

describe('renderEvent', () => {
  const failed = (failure: Failure, againInMs: number | undefined, failedObject?: 'token'): Event => ({
    type: 'attempt-failed',
    candidate: PRIMARY,
    attempt: {...attempt(1, failure), ...(failedObject === undefined ? {} : {failedObject})},
    againInMs
  })

  it.each<{readonly name: string; readonly event: Event; readonly line: string | undefined}>([
    {name: 'prints nothing for the primary', event: {type: 'asking', candidate: PRIMARY}, line: undefined},
    {
      name: 'names a mirror',
      event: {type: 'asking', candidate: candidateOf('mirror')},
      line: 'Trying mirror docker.io/a/b'
    },
    {
      name: 'names a public mirror',
      event: {type: 'asking', candidate: candidateOf('public-mirror')},
      line: 'Trying public mirror docker.io/a/b'
    },
    {
      name: 'shows the digest of a tag',
      event: {type: 'pinned', pin: {digest: GOT, decidedBy: 'primary', registry: 'docker.io'}, tag: '1'},
      line: `docker.io: 1 is ${short(GOT)}`
    },
    {
      name: 'shows the digest in the lock file',
      event: {type: 'pinned', pin: {digest: GOT, decidedBy: 'lock', registry: 'docker.io'}, tag: '1'},
      line: `Lock file: 1 is ${short(GOT)}`
    },
    {
      name: 'says when a failed attempt is retried',
      event: failed(ERROR, 1500),
      line: 'docker.io: config: server error (HTTP 503); retrying in 1.5 s'
    },
    {
      name: 'says that it is retried without a wait',
      event: failed(CORRUPT, 0),
      line: `docker.io: config digest mismatch: expected ${short(WANTED)}, got ${short(GOT)} (479 B); retrying`
    },
    {
      name: 'names the token that failed',
      event: failed(ERROR, 0, 'token'),
      line: 'docker.io: token: server error (HTTP 503); retrying'
    },
    {name: 'leaves the last attempt to the end of the registry', event: failed(ERROR, undefined), line: undefined},
    {
      name: 'prints nothing for an attempt that did not fail',
      event: {
        ...{type: 'attempt-failed', candidate: PRIMARY, againInMs: 0},
        attempt: {...attempt(1, ERROR), failure: undefined} as unknown as Attempt
      },
      line: undefined
    },
    {
      name: 'prints nothing for a registry that did not fail',
      event: {type: 'candidate-failed', result: newResult(PRIMARY)},
      line: undefined
    },
    {name: 'prints a note with short digests', event: {type: 'note', text: `a ${GOT}`}, line: `a ${short(GOT)}`},
    {
      name: 'leaves attempts to debug mode',
      event: {type: 'attempted', candidate: PRIMARY, attempt: attempt(1, ERROR)},
      line: undefined
    }
  ])('$name', ({event, line}) => {
    expect(renderEvent(event)).toBe(line)
  })
})

describe('renderEvent, for a registry that failed', () => {
  it.each([
    {name: 'describes a failure', failures: [NOT_FOUND], line: 'config not found (HTTP 404)'},
    {
      name: 'does not repeat what each attempt printed',
      failures: [ERROR, ERROR],
      line: 'giving up on the config after 2 attempts'
    },
    {
      name: 'describes a failure that differs from those before',
      failures: [ERROR, NOT_FOUND],
      line: 'config not found (HTTP 404); giving up after 2 attempts'
    },
    {
      name: 'says what a moved tag means for the locked digest',
      failures: [MOVED, MOVED],
      line: `config: tag resolves to ${short(GOT)}, expected ${short(WANTED)} (from the lock file); giving up after 2 attempts`
    }
  ])('$name', ({failures, line}) => {
    expect(renderEvent({type: 'candidate-failed', result: resultOf(...failures)})).toBe(`docker.io: ${line}`)
  })

  it('describes a failure that came once, whatever else was attempted', () => {
    const other = {...attempt(2, ERROR), object: 'layer[0]', failure: undefined, outcome: 'verified'}
    const result = resultOf(ERROR)
    const story = {...result, attempts: [...result.attempts, other as unknown as Attempt]}
    expect(renderEvent({type: 'candidate-failed', result: story})).toBe('docker.io: config: server error (HTTP 503)')
  })

  it('gives up on the image if no object is known', () => {
    const {failedObject, ...story} = resultOf(ERROR, ERROR)
    expect(failedObject).toBe('config')
    expect(renderEvent({type: 'candidate-failed', result: story})).toBe(
      'docker.io: giving up on the image after 2 attempts'
    )
  })
})

describe('levelOf', () => {
  it.each<{readonly event: Event; readonly level: string}>([
    {event: {type: 'candidate-failed', result: newResult(PRIMARY)}, level: 'warning'},
    {
      event: {type: 'attempt-failed', candidate: PRIMARY, attempt: attempt(1, ERROR), againInMs: 0},
      level: 'warning'
    },
    {event: {type: 'note', text: ''}, level: 'plain'},
    {event: {type: 'asking', candidate: PRIMARY}, level: 'plain'}
  ])('of $event.type is $level', ({event, level}) => {
    expect(levelOf(event)).toBe(level)
  })
})

describe('renderDebug', () => {
  const verified: Attempt = {
    ...{object: 'config', number: 2, startedMs: 0, elapsedMs: 1500, waitedMs: 0, bytes: 1000, outcome: 'verified'},
    exchanges: []
  }

  it('prints nothing for other events', () => {
    expect(renderDebug({type: 'asking', candidate: PRIMARY})).toEqual([])
  })

  it('prints the result of an attempt', () => {
    expect(renderDebug({type: 'attempted', candidate: PRIMARY, attempt: verified})).toEqual([
      'docker.io: config: attempt 2 verified, 1 kB in 1.5 s'
    ])
  })

  it('prints the wait before an attempt', () => {
    expect(renderDebug({type: 'attempted', candidate: PRIMARY, attempt: {...verified, waitedMs: 1}})).toEqual([
      'docker.io: config: attempt 2 verified, 1 kB in 1.5 s, after waiting 1 ms'
    ])
  })

  it('prints the host, status, and request ids of each request', () => {
    const exchanges: readonly Exchange[] = [
      {
        ...{object: 'config', method: 'GET', host: 'registry-1.docker.io', path: '/v2/a/b', status: 307, elapsedMs: 20},
        requestIds: {'x-request-id': '1', 'cf-ray': '2'}
      },
      {...{object: 'config', method: 'GET', host: 'cdn.example', path: '/x', elapsedMs: 30}, requestIds: {}}
    ]
    const event: Event = {type: 'attempted', candidate: PRIMARY, attempt: {...verified, exchanges}}
    expect(renderDebug(event).slice(0, 2)).toEqual([
      'config: GET registry-1.docker.io/v2/a/b: HTTP 307 after 20 ms, x-request-id: 1, cf-ray: 2',
      'config: GET cdn.example/x: no response after 30 ms'
    ])
  })
})

describe('renderProgress', () => {
  it('prints the rate and the time left at that rate', () => {
    const progress = {layers: 8, layersDone: 3, bytes: 120_000_000, bytesDone: 40_000_000}
    expect(renderProgress(progress, 20_000_000, 2000)).toBe('3 of 8 layers, 40 MB of 120 MB, 10 MB/s, 8 s left')
  })

  it.each([
    {
      name: 'with minutes',
      bytes: 123_573_450,
      bytesDone: 123_450,
      line: '123 kB of 124 MB, 123 kB/s, 16 min 40 s left'
    },
    {name: 'for a single byte', bytes: 11, bytesDone: 1, line: '1 B of 11 B, 1 B/s, 10 s left'},
    {name: 'without an estimate when nothing arrived', bytes: 120, bytesDone: 0, line: '0 B of 120 B, 0 B/s'},
    {name: 'without an estimate of hours', bytes: 4_540_000, bytesDone: 50, line: '50 B of 4.54 MB, 50 B/s'}
  ])('prints it $name', ({bytes, bytesDone, line}) => {
    expect(renderProgress({layers: 1, layersDone: 0, bytes, bytesDone}, 0, 1000)).toBe(`0 of 1 layers, ${line}`)
  })

  it('counts no elapsed time as a millisecond', () => {
    expect(renderProgress({layers: 1, layersDone: 0, bytes: 20, bytesDone: 10}, 0, 0)).toBe(
      '0 of 1 layers, 10 B of 20 B, 10 kB/s, 1 ms left'
    )
  })
})
