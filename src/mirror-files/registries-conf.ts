// registries.conf, version 2, and the files in registries.conf.d (containers-registries.conf(5)): podman, buildah, skopeo, CRI-O.
// Short names and their search are not for this action: its references are Docker's.

import {parseNamePrefix} from '../oci/name-prefix.ts'
import type {ImportedMirror, ImportWarning, MirrorConfiguration, MirrorTable, NameMatch} from './imported-mirrors.ts'
import {entryOf, flagOf, lineOfEntry, type LocatedTable, MirrorFileError, tablesOf, textOf} from './located-value.ts'
import {quoteAddress, registryAt} from './mirror-url.ts'
import {limitMirrors, mayUseHttp, type MirrorFile, placeIn} from './table-reader.ts'
import {parseToml} from './toml-tree.ts'

// Each image is compared with each table.
const MAX_TABLES = 1000

/** A `[[registry]]`. A later file replaces those with the same prefix. */
export type RegistryEntry = {readonly prefix: string; readonly table: MirrorTable}

/** Throws MirrorFileError for a file that these programs refuse. */
export function readRegistriesConf(text: string, file: MirrorFile): readonly RegistryEntry[] {
  const root = parseToml(text)
  if (entryOf(root, 'registries') !== undefined)
    throw new MirrorFileError(
      'it has the format of version 1: write each registry as a table [[registry]]',
      lineOfEntry(root, 'registries')
    )
  const tables = tablesOf(root, 'registry')
  if (tables.length > MAX_TABLES)
    throw new MirrorFileError(`it has more than ${String(MAX_TABLES)} tables [[registry]]`)
  return tables.map(table => readRegistry(table, file))
}

/** The tables of several files, in order: those of registries.conf, and then of each file of registries.conf.d. */
export function mergeRegistriesConf(files: readonly (readonly RegistryEntry[])[]): MirrorConfiguration {
  let merged: readonly RegistryEntry[] = []
  for (const entries of files) {
    const replaced = new Set(entries.map(({prefix}) => prefix))
    merged = [...merged.filter(({prefix}) => !replaced.has(prefix)), ...entries]
  }
  return {tables: merged.map(({table}) => table)}
}

function readRegistry(table: LocatedTable, file: MirrorFile): RegistryEntry {
  const location = readLocation(table, 'location')
  const prefix = readLocation(table, 'prefix') ?? location
  if (prefix === undefined) throw new MirrorFileError('a [[registry]] needs a prefix or a location', table.line)
  const match = matchOf(prefix, lineOfEntry(table, 'prefix'))
  if (location === undefined && match.kind !== 'subdomains')
    throw new MirrorFileError('a [[registry]] needs a location', table.line)
  const warnings: ImportWarning[] = []
  const isBlocked = flagOf(table, 'blocked')
  const mirrors = tablesOf(table, 'mirror').flatMap(mirror => readMirror(mirror, table, file, warnings))
  // The registry itself is elsewhere: podman goes there after the mirrors.
  const moved = location === undefined || location === prefix || isBlocked ? [] : [movedTo(location, table, file)]
  if (isBlocked)
    warnings.push({
      text: 'blocked = true is not followed: the registry that an image names is queried. Its mirrors are used',
      place: placeIn(file, lineOfEntry(table, 'blocked'))
    })
  if (location !== undefined) warnAboutInsecure(table, location, file, warnings)
  return {prefix, table: {match, mirrors: limitMirrors([...mirrors, ...moved], warnings), isBlocked, warnings}}
}

function readLocation(table: LocatedTable, name: 'location' | 'prefix'): string | undefined {
  const text = textOf(table, name)
  if (text === undefined || text === '') return undefined
  const trimmed = text.replace(/\/+$/, '')
  if (trimmed === '' || /^https?:\/\//.test(trimmed))
    throw new MirrorFileError(`${name} must be a registry or registry/path, without a scheme`, lineOfEntry(table, name))
  return trimmed
}

function matchOf(prefix: string, line: number): NameMatch {
  if (prefix.startsWith('*.')) {
    const domain = prefix.slice(1)
    if (/^(?:\.[a-z\d-]+)+$/i.test(domain)) return {kind: 'subdomains', domain: domain.toLowerCase()}
    throw new MirrorFileError('a prefix with a wildcard is *.example.com, without a port or a path', line)
  }
  const parsed = parseNamePrefix(prefix)
  // A prefix may be one tag or digest of a repository. It is valid, and its length counts, but no repository begins with it.
  return {kind: 'prefix', prefix: parsed.ok ? parsed.value : prefix}
}

function readMirror(
  mirror: LocatedTable,
  registry: LocatedTable,
  file: MirrorFile,
  warnings: ImportWarning[]
): readonly ImportedMirror[] {
  const {line} = mirror
  const location = readLocation(mirror, 'location')
  if (location === undefined) throw new MirrorFileError('a [[registry.mirror]] needs a location', line)
  const pulls = textOf(mirror, 'pull-from-mirror') ?? ''
  const byDigest = flagOf(registry, 'mirror-by-digest-only')
  if (!['', 'all', 'digest-only', 'tag-only'].includes(pulls))
    throw new MirrorFileError('pull-from-mirror must be all, digest-only, or tag-only', line)
  if (pulls !== '' && byDigest)
    throw new MirrorFileError('pull-from-mirror cannot be set with mirror-by-digest-only', line)
  if (pulls === 'tag-only') {
    const text = 'a mirror with pull-from-mirror = "tag-only" is not used: content is requested by digest'
    warnings.push({text, place: placeIn(file, line)})
    return []
  }
  const target = targetAt(location, file, line, warnings)
  if (target === undefined) return []
  warnAboutInsecure(mirror, location, file, warnings)
  return [{target, mayResolve: file.isTrusted && !byDigest && pulls !== 'digest-only', place: placeIn(file, line)}]
}

function movedTo(location: string, table: LocatedTable, file: MirrorFile): ImportedMirror {
  const place = placeIn(file, lineOfEntry(table, 'location'))
  return {target: normalized(location), mayResolve: file.isTrusted, place}
}

function targetAt(location: string, file: MirrorFile, line: number, warnings: ImportWarning[]): string | undefined {
  const target = parseNamePrefix(normalized(location))
  if (target.ok) return target.value
  const text = `the mirror ${quoteAddress(location)} is not used: ${target.reason}`
  warnings.push({text, place: placeIn(file, line)})
  return undefined
}

function normalized(location: string): string {
  const [host = '', ...path] = location.split('/')
  return [registryAt(host.toLowerCase()), ...path].join('/')
}

function warnAboutInsecure(table: LocatedTable, location: string, file: MirrorFile, warnings: ImportWarning[]): void {
  const [host = ''] = location.split('/')
  if (!flagOf(table, 'insecure') || mayUseHttp(file, host.toLowerCase())) return
  const text =
    'insecure = true is not followed: certificates are always verified. For plain HTTP, list the registry in the input insecure-registries'
  warnings.push({text, place: placeIn(file, lineOfEntry(table, 'insecure'))})
}
