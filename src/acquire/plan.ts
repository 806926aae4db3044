// Plans an image: the registries that may have it, their order, and whether each of them may resolve a tag.
// Pure: it computes with names.

import {type Digest} from '../oci/digest.ts'
import type {Failure, SourceLocation} from '../failure/failure.ts'
import {mirroredRepositories, type MirrorConfiguration} from '../mirror-files/imported-mirrors.ts'
import {parseNamePrefix, repositoryNamed, suffixAfter} from '../oci/name-prefix.ts'
import {invalid, type Parsed, valid} from '../oci/parsed.ts'
import {formatRepository, parseReference, type Reference, type Repository} from '../oci/reference.ts'
import {type Role, type Candidate} from '../registry/candidate.ts'
import {type PlatformChoice} from '../oci/platform.ts'

export type MirrorRule = {
  /** As the input has it. */
  readonly source: string
  /** Whole components of `registry/path` to replace. Undefined for a target that is for every image. */
  readonly prefix: string | undefined
  readonly target: string
  /** Whether the path of the repository is appended to the target. */
  readonly appendsPath: boolean
}

export type MirrorRules = {
  /** From the input `mirrors`: these are trusted to resolve a tag. */
  readonly mirrors: readonly MirrorRule[]
  /** From the input `public-mirrors`: the repository may belong to another owner, so they only serve a known digest. */
  readonly publicMirrors: readonly MirrorRule[]
  /** From the input `mirrors-from`: these only serve a known digest, unless their file and the workflow allow more. */
  readonly imported?: readonly MirrorConfiguration[]
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
  if (target === '') return invalid('expected [prefix=]target, but the target is missing')
  if (prefix === '') return invalid('expected [prefix=]target, but the prefix is empty')
  const to = parseNamePrefix(target)
  if (!to.ok) return invalid(`the target "${target}" is not a registry or registry/path: ${to.reason}`)
  if (prefix === undefined) return valid({source: text, prefix, target: to.value, appendsPath: !to.value.includes('/')})
  const from = parseNamePrefix(prefix)
  if (!from.ok) return invalid(`the prefix "${prefix}" is not a registry or registry/path: ${from.reason}`)
  return valid({source: text, prefix: from.value, target: to.value, appendsPath: true})
}

/** Where a rule leads for a repository, or undefined where it does not apply. */
export function applyMirrorRule(rule: MirrorRule, primary: Repository): Repository | undefined {
  const name = formatRepository(primary)
  if (rule.prefix !== undefined) {
    const rest = suffixAfter(name, rule.prefix)
    return rest === undefined ? undefined : repositoryNamed(rule.target + rest)
  }
  return repositoryNamed(rule.appendsPath ? `${rule.target}/${primary.path}` : rule.target)
}

/**
 * Plans the registries to try for an image, in order, each once. Every rule that matches is a candidate. A repository that is also in
 * `mirrors` may resolve the tag. `prefer` moves the primary behind the mirrors, and does not change who resolves the tag.
 */
export function planCandidates(
  {registry, path}: Reference,
  {mirrors, publicMirrors, imported = []}: MirrorRules,
  prefer: 'primary' | 'mirrors'
): readonly Candidate[] {
  const primary: Candidate = {role: 'primary', repository: {registry, path}, mayResolve: true}
  const candidatesOf = (rules: readonly MirrorRule[], role: Exclude<Role, 'primary'>): readonly Candidate[] =>
    rules.flatMap(rule => {
      const repository = applyMirrorRule(rule, primary.repository)
      return repository === undefined ? [] : [{role, repository, mayResolve: role === 'mirror'}]
    })
  const listed: readonly Candidate[] = [
    ...candidatesOf(mirrors, 'mirror'),
    ...mirroredRepositories(primary.repository, imported).map(({mirror: {mayResolve}, repository}): Candidate => ({
      role: 'mirror',
      repository,
      mayResolve
    }))
  ]
  const ordered = [
    ...(prefer === 'mirrors' ? [...listed, primary] : [primary, ...listed]),
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

/**
 * The candidates for a run that hands out nothing but a reference. A client that pulls the reference sends no namespace, so that what a
 * mirror serves with one alone is no proof that the reference works.
 */
export function withoutNamespaces(candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates.map(candidate => {
    const {registry, path} = candidate.repository
    return {...candidate, repository: {registry, path}}
  })
}

/** Finds rules that match none of these images. Default rules need not match. */
export function unusedMirrorRules(
  references: readonly Reference[],
  {mirrors, publicMirrors}: MirrorRules
): readonly {readonly input: 'mirrors' | 'public-mirrors'; readonly rule: MirrorRule}[] {
  const isUnmatched = (rule: MirrorRule): boolean =>
    references.every(reference => applyMirrorRule(rule, reference) === undefined)
  return [
    ...mirrors.filter(isUnmatched).map(rule => ({input: 'mirrors' as const, rule})),
    ...publicMirrors
      .filter(rule => !DEFAULT_PUBLIC_MIRRORS.includes(rule.source) && isUnmatched(rule))
      .map(rule => ({input: 'public-mirrors' as const, rule}))
  ]
}

/** Whether a reference is not pinned: no digest, and no tag or a moving one. */
export function isFloating({tag, digest}: Reference): boolean {
  return digest === undefined && (tag === undefined || tag === 'latest')
}

/** Why the primary did not resolve its tag: it failed, or it was silent for this long. */
export type Unresolved =
  {readonly kind: 'failed'; readonly failure: Failure} | {readonly kind: 'silent'; readonly forMs: number}

/** The digest that an image must have, and what decided it. */
export type ResolvedDigest = {
  readonly digest: Digest
  readonly decidedBy: 'reference' | 'lock' | 'primary' | 'mirror'
  readonly registry: string
  /** Set if the answer of the primary would have counted instead. */
  readonly unresolved?: Unresolved
}

/** The digest that is known before any request. */
export function knownDigest({reference, locked}: ImageRequest): ResolvedDigest | undefined {
  const {registry, digest} = reference
  if (digest !== undefined) return {digest, decidedBy: 'reference', registry}
  return locked === undefined || locked.mayBeUpdated ? undefined : {digest: locked.digest, decidedBy: 'lock', registry}
}

/** The digest of a tag in the lock file. */
export type LockedDigest = {
  readonly digest: Digest
  /** With `lock: update` it only counts if the primary failed or was silent. */
  readonly mayBeUpdated: boolean
}

/** A requested image. `tag` is `latest` if the reference has neither tag nor digest. */
export type ImageRequest = {
  readonly input: string
  readonly reference: Reference
  readonly tag: string | undefined
  readonly locked?: LockedDigest
  /** Where files name it. */
  readonly locations?: readonly SourceLocation[]
  /** Names of build contexts that files give to this image. */
  readonly contexts?: readonly string[]
  /** Whether a stage of a Dockerfile has the same name, so that a build context of this name would replace the stage. */
  readonly shadowsStage?: boolean
  /** Platforms to acquire, if they differ from those of the run. */
  readonly platforms?: PlatformChoice
}

/** Parses a reference into a request. */
export function parseImageRequest(input: string): Parsed<ImageRequest> {
  const reference = parseReference(input)
  if (!reference.ok) return reference
  const {tag, digest} = reference.value
  return valid({input, reference: reference.value, tag: tag ?? (digest === undefined ? 'latest' : undefined)})
}
