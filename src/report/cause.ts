// Names the cause of a registry's failure by comparing its attempts with each other and with what other registries returned.
// Concludes only what the evidence shows.

import type {CandidateResult} from '../acquire/candidate-result.ts'
import {type Failure} from '../failure/failure.ts'
import {quotesHtml} from '../verify/first-bytes.ts'

export type Cause =
  | 'publisher'
  | 'registry'
  | 'transit'
  | 'interception'
  | 'throttling'
  | 'access'
  | 'missing'
  | 'outage'
  | 'network'
  | 'tag-moved'

/** Undefined if the failure is on this machine. `failed` are all candidates that failed. */
export function causeOf(
  result: CandidateResult,
  failure: Failure,
  failed: readonly CandidateResult[]
): Cause | undefined {
  switch (failure.kind) {
    case 'corrupt':
      return causeOfCorrupt(result, failure, failed)
    case 'too-large':
      if (isEncoded(result)) return 'interception'
      return isEverywhere(failed, ({kind}) => kind === 'too-large') ? 'publisher' : 'registry'
    case 'protocol':
      return causeOfProtocol(failure)
    case 'truncated':
      return isCutAtTheSamePlace(result) ? 'registry' : 'transit'
    case 'unusable':
      // An artifact is as its publisher meant it. There is no container image under this name.
      return failure.reason === 'artifact' ? 'missing' : 'publisher'
    case 'platform-missing':
      return 'missing'
    case 'not-found':
      // The manifest was there and a part of the image is not: the registry lost it.
      return isPart(result.failedObject) ? 'registry' : 'missing'
    case 'throttled':
      return 'throttling'
    case 'unauthorized':
    case 'denied':
      return 'access'
    case 'digest-disagrees':
      return 'tag-moved'
    case 'unreachable':
      return failure.reason === 'proxy' || isNetwork(failed) ? 'network' : 'outage'
    case 'timed-out':
      return isNetwork(failed) ? 'network' : 'outage'
    case 'server-error':
      return 'outage'
    case 'invalid-input':
    case 'signature':
    case 'local-io':
    case 'docker':
    case 'bug':
      return undefined
  }
}

function isPart(object: CandidateResult['failedObject']): boolean {
  return object !== undefined && object !== 'manifest' && object !== 'token'
}

// A response that no registry gives comes from something between. Only a wrong type on right bytes is the registry's own.
function causeOfProtocol({reason}: Extract<Failure, {kind: 'protocol'}>): Cause {
  return reason === 'content-type' ? 'registry' : 'interception'
}

// Several registries do not go down at once: if no connection is made to any of them, the runner's network is the likely cause.
function isNetwork(failed: readonly CandidateResult[]): boolean {
  // Behind a proxy that failed, nothing is known of a registry, not even of a single one.
  if (failed.every(({failure}) => failure?.kind === 'unreachable' && failure.reason === 'proxy')) return true
  const hosts = new Set(failed.map(({candidate}) => candidate.repository.registry))
  return hosts.size > 1 && failed.every(({failure}) => failure !== undefined && isWithoutConnection(failure))
}

function isWithoutConnection(failure: Failure): boolean {
  if (failure.kind === 'timed-out') return failure.phase === 'connect'
  return failure.kind === 'unreachable' && ['dns', 'refused', 'network', 'proxy'].includes(failure.reason)
}

// These say nothing about the image's bytes. Public mirrors lack most images.
const SAYS_NOTHING: readonly Failure['kind'][] = [
  'unreachable',
  'timed-out',
  'throttled',
  'server-error',
  'unauthorized',
  'denied',
  'not-found'
]

function isEverywhere(failed: readonly CandidateResult[], isSame: (failure: Failure) => boolean): boolean {
  const served = failed.flatMap(({failure}) =>
    failure === undefined || SAYS_NOTHING.includes(failure.kind) ? [] : [failure]
  )
  return served.length > 1 && served.every(isSame)
}

// No registry encodes what was requested without encoding. Right bytes are right all the same, so only wrong ones get here. An attempt
// that continues complete bytes requests nothing.
function isEncoded({attempts, failedObject}: CandidateResult): boolean {
  const exchanges = attempts.filter(({object}) => object === failedObject).flatMap(attempt => attempt.exchanges)
  return exchanges.at(-1)?.isEncoded === true
}

function isCutAtTheSamePlace(result: CandidateResult): boolean {
  const cuts = result.attempts.flatMap(({failure}) => (failure?.kind === 'truncated' ? [failure.gotBytes] : []))
  return cuts.length > 1 && new Set(cuts).size === 1
}

function causeOfCorrupt(
  result: CandidateResult,
  failure: Extract<Failure, {kind: 'corrupt'}>,
  failed: readonly CandidateResult[]
): Cause {
  const isSame = (other: Failure): boolean =>
    other.kind === 'corrupt' && other.wanted === failure.wanted && other.got === failure.got && other.gotBytes > 0

  if (quotesHtml(failure.firstBytes) || isEncoded(result)) return 'interception'
  if (isEverywhere(failed, isSame)) return 'publisher'
  const sameObject = corruptions(result).filter(({wanted}) => wanted === failure.wanted)
  return new Set(sameObject.map(({got}) => got)).size > 1 ? 'transit' : 'registry'
}

/** The corrupt data that a registry served, in order. */
export function corruptions(result: CandidateResult): readonly Extract<Failure, {kind: 'corrupt'}>[] {
  return result.attempts.flatMap(({failure}) => (failure?.kind === 'corrupt' ? [failure] : []))
}
