// What each registry did for one image, as a table, and what public status pages say about those that failed.
// Pure.

import {formatDuration} from '../failure/format.ts'
import type {ImageReport, RegistryReport} from '../report/report-document.ts'
import {code, prose, table} from './markdown.ts'

const ROLES: Readonly<Record<RegistryReport['role'], string>> = {
  primary: '',
  mirror: ' (mirror)',
  'public-mirror': ' (public mirror)'
}

/** One row for each registry, in the order in which they are tried. Empty if there are none. */
export function registryTable({registries}: Pick<ImageReport, 'registries'>): string {
  if (registries.length === 0) return ''
  return table(
    ['Registry', 'Result', 'Requests', 'Time'],
    registries.map(({registry, role, did, attempts}) => [
      `${code(registry)}${ROLES[role]}`,
      prose(did),
      String(
        attempts.reduce((sum, {exchanges}) => sum + exchanges.reduce((requests, {count = 1}) => requests + count, 0), 0)
      ),
      attempts.length === 0 ? '-' : formatDuration(spanOf(attempts))
    ])
  )
}

/** Each page once, though several registries may share one. Empty if no page says anything. */
export function renderHints({registries}: Pick<ImageReport, 'registries'>): string {
  const notices = new Map(
    registries.flatMap(({statusPage}) => (statusPage === undefined ? [] : [[statusPage.page, statusPage] as const]))
  )
  return [...notices.values()]
    .map(({page, says, at}) => `- Hint: ${code(page)} says: ${prose(says)}${at === undefined ? '' : ` (${prose(at)})`}`)
    .join('\n')
}

function spanOf(attempts: RegistryReport['attempts']): number {
  return (
    Math.max(...attempts.map(({startedMs, elapsedMs}) => startedMs + elapsedMs)) -
    Math.min(...attempts.map(({startedMs}) => startedMs))
  )
}
