// Reads the inputs registry, username, and password: credentials, and the one registry that they are sent to.
// Only the workflow decides that registry. An image in a file, a mirror rule, or a redirect never adds one.

import {parseReference, parseRegistry} from '../oci/reference.ts'
import type {InputReader} from './input-reader.ts'

export type RegistryCredentials = {readonly registry: string; readonly username: string; readonly password: string}

const EXAMPLE = 'ghcr.io'

export function readCredentials(reader: InputReader): RegistryCredentials | undefined {
  const username = reader.text('username')
  const password = reader.text('password')
  const registry = readRegistry(reader)
  if (username === '' && password === '') return undefined
  if (username === '')
    reader.reject({
      input: 'username',
      value: '',
      reason: 'is required with password',
      example: 'username: ${{ vars.REGISTRY_USER }}'
    })
  if (password === '')
    reader.reject({
      input: 'password',
      value: '',
      reason: 'is required with username',
      example: 'password: ${{ secrets.REGISTRY_PASSWORD }}'
    })
  const host = reader.text('registry') === '' ? registryOfImages(reader) : registry
  return host === undefined ? undefined : {registry: host, username, password}
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
