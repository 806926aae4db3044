// A store in memory behind the store port, for tests of what is believed of stored content. A test may change what it kept.

import {type BlobStorePort} from '../../src/store/store.ts'
import {bodyOf} from './memory-registry.ts'

export type MemoryStore = BlobStorePort & {
  readonly kept: Map<string, Uint8Array>
  /** `open`, `accept`, `reject`, and `commit`, in order. */
  readonly journal: string[]
}

/** Creates a store that has these blobs, whatever their bytes are. */
export function createMemoryStore(
  ...blobs: readonly {readonly digest: string; readonly bytes: Uint8Array}[]
): MemoryStore {
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
        reset: () => void chunks.splice(0),
        commit: async () => {
          await note('commit')
          kept.set(digest, Buffer.concat(chunks))
        },
        discard: () => Promise.resolve()
      })
    }
  }
}
