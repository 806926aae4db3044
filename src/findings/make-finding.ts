// Makes a finding: its usual severity, and the fingerprint by which later runs know it again.
// Pure.

import {digestOf} from '../oci/digest.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import {formatRepository} from '../oci/reference.ts'
import {type Finding, type FindingFacts, type FindingSubject, USUAL_SEVERITY} from './finding.ts'
import type {PlaceObservation} from './observation.ts'

/** Makes a finding, with the usual severity of its kind unless another one is given. */
export function makeFinding(
  subject: FindingSubject,
  facts: FindingFacts,
  {severity = USUAL_SEVERITY[facts.kind], exchange}: Partial<Pick<Finding, 'severity' | 'exchange'>> = {}
): Finding {
  return omitUndefined({...subject, severity, facts, exchange, fingerprint: fingerprintOf(subject, facts)})
}

// Without digests and objects, except for a tag: a finding whose details change is still the same finding, and a tag that moves again is
// another one.
function fingerprintOf({image, place, registry}: FindingSubject, facts: FindingFacts): string {
  const parts = [facts.kind, image ?? '', place ?? registry ?? '', facts.kind === 'tag-moved' ? facts.got : '']
  return digestOf(Buffer.from(JSON.stringify(parts))).slice('sha256:'.length, 'sha256:'.length + 16)
}

/** The image at one of its registries. */
export function atPlace(subject: FindingSubject, {candidate: {repository}}: PlaceObservation): FindingSubject {
  return {...subject, place: formatRepository(repository), registry: repository.registry}
}
