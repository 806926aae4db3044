// The job summary: what is used and why, first for whoever looks at a red build, then for whoever has to mend it.
// Pure: a Report becomes Markdown. Everything in it that somebody else wrote passes markdown.ts.

import type {ImageReport, Report} from '../report/report-document.ts'
import {block, code, collapsible, oneLine, prose, table} from './markdown.ts'
import {causeSentence, imageSentence} from '../report/wording.ts'
import {
  renderAdvice,
  renderFallbacks,
  renderLockChanges,
  renderMovedTag,
  renderFallbackWarnings,
  fallbackInReport,
  withFallbacks
} from './summary-pins.ts'
import {renderHints, registryTable} from './registry-table.ts'
import {renderTimeline} from './timeline.ts'
import {formatBytes, formatDuration} from '../failure/format.ts'

// GitHub takes 1 MiB from a step, and shows nothing at all of a summary that is larger. This leaves room for what grows
// when it is written, and is more than anybody reads.
const MAX_BYTES = 400_000

const MAX_ROWS = 100
const MAX_SECTIONS = 10
const MAX_OPEN_IMAGES = 12
const MAX_REQUESTS = 300

/** The whole summary, well below the size that a runner takes. */
export function renderSummary(report: Report): string {
  const parts = [
    renderHeadline(report),
    renderFallbackWarnings(report),
    renderInputIssues(report),
    renderImages(report),
    ...imageSections(report),
    renderLockChanges(report),
    renderWarnings(report),
    timelineBlock(report),
    renderRequests(report),
    renderAdvice(report)
  ].filter(part => part !== '')
  return `${fitToSize(parts, MAX_BYTES).join('\n\n')}\n\n${renderFooter(report)}\n`
}

/** As many parts as there is room for, in order; what had to go is told of. */
function fitToSize(parts: readonly string[], most: number): readonly string[] {
  const kept: string[] = []
  let bytes = 0
  for (const part of parts) {
    const more = Buffer.byteLength(part) + 2
    if (bytes + more > most) continue
    bytes += more
    kept.push(part)
  }
  const left = parts.length - kept.length
  return left === 0 ? kept : [...kept, `*${count(left, 'part')} of this summary had no room here: see the report.*`]
}

function renderHeadline(report: Report): string {
  const {outcome, images, failure, inputFaults} = report
  if (outcome === 'cancelled') return heading('🚫', 'The job was called off before everything was verified.')
  if (inputFaults.length > 0) {
    const few = inputFaults.length === 1 ? 'one input is' : `${String(inputFaults.length)} inputs are`
    return heading('❌', `Nothing was fetched, because ${few} not right.`)
  }
  const [only] = images
  if (images.length === 0) return heading('❌', prose(failure?.message ?? 'nothing was done'))
  const sign = outcome === 'failed' ? '❌' : images.some(needsAttention) ? '⚠️' : '✅'
  if (images.length === 1 && only !== undefined)
    return heading(
      sign,
      imageSentence(only, name => code(name))
    )
  return heading(sign, describeRun(images))
}

function heading(sign: string, sentence: string): string {
  return `### ${sign} verified-image\n\n**${sentence}**`
}

function describeRun(images: readonly ImageReport[]): string {
  const lost = images.filter(({outcome}) => outcome === 'failed').length
  const elsewhere = images.filter(image => image.outcome === 'verified' && image.source === 'mirror').length
  const older = images.filter(image => fallbackInReport(image) !== undefined).length
  const from =
    (elsewhere === 0 ? '' : `, ${String(elsewhere)} of them from a mirror`) +
    (older === 0 ? '' : `; for ${String(older)} of them an older tag stands in`)
  if (lost === 0) return `All ${count(images.length, 'image')} are verified${from}.`
  const verified = images.length - lost
  return `${String(lost)} of ${count(images.length, 'image')} could not be had from any registry, so the step fails. ${verified === 0 ? 'None is' : `${String(verified)} ${verified === 1 ? 'is' : 'are'}`} verified${from}.`
}

function count(amount: number, noun: string): string {
  return `${String(amount)} ${noun}${amount === 1 ? '' : 's'}`
}

/** Worth more than its row in the table. */
function needsAttention({outcome, diagnosis, warning}: ImageReport): boolean {
  return outcome === 'failed' || diagnosis !== undefined || warning !== undefined
}

function renderInputIssues({inputFaults}: Report): string {
  return inputFaults.length === 0
    ? ''
    : table(
        ['input', 'written', 'why not', 'for example'],
        inputFaults.map(({input, written, rule, example}) => [code(input), code(written), prose(rule), code(example)])
      )
}

function renderImages({images}: Report): string {
  if (images.length === 0) return ''
  const ordered = [...images.filter(needsAttention), ...images.filter(image => !needsAttention(image))]
  const open = images.length <= MAX_OPEN_IMAGES ? ordered : ordered.filter(needsAttention).slice(0, MAX_OPEN_IMAGES)
  const folded = ordered.filter(image => !open.includes(image))
  const shown = folded.slice(0, MAX_ROWS)
  const rest = folded.length - shown.length
  const more = rest === 0 ? '' : `\n\n*${count(rest, 'more image')}: see the report.*`
  return [
    open.length === 0 ? '' : tableOf(open),
    shown.length === 0
      ? ''
      : collapsible(
          `${open.length === 0 ? 'All' : 'The other'} ${count(folded.length, 'image')}`,
          tableOf(shown) + more
        )
  ]
    .filter(part => part !== '')
    .join('\n\n')
}

function tableOf(images: readonly ImageReport[]): string {
  return table(
    ['', 'image', 'platform', 'size', 'verified', 'time', 'use'],
    images.map(image => [
      image.outcome === 'failed' ? '❌' : needsAttention(image) ? '⚠️' : '✅',
      imageName(image),
      image.platforms.map(({platform}) => (platform === undefined ? '-' : code(platform))).join(', ') || '-',
      image.size === undefined ? '-' : formatBytes(image.size),
      image.verified ?? '-',
      formatDuration(image.elapsedMs),
      image.reference === undefined ? '-' : code(image.reference)
    ])
  )
}

function imageName(image: ImageReport): string {
  const standIn = fallbackInReport(image)
  return standIn === undefined ? code(image.image) : `${code(image.image)}, for which ${code(standIn.image)} stands in`
}

/** What happened to each image that did not go as it should; the lost ones first. */
function imageSections(report: Report): readonly string[] {
  const {images} = report
  const ordered = images
    .filter(needsAttention)
    .toSorted((a, b) => Number(a.outcome !== 'failed') - Number(b.outcome !== 'failed'))
  const left = ordered.length - MAX_SECTIONS
  return [
    ...ordered.slice(0, MAX_SECTIONS).map(image => imageSection(image, report)),
    left > 0 ? `*What happened to ${count(left, 'more image')} is in the report.*` : ''
  ]
}

function imageSection(image: ImageReport, {startedAt, images}: Report): string {
  const {diagnosis} = image
  return [
    ...(images.length > 1 ? [`#### ${code(image.image)}`, imageSentence(image, name => code(name))] : []),
    ...(diagnosis === undefined
      ? []
      : [`**Cause: ${diagnosis.cause}** (${causeSentence(diagnosis.cause)}). ${prose(diagnosis.advice, 1000)}`]),
    renderHints(image),
    ...renderMovedTag(image),
    registryTable(image),
    ...renderFallbacks(image),
    ...renderEvidence(image, startedAt)
  ]
    .filter(part => part !== '')
    .join('\n\n')
}

/** What the people at a registry ask for first, to paste into a report to them. */
function renderEvidence({diagnosis, name, registries}: ImageReport, startedAt: string): readonly string[] {
  if (diagnosis === undefined) return []
  const {evidence, what} = diagnosis
  const {host, path, status, requestIds, wantedDigest, gotDigests, wantedBytes, gotBytes, firstBytes, rateLimit} =
    evidence
  const failed = registries.find(({registry}) => registry === evidence.registry)
  const failedAt = failed?.attempts.findLast(attempt => attempt.failure !== undefined)?.startedMs
  const values = (of: Readonly<Record<string, string>> | undefined): string | undefined =>
    of === undefined || Object.keys(of).length === 0
      ? undefined
      : Object.entries(of)
          .map(([key, value]) => `${key}: ${value}`)
          .join(', ')
  const lines: readonly (readonly [string, string | undefined])[] = [
    ['image', name],
    ['what', what],
    ['at', failedAt === undefined ? undefined : new Date(Date.parse(startedAt) + failedAt).toISOString()],
    ['request', host === undefined ? undefined : `GET ${host}${path ?? ''}`],
    ['status', status === undefined ? undefined : String(status)],
    ['request ids', values(requestIds)],
    ['wanted', wantedDigest],
    ['got', gotDigests.length === 0 ? undefined : gotDigests.join(', ')],
    [
      'bytes',
      gotBytes === undefined
        ? undefined
        : `${String(gotBytes)}${wantedBytes === undefined ? '' : ` of ${String(wantedBytes)}`}`
    ],
    ['first bytes', firstBytes],
    ['rate limit', values(rateLimit)]
  ]
  const shown = lines.flatMap(([label, value]) =>
    value === undefined || value === '' ? [] : [`${label.padEnd(12)} ${oneLine(value, 2000)}`]
  )
  return [collapsible('Evidence, to paste into a report to the registry', block(shown))]
}

// What stands with its image already is not said again.
function renderWarnings({warnings, images}: Report): string {
  const told = new Set(images.map(({warning}) => warning))
  return warnings
    .filter(text => !told.has(text))
    .slice(0, MAX_ROWS)
    .map(text => `- ⚠️ ${prose(text, 1000)}`)
    .join('\n')
}

function timelineBlock(report: Report): string {
  const timeline = renderTimeline(report)
  if (timeline === undefined) return ''
  const left = timeline.left === 0 ? '' : `\n\n*${count(timeline.left, 'more bar')}: see the report.*`
  return block(timeline.chart.split('\n'), 'mermaid') + left
}

function renderRequests(report: Report): string {
  const images = withFallbacks(report.images)
  const rows = images.flatMap(image =>
    image.registries.flatMap(({registry, attempts}) =>
      attempts.map(attempt => {
        const last = attempt.exchanges.at(-1)
        return [
          ...(images.length > 1 ? [code(image.image)] : []),
          code(registry),
          code(attempt.failedObject ?? attempt.object),
          attempt.failure === undefined
            ? attempt.outcome === 'aborted'
              ? 'called off'
              : 'verified'
            : prose(attempt.failure.message),
          last?.status === undefined ? '-' : String(last.status),
          last === undefined ? '-' : code(last.host),
          formatBytes(attempt.bytes),
          `${formatDuration(attempt.elapsedMs)}${attempt.waitedMs > 0 ? ` after a wait of ${formatDuration(attempt.waitedMs)}` : ''}`
        ]
      })
    )
  )
  if (rows.length === 0) return ''
  const head = ['registry', 'object', 'outcome', 'status', 'served by', 'size', 'time']
  const left = rows.length - MAX_REQUESTS
  return collapsible(
    `Every try (${String(rows.length)})`,
    table(images.length > 1 ? ['image', ...head] : head, rows.slice(0, MAX_REQUESTS)) +
      (left > 0 ? `\n\n*${count(left, 'more try').replace(/trys$/, 'tries')}: see the report.*` : '')
  )
}

function renderFooter({action, startedAt, elapsedMs, failure, inputFaults, images}: Report): string {
  const trouble =
    failure === undefined || inputFaults.length > 0 || images.length === 0 ? '' : `${prose(failure.message)}\n\n`
  return `${trouble}<sub>${action.name} ${action.version}, ${startedAt}, ${formatDuration(elapsedMs)}. Everything in detail: the JSON file that the output <code>report</code> names.</sub>`
}
