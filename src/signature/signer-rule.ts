// Rules of the input `signed-by`: `[prefix=]SIGNER`, with optional words. Parses one line, and finds the rules of an image.
// Pure. A word that is unknown or in the wrong place is an error: a rule that is read wrong would accept the wrong signer.

import {parseNamePrefix, suffixAfter} from '../oci/name-prefix.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import {invalid, type Parsed, valid} from '../oci/parsed.ts'
import {formatRepository, parseRepository, type Repository} from '../oci/reference.ts'
import {checkPattern} from './identity-pattern.ts'

export type SignerRule = {
  /** As the input has it. */
  readonly source: string
  /** Whole components of `registry/path`; undefined for a rule that is for every image. */
  readonly prefix?: string
  readonly signer: RequiredSigner
  /** Predicate types that count as a signature, beside the usual ones. */
  readonly predicates: readonly string[]
  /** The repository that holds the signatures, if it is not the image's own. */
  readonly at?: Repository
}

export type RequiredSigner =
  /** A workflow of this repository, or of any repository of the owner. */
  | {
      readonly kind: 'github'
      /** The host of the repositories: `github.com`, or that of a tenant. */
      readonly host: string
      readonly issuer: string
      readonly owner: string
      readonly repository?: string
      /** `OWNER/REPO/.github/workflows/FILE`, with `@ref` or without: the workflow that signs, if it is in another repository. */
      readonly workflow?: string
      /** A pattern of the ref that the workflow ran for. */
      readonly ref?: string
    }
  | {readonly kind: 'identity'; readonly pattern: string; readonly issuer: string}
  | {readonly kind: 'key'; readonly path: string; readonly requiresLog: boolean}

export const GITHUB_ISSUER = 'https://token.actions.githubusercontent.com'

export const RULE_EXAMPLE = 'ghcr.io/acme=github:acme/images'

/** Parses one line. */
export function parseSignerRule(line: string): Parsed<SignerRule> {
  const [first = '', ...rest] = line.split(/\s+/)
  const [, before, kind = '', name = ''] =
    /^(?:((?!(?:github|identity|key):).+?)=)?(github|identity|key):(.*)$/s.exec(first) ?? []
  if (kind === '') return invalid(describeUnknown(first))
  const prefix = before === undefined ? undefined : parseNamePrefix(before)
  if (prefix?.ok === false)
    return invalid(`the prefix ${JSON.stringify(before)} is not a registry or registry/path: ${prefix.reason}`)
  const words = parseWords(rest)
  if (!words.ok) return words
  const signer = parseSigner(kind, name, words.value)
  if (!signer.ok) return signer
  const at = words.value.at === undefined ? undefined : parseAt(words.value.at)
  if (at?.ok === false) return at
  return valid(
    omitUndefined({
      source: line,
      prefix: prefix?.value,
      signer: signer.value,
      predicates: words.value.predicates,
      at: at?.value
    })
  )
}

function describeUnknown(word: string): string {
  const signer = word.includes('=') ? word.slice(word.lastIndexOf('=') + 1) : word
  return `${JSON.stringify(signer)} is not a signer: expected github:OWNER/REPO, identity:NAME, or key:FILE`
}

type Words = {
  readonly issuer?: string
  readonly signer?: string
  readonly ref?: string
  readonly at?: string
  readonly log?: string
  readonly predicates: readonly string[]
}

const NAMES = ['issuer', 'signer', 'ref', 'predicate', 'at', 'log']

function parseWords(words: readonly string[]): Parsed<Words> {
  const found = new Map<string, string[]>()
  for (const word of words) {
    const [, name = '', value = ''] = /^([a-z]+)=(.*)$/s.exec(word) ?? []
    if (!NAMES.includes(name))
      return invalid(`${JSON.stringify(word)} is unknown: expected ${NAMES.map(known => `${known}=`).join(', ')}`)
    if (value === '') return invalid(`${name}= has no value`)
    if (found.has(name) && name !== 'predicate') return invalid(`${name}= is there twice`)
    found.set(name, [...(found.get(name) ?? []), value])
  }
  const {issuer, signer, ref, at, log} = Object.fromEntries([...found].map(([name, [value]]) => [name, value]))
  const predicates = found.get('predicate') ?? []
  const noUri = predicates.find(uri => !URL.canParse(uri))
  if (noUri !== undefined) return invalid(`predicate=${noUri} is not a URI, such as https://slsa.dev/provenance/v1`)
  return valid({...omitUndefined({issuer, signer, ref, at, log}), predicates})
}

function parseSigner(kind: string, name: string, words: Words): Parsed<RequiredSigner> {
  const misplaced = [
    ...(kind === 'github' ? [] : (['signer', 'ref'] as const)),
    ...(kind === 'key' ? (['issuer'] as const) : (['log'] as const))
  ].find(word => words[word] !== undefined)
  if (misplaced !== undefined) return invalid(`${misplaced}= is not for ${kind}:`)
  switch (kind) {
    case 'github':
      return parseGithub(name, words)
    case 'identity':
      return parseIdentity(name, words)
    default:
      return parseKey(name, words)
  }
}

const OWNER = '[A-Za-z0-9](?:[A-Za-z0-9_-]*)'
const REPOSITORY = '[A-Za-z0-9._-]+'

function parseGithub(name: string, {issuer = GITHUB_ISSUER, signer, ref}: Words): Parsed<RequiredSigner> {
  const [, owner, repository] = new RegExp(`^(${OWNER})(?:/(${REPOSITORY}))?$`).exec(name) ?? []
  if (owner === undefined || /^\.+$/.test(repository ?? ''))
    return invalid(`github:${name} is not github:OWNER/REPO or github:OWNER`)
  const host = githubHostOf(issuer)
  if (host === undefined)
    return invalid(`issuer=${issuer} is not one of GitHub's, such as ${GITHUB_ISSUER}; use identity: for other issuers`)
  if (signer !== undefined && !new RegExp(`^${OWNER}/${REPOSITORY}/\\.github/workflows/[^@*]+(?:@.+)?$`).test(signer))
    return invalid(`signer=${signer} is not a workflow, such as acme/ci/.github/workflows/build.yml`)
  const flaw = ref === undefined ? undefined : checkRef(ref)
  if (flaw !== undefined) return invalid(`ref=${String(ref)} ${flaw}`)
  return valid(omitUndefined({kind: 'github', host, issuer, owner, repository, workflow: signer, ref}))
}

function checkRef(ref: string): string | undefined {
  return ref.startsWith('refs/') ? checkPattern(ref) : 'is not a full ref, such as refs/heads/main or refs/tags/v*'
}

/**
 * The host of the repositories whose workflows an issuer vouches for. Enterprises have an issuer with a path, tenants a host of their
 * own (docs.github.com, "OpenID Connect reference").
 */
export function githubHostOf(issuer: string): string | undefined {
  const enterprise = suffixAfter(issuer, GITHUB_ISSUER)
  if (enterprise !== undefined && /^(?:\/[A-Za-z0-9_-]+)?$/.test(enterprise)) return 'github.com'
  return /^https:\/\/token\.actions\.([a-z0-9-]+\.ghe\.com)$/.exec(issuer)?.[1]
}

function parseIdentity(name: string, {issuer}: Words): Parsed<RequiredSigner> {
  if (name === '') return invalid('identity: has no name')
  const flaw = checkPattern(name)
  if (flaw !== undefined) return invalid(`identity:${name} ${flaw}`)
  // Two issuers may vouch for the same name.
  if (issuer === undefined) return invalid('identity: needs issuer=URL, such as issuer=https://accounts.google.com')
  if (!/^https:\/\/[^\s*]+$/.test(issuer) || !URL.canParse(issuer))
    return invalid(`issuer=${issuer} is not an https URL; it is compared as a whole, and * has no meaning in it`)
  return valid({kind: 'identity', pattern: name, issuer})
}

function parseKey(path: string, {log}: Words): Parsed<RequiredSigner> {
  if (path === '') return invalid('key: has no file')
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path)) return invalid(`key:${path} is not a file: keep the key in the repository`)
  if (log !== undefined && log !== 'required') return invalid(`log=${log} is unknown: expected log=required`)
  return valid({kind: 'key', path, requiresLog: log === 'required'})
}

function parseAt(text: string): Parsed<Repository> {
  const name = parseNamePrefix(text)
  const repository = name.ok && name.value.includes('/') ? parseRepository(name.value) : undefined
  return repository?.ok === true ? repository : invalid(`at=${text} is not registry/repository`)
}

/** The rules for an image: those with the longest prefix of its name. They are alternatives. */
export function rulesFor(image: Repository, rules: readonly SignerRule[]): readonly SignerRule[] {
  const matching = rules.filter(rule => matchesName(rule, image))
  const longest = Math.max(...matching.map(({prefix = ''}) => prefix.length))
  return matching.filter(({prefix = ''}) => prefix.length === longest)
}

/** Rules with a prefix that none of these images has. */
export function unusedSignerRules(images: readonly Repository[], rules: readonly SignerRule[]): readonly SignerRule[] {
  return rules.filter(rule => rule.prefix !== undefined && !images.some(image => matchesName(rule, image)))
}

function matchesName({prefix}: SignerRule, image: Repository): boolean {
  return prefix === undefined || suffixAfter(formatRepository(image), prefix) !== undefined
}
