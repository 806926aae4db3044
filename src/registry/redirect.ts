// Where a redirect may lead. A registry chooses the target, so that the target is an attacker's choice: it must not be less
// protected than what led to it, and must not reach what only the runner reaches. Pure.
import {isLinkLocalHost, isPrivateHost, isPrivateRegistry} from '../http/private-address.ts'
import {fail} from '../failure/error.ts'

export function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status)
}

/** The URL of a Location header; fails where no client should follow it. */
export function redirectTarget(from: URL, location: string | undefined): URL {
  if (location === undefined || !URL.canParse(location, from.href)) return refuse('a redirect that leads nowhere')
  const to = new URL(location, from.href)
  if (from.protocol === 'https:' && to.protocol !== 'https:')
    return refuse(`a redirect from https to ${to.protocol}//${to.host}`)
  if (to.protocol !== 'https:' && to.protocol !== 'http:') return refuse(`a redirect to ${to.protocol}`)
  if (to.username !== '' || to.password !== '') return refuse(`a redirect with a user in it, to ${to.host}`)
  return to
}

/**
 * A registry on the internet must not make the runner ask for what only the runner reaches. Names are allowed, as in crane:
 * storage inside of a company has one, and what a name leads to can change between looking and asking.
 */
export function refusePrivateTarget(to: URL, registry: string): void {
  if (isLinkLocalHost(to.hostname)) refuse(`a redirect to the link-local address ${to.host}, which is never followed`)
  if (isPrivateHost(to.hostname) && !isPrivateRegistry(registry))
    refuse(`a redirect to the private address ${to.host}, which is not followed because ${registry} is not at one`)
}

function refuse(detail: string): never {
  return fail({kind: 'protocol', detail, isHtml: false})
}
