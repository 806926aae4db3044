// Image references as `docker pull` reads them (distribution/reference: normalize.go, regexp.go).
// A registry has a name (docker.io) and an endpoint (registry-1.docker.io); an image has a familiar form too (php:8.3).

import {type Digest, parseDigest} from './digest.ts'
import {omitUndefined} from './omit-undefined.ts'
import {invalid, type Parsed, valid} from './parsed.ts'

export type Repository = {
  /** The registry of the reference: `docker.io`, `ghcr.io`, `127.0.0.1:5000`, `[::1]:5000`. */
  readonly registry: string
  /** The path at the registry, with `library/`. */
  readonly path: string
  /**
   * At a mirror: the registry whose content is requested, as the parameter `ns` ("Registry proxying" in the distribution specification).
   * It is no part of the name.
   */
  readonly namespace?: string
}

export type Reference = Repository & {
  readonly tag?: string
  readonly digest?: Digest
  /** The registry as it was written, if its upper-case letters differ from `registry`. */
  readonly writtenRegistry?: string
}

export const DOCKER_HUB = 'docker.io'

const DOMAIN_COMPONENT = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])'
const DOMAIN = new RegExp(`^(?:${DOMAIN_COMPONENT}(?:\\.${DOMAIN_COMPONENT})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]{1,5})?$`)
const PATH_COMPONENT = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/
const MAX_PATH_LENGTH = 255

/** Parses `[registry/]repository[:tag][@digest]`. Like Docker, adds `docker.io` and `library/`. */
export function parseReference(text: string): Parsed<Reference> {
  if (text === '') return invalid('it is empty')
  if (/\s/.test(text)) return invalid('a reference must not contain spaces')
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return invalid('a reference must not start with a scheme such as https://')
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
  const written = named.slice(0, Math.max(0, named.indexOf('/')))
  const {registry} = repository.value
  const isOtherCase = written !== registry && written.toLowerCase() === registry
  return valid(
    omitUndefined({
      ...repository.value,
      tag,
      digest: digest?.value,
      writtenRegistry: isOtherCase ? written : undefined
    })
  )
}

/** Parses `[registry/]repository`, without tag and digest. */
export function parseRepository(name: string): Parsed<Repository> {
  const slash = name.indexOf('/')
  const first = slash < 0 ? '' : name.slice(0, slash)
  const hasRegistry = first !== '' && isRegistry(first)
  const registry = hasRegistry ? canonicalRegistry(first) : DOCKER_HUB
  const rest = hasRegistry ? name.slice(slash + 1) : name
  if (hasRegistry && !isHost(first)) return invalid(`"${first}" is not a host name, an IP address or host:port`)
  const path = registry === DOCKER_HUB && !rest.includes('/') ? `library/${rest}` : rest
  // distribution/reference refuses it for a name without a registry alone, since `docker run` takes an image ID there.
  if (!hasRegistry && /^[a-f0-9]{64}$/.test(rest))
    return invalid('64 hexadecimal digits are an image id, not a repository')
  const reason = checkPath(rest, path)
  return reason === undefined ? valid({registry, path}) : invalid(reason)
}

function checkPath(written: string, path: string): string | undefined {
  if (written === '') return 'the repository is missing'
  if (path.length > MAX_PATH_LENGTH) return `a repository has at most ${String(MAX_PATH_LENGTH)} characters`
  if (written !== written.toLowerCase()) return 'a repository is written in lower case'
  if (!path.split('/').every(component => PATH_COMPONENT.test(component))) {
    return 'a repository has lower-case letters and digits, with single ".", "_", "__" or "-" between them, and parts separated by "/"'
  }
  return undefined
}

/** Whether the first component of a name is a registry: it has a dot, a colon or an upper-case letter, or is `localhost`. */
function isRegistry(first: string): boolean {
  return first === 'localhost' || /[.:[]/.test(first) || first !== first.toLowerCase()
}

// The grammar accepts hosts that no URL can have: port 99999, `[::::]`, `1.2.3.4.5`.
function isHost(text: string): boolean {
  return DOMAIN.test(text) && URL.canParse(`https://${text}`)
}

/** Parses a registry alone, such as `ghcr.io` or `127.0.0.1:5000`. */
export function parseRegistry(text: string): Parsed<string> {
  if (!isHost(text)) return invalid('a registry is a host name, an IP address or host:port')
  return valid(canonicalRegistry(text))
}

// Hosts are case-insensitive (RFC 9110 §4.2.3). A host that is only recognized by its upper-case letters keeps them: `FOO/a` is at the
// registry FOO, `foo/a` at Docker Hub.
function canonicalRegistry(host: string): string {
  const lower = host.toLowerCase()
  if (!isRegistry(lower)) return host
  return lower === 'index.docker.io' ? DOCKER_HUB : lower
}

/** The host of a registry's API. Docker Hub's is not the one of its references. */
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

/** The reference with the registry's name as it was written. Builders compare names letter by letter. */
export function asWritten(reference: Reference): Reference {
  return {...reference, registry: reference.writtenRegistry ?? reference.registry}
}

/** The reference by digest at a repository; its registry is written as in the requested reference if it is the same. */
export function formatPulled(repository: Repository, digest: Digest, requested: Reference): string {
  const registry = repository.registry === requested.registry ? asWritten(requested).registry : repository.registry
  return formatReference({registry, path: repository.path, digest})
}

/**
 * The form by which BuildKit looks up a named context: without `docker.io/`, `library/` and `:latest`, with tag and digest (buildx,
 * util/buildflags/context.go).
 */
export function formatFamiliar(reference: Reference): string {
  const {registry, path} = reference
  const short = registry === DOCKER_HUB ? path.replace(/^library\/(?=[^/]+$)/, '') : `${registry}/${path}`
  return (short + suffixOf(reference)).replace(/:latest$/, '')
}
