// Everything that an image consists of: its index, the manifests below it whatever they are, and the blobs that those name.
// A registry accepts an index only with its children, and an index without one of them is another image. So all are copied or none.

import {fail} from '../failure/error.ts'
import {checkDepth, countChildren} from '../fetch/limits.ts'
import type {Digest} from '../oci/digest.ts'
import type {Descriptor} from '../oci/manifest.ts'
import {decodeRawManifest, type RawManifest} from './raw-manifest.ts'
import type {SourceContent} from './source-content.ts'

export type SourceManifest = Omit<RawManifest, 'children'> & {
  readonly digest: Digest
  readonly size: number
}

export type Closure = {
  readonly root: SourceManifest
  /** Each once; children before what names them, the root last. */
  readonly manifests: readonly SourceManifest[]
}

/** Walks a manifest of which nothing but the digest is known, and all that it leads to. */
export async function walkManifest(
  content: Pick<SourceContent, 'manifest'>,
  root: {readonly digest: Digest; readonly size?: number; readonly mediaType?: string}
): Promise<Closure> {
  const found = new Map<Digest, SourceManifest>()
  const walk = {children: 0}

  async function visit(
    {digest, size, mediaType}: {readonly digest: Digest; readonly size?: number; readonly mediaType?: string},
    depth: number
  ): Promise<SourceManifest> {
    const known = found.get(digest)
    if (known !== undefined) return known
    checkDepth(depth)
    const bytes = await content.manifest({digest, size})
    const decoded = decodeRawManifest(bytes, mediaType)
    if (!decoded.ok) return fail({kind: 'unusable', detail: `${digest}: ${decoded.reason}`}, {object: 'child'})
    const {children, ...manifest} = decoded.value
    countChildren(walk, children.length)
    for (const child of children) await visit(child, depth + 1)
    const source = {...manifest, digest, size: bytes.length}
    found.set(digest, source)
    return source
  }

  const source = await visit(root, 0)
  return {root: source, manifests: [...found.values()]}
}

/** The blobs of manifests, each once. */
export function blobsOfManifests(manifests: readonly SourceManifest[]): readonly Descriptor[] {
  return [...new Map(manifests.flatMap(({blobs}) => blobs).map(blob => [blob.digest, blob])).values()]
}
