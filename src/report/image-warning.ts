// The one warning of an image that is used: it comes from a mirror, from a fallback tag, or from a locked tag that has moved.
// The first line stands alone, because a runner's log prints no titles.

import {few} from '../failure/shorten-list.ts'
import {shortenDigests} from '../failure/format.ts'
import {linkToCause, linkToSignatures} from './advice.ts'
import type {DiagnosisReport, ImageReport, RegistryReport} from './report-document.ts'
import {imageSentence} from './wording.ts'

type Image = Omit<ImageReport, 'warning'>

/** Undefined if the primary served the requested tag. `decision` says that a mirror resolved the tag. */
export function imageWarning(image: Image, decision: string | undefined): string | undefined {
  if (image.reference === undefined && image.outcome === 'failed') return undefined
  const unsigned = signatureWarning(image)
  const isFallback = image.fallbacks !== undefined
  if (unsigned === undefined && !isFallback && image.moved === undefined && isServedByPrimary(image)) return undefined
  const details = [
    ...(unsigned ?? []),
    ...(isFallback ? [`The outputs are those of ${image.fallbacks.at(-1)?.image ?? ''}: ${image.digest ?? ''}.`] : []),
    ...registryLines(image),
    ...(image.fallbacks ?? []).flatMap(fallback => registryLines(fallback).map(line => `${fallback.image}: ${line}`)),
    ...movedTagLines(image),
    ...(decision === undefined ? [] : [decision]),
    ...statusHints(image),
    ...adviceLines(image.diagnosis)
  ]
  // A preferred mirror that served the image is what was requested.
  if (details.length === 0) return undefined
  return [imageSentence(image, name => name), ...details.map(shortenDigests)].join('\n')
}

// With `signatures: warn` the image is used.
function signatureWarning({signature}: Image): readonly string[] | undefined {
  if (signature === undefined || signature.outcome === 'signed') return undefined
  const {outcome, detail = '', advice = ''} = signature
  return [`Not signed as required: ${outcome}: ${detail}.`, `${advice} ${linkToSignatures(outcome)}`]
}

/** One line for each registry that failed or was skipped, with the names aligned. */
export function registryLines({registries, moved}: Image, isAll = false): readonly string[] {
  const shown = registries.filter(
    registry =>
      !isMovedTag(registry, moved) && (registry.failure !== undefined || (isAll && registry.outcome !== 'verified'))
  )
  const width = Math.max(0, ...shown.map(({registry}) => registry.length))
  return few(shown.map(({registry, did}) => `${registry.padEnd(width)}  ${did}`))
}

/** Compares the locked image with the one that the tag points to now. */
export function movedTagLines({moved, locked, digest}: Image): readonly string[] {
  if (moved === undefined) return []
  const line = (label: string, image: string, created: string | undefined): string =>
    `${label} ${image}${created === undefined ? '' : `  created ${created.slice(0, 10)}`}`
  return [line('locked ', locked ?? digest ?? '', moved.lockedCreated), line('current', moved.digest, moved.created)]
}

/** What public status pages say, each page once. */
export function statusHints({registries}: Image): readonly string[] {
  const notices = new Map(
    registries.flatMap(({statusPage}) => (statusPage === undefined ? [] : [[statusPage.page, statusPage] as const]))
  )
  return [...notices.values()].map(
    ({page, says, at}) => `Hint: ${page} says: ${says}${at === undefined ? '' : ` (${at})`}`
  )
}

function adviceLines(diagnosis: DiagnosisReport | undefined): readonly string[] {
  return diagnosis === undefined ? [] : [`${diagnosis.advice} ${linkToCause(diagnosis.cause)}`]
}

function isServedByPrimary({registries}: Image): boolean {
  return registries.some(
    ({role, outcome, failure}) => role === 'primary' && outcome === 'verified' && failure === undefined
  )
}

// The lines about the moved tag say it already.
function isMovedTag({role, failure}: RegistryReport, moved: Image['moved']): boolean {
  return (
    moved !== undefined && role === 'primary' && failure?.kind === 'digest-disagrees' && failure.got === moved.digest
  )
}
