// One copy: an image, what is attached to it, and a target whose state is known.
// All of its bytes are on this machine.

import type {Repository} from '../oci/reference.ts'
import type {ManifestPut} from '../push/push-client.ts'
import type {Attachments} from './attachments.ts'
import type {Closure, SourceManifest} from './closure.ts'
import type {CopyPlan} from './copy-plan.ts'
import type {SourceContent} from './source-content.ts'
import type {PushDeps} from './target-registry.ts'
import type {FoundAtTarget, Target} from './target-state.ts'

export type CopyJob = {
  readonly target: Target
  /** The repository that the image is from. */
  readonly source: Repository
  readonly closure: Closure
  readonly attachments: Attachments
  readonly state: FoundAtTarget
  readonly plan: CopyPlan
}

export type CopyDeps = PushDeps & {readonly content: Pick<SourceContent, 'manifest' | 'fileOf'>}

export async function putManifest(
  repository: Repository,
  reference: string,
  {digest, size, mediaType}: Pick<SourceManifest, 'digest' | 'size' | 'mediaType'>,
  {registry, content}: CopyDeps
): Promise<ManifestPut> {
  const bytes = await content.manifest({digest, size})
  return registry.attempt(repository, 'manifest', request =>
    registry.client.putManifest({...request, reference, bytes, mediaType})
  )
}
