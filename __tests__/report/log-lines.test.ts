// What a registry's end looks like in the log: what was told line by line is not told again, and nothing is left untold.

import {describe, expect, it} from '@jest/globals'
import {type Event, newResult, type CandidateResult} from '../../src/acquire/candidate-result.ts'
import {type Failure} from '../../src/failure/failure.ts'
import {renderDebug, renderEvent, renderProgress, levelOf} from '../../src/report/log-lines.ts'
import type {Exchange} from '../../src/registry/registry.ts'
import {digestBytes} from '../support/images.ts'
import {describeFailure} from '../../src/failure/describe-failure.ts'
import {type Candidate, type Role} from '../../src/registry/candidate.ts'
import {type Attempt} from '../../src/fetch/retry.ts'

function attempt(ordinal: number, failure: Failure): Attempt {
  return {
    ...{
      object: 'manifest',
      number: ordinal,
      startedMs: 0,
      elapsedMs: 1,
      waitedMs: 0,
      bytes: 0,
      outcome: 'failed',
      exchanges: []
    },
    failure
  }
}

function storyOf(...failures: readonly Failure[]): CandidateResult {
  const [last] = failures.slice(-1)
  if (last === undefined) throw new Error('no failure was given')
  return {
    ...newResult({role: 'primary', repository: {registry: 'docker.io', path: 'a/b'}, mayResolve: true}),
    attempts: failures.map((failure, at) => attempt(at + 1, failure)),
    outcome: 'failed',
    failure: last,
    failedObject: 'manifest'
  }
}

const ERROR: Failure = {kind: 'server-error', status: 503, detail: ''}
const MOVED: Failure = {
  kind: 'digest-disagrees',
  wanted: digestBytes(Buffer.from('locked')),
  got: digestBytes(Buffer.from('moved')),
  decidedBy: 'the lock file'
}

const OTHER: Failure = {kind: 'not-found', status: 404, detail: ''}

function candidateOf(role: Role): Candidate {
  return {
    role,
    repository: {registry: 'docker.io', path: 'a/b'},
    mayResolve: true
  }
}
const PRIMARY = candidateOf('primary')

describe('renderEvent', () => {
  const digest = digestBytes(Buffer.from('x'))
  const failed = (failure: Failure, againInMs: number | undefined, failedObject?: 'token'): Event => ({
    type: 'attempt-failed',
    candidate: PRIMARY,
    attempt: {...attempt(1, failure), ...(failedObject === undefined ? {} : {failedObject})},
    againInMs
  })

  it.each<{readonly name: string; readonly event: Event; readonly line: string | undefined}>([
    {
      name: 'says which registry is asked',
      event: {type: 'asking', candidate: PRIMARY},
      line: 'Asking docker.io for a/b'
    },
    {
      name: 'says that it is a mirror',
      event: {type: 'asking', candidate: candidateOf('mirror')},
      line: 'Asking docker.io (mirror) for a/b'
    },
    {
      name: 'says that it is a public mirror',
      event: {type: 'asking', candidate: candidateOf('public-mirror')},
      line: 'Asking docker.io (public mirror) for a/b'
    },
    {
      name: 'says which registry decided what the tag is',
      event: {type: 'pinned', pin: {digest, decidedBy: 'primary', registry: 'docker.io'}, tag: '1'},
      line: `docker.io says that 1 is ${digest}`
    },
    {
      name: 'says that the lock file decided it',
      event: {type: 'pinned', pin: {digest, decidedBy: 'lock', registry: 'docker.io'}, tag: '1'},
      line: `The lock file says that 1 is ${digest}`
    },
    {
      name: 'says when a failed try is made again',
      event: failed(ERROR, 1500),
      line: `manifest from docker.io: ${describeFailure(ERROR)}; again in 1.5 s`
    },
    {
      name: 'says that it is made again at once',
      event: failed(ERROR, 0),
      line: `manifest from docker.io: ${describeFailure(ERROR)}; again at once`
    },
    {
      name: 'names the token that failed',
      event: failed(ERROR, 0, 'token'),
      line: `token from docker.io: ${describeFailure(ERROR)}; again at once`
    },
    {name: 'leaves the last try to the end of the story', event: failed(ERROR, undefined), line: undefined},
    {
      name: 'tells no try that did not fail',
      event: {
        ...{type: 'attempt-failed', candidate: PRIMARY, againInMs: 0},
        attempt: {...attempt(1, ERROR), failure: undefined} as unknown as Attempt
      },
      line: undefined
    },
    {
      name: 'tells no end of a registry that did not fail',
      event: {type: 'candidate-failed', result: newResult(PRIMARY)},
      line: undefined
    },
    {name: 'repeats a note', event: {type: 'note', text: 'a note'}, line: 'a note'},
    {
      name: 'leaves tries to those who debug',
      event: {type: 'attempted', candidate: PRIMARY, attempt: attempt(1, ERROR)},
      line: undefined
    }
  ])('$name', ({event, line}) => {
    expect(renderEvent(event)).toBe(line)
  })
})

describe('toneOf', () => {
  it.each<{readonly event: Event; readonly tone: string}>([
    {event: {type: 'candidate-failed', result: newResult(PRIMARY)}, tone: 'trouble'},
    {
      event: {type: 'attempt-failed', candidate: PRIMARY, attempt: attempt(1, ERROR), againInMs: 0},
      tone: 'trouble'
    },
    {event: {type: 'note', text: ''}, tone: 'plain'},
    {event: {type: 'asking', candidate: PRIMARY}, tone: 'plain'}
  ])('of $event.type is $tone', ({event, tone}) => {
    expect(levelOf(event)).toBe(tone)
  })
})

describe('renderDebug', () => {
  const tried: Attempt = {
    ...{object: 'config', number: 2, startedMs: 0, elapsedMs: 1500, waitedMs: 0, bytes: 1000, outcome: 'verified'},
    exchanges: []
  }

  it('says nothing of other events', () => {
    expect(renderDebug({type: 'asking', candidate: PRIMARY})).toEqual([])
  })

  it('says what a try brought', () => {
    expect(renderDebug({type: 'attempted', candidate: PRIMARY, attempt: tried})).toEqual([
      'config from docker.io: try 2 verified, 1 kB in 1.5 s'
    ])
  })

  it('says that it was waited for', () => {
    expect(renderDebug({type: 'attempted', candidate: PRIMARY, attempt: {...tried, waitedMs: 1}})).toEqual([
      'config from docker.io: try 2 verified, 1 kB in 1.5 s, after a wait of 1 ms'
    ])
  })

  it('says who answered each request, and how it is found in their log', () => {
    const exchanges: readonly Exchange[] = [
      {
        ...{object: 'config', method: 'GET', host: 'registry-1.docker.io', path: '/v2/a/b', status: 307, elapsedMs: 20},
        requestIds: {'x-request-id': '1', 'cf-ray': '2'}
      },
      {...{object: 'config', method: 'GET', host: 'cdn.example', path: '/x', elapsedMs: 30}, requestIds: {}}
    ]
    expect(renderDebug({type: 'attempted', candidate: PRIMARY, attempt: {...tried, exchanges}}).slice(0, 2)).toEqual([
      'config: GET registry-1.docker.io/v2/a/b: status 307 after 20 ms, x-request-id: 1, cf-ray: 2',
      'config: GET cdn.example/x: no answer after 30 ms'
    ])
  })
})

describe('renderProgress', () => {
  it('says how fast it is, and how long it will take at that rate', () => {
    const progress = {layers: 8, layersDone: 3, bytes: 120_000_000, bytesDone: 40_000_000}
    expect(renderProgress(progress, 20_000_000, 2000)).toBe('3 of 8 layers, 40 MB of 120 MB, 10 MB/s, 8 s left')
  })

  it('says so to the second', () => {
    const progress = {layers: 1, layersDone: 0, bytes: 123_573_450, bytesDone: 123_450}
    expect(renderProgress(progress, 0, 1000)).toBe('0 of 1 layers, 123 kB of 124 MB, 123 kB/s, 16 min 40 s left')
  })

  it('does not guess when nothing came', () => {
    const progress = {layers: 8, layersDone: 3, bytes: 120, bytesDone: 40}
    expect(renderProgress(progress, 40, 2000)).toBe('3 of 8 layers, 40 B of 120 B, 0 B/s')
  })

  it('guesses when as little as one byte came in a second', () => {
    expect(renderProgress({layers: 1, layersDone: 0, bytes: 11, bytesDone: 1}, 0, 1000)).toBe(
      '0 of 1 layers, 1 B of 11 B, 1 B/s, 10 s left'
    )
  })

  it('counts no time at all as a millisecond', () => {
    expect(renderProgress({layers: 1, layersDone: 0, bytes: 20, bytesDone: 10}, 0, 0)).toBe(
      '0 of 1 layers, 10 B of 20 B, 10 kB/s, 1 ms left'
    )
  })
})

describe('renderEvent, for a registry that is given up', () => {
  it.each([
    {
      name: 'tells a failure that came once',
      failures: [ERROR],
      line: `manifest from docker.io: ${describeFailure(ERROR)}`
    },
    {
      name: 'does not tell again what each try told',
      failures: [ERROR, ERROR],
      line: 'docker.io is given up: manifest was the same again'
    },
    {
      name: 'tells a failure that is another one than before',
      failures: [OTHER, ERROR],
      line: `manifest from docker.io: ${describeFailure(ERROR)}`
    },
    {
      name: 'says what a locked tag that has moved means for the digest that it had',
      failures: [MOVED, MOVED],
      line: `manifest from docker.io: ${describeFailure(MOVED)}`
    }
  ])('$name', ({failures, line}) => {
    expect(renderEvent({type: 'candidate-failed', result: storyOf(...failures)})).toBe(line)
  })

  it('tells a failure that came once, though the try before it did not fail', () => {
    const failed = storyOf(ERROR)
    const story = {
      ...failed,
      attempts: [{...attempt(1, ERROR), failure: undefined} as unknown as Attempt, ...failed.attempts]
    }
    expect(renderEvent({type: 'candidate-failed', result: story})).toBe(
      `manifest from docker.io: ${describeFailure(ERROR)}`
    )
  })

  it('tells a failure that came once, though another object came after it', () => {
    const failed = storyOf(ERROR)
    const story = {
      ...failed,
      attempts: [...failed.attempts, {...attempt(2, ERROR), failure: undefined} as unknown as Attempt]
    }
    expect(renderEvent({type: 'candidate-failed', result: story})).toBe(
      `manifest from docker.io: ${describeFailure(ERROR)}`
    )
  })

  it('has a word for what failed when no object is known', () => {
    const {failedObject, ...story} = storyOf(ERROR, ERROR)
    expect(failedObject).toBe('manifest')
    expect(renderEvent({type: 'candidate-failed', result: story})).toBe('docker.io is given up: it was the same again')
  })
})
