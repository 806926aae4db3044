// One fuzz run with a seed and a time limit. Go's decoder is the judge.

import {caseOf} from './cases.ts'
import {compare, kindOf, PLATFORMS, type Verdict} from './compare.ts'
import {readWithGo} from './go-judge.ts'

export type Defect = {readonly seed: number; readonly kind: string; readonly text: string; readonly verdict: Verdict}

export type Findings = {
  readonly documents: number
  /** Counts of the verdicts, and of the reasons for refusals by the action alone. */
  readonly counts: ReadonlyMap<string, number>
  readonly defects: readonly Defect[]
}

const BATCH = 2000
const MOST_DEFECTS = 20

export function fuzz(program: string, firstSeed: number, untilMs: number): Findings {
  const counts = new Map<string, number>()
  const defects: Defect[] = []
  let seed = firstSeed
  do {
    const cases = Array.from({length: BATCH}, (_, at) => caseOf(seed + at))
    const readings = readWithGo(
      program,
      cases.map(each => ({kind: kindOf(each), document: each.bytes, platforms: PLATFORMS}))
    )
    for (const [at, each] of cases.entries()) {
      for (const verdict of compare(each, readings[at] ?? {})) {
        const name = verdict.verdict === 'only we refuse' ? `only we refuse: ${verdict.reason}` : verdict.verdict
        counts.set(name, (counts.get(name) ?? 0) + 1)
        if (verdict.verdict === 'another image' || verdict.verdict === 'refused without a row')
          defects.push({seed: each.seed, kind: each.kind, text: each.bytes.toString(), verdict})
      }
    }
    seed += BATCH
  } while (performance.now() < untilMs && defects.length < MOST_DEFECTS)
  return {documents: seed - firstSeed, counts, defects}
}
