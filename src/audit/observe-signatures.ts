// Asks who signed an image, once it is known which registries have it.
// Every image is looked up: without a rule, its signers are reported and not judged.

import type {ImageObservation} from '../findings/observation.ts'
import type {SignaturePort} from '../findings/signature-port.ts'

/** The observation with what the port says. Without a port, or an image, nothing is added. */
export async function withSignatures(
  observation: ImageObservation,
  signatures: SignaturePort | undefined,
  signal: AbortSignal
): Promise<ImageObservation> {
  const {image, expected, places} = observation
  const candidates = places.flatMap(({root, candidate}) => (root === 'present' ? [candidate] : []))
  if (signatures === undefined || expected === undefined || candidates.length === 0) return observation
  const found = await signatures.inspect({image, digest: expected.digest, candidates, signal})
  return {...observation, signatures: found}
}
