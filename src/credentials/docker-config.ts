// The credentials in a Docker config file or in podman's auth.json, which have the same form.
// Any program may have written the file, so it is decoded as Docker decodes it, and a broken one is only warned about.

import {isErrno} from '../filesystem/errno.ts'
import {readRegularFileSync} from '../filesystem/regular-file.ts'
import {isObject, type JsonObject, mapOf, readAsGo, structOf} from '../oci/go-json.ts'
import {stringAt} from '../oci/json.ts'
import type {Repository} from '../oci/reference.ts'
import {hostKeysFor, keysFor} from './config-key.ts'
import type {Credentials, Login} from './credentials.ts'

export type ConfigFile = {
  readonly path: string
  /** A file that a user names must exist. Docker's and podman's usual files need not. */
  readonly isRequired: boolean
}

// Larger than any config. A device has no end.
const MAX_CONFIG_BYTES = 4 * 1024 * 1024

/** The config in a file; empty, with a warning, when it cannot be read. */
export function readDockerConfig({path, isRequired}: ConfigFile, warn: (text: string) => void): JsonObject {
  try {
    return parseDockerConfig(path, readRegularFileSync(path, {maxBytes: MAX_CONFIG_BYTES, links: 'follow'}), warn)
  } catch (error) {
    if (isRequired || !isErrno(error, 'ENOENT', 'ENOTDIR'))
      warn(`${path} cannot be read, so its credentials are not used (${String(error)})`)
    return {}
  }
}

// Docker's ConfigFile and AuthConfig, as far as they are read here.
const AUTH = structOf({
  username: 'string',
  password: 'string',
  auth: 'string',
  identitytoken: 'string',
  registrytoken: 'string'
})
const CONFIG_FILE = structOf({auths: mapOf(AUTH), credsStore: 'string', credHelpers: mapOf('string')})

/** `name` is what a warning calls it. */
export function parseDockerConfig(name: string, bytes: Uint8Array, warn: (text: string) => void): JsonObject {
  const json = readAsGo(bytes, CONFIG_FILE, 'as-go')
  if (!json.ok) warn(`${name} is not used for credentials: ${json.reason}`)
  return json.ok ? json.value : {}
}

/**
 * The name of the credential helper for a registry: its own, or the one for all. As in podman, helpers are for hosts and not for
 * paths.
 */
export function helperFor(config: JsonObject, registry: string): string | undefined {
  const helpers = isObject(config['credHelpers']) ? config['credHelpers'] : {}
  const [key = ''] = hostKeysFor(Object.keys(helpers), registry)
  const helper = stringAt(helpers, key) ?? stringAt(config, 'credsStore')
  return helper === '' ? undefined : helper
}

/** The credentials that the file itself has for a repository. */
export function findEntry(config: JsonObject, repository: Repository): Credentials | undefined {
  const auths = isObject(config['auths']) ? config['auths'] : {}
  for (const key of keysFor(Object.keys(auths), repository)) {
    const credentials = decodeEntry(auths[key])
    if (credentials !== undefined) return credentials
  }
  return undefined
}

function decodeEntry(entry: unknown): Credentials | undefined {
  if (!isObject(entry)) return undefined
  const login = decodeLogin(entry)
  const identityToken = nonEmpty(stringAt(entry, 'identitytoken'))
  const registryToken = nonEmpty(stringAt(entry, 'registrytoken'))
  if (login === undefined && identityToken === undefined && registryToken === undefined) return undefined
  return {login, identityToken, registryToken, isJobToken: false}
}

// `auth` counts before the two fields. Docker trims NULs from the password, which old clients padded with them.
function decodeLogin(entry: JsonObject): Login | undefined {
  const decoded = Buffer.from(stringAt(entry, 'auth') ?? '', 'base64').toString('utf8')
  const colon = decoded.indexOf(':')
  const username = colon > 0 ? decoded.slice(0, colon) : (stringAt(entry, 'username') ?? '')
  const password = colon > 0 ? decoded.slice(colon + 1).replace(/^\0+|\0+$/g, '') : (stringAt(entry, 'password') ?? '')
  return username === '' || password === '' ? undefined : {username, password}
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}
