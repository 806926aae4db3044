// What is copied, on this machine: manifests and blobs of the store, and what the store lacks from the registries of the image.
// Every byte has its digest before anything reads it here.

import {VerifiedImageError, fail} from '../failure/error.ts'
import type {BlobFetcher} from '../fetch/blob-fetcher.ts'
import {type RetryContext, withRetry} from '../fetch/retry.ts'
import {digestOf, algorithmOf, type Digest} from '../oci/digest.ts'
import type {Descriptor} from '../oci/manifest.ts'
import type {Repository} from '../oci/reference.ts'
import type {ReferrersPort, RegistryPort} from '../registry/registry.ts'
import type {BlobStorePort} from '../store/store.ts'
import {writeBlob} from '../store/write-blob.ts'
import {MAX_MANIFEST_BYTES} from '../verify/verify-manifest.ts'
import {readManifestAt} from './read-manifest.ts'

/** A registry that the image may be read from. */
export type SourcePlace = {
  readonly repository: Repository
  readonly retry: RetryContext
  /** Whether it may say what is attached to an image: the registry of the reference, and mirrors that the workflow names. */
  readonly isTrusted: boolean
}

export type SourceContent = {
  /** In the order in which they are tried. */
  readonly places: readonly SourcePlace[]
  readonly registry: Pick<RegistryPort, 'openManifest'> & ReferrersPort
  /** The bytes of a manifest or index, from the store or a registry. */
  readonly manifest: (descriptor: ManifestName) => Promise<Uint8Array>
  /** Puts a manifest that was read into the store. */
  readonly keep: (manifest: {readonly digest: Digest; readonly bytes: Uint8Array}) => Promise<void>
  /** Puts a blob into the store. Resolves to false where none of the registries has it. */
  readonly ensureBlob: (descriptor: Descriptor) => Promise<boolean>
  /** The file of a blob that is in the store. */
  readonly fileOf: (digest: Digest) => string
}

export type ManifestName = {readonly digest: Digest; readonly size?: number | undefined}

export type SourceDeps = Pick<SourceContent, 'places' | 'registry' | 'fileOf'> & {
  readonly store: BlobStorePort
  readonly blobs: BlobFetcher
}

export function createSourceContent(deps: SourceDeps): SourceContent {
  const {places, registry, fileOf} = deps
  return {
    places,
    registry,
    fileOf,
    keep: ({digest, bytes}) => writeBlob(deps.store, digest, bytes),
    manifest: async name => (await storedManifest(deps, name)) ?? fetchManifestBytes(deps, name),
    ensureBlob: async descriptor => {
      try {
        await firstOf(places, place =>
          deps.blobs.fetchLayer(
            {repository: place.repository, object: 'blob', descriptor, retry: place.retry},
            undefined
          )
        )
        return true
      } catch (error) {
        if (error instanceof VerifiedImageError && error.failure.kind === 'not-found') return false
        throw error
      }
    }
  }
}

/** The first result; the failure of the first place if all fail. */
export async function firstOf<T>(places: readonly SourcePlace[], run: (place: SourcePlace) => Promise<T>): Promise<T> {
  let first: VerifiedImageError | undefined
  for (const place of places) {
    try {
      return await run(place)
    } catch (error) {
      if (!(error instanceof VerifiedImageError) || error.failure.kind === 'local-io') throw error
      place.retry.signal.throwIfAborted()
      first ??= error
    }
  }
  throw first ?? new TypeError('an image has a registry')
}

async function storedManifest({store}: SourceDeps, {digest, size}: ManifestName): Promise<Uint8Array | undefined> {
  const blob = await store.open(digest, size)
  if (blob === undefined) return undefined
  const chunks: Uint8Array[] = []
  let received = 0
  for await (const chunk of blob.body) {
    received += chunk.length
    // The memory of a chunk is reused once the next one is requested.
    if (received <= MAX_MANIFEST_BYTES) chunks.push(Buffer.from(chunk))
  }
  const bytes = Buffer.concat(chunks)
  const isRight = received <= MAX_MANIFEST_BYTES && digestOf(bytes, algorithmOf(digest)) === digest
  await (isRight ? blob.accept() : blob.reject())
  return isRight ? bytes : undefined
}

async function fetchManifestBytes({places, registry, store}: SourceDeps, name: ManifestName): Promise<Uint8Array> {
  const {digest, size} = name
  const bytes = await firstOf(places, async ({repository, retry}) => {
    const at = {repository, reference: digest}
    const found = await readManifestAt(registry, at, run => withRetry(retry, 'child', run))
    return found?.bytes ?? fail({kind: 'not-found', status: 404, detail: digest}, {object: 'child'})
  })
  if (size !== undefined && bytes.length !== size)
    fail({
      kind: 'unusable',
      detail: `${digest} has ${String(bytes.length)} bytes, but its descriptor says ${String(size)}`
    })
  await writeBlob(store, digest, bytes)
  return bytes
}
