// What a reader and its judge say about a file, and how the two compare.

/** Facts are texts that both write in the same way: an image, or a build with its Dockerfile and arguments. */
export type Said = {readonly facts: readonly string[]; readonly hasGaps: boolean} | {readonly refused: string}

export type Verdict =
  | 'agree'
  | 'agree, and the rest is left out with a warning'
  | 'both refuse'
  | 'refused here'
  | 'read here, refused by the tool'
  | 'missed'
  | 'invented'

/** Verdicts that are faults: a build would use an image that was not verified, or fail although it is right. */
export const FAULTS: ReadonlySet<Verdict> = new Set(['refused here', 'missed', 'invented'])

export type Difference = {
  readonly file: string
  readonly verdict: Verdict
  readonly missed?: readonly string[]
  readonly invented?: readonly string[]
  readonly refused?: string
}

export function compareSaid(file: string, ours: Said, theirs: Said): Difference {
  if ('refused' in theirs) return {file, verdict: 'refused' in ours ? 'both refuse' : 'read here, refused by the tool'}
  if ('refused' in ours) return {file, verdict: 'refused here', refused: ours.refused}
  const missed = theirs.facts.filter(fact => !ours.facts.includes(fact))
  const invented = ours.facts.filter(fact => !theirs.facts.includes(fact))
  if (invented.length > 0) return {file, verdict: 'invented', missed, invented}
  if (missed.length === 0) return {file, verdict: 'agree'}
  return {file, verdict: ours.hasGaps ? 'agree, and the rest is left out with a warning' : 'missed', missed}
}
