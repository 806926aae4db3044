// The job summary of an audit: a headline, the matrix of images and registries, the findings, pull limits, and signers.
// Bounded: GitHub accepts 1 MiB per step and shows nothing of a larger summary.

import {formatSigner} from '../findings/describe-finding.ts'
import {SEVERITIES} from '../findings/finding.ts'
import {formatCount, formatDuration} from '../failure/format.ts'
import {code, collapsible, prose, table} from '../summary/markdown.ts'
import type {AuditedImageReport, AuditReport, PlaceOutcome} from './audit-document.ts'
import {renderFindings} from './finding-list.ts'

const MAX_ROWS = 1000
// A table that is wider than the page is not read.
const MAX_COLUMNS = 8
const MAX_BYTES = 400_000

/** Renders the whole summary. */
export function renderAuditSummary(report: AuditReport): string {
  const parts = [
    renderHeadline(report),
    renderInputFaults(report),
    ...renderMatrix(report.images, MAX_ROWS),
    ...renderFindings(report.findings, {mostGroups: 30, mostInGroup: 20}),
    renderSigners(report.images),
    renderLimits(report),
    ...report.warnings.slice(0, 20).map(text => `- ⚠️ ${prose(text, 1000)}`)
  ]
  return `${fit(parts.filter(part => part !== '')).join('\n\n')}\n\n${renderFooter(report)}\n`
}

function fit(parts: readonly string[]): readonly string[] {
  let bytes = 0
  const included = parts.filter(part => {
    const size = Buffer.byteLength(part) + 2
    if (bytes + size > MAX_BYTES) return false
    bytes += size
    return true
  })
  const left = parts.length - included.length
  return left === 0 ? included : [...included, `*${String(left)} parts of this summary did not fit: see the report.*`]
}

function renderHeadline(report: AuditReport): string {
  return `### ${headlineSign(report)} verified-image audit: ${headlineSubject(report)}\n\n**${auditSentence(report)}**`
}

function headlineSign({outcome, findings}: AuditReport): string {
  if (outcome === 'cancelled') return '🚫'
  if (outcome === 'failed' || findings.some(({fails}) => fails)) return '❌'
  return findings.some(({severity}) => severity !== 'notice') ? '⚠️' : '✅'
}

function headlineSubject({images}: AuditReport): string {
  const [only] = images
  return only !== undefined && images.length === 1 ? code(only.image) : formatCount(images.length, 'image')
}

/** The result in one sentence or two, as Markdown without names from outside. */
export function auditSentence({outcome, failure, findings, images}: AuditReport): string {
  if (outcome === 'cancelled') return 'The job was canceled before everything was checked.'
  if (failure !== undefined) return prose(`The audit failed: ${failure.message.split('\n', 1)[0] ?? ''}`, 600)
  const ill = images.filter(({worst}) => worst === 'error' || worst === 'warning').length
  const counts = SEVERITIES.toReversed().flatMap(severity => {
    const count = findings.filter(finding => finding.severity === severity).length
    return count === 0 ? [] : [formatCount(count, severity)]
  })
  const places = images.reduce((sum, image) => sum + image.places.length, 0)
  const scope = `${formatCount(images.length, 'image')} at ${formatCount(places, 'place')}`
  if (counts.length === 0) return `Nothing was found: ${scope} checked.`
  return `${ill === 0 ? 'No image needs attention' : `${formatCount(ill, 'image')} of ${String(images.length)} ${ill === 1 ? 'needs' : 'need'} attention`}: ${counts.join(', ')}. ${scope} checked.`
}

function renderInputFaults({inputFaults}: AuditReport): string {
  if (inputFaults.length === 0) return ''
  const rows = inputFaults
    .slice(0, 50)
    .map(({input, written, rule, example}) => [
      code(input),
      written === '' ? '-' : code(written),
      prose(rule),
      code(example)
    ])
  return table(['Input', 'Value', 'Problem', 'Example'], rows)
}

const CELLS: Readonly<Record<PlaceOutcome, string>> = {
  right: '✅',
  notice: 'ℹ️',
  warning: '⚠️',
  error: '❌',
  unknown: '❔',
  absent: '➖',
  withheld: '➖',
  'not-checked': '➖'
}

/** A table of the images that need attention, the worst first, and a collapsed one of the others. */
export function renderMatrix(images: readonly AuditedImageReport[], mostRows: number): readonly string[] {
  if (images.length === 0) return []
  const rank = ({worst}: AuditedImageReport): number => (worst === undefined ? -1 : SEVERITIES.indexOf(worst))
  const ill = images.filter(image => rank(image) > 0).toSorted((a, b) => rank(b) - rank(a))
  const fine = images.filter(image => rank(image) <= 0)
  const shownIll = ill.slice(0, mostRows)
  const shownFine = fine.slice(0, mostRows - shownIll.length)
  const left = images.length - shownIll.length - shownFine.length
  const registries = registriesOf(images)
  const fineTable = shownFine.length === 0 ? '' : matrix(shownFine, registries)
  return [
    ...(shownIll.length === 0 ? [] : [matrix(shownIll, registries)]),
    ...(fineTable === ''
      ? []
      : [
          ill.length === 0 && fine.length <= 20
            ? fineTable
            : collapsible(`${formatCount(fine.length, 'image')} without a warning`, fineTable)
        ]),
    ...(left === 0 ? [] : [`*${formatCount(left, 'more image')}: see the report.*`]),
    '<sub>✅ right · ℹ️ notice · ⚠️ warning · ❌ error · ❔ no answer · ➖ not there, or not requested</sub>'
  ]
}

/** The registries of most images first. */
function registriesOf(images: readonly AuditedImageReport[]): readonly string[] {
  const counts = new Map<string, number>()
  for (const {places} of images) for (const {registry} of places) counts.set(registry, (counts.get(registry) ?? 0) + 1)
  return [...counts.keys()].toSorted((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0))
}

function matrix(images: readonly AuditedImageReport[], registries: readonly string[]): string {
  const columns = registries.slice(0, MAX_COLUMNS)
  const hasOthers = registries.length > columns.length
  const head = ['Image', ...columns.map(name => code(name)), ...(hasOthers ? ['Others'] : [])]
  const rows = images.map(image => {
    const cellOf = (isHere: (registry: string) => boolean): string => {
      const cells = image.places.filter(({registry}) => isHere(registry)).map(({outcome}) => CELLS[outcome])
      return cells.join(' ')
    }
    const others = hasOthers ? [cellOf(registry => !columns.includes(registry))] : []
    return [
      code(image.image) + (image.isPartial ? ' (partly)' : ''),
      ...columns.map(name => cellOf(found => found === name)),
      ...others
    ]
  })
  return table(head, rows)
}

/** Who signed which image, as far as signatures were looked up. */
function renderSigners(images: readonly AuditedImageReport[]): string {
  const rows = images.flatMap(({image, signatures}) =>
    signatures === undefined
      ? []
      : [
          [
            code(image),
            signatures.signers.length === 0
              ? prose(signatures.detail, 300)
              : signatures.signers
                  .slice(0, 3)
                  .map(signer => code(formatSigner(signer)))
                  .join(', '),
            signatures.rule === undefined ? 'no rule' : code(signatures.rule)
          ]
        ]
  )
  if (rows.length === 0) return ''
  return collapsible('Signatures', table(['Image', 'Signed by', 'Rule'], rows.slice(0, MAX_ROWS)))
}

function renderLimits({registries}: AuditReport): string {
  if (registries.length === 0) return ''
  const rows = registries
    .slice(0, 50)
    .map(({registry, requests, downloads, pullLimit}) => [
      code(registry),
      String(requests),
      String(downloads),
      pullLimit === undefined
        ? '-'
        : `${String(pullLimit.remaining)}${pullLimit.limit === undefined ? '' : ` of ${String(pullLimit.limit)}`} left`
    ])
  return collapsible('Requests', table(['Registry', 'Requests', 'Manifests downloaded', 'Pull limit'], rows))
}

function renderFooter({action, startedAt, elapsedMs, issue}: AuditReport): string {
  const tracked = issue === undefined ? '' : ` Tracking issue: #${String(issue.number)}.`
  return `<sub>${action.name} ${action.version}, ${startedAt}, ${formatDuration(elapsedMs)}. Full details: the JSON file at the <code>report</code> output.${tracked}</sub>`
}
