// What each registry did for one image, as a table, and what public status pages say of those that failed.
// Knows no image's fate: a fallback's registries are told of in the same words.

import {code, prose, table} from './markdown.ts'
import type {ImageReport, RegistryReport} from '../report/report-document.ts'
import {formatDuration} from '../failure/format.ts'

/** One row for each registry, in the order in which they were to be asked. */
export function registryTable({registries}: ImageReport): string {
  return table(
    ['registry', 'what it did', 'tries', 'time'],
    registries.map(({registry, role, did, attempts}) => [
      `${code(registry)}${role === 'primary' ? '' : role === 'mirror' ? ' (mirror)' : ' (public mirror)'}`,
      prose(did),
      String(attempts.length),
      attempts.length === 0 ? '-' : formatDuration(spanOf(attempts))
    ])
  )
}

function spanOf(attempts: RegistryReport['attempts']): number {
  return (
    Math.max(...attempts.map(({startedMs, elapsedMs}) => startedMs + elapsedMs)) -
    Math.min(...attempts.map(({startedMs}) => startedMs))
  )
}

/** Each page once, though several registries may have the same. Empty when none says anything. */
export function renderHints({registries}: ImageReport): string {
  const words = new Map(
    registries.flatMap(({statusPage}) => (statusPage === undefined ? [] : [[statusPage.page, statusPage] as const]))
  )
  return [...words.values()]
    .map(({page, says, at}) => `- Hint: ${code(page)} says: ${prose(says)}${at === undefined ? '' : ` (${prose(at)})`}`)
    .join('\n')
}
