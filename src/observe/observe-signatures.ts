// Asks who signed an image, once it is known which registries have it.
// Every image is looked up: without a rule, its signers are reported and not judged.

import {describeObservedFailure} from '../findings/failure-class.ts'
import type {ImageObservation, PlaceObservation} from '../findings/observation.ts'
import type {SignaturePort, UnansweredPlace} from '../findings/signature-port.ts'

/** The observation with what the port says. Without a registry that has the image, nothing is added. */
export async function withSignatures(
  observation: ImageObservation,
  signatures: SignaturePort,
  signal: AbortSignal
): Promise<ImageObservation> {
  const {image, expected, platformDigests = [], places} = observation
  const candidates = places.flatMap(({root, candidate}) => (root === 'present' ? [candidate] : []))
  if (expected === undefined || candidates.length === 0) return observation
  const found = await signatures.inspect({
    ...{image, digest: expected.digest, platforms: platformDigests, candidates, signal},
    unanswered: places.flatMap(unanswered)
  })
  return {...observation, signatures: found}
}

/** A registry that may have the signature, and was not reached. A public mirror need not have what is attached to an image. */
function unanswered({candidate, tag, root, faults}: PlaceObservation): readonly UnansweredPlace[] {
  if (candidate.role === 'public-mirror' || root === 'present' || root === 'absent') return []
  const failure = tag.kind === 'failed' ? tag.failure : faults[0]?.failure
  return [
    {
      repository: candidate.repository,
      detail: failure === undefined ? 'it was not asked' : describeObservedFailure(failure)
    }
  ]
}
