// Events of one image as lines of its log, each told once and in order.
// Pure; who prints them, and where, is not known here.

import type {Event} from '../acquire/candidate-result.ts'
import type {Progress} from '../fetch/progress.ts'
import {describeFailedCandidate} from './diagnose.ts'
import {formatBytes, formatDuration} from '../failure/format.ts'
import {describeFailure} from '../failure/describe-failure.ts'

/** Of a line: whether it is good news, trouble that may pass, or bad news. */
export type LogLevel = 'plain' | 'good' | 'trouble' | 'bad'

/** Undefined for an event that says nothing new. */
export function renderEvent(event: Event): string | undefined {
  switch (event.type) {
    case 'asking': {
      const {role, repository} = event.candidate
      const what = role === 'primary' ? '' : role === 'mirror' ? ' (mirror)' : ' (public mirror)'
      return `Asking ${repository.registry}${what} for ${repository.path}`
    }
    case 'pinned':
      return `${event.pin.decidedBy === 'lock' ? 'The lock file' : event.pin.registry} says that ${event.tag ?? ''} is ${event.pin.digest}`
    case 'attempt-failed': {
      const {attempt, candidate, againInMs} = event
      // The last try is told of by the end of the registry's story.
      if (attempt.failure === undefined || againInMs === undefined) return undefined
      const when = againInMs === 0 ? 'at once' : `in ${formatDuration(againInMs)}`
      return `${attempt.failedObject ?? attempt.object} from ${candidate.repository.registry}: ${describeFailure(attempt.failure)}; again ${when}`
    }
    case 'candidate-failed': {
      const {story} = event
      if (story.failure === undefined) return undefined
      const told = story.attempts
        .filter(({failure}) => failure !== undefined)
        .map(({failure}) => (failure === undefined ? '' : describeFailure(failure)))
      // A tag that moved was told of by a note; what failed then is the digest that it had.
      const isTold =
        story.failure.kind !== 'digest-disagrees' && told.indexOf(describeFailure(story.failure)) < told.length - 1
      return isTold
        ? `${story.candidate.repository.registry} is given up: ${story.failedObject ?? 'it'} was the same again`
        : describeFailedCandidate(story, story.failure)
    }
    case 'note':
      return event.text
    case 'attempted':
      return undefined
  }
}

export function levelOf({type}: Event): LogLevel {
  return type === 'attempt-failed' || type === 'candidate-failed' ? 'trouble' : 'plain'
}

/** What only those who look for a fault want to see: each request, who answered it, and what a try brought. No query strings. */
export function renderDebug(event: Event): readonly string[] {
  if (event.type !== 'attempted') return []
  const {candidate, attempt} = event
  const {object, number, outcome, bytes, elapsedMs, waitedMs} = attempt
  const waited = waitedMs === 0 ? '' : `, after a wait of ${formatDuration(waitedMs)}`
  return [
    ...attempt.exchanges.map(exchange => {
      const {method, host, path, status, requestIds} = exchange
      const ids = Object.entries(requestIds).map(([name, value]) => `${name}: ${value}`)
      const answer = status === undefined ? 'no answer' : `status ${String(status)}`
      return `${exchange.object}: ${method} ${host}${path}: ${[`${answer} after ${formatDuration(exchange.elapsedMs)}`, ...ids].join(', ')}`
    }),
    `${object} from ${candidate.repository.registry}: try ${String(number)} ${outcome}, ${formatBytes(bytes)} in ${formatDuration(elapsedMs)}${waited}`
  ]
}

/** `3 of 8 layers, 40 MB of 120 MB, 12 MB/s, 7 s left`. `bytesBefore` is what had come `elapsedMs` ago. */
export function renderProgress(
  {layers, layersDone, bytes, bytesDone}: Progress,
  bytesBefore: number,
  elapsedMs: number
): string {
  const perSecond = ((bytesDone - bytesBefore) / Math.max(elapsedMs, 1)) * 1000
  const left = perSecond > 0 ? `, ${formatDuration(((bytes - bytesDone) / perSecond) * 1000)} left` : ''
  return `${String(layersDone)} of ${String(layers)} layers, ${formatBytes(bytesDone)} of ${formatBytes(bytes)}, ${formatBytes(perSecond)}/s${left}`
}
