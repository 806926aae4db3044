// Mirrors that come from files of other programs, and which of them are for a repository.
// Pure: it computes with names. A configuration has tables, and the one with the longest match is used, alone.

import type {SourceLocation} from '../failure/failure.ts'
import {repositoryNamed, suffixAfter} from '../oci/name-prefix.ts'
import {formatRepository, type Repository} from '../oci/reference.ts'

/** A line of a file. `isInWorkspace`: `file` is relative to the workspace, and a pull request may have written it. */
export type FilePlace = {readonly file: string; readonly line: number; readonly isInWorkspace: boolean}

export type ImportedMirror = {
  /** A registry, or a registry and a path. It replaces what the table matches. */
  readonly target: string
  /** Whether its answer for a tag may decide the digest: its file allows it, and the workflow trusts the file. */
  readonly mayResolve: boolean
  /** Whether its program names the registry of the image in each request to it, in the parameter `ns`. */
  readonly sendsNamespace: boolean
  /** Files with CAs for its host, beside those of the machine. */
  readonly authorities: readonly string[]
  readonly place: FilePlace
}

/** What a file asks for and this action does not do. */
export type ImportWarning = {readonly text: string; readonly place: FilePlace}

/** `subdomains`: every host that ends with this text, such as `.example.com`. */
export type NameMatch =
  | {readonly kind: 'prefix'; readonly prefix: string}
  | {readonly kind: 'subdomains'; readonly domain: string}
  | {readonly kind: 'any'}

export type MirrorTable = {
  readonly match: NameMatch
  readonly mirrors: readonly ImportedMirror[]
  /** Whether no image may come from what the table matches. Its mirrors are used. */
  readonly isBlocked: boolean
  readonly warnings: readonly ImportWarning[]
}

export type MirrorConfiguration = {readonly tables: readonly MirrorTable[]}

export type MirroredRepository = {readonly mirror: ImportedMirror; readonly repository: Repository}

/** Where a repository is mirrored, in order: configurations as they were listed, the mirrors of a table as its file has them. */
export function mirroredRepositories(
  primary: Repository,
  configurations: readonly MirrorConfiguration[]
): readonly MirroredRepository[] {
  return configurations.flatMap(configuration => {
    const found = longestMatch(formatRepository(primary), configuration)
    const all = (found?.table.mirrors ?? []).flatMap(mirror => {
      const repository = repositoryNamed(mirror.target + (found?.rest ?? ''))
      // The field `server` of a hosts.toml is often the registry itself.
      if (repository === undefined || formatRepository(repository) === formatRepository(primary)) return []
      const own = longestMatch(formatRepository(repository), configuration)
      if (own?.table.isBlocked === true) return []
      // Only a proxy needs the name: a host that is not the registry itself.
      const isProxy = mirror.sendsNamespace && repository.registry !== primary.registry
      return [{mirror, repository: isProxy ? {...repository, namespace: primary.registry} : repository}]
    })
    return eachOnce(all)
  })
}

// A place that a table lists twice is tried at its first position, and may do what either line allows.
function eachOnce(all: readonly MirroredRepository[]): readonly MirroredRepository[] {
  const places = new Map<string, MirroredRepository>()
  for (const {mirror, repository} of all) {
    const name = formatRepository(repository)
    const first = places.get(name)?.mirror ?? mirror
    places.set(name, {mirror: first.mayResolve ? first : {...first, mayResolve: mirror.mayResolve}, repository})
  }
  return [...places.values()]
}

/** The warnings of the tables that are used for these repositories, each once. */
export function importWarnings(
  repositories: readonly Repository[],
  configurations: readonly MirrorConfiguration[]
): readonly ImportWarning[] {
  const used = repositories.flatMap(repository =>
    configurations.flatMap(configuration => longestMatch(formatRepository(repository), configuration)?.table ?? [])
  )
  return [...new Set(used)].flatMap(({warnings}) => warnings)
}

/** The files with CAs that the administrator of the machine has for a registry, by registry. */
export function importedAuthorities(
  configurations: readonly MirrorConfiguration[]
): ReadonlyMap<string, readonly string[]> {
  const files = new Map<string, readonly string[]>()
  const mirrors = configurations.flatMap(({tables}) => tables).flatMap(table => table.mirrors)
  for (const {target, authorities} of mirrors) {
    const [registry = ''] = target.split('/')
    if (authorities.length > 0) files.set(registry, [...new Set([...(files.get(registry) ?? []), ...authorities])])
  }
  return files
}

/** The line of the workspace's own file; undefined for a file of the machine, which a pull request does not show. */
export function locationOf({file, line, isInWorkspace}: FilePlace): SourceLocation | undefined {
  return isInWorkspace ? {file, line} : undefined
}

type Found = {readonly table: MirrorTable; readonly rest: string}

// Of two tables with equal matches, the first counts.
function longestMatch(name: string, {tables}: MirrorConfiguration): Found | undefined {
  let best: (Found & {readonly length: number}) | undefined
  for (const table of tables) {
    const rest = restAfter(name, table.match)
    const length = lengthOf(table.match)
    if (rest !== undefined && length > (best?.length ?? -1)) best = {table, rest, length}
  }
  return best
}

function restAfter(name: string, match: NameMatch): string | undefined {
  const slash = name.indexOf('/')
  switch (match.kind) {
    case 'prefix':
      return suffixAfter(name, match.prefix)
    case 'subdomains':
      return name.slice(0, slash).endsWith(match.domain) ? name.slice(slash) : undefined
    case 'any':
      return name.slice(slash)
  }
}

function lengthOf(match: NameMatch): number {
  switch (match.kind) {
    case 'prefix':
      return match.prefix.length
    case 'subdomains':
      // As it is written: `*.example.com`.
      return match.domain.length + 1
    case 'any':
      return 0
  }
}
