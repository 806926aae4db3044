// The lock file as a document: which digest each tag had when it was last looked at. Decoded strictly, merged, rendered.
// Pure: text in, text out. Whoever may change the file decides what runs, so that nothing in it is guessed or passed over:
// an unknown key is a slip of the pen, and a name that is written in two ways would be two pins for one image.

import {type Digest, parseDigest} from '../oci/digest.ts'
import {decodeJsonObject, isObject, type JsonObject} from '../oci/json.ts'
import {isIndexType, isManifestType} from '../oci/manifest.ts'
import {formatReference, parseReference} from '../oci/reference.ts'

export const LOCK_VERSION = 1

export type LockedPlatform = {readonly digest: Digest; readonly imageId: Digest}

export type LockedImage = {
  readonly digest: Digest
  readonly mediaType: string
  /** Bytes of the manifest or index. */
  readonly size: number
  /** By platform as `formatLockedPlatform` writes it; those that were verified, not all that there are. */
  readonly platforms: ReadonlyMap<string, LockedPlatform>
}

export type Lock = {
  /** Where its schema is, for an editor: kept as it is. */
  readonly schema: string | undefined
  /** By full name with tag: `docker.io/library/php:8.3.8`. */
  readonly images: ReadonlyMap<string, LockedImage>
}

/** What is wrong, and where: keys from the top down. No path where it is no JSON that could have one. */
export type LockIssue = {readonly reason: string; readonly path: readonly string[] | undefined}

export type DecodedLock = {readonly lock: Lock} | {readonly faults: readonly LockIssue[]}

export const EMPTY_LOCK: Lock = {schema: undefined, images: new Map()}

// As locked-image.ts writes it: `linux/arm/v7`, `windows(10.0.20348.1)/amd64`, `unknown`.
const PLATFORM = /^[\w.-]+(?:\([\w.+-]+\))?(?:\/[\w.-]+){0,2}$/

const BYTE_ORDER_MARK = '\uFEFF'

/** Decodes a lock file; every image that is wrong is told. */
export function decodeLock(text: string): DecodedLock {
  const json = decodeJsonObject(Buffer.from(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text))
  if (!json.ok) return {faults: [{reason: json.reason, path: undefined}]}
  const {version, images, $schema: schema} = json.value as {version?: unknown; images?: unknown; $schema?: unknown}
  if (version !== LOCK_VERSION) return {faults: [{reason: checkVersion(version), path: ['version']}]}
  const faults: LockIssue[] = unknownKeys(json.value, ['$schema', 'version', 'images'], [])
  if (schema !== undefined && typeof schema !== 'string')
    faults.push({reason: '$schema is not a string', path: ['$schema']})
  const locked = new Map<string, LockedImage>()
  if (!isObject(images)) faults.push({reason: 'images is not an object', path: ['images']})
  else
    for (const [name, value] of Object.entries(images)) {
      const image = decodeImage(name, value, faults)
      if (image !== undefined) locked.set(name, image)
    }
  return faults.length > 0
    ? {faults}
    : {lock: {schema: typeof schema === 'string' ? schema : undefined, images: locked}}
}

function checkVersion(version: unknown): string {
  return typeof version === 'number' && version > LOCK_VERSION
    ? `version is ${String(version)}, and this release reads ${String(LOCK_VERSION)}: a newer one wrote it`
    : `version is ${version === undefined ? 'missing' : 'wrong'}, it is ${String(LOCK_VERSION)}`
}

function unknownKeys(object: JsonObject, known: readonly string[], path: readonly string[]): LockIssue[] {
  return Object.keys(object)
    .filter(key => !known.includes(key))
    .map(key => ({reason: `${JSON.stringify(key)} means nothing here`, path: [...path, key]}))
}

function decodeImage(name: string, value: unknown, faults: LockIssue[]): LockedImage | undefined {
  const path = ['images', name]
  const before = faults.length
  const refuse = (why: string, ...at: readonly string[]): void => {
    faults.push({reason: why, path: [...path, ...at]})
  }
  const whyNotName = checkKey(name)
  if (whyNotName !== undefined) refuse(whyNotName)
  if (!isObject(value)) {
    refuse('it is not an object')
    return undefined
  }
  faults.push(...unknownKeys(value, ['digest', 'mediaType', 'size', 'platforms'], path))
  const {mediaType, size, platforms} = value as {mediaType?: unknown; size?: unknown; platforms?: unknown}
  const digest = decodeDigest(value, path, 'digest', faults)
  if (typeof mediaType !== 'string' || !(isIndexType(mediaType) || isManifestType(mediaType)))
    refuse('mediaType is not that of an image manifest or index', 'mediaType')
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    refuse('size is not a number of bytes', 'size')
  const decoded = new Map<string, LockedPlatform>()
  if (!isObject(platforms)) refuse('platforms is not an object', 'platforms')
  else
    for (const [platform, entry] of Object.entries(platforms)) {
      const at = [...path, 'platforms', platform]
      if (!PLATFORM.test(platform)) faults.push({reason: 'it is no platform, such as linux/arm64', path: at})
      if (!isObject(entry)) {
        faults.push({reason: 'it is not an object', path: at})
        continue
      }
      faults.push(...unknownKeys(entry, ['digest', 'imageId'], at))
      const [child, imageId] = [decodeDigest(entry, at, 'digest', faults), decodeDigest(entry, at, 'imageId', faults)]
      if (child !== undefined && imageId !== undefined) decoded.set(platform, {digest: child, imageId})
    }
  if (faults.length > before || digest === undefined) return undefined
  return {digest, mediaType: mediaType as string, size: size as number, platforms: decoded}
}

function checkKey(name: string): string | undefined {
  const reference = parseReference(name)
  if (!reference.ok) return `it is no image: ${reference.reason}`
  if (reference.value.digest !== undefined) return 'an image is named by its tag here, the digest is a part of it'
  const full = formatReference(reference.value)
  if (reference.value.tag === undefined) return `it has no tag; one image is named like ${full}:1.2.3`
  return full === name ? undefined : `names are written in full here: ${full}`
}

function decodeDigest(
  object: JsonObject,
  path: readonly string[],
  key: string,
  faults: LockIssue[]
): Digest | undefined {
  const value = object[key]
  const digest = typeof value === 'string' ? parseDigest(value) : undefined
  if (digest?.ok === true) return digest.value
  faults.push({reason: `${key} is no digest: ${digest?.reason ?? 'it is not a string'}`, path: [...path, key]})
  return undefined
}

/** Sorted by name, so that a change is where its image is and nowhere else. Ends its lines as `before` did. */
export function renderLock({schema, images}: Lock, before: string): string {
  const document = {
    ...(schema === undefined ? {} : {$schema: schema}),
    version: LOCK_VERSION,
    images: Object.fromEntries(
      sorted(images).map(([name, {digest, mediaType, size, platforms}]) => [
        name,
        {
          digest,
          mediaType,
          size,
          platforms: Object.fromEntries(
            sorted(platforms).map(([platform, locked]) => [platform, {digest: locked.digest, imageId: locked.imageId}])
          )
        }
      ])
    )
  }
  const text = `${JSON.stringify(document, undefined, 2)}\n`
  const mark = before.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : ''
  return mark + (before.includes('\r\n') ? text.replaceAll('\n', '\r\n') : text)
}

// By code units: the same on every machine, whatever its language is.
function sorted<T>(map: ReadonlyMap<string, T>): readonly (readonly [string, T])[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}

/** `extended`: the same digest, and a platform that was not in it before, or not rightly. */
export type LockChange = {
  readonly name: string
  readonly change: 'added' | 'changed' | 'extended' | 'unchanged'
  readonly from?: Digest
  readonly to: Digest
}

/** The lock with these images in it; all others stay. The platforms of an image whose digest is the same are kept, too. */
export function mergeLock(
  lock: Lock,
  updates: ReadonlyMap<string, LockedImage>
): {readonly lock: Lock; readonly changes: readonly LockChange[]} {
  const images = new Map(lock.images)
  const changes = sorted(updates).map(([name, update]): LockChange => {
    const before = lock.images.get(name)
    const isSame = before?.digest === update.digest
    images.set(name, isSame ? {...update, platforms: new Map([...before.platforms, ...update.platforms])} : update)
    if (before === undefined) return {name, change: 'added', to: update.digest}
    if (!isSame) return {name, change: 'changed', from: before.digest, to: update.digest}
    const isExtended = [...update.platforms].some(([platform, {digest, imageId}]) => {
      const known = before.platforms.get(platform)
      return known?.digest !== digest || known.imageId !== imageId
    })
    return {name, change: isExtended ? 'extended' : 'unchanged', to: update.digest}
  })
  return {lock: {...lock, images}, changes}
}

/** One line for one image: what is in the file now, and what was. */
export function renderChange({name, change, from, to}: LockChange): string {
  const digest = from === undefined ? to : `${from} -> ${to}`
  return `${name} ${change === 'extended' ? 'has another platform' : change}: ${digest}`
}
