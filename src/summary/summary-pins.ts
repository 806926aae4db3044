// The job summary's parts about pins: fallback tags, moved tags, the lock file, and advice.
// Pure. Every text from outside passes markdown.ts.

import type {Digest} from '../oci/digest.ts'
import type {ImageReport, Report} from '../report/report-document.ts'
import {code, prose, table} from './markdown.ts'
import {registryTable} from './registry-table.ts'

const MAX_ROWS = 100

/** Each image, followed by the fallback tags that were tried for it. */
export function withFallbacks(images: readonly ImageReport[]): readonly ImageReport[] {
  return images.flatMap(image => [image, ...(image.fallbacks ?? [])])
}

/** The fallback tag that is used, if one is. */
export function fallbackInReport({outcome, fallbacks}: ImageReport): ImageReport | undefined {
  return outcome === 'verified' ? fallbacks?.at(-1) : undefined
}

/** Above everything else, because the build continues with another version. */
export function renderFallbackWarnings({images}: Report): string {
  const lines = images.flatMap(image => {
    const fallback = fallbackInReport(image)
    return fallback === undefined
      ? []
      : [`- ⚠️ **The outputs of ${code(image.image)} are those of the fallback tag ${code(fallback.image)}.**`]
  })
  const left = lines.length - MAX_ROWS
  return [
    ...lines.slice(0, MAX_ROWS),
    ...(left > 0 ? [`- ⚠️ **And ${String(left)} more: see the report.**`] : [])
  ].join('\n')
}

/** Each fallback tag that was tried, with its registries. */
export function renderFallbacks(image: ImageReport): readonly string[] {
  return (image.fallbacks ?? []).flatMap(fallback => [
    `Fallback tag ${code(fallback.image)} ${fallback === fallbackInReport(image) ? 'is used' : 'is not available'}:`,
    registryTable(fallback)
  ])
}

/** Both images with full digests, which a review of the change needs. */
export function renderMovedTag({moved, locked, digest, outcome}: ImageReport): readonly string[] {
  if (moved === undefined) return []
  const known = locked ?? digest
  const use = outcome === 'verified' ? ', which was used' : ''
  return [
    `At ${code(moved.registry)}, the tag now points to ${digestPhrase(moved.digest, moved.created)}.${known === undefined ? '' : ` The lock file pins ${digestPhrase(known, moved.lockedCreated)}${use}.`}`
  ]
}

function digestPhrase(digest: Digest, created: string | undefined): string {
  return created === undefined ? code(digest) : `${code(digest)} (created ${code(created)})`
}

const CHANGES = {
  added: 'added',
  changed: 'changed',
  extended: 'new platform',
  signer: 'new signer',
  unchanged: 'unchanged'
} as const

/** Empty unless the lock file was updated. */
export function renderLockChanges({lock}: Report): string {
  if (lock?.mode !== 'update') return ''
  const {file, changes} = lock
  const changed = changes.filter(({change}) => change !== 'unchanged')
  const unchanged = changes.length - changed.length
  const title = `#### Lock file ${code(file)}`
  if (changed.length === 0)
    return `${title}\n\n${unchanged === 0 ? 'No changes were written.' : 'Everything is up to date.'}`
  const left = changed.length - MAX_ROWS
  const rows = changed
    .slice(0, MAX_ROWS)
    .map(({name, change, from, to}) => [code(name), CHANGES[change], from === undefined ? '-' : code(from), code(to)])
  return [
    `${title}\n\nReview the changes before you commit them.`,
    table(['Image', 'Change', 'Before', 'After'], rows),
    ...(left > 0 ? [`*${String(left)} more: see the report.*`] : []),
    ...(unchanged > 0 ? [`${String(unchanged)} more ${unchanged === 1 ? 'is' : 'are'} unchanged.`] : [])
  ].join('\n\n')
}

/** What makes the next run safer. */
export function renderAdvice({advice = []}: Report): string {
  return advice
    .slice(0, MAX_ROWS)
    .map(text => `- ${prose(text, 2000)}`)
    .join('\n')
}
