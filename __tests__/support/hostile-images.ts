// Images that try to exhaust the memory, the connections, or the log of the runner that verifies them. All their digests are correct.
// Large documents are generated for each request, so that hundreds of them take no memory here.

import {constants, zstdCompressSync} from 'node:zlib'
import {digestBytes, makeImage, mediaTypesOf} from './images.ts'

export type Hosted = {readonly mediaType: string; readonly bytes: () => Buffer}

export type HostedImage = {
  /** The digest of the tag. */
  readonly top: string
  /** Manifests and blobs, by digest. */
  readonly objects: ReadonlyMap<string, Hosted>
}

const TYPES = mediaTypesOf('oci')
const MIB = 1024 * 1024

type Reference = {readonly mediaType: string; readonly digest: string; readonly size: number}

/** Collects objects by their digests. */
function createShelf(): {
  readonly objects: Map<string, Hosted>
  readonly put: (mediaType: string, make: () => Buffer) => Reference
} {
  const objects = new Map<string, Hosted>()
  return {
    objects,
    put: (mediaType, make) => {
      const bytes = make()
      const digest = digestBytes(bytes)
      objects.set(digest, {mediaType, bytes: make})
      return {mediaType, digest, size: bytes.length}
    }
  }
}

function json(value: unknown): () => Buffer {
  const bytes = Buffer.from(JSON.stringify(value))
  return () => bytes
}

/**
 * An index with `count` manifests of `bytes` each, which share config and layer. With `nested`, the root has that many indexes, each with
 * all manifests.
 */
export function manyChildren(spec: {
  readonly count: number
  readonly bytes?: number
  readonly nested?: number
  /** The platform that the index claims. The configs say linux/amd64. */
  readonly platform?: {readonly os: string; readonly architecture: string}
}): HostedImage {
  const {objects, put} = createShelf()
  const {config, layers, manifest} = makeImage()
  for (const blob of [config, ...layers]) put(blob.mediaType, () => blob.bytes)
  const right = manifest.bytes.toString().slice(0, -1)
  const padding = 'x'.repeat(Math.max(0, (spec.bytes ?? 0) - right.length - 64))
  const platform = spec.platform ?? {os: 'linux', architecture: 'amd64'}
  const children = Array.from({length: spec.count}, (_, at) => ({
    ...put(TYPES.manifest, () =>
      Buffer.from(`${right},"annotations":{"n":"${String(at).padStart(8, '0')}","p":"${padding}"}}`)
    ),
    platform
  }))
  const indexOf = (manifests: readonly object[], n = 0): Reference =>
    put(TYPES.index, json({schemaVersion: 2, mediaType: TYPES.index, manifests, annotations: {n: String(n)}}))
  const {nested = 0} = spec
  const top =
    nested === 0
      ? indexOf(children)
      : indexOf(Array.from({length: nested}, (_, at) => ({...indexOf(children, at + 1), platform})))
  return {top: top.digest, objects}
}

/** zstd layers that decompress to 160 MiB each, with a window of `windowMib`, which the decoder must hold in memory. */
export function largeWindows(count: number, windowMib: number): HostedImage {
  const {objects, put} = createShelf()
  const windowLog = Math.log2(windowMib * MIB)
  const made = Array.from({length: count}, (_, at) => {
    const content = Buffer.alloc(160 * MIB, `layer ${String(at)} `)
    const params = {[constants.ZSTD_c_windowLog]: windowLog, [constants.ZSTD_c_contentSizeFlag]: 0}
    const bytes = zstdCompressSync(content, {params})
    return {...put(TYPES.zstd, () => bytes), diffId: digestBytes(content)}
  })
  return {top: imageOf(put, made), objects}
}

/** One layer of `count` empty zstd frames, nine bytes each. */
export function emptyFrames(count: number): HostedImage {
  const {objects, put} = createShelf()
  const bytes = Buffer.concat(Array<Buffer>(count).fill(zstdCompressSync(Buffer.alloc(0))))
  return {top: imageOf(put, [{...put(TYPES.zstd, () => bytes), diffId: digestBytes(Buffer.alloc(0))}]), objects}
}

/** A manifest with lists nested `depth` deep. */
export function deepJson(depth: number): HostedImage {
  const {objects, put} = createShelf()
  const deep = (): Buffer => Buffer.from(`{"schemaVersion":2,"x":${'['.repeat(depth)}${']'.repeat(depth)}}`)
  return {top: put(TYPES.manifest, deep).digest, objects}
}

function imageOf(
  put: ReturnType<typeof createShelf>['put'],
  layers: readonly (Reference & {readonly diffId: string})[]
): string {
  const config = put(
    TYPES.config,
    json({
      architecture: 'amd64',
      os: 'linux',
      config: {},
      rootfs: {type: 'layers', diff_ids: layers.map(({diffId}) => diffId)}
    })
  )
  const descriptors = layers.map(({mediaType, digest, size}) => ({mediaType, digest, size}))
  return put(TYPES.manifest, json({schemaVersion: 2, mediaType: TYPES.manifest, config, layers: descriptors})).digest
}
