// Image references as `docker pull` reads them (distribution/reference: normalize.go, regexp.go).
// A registry has a name (docker.io), an endpoint (registry-1.docker.io) and images a familiar form (php:8.3): three things.

import {type Digest, parseDigest} from './digest.ts'
import {invalid, type Parsed, valid} from './parsed.ts'

export type Repository = {
  /** As a reference names it: `docker.io`, `ghcr.io`, `127.0.0.1:5000`, `[::1]:5000`. */
  readonly registry: string
  /** The path below it, `library/` included. */
  readonly path: string
}

export type Reference = Repository & {readonly tag?: string; readonly digest?: Digest}

export const DOCKER_HUB = 'docker.io'

const DOMAIN_COMPONENT = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])'
const DOMAIN = new RegExp(`^(?:${DOMAIN_COMPONENT}(?:\\.${DOMAIN_COMPONENT})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]{1,5})?$`)
const PATH_COMPONENT = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/
const MAX_PATH_LENGTH = 255

/** Parses `[registry/]repository[:tag][@digest]`; what is left out of a name is filled in as Docker does. */
export function parseReference(text: string): Parsed<Reference> {
  if (text === '') return invalid('it is empty')
  if (/\s/.test(text)) return invalid('a reference has no spaces')
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return invalid('a reference has no scheme such as https://')
  const at = text.indexOf('@')
  const named = at < 0 ? text : text.slice(0, at)
  const digest = at < 0 ? undefined : parseDigest(text.slice(at + 1))
  if (digest?.ok === false) return digest

  const colon = named.indexOf(':', named.lastIndexOf('/') + 1)
  const name = colon < 0 ? named : named.slice(0, colon)
  const tag = colon < 0 ? undefined : named.slice(colon + 1)
  if (tag !== undefined && !TAG.test(tag)) {
    return invalid('a tag has up to 128 letters, digits, "_", "." and "-", and does not start with "." or "-"')
  }
  const repository = parseRepository(name)
  if (!repository.ok) return repository
  return valid({
    ...repository.value,
    ...(tag === undefined ? {} : {tag}),
    ...(digest === undefined ? {} : {digest: digest.value})
  })
}

/** Parses `[registry/]repository`, without tag and digest. */
export function parseRepository(name: string): Parsed<Repository> {
  const slash = name.indexOf('/')
  const first = slash < 0 ? '' : name.slice(0, slash)
  const named = first !== '' && isRegistry(first)
  const registry = named ? canonicalRegistry(first) : DOCKER_HUB
  const rest = named ? name.slice(slash + 1) : name
  if (named && !isHost(first)) return invalid(`"${first}" is not a host name, an IP address or host:port`)
  const path = registry === DOCKER_HUB && !rest.includes('/') ? `library/${rest}` : rest
  const why = checkPath(rest, path)
  return why === undefined ? valid({registry, path}) : invalid(why)
}

function checkPath(written: string, path: string): string | undefined {
  if (written === '') return 'the repository is missing'
  if (path.length > MAX_PATH_LENGTH) return `a repository has at most ${String(MAX_PATH_LENGTH)} characters`
  if (written !== written.toLowerCase()) return 'a repository is written in lower case'
  if (/^[a-f0-9]{64}$/.test(written)) return '64 hexadecimal digits are an image id, not a repository'
  if (!path.split('/').every(component => PATH_COMPONENT.test(component))) {
    return 'a repository has lower-case letters and digits, with single ".", "_", "__" or "-" between them, and parts separated by "/"'
  }
  return undefined
}

/** Whether the first component of a name is a registry: it has a dot, a colon or a capital, or is `localhost`. */
function isRegistry(first: string): boolean {
  return first === 'localhost' || /[.:[]/.test(first) || first !== first.toLowerCase()
}

// The grammar lets through what no URL can have: port 99999, `[::::]`, `1.2.3.4.5`.
function isHost(text: string): boolean {
  return DOMAIN.test(text) && URL.canParse(`https://${text}`)
}

/** Parses a registry alone, such as `ghcr.io` or `127.0.0.1:5000`. */
export function parseRegistry(text: string): Parsed<string> {
  if (!isHost(text)) return invalid('a registry is a host name, an IP address or host:port')
  return valid(canonicalRegistry(text))
}

// Hosts are compared without regard to case (RFC 9110 §4.2.3). One that only its capitals tell from a part of a repository
// keeps them: `FOO/a` is at the registry FOO, `foo/a` at Docker Hub.
function canonicalRegistry(host: string): string {
  const lower = host.toLowerCase()
  if (!isRegistry(lower)) return host
  return lower === 'index.docker.io' ? DOCKER_HUB : lower
}

/** The host that speaks for a registry: Docker Hub's API lives under another name than its references have. */
export function endpointOf(registry: string): string {
  return registry === DOCKER_HUB ? 'registry-1.docker.io' : registry
}

export function formatRepository({registry, path}: Repository): string {
  return `${registry}/${path}`
}

export function formatReference(reference: Reference): string {
  return formatRepository(reference) + suffixOf(reference)
}

function suffixOf({tag, digest}: Reference): string {
  return (tag === undefined ? '' : `:${tag}`) + (digest === undefined ? '' : `@${digest}`)
}

/**
 * The form in which BuildKit looks a named context up: without `docker.io/`, `library/` and `:latest`; tag and digest are
 * part of it (buildx util/buildflags/context.go).
 */
export function formatFamiliar(reference: Reference): string {
  const {registry, path} = reference
  const short = registry === DOCKER_HUB ? path.replace(/^library\/(?=[^/]+$)/, '') : `${registry}/${path}`
  return (short + suffixOf(reference)).replace(/:latest$/, '')
}
