// Lists what is attached to a digest at a registry that serves its repository.
// Some registries and caches answer 401 or 403 for what they do not know: for the referrers API, or for a tag that is not there.

import {VerifiedImageError} from '../failure/error.ts'
import {formatRepository} from '../oci/reference.ts'
import {
  listReferrers,
  type ListReferrersDeps,
  type ReferrersList,
  type ReferrersRequest
} from '../registry/referrers.ts'

/** Undefined where the registry has neither the API nor the tag. */
export async function listAttached(
  deps: ListReferrersDeps,
  request: ReferrersRequest
): Promise<ReferrersList | undefined> {
  const name = formatRepository(request.repository)
  const hadApi = !deps.withoutApi.has(name)
  try {
    return await listReferrers(deps, request)
  } catch (error) {
    const isDenied = error instanceof VerifiedImageError && ['denied', 'unauthorized'].includes(error.failure.kind)
    if (!isDenied) throw error
    deps.withoutApi.add(name)
    return hadApi ? listAttached(deps, request) : undefined
  }
}
