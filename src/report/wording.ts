// The first sentence: what is used, and why not the registry that was named, for somebody who wants to get on with their work.
// Knows no digests and no protocol; the exact words stand in failure.ts, and below the sentence.

import type {Cause} from './diagnose.ts'
import {type Failure} from '../failure/failure.ts'
import type {FailureReport, ImageReport} from './report-document.ts'
import {formatDuration} from '../failure/format.ts'
import {type Level} from '../fetch/verify-level.ts'

/** How a name from outside is to be shown: as it is in a log, as code in Markdown. */
export type Escape = (name: string) => string

/** What a registry did, as what follows its name: "docker.io sent wrong bytes". */
export function failureSentence(failure: Failure | FailureReport): string {
  switch (failure.kind) {
    case 'corrupt':
      return failure.gotBytes === 0 ? 'sent nothing at all' : 'sent wrong bytes'
    case 'truncated':
      return 'broke off in the middle'
    case 'too-large':
      return 'sent more bytes than there ought to be'
    case 'throttled':
      return 'limits how often it may be asked'
    case 'server-error':
      return `answered with an error of its own (status ${String(failure.status)})`
    case 'unreachable':
      if (failure.reason === 'proxy') return 'could not be reached through the proxy'
      return failure.reason === 'tls-identity' ? 'could not prove that it is itself' : 'could not be reached'
    case 'timed-out':
      if (failure.phase === 'everything') return 'was not done in time'
      return failure.phase === 'headers' || failure.phase === 'connect' ? 'did not answer' : 'was too slow'
    case 'unauthorized':
    case 'denied':
      return 'refused access'
    case 'not-found':
      return 'does not have it'
    case 'protocol':
      return failure.isHtml ? 'answered with a web page' : 'answered with what is no image'
    case 'unusable':
      return 'has an image that contradicts itself'
    case 'platform-missing':
      return 'does not have it for this platform'
    case 'digest-disagrees':
      return 'has another image under this name'
    case 'invalid-input':
    case 'local-io':
    case 'docker':
    case 'bug':
      return 'could not be asked'
  }
}

/** What a cause means, as a sentence's beginning. */
export function causeSentence(cause: Cause): string {
  const words: Readonly<Record<Cause, string>> = {
    publisher: 'the image is broken as it was published',
    registry: 'the registry hands out broken data',
    transit: 'the network on the way breaks the data',
    interception: 'something between here and the registry answers in its place',
    throttling: 'the registry limits how often it may be asked',
    access: 'the registry does not let this job in',
    missing: 'the registry does not have it',
    outage: 'the registry is down, or cannot be reached from here',
    network: 'this runner cannot reach the registries',
    'tag-moved': 'the name stands for another image now'
  }
  return words[cause]
}

function levelPhrase(level: Level | undefined): string {
  if (level === 'full' || level === 'layers') return 'Every byte was verified'
  return level === 'config'
    ? 'Its manifest and config were verified, its layers were not looked at'
    : 'Its manifest was verified, the rest was not looked at'
}

/** What became of one image, in a few sentences; the first says what is used, and that it is another one where it is. */
export function imageSentence(report: ImageReport, quote: Escape): string {
  if (report.outcome === 'failed') return unavailableSentence(report, quote)
  const {image, source, verified, decidedBy} = report
  const from = sourcePhrase(report, quote)
  const level = levelPhrase(verified)
  const others = otherRegistriesSentence(report, quote)
  const standIn = report.fallbacks?.at(-1)
  if (standIn !== undefined)
    return `Nothing serves ${quote(image)}; the older ${quote(standIn.image)} stands in, as fallback-tags allows. It comes from ${from}; ${lower(level)}. With ${quote(image)}, ${others}.`
  if (report.moved !== undefined) return movedTagSentence(report, others, level, quote)
  if (source === 'primary')
    return `${quote(image)} comes from ${from}, the registry that it names${decidedBy === 'lock' ? ', and is what the lock file says' : ''}. ${level}.${others === '' ? '' : ` ${capital(others)}.`}`
  if (others === '')
    return `${quote(image)} comes from ${from}${source === undefined ? '' : ', which was preferred'}. ${level}.`
  return `${quote(image)} comes from ${from}, because ${others}. ${identityPhrase(report, level)}.`
}

// What is all in the cache was served by nobody.
function sourcePhrase({registry}: ImageReport, quote: Escape): string {
  return registry === undefined ? 'the cache of this machine' : quote(registry)
}

function unavailableSentence(report: ImageReport, quote: Escape): string {
  const {image, failure, decidedBy, fallbacks} = report
  if (failure?.kind === 'timed-out')
    return `${quote(image)} was not verified in time: the step allows ${formatDuration(failure.limit.afterMs)} (input ${failure.limit.input}).`
  if (report.platforms.length > 0)
    return `${quote(image)} was verified, but is not handed on: what load and layout promise is done for all images or for none.`
  const others = otherRegistriesSentence(report, quote)
  return `No registry could serve ${quote(image)}${decidedBy === 'lock' ? ' as the lock file has it' : ''}${others === '' ? '' : `: ${others}`}.${fallbacks === undefined ? '' : ' Nor could an older tag stand in.'} Nothing that was not verified is handed on, so the step fails.`
}

function movedTagSentence(report: ImageReport, others: string, level: string, quote: Escape): string {
  const {image, source, moved} = report
  const isGone = report.registries.some(({role, failure}) => role === 'primary' && failure?.kind === 'digest-disagrees')
  const now = `${quote(image)} is used as the lock file says; at ${quote(moved?.registry ?? '')} the tag means another image now${isGone ? ', and the locked one is gone there' : ''}.`
  return `${now}${source === 'primary' ? '' : ` It comes from ${sourcePhrase(report, quote)}.`} ${level}.${others === '' ? '' : ` ${capital(others)}.`}`
}

/** Whether it is known to be the image that the registry it names would have served, or the one that is locked. */
function identityPhrase({decidedBy}: ImageReport, level: string): string {
  if (decidedBy === 'mirror') return level
  return `It is ${decidedBy === 'lock' ? 'what the lock file says' : 'the very same image'}; ${lower(level)}`
}

/** What those did that failed. That a locked tag moved is said in words of its own. */
function otherRegistriesSentence({registries, moved, outcome}: ImageReport, quote: Escape): string {
  const told = registries.flatMap(({registry, role, failure}) => {
    const isOfMoved = moved !== undefined && outcome === 'verified' && role === 'primary'
    if (failure === undefined || (isOfMoved && failure.kind === 'digest-disagrees')) return []
    return [`${quote(registry)} ${failureSentence(failure)}`]
  })
  return told.length < 2 ? told.join('') : `${told.slice(0, -1).join(', ')} and ${told.at(-1) ?? ''}`
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}
function lower(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1)
}
