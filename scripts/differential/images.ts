// Images of every shape, right by their digests: what differs from an ordinary image is what the case says, and nothing else.
// Every config names itself in the label `is`, so that each program can be asked which image it took.

import {execFileSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {gzipSync, zstdCompressSync} from 'node:zlib'
import {
  blobOf,
  descriptorOf,
  jsonBlob,
  mediaTypesOf,
  type MediaTypes,
  type StoredBlob
} from '../../__tests__/support/images.ts'
import {tarOf} from '../../__tests__/support/tar.ts'

export type Json = Readonly<Record<string, unknown>>

/** A manifest or index, and everything below it. */
export type Published = {
  readonly top: StoredBlob
  readonly manifests: readonly StoredBlob[]
  readonly blobs: readonly StoredBlob[]
  /** What each config is called, by its digest. */
  readonly names: ReadonlyMap<string, string>
}

export type LayerShape = {
  readonly encoding: Encoding
  readonly label: string
  /** Of other bytes than the layer's. */
  readonly hasWrongDiffId?: boolean
}

export type ImageShape = {
  readonly name: string
  /** Makes the contents unlike those of every other image, so that no engine has them already. */
  readonly salt: string
  readonly family?: MediaTypes
  /** Two gzip layers unless given. */
  readonly layers?: readonly LayerShape[]
  readonly editConfig?: (right: Json) => unknown
  readonly editManifest?: (right: Json) => unknown
}

// A frame of raw blocks, with a window of so many bytes (RFC 8878, section 3.1.1.1.2): no encoder is needed for it.
function zstdWithWindow(log: number): (tar: Buffer) => Buffer {
  return tar => {
    const header = Buffer.of(0x28, 0xb5, 0x2f, 0xfd, 0x00, (log - 10) << 3)
    const block = Buffer.alloc(3)
    block.writeUIntLE((tar.length << 3) | 1, 0, 3)
    return Buffer.concat([header, block, tar])
  }
}

function inTwo(encode: (part: Buffer) => Buffer): (tar: Buffer) => Buffer {
  return tar => Buffer.concat([encode(tar.subarray(0, 700)), encode(tar.subarray(700))])
}

// By the programs themselves: Node has no encoder for these.
function piped(program: string): (tar: Buffer) => Buffer {
  return tar => execFileSync(program, ['-c'], {input: tar})
}

const SKIPPABLE = Buffer.of(0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4)

const ENCODERS = {
  plain: (tar: Buffer) => tar,
  gzip: (tar: Buffer) => gzipSync(tar),
  zstd: (tar: Buffer) => zstdCompressSync(tar),
  bzip2: piped('bzip2'),
  xz: piped('xz'),
  'gzip in two members': inTwo(part => gzipSync(part)),
  'gzip and zeros': (tar: Buffer) => Buffer.concat([gzipSync(tar), Buffer.alloc(512)]),
  'gzip and junk': (tar: Buffer) => Buffer.concat([gzipSync(tar), Buffer.from('junk')]),
  'gzip cut short': (tar: Buffer) => gzipSync(tar).subarray(0, -12),
  'gzip with a wrong checksum': (tar: Buffer) => {
    const bytes = gzipSync(tar)
    bytes[bytes.length - 6] = (bytes[bytes.length - 6] ?? 0) ^ 1
    return bytes
  },
  'zstd in two frames': inTwo(part => zstdCompressSync(part)),
  'zstd behind a skippable frame': (tar: Buffer) => Buffer.concat([SKIPPABLE, zstdCompressSync(tar)]),
  'zstd before a skippable frame': (tar: Buffer) => Buffer.concat([zstdCompressSync(tar), SKIPPABLE]),
  'zstd and junk': (tar: Buffer) => Buffer.concat([zstdCompressSync(tar), Buffer.from('junk')]),
  'zstd cut short': (tar: Buffer) => zstdCompressSync(tar).subarray(0, -12),
  'zstd with a window of 128 MiB': zstdWithWindow(27),
  'zstd with a window of 256 MiB': zstdWithWindow(28),
  'zstd with a window of 512 MiB': zstdWithWindow(29),
  'zstd with a window of 1 GiB': zstdWithWindow(30)
} as const

export type Encoding = keyof typeof ENCODERS
export const ENCODINGS = Object.keys(ENCODERS) as readonly Encoding[]

export const OCI = mediaTypesOf('oci')
export const DOCKER = mediaTypesOf('docker')

export function publishImage(shape: ImageShape): Published {
  const {name, salt, family = 'oci', editConfig, editManifest} = shape
  const types = mediaTypesOf(family)
  const shapes = shape.layers ?? [
    {encoding: 'gzip', label: types.gzip},
    {encoding: 'gzip', label: types.gzip}
  ]
  const layers = shapes.map(({encoding, label, hasWrongDiffId}, at) => {
    const tar = tarOf({[`layer-${String(at)}`]: `${salt} ${name} ${String(at)}\n`.repeat(40)})
    const diffId = createHash('sha256')
      .update(hasWrongDiffId === true ? 'other bytes' : tar)
      .digest('hex')
    return {blob: blobOf(label, ENCODERS[encoding](tar)), diffId: `sha256:${diffId}`}
  })
  const right = {
    ...{architecture: 'amd64', os: 'linux', created: '2025-06-04T00:00:00Z'},
    config: {Env: ['PATH=/bin'], Cmd: ['/layer-0'], Labels: {is: name, salt}},
    rootfs: {type: 'layers', diff_ids: layers.map(({diffId}) => diffId)},
    history: layers.map((_, at) => ({created: '2025-06-04T00:00:00Z', created_by: `layer ${String(at)}`}))
  }
  const config = jsonBlob(types.config, editConfig?.(right) ?? right)
  const document = {
    ...{schemaVersion: 2, mediaType: types.manifest, config: descriptorOf(config)},
    layers: layers.map(({blob}) => descriptorOf(blob))
  }
  const top = jsonBlob(types.manifest, editManifest?.(document) ?? document)
  return {
    top,
    manifests: [top],
    blobs: [config, ...layers.map(({blob}) => blob)],
    names: new Map([[config.digest, name]])
  }
}

export type ChildShape = {
  /** Without one, the descriptor is all there is: the registry has nothing under its digest. */
  readonly of?: Published
  readonly edit?: (right: Json) => unknown
  readonly platform?: unknown
}

export function publishIndex(
  children: readonly ChildShape[],
  family: MediaTypes = 'oci',
  editIndex?: (right: Json) => unknown
): Published {
  const {index: mediaType, manifest} = mediaTypesOf(family)
  const manifests = children.map(({of, edit, platform}) => {
    const described = of === undefined ? absent(manifest) : descriptorOf(of.top)
    const right = {...described, ...(platform === undefined ? {} : {platform})}
    return edit === undefined ? right : edit(right)
  })
  const document = {schemaVersion: 2, mediaType, manifests}
  const top = jsonBlob(mediaType, editIndex?.(document) ?? document)
  const below = children.flatMap(({of}) => (of === undefined ? [] : [of]))
  return {
    top,
    manifests: [top, ...below.flatMap(each => each.manifests)],
    blobs: below.flatMap(each => each.blobs),
    names: new Map(below.flatMap(each => [...each.names]))
  }
}

function absent(mediaType: string): Json {
  return {mediaType, digest: `sha256:${'0'.repeat(64)}`, size: 500}
}
