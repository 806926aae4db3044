// The URL of a mirror, as containerd and Docker write it, as the target of a mirror rule.
// A target is a registry or a path below it; a URL can say more, and what it says more has no equal here.

import {parseNamePrefix} from '../oci/name-prefix.ts'
import {quoteLine} from '../oci/quote-line.ts'
import {invalid, type Parsed, valid} from '../oci/parsed.ts'
import {DOCKER_HUB, endpointOf} from '../oci/reference.ts'

export type MirrorUrl = {
  readonly target: string
  /** The host and port, as in `insecure-registries`. */
  readonly host: string
  readonly isHttp: boolean
}

/** `root`: where the API is, with the path of the URL. */
export function parseMirrorUrl(text: string, root: (path: string) => string): Parsed<MirrorUrl> {
  const url = URL.parse(text)
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    return invalid('it is not an HTTPS or HTTP URL')
  if (url.username !== '' || url.password !== '') return invalid('its URL has a user name or a password')
  const isHttp = url.protocol === 'http:'
  const host = hostOf(url, isHttp)
  const path = root(url.pathname)
  if (path !== '/v2' && !path.startsWith('/v2/'))
    return invalid('its API is at another path than /v2, where no image reference can lead')
  // `https://harbor.example.com/v2/hub` with override_path is `harbor.example.com/hub`.
  const target = parseNamePrefix(registryAt(host) + path.slice('/v2'.length))
  return target.ok ? valid({target: target.value, host, isHttp}) : target
}

/** The registry of a host: Docker Hub's API has another name than its images. */
export function registryAt(host: string): string {
  return host === endpointOf(DOCKER_HUB) ? DOCKER_HUB : host
}

/** An address of a file, in a message. What comes before an `@` may be a password. */
export function quoteAddress(text: string): string {
  return quoteLine(JSON.stringify(text.replace(/^([a-z]+:\/\/)?.*@/is, '$1')))
}

// A name without a dot or a port would be a part of a repository at Docker Hub in a reference.
function hostOf(url: URL, isHttp: boolean): string {
  if (url.port !== '' || /[.:]/.test(url.hostname) || url.hostname === 'localhost') return url.host
  return `${url.hostname}:${isHttp ? '80' : '443'}`
}
