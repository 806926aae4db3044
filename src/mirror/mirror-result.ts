// What became of each image at each of its targets.
// Evidence: complete when it is returned.

import type {Acquisition} from '../acquire/acquisition.ts'
import type {ImageRequest} from '../acquire/plan.ts'
import type {CopyPlan} from '../copy/copy-plan.ts'
import type {CopyResult} from '../copy/copy-to-target.ts'
import type {Target} from '../copy/target-state.ts'
import type {VerifiedImageError} from '../failure/error.ts'
import type {Digest} from '../oci/digest.ts'
import type {Uncopied} from './uncopied.ts'

export type TargetResult = {readonly target: Target} & (
  | {readonly outcome: 'copied'; readonly copy: CopyResult}
  /** Everything was there before. */
  | {
      readonly outcome: 'present'
      readonly plan: CopyPlan
      readonly attachments: number
      readonly warnings: readonly string[]
    }
  /** With `dry-run`. */
  | {readonly outcome: 'planned'; readonly plan: CopyPlan; readonly warnings: readonly string[]}
  /** The image could not be verified. */
  | {readonly outcome: 'unsent'}
  | {readonly outcome: 'failed'; readonly error: VerifiedImageError}
)

export type MirrorResult = {
  readonly request: ImageRequest
  readonly digest: Digest | undefined
  /** The last one: of all bytes if the image had to be copied, or of its manifests. */
  readonly acquisition: Acquisition | undefined
  readonly targets: readonly TargetResult[]
  /** Set where no target got anything, and the image is right. */
  readonly uncopied: Uncopied | undefined
}
