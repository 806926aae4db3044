// Build contexts: their names, and what their values lead to.
// BuildKit compares names in familiar form (frontend/dockerui/config.go, NamedContext).

import type {SourceLocation} from '../../failure/failure.ts'
import type {Platform} from '../../oci/platform.ts'
import {formatFamiliar, parseReference} from '../../oci/reference.ts'
import {excerpt, type SkippedEntry} from './file-entry.ts'

/** The name under which BuildKit looks up a build context. A name that is not a reference is only lowercased. */
export function familiarName(name: string): string {
  const reference = parseReference(name)
  return reference.ok ? formatFamiliar(reference.value) : name.toLowerCase()
}

// The output build-contexts is lines of NAME=VALUE, which workflows pass on through shells and CSV lists. The author of a file
// chooses the names: a line break, "=", a comma, or a space in a name could add a context of the author's choice.
const SAFE_NAME = /^[A-Za-z0-9][A-Za-z0-9._:@/+-]*$/

/** The reason why `docker buildx build --build-context` cannot have a context of this name; undefined when it can. */
export function checkContextName(name: string): string | undefined {
  if (!SAFE_NAME.test(name)) return 'A build context cannot have this name: use letters, digits, and . _ - / : @ +.'
  if (!parseReference(name).ok)
    return 'docker buildx build does not accept this name for a build context. Use a lowercase name, like that of an image.'
  return undefined
}

const IMAGE_SCHEME = 'docker-image://'

/** The image of `docker-image://IMAGE`; undefined for any other value of a build context. */
export function imageOfContext(value: string): string | undefined {
  return value.startsWith(IMAGE_SCHEME) ? value.slice(IMAGE_SCHEME.length) : undefined
}

/** The platforms of an image that is a build context: those of the build, which `platforms` of the file decide if they apply. */
export function contextPlatforms(
  platforms: readonly Platform[],
  usesOwnPlatforms: boolean
): readonly ('target' | Platform)[] {
  return usesOwnPlatforms && platforms.length > 0 ? platforms : ['target']
}

/** True for a URL or a Git repository: its files are not in the workspace. */
export function isRemote(path: string): boolean {
  return /^(?:[a-z-]+:\/\/|git@|github\.com\/)|\.git(?:#|$)/.test(path)
}

/** The entry for a file that is behind a URL. `text` is what was written. */
export function skipRemote(text: string, location: SourceLocation): SkippedEntry {
  const reason = 'This file is not in the workspace, so it was not read. List its images in the `image` input.'
  return {type: 'skipped', text: excerpt(text), reason, location}
}
