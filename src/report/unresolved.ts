// Why the registry that a reference names did not resolve its tag. A mirror's answer counts only then, so the reason has to be exact.
// Pure.

import {type Acquisition} from '../acquire/acquisition.ts'
import {fallbackUsed} from '../acquire/fallback.ts'
import type {ResolvedDigest} from '../acquire/plan.ts'
import {describeFailure} from '../failure/describe-failure.ts'
import {formatDuration} from '../failure/format.ts'

/** Says that a mirror resolved the tag, and why; undefined if no mirror did. */
export function mirrorDecision(acquisition: Acquisition): string | undefined {
  const {request, resolved} = fallbackUsed(acquisition) ?? acquisition
  if (resolved?.decidedBy !== 'mirror') return undefined
  const {reference, tag = ''} = request.image
  return [
    `${describeUnresolved(resolved, reference.registry, tag)}, so ${resolved.registry}, which is listed in mirrors, resolved it: ${tag} is ${resolved.digest} there.`,
    `${resolved.registry} may be out of date or have a different image under this tag. The lock file is not changed.`,
    'Write the digest into the reference to pin the image.'
  ].join(' ')
}

/** `docker.io does not have the tag 1.2.3 (...)`: a clause that begins a sentence. */
export function describeUnresolved({unresolved}: ResolvedDigest, registry: string, tag: string): string {
  if (unresolved === undefined) return `${registry} was not queried for the tag ${tag}`
  if (unresolved.kind === 'silent')
    return `${registry} sent no response about the tag ${tag} for ${formatDuration(unresolved.forMs)} (input stall-timeout)`
  const {failure} = unresolved
  const text = describeFailure(failure)
  switch (failure.kind) {
    case 'not-found':
      return `${registry} does not have the tag ${tag} (${text}; its publisher may have withdrawn it)`
    case 'unauthorized':
    case 'denied':
      return `${registry} denied access to the tag ${tag} (${text}; the image may be private or deleted)`
    default:
      return `${registry} could not resolve the tag ${tag} (${text})`
  }
}
