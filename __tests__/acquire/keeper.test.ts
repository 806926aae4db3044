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
