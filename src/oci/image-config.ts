// The config of an image (image-spec, config.md), decoded from bytes: its platform, the digests of its uncompressed layers, and what
// its publisher says about it.

import {type Digest, parseDigest} from './digest.ts'
import {isObject, listOf, mapOf, readAsGo, structOf} from './go-json.ts'
import {stringAt} from './json.ts'
import {decodeList, decodePlatform, PLATFORM_FIELDS, showJson} from './manifest.ts'
import {omitUndefined} from './omit-undefined.ts'
import {invalid, type Parsed, valid} from './parsed.ts'
import {normalizePlatform, type Platform} from './platform.ts'

export type ImageConfig = {
  /** Absent when the config names none, as those of images from scratch may. */
  readonly platform?: Platform
  readonly diffIds: readonly Digest[]
  /** In RFC 3339, as the publisher claims. */
  readonly created?: string
  /** The label `org.opencontainers.image.version`. */
  readonly version?: string
}

const CONFIG = structOf({
  ...PLATFORM_FIELDS,
  created: 'string',
  rootfs: structOf({type: 'string', diff_ids: listOf('string')}),
  // Read for a label that is shown. Nothing depends on it.
  config: structOf({Labels: mapOf('string')}, 'as-go')
})

// A time with nanoseconds and an offset. Go takes any number of digits.
const MAX_CREATED_LENGTH = 35
const VERSION = /^[\w.+~-]{1,64}$/

/** Decodes an image's config: its platform, the digests of its uncompressed layers, and its labels. */
export function decodeConfig(bytes: Uint8Array): Parsed<ImageConfig> {
  const json = readAsGo(bytes, CONFIG, 'refused')
  if (!json.ok) return json
  const rootfs = json.value['rootfs']
  if (!isObject(rootfs)) return invalid(`rootfs is ${showJson(rootfs)}, not an object`)
  const diffIds = decodeList(rootfs['diff_ids'], 'rootfs.diff_ids', decodeDiffId)
  if (!diffIds.ok) return diffIds
  const isNamed = [json.value['os'], json.value['architecture']].every(name => typeof name === 'string' && name !== '')
  const created = stringAt(json.value, 'created')
  if (created !== undefined && !isRfc3339(created))
    return invalid(`created is ${showJson(created)}, not a time in RFC 3339`)
  const run = json.value['config']
  const labels = isObject(run) ? run['Labels'] : undefined
  const version = isObject(labels) ? (stringAt(labels, 'org.opencontainers.image.version') ?? '') : ''
  return valid(
    omitUndefined({
      diffIds: diffIds.value,
      platform: isNamed ? normalizePlatform(decodePlatform(json.value)) : undefined,
      created: created !== undefined && created.length <= MAX_CREATED_LENGTH ? created : undefined,
      version: VERSION.test(version) ? version : undefined
    })
  )
}

const RFC_3339 =
  /^(\d{4})-(\d{2})-(\d{2})T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/

/** Whether Go's time.Time decodes the text. Engines fail on a config with any other. */
function isRfc3339(text: string): boolean {
  const [, year, month, day] = RFC_3339.exec(text) ?? []
  if (year === undefined) return false
  const date = new Date(`${year}-${month ?? ''}-${day ?? ''}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(day)
}

function decodeDiffId(value: unknown, path: string): Parsed<Digest> {
  if (typeof value !== 'string') return invalid(`${path} is ${showJson(value)}, not a digest`)
  const digest = parseDigest(value)
  return digest.ok ? digest : invalid(`${path} is ${showJson(value)}: ${digest.reason}`)
}
