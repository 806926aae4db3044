// The only room that turns bytes from outside into values that may be trusted.
// Everything that comes in here is under the control of whoever runs, or sits before, a registry. What comes out carries a
// brand that nobody else can make, and was counted and hashed against a digest that was known before.

import {algorithmOf, createDigester, type Digest, type DigestAlgorithm, digestOf, parseDigest} from '../oci/digest.ts'
import {readAsGo, structOf} from '../oci/go-json.ts'
import {
  decodeConfig,
  decodeManifest,
  type Descriptor,
  type ImageConfig,
  type ImageIndex,
  type ImageManifest,
  type LayerFormat,
  OCI_INDEX,
  OCI_MANIFEST
} from '../oci/manifest.ts'
import {type ObjectName} from '../failure/failure.ts'
import {openDecompressor, type WindowMemory} from './decompress.ts'
import {detachBuffer, ownsItsMemory} from '../http/array-buffer.ts'
import type {RegistryResponse} from '../registry/registry.ts'
import {type UncompressedLayer} from '../store/store.ts'
import {formatBytes} from '../failure/format.ts'
import {fail} from '../failure/error.ts'

declare const verified: unique symbol
type Verified = {readonly [verified]: true}

/** What was just verified, with its bytes: they are stored, if at all, and dropped before the next document is fetched. */
export type WithBytes<T> = T & {readonly bytes: Uint8Array}

export type VerifiedManifest = Verified & {
  readonly digest: Digest
  readonly size: number
  readonly document: ImageManifest | ImageIndex
}

export type VerifiedConfig = Verified & {
  readonly digest: Digest
  readonly config: ImageConfig
}

export type VerifiedLayer = Verified & {
  readonly digest: Digest
  readonly size: number
  /** Where it was computed. */
  readonly uncompressed: UncompressedLayer | undefined
}

/** 4 MiB: what the distribution specification asks registries to take, and the other clients' limit. */
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024

/** Configs are held in memory like manifests, so that a descriptor cannot ask for more than this. */
export const MAX_CONFIG_BYTES = 4 * 1024 * 1024

// Linux stacks at most 500 layers (OVL_MAX_STACK in fs/overlayfs), and Docker's classic image store takes 125.
const MAX_LAYERS = 1000

const FIRST_BYTES = 96

/**
 * Reads and verifies a manifest. With `wanted` the bytes must have that digest (and size); without, the registry decides what
 * its tag is, and the digest is computed from the bytes. `Docker-Content-Digest` proves nothing beside a known digest, since
 * the same hand wrote both; for a tag it is the only sign that the manifest was damaged on its way. `locked` is what a tag was
 * before, and so a known digest too: another manifest is a tag that moved, whatever the header says. A header that could make it
 * corrupt instead would let a registry have an older fallback tag used. Only where the bytes are no manifest is the header heard. No Content-Type is read here, since no digest covers it.
 */
export async function verifyManifest(
  content: RegistryResponse,
  wanted: (Pick<Descriptor, 'digest'> & Partial<Descriptor>) | undefined,
  locked?: Digest
): Promise<WithBytes<VerifiedManifest>> {
  const bytes = await readAll(content, Math.min(wanted?.size ?? MAX_MANIFEST_BYTES, MAX_MANIFEST_BYTES), wanted?.size)
  const announced = content.digestHeader === undefined ? undefined : parseDigest(content.digestHeader)
  const isAsLocked = locked !== undefined && digestOf(bytes, algorithmOf(locked)) === locked
  // Next to a locked digest the header counts as little as next to a wanted one: what was moved is moved, whatever it is called.
  const tagged = locked === undefined && announced?.ok === true ? announced.value : undefined
  const expected = wanted?.digest ?? (isAsLocked ? locked : tagged)
  const digest = digestOf(bytes, expected === undefined ? 'sha256' : algorithmOf(expected))
  if (expected !== undefined && digest !== expected)
    failCorrupt(expected, digest, wanted?.size, bytes.length, quoteStart(bytes, content))
  if (wanted?.size !== undefined && wanted.size !== bytes.length) {
    fail({
      kind: 'unusable',
      detail: `the index says it has ${String(wanted.size)} bytes, it has ${String(bytes.length)}`
    })
  }
  const document = decodeManifest(bytes, wanted?.mediaType)
  const isDamaged = !document.ok && expected === undefined && announced?.ok === true
  if (isDamaged && algorithmOf(announced.value) === algorithmOf(digest) && announced.value !== digest)
    failCorrupt(announced.value, digest, undefined, bytes.length, quoteStart(bytes, content))
  if (expected === undefined) rejectNonManifest(bytes, content)
  if (!document.ok) return fail({kind: 'unusable', detail: `${document.reason} (${digest})`})
  if (wanted?.mediaType !== undefined && wanted.mediaType !== document.value.mediaType) {
    fail({
      kind: 'unusable',
      detail: `the index says it is ${wanted.mediaType}, it says it is ${document.value.mediaType} (${digest})`
    })
  }
  if (document.value.kind === 'manifest') refuseManyLayers(document.value)
  return {digest, size: bytes.length, bytes, document: document.value} as WithBytes<VerifiedManifest>
}

function refuseManyLayers({layers}: ImageManifest): void {
  if (layers.length > MAX_LAYERS) {
    fail({
      kind: 'unusable',
      detail: `it has ${String(layers.length)} layers, at most ${String(MAX_LAYERS)} are taken; no engine runs an image with more than 500`
    })
  }
}

/** The same without its bytes, whose memory is free from here on and not only after the next garbage collection. */
export function dropBytes<T extends object>({bytes, ...verified}: WithBytes<T>): T {
  if (ownsItsMemory(bytes)) detachBuffer(bytes)
  return verified as unknown as T
}

/**
 * Fails where engines refuse a right manifest for the Content-Type under which it comes: `docker pull` from there does not work.
 * Docker's classic image store wants the document's own type, and the OCI one for a document without a type; containerd's
 * store takes the OCI and the Docker one of the same kind, skopeo something between. All refuse every other type, and none.
 */
export function requireContentType({mediaType}: RegistryResponse, {document, digest}: VerifiedManifest): void {
  const plain = document.kind === 'index' ? OCI_INDEX : OCI_MANIFEST
  if (mediaType === document.mediaType || (mediaType === plain && !document.namesItsType)) return
  fail({
    kind: 'protocol',
    detail: `the right manifest (${digest}) with the wrong Content-Type: ${mediaType === undefined ? 'none' : JSON.stringify(mediaType.slice(0, 100))} instead of ${document.mediaType}; Docker does not pull it like this`,
    isHtml: false
  })
}

// Garbage that no digest vouches for was not published: whoever answered for the registry made it.
const VERSIONED = structOf({schemaVersion: 'any'}, 'as-go')

function rejectNonManifest(bytes: Uint8Array, content: RegistryResponse): void {
  const json = readAsGo(bytes, VERSIONED, 'refused')
  const start = quoteStart(bytes, content)
  if (!json.ok) fail({kind: 'protocol', detail: `an answer that is no JSON: ${start}`, isHtml: isHtml(bytes)})
  else if (escapeBytes(bytes).includes('TOOMANYREQUESTS')) fail({kind: 'throttled', status: 200, detail: start})
  else if (!('schemaVersion' in json.value))
    fail({kind: 'protocol', detail: `an answer that is no manifest: ${start}`, isHtml: false})
}

/** Reads and verifies an image's config. */
export async function verifyConfig(content: RegistryResponse, wanted: Descriptor): Promise<WithBytes<VerifiedConfig>> {
  const bytes = await readAll(content, wanted.size, wanted.size)
  const digest = digestOf(bytes, algorithmOf(wanted.digest))
  if (digest !== wanted.digest)
    failCorrupt(wanted.digest, digest, wanted.size, bytes.length, quoteStart(bytes, content))
  if (bytes.length !== wanted.size) failSize(wanted, bytes.length)
  const config = decodeConfig(bytes)
  if (!config.ok) return fail({kind: 'unusable', detail: `${config.reason} (${digest})`})
  return {digest, bytes, config: config.value} as WithBytes<VerifiedConfig>
}

/** A layer's bytes on their way in. Outlives the connection that carries them, so that a broken one can be resumed. */
export type LayerVerifier = {
  /** Bytes taken so far: where a resumed answer has to start. */
  readonly received: () => number
  /** Takes the next bytes; resolves when more may come. The chunk must not change before that. `from` is whose they are. */
  readonly write: (chunk: Uint8Array, from?: Pick<RegistryResponse, 'redirectedTo'>) => Promise<void> | void
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
export function createLayerVerifier(
  wanted: Descriptor,
  compression: LayerFormat['compression'],
  diffIdAlgorithm: DigestAlgorithm | undefined,
  memory?: WindowMemory
): LayerVerifier {
  const compressed = createDigester(algorithmOf(wanted.digest))
  const inflater =
    diffIdAlgorithm === undefined || compression === 'opaque'
      ? undefined
      : openDecompressor(compression, wanted.size, diffIdAlgorithm, memory)
  let received = 0
  let first: Uint8Array = new Uint8Array()
  let firstFrom: Pick<RegistryResponse, 'redirectedTo'> = {}
  const refuse = (failing: () => never): never => {
    inflater?.discard()
    return failing()
  }
  return {
    received: () => received,
    isComplete: () => received === wanted.size,
    write: (chunk, from = {}) => {
      if (from.redirectedTo !== undefined) firstFrom = from
      received += chunk.length
      if (received > wanted.size) refuse(() => failTooLarge(wanted.size))
      compressed.update(chunk)
      if (first.length < FIRST_BYTES) first = Buffer.concat([first, chunk.subarray(0, FIRST_BYTES - first.length)])
      return inflater?.write(chunk)
    },
    finish: async () => {
      const digest = compressed.digest()
      if (digest !== wanted.digest)
        refuse(() => failCorrupt(wanted.digest, digest, wanted.size, received, quoteStart(first, firstFrom)))
      if (received !== wanted.size) refuse(() => failSize(wanted, received))
      return {digest, size: received, uncompressed: await inflater?.finish()} as VerifiedLayer
    },
    discard: () => inflater?.discard()
  }
}

/** As many diff_ids as layers; checked before a layer is fetched. */
export function verifyLayerCount(manifest: ImageManifest, config: ImageConfig): void {
  const {length} = manifest.layers
  if (length !== config.diffIds.length) {
    fail(
      {kind: 'unusable', detail: `it has ${String(config.diffIds.length)} diff_ids for ${String(length)} layers`},
      {object: 'config'}
    )
  }
}

/** The uncompressed bytes of a layer are those that the config was made for. */
export function verifyDiffId(layer: VerifiedLayer, wanted: Digest, object: ObjectName): void {
  const diffId = layer.uncompressed?.diffId
  if (diffId !== undefined && diffId !== wanted) {
    fail(
      {kind: 'unusable', detail: `uncompressed, it has the digest ${diffId}; the config's diff_id is ${wanted}`},
      {object}
    )
  }
}

async function readAll(
  content: RegistryResponse,
  limitBytes: number,
  wantedBytes: number | undefined
): Promise<Uint8Array> {
  if (content.contentLength !== undefined && content.contentLength > limitBytes)
    failTooLarge(limitBytes, content.contentLength)
  let bytes = new Uint8Array(wantedBytes ?? content.contentLength ?? FIRST_BUFFER_BYTES)
  let received = 0
  for await (const chunk of content.body) {
    const end = received + chunk.length
    if (end > limitBytes) failTooLarge(limitBytes)
    if (end > bytes.length) bytes = enlarged(bytes, Math.min(limitBytes, Math.max(end, 2 * bytes.length)))
    bytes.set(chunk, received)
    received = end
  }
  if (content.mayBeCutShort && wantedBytes !== undefined && received < wantedBytes)
    fail({kind: 'truncated', gotBytes: received, wantedBytes})
  return bytes.subarray(0, received)
}

// Most manifests have less.
const FIRST_BUFFER_BYTES = 16 * 1024

function enlarged(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(size)
  larger.set(bytes)
  detachBuffer(bytes)
  return larger
}

/** A body that announces more bytes than the descriptor allows need not be read. */
export function checkContentLength(content: RegistryResponse, wanted: Descriptor): void {
  if (content.contentLength !== undefined && content.contentLength > wanted.size)
    failTooLarge(wanted.size, content.contentLength)
}

function failTooLarge(limitBytes: number, announcedBytes?: number): never {
  fail({
    kind: 'too-large',
    limitBytes,
    detail: `${announcedBytes === undefined ? 'more bytes came' : `${formatBytes(announcedBytes)} were announced`} than the ${formatBytes(limitBytes)} it may have`
  })
}

function failSize(wanted: Descriptor, gotBytes: number): never {
  fail({
    kind: 'unusable',
    detail: `the manifest says it has ${String(wanted.size)} bytes, it has ${String(gotBytes)} (${wanted.digest})`
  })
}

function failCorrupt(
  wanted: Digest,
  got: Digest,
  wantedBytes: number | undefined,
  gotBytes: number,
  firstBytes: string
): never {
  fail({
    kind: 'corrupt',
    wanted,
    got,
    gotBytes,
    firstBytes,
    ...(wantedBytes === undefined ? {} : {wantedBytes})
  })
}

function isHtml(bytes: Uint8Array): boolean {
  return /^\s*<(?:!doctype html|html)/i.test(escapeBytes(bytes))
}

/** The first bytes of a registry's own answer; of another host's, only what kind of bytes they are. */
function quoteStart(bytes: Uint8Array, {redirectedTo}: Pick<RegistryResponse, 'redirectedTo'>): string {
  return redirectedTo === undefined
    ? escapeBytes(bytes)
    : `(${kindOf(bytes)}; not shown, because ${redirectedTo}, which the registry redirects to, sent it)`
}

function kindOf(bytes: Uint8Array): string {
  const [first = 0, second = 0] = bytes
  if (/^(?:\\x[0-9a-f]{2}| )*<(?:!doctype html|html)/i.test(escapeBytes(bytes))) return WITHHELD_HTML
  if (first === 0x1f && second === 0x8b) return 'gzip data'
  if (first === 0x28 && second === 0xb5) return 'zstd data'
  if (first === 0x7b || first === 0x5b) return 'JSON'
  if (first === 0x3c) return 'XML'
  const start = bytes.subarray(0, FIRST_BYTES)
  if (start.every(byte => byte === 0)) return 'zeros'
  return start.every(byte => byte >= 0x20 && byte < 0x7f) ? 'text' : 'binary data'
}

/** What first bytes that are not shown begin with when they are a web page. */
export const WITHHELD_HTML = 'an HTML page'

/** The first bytes, for a report to the registry: printable ASCII as it is, the rest as `\xNN`. */
export function escapeBytes(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(0, FIRST_BYTES), byte =>
    byte >= 0x20 && byte < 0x7f && byte !== 0x5c
      ? String.fromCharCode(byte)
      : `\\x${byte.toString(16).padStart(2, '0')}`
  ).join('')
}
