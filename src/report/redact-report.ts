// Removes secrets from the texts of a report. Texts are redacted before they become JSON or Markdown, so that a mask breaks neither.
// Fixed words of this action stay as report.schema.json has them.

import type {Report} from './report-document.ts'

export function redactReport(report: Report, redact: (text: string) => string): Report {
  return redactDocument(report, redact)
}

/** The same for the report of another action of this repository. */
export function redactDocument<T>(document: T, redact: (text: string) => string): T {
  return redactValue(document, '', redact) as T
}

// Keys whose values are fixed words, digests, or times, and never text from outside.
const CLOSED = new Set([
  ...[
    'action',
    'startedAt',
    'outcome',
    'kind',
    'reason',
    'phase',
    'credentials',
    'object',
    'failedObject',
    'role',
    'verified'
  ],
  ...['cause', 'decidedBy', 'source', 'mode', 'change'],
  // Of an audit.
  ...['severity', 'fingerprint', 'since', 'verdict', 'failOn']
])

const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/

function redactValue(value: unknown, key: string, redact: (text: string) => string): unknown {
  if (CLOSED.has(key)) return value
  if (typeof value === 'string') return DIGEST.test(value) ? value : redact(value)
  if (Array.isArray(value)) return value.map(item => redactValue(item, key, redact))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, redactValue(item, name, redact)]))
}
