// Who signed each image: a row for each image with a rule in `signed-by`, and for one that fails, what was found and what to do.
// Pure. Every text from outside passes markdown.ts.

import type {ImageReport, SignatureReport, SignerReport} from '../report/report-document.ts'
import {linkToSignatures} from '../report/advice.ts'
import {capital} from '../report/wording.ts'
import {code, prose, table} from './markdown.ts'

const MAX_ROWS = 100
const MAX_CANDIDATES = 10

/** Empty without a rule. */
export function renderSignatures(images: readonly ImageReport[]): string {
  const rows = images.flatMap(({image, signature}) => (signature === undefined ? [] : rowsOf(image, signature)))
  if (rows.length === 0) return ''
  const left = rows.length - MAX_ROWS
  return [
    table(['Image', 'Signed by', 'Signed at', 'Commit', 'Run', 'Found at'], rows.slice(0, MAX_ROWS)),
    ...(left > 0 ? [`*${String(left)} more: see the report.*`] : [])
  ].join('\n\n')
}

function rowsOf(image: string, {outcome, signers}: SignatureReport): readonly (readonly string[])[] {
  if (signers.length === 0) return [[code(image), `❌ ${outcome}`, '-', '-', '-', '-']]
  return signers.map(signer => [
    code(image),
    `✅ ${signerName(signer)}`,
    signer.signedAt === undefined ? '-' : code(signer.signedAt),
    signer.commit === undefined ? '-' : code(signer.commit),
    signer.run === undefined ? '-' : code(signer.run),
    code(signer.foundAt)
  ])
}

// As code, never as a link: the signer chooses these texts.
function signerName({kind, repository, ref, identity = '', issuer = '', key = ''}: SignerReport): string {
  if (kind === 'key') return code(`key:${key}`)
  if (kind === 'github') return code(`github:${repository ?? ''}${ref === undefined ? '' : ` ${ref}`}`)
  return code(`identity:${identity} issuer=${issuer}`)
}

/** What was found for an image that lacks the required signature. */
export function renderSignatureProblem({signature}: ImageReport): readonly string[] {
  if (signature === undefined || signature.outcome === 'signed') return []
  const {outcome, detail = '', advice = '', candidates, places} = signature
  const found = [
    ...candidates.map(candidate => [code(candidate.place), candidate.outcome, prose(candidate.detail ?? '-')]),
    ...places.flatMap(place =>
      place.detail === undefined ? [] : [[code(place.place), place.outcome, prose(place.detail)]]
    )
  ]
  return [
    `**Fix:** ${prose(advice, 1000)}`,
    `**Cause: [${outcome}](${linkToSignatures(outcome)}).** ${prose(`${capital(detail)}.`, 1000)}`,
    ...(found.length === 0 ? [] : [table(['Place', 'Outcome', 'Detail'], found.slice(0, MAX_CANDIDATES))])
  ]
}
