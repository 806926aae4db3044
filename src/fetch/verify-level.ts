// The verification depths of the `verify` input, and which one a layer reached.
// Pure.

import {type Descriptor} from '../oci/manifest.ts'
import {type VerifiedLayer} from '../verify/verified.ts'

/** The verification depths, the shallowest first. */
export const VERIFY_LEVELS = ['manifest', 'config', 'layers', 'full'] as const

export type Level = (typeof VERIFY_LEVELS)[number]

export function lowestLevel(levels: readonly Level[]): Level {
  return VERIFY_LEVELS.find(level => levels.includes(level)) ?? 'full'
}

/** Returns the depth that a layer reached; undefined stands for a layer that the registry does not hold. */
export function reachedLevel(layer: VerifiedLayer | undefined, level: Level): Level {
  if (layer === undefined) return 'config'
  return level === 'full' && layer.uncompressed === undefined ? 'layers' : level
}

/** Says what was not verified of a layer; undefined when it reached the level. */
export function unverifiedPart(
  descriptor: Descriptor | undefined,
  layer: VerifiedLayer | undefined,
  at: number,
  level: Level
): string | undefined {
  if (reachedLevel(layer, level) === level) return undefined
  const name = `layer[${String(at)}] (${descriptor?.mediaType ?? ''})`
  return layer === undefined
    ? `${name} was not verified: registries need not hold such a layer, and this one does not`
    : `${name} cannot be decompressed here: its bytes were verified, its diff_id was not`
}
