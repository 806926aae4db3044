// The images of the benchmark: always the same bytes, as compressible as typical layers (about three to one).
// They are generated once and cached as files. Layers are written in chunks, and never held in memory.

import {createHash} from 'node:crypto'
import {createWriteStream} from 'node:fs'
import {mkdir, readFile, rename, stat, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {Readable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {createGzip, createZstdCompress} from 'node:zlib'
import {digestBytes, mediaTypesOf} from '../../__tests__/support/images.ts'
import {tarHeaderOf} from '../../__tests__/support/tar.ts'

export type Compression = 'gzip' | 'zstd'

/** A blob that is stored in a file. */
export type File = {readonly path: string; readonly digest: string; readonly size: number}
export type LayerFile = File & {readonly diffId: string; readonly uncompressedSize: number}

export type BenchImage = {
  readonly name: string
  readonly layers: readonly LayerFile[]
  readonly config: File
  readonly manifest: File
  /** The root of the tag: an index with the one manifest. */
  readonly index: File
}

export type LayerSpec = {
  readonly seed: number
  readonly megabytes: number
  readonly compression: Compression
  /** Repeats the gzip member this often: a layer of any size that is cheap to generate. */
  readonly times?: number
}

const BATCH_BYTES = 64 * 1024

function createRandom(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

/** Text with repeated words and phrases, and unique numbers. */
function* contentOf(seed: number, total: number): Generator<Buffer> {
  const random = createRandom(seed + 1)
  const letters = (length: number): Buffer => Buffer.from(Array.from({length}, () => 97 + (random() % 26)))
  const words = Array.from({length: 512}, () => letters(3 + (random() % 9)))
  const phrases = Array.from({length: 300}, () => letters(12 + (random() % 40)))
  for (let left = total; left > 0;) {
    const batch = Buffer.alloc(BATCH_BYTES, ' ')
    let at = 0
    while (at < batch.length - 64) {
      const pick = random()
      if ((pick & 7) < 2) {
        batch.writeUInt32LE(random(), at)
        batch.writeUInt32LE(random(), at + 4)
        at += 8
      } else {
        const list = (pick & 8) === 0 ? words : phrases
        const chosen = list[(pick >>> 8) % list.length] ?? batch
        chosen.copy(batch, at)
        at += chosen.length + 1
      }
    }
    const part = batch.subarray(0, Math.min(at, left))
    left -= part.length
    yield part
  }
}

function* tarOf(seed: number, size: number): Generator<Buffer> {
  yield tarHeaderOf('content', size)
  yield* contentOf(seed, size)
  yield Buffer.alloc(512 - (size % 512) + 1024)
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false
  )
}

async function makeLayer(folder: string, {seed, megabytes, compression, times = 1}: LayerSpec): Promise<LayerFile> {
  const path = join(folder, `${compression}-${String(seed)}-${String(megabytes)}-${String(times)}`)
  if (await exists(`${path}.json`)) return JSON.parse(await readFile(`${path}.json`, 'utf8')) as LayerFile
  const diffIdHash = createHash('sha256')
  const hash = createHash('sha256')
  let [size, uncompressedSize] = [0, 0]
  const tar = function* (): Generator<Buffer> {
    for (const part of tarOf(seed, Math.round(megabytes * 1e6))) {
      diffIdHash.update(part)
      uncompressedSize += part.length
      yield part
    }
  }
  const counted = async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const part of source) {
      hash.update(part)
      size += part.length
      yield part
    }
  }
  const compress = compression === 'gzip' ? createGzip({level: 6}) : createZstdCompress()
  await pipeline(Readable.from(tar()), compress, counted, createWriteStream(`${path}.new`))
  await rename(`${path}.new`, path)
  const layer = {
    path,
    digest: `sha256:${hash.digest('hex')}`,
    size,
    diffId: `sha256:${diffIdHash.digest('hex')}`,
    uncompressedSize
  }
  const made = times === 1 ? layer : await repeat(layer, seed, megabytes, times)
  await writeFile(`${path}.json`, JSON.stringify(made))
  return made
}

async function repeat(layer: LayerFile, seed: number, megabytes: number, times: number): Promise<LayerFile> {
  const bytes = await readFile(layer.path)
  const tar = Buffer.concat([...tarOf(seed, Math.round(megabytes * 1e6))])
  const hash = createHash('sha256')
  const diffIdHash = createHash('sha256')
  await pipeline(function* () {
    for (let time = 0; time < times; time++) {
      hash.update(bytes)
      diffIdHash.update(tar)
      yield bytes
    }
  }, createWriteStream(layer.path))
  return {
    path: layer.path,
    digest: `sha256:${hash.digest('hex')}`,
    size: layer.size * times,
    diffId: `sha256:${diffIdHash.digest('hex')}`,
    uncompressedSize: layer.uncompressedSize * times
  }
}

async function keep(folder: string, value: unknown): Promise<File> {
  const bytes = Buffer.from(JSON.stringify(value))
  const digest = digestBytes(bytes)
  const path = join(folder, digest.replace(':', '-'))
  await writeFile(path, bytes)
  return {path, digest, size: bytes.length}
}

/** Generates the images that the cache lacks. */
export async function makeImage(folder: string, name: string, specs: readonly LayerSpec[]): Promise<BenchImage> {
  await mkdir(folder, {recursive: true})
  const layers = await Promise.all(specs.map(spec => makeLayer(folder, spec)))
  const types = mediaTypesOf('oci')
  const config = await keep(folder, {
    ...{architecture: 'amd64', os: 'linux', created: '2025-06-04T00:00:00Z', config: {}},
    rootfs: {type: 'layers', diff_ids: layers.map(({diffId}) => diffId)}
  })
  const descriptorOf = (mediaType: string, {digest, size}: File): object => ({mediaType, digest, size})
  const manifest = await keep(folder, {
    ...{schemaVersion: 2, mediaType: types.manifest, config: descriptorOf(types.config, config)},
    layers: layers.map((layer, at) => descriptorOf(types[specs[at]?.compression ?? 'gzip'], layer))
  })
  const platform = {os: 'linux', architecture: 'amd64'}
  const index = await keep(folder, {
    ...{schemaVersion: 2, mediaType: types.index},
    manifests: [{...descriptorOf(types.manifest, manifest), platform}]
  })
  return {name, layers, config, manifest, index}
}
