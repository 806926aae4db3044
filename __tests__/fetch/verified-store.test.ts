// What is believed of a store: nothing. In memory, with bytes that may be spoilt in it.

import {describe, expect, it} from '@jest/globals'
import {createSemaphore} from '../../src/concurrency/semaphore.ts'
import {createVerifiedStore} from '../../src/fetch/verified-store.ts'
import {layerFormatOf} from '../../src/oci/layer-format.ts'
import type {VerifiedLayer} from '../../src/verify/verified.ts'
import {createLayerVerifier} from '../../src/verify/verify-layer.ts'
import {makeImage} from '../support/images.ts'
import {flipped} from '../support/memory-registry.ts'
import {createMemoryStore, type MemoryStore} from '../support/memory-store.ts'
import '../support/matchers.ts'
import {CACHE} from '../../src/store/store.ts'
import {VerifiedImageError} from '../../src/failure/error.ts'

const IMAGE = makeImage()
const LAYER = IMAGE.layers[1]
if (LAYER === undefined) throw new Error('no layer was made')
const INFLATED = {diffId: LAYER.diffId, size: LAYER.uncompressed.length}

// eslint-disable-next-line require-yield -- it fails before its first chunk
async function* failing(error: Error): AsyncGenerator<Uint8Array> {
  await Promise.resolve()
  throw error
}

const watch = {signal: new AbortController().signal, addBytes: () => undefined}

describe('createKeeper', () => {
  it('recalls what is right, and says that it came from the cache', async () => {
    const {manifest, config} = IMAGE
    const store = createMemoryStore(manifest, config, LAYER)
    const keeper = createVerifiedStore(store)
    await expect(keeper.getManifest(manifest)).resolves.toMatchObject({digest: manifest.digest})
    await expect(keeper.getConfig(config)).resolves.toMatchObject({digest: config.digest})
    await expect(keeper.getLayer(LAYER, 'sha256', watch)).resolves.toMatchObject({uncompressed: INFLATED})
    expect([manifest, config, LAYER].map(({digest}) => keeper.originOf(digest))).toEqual([CACHE, CACHE, CACHE])
  })

  it.each([
    {name: 'one bit is wrong', bytes: flipped(LAYER.bytes, 5)},
    {name: 'it is cut', bytes: LAYER.bytes.subarray(0, 50)},
    {name: 'it is empty', bytes: Buffer.alloc(0)},
    {name: 'it has more', bytes: Buffer.concat([LAYER.bytes, Buffer.from('x')])}
  ])('does not recall a layer when $name', async ({bytes}) => {
    const keeper = createVerifiedStore(createMemoryStore({digest: LAYER.digest, bytes}))
    await expect(keeper.getLayer(LAYER, 'sha256', watch)).resolves.toBeUndefined()
    expect(keeper.originOf(LAYER.digest)).toBeUndefined()
  })

  it('counts the bytes that it reads of a layer, until its signal aborts', async () => {
    const counted: number[] = []
    const read = {...watch, addBytes: (bytes: number) => void counted.push(bytes)}
    await createVerifiedStore(createMemoryStore(LAYER)).getLayer(LAYER, 'sha256', read)
    expect(counted.reduce((sum, bytes) => sum + bytes, 0)).toBe(LAYER.size)
    const signal = AbortSignal.abort(new Error('canceled'))
    const canceled = createVerifiedStore(createMemoryStore(LAYER)).getLayer(LAYER, 'sha256', {...watch, signal})
    await expect(canceled).rejects.toThrow('canceled')
  })

  it.each([undefined, createSemaphore(1)])('decompresses zstd, with a limit of memory or without', async windows => {
    const [layer] = makeImage({layers: [{content: {seed: 1, size: 9000}, compression: 'zstd'}]}).layers
    if (layer === undefined) throw new Error('no layer was made')
    const read = windows === undefined ? watch : {...watch, windows}
    const stored = await createVerifiedStore(createMemoryStore(layer)).getLayer(layer, 'sha256', read)
    expect(stored?.uncompressed?.diffId).toBe(layer.diffId)
  })

  it('does not read a layer again whose window is too large to decompress', async () => {
    const store = createMemoryStore(LAYER)
    const keeper = createVerifiedStore(store)
    const layer = {digest: LAYER.digest, size: LAYER.size, uncompressed: undefined, windowBytes: 1} as VerifiedLayer
    await keeper.putLayer(LAYER, layer, await keeper.openWriter(LAYER.digest), 'registry.test')
    expect(await keeper.getLayer(LAYER, 'sha256', watch)).toBe(layer)
    expect(store.journal).toEqual(['commit'])
  })

  it.each([new VerifiedImageError({kind: 'local-io', detail: 'a broken disk'}), new TypeError('a bug')])(
    'passes on what is not the fault of the bytes: %s',
    async error => {
      const store = createMemoryStore(LAYER)
      const open: typeof store.open = async (...which) => {
        const blob = await store.open(...which)
        return blob && {...blob, body: failing(error)}
      }
      await expect(createVerifiedStore({...store, open}).getLayer(LAYER, 'sha256', watch)).rejects.toBe(error)
      expect(store.journal).toEqual(['open'])
    }
  )

  it('rejects bytes of another digest', async () => {
    const store = createMemoryStore({digest: LAYER.digest, bytes: flipped(LAYER.bytes, 5)})
    await createVerifiedStore(store).getLayer(LAYER, 'sha256', watch)
    expect(store.journal).toEqual(['open', 'reject'])
  })

  it('keeps right bytes that one image cannot use: another may', async () => {
    const store = createMemoryStore(LAYER)
    const keeper = createVerifiedStore(store)
    const plain = {...LAYER, mediaType: 'application/vnd.oci.image.layer.v1.tar'}
    await expect(keeper.getLayer(plain, 'sha256', watch)).resolves.toBeUndefined()
    expect(store.journal).toEqual(['open'])
    await expect(keeper.getLayer(LAYER, 'sha256', watch)).resolves.toMatchObject({uncompressed: INFLATED})
  })

  it('reads a layer once in a run, and again when more of it is asked for', async () => {
    const store = createMemoryStore(LAYER)
    const keeper = createVerifiedStore(store)
    await keeper.getLayer(LAYER, undefined, watch)
    await keeper.getLayer(LAYER, undefined, watch)
    expect(store.journal).toEqual(['open', 'accept'])
    await keeper.getLayer(LAYER, 'sha256', watch)
    await keeper.getLayer(LAYER, 'sha256', watch)
    expect(store.journal.slice(2)).toEqual(['open', 'accept'])
  })

  it.each(['recalled', 'kept'] as const)(
    'does not take what a layer inflates to, when it was %s, from another media type for the same bytes',
    async how => {
      const store = createMemoryStore(...(how === 'recalled' ? [LAYER] : []))
      const keeper = createVerifiedStore(store)
      const plain = {...LAYER, mediaType: 'application/vnd.oci.image.layer.v1.tar'}
      if (how === 'kept') {
        const sink = await keeper.openWriter(LAYER.digest)
        await sink.write(LAYER.bytes)
        const verifier = createLayerVerifier(LAYER, layerFormatOf(LAYER.mediaType), 'sha256')
        await verifier.write(LAYER.bytes)
        await keeper.putLayer(LAYER, await verifier.finish(), sink, 'registry.example.com')
      }
      await expect(keeper.getLayer(LAYER, 'sha256', watch)).resolves.toMatchObject({uncompressed: INFLATED})
      const before = store.journal.length
      await expect(keeper.getLayer(plain, 'sha256', watch)).resolves.toBeUndefined()
      expect(store.journal.slice(before)).toEqual(['open'])
    }
  )

  it('does not throw away what was fetched after another had begun to read the wrong bytes', async () => {
    const store = createMemoryStore({digest: IMAGE.config.digest, bytes: flipped(IMAGE.config.bytes, 5)})
    const keeper = createVerifiedStore(store)
    const fetched = async (): Promise<void> => {
      if ((await keeper.getConfig(IMAGE.config)) !== undefined) return
      const sink = await keeper.openWriter(IMAGE.config.digest)
      await sink.write(IMAGE.config.bytes)
      await sink.commit()
    }
    await Promise.all([fetched(), fetched(), fetched()])
    expect(store.journal.filter(what => what === 'reject')).toHaveLength(1)
    expect(store.kept.has(IMAGE.config.digest)).toBe(true)
  })

  it('passes on that the disk cannot be read, and goes on after it', async () => {
    const store = createMemoryStore(IMAGE.config)
    let isBroken = true
    const keeper = createVerifiedStore({
      ...store,
      open: (digest, size) => {
        if (isBroken) throw new VerifiedImageError({kind: 'local-io', detail: 'it cannot be read'})
        return store.open(digest, size)
      }
    })
    await expect(keeper.getConfig(IMAGE.config)).toFailWith('local-io')
    isBroken = false
    await expect(keeper.getConfig(IMAGE.config)).resolves.toBeDefined()
  })
})

describe('what is kept', () => {
  /** A store that notes which of its sinks were left. */
  const counting = (): {readonly store: MemoryStore; readonly left: () => number} => {
    const store = createMemoryStore()
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
    const from = createVerifiedStore(
      createMemoryStore(
        {digest: IMAGE.manifest.digest, bytes: IMAGE.manifest.bytes},
        {digest: IMAGE.config.digest, bytes: IMAGE.config.bytes}
      )
    )
    const manifest = await from.getManifest({digest: IMAGE.manifest.digest})
    const config = await from.getConfig(IMAGE.config)
    if (manifest === undefined || config === undefined) throw new Error('both are there')
    const {store, left} = counting()
    const keeper = createVerifiedStore(store)
    expect([keeper.size(), keeper.originOf(manifest.digest)]).toEqual([0, undefined])
    await keeper.putManifest(manifest, 'docker.io')
    await keeper.putConfig(config, 'ghcr.io')
    expect([manifest.digest, config.digest].map(keeper.originOf)).toEqual(['docker.io', 'ghcr.io'])
    expect(store.kept.get(manifest.digest)).toEqual(IMAGE.manifest.bytes)
    expect(store.kept.get(config.digest)).toEqual(IMAGE.config.bytes)
    expect([keeper.size(), left()]).toEqual([2, 2])
    await keeper.getManifest({digest: IMAGE.manifest.digest})
    expect(keeper.originOf(manifest.digest)).toBe('docker.io')
  })

  it('is a layer with what it inflates to, which is not read again', async () => {
    const from = createVerifiedStore(createMemoryStore({digest: LAYER.digest, bytes: LAYER.bytes}))
    const layer = await from.getLayer(LAYER, 'sha256', watch)
    if (layer === undefined) throw new Error('it is there')
    const {store} = counting()
    const keeper = createVerifiedStore(store)
    const sink = await keeper.openWriter(LAYER.digest)
    await sink.write(LAYER.bytes)
    await keeper.putLayer(LAYER, layer, sink, 'ghcr.io')
    expect(store.kept.get(LAYER.digest)).toEqual(LAYER.bytes)
    expect(keeper.originOf(LAYER.digest)).toBe('ghcr.io')
    store.journal.length = 0
    expect(await keeper.getLayer(LAYER, 'sha256', watch)).toBe(layer)
    expect(store.journal).toEqual([])
  })
})
