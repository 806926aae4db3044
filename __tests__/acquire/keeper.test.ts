// What is believed of a store: nothing. In memory, with bytes that may be spoilt in it.

import {describe, expect, it} from '@jest/globals'
import {VerifiedImageError} from '../../src/acquire/failure.ts'
import {createKeeper} from '../../src/acquire/keeper.ts'
import {type BlobStorePort, CACHE, type Uncompressed} from '../../src/acquire/ports.ts'
import type {Digest} from '../../src/oci/digest.ts'
import {makeImage} from '../support/images.ts'
import {bodyOf, flipped} from '../support/memory-registry.ts'
import '../support/matchers.ts'

const IMAGE = makeImage()
const LAYER = IMAGE.layers[1]
if (LAYER === undefined) throw new Error('no layer was made')
const INFLATED = {diffId: LAYER.diffId, size: LAYER.uncompressed.length}
const OTHER = `sha256:${'a'.repeat(64)}` as Digest

type Kept = {readonly bytes: Uint8Array; readonly uncompressed?: Uncompressed}
type MemoryStore = BlobStorePort & {readonly kept: Map<string, Kept>; readonly journal: string[]}

const createStore = (...blobs: readonly (readonly [string, Kept])[]): MemoryStore => {
  const kept = new Map(blobs)
  const journal: string[] = []
  const note = (what: string): Promise<void> => {
    journal.push(what)
    return Promise.resolve()
  }
  return {
    kept,
    journal,
    open: async digest => {
      await note('open')
      const found = kept.get(digest)
      return found === undefined ? undefined : {body: bodyOf(found.bytes), uncompressed: found.uncompressed}
    },
    confirm: async (digest, uncompressed) => {
      await note(`confirm ${uncompressed?.diffId ?? ''}`.trim())
      expect(kept.has(digest)).toBe(true)
    },
    forget: async digest => {
      await note('forget')
      kept.delete(digest)
    },
    create: digest => {
      const chunks: Uint8Array[] = []
      return Promise.resolve({
        write: chunk => void chunks.push(Buffer.from(chunk)),
        restart: () => void chunks.splice(0),
        commit: async uncompressed => {
          await note('commit')
          kept.set(digest, {bytes: Buffer.concat(chunks), ...(uncompressed === undefined ? {} : {uncompressed})})
        },
        discard: () => Promise.resolve()
      })
    }
  }
}

const watch = {signal: new AbortController().signal, arrived: () => undefined}

describe('createKeeper', () => {
  it('recalls what is right, and says that it came from the cache', async () => {
    const {manifest, config} = IMAGE
    const store = createStore(...[manifest, config, LAYER].map(({digest, bytes}) => [digest, {bytes}] as const))
    const keeper = createKeeper(store)
    await expect(keeper.recallManifest(manifest)).resolves.toMatchObject({digest: manifest.digest})
    await expect(keeper.recallConfig(config)).resolves.toMatchObject({digest: config.digest})
    await expect(keeper.recallLayer(LAYER, 'sha256', watch)).resolves.toMatchObject({uncompressed: INFLATED})
    expect([manifest, config, LAYER].map(({digest}) => keeper.originOf(digest))).toEqual([CACHE, CACHE, CACHE])
  })

  it.each([
    {name: 'one bit is wrong', bytes: flipped(LAYER.bytes, 5)},
    {name: 'it is cut', bytes: LAYER.bytes.subarray(0, 50)},
    {name: 'it is empty', bytes: Buffer.alloc(0)},
    {name: 'it has more', bytes: Buffer.concat([LAYER.bytes, Buffer.from('x')])}
  ])('forgets a layer when $name, whatever its note says', async ({bytes}) => {
    const store = createStore([LAYER.digest, {bytes, uncompressed: INFLATED}])
    const keeper = createKeeper(store)
    await expect(keeper.recallLayer(LAYER, 'sha256', watch)).resolves.toBeUndefined()
    expect(store.journal).toEqual(['open', 'forget'])
    expect(keeper.originOf(LAYER.digest)).toBeUndefined()
  })

  it('does not inflate again what was inflated before, and hashes it all the same', async () => {
    const keeper = createKeeper(
      createStore([LAYER.digest, {bytes: LAYER.bytes, uncompressed: {diffId: OTHER, size: 1}}])
    )
    await expect(keeper.recallLayer(LAYER, 'sha256', watch)).resolves.toMatchObject({
      uncompressed: {diffId: OTHER, size: 1}
    })
  })

  it('reads a layer once in a run, and again when more of it is asked for', async () => {
    const store = createStore([LAYER.digest, {bytes: LAYER.bytes}])
    const keeper = createKeeper(store)
    await keeper.recallLayer(LAYER, undefined, watch)
    await keeper.recallLayer(LAYER, undefined, watch)
    expect(store.journal).toEqual(['open', 'confirm'])
    await keeper.recallLayer(LAYER, 'sha256', watch)
    await keeper.recallLayer(LAYER, 'sha256', watch)
    expect(store.journal.slice(2)).toEqual(['open', `confirm ${LAYER.diffId}`])
  })

  it('does not throw away what was fetched after another had begun to read the wrong bytes', async () => {
    const store = createStore([IMAGE.config.digest, {bytes: flipped(IMAGE.config.bytes, 5)}])
    const keeper = createKeeper(store)
    const fetched = async (): Promise<void> => {
      if ((await keeper.recallConfig(IMAGE.config)) !== undefined) return
      const sink = await keeper.openSink(IMAGE.config.digest)
      await sink.write(IMAGE.config.bytes)
      await sink.commit(undefined)
    }
    await Promise.all([fetched(), fetched(), fetched()])
    expect(store.journal.filter(what => what === 'forget')).toHaveLength(1)
    expect(store.kept.has(IMAGE.config.digest)).toBe(true)
  })

  it('passes on that the disk cannot be read, and goes on after it', async () => {
    const store = createStore([IMAGE.config.digest, IMAGE.config])
    let isBroken = true
    const keeper = createKeeper({
      ...store,
      open: digest => {
        if (isBroken) throw new VerifiedImageError({kind: 'local-io', detail: 'it cannot be read'})
        return store.open(digest)
      }
    })
    await expect(keeper.recallConfig(IMAGE.config)).toFailWith('local-io')
    isBroken = false
    await expect(keeper.recallConfig(IMAGE.config)).resolves.toBeDefined()
  })
})

describe('what is kept', () => {
  /** A store that notes which of its sinks were left. */
  const counting = (): {readonly store: MemoryStore; readonly left: () => number} => {
    const store = createStore()
    let left = 0
    return {
      left: () => left,
      store: {
        ...store,
        create: async digest => {
          const sink = await store.create(digest)
          return {
            ...sink,
            discard: () => {
              left++
              return sink.discard()
            }
          }
        }
      }
    }
  }

  it('is a manifest or a config under its digest, and from whom it is', async () => {
    const from = createKeeper(
      createStore(
        [IMAGE.manifest.digest, {bytes: IMAGE.manifest.bytes}],
        [IMAGE.config.digest, {bytes: IMAGE.config.bytes}]
      )
    )
    const manifest = await from.recallManifest({digest: IMAGE.manifest.digest})
    const config = await from.recallConfig(IMAGE.config)
    if (manifest === undefined || config === undefined) throw new Error('both are there')
    const {store, left} = counting()
    const keeper = createKeeper(store)
    expect([keeper.count(), keeper.originOf(manifest.digest)]).toEqual([0, undefined])
    await keeper.keepManifest(manifest, 'docker.io')
    await keeper.keepConfig(config, 'ghcr.io')
    expect([manifest.digest, config.digest].map(keeper.originOf)).toEqual(['docker.io', 'ghcr.io'])
    expect(store.kept.get(manifest.digest)?.bytes).toEqual(IMAGE.manifest.bytes)
    expect(store.kept.get(config.digest)?.bytes).toEqual(IMAGE.config.bytes)
    expect([keeper.count(), left()]).toEqual([2, 2])
    await keeper.recallManifest({digest: IMAGE.manifest.digest})
    expect(keeper.originOf(manifest.digest)).toBe('docker.io')
  })

  it('is a layer with what it inflates to, which is not read again', async () => {
    const from = createKeeper(createStore([LAYER.digest, {bytes: LAYER.bytes}]))
    const layer = await from.recallLayer(LAYER, 'sha256', watch)
    if (layer === undefined) throw new Error('it is there')
    const {store} = counting()
    const keeper = createKeeper(store)
    const sink = await keeper.openSink(LAYER.digest)
    await sink.write(LAYER.bytes)
    await keeper.keepLayer(layer, sink, 'ghcr.io')
    expect(store.kept.get(LAYER.digest)).toEqual({bytes: LAYER.bytes, uncompressed: INFLATED})
    expect(keeper.originOf(LAYER.digest)).toBe('ghcr.io')
    store.journal.length = 0
    expect(await keeper.recallLayer(LAYER, 'sha256', watch)).toBe(layer)
    expect(store.journal).toEqual([])
  })
})
