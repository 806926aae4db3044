// The sentences that a reader sees first: what happened to an image, what each registry did, and what the cause means.
// Made from the report alone, so that log, annotations, and summary agree. Digests and protocol details are elsewhere.

import type {Diagnosis} from './diagnose.ts'
import {formatObject} from '../failure/describe-failure.ts'
import {type Failure} from '../failure/failure.ts'
import {formatDuration} from '../failure/format.ts'
import type {DiagnosisReport, FailureReport, ImageReport, RegistryReport} from './report-document.ts'

/** Shows a name from outside: unchanged in a log, as code in Markdown. */
export type Escape = (name: string) => string

/** Says what happened to one image; the first sentence stands alone. */
export function imageSentence(image: ImageReport, escape: Escape): string {
  if (image.outcome === 'failed') return unavailableSentence(image, escape)
  if (image.fallbacks !== undefined) return fallbackSentence(image, escape)
  if (image.moved !== undefined) return movedTagSentence(image, escape)
  const others = failedRegistries(image, escape)
  const name = escape(image.image)
  const from = sourcePhrase(image, escape)
  if (image.source === 'primary') {
    const lock = image.decidedBy === 'lock' ? ' It matches the lock file.' : ''
    return `${name} was taken from ${from}. ${capital(levelPhrase(image))}.${lock}${others === '' ? '' : ` Not used: ${others}.`}`
  }
  if (others !== '')
    return `${name} was taken from ${from} because ${others}. ${capital(identityPhrase(image) + levelPhrase(image))}.`
  return `${name} was taken from ${image.source === undefined ? from : `the preferred mirror ${from}`}. ${capital(levelPhrase(image))}.`
}

/** Says what a registry did, as the predicate of a sentence: "docker.io is rate limiting this runner (HTTP 429)". */
export function failureSentence(failure: Failure | FailureReport, object?: string): string {
  switch (failure.kind) {
    case 'corrupt':
      return failure.gotBytes === 0 ? 'returned no data' : 'served data that failed verification'
    case 'truncated':
      return 'closed the connection early'
    case 'too-large':
      return 'sent more data than expected'
    case 'throttled':
      return `is rate limiting this runner (HTTP ${String(failure.status)})`
    case 'server-error':
      return `returned a server error (HTTP ${String(failure.status)})`
    case 'unreachable':
      return unreachableSentence(failure.reason)
    case 'timed-out':
      return timeoutSentence(failure.phase)
    case 'unauthorized':
    case 'denied':
      return `${accessSentence(failure)} (HTTP ${String(failure.status)})`
    case 'not-found':
      return `does not have ${object === undefined || object === 'manifest' ? 'the image' : objectPhrase(object)} (HTTP ${String(failure.status)})`
    case 'protocol':
      return failure.isHtml ? 'returned a web page' : 'returned an invalid response'
    case 'unusable':
      return 'has an image that cannot be used'
    case 'platform-missing':
      return `has no image for ${failure.wanted}`
    case 'digest-disagrees':
      return 'has a different image under this tag'
    case 'invalid-input':
    case 'signature':
    case 'local-io':
    case 'docker':
    case 'bug':
      return 'could not be queried'
  }
}

/** Explains a cause in one sentence that names the registry. */
export function causeSentence({cause, evidence}: DiagnosisReport | Diagnosis, escape: Escape): string {
  const registry = escape(evidence.registry)
  switch (cause) {
    case 'publisher':
      return 'The published image cannot be used.'
    case 'registry':
      if (evidence.gotDigests.length > 0) return `${registry} serves corrupt data for this image.`
      return evidence.status === 404
        ? `${registry} has lost a part of this image.`
        : `${registry} serves this image incorrectly.`
    case 'transit':
      return `Data from ${registry} arrives damaged, each time differently.`
    case 'interception':
      return `A proxy or captive portal may answer in place of ${registry}.`
    case 'throttling':
      return `${registry} is rate limiting this runner.${limitSentence(evidence.rateLimit, escape)}`
    case 'access':
      return `${registry} denies access to the image.`
    case 'missing':
      return `${registry} does not have this container image.`
    case 'outage':
      return `${registry} is down or unreachable.`
    case 'network':
      return 'This runner cannot connect to the registry.'
    case 'tag-moved':
      return `The tag points to a different image at ${registry}.`
  }
}

// `the config`, but `layer 2`.
function objectPhrase(object: string): string {
  const name = formatObject(object)
  return /\d$/.test(name) ? name : `the ${name}`
}

function unreachableSentence(reason: Extract<Failure, {kind: 'unreachable'}>['reason']): string {
  switch (reason) {
    case 'dns':
      return 'could not be found (DNS lookup failed)'
    case 'tls-identity':
      return 'failed the TLS certificate check'
    case 'tls':
      return 'failed the TLS handshake'
    case 'proxy':
      return 'could not be reached through the proxy'
    case 'not-http':
      return 'did not respond with HTTP'
    case 'refused':
      return 'refused the connection'
    case 'reset':
    case 'network':
      return 'could not be reached'
  }
}

function accessSentence({kind, credentials}: {readonly kind: string; readonly credentials: string}): string {
  if (credentials === 'refused') return 'rejected the credentials'
  return kind === 'denied' ? 'denied access' : 'requires authentication'
}

function timeoutSentence(phase: Extract<Failure, {kind: 'timed-out'}>['phase']): string {
  if (phase === 'everything') return 'did not finish in time'
  return phase === 'headers' || phase === 'connect' ? 'did not respond in time' : 'was too slow'
}

// Docker Hub's headers: `100;w=21600` is a count and the seconds that it counts in. Any registry can send them, so only counts are
// shown, and the source is escaped.
function limitSentence(rateLimit: Readonly<Record<string, string>> | undefined, escape: Escape): string {
  const left = countIn(rateLimit?.['ratelimit-remaining'])
  if (left === undefined) return ''
  const most = countIn(rateLimit?.['ratelimit-limit'])
  const source = rateLimit?.['docker-ratelimit-source']
  return ` ${left}${most === undefined ? '' : ` of ${most}`} pulls left${source === undefined ? '' : ` for ${escape(source)}`}.`
}

function countIn(header: string | undefined): string | undefined {
  return /^(\d{1,12})(?:;|$)/.exec(header ?? '')?.[1]
}

function levelPhrase({verified}: ImageReport): string {
  if (verified === 'full' || verified === 'layers') return 'every byte verified'
  return verified === 'config'
    ? 'manifest and config verified, layers not checked'
    : 'manifest verified, layers not checked'
}

/** Says that the bytes are those that the primary would serve, where that is known. */
function identityPhrase({decidedBy}: ImageReport): string {
  if (decidedBy === 'mirror') return ''
  return decidedBy === 'lock' ? 'same digest as in the lock file; ' : 'same digest; '
}

// Only for words of this file: a registry's name keeps its case.
export function capital(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}

function sourcePhrase({registry}: ImageReport, escape: Escape): string {
  return registry === undefined ? "this runner's cache" : escape(registry)
}

// After these, no other registry is tried, and requests to others are aborted.
const FINAL: readonly FailureReport['kind'][] = ['unusable', 'platform-missing', 'local-io', 'docker', 'bug']

/** Whether the job was canceled while the image was requested. */
export function isCanceled({outcome, platforms, registries}: ImageReport): boolean {
  return (
    outcome === 'failed' &&
    platforms.length === 0 &&
    registries.some(registry => registry.outcome === 'aborted') &&
    registries.every(({failure}) => failure === undefined || !FINAL.includes(failure.kind))
  )
}

function unavailableSentence(image: ImageReport, escape: Escape): string {
  const {failure, decidedBy, platforms, registries, moved} = image
  const name = escape(image.image)
  if (failure?.kind === 'timed-out')
    return `Could not verify ${name} in time: the step is limited to ${formatDuration(failure.limit.afterMs)} (input ${failure.limit.input}).`
  if (failure?.kind === 'signature') return `Could not verify ${name}: ${failure.problem}.`
  if (failure !== undefined) return `Could not verify ${name}: ${escape(failure.message.replace(/[.?!]$/, ''))}.`
  if (isCanceled(image)) return `Canceled before ${name} was verified.`
  if (platforms.length > 0) return `Verified ${name}, but did not export it: load and layout export all images or none.`
  const failed = registries.filter(registry => registry.failure !== undefined)
  const fallbacks = image.fallbacks === undefined ? '' : ' No fallback tag is available either.'
  if (moved !== undefined)
    return `Could not verify ${name}: no registry has the image in the lock file, and the tag now points to a different one.${fallbacks}`
  const [only] = failed
  if (failed.length === 1 && only?.failure?.kind === 'unusable')
    return `Could not verify ${name}: ${escape(only.did.replace(/[.?!]$/, ''))}.${fallbacks}`
  if (failed.length === 1) return `Could not verify ${name}: ${failedRegistries(image, escape)}.${fallbacks}`
  const what = decidedBy === 'lock' ? 'a valid copy of the locked image' : 'a valid copy'
  return `Could not verify ${name}: no registry returned ${what}.${fallbacks}`
}

function fallbackSentence(image: ImageReport, escape: Escape): string {
  const used = image.fallbacks?.at(-1)?.image ?? ''
  const others = failedRegistries(image, escape)
  return `Used fallback tag ${escape(used)} instead of ${escape(image.image)}${others === '' ? '' : ` because ${others}`}. Taken from ${sourcePhrase(image, escape)}; ${levelPhrase(image)}.`
}

function movedTagSentence(image: ImageReport, escape: Escape): string {
  const {registries, moved, source} = image
  const at = escape(moved?.registry ?? '')
  const isGone = registries.some(({role, failure}) => role === 'primary' && failure?.kind === 'digest-disagrees')
  const others = failedRegistries(image, escape)
  return [
    `${escape(image.image)} points to a different image at ${at} than in the lock file. The locked image was used.`,
    ...(isGone ? [`${at} no longer has the locked image.`] : []),
    ...(source === 'primary' ? [] : [`It was taken from ${sourcePhrase(image, escape)}.`]),
    `${capital(levelPhrase(image))}.`,
    ...(others === '' ? [] : [`Not used: ${others}.`])
  ].join(' ')
}

/** Says what the failed registries did: "docker.io and ghcr.io could not be reached". A moved tag has a sentence of its own. */
function failedRegistries(image: ImageReport, escape: Escape): string {
  const {registries, moved, outcome} = image
  const names = new Map<string, string[]>()
  for (const registry of registries) {
    const {role, failure, object} = registry
    const isMovedTag = moved !== undefined && outcome === 'verified' && role === 'primary'
    if (failure === undefined || (isMovedTag && failure.kind === 'digest-disagrees')) continue
    const sentence = isCorruptAtRest(image, registry)
      ? `served a corrupt ${formatObject(object ?? 'image')}`
      : failureSentence(failure, object)
    names.set(sentence, [...(names.get(sentence) ?? []), escape(registry.registry)])
  }
  return joinWords(
    [...names].map(([sentence, subjects]) => `${joinWords(subjects)} ${plural(sentence, subjects.length)}`)
  )
}

// The only present-tense verbs of failureSentence.
function plural(sentence: string, subjects: number): string {
  if (subjects < 2) return sentence
  return sentence.replace(/^(?:is|does|has|requires)\b/, verb => PLURALS[verb] ?? verb)
}

const PLURALS: Readonly<Record<string, string>> = {is: 'are', does: 'do', has: 'have', requires: 'require'}

function joinWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`
}

// Only the cause tells whether the registry or the network corrupted the data.
function isCorruptAtRest({diagnosis}: ImageReport, {registry, failure}: RegistryReport): boolean {
  const isCorrupt = failure?.kind === 'corrupt' && failure.gotBytes > 0
  return isCorrupt && diagnosis?.cause === 'registry' && diagnosis.evidence.registry === registry
}

/** Counts invalid inputs. An image that the lock file lacks is a valid input, so the lock file is named instead. */
export function inputHeadline(faults: readonly {readonly example: string}[]): string {
  if (faults.every(({example}) => example === 'lock: update')) return 'The lock file does not match'
  return faults.length === 1 ? '1 invalid input' : `${String(faults.length)} invalid inputs`
}
