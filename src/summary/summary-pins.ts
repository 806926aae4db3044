// The job summary's words for what was pinned: older tags that stand in, tags that moved, what became of the lock file, advice.
// Like summary.ts, it only renders, and what somebody else wrote passes markdown.ts.

import type {Digest} from '../oci/digest.ts'
import {code, prose, table} from './markdown.ts'
import type {ImageReport, Report} from '../report/report-document.ts'
import {registryTable} from './registry-table.ts'

const MAX_ROWS = 100

/** The image, and each older tag that was tried in its place. */
export function withFallbacks(images: readonly ImageReport[]): readonly ImageReport[] {
  return images.flatMap(image => [image, ...(image.fallbacks ?? [])])
}

/** The one that stands in, when one does. */
export function fallbackInReport({outcome, fallbacks}: ImageReport): ImageReport | undefined {
  return outcome === 'verified' ? fallbacks?.at(-1) : undefined
}

/** Stands above everything else: who goes on with another version has to know. */
export function renderFallbackWarnings({images}: Report): string {
  const lines = images.flatMap(image => {
    const standIn = fallbackInReport(image)
    return standIn === undefined
      ? []
      : [
          `- ⚠️ **This is not ${code(image.image)}: its reference, digest and tag are those of the older ${code(standIn.image)}.**`
        ]
  })
  const left = lines.length - MAX_ROWS
  return [
    ...lines.slice(0, MAX_ROWS),
    ...(left > 0 ? [`- ⚠️ **And ${String(left)} more: see the report.**`] : [])
  ].join('\n')
}

/** What was tried in an image's place, each with its registries. */
export function renderFallbacks(image: ImageReport): readonly string[] {
  return (image.fallbacks ?? []).flatMap(fallback => [
    `${code(fallback.image)} was tried in its place${fallback === fallbackInReport(image) ? ' and stands in' : ', and could not be had'}:`,
    registryTable(fallback)
  ])
}

/** Both digests in full, since whoever looks into it needs them. */
export function renderMovedTag({moved, locked, digest}: ImageReport): readonly string[] {
  if (moved === undefined) return []
  const known = locked ?? digest
  const before =
    known === undefined
      ? ''
      : ` The lock file says that it is ${digestPhrase(known, moved.lockedCreated)}, and that counts.`
  return [`At ${code(moved.registry)} the tag is now ${digestPhrase(moved.digest, moved.created)}.${before}`]
}

function digestPhrase(digest: Digest, created: string | undefined): string {
  return created === undefined ? code(digest) : `${code(digest)}, made ${code(created)}`
}

/** Empty when no lock file was to be renewed. */
export function renderLockChanges({lock}: Report): string {
  if (lock?.mode !== 'update') return ''
  const {file, changes} = lock
  const told = changes.filter(({change}) => change !== 'unchanged')
  const same = changes.length - told.length
  const title = `#### Lock file ${code(file)}`
  if (told.length === 0)
    return `${title}\n\n${same === 0 ? 'Nothing was written to it.' : 'Everything in it is as it was.'}`
  const left = told.length - MAX_ROWS
  const rows = told
    .slice(0, MAX_ROWS)
    .map(({name, change, from, to}) => [
      code(name),
      change === 'extended' ? 'has another platform' : change,
      from === undefined ? '-' : code(from),
      code(to)
    ])
  return [
    `${title}\n\nLook at the change before you commit it.`,
    table(['image', 'change', 'was', 'is now'], rows),
    ...(left > 0 ? [`*${String(left)} more: see the report.*`] : []),
    ...(same > 0 ? [`${String(same)} more ${same === 1 ? 'is' : 'are'} as before.`] : [])
  ].join('\n\n')
}

/** What would make the next run safer; the last that is said. */
export function renderAdvice({advice = []}: Report): string {
  return advice
    .slice(0, MAX_ROWS)
    .map(text => `- ${prose(text, 2000)}`)
    .join('\n')
}
