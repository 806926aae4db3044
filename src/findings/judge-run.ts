// Findings about the run as a whole: pull limits of registries, and entries of the lock file that no image uses. Pure.
// These findings have no image.

import {omitUndefined} from '../oci/omit-undefined.ts'
import {type Finding} from './finding.ts'
import {makeFinding} from './judge-image.ts'

/** What a run took from a registry, and what the registry says is left. */
export type RegistryUse = {
  readonly registry: string
  /** HTTP requests, those for tokens included. */
  readonly requests: number
  /** Manifests that were downloaded: Docker Hub counts these. */
  readonly downloads: number
  /** What the registry said last. Absent where it says nothing about a limit. */
  readonly pullLimit?: {readonly remaining: number; readonly limit?: number}
  /** Images whose platforms were not all checked, to save the limit. */
  readonly partialImages: number
}

// A limit that lasts for fewer audits than this is low: a build on the same address may need it.
const AUDITS_TO_SPARE = 3

/** The registries whose pull limit is low. */
export function judgeLimits(uses: readonly RegistryUse[]): readonly Finding[] {
  return uses.flatMap(({registry, downloads, pullLimit, partialImages}) => {
    if (pullLimit === undefined) return []
    const isLow = pullLimit.remaining < downloads * AUDITS_TO_SPARE || partialImages > 0
    if (!isLow) return []
    const facts = omitUndefined({kind: 'limit-low' as const, downloads, partialImages, ...pullLimit})
    return [makeFinding({registry, locations: []}, facts)]
  })
}

/** The entries of the lock file that belong to no image of the run. `line` is that of the first one. */
export function judgeLock(file: string, unused: readonly string[], line: number): readonly Finding[] {
  if (unused.length === 0) return []
  return [makeFinding({locations: [{file, line}]}, {kind: 'lock-unused', names: unused})]
}
