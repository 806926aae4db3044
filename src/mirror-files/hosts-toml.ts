// hosts.toml of containerd: the mirrors of one registry, in the order of the file (docs/hosts.md and core/remotes/docker/config/hosts.go
// in containerd). Nerdctl, Docker with the containerd image store, k3s, Spegel, and Dragonfly use these files too.

import {posix} from 'node:path'
import type {ImportedMirror, ImportWarning, MirrorTable, NameMatch} from './imported-mirrors.ts'
import {
  entryOf,
  flagOf,
  lineOfEntry,
  type LocatedTable,
  MirrorFileError,
  tableOf,
  textOf,
  textsOf
} from './located-value.ts'
import {type MirrorUrl, parseMirrorUrl, quoteAddress} from './mirror-url.ts'
import {limitMirrors, mayUseHttp, type MirrorFile, PLAIN_HTTP, placeIn} from './table-reader.ts'
import {parseToml} from './toml-tree.ts'

/** The table of a folder without a hosts.toml: it is for these images, and has no mirror. */
export function emptyHostTable(match: NameMatch): MirrorTable {
  return {match, mirrors: [], isBlocked: false, warnings: []}
}

/** Throws MirrorFileError for a file that containerd refuses. */
export function readHostsToml(text: string, match: NameMatch, file: MirrorFile): MirrorTable {
  const root = parseToml(text)
  const warnings: ImportWarning[] = []
  const hosts = [...(tableOf(root, 'host')?.entries ?? [])].flatMap(([url, host]) => {
    if (host.kind !== 'table') throw new MirrorFileError('each host must be a table', host.line)
    return readHost(url, host, file, warnings)
  })
  const server = textOf(root, 'server') ?? ''
  // Often it is the registry itself, which is a candidate already.
  const upstream = server === '' ? [] : readHost(server, root, file, warnings)
  return {match, mirrors: limitMirrors([...hosts, ...upstream], warnings), isBlocked: false, warnings}
}

function readHost(
  url: string,
  host: LocatedTable,
  file: MirrorFile,
  warnings: ImportWarning[]
): readonly ImportedMirror[] {
  const line = host.entries.has('server') ? lineOfEntry(host, 'server') : host.line
  const {mayPull, mayResolve} = readCapabilities(host, file, warnings)
  if (!mayPull) return []
  const isOverridden = flagOf(host, 'override_path')
  const parsed = parseMirrorUrl(url.startsWith('http') ? url : `https://${url}`, path => rootOf(path, isOverridden))
  if (!parsed.ok) {
    const text = `the host ${quoteAddress(url)} is not used: ${parsed.reason}`
    warnings.push({text, place: placeIn(file, line)})
    return []
  }
  const {value} = parsed
  if (value.isHttp && !mayUseHttp(file, value.host)) {
    warnings.push({text: `${value.host} ${PLAIN_HTTP}`, place: placeIn(file, line)})
    return []
  }
  warnAboutOptions(host, value, file, warnings)
  const mirror: ImportedMirror = {
    ...{target: value.target, mayResolve: file.isTrusted && mayResolve, place: placeIn(file, line)},
    takesNamespace: true
  }
  return [mirror]
}

// As containerd finds the root of the API.
function rootOf(path: string, isOverridden: boolean): string {
  const clean = posix.normalize(path).replace(/\/$/, '')
  return isOverridden || clean.endsWith('/v2') ? clean : `${clean}/v2`
}

const CAPABILITIES = ['pull', 'resolve', 'push']

function readCapabilities(
  host: LocatedTable,
  file: MirrorFile,
  warnings: ImportWarning[]
): {readonly mayPull: boolean; readonly mayResolve: boolean} {
  const written = textsOf(host, 'capabilities').map(({text}) => text.toLowerCase())
  if (written.some(capability => !CAPABILITIES.includes(capability)))
    warnings.push({
      text: `a capability that is not ${CAPABILITIES.join(', ')} is ignored`,
      place: placeIn(file, lineOfEntry(host, 'capabilities'))
    })
  // An empty list is like none: everything.
  if (written.length === 0) return {mayPull: true, mayResolve: true}
  return {mayPull: written.includes('pull'), mayResolve: written.includes('resolve')}
}

function warnAboutOptions(
  host: LocatedTable,
  {host: name}: MirrorUrl,
  file: MirrorFile,
  warnings: ImportWarning[]
): void {
  const ignored: Readonly<Record<string, string>> = {
    skip_verify: 'certificates are always verified',
    ca: `put the certificate into /etc/docker/certs.d/${name}, or set NODE_EXTRA_CA_CERTS`,
    client: `put the certificate and its key into /etc/docker/certs.d/${name}`,
    header: 'no header of a file is sent'
  }
  for (const [option, reason] of Object.entries(ignored)) {
    const entry = entryOf(host, option)
    if (entry === undefined || (entry.kind === 'flag' && !entry.flag)) continue
    const text = `${option} is not followed for ${name}: ${reason}`
    warnings.push({text, place: placeIn(file, entry.line)})
  }
}
