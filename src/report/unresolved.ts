// Why the registry that a reference names did not resolve its tag, in words: what a mirror's word stands on has to be exact.
// Pure rendering of evidence.
import type {ResolvedDigest, ImageRequest} from '../acquire/plan.ts'
import {formatDuration} from '../failure/format.ts'
import {describeFailure} from '../failure/describe-failure.ts'

/** The warning that a mirror resolved the tag; undefined where none did. */
export function renderMirrorDecision(
  pin: ResolvedDigest | undefined,
  {reference, tag = ''}: ImageRequest
): string | undefined {
  if (pin?.decidedBy !== 'mirror') return undefined
  const why = describeUnresolved(pin, reference.registry, tag)
  return `${why}, so ${pin.registry}, which is listed in mirrors, resolved it: ${tag} is ${pin.digest} there. ${pin.registry} may be behind, or have another image under this tag; the lock file is not changed by its answer. Write the digest into the reference to pin the image.`
}

/** `docker.io does not have the tag 1.2.3 (...)`: a clause that begins a sentence. */
export function describeUnresolved({unresolved}: ResolvedDigest, registry: string, tag: string): string {
  if (unresolved === undefined) return `${registry} was not asked for the tag ${tag}`
  if (unresolved.kind === 'silent')
    return `${registry} was silent for ${formatDuration(unresolved.forMs)} (input stall-timeout) when asked for the tag ${tag}`
  const {failure} = unresolved
  const words = describeFailure(failure)
  switch (failure.kind) {
    case 'not-found':
      return `${registry} does not have the tag ${tag} (${words}): its publisher may have withdrawn it`
    case 'unauthorized':
    case 'denied':
      return `${registry} refuses access to the tag ${tag} (${words}): the image may be private or deleted`
    default:
      return `${registry} failed when asked for the tag ${tag} (${words})`
  }
}
