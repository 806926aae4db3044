// The registry that starts next, as a table over states of a race. No registry, no time.

import {describe, expect, it} from '@jest/globals'
import {type CandidateState, nextCandidate, type RaceState} from '../../src/acquire/next-candidate.ts'
import {type Failure} from '../../src/failure/failure.ts'
import {type Candidate, type Role} from '../../src/registry/candidate.ts'

function candidateAt(registry: string, role: Role): Candidate {
  return {role, repository: {registry, path: 'a/b'}, mayResolve: role !== 'public-mirror'}
}

const PRIMARY = candidateAt('docker.io', 'primary')
const MIRROR = candidateAt('mirror.example.com', 'mirror')
const PUBLIC = candidateAt('ghcr.io', 'public-mirror')
const NOT_FOUND: Failure = {kind: 'not-found', status: 404, detail: ''}
const DOWN: Failure = {kind: 'server-error', status: 503, detail: ''}
const THROTTLED: Failure = {kind: 'throttled', status: 429, detail: ''}

function idle(candidate: Candidate, more: Partial<CandidateState> = {}): CandidateState {
  return {
    candidate,
    activity: 'idle',
    isStarted: false,
    failure: undefined,
    failedObject: undefined,
    storedAtFailure: undefined,
    ...more
  }
}
function working(candidate: Candidate): CandidateState {
  return idle(candidate, {activity: 'working', isStarted: true})
}
function slow(candidate: Candidate): CandidateState {
  return idle(candidate, {activity: 'slow', isStarted: true})
}
function failed(
  candidate: Candidate,
  failure: Failure = NOT_FOUND,
  more: Partial<CandidateState> = {}
): CandidateState {
  return idle(candidate, {isStarted: true, failure, failedObject: 'manifest', storedAtFailure: 0, ...more})
}

type Row = {
  readonly name: string
  readonly candidates: readonly CandidateState[]
  readonly state?: Partial<Omit<RaceState, 'candidates'>>
  /** Registry, purpose, and `retry` if it starts once more; undefined to wait. */
  readonly next: string | undefined
}

const RESOLVED = {isResolved: true, hasDigest: true}

const ROWS: readonly Row[] = [
  {name: 'starts the primary first', candidates: [idle(PRIMARY), idle(MIRROR)], next: 'docker.io image'},
  {
    name: 'asks a primary behind preferred mirrors for its tag alone',
    candidates: [idle(MIRROR), idle(PRIMARY)],
    next: 'docker.io resolution'
  },
  {
    name: 'starts a preferred mirror once the tag is resolved',
    candidates: [idle(MIRROR), idle(PRIMARY)],
    state: RESOLVED,
    next: 'mirror.example.com image'
  },
  {name: 'waits while a registry is at work', candidates: [working(PRIMARY), idle(MIRROR)], next: undefined},
  {
    name: 'waits while one of two is at work and the other is slow',
    candidates: [slow(PRIMARY), working(MIRROR), idle(PUBLIC)],
    state: RESOLVED,
    next: undefined
  },
  {
    name: 'starts a mirror beside a slow primary',
    candidates: [slow(PRIMARY), idle(MIRROR)],
    next: 'mirror.example.com image'
  },
  {
    name: 'does not start a public mirror without a digest',
    candidates: [slow(PRIMARY), idle(PUBLIC)],
    next: undefined
  },
  {
    name: 'starts a public mirror for the locked digest that may still be replaced',
    candidates: [slow(PRIMARY), idle(PUBLIC)],
    state: {hasDigest: true},
    next: 'ghcr.io image'
  },
  {
    name: 'starts a mirror that may resolve, before a public mirror that is listed earlier',
    candidates: [failed(PRIMARY), idle(PUBLIC), idle(MIRROR)],
    next: 'mirror.example.com image'
  },
  {
    name: 'starts registries in order once the tag is resolved',
    candidates: [failed(PRIMARY), idle(PUBLIC), idle(MIRROR)],
    state: RESOLVED,
    next: 'ghcr.io image'
  },
  {
    name: 'does not start a registry twice',
    candidates: [failed(PRIMARY), failed(MIRROR), failed(PUBLIC)],
    state: RESOLVED,
    next: undefined
  },
  {
    name: 'does not retry a registry without a store',
    candidates: [failed(PRIMARY)],
    state: {...RESOLVED, storeSize: undefined},
    next: undefined
  },
  {
    name: 'retries a registry that lacked a manifest which is in the store now',
    candidates: [failed(PRIMARY), failed(MIRROR, NOT_FOUND, {failedObject: 'layer[0]'})],
    state: {...RESOLVED, storeSize: 1},
    next: 'docker.io image retry'
  },
  {
    name: 'retries a registry that lacked a child which is in the store now',
    candidates: [failed(PRIMARY, DOWN, {failedObject: 'child'})],
    state: {...RESOLVED, storeSize: 1},
    next: 'docker.io image retry'
  },
  {
    name: 'retries the first of two that lacked a manifest',
    candidates: [failed(PRIMARY), failed(MIRROR)],
    state: {...RESOLVED, storeSize: 1},
    next: 'docker.io image retry'
  },
  {
    name: 'does not retry a registry while another one is slow',
    candidates: [failed(PRIMARY), slow(MIRROR)],
    state: {...RESOLVED, storeSize: 1},
    next: undefined
  },
  {
    name: 'does not retry a registry for an object that is not a manifest',
    candidates: [failed(PRIMARY, NOT_FOUND, {failedObject: 'config'})],
    state: {...RESOLVED, storeSize: 1},
    next: undefined
  },
  {
    name: 'does not retry a registry that failed as a whole',
    candidates: [failed(PRIMARY, THROTTLED)],
    state: {...RESOLVED, storeSize: 1},
    next: undefined
  },
  {
    name: 'does not retry a registry when nothing was stored since',
    candidates: [failed(PRIMARY, NOT_FOUND, {storedAtFailure: 1})],
    state: {...RESOLVED, storeSize: 1},
    next: undefined
  },
  {
    name: 'does not retry a registry that may not be retried any more',
    candidates: [failed(PRIMARY, NOT_FOUND, {storedAtFailure: undefined})],
    state: {...RESOLVED, storeSize: 1},
    next: undefined
  },
  {
    name: 'does not retry a registry that did not fail',
    candidates: [failed(PRIMARY, NOT_FOUND, {failure: undefined})],
    state: {...RESOLVED, storeSize: 1},
    next: undefined
  }
]

describe('nextCandidate', () => {
  it.each(ROWS)('$name', ({candidates, state, next}) => {
    const found = nextCandidate({candidates, isResolved: false, hasDigest: false, storeSize: undefined, ...state})
    const words =
      found === undefined
        ? undefined
        : `${found.candidate.repository.registry} ${found.purpose}${found.isRetry ? ' retry' : ''}`
    expect(words).toBe(next)
  })
})
