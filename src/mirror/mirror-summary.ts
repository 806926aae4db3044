// Renders the job summary of the action `mirror`: a table of what was sent to where, and what to do about a failure.
// Pure. Every text from outside passes markdown.ts.

import {inputHeadline} from '../report/wording.ts'
import {formatBytes, formatDuration} from '../failure/format.ts'
import {code, prose, table} from '../summary/markdown.ts'
import {renderSignatureProblem, renderSignatures} from '../summary/signature-table.ts'
import type {MirroredImageReport, MirrorReport, TargetReport} from './mirror-report.ts'

const MAX_ROWS = 200
const MAX_SECTIONS = 10

export function renderMirrorSummary(report: MirrorReport): string {
  const {images, inputFaults, failure} = report
  const parts = [
    `### ${signOf(report)} verified-image mirror: ${headline(report)}`,
    inputFaults.length === 0
      ? ''
      : inputFaults.map(({input, written, rule}) => `- ${code(input)} ${code(written)}: ${prose(rule)}`).join('\n'),
    failure === undefined || inputFaults.length > 0 ? '' : prose(failure.message),
    images.length === 0 ? '' : renderTable(images),
    renderSignatures(images.flatMap(({source}) => source ?? [])),
    renderFailures(images),
    ...renderUnsigned(images),
    renderWarnings(report)
  ]
  const seconds = formatDuration(report.elapsedMs)
  return `${parts.filter(part => part !== '').join('\n\n')}\n\n<sub>verified-image ${report.action.version}, ${seconds}</sub>\n`
}

function signOf({outcome, warnings}: MirrorReport): string {
  if (outcome === 'cancelled') return '🚫'
  if (outcome === 'failed') return '❌'
  return warnings.length > 0 ? '⚠️' : '✅'
}

function headline({outcome, images, inputFaults}: MirrorReport): string {
  if (inputFaults.length > 0) return inputHeadline(inputFaults)
  const failed = images.filter(image => image.outcome === 'failed').length
  const all = `${String(images.length)} ${images.length === 1 ? 'image' : 'images'}`
  if (outcome === 'cancelled') return 'canceled before everything was copied'
  if (outcome === 'planned') return `${all} would be copied`
  if (images.length === 0) return 'failed'
  return failed === 0 ? `${all} up to date at the mirror` : `${String(failed)} of ${all} not copied`
}

function renderTable(images: readonly MirroredImageReport[]): string {
  const rows = images.flatMap(image =>
    image.targets.length === 0
      ? [[code(image.image), '', OUTCOMES.failed, '', '', '', '']]
      : image.targets.map(target => rowOf(image, target))
  )
  const head = ['Image', 'Target', 'Result', 'Sent', 'Present', 'Bytes', 'Attachments']
  const more = rows.length - MAX_ROWS
  return table(head, rows.slice(0, MAX_ROWS)) + (more > 0 ? `\n\n*${String(more)} more rows: see the report.*` : '')
}

const OUTCOMES: Readonly<Record<TargetReport['outcome'], string>> = {
  copied: '✅ copied',
  present: '✅ up to date',
  planned: '📝 planned',
  failed: '❌ failed'
}

function rowOf({image}: MirroredImageReport, target: TargetReport): readonly string[] {
  const {blobs, bytes, attachments, outcome} = target
  const mounted = blobs === undefined || blobs.mounted === 0 ? '' : ` + ${String(blobs.mounted)} mounted`
  return [
    code(image),
    code(target.target),
    OUTCOMES[outcome],
    blobs === undefined ? '' : `${String(blobs.sent)}${mounted}`,
    blobs === undefined ? '' : String(blobs.present),
    bytes === undefined ? '' : formatBytes(bytes),
    attachments === undefined ? '' : String(attachments)
  ]
}

function renderFailures(images: readonly MirroredImageReport[]): string {
  const lines = images.flatMap(({image, targets, failure, source}) => {
    if (failure !== undefined) return [`- ${code(image)}: ${prose(failure.message)}`]
    // The section about the signature has the cause and the fix.
    if (source?.failure?.kind === 'signature')
      return [`- ${code(image)} is not signed as required (${source.failure.problem}), so nothing of it was copied.`]
    if (source?.outcome === 'failed') {
      const advice = source.diagnosis === undefined ? '' : ` ${prose(source.diagnosis.advice)}`
      return [`- ${code(image)} could not be verified, so nothing of it was copied.${advice}`]
    }
    return targets.flatMap(target =>
      target.failure === undefined
        ? []
        : [`- ${code(target.target)}: ${prose(target.failure.message)}. ${prose(target.advice ?? '', 1000)}`]
    )
  })
  return lines.length === 0 ? '' : ['**What to do**', '', ...lines.slice(0, MAX_ROWS)].join('\n')
}

/** One section for each image that lacks the required signature: what was found where. */
function renderUnsigned(images: readonly MirroredImageReport[]): readonly string[] {
  const sections = images.flatMap(({image, source}) => {
    const parts = source === undefined ? [] : renderSignatureProblem(source)
    return parts.length === 0 ? [] : [[`#### ${code(image)}`, ...parts].join('\n\n')]
  })
  const left = sections.length - MAX_SECTIONS
  return [...sections.slice(0, MAX_SECTIONS), left > 0 ? `*${String(left)} more: see the report.*` : '']
}

function renderWarnings({warnings}: MirrorReport): string {
  return warnings.length === 0
    ? ''
    : warnings
        .slice(0, MAX_ROWS)
        .map(text => `- ⚠️ ${prose(text)}`)
        .join('\n')
}
