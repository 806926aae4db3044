// A registry that may serve an image, and whether it may resolve a tag.
// plan.ts makes the list; see there for the order.

import {type Repository} from '../oci/reference.ts'

/**
 * `primary`: the registry that the reference names. `mirror`: the user wrote it into `mirrors`. `public-mirror`: it is in
 * `public-mirrors`.
 */
export type Role = 'primary' | 'mirror' | 'public-mirror'

export type Candidate = {
  readonly role: Role
  readonly repository: Repository
  /** Whether its answer for a tag may decide the digest. What an attacker there controls, everybody who trusts it runs. */
  readonly mayResolve: boolean
}
