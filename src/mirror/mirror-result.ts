// What became of each image at each of its targets.
// Evidence: complete when it is returned.

import type {Acquisition} from '../acquire/acquisition.ts'
import type {ImageRequest} from '../acquire/plan.ts'
import type {CopyPlan} from '../copy/copy-plan.ts'
import type {CopyResult} from '../copy/copy-to-target.ts'
import type {Target} from '../copy/target-state.ts'
import type {VerifiedImageError} from '../failure/error.ts'
import type {Digest} from '../oci/digest.ts'

export type TargetResult = {readonly target: Target} & (
  | {readonly outcome: 'copied'; readonly copy: CopyResult}
  /** Everything was there before. */
  | {readonly outcome: 'present'; readonly plan: CopyPlan; readonly attachments: number}
  /** With `dry-run`. */
  | {readonly outcome: 'planned'; readonly plan: CopyPlan}
  | {readonly outcome: 'failed'; readonly error: VerifiedImageError}
)

export type MirrorResult = {
  readonly request: ImageRequest
  readonly digest: Digest | undefined
  /** The last one: of all bytes if the image had to be copied, or of its manifests. */
  readonly acquisition: Acquisition | undefined
  readonly targets: readonly TargetResult[]
  /** Why nothing of the image was copied. */
  readonly error: VerifiedImageError | undefined
}
