// The property: what Docker takes we take, the same image, and what Docker refuses we refuse. Wherever one of the programs has
// another verdict than we have, a row of docs/differences.md says why, and who is right.

import type {Case} from './cases.ts'
import {type Answer, type JudgeName, UNKNOWN} from './judges.ts'
import {ROWS} from './rows.ts'

export type Answers = Readonly<Partial<Record<JudgeName, Answer>>>

/** `takes image` or `refuses`, by program. */
export type Verdicts = Readonly<Partial<Record<JudgeName, string>>>

export type Judged = {
  readonly name: string
  readonly verdicts: Verdicts
  /** Whose other verdict no row explains. */
  readonly unexplained: readonly JudgeName[]
  /** The rows that explain the others. */
  readonly rows: readonly string[]
  /** What each program said, to look into. */
  readonly says: Readonly<Partial<Record<JudgeName, string>>>
}

const MOST_SAID = 600

export function compare({name, features}: Case, answers: Answers): Judged {
  const verdicts = Object.fromEntries(
    entriesOf(answers).map(([judge, {takes}]) => [judge, takes === undefined ? 'refuses' : `takes ${takes}`])
  )
  const {ours = ''} = verdicts
  const explained = entriesOf<string>(verdicts)
    .filter(([, verdict]) => !isLike(ours, verdict))
    .map(([judge, verdict]) => ({judge, row: rowFor(features, ours, judge, verdict)}))
  return {
    name,
    verdicts,
    unexplained: explained.flatMap(({judge, row}) => (row === undefined ? [judge] : [])),
    rows: [...new Set(explained.flatMap(({row}) => row ?? []))],
    says: Object.fromEntries(entriesOf(answers).map(([judge, {says}]) => [judge, says.slice(0, MOST_SAID)]))
  }
}

function entriesOf<T>(record: Readonly<Partial<Record<JudgeName, T>>>): readonly (readonly [JudgeName, T])[] {
  return Object.entries(record) as [JudgeName, T][]
}

function isLike(ours: string, theirs: string): boolean {
  const isUnknown = [ours, theirs].includes(`takes ${UNKNOWN}`)
  return theirs === ours || (isUnknown && ours.startsWith('takes') && theirs.startsWith('takes'))
}

function rowFor(has: readonly string[], ours: string, judge: JudgeName, verdict: string): string | undefined {
  const isOf = (all: readonly (string | RegExp)[]): boolean =>
    all.every(feature => has.some(each => (typeof feature === 'string' ? feature === each : feature.test(each))))
  return ROWS.find(
    row => ours.startsWith(row.ours) && row.differ[judge]?.test(verdict) === true && row.features.some(isOf)
  )?.name
}
