// URLs of the referrers API (OCI distribution specification 1.1, "Listing Referrers"): the path of a page, and the Link to the next.
// Pure. The registry chooses the Link, so only its query counts, and only if it leads to the same list.

import type {Digest} from '../oci/digest.ts'
import type {Headers} from './response.ts'
import type {ReferrersQuery} from './registry.ts'

/** The path below `/v2/REPOSITORY/`. */
export function referrersPath({
  digest,
  artifactType,
  page
}: Pick<ReferrersQuery, 'digest' | 'artifactType' | 'page'>): string {
  const filter = artifactType === undefined ? '' : `?artifactType=${encodeURIComponent(artifactType)}`
  return `referrers/${digest}${page ?? filter}`
}

type PageResponse = {
  readonly headers: Headers
  readonly url: URL
  /** No redirect led to another origin. */
  readonly isDirect: boolean
}

/** The query of the next page; undefined on the last page, and where the Link leads to another path or host. */
export function nextPageOf({headers, url, isDirect}: PageResponse, digest: Digest): string | undefined {
  const target = nextLink(headers.get('link') ?? '')
  if (target === undefined || !isDirect || !URL.canParse(target, url.href)) return undefined
  const next = new URL(target, url.href)
  const isSameList = next.origin === url.origin && decodeURIPath(next.pathname).endsWith(`/referrers/${digest}`)
  return isSameList && next.search !== '' ? next.search : undefined
}

// RFC 8288 §3: `<target>; rel="next"`, one or several. Quotes are optional.
function nextLink(header: string): string | undefined {
  for (const [, target, params = ''] of header.matchAll(/<([^>]*)>([^,]*)/g))
    if (/;\s*rel\s*=\s*(?:"next"|next)\s*(?:;|$)/i.test(params)) return target
  return undefined
}

// The colon of a digest may be escaped. A path with any other escape is not the one that was requested.
function decodeURIPath(path: string): string {
  return path.replace(/%3a/gi, ':')
}
