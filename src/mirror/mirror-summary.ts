// Renders the job summary of the action `mirror`: a table of what was sent to where, and what to do about a failure.
// Pure. Every text from outside passes markdown.ts.

import {inputHeadline} from '../report/wording.ts'
import {formatBytes, formatCount, formatDuration} from '../failure/format.ts'
import {needsAttention} from '../summary/image-table.ts'
import {code, prose, table} from '../summary/markdown.ts'
import {renderSignatureProblem, renderSignatures} from '../summary/signature-table.ts'
import {renderImageDetails} from '../summary/summary.ts'
import {describeRunFailure, isDone} from './mirror-lines.ts'
import type {MirroredImageReport, MirrorReport, TargetReport} from './mirror-report-document.ts'

const MAX_ROWS = 200
const MAX_SECTIONS = 10

export function renderMirrorSummary(report: MirrorReport): string {
  const {images, inputFaults, failure} = report
  const parts = [
    `### ${signOf(report)} verified-image mirror: ${headline(report)}`,
    inputFaults.length === 0
      ? ''
      : inputFaults.map(({input, written, rule}) => `- ${code(input)} ${code(written)}: ${prose(rule)}`).join('\n'),
    failure === undefined || inputFaults.length > 0 ? '' : prose(describeRunFailure(failure), 1000),
    images.length === 0 ? '' : renderTable(images),
    renderSignatures(images.flatMap(({source}) => source ?? [])),
    renderFailures(images),
    ...renderSources(report),
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
  const count = (wanted: MirroredImageReport['outcome']): number =>
    images.filter(image => image.outcome === wanted).length
  const all = formatCount(images.length, 'image')
  if (outcome === 'cancelled') return `canceled: ${String(count('copied'))} of ${all} copied`
  if (images.length === 0) return outcome === 'failed' ? 'failed before anything was copied' : 'no image to copy'
  if (outcome === 'planned') {
    const planned = images.filter(({targets}) => targets.some(target => target.outcome === 'planned')).length
    return planned === 0
      ? `nothing to copy: ${all} up to date at the mirror`
      : `${String(planned)} of ${all} would be copied`
  }
  const failed = count('failed')
  return failed === 0 ? `${all} up to date at the mirror` : `${String(failed)} of ${all} not copied`
}

function renderTable(images: readonly MirroredImageReport[]): string {
  const rows = images.flatMap(image =>
    image.targets.length === 0
      ? [[code(image.image), '', isDone(image) ? OUTCOMES.failed : '⏹️ not reached', '', '', '', '']]
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
  const {blobs, bytes, attachments, outcome, formerTag} = target
  const mounted = blobs === undefined || blobs.mounted === 0 ? '' : ` + ${String(blobs.mounted)} mounted`
  const former = formerTag === undefined ? '' : `; the tag moved, and its former digest is at ${code(formerTag)}`
  return [
    code(image),
    code(target.target),
    `${OUTCOMES[outcome]}${former}`,
    blobs === undefined ? '' : `${String(blobs.sent)}${mounted}`,
    blobs === undefined ? '' : String(blobs.present),
    bytes === undefined ? '' : formatBytes(bytes),
    attachments === undefined ? '' : String(attachments)
  ]
}

function renderFailures(images: readonly MirroredImageReport[]): string {
  const lines = images.flatMap(({image, targets, failure, advice = '', source}) => {
    if (failure !== undefined) return [`- ${code(image)}: ${prose(failure.message, 1000)}. ${prose(advice, 1000)}`]
    // The section of the image has the cause and the fix.
    if (source?.failure?.kind === 'signature')
      return [`- ${code(image)} is not signed as required (${source.failure.problem}), so nothing of it was copied.`]
    if (source?.outcome === 'failed') return [`- ${code(image)} could not be verified, so nothing of it was copied.`]
    return targets.flatMap(target =>
      target.failure === undefined
        ? []
        : [`- ${code(target.target)}: ${prose(target.failure.message, 1000)}. ${prose(target.advice ?? '', 1000)}`]
    )
  })
  return lines.length === 0 ? '' : ['**What to do**', '', ...lines.slice(0, MAX_ROWS)].join('\n')
}

/** One section for each image whose source needs attention: it could not be verified, or a mirror had to serve it. */
function renderSources({images, startedAt}: MirrorReport): readonly string[] {
  const sections = images.flatMap(({image, source}) =>
    source === undefined || !(needsAttention(source) || renderSignatureProblem(source).length > 0)
      ? []
      : [`#### ${code(image)}\n\n${renderImageDetails(source, startedAt)}`]
  )
  const left = sections.length - MAX_SECTIONS
  return [
    ...sections.slice(0, MAX_SECTIONS),
    left > 0 ? `*${formatCount(left, 'more image')} needed attention: see the report.*` : ''
  ]
}

function renderWarnings({warnings}: MirrorReport): string {
  return warnings.length === 0
    ? ''
    : ['**Warnings**', '', ...warnings.slice(0, MAX_ROWS).map(text => `- ${prose(text, 1000)}`)].join('\n')
}
