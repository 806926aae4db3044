// The inputs registry, username and password: which credentials, and the one registry that may get them.
// Only the workflow decides that. An image that a file, a mirror rule or a redirect names never adds a registry to it.

import {parseReference, parseRegistry} from '../oci/reference.ts'
import type {InputReader} from './input-reader.ts'

export type RegistryCredentials = {readonly registry: string; readonly username: string; readonly password: string}

const EXAMPLE = 'ghcr.io'

export function readCredentials(read: InputReader): RegistryCredentials | undefined {
  const username = read.text('username')
  const password = read.text('password')
  const registry = readRegistry(read)
  if (username === '' && password === '') return undefined
  if (username === '') read.issue('username', '', 'it is needed beside password', 'username: ${{ vars.REGISTRY_USER }}')
  if (password === '')
    read.issue('password', '', 'it is needed beside username', 'password: ${{ secrets.REGISTRY_PASSWORD }}')
  const named = read.text('registry') === '' ? registryOfImages(read) : registry
  return named === undefined ? undefined : {registry: named, username, password}
}

// As docker login reads it: a scheme and Docker Hub's old address are taken off.
function readRegistry(read: InputReader): string | undefined {
  const written = read.text('registry')
  if (written === '') return undefined
  const host = written.replace(/^https?:\/\//i, '').replace(/\/(?:v[12]\/?)?$/i, '')
  const parsed = parseRegistry(host.toLowerCase() === 'registry-1.docker.io' ? 'docker.io' : host)
  // A name without a dot or a port is a part of a repository in every reference, so that nothing would ever be sent there.
  const isHost = parsed.ok && (/[.:]/.test(parsed.value) || parsed.value === 'localhost')
  if (!isHost)
    read.issue('registry', written, 'a registry is a host name, an IP address or host:port, without a path', EXAMPLE)
  return isHost ? parsed.value : undefined
}

function registryOfImages(read: InputReader): string | undefined {
  const lines = read.lines('image')
  const registries = [...new Set(lines.map(parseReference).flatMap(image => (image.ok ? [image.value.registry] : [])))]
  const [registry] = registries
  if (registries.length > 1)
    read.issue(
      'registry',
      '',
      `username and password are for one registry, and image names ${registries.join(' and ')}; say which one they are for`,
      registries[0] ?? EXAMPLE
    )
  // An image that cannot be read has its own fault.
  else if (lines.length === 0)
    read.issue(
      'registry',
      '',
      'username and password are for one registry, and no image in the input image says which; a registry that only a file names never gets them',
      EXAMPLE
    )
  return registries.length === 1 ? registry : undefined
}
