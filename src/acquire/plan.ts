// Where an image may be had, in which order, and whose word on a tag counts: CONTRACT.md's Mirrors and Trust.
// Pure: names only. Nothing here knows whether a registry answers.

import {type Digest} from '../oci/digest.ts'
import type {Failure, SourceLocation} from '../failure/failure.ts'
import {invalid, type Parsed, valid} from '../oci/parsed.ts'
import {
  formatRepository,
  parseReference,
  parseRegistry,
  parseRepository,
  type Reference,
  type Repository
} from '../oci/reference.ts'
import {type Role, type Candidate} from '../registry/candidate.ts'
import {type PlatformChoice} from '../oci/platform.ts'

export type MirrorRule = {
  /** As it was written. */
  readonly source: string
  /** Whole components of `registry/path` that are replaced; undefined for a rule that names the repository of the only image. */
  readonly prefix: string | undefined
  readonly target: string
  /** A target that is a registry alone keeps the repository's path below it. */
  readonly appendsPath: boolean
}

export type MirrorRules = {
  /** From the input `mirrors`: the user trusts them, also to say what a tag is. */
  readonly mirrors: readonly MirrorRule[]
  /** From the input `public-mirrors`: the repository there may have another owner, so they only serve a known digest. */
  readonly publicMirrors: readonly MirrorRule[]
}
/** Public copies of Docker Hub's images. ECR Public has Docker's official images only. */
export const DEFAULT_PUBLIC_MIRRORS: readonly string[] = [
  'docker.io=ghcr.io',
  'docker.io=mirror.gcr.io',
  'docker.io/library=public.ecr.aws/docker/library'
]

/** Parses `[prefix=]target`. */
export function parseMirrorRule(text: string): Parsed<MirrorRule> {
  const equals = text.indexOf('=')
  const prefix = equals < 0 ? undefined : text.slice(0, equals)
  const target = text.slice(equals + 1)
  if (target === '') return invalid('a mirror is written [prefix=]target, and the target is missing')
  if (prefix === '') return invalid('a mirror is written [prefix=]target, and the prefix is empty')
  const to = parseMirrorTarget(target)
  if (!to.ok) return invalid(`the target "${target}" is not a registry or registry/path: ${to.reason}`)
  if (prefix === undefined) return valid({source: text, prefix, target: to.value, appendsPath: !to.value.includes('/')})
  const from = parseMirrorTarget(prefix)
  if (!from.ok) return invalid(`the prefix "${prefix}" is not a registry or registry/path: ${from.reason}`)
  return valid({source: text, prefix: from.value, target: to.value, appendsPath: true})
}

// `registry` or `registry/path`. `docker.io/mlocati` is a place, not the image `library/mlocati`; a path alone is none.
function parseMirrorTarget(text: string): Parsed<string> {
  const slash = text.indexOf('/')
  const registry = parseRegistry(slash < 0 ? text : text.slice(0, slash))
  if (!registry.ok) return registry
  if (!/[.:]/.test(registry.value) && registry.value !== 'localhost')
    return invalid(`"${registry.value}" is not a registry, which has a dot or a port in its name`)
  if (slash < 0) return registry
  const path = text.slice(slash + 1)
  const repository = parseRepository(`${registry.value}/${path}`)
  return repository.ok ? valid(`${registry.value}/${path}`) : repository
}

/** Where a rule leads for a repository, or undefined where it does not apply. */
function applyRule(rule: MirrorRule, primary: Repository): Repository | undefined {
  const name = formatRepository(primary)
  if (rule.prefix !== undefined) {
    const rest = suffixAfter(name, rule.prefix)
    return rest === undefined ? undefined : repositoryAt(rule.target + rest)
  }
  return repositoryAt(rule.appendsPath ? `${rule.target}/${primary.path}` : rule.target)
}

function suffixAfter(name: string, prefix: string): string | undefined {
  if (name === prefix) return ''
  return name.startsWith(`${prefix}/`) ? name.slice(prefix.length) : undefined
}

function repositoryAt(name: string): Repository | undefined {
  const slash = name.indexOf('/')
  // A rule for a whole repository that leads to a bare host names no repository there.
  if (slash < 0) return undefined
  // Read as any name is: at Docker Hub `php` is `library/php`, and a path that gets too long is none.
  const repository = parseRepository(name)
  return repository.ok ? repository.value : undefined
}

/**
 * The registries to try for an image, in order, each once. Every rule that matches is a candidate. A place that is in both
 * lists is the user's. `prefer` moves the primary behind the user's mirrors; it does not change which registry resolves the tag.
 */
export function planCandidates(
  {registry, path}: Reference,
  {mirrors, publicMirrors}: MirrorRules,
  prefer: 'primary' | 'mirrors'
): readonly Candidate[] {
  const primary: Candidate = {role: 'primary', repository: {registry, path}, mayResolve: true}
  const candidatesOf = (rules: readonly MirrorRule[], role: Exclude<Role, 'primary'>): readonly Candidate[] =>
    rules.flatMap(rule => {
      const repository = applyRule(rule, primary.repository)
      return repository === undefined ? [] : [{role, repository, mayResolve: role === 'mirror'}]
    })
  const named = candidatesOf(mirrors, 'mirror')
  const ordered = [
    ...(prefer === 'mirrors' ? [...named, primary] : [primary, ...named]),
    ...candidatesOf(publicMirrors, 'public-mirror')
  ]
  const seen = new Set<string>([formatRepository(primary.repository)])
  return ordered.filter(candidate => {
    const name = formatRepository(candidate.repository)
    if (candidate.role === 'primary') return true
    if (seen.has(name)) return false
    seen.add(name)
    return true
  })
}

/** Rules that somebody wrote and that lead nowhere for any of these images. A default need not match. */
export function unusedMirrorRules(
  references: readonly Reference[],
  {mirrors, publicMirrors}: MirrorRules
): readonly {readonly input: 'mirrors' | 'public-mirrors'; readonly rule: MirrorRule}[] {
  const isUnmatched = (rule: MirrorRule): boolean =>
    references.every(reference => applyRule(rule, reference) === undefined)
  return [
    ...mirrors.filter(isUnmatched).map(rule => ({input: 'mirrors' as const, rule})),
    ...publicMirrors
      .filter(rule => !DEFAULT_PUBLIC_MIRRORS.includes(rule.source) && isUnmatched(rule))
      .map(rule => ({input: 'public-mirrors' as const, rule}))
  ]
}

/** Whether nothing pins the image: no digest, and no tag or one that is made to move. */
export function isFloating({tag, digest}: Reference): boolean {
  return digest === undefined && (tag === undefined || tag === 'latest')
}

/** Why the registry that the reference names did not resolve its tag: it failed, or no byte of an answer came for so long. */
export type Unresolved =
  {readonly kind: 'failed'; readonly failure: Failure} | {readonly kind: 'silent'; readonly forMs: number}

/** What is known about the digest that an image must have, and who said so. */
export type ResolvedDigest = {
  readonly digest: Digest
  readonly decidedBy: 'reference' | 'lock' | 'primary' | 'mirror'
  readonly registry: string
  /** Set where the primary's own answer would have counted more. */
  readonly unresolved?: Unresolved
}

/** What is known before anybody was asked. */
export function knownDigest({reference, locked}: ImageRequest): ResolvedDigest | undefined {
  const {registry, digest} = reference
  if (digest !== undefined) return {digest, decidedBy: 'reference', registry}
  return locked === undefined || locked.mayBeUpdated ? undefined : {digest: locked.digest, decidedBy: 'lock', registry}
}

/** What the lock file says that the tag is. */
export type LockedDigest = {
  readonly digest: Digest
  /** When the lock is to be renewed, it only counts where the registry that the reference names has failed or is silent. */
  readonly mayBeUpdated: boolean
}

/** An image as it was asked for, with the tag that it means when it names none. */
export type ImageRequest = {
  readonly input: string
  readonly reference: Reference
  readonly tag: string | undefined
  readonly locked?: LockedDigest
  /** Where files name it. */
  readonly locations?: readonly SourceLocation[]
  /** Names of build contexts that are this image, where files give it such. */
  readonly contexts?: readonly string[]
  /** A stage of a Dockerfile has its name, which is then no name of a build context. */
  readonly shadowsStage?: boolean
  /** The platforms that it is wanted for, where those are others than the run's. */
  readonly platforms?: PlatformChoice
}

export function parseImageRequest(input: string): Parsed<ImageRequest> {
  const reference = parseReference(input)
  if (!reference.ok) return reference
  const {tag, digest} = reference.value
  return valid({input, reference: reference.value, tag: tag ?? (digest === undefined ? 'latest' : undefined)})
}
