// Reads a path of the fault registry's servers: which object of which repository it means.

import type {ServerName} from './fault.ts'
import type {StoredBlob} from './images.ts'
import type {Repositories, Repository} from './registry-content.ts'

export type Place =
  | {readonly object: 'ping' | 'token' | 'loop' | 'unknown'}
  | {
      readonly object: string
      readonly kind: 'manifests' | 'blobs'
      readonly repository: string
      readonly reference: string
      readonly stored: StoredBlob | undefined
    }

/** In the query of every URL at the CDN: whoever has it may read, so no log may show it. */
export const CDN_SIGNATURE = 'secret-signature-8c2d5a48'

/** `tokenPath` is where this server hands out tokens, if it does. */
export function locate(
  server: ServerName,
  path: string,
  repositories: Repositories,
  tokenPath: string | undefined
): Place {
  if (path === tokenPath) return {object: 'token'}
  if (path.startsWith('/loop/')) return {object: 'loop'}
  if (server === 'token') return {object: 'unknown'}
  if (path === '/v2/' || path === '/v2') return {object: 'ping'}
  const [, repository, kind, encoded] = /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(path) ?? []
  if (repository === undefined || encoded === undefined) return {object: 'unknown'}
  const reference = decodeURIComponent(encoded)
  const known = repositories.get(repository)
  return kind === 'manifests'
    ? manifestPlace(repository, reference, known)
    : {
        object: known?.objects.get(reference) ?? 'blob',
        kind: 'blobs',
        repository,
        reference,
        stored: known?.blobs.get(reference)
      }
}

function manifestPlace(repository: string, reference: string, known: Repository | undefined): Place {
  const byTag = !reference.includes(':')
  const digest = byTag ? known?.tags.get(reference) : reference
  const stored = digest === undefined ? undefined : known?.manifests.get(digest)
  const named = (digest === undefined ? undefined : known?.objects.get(digest)) ?? 'manifest'
  // A child may have a tag of its own, and is the top when it is asked for by that.
  const object = byTag && named !== 'index' ? 'manifest' : named
  return {object, kind: 'manifests', repository, reference, stored}
}
