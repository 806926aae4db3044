// Renders the job summary: what happened, whether to act, the cause, what each registry returned, and the evidence.
// Pure. Every text from outside passes markdown.ts.

import {linkToCause} from '../report/advice.ts'
import type {ImageReport, Report} from '../report/report-document.ts'
import {causeSentence, imageSentence, inputHeadline} from '../report/wording.ts'
import {renderEvidence} from './evidence.ts'
import {renderImages, needsAttention} from './image-table.ts'
import {block, code, collapsible, prose, table} from './markdown.ts'
import {renderHints, registryTable} from './registry-table.ts'
import {renderAttempts} from './attempts-table.ts'
import {
  fallbackInReport,
  renderAdvice,
  renderFallbacks,
  renderFallbackWarnings,
  renderLockChanges,
  renderMovedTag,
  withFallbacks
} from './summary-pins.ts'
import {renderSignatureProblem, renderSignatures} from './signature-table.ts'
import {renderTimeline} from './timeline.ts'
import {formatCount, formatDuration} from '../failure/format.ts'

// GitHub accepts 1 MiB per step, and shows nothing of a larger summary. Masks may make the text longer.
const MAX_BYTES = 400_000

const MAX_ROWS = 100
const MAX_SECTIONS = 10

/** Renders the whole summary, well below the size that GitHub accepts. */
export function renderSummary(report: Report): string {
  const parts = [
    renderHeadline(report),
    renderFailure(report),
    renderFallbackWarnings(report),
    renderInputIssues(report),
    renderImages(report),
    renderSignatures(report.images),
    ...imageSections(report),
    renderLockChanges(report),
    renderWarnings(report),
    ...renderCourse(report),
    renderAdvice(report)
  ].filter(part => part !== '')
  return `${fitToSize(parts, MAX_BYTES).join('\n\n')}\n\n${renderFooter(report)}\n`
}

/** Keeps the parts that fit, in order, and says how many were left out. */
function fitToSize(parts: readonly string[], most: number): readonly string[] {
  const included: string[] = []
  let bytes = 0
  for (const part of parts) {
    const more = Buffer.byteLength(part) + 2
    if (bytes + more > most) continue
    bytes += more
    included.push(part)
  }
  const left = parts.length - included.length
  return left === 0
    ? included
    : [...included, `*${formatCount(left, 'part')} of this summary did not fit: see the report.*`]
}

function renderHeadline(report: Report): string {
  const {outcome, images, failure, inputFaults} = report
  const [only, ...others] = images
  if (inputFaults.length > 0) return heading('❌', inputHeadline(inputFaults), 'Nothing was downloaded.')
  if (only === undefined) return heading('❌', 'failed', prose(failure?.message ?? 'Nothing was verified.'))
  const name = others.length === 0 ? code(only.image) : formatCount(images.length, 'image')
  if (outcome === 'cancelled') return heading('🚫', name, 'The job was canceled before everything was verified.')
  const sign = outcome === 'failed' ? '❌' : images.some(needsAttention) ? '⚠️' : '✅'
  return heading(sign, name, others.length === 0 ? imageSentence(only, text => code(text)) : describeRun(images))
}

function heading(sign: string, subject: string, sentence: string): string {
  return `### ${sign} verified-image: ${subject}\n\n**${sentence}**`
}

function describeRun(images: readonly ImageReport[]): string {
  const failed = images.filter(({outcome}) => outcome === 'failed').length
  const mirrored = images.filter(image => image.outcome === 'verified' && image.source === 'mirror').length
  const fallbacks = images.filter(image => fallbackInReport(image) !== undefined).length
  const details =
    (mirrored === 0 ? '' : `, ${String(mirrored)} from a mirror`) +
    (fallbacks === 0 ? '' : `, ${String(fallbacks)} with a fallback tag`)
  if (failed === 0) return `All ${formatCount(images.length, 'image')} verified${details}.`
  return `${String(failed)} of ${formatCount(images.length, 'image')} could not be verified. ${String(images.length - failed)} verified${details}.`
}

/** What ended the run on this machine, beside what registries did. */
function renderFailure({failure, inputFaults, images}: Report): string {
  return failure === undefined || inputFaults.length > 0 || images.length === 0 ? '' : prose(failure.message, 1000)
}

function renderInputIssues({inputFaults}: Report): string {
  if (inputFaults.length === 0) return ''
  const rows = inputFaults
    .slice(0, MAX_ROWS)
    .map(({input, written, rule, example, place}) => [
      code(input),
      written === '' ? '-' : code(written),
      `${place === undefined ? '' : `${code(`${place.file}:${String(place.line)}`)} `}${prose(rule)}`,
      code(example)
    ])
  const left = inputFaults.length - rows.length
  return (
    table(['Input', 'Value', 'Problem', 'Example'], rows) +
    (left > 0 ? `\n\n*${String(left)} more: see the report.*` : '')
  )
}

/** One section for each image that needs attention; images that failed come first. */
function imageSections({images, startedAt}: Report): readonly string[] {
  const ordered = images
    .filter(needsAttention)
    .toSorted((a, b) => Number(a.outcome !== 'failed') - Number(b.outcome !== 'failed'))
  const left = ordered.length - MAX_SECTIONS
  return [
    ...ordered.slice(0, MAX_SECTIONS).map(image => imageSection(image, startedAt, images.length === 1)),
    left > 0 ? `*${formatCount(left, 'more image')} needed attention: see the report.*` : ''
  ]
}

function imageSection(image: ImageReport, startedAt: string, isOnly: boolean): string {
  return [
    ...(isOnly ? [] : [`#### ${code(image.image)}`, imageSentence(image, name => code(name))]),
    ...renderSignatureProblem(image),
    ...renderDiagnosis(image),
    renderHints(image),
    ...renderMovedTag(image),
    registryTable(image),
    ...renderFallbacks(image),
    ...renderEvidence(image, startedAt)
  ]
    .filter(part => part !== '')
    .join('\n\n')
}

function renderDiagnosis({diagnosis, outcome}: ImageReport): readonly string[] {
  if (diagnosis === undefined) return []
  const {cause, advice} = diagnosis
  return [
    `${outcome === 'failed' ? '**Fix:** ' : ''}${prose(advice, 1000)}`,
    `**Cause: [${cause}](${linkToCause(cause)}).** ${causeSentence(diagnosis, name => code(name))}`
  ]
}

// A warning of an image is in its section.
function renderWarnings({warnings, images}: Report): string {
  const known = new Set(images.map(({warning}) => warning))
  return warnings
    .filter(text => !known.has(text))
    .slice(0, MAX_ROWS)
    .map(text => `- ⚠️ ${prose(text, 1000)}`)
    .join('\n')
}

/** The timeline and all attempts, if something failed. A tag that moved did not. */
function renderCourse(report: Report): readonly string[] {
  const isTroubled = withFallbacks(report.images).some(({registries}) =>
    registries.some(({attempts}) =>
      attempts.some(({failure}) => failure !== undefined && failure.kind !== 'digest-disagrees')
    )
  )
  if (!isTroubled) return []
  const timeline = renderTimeline(report)
  if (timeline === undefined) return []
  const left = timeline.left === 0 ? '' : `\n\n*${formatCount(timeline.left, 'more bar')}: see the report.*`
  return [
    collapsible('Timeline', block(timeline.chart.split('\n'), 'mermaid') + left),
    renderAttempts(withFallbacks(report.images))
  ]
}

function renderFooter({action, startedAt, elapsedMs}: Report): string {
  return `<sub>${action.name} ${action.version}, ${startedAt}, ${formatDuration(elapsedMs)}. Full details: the JSON file at the <code>report</code> output.</sub>`
}
