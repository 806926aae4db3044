// Whether a public mirror may learn an image's name. The name of a private image is a secret of its owner, and a registry that is
// asked for it, even in vain, has it in its logs. So an image that needs a login is not looked for at public mirrors.

import type {CandidateResult} from './candidate-result.ts'
import type {Access, AccessPort} from '../registry/registry.ts'
import type {Repository} from '../oci/reference.ts'

export type Question = {
  readonly port: AccessPort
  readonly primary: CandidateResult
  /** What to ask for: the digest, or the tag where that is not known. */
  readonly reference: string
  readonly signal: AbortSignal
}

/** What is known of it now. Without credentials no request is made; with them, one without them shows whether anyone can read it. */
export async function accessOf({port, primary, reference, signal}: Question): Promise<Access> {
  const {repository} = primary.candidate
  if (isOfficial(repository)) return 'public'
  if (isRefusedToAnyone(primary)) return 'private'
  return port.anonymousAccess({repository, reference, signal})
}

/** Docker's official images are public, whatever Docker Hub answers at the moment. */
function isOfficial({registry, path}: Repository): boolean {
  return registry === 'docker.io' && path.startsWith('library/')
}

// Docker Hub and ghcr.io answer 401 or 403 for a private repository and for a missing one alike. A refusal further down, of a CDN
// for example, says nothing about the repository.
function isRefusedToAnyone({failure, attempts}: CandidateResult): boolean {
  return (
    (failure?.kind === 'unauthorized' || failure?.kind === 'denied') &&
    failure.credentials === 'none' &&
    !attempts.some(({object, outcome}) => object === 'manifest' && outcome === 'verified')
  )
}
