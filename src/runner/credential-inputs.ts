// Reads the inputs registry, username, and password: credentials, and the one registry that they are sent to.
// Only the workflow decides that registry. An image in a file, a mirror rule, or a redirect never adds one.

import type {Login} from '../credentials/credentials.ts'
import {parseReference, parseRegistry} from '../oci/reference.ts'
import type {InputReader} from './input-reader.ts'

export type RegistryCredentials = Login & {readonly registry: string}

const EXAMPLE = 'ghcr.io'

export function readCredentials(reader: InputReader): RegistryCredentials | undefined {
  const login = readLogin(reader, {username: 'username', password: 'password'})
  const registry = readRegistry(reader)
  if (login === undefined) return undefined
  const host = reader.text('registry') === '' ? registryOfImages(reader) : registry
  return host === undefined ? undefined : {registry: host, ...login}
}

/** The inputs that have one login. */
export type LoginInputs =
  | {readonly username: 'username'; readonly password: 'password'}
  | {readonly username: 'target-username'; readonly password: 'target-password'}

/** Reads a username and a password, which need each other. Undefined without either. */
export function readLogin(reader: InputReader, inputs: LoginInputs): Login | undefined {
  const username = reader.text(inputs.username)
  const password = reader.text(inputs.password)
  if (username === '' && password === '') return undefined
  if (username === '')
    reader.reject({
      input: inputs.username,
      value: '',
      reason: `is required with ${inputs.password}`,
      example: `${inputs.username}: \${{ vars.REGISTRY_USER }}`
    })
  if (password === '')
    reader.reject({
      input: inputs.password,
      value: '',
      reason: `is required with ${inputs.username}`,
      example: `${inputs.password}: \${{ secrets.REGISTRY_PASSWORD }}`
    })
  return {username, password}
}

// As docker login reads it: without a scheme, and Docker Hub by its old address, too.
function readRegistry(reader: InputReader): string | undefined {
  const value = reader.text('registry')
  if (value === '') return undefined
  const host = value.replace(/^https?:\/\//i, '').replace(/\/(?:v[12]\/?)?$/i, '')
  const parsed = parseRegistry(host.toLowerCase() === 'registry-1.docker.io' ? 'docker.io' : host)
  // In a reference, a name without a dot or a port is part of a repository, so no credentials would ever be sent.
  const isHost = parsed.ok && (/[.:]/.test(parsed.value) || parsed.value === 'localhost')
  if (!isHost)
    reader.reject({
      input: 'registry',
      value,
      reason: 'must be a host name, an IP address, or host:port, without a path',
      example: EXAMPLE
    })
  return isHost ? parsed.value : undefined
}

function registryOfImages(reader: InputReader): string | undefined {
  const lines = reader.lines('image')
  const registries = [...new Set(lines.map(parseReference).flatMap(image => (image.ok ? [image.value.registry] : [])))]
  const [registry] = registries
  if (registries.length > 1)
    reader.reject({
      input: 'registry',
      value: '',
      reason: `is required: username and password are for one registry, and image names ${registries.join(' and ')}`,
      example: registries[0] ?? EXAMPLE
    })
  // An image that cannot be parsed has an issue of its own.
  else if (lines.length === 0)
    reader.reject({
      input: 'registry',
      value: '',
      reason:
        'is required: username and password are for one registry, and image names none. A registry that only a file names never gets them',
      example: EXAMPLE
    })
  return registries.length === 1 ? registry : undefined
}
