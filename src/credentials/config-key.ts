// The keys of a Docker config or auth.json: which of them are for a repository, and in which order.
// Docker's client writes hosts, podman's also paths below a host (containers-auth.json(5)). Pure.

import {DOCKER_HUB, type Repository} from '../oci/reference.ts'

/** Docker Hub's key in a Docker config is neither its name nor its endpoint. */
export const DOCKER_HUB_KEY = 'https://index.docker.io/v1/'

/**
 * The keys for a repository, the best first: the longest path that the repository is at or below, then the host itself, then the
 * host with a scheme or the path of an API. A key with any other path is for another repository.
 */
export function keysFor(keys: readonly string[], repository: Repository): readonly string[] {
  const parsed = keys.map(parseKey).filter(({host}) => hostsOf(repository.registry).includes(host))
  const paths = parsed
    .filter(({path}) => path !== '' && `${repository.path}/`.startsWith(`${path}/`))
    .sort((a, b) => b.path.length - a.path.length)
  return [...paths.map(({key}) => key), ...hostKeysFor(keys, repository.registry)]
}

/** The keys for all repositories of a registry, the best first. */
export function hostKeysFor(keys: readonly string[], registry: string): readonly string[] {
  const hosts = hostsOf(registry)
  const exact = registry === DOCKER_HUB ? [DOCKER_HUB_KEY, DOCKER_HUB] : [registry]
  const others = keys
    .map(parseKey)
    .filter(({key, host, path}) => hosts.includes(host) && isApiPath(path) && !exact.includes(key))
  return [...exact.filter(key => keys.includes(key)), ...others.map(({key}) => key)]
}

function hostsOf(registry: string): readonly string[] {
  return registry === DOCKER_HUB ? [DOCKER_HUB, 'index.docker.io', 'registry-1.docker.io'] : [registry.toLowerCase()]
}

type Key = {readonly key: string; readonly host: string; readonly path: string}

function parseKey(key: string): Key {
  const [host = '', ...path] = key.replace(/^https?:\/\//i, '').split('/')
  return {key, host: host.toLowerCase(), path: path.join('/').replace(/\/+$/, '')}
}

// A web login of Docker Hub leaves keys with the paths v1/access-token and v1/refresh-token, whose secrets are not passwords.
function isApiPath(path: string): boolean {
  return path === '' || path === 'v1' || path === 'v2'
}
