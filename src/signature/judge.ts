// Judges one candidate: reads it, verifies it, and compares who signed with the rules of the image.
// The order: what it is about, who signed it, and only then whether a rule accepts that signer.

import type {KeyObject} from 'node:crypto'
import {type Digest, digestOf} from '../oci/digest.ts'
import {decodeJsonObject, type JsonObject} from '../oci/json.ts'
import {type Parsed, valid} from '../oci/parsed.ts'
import {quoteLine} from '../oci/quote-line.ts'
import {type CandidateSignature, readCandidate, type ReadSignature} from './candidate-signature.ts'
import {type Verdict} from './outcome.ts'
import {publicGoodRoot} from './public-good-root.ts'
import {acceptsCertificate, type FoundSigner, signerOf, signerRuleOf} from './signer.ts'
import {type SignerRule} from './signer-rule.ts'
import {type NotVerified, type Verified, verifyBundle} from './sigstore.ts'
import {openTrustRoot, type TrustRoot} from './sigstore-root.ts'
import {SIGNATURE_PREDICATES} from './statement.ts'

export type Subject = {
  readonly digest: Digest
  /** The bytes of the manifest or index, requested only for a signature of these bytes. */
  readonly manifest: () => Promise<Uint8Array>
}

/** Whether a candidate satisfies one of these rules. Rejects only if the manifest cannot be fetched. */
export type Judge = (candidate: CandidateSignature, subject: Subject, rules: readonly SignerRule[]) => Promise<Verdict>

/** What signatures are verified with: keys by the path in the rule, and trust roots. */
export type TrustAnchors = {
  readonly keys: ReadonlyMap<string, KeyObject>
  /** Documents of trust roots; undefined for the built-in one. */
  readonly trustedRoots: readonly JsonObject[] | undefined
}

/** Opens the trust roots. The reason is for a root of the user. */
export function openJudge({keys, trustedRoots}: TrustAnchors): Parsed<Judge> {
  const roots: TrustRoot[] = []
  for (const document of trustedRoots ?? [builtInRoot()]) {
    const root = openTrustRoot(document)
    if (!root.ok) return root
    roots.push(root.value)
  }
  return valid((candidate, subject, rules) => judge(candidate, subject, {rules, keys, roots}))
}

function builtInRoot(): JsonObject {
  const document = decodeJsonObject(Buffer.from(publicGoodRoot()))
  if (!document.ok) throw new TypeError(`the built-in trust root is not valid: ${document.reason}`)
  return document.value
}

type Requirement = {
  /** Alternatives. */
  readonly rules: readonly SignerRule[]
  readonly keys: TrustAnchors['keys']
  readonly roots: readonly TrustRoot[]
}

async function judge(candidate: CandidateSignature, subject: Subject, requirement: Requirement): Promise<Verdict> {
  const read = readCandidate(candidate, subject.digest)
  if (!read.ok) return {outcome: read.outcome, detail: read.detail}
  const {predicate} = read.value
  const rules = requirement.rules.filter(rule => counts(rule, predicate))
  if (rules.length === 0)
    return {
      outcome: 'not-counted',
      detail: `an attestation of the type ${quoteLine(predicate ?? '')} does not count as a signature; predicate= in the rule makes it count`
    }
  const artifact = read.value.artifact === 'manifest' ? await subject.manifest() : read.value.artifact
  return verdictOf(read.value, {...requirement, rules}, artifact)
}

function counts({predicates}: SignerRule, predicate: string | undefined): boolean {
  return predicate === undefined || SIGNATURE_PREDICATES.includes(predicate) || predicates.includes(predicate)
}

function verdictOf(
  {bundle}: ReadSignature,
  {rules, keys, roots}: Requirement,
  artifact: Uint8Array | undefined
): Verdict {
  const certified = verifyBundle({bundle, artifact, roots, key: undefined})
  if (certified.ok || certified.outcome !== 'other-key') return verdictOfCertificate(certified, rules)
  const failures: NotVerified[] = []
  for (const {signer, source} of rules) {
    const key = signer.kind === 'key' ? keys.get(signer.path) : undefined
    if (signer.kind !== 'key' || key === undefined) continue
    const verified = verifyBundle({bundle, artifact, roots, key: {key, requiresLog: signer.requiresLog}})
    if (verified.ok) return {outcome: 'signed', signer: keySigner(signer.path, key, verified.when), rule: source}
    failures.push(verified)
  }
  const failure = failures.find(({outcome}) => outcome !== 'other-key')
  if (failure !== undefined) return verdictOfFailure(failure)
  return failures.length === 0 ? SIGNED_BY_A_KEY : SIGNED_BY_ANOTHER_KEY
}

const SIGNED_BY_A_KEY: Verdict = {
  outcome: 'signed-by-another',
  signer: {kind: 'key'},
  detail: 'a key, and no rule for this image names one'
}

// Without the key itself, a signature by another key and a changed one look the same.
const SIGNED_BY_ANOTHER_KEY: Verdict = {
  outcome: 'signed-by-another',
  signer: {kind: 'key'},
  detail: 'another key, or the signature was changed: it does not verify with a key of the rule'
}

function verdictOfCertificate(verified: Verified | NotVerified, rules: readonly SignerRule[]): Verdict {
  if (!verified.ok) return verdictOfFailure(verified)
  const {certificate, when} = verified
  if (certificate === undefined) return {outcome: 'signature-unusable', detail: 'it has no certificate'}
  const signer = signerOf(certificate, when)
  const rule = rules.find(({signer: required}) => acceptsCertificate(required, certificate))
  return rule === undefined
    ? {outcome: 'signed-by-another', signer, detail: describeSigner(signer)}
    : {outcome: 'signed', signer, rule: rule.source}
}

function verdictOfFailure(failure: NotVerified): Verdict {
  const {outcome, detail, organization} = failure
  if (outcome === 'other-key') return SIGNED_BY_ANOTHER_KEY
  if (outcome !== 'root-stale') return {outcome, detail}
  return organization === undefined ? {outcome, detail} : {outcome, detail, organization}
}

function keySigner(path: string, key: KeyObject, when: Verified['when']): FoundSigner {
  return {kind: 'key', key: path, keyDigest: digestOf(key.export({format: 'der', type: 'spki'})), ...when}
}

function describeSigner(signer: FoundSigner): string {
  const ref = signer.ref === undefined ? '' : ` ref=${signer.ref}`
  return quoteLine(`${signerRuleOf(signer)}${ref}`)
}
