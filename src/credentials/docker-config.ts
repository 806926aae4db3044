// The credentials in a Docker config file, `config.json`: which entry is for a registry, and which helper.
// Any program may have written the file, so it is decoded as Docker decodes it, and a broken one is only warned about.

import {join} from 'node:path'
import {isErrno} from '../filesystem/errno.ts'
import {readRegularFileSync} from '../filesystem/regular-file.ts'
import {isObject, type JsonObject, mapOf, readAsGo, structOf} from '../oci/go-json.ts'
import {stringAt} from '../oci/json.ts'
import {DOCKER_HUB} from '../oci/reference.ts'
import type {Credentials} from './credentials.ts'

/** Docker Hub's key in a Docker config is neither its name nor its endpoint. */
export const DOCKER_HUB_KEY = 'https://index.docker.io/v1/'

type ConfigSource = {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly home: string
  readonly warn: (text: string) => void
}

// Larger than any config. A device has no end.
const MAX_CONFIG_BYTES = 4 * 1024 * 1024

/** The config of this user, empty when there is none or it cannot be read. */
export function readDockerConfig({environment, home, warn}: ConfigSource): JsonObject {
  const folder = environment['DOCKER_CONFIG'] ?? ''
  const path = join(folder === '' ? join(home, '.docker') : folder, 'config.json')
  try {
    return parseDockerConfig(path, readRegularFileSync(path, {maxBytes: MAX_CONFIG_BYTES, links: 'follow'}), warn)
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) warn(`${path} cannot be read, so its credentials are not used (${String(error)})`)
    return {}
  }
}

// Docker's ConfigFile and AuthConfig, as far as they are read here.
const AUTH = structOf({username: 'string', password: 'string', auth: 'string', identitytoken: 'string'})
const CONFIG_FILE = structOf({auths: mapOf(AUTH), credsStore: 'string', credHelpers: mapOf('string')})

/** `name` is what a warning calls it. */
export function parseDockerConfig(name: string, bytes: Uint8Array, warn: (text: string) => void): JsonObject {
  const json = readAsGo(bytes, CONFIG_FILE, 'as-go')
  if (!json.ok) warn(`${name} is not used for credentials: ${json.reason}`)
  return json.ok ? json.value : {}
}

/** The name of the credential helper for a registry: its own, or the one for all. */
export function helperFor(config: JsonObject, registry: string): string | undefined {
  const helpers = config['credHelpers']
  const own = isObject(helpers) ? valueFor(helpers, registry) : undefined
  const helper = typeof own === 'string' ? own : stringAt(config, 'credsStore')
  return helper === '' ? undefined : helper
}

/** The credentials that the file itself holds for a registry. */
export function findEntry(config: JsonObject, registry: string): Credentials | undefined {
  const auths = config['auths']
  const entry = isObject(auths) ? valueFor(auths, registry) : undefined
  if (!isObject(entry)) return undefined
  const identityToken = stringAt(entry, 'identitytoken') ?? ''
  if (identityToken !== '') return {kind: 'identity-token', token: identityToken}
  const decoded = Buffer.from(stringAt(entry, 'auth') ?? '', 'base64').toString('utf8')
  const colon = decoded.indexOf(':')
  const username = colon > 0 ? decoded.slice(0, colon) : (stringAt(entry, 'username') ?? '')
  const password = colon > 0 ? decoded.slice(colon + 1).replace(/\0+$/, '') : (stringAt(entry, 'password') ?? '')
  return username === '' || password === '' ? undefined : {kind: 'password', username, password, isJobToken: false}
}

// Programs write keys in several forms: with a scheme, with a path, under one of Docker Hub's names.
function valueFor(entries: JsonObject, registry: string): unknown {
  const exact = registry === DOCKER_HUB ? DOCKER_HUB_KEY : registry
  if (exact in entries) return entries[exact]
  const hosts = registry === DOCKER_HUB ? [DOCKER_HUB, 'index.docker.io', 'registry-1.docker.io'] : [registry]
  const key = Object.keys(entries).find(name => hosts.includes(hostOfKey(name)))
  return key === undefined ? undefined : entries[key]
}

function hostOfKey(key: string): string {
  return key
    .replace(/^https?:\/\//, '')
    .replace(/\/.*$/, '')
    .toLowerCase()
}
