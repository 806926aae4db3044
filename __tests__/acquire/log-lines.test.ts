// What a registry's end looks like in the log: what was told line by line is not told again, and nothing is left untold.

import {describe, expect, it} from '@jest/globals'
import {type Attempt, startStory, type Story} from '../../src/acquire/event.ts'
import {describeFailure, type Failure} from '../../src/acquire/failure.ts'
import {renderEvent} from '../../src/acquire/log-lines.ts'
import {digestBytes} from '../support/images.ts'

const attempt = (ordinal: number, failure: Failure): Attempt => ({
  ...{object: 'manifest', ordinal, startedMs: 0, elapsedMs: 1, waitedMs: 0, bytes: 0, outcome: 'failed', exchanges: []},
  failure
})

const storyOf = (...failures: readonly Failure[]): Story => {
  const [last] = failures.slice(-1)
  if (last === undefined) throw new Error('no failure was given')
  const story = startStory({role: 'primary', repository: {registry: 'docker.io', path: 'a/b'}, mayResolve: true})
  failures.forEach((failure, at) => story.attempts.push(attempt(at + 1, failure)))
  return Object.assign(story, {outcome: 'failed', failure: last, failedObject: 'manifest'} as const)
}

const ERROR: Failure = {kind: 'server-error', status: 503, detail: ''}
const MOVED: Failure = {
  kind: 'digest-disagrees',
  wanted: digestBytes(Buffer.from('locked')),
  got: digestBytes(Buffer.from('moved')),
  decidedBy: 'the lock file'
}

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
      name: 'says what a locked tag that has moved means for the digest that it had',
      failures: [MOVED, MOVED],
      line: `manifest from docker.io: ${describeFailure(MOVED)}`
    }
  ])('$name', ({failures, line}) => {
    expect(renderEvent({type: 'candidate-failed', story: storyOf(...failures)})).toBe(line)
  })
})
