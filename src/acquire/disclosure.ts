// Decides whether a public mirror may learn the name of an image. The name of a private image is confidential, and a registry logs
// every name that it is asked for. So an image that needs a login is not requested from public mirrors.

import type {CandidateResult} from './candidate-result.ts'
import type {Access, AccessPort} from '../registry/registry.ts'
import type {Repository} from '../oci/reference.ts'

type AccessRequest = {
  readonly port: AccessPort
  readonly primary: CandidateResult
  /** The digest, or the tag if the digest is not known. */
  readonly reference: string
  readonly signal: AbortSignal
}

/** Finds out whether anyone can read the image. With credentials for its registry, this takes one request without them. */
export async function accessOf({port, primary, reference, signal}: AccessRequest): Promise<Access> {
  const {repository} = primary.candidate
  if (isOfficial(repository)) return 'public'
  if (isRefusedToAnyone(primary)) return 'private'
  return port.anonymousAccess({repository, reference, signal})
}

// Docker's official images are public, even if Docker Hub refuses them at the moment.
function isOfficial({registry, path}: Repository): boolean {
  return registry === 'docker.io' && path.startsWith('library/')
}

// Docker Hub and ghcr.io answer HTTP 401 or 403 for private and for missing repositories. A later refusal, by a CDN for example,
// says nothing about the repository.
function isRefusedToAnyone({failure, attempts}: CandidateResult): boolean {
  return (
    (failure?.kind === 'unauthorized' || failure?.kind === 'denied') &&
    failure.credentials !== 'refused' &&
    !attempts.some(({object, outcome}) => object === 'manifest' && outcome === 'verified')
  )
}
