// The verification depths of the `verify` input, which one a layer reached, and what to say about it.
// Pure.

import {isDockerZstd, layerFormatOf} from '../oci/layer-format.ts'
import {type Descriptor} from '../oci/manifest.ts'
import {formatBytes} from '../failure/format.ts'
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

/** What an image's report says about its layers. */
export type LayerNotes = {
  /** What was not verified, or does not run everywhere: annotations. */
  readonly warnings: readonly string[]
  /** What is unusual and makes no difference: log lines. */
  readonly remarks: readonly string[]
}

/** Describes the fetched layers of an image, each sentence once for all layers that it is true of. */
export function describeLayers(
  descriptors: readonly Descriptor[],
  layers: readonly (VerifiedLayer | undefined)[],
  level: Level
): LayerNotes {
  const fetched = descriptors.map((descriptor, at) => ({at, descriptor, layer: layers[at]}))
  return {
    warnings: [
      ...sentences(fetched, ({descriptor, layer}) => unverifiedPart(descriptor, layer, level)),
      ...sentences(fetched, ({descriptor}) =>
        isDockerZstd(descriptor.mediaType)
          ? "Docker's media type for zstd, with which containerd's image store does not run it"
          : undefined
      )
    ],
    remarks: sentences(fetched, ({descriptor, layer}) => labelMismatch(descriptor, layer))
  }
}

type FetchedLayer = {
  readonly at: number
  readonly descriptor: Descriptor
  readonly layer: VerifiedLayer | undefined
}

const MAX_NAMED_LAYERS = 5

function sentences(
  layers: readonly FetchedLayer[],
  describe: (layer: FetchedLayer) => string | undefined
): readonly string[] {
  const byText = new Map<string, string[]>()
  for (const layer of layers) {
    const text = describe(layer)
    if (text !== undefined) byText.set(text, [...(byText.get(text) ?? []), `layer[${String(layer.at)}]`])
  }
  return [...byText].map(([text, names]) => {
    const more = names.length - MAX_NAMED_LAYERS
    const named = [...names.slice(0, MAX_NAMED_LAYERS), ...(more > 0 ? [`${String(more)} more`] : [])]
    return `${named.join(', ')}: ${text}`
  })
}

/** Says what was not verified of a layer; undefined when it reached the level. */
function unverifiedPart({mediaType}: Descriptor, layer: VerifiedLayer | undefined, level: Level): string | undefined {
  if (reachedLevel(layer, level) === level) return undefined
  if (layer === undefined)
    return `not verified, because registries need not hold a layer of the type ${mediaType}, and this one does not`
  return layer.windowBytes === undefined
    ? `the bytes were verified, the diff_id was not, because the type ${mediaType} cannot be decompressed here`
    : `the bytes were verified, the diff_id was not, because the zstd window of ${formatBytes(layer.windowBytes)} does not fit the memory of this action`
}

function labelMismatch({mediaType}: Descriptor, layer: VerifiedLayer | undefined): string | undefined {
  const actual = layer?.uncompressed?.compression
  const label = layerFormatOf(mediaType).compression
  if (actual === undefined || label === 'opaque' || actual === label) return undefined
  return `${COMPRESSIONS[actual]} under the media type ${mediaType}; engines go by the bytes`
}

const COMPRESSIONS = {gzip: 'gzip', zstd: 'zstd', none: 'an uncompressed tar'} as const
