// The input `mirrors-from`: finds out what each path is, reads it by the rules of its own program, and collects what is wrong.
// A file that the workflow names must be valid. One that `auto` finds is left out with a warning if it is not.

import {basename, dirname, join} from 'node:path'
import type {InputIssue} from '../failure/failure.ts'
import {describeErrno} from '../filesystem/errno.ts'
import {listFolder} from '../filesystem/list-folder.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import {parseNamePrefix} from '../oci/name-prefix.ts'
import {DOCKER_HUB, endpointOf} from '../oci/reference.ts'
import {readDaemonJson} from './daemon-json.ts'
import {emptyHostTable, readHostsToml} from './hosts-toml.ts'
import type {ImportWarning, MirrorConfiguration, MirrorTable, NameMatch} from './imported-mirrors.ts'
import {MirrorFileError} from './located-value.ts'
import {kindOfPath, machinePath, mirrorPathOf, type MirrorPath, readMirrorFileText} from './mirror-file-text.ts'
import {mergeRegistriesConf, readRegistriesConf, type RegistryEntry} from './registries-conf.ts'
import type {MirrorFile} from './table-reader.ts'

export type MirrorFilesOptions = {
  readonly workspace: string
  readonly home: string
  /** The input `trust-imported`. */
  readonly isTrusted: boolean
  readonly insecureRegistries: readonly string[]
  /** `/etc`; undefined where there is none. */
  readonly systemFolder: string | undefined
}

export type MirrorFiles = {
  readonly configurations: readonly MirrorConfiguration[]
  readonly faults: readonly InputIssue[]
  /** Warnings about whole files. Those about tables are in the tables. */
  readonly warnings: readonly ImportWarning[]
  /** The files that were read, as messages name them. */
  readonly files: readonly string[]
}

/** Reads the files of each line: a path, or `auto` for the usual places. */
export async function readMirrorFiles(lines: readonly string[], options: MirrorFilesOptions): Promise<MirrorFiles> {
  const reading: Reading = {options, faults: [], warnings: [], files: []}
  const configurations: MirrorConfiguration[] = []
  for (const source of lines.flatMap(line => sourcesOf(line, reading)))
    configurations.push(await readSource(source, reading))
  const {faults, warnings, files} = reading
  return {configurations, faults, warnings, files}
}

function sourcesOf(line: string, reading: Reading): readonly Source[] {
  if (line === 'auto') return usualPlaces(reading.options)
  try {
    return [namedSource(line, reading.options)]
  } catch (error) {
    if (!(error instanceof MirrorFileError)) throw error
    reading.faults.push({input: 'mirrors-from', value: line, reason: error.message, example: EXAMPLE})
    return []
  }
}

type Reading = {
  readonly options: MirrorFilesOptions
  readonly faults: InputIssue[]
  readonly warnings: ImportWarning[]
  readonly files: string[]
}

/** `line`: as the input has it; undefined for a place of `auto`, where nothing needs to be. */
type Source = {
  readonly kind: 'registries-conf' | 'host-folders' | 'hosts-toml' | 'daemon-json'
  readonly at: MirrorPath
  /** Of registries.conf: the folders with more files, in order. */
  readonly folders: readonly MirrorPath[]
  readonly line: string | undefined
}

// In the order in which the mirrors are tried. As podman has it, the file of a user replaces that of the system, and both folders count.
function usualPlaces({home, systemFolder}: MirrorFilesOptions): readonly Source[] {
  const user = machinePath(join(home, '.config/containers/registries.conf'))
  if (systemFolder === undefined) return [usualPlace('registries-conf', user, [dropIns(user)])]
  const system = machinePath(join(systemFolder, 'containers/registries.conf'))
  const main = existsAt(user) ? user : system
  return [
    usualPlace('registries-conf', main, [dropIns(system), dropIns(user)]),
    usualPlace('host-folders', machinePath(join(systemFolder, 'containerd/certs.d'))),
    usualPlace('host-folders', machinePath(join(systemFolder, 'docker/certs.d'))),
    usualPlace('daemon-json', machinePath(join(systemFolder, 'docker/daemon.json')))
  ]
}

function usualPlace(kind: Source['kind'], at: MirrorPath, folders: readonly MirrorPath[] = []): Source {
  return {kind, at, folders, line: undefined}
}

function dropIns(at: MirrorPath): MirrorPath {
  return {...at, path: `${at.path}.d`, file: `${at.file}.d`}
}

const EXAMPLE = '/etc/containers/registries.conf'

/** What a path of the input is, by its name. Throws MirrorFileError for one that is none of them. */
function namedSource(line: string, {workspace}: MirrorFilesOptions): Source {
  const at = mirrorPathOf(line, workspace)
  const kind = kindOfPath(at)
  if (kind === 'missing') throw new MirrorFileError('it does not exist')
  const name = basename(at.path)
  if (kind === 'folder') {
    if (name.endsWith('.conf.d')) return {kind: 'registries-conf', at: {...at, path: ''}, folders: [at], line}
    const host = below(at, 'hosts.toml')
    return existsAt(host)
      ? {kind: 'hosts-toml', at: host, folders: [], line}
      : {kind: 'host-folders', at, folders: [], line}
  }
  if (name === 'hosts.toml') return {kind: 'hosts-toml', at, folders: [], line}
  if (name.endsWith('.conf')) return {kind: 'registries-conf', at, folders: [dropIns(at)], line}
  if (name.endsWith('.json')) return {kind: 'daemon-json', at, folders: [], line}
  throw new MirrorFileError('it must be registries.conf, hosts.toml, daemon.json, or a folder certs.d')
}

async function readSource(source: Source, reading: Reading): Promise<MirrorConfiguration> {
  switch (source.kind) {
    case 'registries-conf':
      return readRegistries(source, reading)
    case 'host-folders':
      return {tables: await readHostFolders(source, reading)}
    case 'hosts-toml':
      return {tables: readHost(source.at, basename(dirname(source.at.path)), source, reading)}
    case 'daemon-json': {
      const table = readWith(source.at, source, reading, readDaemonJson)
      return {tables: table === undefined ? [] : [table]}
    }
  }
}

// A registries.conf with a fault in one of its files is refused as a whole, as its programs do.
async function readRegistries(source: Source, reading: Reading): Promise<MirrorConfiguration> {
  const paths = source.at.path === '' ? [] : [source.at]
  for (const folder of source.folders) {
    const names = await namesIn(folder, source, reading)
    paths.push(...names.filter(name => name.endsWith('.conf')).map(name => below(folder, name)))
  }
  const before = reading.faults.length + reading.warnings.length
  const files: (readonly RegistryEntry[])[] = paths.map(at => readWith(at, source, reading, readRegistriesConf) ?? [])
  return reading.faults.length + reading.warnings.length > before ? {tables: []} : mergeRegistriesConf(files)
}

async function readHostFolders(source: Source, reading: Reading): Promise<readonly MirrorTable[]> {
  const names = await namesIn(source.at, source, reading)
  // containerd prefers the name in which a port has no colon.
  const ordered = [...names.filter(name => ENCODED_PORT.test(name)), ...names.filter(name => !ENCODED_PORT.test(name))]
  const tables = ordered.flatMap(name => readHost(below(below(source.at, name), 'hosts.toml'), name, source, reading))
  if (tables.every(({mirrors}) => mirrors.length === 0) && source.line !== undefined && reading.faults.length === 0)
    reject({at: source.at, source, error: new MirrorFileError('it has no HOST/hosts.toml with a mirror')}, reading)
  return tables
}

const ENCODED_PORT = /_(\d+)_$/

/** The table of one host. A folder without a hosts.toml has one too: containerd does not look at `_default` then. */
function readHost(at: MirrorPath, folder: string, source: Source, reading: Reading): readonly MirrorTable[] {
  const match = matchOfFolder(folder)
  if (match === undefined) {
    if (existsAt(at)) noteUnusedFolder(at, folder, reading)
    return []
  }
  const table = readWith(at, source, reading, (text, file) => readHostsToml(text, match, file))
  return [table ?? emptyHostTable(match)]
}

function matchOfFolder(folder: string): NameMatch | undefined {
  if (folder === '_default') return {kind: 'any'}
  const host = folder.replace(ENCODED_PORT, ':$1').toLowerCase()
  const parsed = parseNamePrefix(host)
  // containerd looks for Docker Hub's mirrors in `docker.io`.
  const isOtherName = host === endpointOf(DOCKER_HUB) || (parsed.ok && parsed.value !== host)
  return parsed.ok && !host.includes('/') && !isOtherName ? {kind: 'prefix', prefix: parsed.value} : undefined
}

function noteUnusedFolder(at: MirrorPath, folder: string, {warnings}: Reading): void {
  const isHub = /^(?:registry-1|index)\.docker\.io$/i.test(folder)
  warnings.push({
    text: isHub
      ? 'the file is not used: the folder for images of Docker Hub is docker.io'
      : 'the file is not used: its folder is not named after a registry',
    place: {file: at.file, line: 1, isInWorkspace: at.isInWorkspace}
  })
}

function below(at: MirrorPath, name: string): MirrorPath {
  return {...at, path: join(at.path, name), file: `${at.file}/${name}`}
}

function existsAt(at: MirrorPath): boolean {
  try {
    return kindOfPath(at) !== 'missing'
  } catch {
    // What is wrong with it is said when it is read.
    return true
  }
}

const MAX_NAMES = 1000

async function namesIn(folder: MirrorPath, source: Source, reading: Reading): Promise<readonly string[]> {
  try {
    if (kindOfPath(folder) !== 'folder') return []
    const names = await listFolder(folder.path, MAX_NAMES + 1)
    if (names.length > MAX_NAMES) throw new MirrorFileError(`it has more than ${String(MAX_NAMES)} names`)
    return names
  } catch (error) {
    const reason = error instanceof MirrorFileError ? error.message : `it cannot be read: ${describeErrno(error)}`
    reject({at: folder, source, error: new MirrorFileError(reason)}, reading)
    return []
  }
}

type Rejected = {readonly at: MirrorPath; readonly source: Source; readonly error: MirrorFileError}

/** Undefined for a file that is missing or not valid. */
function readWith<T>(
  at: MirrorPath,
  source: Source,
  reading: Reading,
  read: (text: string, file: MirrorFile) => T
): T | undefined {
  const {isTrusted, insecureRegistries} = reading.options
  const {file, isInWorkspace} = at
  try {
    const text = readMirrorFileText(at)
    if (text === undefined) return undefined
    const value = read(text, {file, isInWorkspace, isTrusted, insecureRegistries})
    reading.files.push(file)
    return value
  } catch (error) {
    if (!(error instanceof MirrorFileError)) throw error
    reject({at, source, error}, reading)
    return undefined
  }
}

function reject({at, source, error}: Rejected, {faults, warnings}: Reading): void {
  const {file, isInWorkspace} = at
  const line = error.line ?? 1
  if (source.line === undefined) {
    warnings.push({text: `the file is not used: ${error.message}`, place: {file, line, isInWorkspace}})
    return
  }
  faults.push(
    omitUndefined({
      input: 'mirrors-from',
      value: source.line,
      reason: isInWorkspace ? error.message : `${error.message} (line ${String(line)} of ${file})`,
      example: EXAMPLE,
      location: isInWorkspace ? {file, line} : undefined
    })
  )
}
