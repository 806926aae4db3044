// The only room that turns bytes from outside into values that may be trusted.
// Everything that comes in here is under the control of whoever runs, or sits before, a registry. What comes out carries a
// brand that nobody else can make, and was counted and hashed against a digest that was known before.

import {algorithmOf, createDigester, type Digest, type DigestAlgorithm, digestOf, parseDigest} from '../oci/digest.ts'
import {decodeJsonObject} from '../oci/json.ts'
import {
  decodeConfig,
  decodeManifest,
  type Descriptor,
  type ImageConfig,
  type ImageIndex,
  type ImageManifest,
  type LayerFormat
} from '../oci/manifest.ts'
import {fail, formatBytes, type ObjectName} from './failure.ts'
import {openInflater} from './inflate.ts'
import type {Content, Uncompressed} from './ports.ts'

declare const verified: unique symbol
type Verified = {readonly [verified]: true}

export type VerifiedManifest = Verified & {
  readonly digest: Digest
  readonly bytes: Uint8Array
  readonly document: ImageManifest | ImageIndex
}

export type VerifiedConfig = Verified & {
  readonly digest: Digest
  readonly bytes: Uint8Array
  readonly config: ImageConfig
}

export type VerifiedLayer = Verified & {
  readonly digest: Digest
  readonly size: number
  /** Where it was computed. */
  readonly uncompressed: Uncompressed | undefined
}

/** 4 MiB: what the distribution specification asks registries to take, and the other clients' limit. */
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024

/** Configs are held in memory like manifests, so that a descriptor cannot ask for more than this. */
export const MAX_CONFIG_BYTES = 4 * 1024 * 1024

const FIRST_BYTES = 96

/**
 * Reads and verifies a manifest. With `wanted` the bytes must have that digest (and size); without, the registry decides what
 * its tag is, and the digest is computed from the bytes. `Docker-Content-Digest` proves nothing beside a known digest, since
 * the same hand wrote both; for a tag it is the only sign that the manifest was damaged on its way. `locked` is what a tag was
 * before: bytes that still have that digest need no other sign, and those that have not may be right all the same.
 */
export const verifyManifest = async (
  content: Content,
  wanted: (Pick<Descriptor, 'digest'> & Partial<Descriptor>) | undefined,
  locked?: Digest
): Promise<VerifiedManifest> => {
  const bytes = await readAll(content, Math.min(wanted?.size ?? MAX_MANIFEST_BYTES, MAX_MANIFEST_BYTES), wanted?.size)
  const announced = content.announcedDigest === undefined ? undefined : parseDigest(content.announcedDigest)
  const isAsLocked = locked !== undefined && digestOf(bytes, algorithmOf(locked)) === locked
  // Next to a locked digest the header counts as little as next to a wanted one: what was moved is moved, whatever it is called.
  const announcedDigest = locked === undefined && announced?.ok === true ? announced.value : undefined
  const expected = wanted?.digest ?? (isAsLocked ? locked : announcedDigest)
  const digest = digestOf(bytes, expected === undefined ? 'sha256' : algorithmOf(expected))
  if (expected !== undefined && digest !== expected) failCorrupt(expected, digest, wanted?.size, bytes.length, bytes)
  if (wanted?.size !== undefined && wanted.size !== bytes.length) {
    fail({
      kind: 'unusable',
      detail: `the index says it has ${String(wanted.size)} bytes, it has ${String(bytes.length)}`
    })
  }
  if (expected === undefined) refuseGarbage(bytes)
  const document = decodeManifest(bytes, wanted?.mediaType ?? content.mediaType)
  if (!document.ok) return fail({kind: 'unusable', detail: `${document.why} (${digest})`})
  if (wanted?.mediaType !== undefined && wanted.mediaType !== document.value.mediaType) {
    fail({
      kind: 'unusable',
      detail: `the index says it is ${wanted.mediaType}, it says it is ${document.value.mediaType} (${digest})`
    })
  }
  return {digest, bytes, document: document.value} as VerifiedManifest
}

// Garbage that no digest vouches for was not published: whoever answered for the registry made it.
const refuseGarbage = (bytes: Uint8Array): void => {
  const json = decodeJsonObject(bytes)
  const start = printable(bytes)
  if (!json.ok) fail({kind: 'protocol', detail: `an answer that is no JSON: ${start}`, isHtml: isHtml(bytes)})
  else if (start.includes('TOOMANYREQUESTS')) fail({kind: 'throttled', status: 200, detail: start})
  else if (!('schemaVersion' in json.value))
    fail({kind: 'protocol', detail: `an answer that is no manifest: ${start}`, isHtml: false})
}

/** Reads and verifies an image's config. */
export const verifyConfig = async (content: Content, wanted: Descriptor): Promise<VerifiedConfig> => {
  const bytes = await readAll(content, wanted.size, wanted.size)
  const digest = digestOf(bytes, algorithmOf(wanted.digest))
  if (digest !== wanted.digest) failCorrupt(wanted.digest, digest, wanted.size, bytes.length, bytes)
  if (bytes.length !== wanted.size) failSize(wanted, bytes.length)
  const config = decodeConfig(bytes)
  if (!config.ok) return fail({kind: 'unusable', detail: `${config.why} (${digest})`})
  return {digest, bytes, config: config.value} as VerifiedConfig
}

/** A layer's bytes on their way in. Outlives the connection that carries them, so that a broken one can be resumed. */
export type LayerVerifier = {
  /** Bytes taken so far: where a resumed answer has to start. */
  readonly received: () => number
  /** Takes the next bytes; resolves when more may come. The chunk must not change before that. */
  readonly write: (chunk: Uint8Array) => Promise<void> | void
  /** The number of bytes that the descriptor promises has come. */
  readonly isComplete: () => boolean
  /** All bytes are there: counts, hashes and, where asked for, uncompressed bytes must be right. */
  readonly finish: () => Promise<VerifiedLayer>
  /** Gives up; frees what it holds. */
  readonly discard: () => void
}

/**
 * Verifies a layer's bytes. With `diffIdAlgorithm` the uncompressed bytes are hashed too, with the algorithm that the config's
 * diff_id has; without, and for a layer that cannot be uncompressed here, nobody knows what it inflates to.
 */
export const createLayerVerifier = (
  wanted: Descriptor,
  compression: LayerFormat['compression'],
  diffIdAlgorithm: DigestAlgorithm | undefined
): LayerVerifier => {
  const compressed = createDigester(algorithmOf(wanted.digest))
  const inflater =
    diffIdAlgorithm === undefined || compression === 'opaque'
      ? undefined
      : openInflater(compression, wanted.size, diffIdAlgorithm)
  let received = 0
  let first: Uint8Array = new Uint8Array()
  const refuse = (failing: () => never): never => {
    inflater?.discard()
    return failing()
  }
  return {
    received: () => received,
    isComplete: () => received === wanted.size,
    write: chunk => {
      received += chunk.length
      if (received > wanted.size) refuse(() => failTooLarge(wanted.size))
      compressed.update(chunk)
      if (first.length < FIRST_BYTES) first = Buffer.concat([first, chunk.subarray(0, FIRST_BYTES - first.length)])
      return inflater?.write(chunk)
    },
    finish: async () => {
      const digest = compressed.digest()
      if (digest !== wanted.digest) refuse(() => failCorrupt(wanted.digest, digest, wanted.size, received, first))
      if (received !== wanted.size) refuse(() => failSize(wanted, received))
      return {digest, size: received, uncompressed: await inflater?.finish()} as VerifiedLayer
    },
    discard: () => inflater?.discard()
  }
}

/** A layer whose compressed bytes were verified, with what they were found to inflate to when that was last computed. */
export const rememberUncompressed = (layer: VerifiedLayer, uncompressed: Uncompressed): VerifiedLayer => ({
  ...layer,
  uncompressed
})

/** As many diff_ids as layers; checked before a layer is fetched. */
export const verifyLayerCount = (manifest: ImageManifest, config: ImageConfig): void => {
  const {length} = manifest.layers
  if (length !== config.diffIds.length) {
    fail(
      {kind: 'unusable', detail: `it has ${String(config.diffIds.length)} diff_ids for ${String(length)} layers`},
      {object: 'config'}
    )
  }
}

/** The uncompressed bytes of a layer are those that the config was made for. */
export const verifyDiffId = (layer: VerifiedLayer, wanted: Digest, object: ObjectName): void => {
  const diffId = layer.uncompressed?.diffId
  if (diffId !== undefined && diffId !== wanted) {
    fail(
      {kind: 'unusable', detail: `uncompressed, it has the digest ${diffId}; the config's diff_id is ${wanted}`},
      {object}
    )
  }
}

const readAll = async (content: Content, limitBytes: number, wantedBytes: number | undefined): Promise<Uint8Array> => {
  if (content.announcedBytes !== undefined && content.announcedBytes > limitBytes)
    failTooLarge(limitBytes, content.announcedBytes)
  const chunks: Uint8Array[] = []
  let received = 0
  for await (const chunk of content.body) {
    received += chunk.length
    if (received > limitBytes) failTooLarge(limitBytes)
    // The chunk is lent; see Content.
    chunks.push(Buffer.from(chunk))
  }
  if (content.endsWithConnection && wantedBytes !== undefined && received < wantedBytes)
    fail({kind: 'truncated', gotBytes: received, wantedBytes})
  return Buffer.concat(chunks)
}

/** A body that announces more bytes than the descriptor allows need not be read. */
export const refuseAnnounced = (content: Content, wanted: Descriptor): void => {
  if (content.announcedBytes !== undefined && content.announcedBytes > wanted.size)
    failTooLarge(wanted.size, content.announcedBytes)
}

const failTooLarge = (limitBytes: number, announcedBytes?: number): never =>
  fail({
    kind: 'too-large',
    limitBytes,
    detail: `${announcedBytes === undefined ? 'more bytes came' : `${formatBytes(announcedBytes)} were announced`} than the ${formatBytes(limitBytes)} it may have`
  })

const failSize = (wanted: Descriptor, gotBytes: number): never =>
  fail({
    kind: 'unusable',
    detail: `the manifest says it has ${String(wanted.size)} bytes, it has ${String(gotBytes)} (${wanted.digest})`
  })

const failCorrupt = (
  wanted: Digest,
  got: Digest,
  wantedBytes: number | undefined,
  gotBytes: number,
  first: Uint8Array
): never =>
  fail({
    kind: 'corrupt',
    wanted,
    got,
    gotBytes,
    firstBytes: printable(first),
    ...(wantedBytes === undefined ? {} : {wantedBytes})
  })

const isHtml = (bytes: Uint8Array): boolean => /^\s*<(?:!doctype html|html)/i.test(printable(bytes))

/** The first bytes, for a report to the registry: printable ASCII as it is, the rest as `\xNN`. */
export const printable = (bytes: Uint8Array): string =>
  Array.from(bytes.subarray(0, FIRST_BYTES), byte =>
    byte >= 0x20 && byte < 0x7f && byte !== 0x5c
      ? String.fromCharCode(byte)
      : `\\x${byte.toString(16).padStart(2, '0')}`
  ).join('')
