// Maps the paths of the fault registry's servers to objects of repositories.

import type {ServerName} from './fault.ts'
import type {StoredBlob} from './images.ts'
import type {Repositories, Repository} from './registry-content.ts'

export type Route =
  | {readonly object: 'ping' | 'token' | 'loop' | 'unknown'}
  | {
      readonly object: string
      readonly kind: 'manifests' | 'blobs'
      readonly repository: string
      readonly reference: string
      readonly stored: StoredBlob | undefined
    }

/** In the query of every CDN URL. It grants access, so that it must not be in any log. */
export const CDN_SIGNATURE = 'secret-signature-8c2d5a48'

/** `tokenPath` is the path of the token endpoint, if this server has one. */
export function routeOf(
  server: ServerName,
  path: string,
  repositories: Repositories,
  tokenPath: string | undefined
): Route {
  if (path === tokenPath) return {object: 'token'}
  if (path.startsWith('/loop/')) return {object: 'loop'}
  if (server === 'token') return {object: 'unknown'}
  if (path === '/v2/' || path === '/v2') return {object: 'ping'}
  const [, repository, kind, encoded] = /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(path) ?? []
  if (repository === undefined || encoded === undefined) return {object: 'unknown'}
  const reference = decodeURIComponent(encoded)
  const known = repositories.get(repository)
  return kind === 'manifests'
    ? manifestRoute(repository, reference, known)
    : {
        object: known?.objects.get(reference) ?? 'blob',
        kind: 'blobs',
        repository,
        reference,
        stored: known?.blobs.get(reference)
      }
}

function manifestRoute(repository: string, reference: string, known: Repository | undefined): Route {
  const byTag = !reference.includes(':')
  const digest = byTag ? known?.tags.get(reference) : reference
  const stored = digest === undefined ? undefined : known?.manifests.get(digest)
  const named = (digest === undefined ? undefined : known?.objects.get(digest)) ?? 'manifest'
  // A platform manifest with a tag of its own is a root when it is requested by that tag.
  const object = byTag && named !== 'index' ? 'manifest' : named
  return {object, kind: 'manifests', repository, reference, stored}
}
