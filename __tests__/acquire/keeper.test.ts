// What is believed of a store: nothing. In memory, with bytes that may be spoilt in it.

import {describe, expect, it} from '@jest/globals'
import {VerifiedImageError} from '../../src/acquire/failure.ts'
import {createKeeper} from '../../src/acquire/keeper.ts'
import {type BlobStorePort, CACHE} from '../../src/acquire/ports.ts'
import {createLayerVerifier} from '../../src/acquire/verify.ts'
import {makeImage} from '../support/images.ts'
import {bodyOf, flipped} from '../support/memory-registry.ts'
import '../support/matchers.ts'

const IMAGE = makeImage()
const LAYER = IMAGE.layers[1]
if (LAYER === undefined) throw new Error('no layer was made')
const INFLATED = {diffId: LAYER.diffId, size: LAYER.uncompressed.length}

type MemoryStore = BlobStorePort & {readonly kept: Map<string, Uint8Array>; readonly journal: string[]}

const createStore = (...blobs: readonly {readonly digest: string; readonly bytes: Uint8Array}[]): MemoryStore => {
  const kept = new Map(blobs.map(({digest, bytes}) => [digest, bytes]))
  const journal: string[] = []
  const note = (what: string): Promise<void> => {
    journal.push(what)
    return Promise.resolve()
  }
  return {
    kept,
    journal,
    open: async (digest, size) => {
      await note('open')
      const found = kept.get(digest)
      if (found === undefined || (size !== undefined && size !== found.length)) return undefined
      return {
        body: bodyOf(found),
        accept: () => note('accept'),
        reject: async () => {
          await note('reject')
          kept.delete(digest)
        }
      }
    },
    create: digest => {
      const chunks: Uint8Array[] = []
      return Promise.resolve({
        write: chunk => void chunks.push(Buffer.from(chunk)),
        restart: () => void chunks.splice(0),
        commit: async () => {
          await note('commit')
          kept.set(digest, Buffer.concat(chunks))
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
    const store = createStore(manifest, config, LAYER)
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
  ])('does not recall a layer when $name', async ({bytes}) => {
    const keeper = createKeeper(createStore({digest: LAYER.digest, bytes}))
    await expect(keeper.recallLayer(LAYER, 'sha256', watch)).resolves.toBeUndefined()
    expect(keeper.originOf(LAYER.digest)).toBeUndefined()
  })

  it('rejects bytes of another digest', async () => {
    const store = createStore({digest: LAYER.digest, bytes: flipped(LAYER.bytes, 5)})
    await createKeeper(store).recallLayer(LAYER, 'sha256', watch)
    expect(store.journal).toEqual(['open', 'reject'])
  })

  it('keeps right bytes that one image cannot use: another may', async () => {
    const store = createStore(LAYER)
    const keeper = createKeeper(store)
    const zstd = {...LAYER, mediaType: 'application/vnd.oci.image.layer.v1.tar+zstd'}
    await expect(keeper.recallLayer(zstd, 'sha256', watch)).resolves.toBeUndefined()
    expect(store.journal).toEqual(['open'])
    await expect(keeper.recallLayer(LAYER, 'sha256', watch)).resolves.toMatchObject({uncompressed: INFLATED})
  })

  it('reads a layer once in a run, and again when more of it is asked for', async () => {
    const store = createStore(LAYER)
    const keeper = createKeeper(store)
    await keeper.recallLayer(LAYER, undefined, watch)
    await keeper.recallLayer(LAYER, undefined, watch)
    expect(store.journal).toEqual(['open', 'accept'])
    await keeper.recallLayer(LAYER, 'sha256', watch)
    await keeper.recallLayer(LAYER, 'sha256', watch)
    expect(store.journal.slice(2)).toEqual(['open', 'accept'])
  })

  it.each(['recalled', 'kept'] as const)(
    'does not take what a layer inflates to, when it was %s, from another media type for the same bytes',
    async how => {
      const store = createStore(...(how === 'recalled' ? [LAYER] : []))
      const keeper = createKeeper(store)
      const plain = {...LAYER, mediaType: 'application/vnd.oci.image.layer.v1.tar'}
      if (how === 'kept') {
        const sink = await keeper.openSink(LAYER.digest)
        await sink.write(LAYER.bytes)
        const verifier = createLayerVerifier(LAYER, 'gzip', 'sha256')
        await verifier.write(LAYER.bytes)
        await keeper.keepLayer(LAYER, await verifier.finish(), sink, 'registry.example.com')
      }
      await expect(keeper.recallLayer(LAYER, 'sha256', watch)).resolves.toMatchObject({uncompressed: INFLATED})
      const before = store.journal.length
      await keeper.recallLayer(plain, 'sha256', watch)
      expect(store.journal.slice(before)).toEqual(['open', 'accept'])
    }
  )

  it('does not throw away what was fetched after another had begun to read the wrong bytes', async () => {
    const store = createStore({digest: IMAGE.config.digest, bytes: flipped(IMAGE.config.bytes, 5)})
    const keeper = createKeeper(store)
    const fetched = async (): Promise<void> => {
      if ((await keeper.recallConfig(IMAGE.config)) !== undefined) return
      const sink = await keeper.openSink(IMAGE.config.digest)
      await sink.write(IMAGE.config.bytes)
      await sink.commit()
    }
    await Promise.all([fetched(), fetched(), fetched()])
    expect(store.journal.filter(what => what === 'reject')).toHaveLength(1)
    expect(store.kept.has(IMAGE.config.digest)).toBe(true)
  })

  it('passes on that the disk cannot be read, and goes on after it', async () => {
    const store = createStore(IMAGE.config)
    let isBroken = true
    const keeper = createKeeper({
      ...store,
      open: (digest, size) => {
        if (isBroken) throw new VerifiedImageError({kind: 'local-io', detail: 'it cannot be read'})
        return store.open(digest, size)
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
        {digest: IMAGE.manifest.digest, bytes: IMAGE.manifest.bytes},
        {digest: IMAGE.config.digest, bytes: IMAGE.config.bytes}
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
    expect(store.kept.get(manifest.digest)).toEqual(IMAGE.manifest.bytes)
    expect(store.kept.get(config.digest)).toEqual(IMAGE.config.bytes)
    expect([keeper.count(), left()]).toEqual([2, 2])
    await keeper.recallManifest({digest: IMAGE.manifest.digest})
    expect(keeper.originOf(manifest.digest)).toBe('docker.io')
  })

  it('is a layer with what it inflates to, which is not read again', async () => {
    const from = createKeeper(createStore({digest: LAYER.digest, bytes: LAYER.bytes}))
    const layer = await from.recallLayer(LAYER, 'sha256', watch)
    if (layer === undefined) throw new Error('it is there')
    const {store} = counting()
    const keeper = createKeeper(store)
    const sink = await keeper.openSink(LAYER.digest)
    await sink.write(LAYER.bytes)
    await keeper.keepLayer(LAYER, layer, sink, 'ghcr.io')
    expect(store.kept.get(LAYER.digest)).toEqual(LAYER.bytes)
    expect(keeper.originOf(LAYER.digest)).toBe('ghcr.io')
    store.journal.length = 0
    expect(await keeper.recallLayer(LAYER, 'sha256', watch)).toBe(layer)
    expect(store.journal).toEqual([])
  })
})
