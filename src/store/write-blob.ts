// Puts a document that is in memory, such as a manifest, into a store.
// The caller has verified its bytes.

import type {Digest} from '../oci/digest.ts'
import type {BlobStorePort} from './store.ts'

export async function writeBlob(
  store: Pick<BlobStorePort, 'create'>,
  digest: Digest,
  bytes: Uint8Array
): Promise<void> {
  const writer = await store.create(digest)
  try {
    await writer.write(bytes)
    await writer.commit()
  } finally {
    await writer.discard()
  }
}
