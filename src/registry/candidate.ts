// A registry that may serve an image, and whether it may resolve a tag.
// acquire/plan.ts lists the candidates of an image in their order.

import {type Repository} from '../oci/reference.ts'

/** `primary`: the registry of the reference. `mirror`: one of `mirrors` or `mirrors-from`. `public-mirror`: one of `public-mirrors`. */
export type Role = 'primary' | 'mirror' | 'public-mirror'

export type Candidate = {
  readonly role: Role
  readonly repository: Repository
  /** Whether its answer for a tag may decide the digest. An attacker who controls it then decides what the workflow runs. */
  readonly mayResolve: boolean
}
