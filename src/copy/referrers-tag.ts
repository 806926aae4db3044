// The referrers tag of registries without a referrers API: an index under `sha256-HEX` that clients maintain (OCI distribution
// specification 1.1, "Pushing Manifests with Subject").

// Two clients that maintain it at the same time:
//
// 1. Both read the index, and each adds its own entry.
// 2. Both write; the second write drops the entry of the first.
// 3. Each reads again. The one whose entry is gone adds it to what is there now, and writes again.

import {fail} from '../failure/error.ts'
import type {Digest} from '../oci/digest.ts'
import {isObject} from '../oci/go-json.ts'
import {decodeJsonObject, stringAt} from '../oci/json.ts'
import {OCI_INDEX} from '../oci/manifest.ts'
import type {Repository} from '../oci/reference.ts'
import {referrersTag} from '../registry/referrers.ts'
import type {SourceManifest} from './closure.ts'
import type {TargetRegistry} from './target-registry.ts'

// Each round loses only against another writer.
const MAX_ROUNDS = 10

/** Adds referrers of one subject to its index. What others added stays. */
export async function addToReferrersTag(
  registry: TargetRegistry,
  repository: Repository,
  subject: Digest,
  referrers: readonly SourceManifest[]
): Promise<void> {
  const tag = referrersTag(subject)
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const current = await registry.readManifest(repository, tag)
    const merged = mergeReferrers(current?.bytes, referrers)
    if (merged === undefined) return
    await registry.attempt(repository, 'referrers', request =>
      registry.client.putManifest({...request, reference: tag, bytes: merged, mediaType: OCI_INDEX})
    )
  }
  fail({
    kind: 'protocol',
    detail: `the tag ${tag} does not keep what is written to it, or others write to it all the time`,
    isHtml: false
  })
}

/** The index with these referrers; undefined where it has them all. */
export function mergeReferrers(
  current: Uint8Array | undefined,
  referrers: readonly SourceManifest[]
): Uint8Array | undefined {
  const json = current === undefined ? undefined : decodeJsonObject(current)
  const entries =
    json?.ok === true && Array.isArray(json.value['manifests']) ? (json.value['manifests'] as unknown[]) : []
  const known = new Set(entries.map(entry => (isObject(entry) ? stringAt(entry, 'digest') : undefined)))
  const added = referrers.filter(({digest}) => !known.has(digest))
  if (added.length === 0) return undefined
  // What the index has besides stays as it is.
  const index = json?.ok === true ? json.value : {schemaVersion: 2, mediaType: OCI_INDEX}
  return Buffer.from(JSON.stringify({...index, manifests: [...entries, ...added.map(entryOf)]}))
}

/** With the type and annotations of the manifest, by which clients filter. */
function entryOf({mediaType, digest, size, artifactType, annotations}: SourceManifest): unknown {
  return {
    mediaType,
    digest,
    size,
    ...(artifactType === '' ? {} : {artifactType}),
    ...(Object.keys(annotations).length === 0 ? {} : {annotations})
  }
}
