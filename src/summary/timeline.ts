// Renders registries and attempts as a Gantt chart in Mermaid's language, which GitHub draws.
// Names are reduced to plain letters: one stray colon or semicolon makes the whole chart an error.

import {formatObject} from '../failure/describe-failure.ts'
import {failureSentence} from '../report/wording.ts'
import type {ImageReport, RegistryReport, Report} from '../report/report-document.ts'
import {withFallbacks} from './summary-pins.ts'

/** A bar: start, length, and result. */
type Bar = {
  readonly section: string
  readonly name: string
  readonly tag: 'done' | 'crit' | 'active'
  readonly fromMs: number
  readonly forMs: number
}

// More rows than this are not readable.
const MAX_ROWS = 24

/** The chart without its fence, and the number of bars that did not fit. Undefined if there were no attempts. */
export function renderTimeline(report: Report): {readonly chart: string; readonly left: number} | undefined {
  const images = withFallbacks(report.images)
  const isSingle = images.length === 1
  const each = images.flatMap(image => barsOf(image, isSingle))
  const bars = each.length <= MAX_ROWS ? each : summed(images, isSingle)
  if (bars.length === 0) return undefined
  const shown = bars.slice(0, MAX_ROWS)
  const endMs = Math.max(...shown.map(({fromMs, forMs}) => fromMs + forMs))
  // The least width that is visible.
  const leastMs = Math.max(1, Math.round(endMs / 200))
  const lines = ['gantt', '  dateFormat x', `  axisFormat ${endMs < 5000 ? '%Q ms' : '%s s'}`, '  todayMarker off']
  for (const section of new Set(shown.map(bar => bar.section))) {
    lines.push(`  section ${section}`)
    for (const bar of shown.filter(other => other.section === section)) {
      const forMs = Math.max(leastMs, Math.round(bar.forMs))
      lines.push(`  ${bar.name} :${bar.tag}, ${String(Math.max(0, Math.round(bar.fromMs)))}, ${String(forMs)}ms`)
    }
  }
  return {chart: lines.join('\n'), left: bars.length - shown.length}
}

function barsOf({image, registries}: ImageReport, isSingle: boolean): readonly Bar[] {
  return registries.flatMap(({registry, attempts}) =>
    attempts.map((attempt): Bar => ({
      section: plainHost(registry),
      name: plain(
        `${formatObject(attempt.failedObject ?? attempt.object)}${isSingle ? '' : ` of ${image}`}`,
        resultPhrase(attempt)
      ),
      tag: tagOf(attempt.outcome),
      fromMs: attempt.startedMs,
      forMs: attempt.elapsedMs
    }))
  )
}

type AttemptReport = RegistryReport['attempts'][number]

function resultPhrase({failure, failedObject, object, outcome}: AttemptReport): string {
  if (failure !== undefined) return failureSentence(failure, failedObject ?? object)
  return outcome === 'aborted' ? 'canceled' : ''
}

function tagOf(outcome: 'verified' | 'failed' | 'aborted' | 'not-asked'): Bar['tag'] {
  if (outcome === 'verified') return 'done'
  return outcome === 'failed' ? 'crit' : 'active'
}

/** One bar for each image at each registry; failures first. */
function summed(images: readonly ImageReport[], isSingle: boolean): readonly Bar[] {
  const bars = images.flatMap(({image, registries}) =>
    registries.flatMap(({registry, outcome, failure, object, attempts}): readonly Bar[] => {
      if (attempts.length === 0) return []
      const fromMs = Math.min(...attempts.map(({startedMs}) => startedMs))
      const toMs = Math.max(...attempts.map(({startedMs, elapsedMs}) => startedMs + elapsedMs))
      return [
        {
          section: plainHost(registry),
          // A name at the start of a line could be a keyword of Mermaid.
          name: plain(
            isSingle ? `${String(attempts.length)} attempts` : `▸ ${image}`,
            failure && failureSentence(failure, object)
          ),
          tag: tagOf(outcome),
          fromMs,
          forMs: toMs - fromMs
        }
      ]
    })
  )
  return bars.toSorted((a, b) => Number(a.tag === 'done') - Number(b.tag === 'done') || a.fromMs - b.fromMs)
}

/** Keeps letters, digits, and characters that end nothing in Mermaid's grammar. */
function plain(name: string, ending = ''): string {
  const letters = (text: string): string =>
    text
      .replace(/[^▸\p{L}\p{N} ./()[\]_+-]/gu, ' ')
      .replace(/ +/g, ' ')
      .trim()
  const [shown, end] = [letters(name), letters(ending)]
  return `${shown.length <= 60 ? shown : `${shown.slice(0, 60)}…`}${end === '' ? '' : ` - ${end}`}`
}

function plainHost(registry: string): string {
  return plain(registry.replace(/:(\d+)$/, ' (port $1)'))
}
