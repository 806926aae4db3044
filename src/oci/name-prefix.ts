// Prefixes of image names in rules: a registry, or a registry with whole components of a path.
// Here `docker.io/mlocati` is a namespace, not the image `library/mlocati`.

import {invalid, type Parsed, valid} from './parsed.ts'
import {parseRegistry, parseRepository} from './reference.ts'

/** Parses `registry` or `registry/path`. A path alone is not valid. */
export function parseNamePrefix(text: string): Parsed<string> {
  const slash = text.indexOf('/')
  const registry = parseRegistry(slash < 0 ? text : text.slice(0, slash))
  if (!registry.ok) return registry
  if (!/[.:]/.test(registry.value) && registry.value !== 'localhost')
    return invalid(`"${registry.value}" is not a registry, which has a dot or a port in its name`)
  if (slash < 0) return registry
  const path = text.slice(slash + 1)
  const repository = parseRepository(`${registry.value}/${path}`)
  return repository.ok ? valid(`${registry.value}/${path}`) : repository
}

/** What follows the prefix in a name; undefined for a name that does not begin with it. */
export function suffixAfter(name: string, prefix: string): string | undefined {
  if (name === prefix) return ''
  return name.startsWith(`${prefix}/`) ? name.slice(prefix.length) : undefined
}
