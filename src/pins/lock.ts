// The lock file as a document: the digest of each tag when it was last reviewed. Decodes strictly, merges, renders.
// A change to this file decides what runs. So an unknown key is an error, and each image has exactly one spelling.

import {type Digest, parseDigest} from '../oci/digest.ts'
import {decodeJsonObject, isObject, type JsonObject} from '../oci/json.ts'
import {isIndexType, isManifestType} from '../oci/manifest.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import {formatReference, parseReference} from '../oci/reference.ts'

export const LOCK_VERSION = 1

export type LockedPlatform = {readonly digest: Digest; readonly imageId: Digest}

export type LockedImage = {
  readonly digest: Digest
  readonly mediaType: string
  /** Bytes of the manifest or index. */
  readonly size: number
  /** By platform as `formatLockedPlatform` writes it. Only platforms that were verified, not all of the image. */
  readonly platforms: ReadonlyMap<string, LockedPlatform>
  /** Who signed it, as a rule of `signed-by` says it. A review sees when that changes; the rule decides who may. */
  readonly signer?: string
}

export type Lock = {
  /** Location of the JSON schema, for editors. Kept unchanged. */
  readonly schema: string | undefined
  /** By full name with tag: `docker.io/library/php:8.3.8`. */
  readonly images: ReadonlyMap<string, LockedImage>
}

/** An issue and its path of keys from the top. No path if the text is not JSON. */
export type LockIssue = {readonly reason: string; readonly path: readonly string[] | undefined}

export type DecodedLock = {readonly lock: Lock} | {readonly issues: readonly LockIssue[]}

export const EMPTY_LOCK: Lock = {schema: undefined, images: new Map()}

// As formatLockedPlatform writes it: `linux/arm/v7`, `windows(10.0.20348.1)/amd64`, `unknown`.
const PLATFORM = /^[\w.-]+(?:\([\w.+-]+\))?(?:\/[\w.-]+){0,2}$/

const BYTE_ORDER_MARK = '\uFEFF'

/** Decodes a lock file. Returns all issues, not only the first. */
export function decodeLock(text: string): DecodedLock {
  const json = decodeJsonObject(Buffer.from(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text))
  if (!json.ok) return {issues: [{reason: json.reason, path: undefined}]}
  const {version, images, $schema: schema} = json.value as {version?: unknown; images?: unknown; $schema?: unknown}
  if (version !== LOCK_VERSION) return {issues: [{reason: describeVersion(version), path: ['version']}]}
  const issues: LockIssue[] = unknownKeys(json.value, ['$schema', 'version', 'images'], [])
  if (schema !== undefined && typeof schema !== 'string')
    issues.push({reason: '$schema is not a string', path: ['$schema']})
  if (!isObject(images)) issues.push({reason: 'images is not an object', path: ['images']})
  const decoded = isObject(images) ? Object.entries(images).map(([key, value]) => decodeImage(key, value)) : []
  issues.push(...decoded.flatMap(image => ('issues' in image ? image.issues : [])))
  if (issues.length > 0) return {issues}
  const entries = decoded.flatMap(image => ('issues' in image ? [] : [[image.key, image.image] as const]))
  return {lock: {schema: typeof schema === 'string' ? schema : undefined, images: new Map(entries)}}
}

function describeVersion(version: unknown): string {
  return typeof version === 'number' && version > LOCK_VERSION
    ? `version is ${String(version)}, and this release reads ${String(LOCK_VERSION)}: a newer release wrote it`
    : `version is ${version === undefined ? 'missing' : 'wrong'}, it is ${String(LOCK_VERSION)}`
}

function unknownKeys(object: JsonObject, known: readonly string[], path: readonly string[]): LockIssue[] {
  return Object.keys(object)
    .filter(key => !known.includes(key))
    .map(key => ({reason: `unknown key ${JSON.stringify(key)}`, path: [...path, key]}))
}

type DecodedImage = {readonly key: string; readonly image: LockedImage} | {readonly issues: readonly LockIssue[]}

function decodeImage(key: string, value: unknown): DecodedImage {
  const path = ['images', key]
  const keyReason = checkKey(key)
  const issues: LockIssue[] = keyReason === undefined ? [] : [{reason: keyReason, path}]
  if (!isObject(value)) return {issues: [...issues, {reason: 'it is not an object', path}]}
  issues.push(...unknownKeys(value, ['digest', 'mediaType', 'size', 'signer', 'platforms'], path))
  const {mediaType, size, platforms, signer} = value
  const digest = decodeDigest(value, path, 'digest', issues)
  if (typeof mediaType !== 'string' || !(isIndexType(mediaType) || isManifestType(mediaType)))
    issues.push({reason: 'mediaType is not that of an image manifest or index', path: [...path, 'mediaType']})
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    issues.push({reason: 'size is not a number of bytes', path: [...path, 'size']})
  if (signer !== undefined && (typeof signer !== 'string' || signer === ''))
    issues.push({reason: 'signer is not a text', path: [...path, 'signer']})
  const decoded = decodePlatforms(platforms, [...path, 'platforms'], issues)
  if (issues.length > 0 || digest === undefined) return {issues}
  return {
    key,
    image: {
      digest,
      mediaType: mediaType as string,
      size: size as number,
      platforms: decoded,
      ...omitUndefined({signer: signer as string | undefined})
    }
  }
}

function decodePlatforms(
  platforms: unknown,
  path: readonly string[],
  issues: LockIssue[]
): ReadonlyMap<string, LockedPlatform> {
  const decoded = new Map<string, LockedPlatform>()
  if (!isObject(platforms)) {
    issues.push({reason: 'platforms is not an object', path})
    return decoded
  }
  for (const [platform, entry] of Object.entries(platforms)) {
    const at = [...path, platform]
    if (!PLATFORM.test(platform)) issues.push({reason: 'it is not a platform such as linux/arm64', path: at})
    if (!isObject(entry)) {
      issues.push({reason: 'it is not an object', path: at})
      continue
    }
    issues.push(...unknownKeys(entry, ['digest', 'imageId'], at))
    const digest = decodeDigest(entry, at, 'digest', issues)
    const imageId = decodeDigest(entry, at, 'imageId', issues)
    if (digest !== undefined && imageId !== undefined) decoded.set(platform, {digest, imageId})
  }
  return decoded
}

function checkKey(key: string): string | undefined {
  const reference = parseReference(key)
  if (!reference.ok) return `it is not an image reference: ${reference.reason}`
  if (reference.value.digest !== undefined) return 'images are listed by tag; the digest belongs in the field digest'
  const full = formatReference(reference.value)
  if (reference.value.tag === undefined) return `it has no tag; write it like ${full}:1.2.3`
  return full === key ? undefined : `the full name is required: ${full}`
}

function decodeDigest(
  object: JsonObject,
  path: readonly string[],
  key: string,
  issues: LockIssue[]
): Digest | undefined {
  const value = object[key]
  const digest = typeof value === 'string' ? parseDigest(value) : undefined
  if (digest?.ok === true) return digest.value
  issues.push({reason: `${key} is not a digest: ${digest?.reason ?? 'it is not a string'}`, path: [...path, key]})
  return undefined
}

/** Renders a lock file: sorted by name, so that a diff shows only what changed. Keeps the line ends of `before`. */
export function renderLock({schema, images}: Lock, before: string): string {
  const document = {
    ...omitUndefined({$schema: schema}),
    version: LOCK_VERSION,
    images: Object.fromEntries(
      sorted(images).map(([name, {digest, mediaType, size, signer, platforms}]) => [
        name,
        {
          digest,
          mediaType,
          size,
          ...omitUndefined({signer}),
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

// By code units, which does not depend on the locale of the machine.
function sorted<T>(map: ReadonlyMap<string, T>): readonly (readonly [string, T])[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}

/** How an entry changed. `extended`: the digest is the same, and a platform was added or corrected. `signer`: only the signer differs. */
export type LockChange = {
  readonly name: string
  readonly change: 'added' | 'changed' | 'extended' | 'signer' | 'unchanged'
  readonly from?: Digest
  readonly to: Digest
}

/** Merges images into a lock. Other entries stay, and so do platforms of an entry whose digest is the same. */
export function mergeLock(
  lock: Lock,
  updates: ReadonlyMap<string, LockedImage>
): {readonly lock: Lock; readonly changes: readonly LockChange[]} {
  const images = new Map(lock.images)
  const changes = sorted(updates).map(([name, update]): LockChange => {
    const before = lock.images.get(name)
    const isSame = before?.digest === update.digest
    // A run without a rule does not look for a signer, and the one of the same digest stays.
    const signer = update.signer ?? (isSame ? before.signer : undefined)
    const platforms = isSame ? new Map([...before.platforms, ...update.platforms]) : update.platforms
    images.set(name, {...update, platforms, ...omitUndefined({signer})})
    if (before === undefined) return {name, change: 'added', to: update.digest}
    if (!isSame) return {name, change: 'changed', from: before.digest, to: update.digest}
    const isExtended = [...update.platforms].some(([platform, {digest, imageId}]) => {
      const known = before.platforms.get(platform)
      return known?.digest !== digest || known.imageId !== imageId
    })
    const change = isExtended ? 'extended' : signer === before.signer ? 'unchanged' : 'signer'
    return {name, change, to: update.digest}
  })
  return {lock: {...lock, images}, changes}
}

/** Renders one change as a line: the digest in the file now, and the one before. */
export function renderChange({name, change, from, to}: LockChange): string {
  const digest = from === undefined ? to : `${from} -> ${to}`
  const words = {extended: 'has another platform', signer: 'has another signer'}
  return `${name} ${change === 'extended' || change === 'signer' ? words[change] : change}: ${digest}`
}
