// Where a redirect may lead. The registry chooses the target, so the target may be an attacker's choice: it must not be less
// protected than the URL before it, and must not be a service that only the runner can reach. Pure.

import {isLinkLocalHost, isPrivateHost, isPrivateRegistry} from '../http/private-address.ts'
import {fail} from '../failure/error.ts'

/** The five statuses with a Location to follow (RFC 9110 §15.4). */
export function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status)
}

/** The URL of a Location header. Fails for one that no client should follow. */
export function redirectTarget(from: URL, location: string | undefined): URL {
  if (location === undefined || !URL.canParse(location, from.href)) return refuse('a redirect without a valid Location')
  const to = new URL(location, from.href)
  if (from.protocol === 'https:' && to.protocol !== 'https:')
    return refuse(`a redirect from https to ${to.protocol}//${to.host}`)
  if (to.protocol !== 'https:' && to.protocol !== 'http:') return refuse(`a redirect to ${to.protocol}`)
  if (to.username !== '' || to.password !== '') return refuse(`a redirect with a user in its URL, to ${to.host}`)
  return to
}

/**
 * Fails when a registry on the internet redirects to an address that only the runner can reach. Names are allowed, as in crane:
 * storage inside a company has a name, and the address of a name can change between the check and the request.
 */
export function refusePrivateTarget(to: URL, registry: string): void {
  if (isLinkLocalHost(to.hostname)) refuse(`a redirect to the link-local address ${to.host}, which is never followed`)
  if (isPrivateHost(to.hostname) && !isPrivateRegistry(registry))
    refuse(`a redirect to the private address ${to.host}, which is not followed because ${registry} is not at one`)
}

function refuse(detail: string): never {
  return fail({kind: 'protocol', detail, isHtml: false})
}
