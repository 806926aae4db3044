// What the log, the annotations, and the report say of an image that lacks the signature that `signed-by` requires.
// Pure.

import type {Acquisition} from '../acquire/acquisition.ts'
import {linkToSignatures} from '../report/advice.ts'
import type {ImageReport} from '../report/report-document.ts'

/** Why nothing of an image was copied: with `signatures: enforce`, its signature. */
export function refusalOf(acquisition: Acquisition | undefined): string {
  const failure = acquisition?.runError?.failure
  return failure?.kind === 'signature' ? `it is not signed as required: ${failure.problem}` : 'it could not be verified'
}

/** The warning of an image that `signatures: warn` copies without the required signature. The first line stands alone. */
export function unsignedWarning(source: ImageReport | undefined): readonly string[] {
  if (source?.outcome !== 'verified' || source.signature === undefined) return []
  const {outcome, detail = '', advice = ''} = source.signature
  if (outcome === 'signed') return []
  return [`${source.image} is not signed as required: ${outcome}: ${detail}.`, `${advice} ${linkToSignatures(outcome)}`]
}
