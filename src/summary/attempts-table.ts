// Every attempt at every registry, as a collapsed table.
// Pure.

import {formatObject} from '../failure/describe-failure.ts'
import {formatBytes, formatDuration} from '../failure/format.ts'
import {describeDifference, describeParts} from '../report/describe-candidate.ts'
import type {AttemptReport, ImageReport} from '../report/report-document.ts'
import {code, collapsible, prose, table} from './markdown.ts'

const MAX_ATTEMPTS = 300

const HEAD = ['Registry', 'Object', 'Result', 'Status', 'Host', 'Size', 'Time'] as const

/** Empty if there were no attempts. */
export function renderAttempts(images: readonly Omit<ImageReport, 'warning'>[]): string {
  const isSingle = images.length === 1
  const rows = images.flatMap(({image, registries}) =>
    registries.flatMap(({registry, attempts}) =>
      attempts.map(attempt => [...(isSingle ? [] : [code(image)]), code(registry), ...cellsOf(attempt)])
    )
  )
  if (rows.length === 0) return ''
  const left = rows.length - MAX_ATTEMPTS
  return collapsible(
    `All attempts (${String(rows.length)})`,
    table(isSingle ? HEAD : ['Image', ...HEAD], rows.slice(0, MAX_ATTEMPTS)) +
      (left > 0 ? `\n\n*${String(left)} more attempts: see the report.*` : '')
  )
}

function cellsOf(attempt: AttemptReport): readonly string[] {
  const {object, failedObject, exchanges, bytes, elapsedMs, waitedMs} = attempt
  const last = exchanges.at(-1)
  const waited = waitedMs > 0 ? ` after waiting ${formatDuration(waitedMs)}` : ''
  return [
    code(formatObject(failedObject ?? object)),
    prose(resultOf(attempt), 800),
    last?.status === undefined ? '-' : String(last.status),
    last === undefined ? '-' : code(last.host),
    formatBytes(bytes),
    `${formatDuration(elapsedMs)}${waited}`
  ]
}

function resultOf(attempt: AttemptReport): string {
  const {failure, outcome} = attempt
  const result = failure === undefined ? (outcome === 'aborted' ? 'canceled' : 'verified') : failure.message
  return [result, describeParts(attempt), describeDifference(attempt)].filter(text => text !== undefined).join('; ')
}
