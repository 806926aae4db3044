// The verification depths of the `verify` input, and which one a layer reached.
// Pure.

import {type Descriptor} from '../oci/manifest.ts'
import {type VerifiedLayer} from '../verify/verify.ts'

/** How deep to look, least first. */
export const VERIFY_LEVELS = ['manifest', 'config', 'layers', 'full'] as const

export type Level = (typeof VERIFY_LEVELS)[number]

export function lowestLevel(levels: readonly Level[]): Level {
  return VERIFY_LEVELS.find(level => levels.includes(level)) ?? 'full'
}

export function layerLevel(
  descriptor: Descriptor | undefined,
  layer: VerifiedLayer | undefined,
  at: number,
  level: Level,
  notes: string[]
): Level {
  const mediaType = descriptor?.mediaType ?? ''
  if (layer === undefined) {
    notes.push(
      `layer[${String(at)}] (${mediaType}) is one that registries need not hold, and this one does not: it was not verified`
    )
    return 'config'
  }
  if (level !== 'full' || layer.uncompressed !== undefined) return level
  notes.push(
    `layer[${String(at)}] (${mediaType}) cannot be uncompressed here: its bytes were verified, its diff_id was not`
  )
  return 'layers'
}
