// Signatures that lie in a registry beside an image: referrers, the referrers tag, and the `.sig` tag of cosign before version 3.
// All three are read until one signature satisfies. A tool that stops at the first kind misses signatures of the others.

import {type Digest, digestOf} from '../oci/digest.ts'
import {OCI_MANIFEST} from '../oci/manifest.ts'
import {VerifiedImageError} from '../failure/error.ts'
import {countBytes} from '../fetch/blob-fetcher.ts'
import {withRetry} from '../fetch/retry.ts'
import {
  hasReferrersApi,
  listFromApi,
  listFromTag,
  type Referrer,
  type ReferrersDeps,
  type ReferrersList,
  referrersTag
} from '../registry/referrers.ts'
import {IN_TOTO, SIGNATURE_PREDICATES} from '../signature/statement.ts'
import {readDocument} from '../verify/check-bytes.ts'
import {MAX_MANIFEST_BYTES} from '../verify/verify-manifest.ts'
import {type FailedPlace, failedPlace, type FoundCandidate, ReadBudget} from './found-candidate.ts'
import {
  type AttestationArtifact,
  BUNDLE_TYPE,
  NOTATION_TYPE,
  readSignatureManifest,
  type RegistryPlace
} from './signature-manifest.ts'

/**
 * Yields the candidates for a digest, the likely ones first. A list that cannot be read is a `failed` one, and the others are still
 * read. Rejects with the signal's reason.
 */
export async function* findInRegistry(place: RegistryPlace, digest: Digest): AsyncGenerator<FoundCandidate> {
  const seen = new Set<Digest>()
  const {api, tag, signatureTag} = listsOf(place, digest)
  if (hasReferrersApi(place.repository)) {
    for (const list of [api, tag, signatureTag]) yield* readList(place, await settled(place, list), seen)
    return
  }
  // Where there is no API, a request for it is answered by another host, which says nothing about the image.
  const tagged = await settled(place, tag)
  yield* readList(place, tagged, seen)
  yield* readList(place, await settled(place, signatureTag), seen)
  if (tagged.kind === 'failed' || tagged.manifests.length > 0) return
  const once = {...place, retry: {...place.retry, backoff: {...place.retry.backoff, attempts: 1}}}
  const listed = await settled(once, listsOf(once, digest).api)
  if (listed.kind === 'list') yield* readList(place, listed, seen)
}

/** A manifest that may have signatures: its descriptor, and its bytes if they were read already. */
type Listed = {readonly referrer: Referrer; readonly bytes: Uint8Array | undefined}
type List = {readonly kind: 'list'; readonly manifests: readonly Listed[]; readonly isCutShort: boolean}
type ListOrigin = () => Promise<List>

function listsOf(place: RegistryPlace, digest: Digest): Readonly<Record<'api' | 'tag' | 'signatureTag', ListOrigin>> {
  const {repository, registry, retry} = place
  const deps: ReferrersDeps = {registry, attempt: (object, run) => withRetry(retry, object, run)}
  const request = {repository, digest}
  return {
    api: async () => {
      const list = await unlessRefused(() => listFromApi(deps, request))
      return listOf(list && {...list, referrers: list.referrers.filter(mayBeSignature)})
    },
    tag: async () => listOf(await listFromTag(deps, request)),
    signatureTag: () => listSignatureTag(place, digest)
  }
}

function listOf(list: ReferrersList | undefined): List {
  const {referrers = [], isCutShort = false} = list ?? {}
  const manifests = referrers.toSorted(likelyFirst).map(referrer => ({referrer, bytes: undefined}))
  return {kind: 'list', manifests, isCutShort}
}

/** Some registries answer a request for an API that they do not know with 401 or 403, for a repository that they serve. */
async function unlessRefused(list: () => Promise<ReferrersList | undefined>): Promise<ReferrersList | undefined> {
  try {
    return await list()
  } catch (error) {
    const kind = error instanceof VerifiedImageError ? error.failure.kind : undefined
    if (kind === 'denied' || kind === 'unauthorized') return undefined
    throw error
  }
}

async function settled(place: RegistryPlace, list: ListOrigin): Promise<List | FailedPlace> {
  try {
    return await list()
  } catch (error) {
    return failedPlace(error, place.retry.signal)
  }
}

async function* readList(
  place: RegistryPlace,
  list: List | FailedPlace,
  seen: Set<Digest>
): AsyncGenerator<FoundCandidate> {
  if (list.kind === 'failed') {
    yield list
    return
  }
  // Each list has its own budget, so that one that is full of others does not hide another.
  const budget = new ReadBudget()
  for await (const found of readManifests(place, list, {budget, seen})) {
    if (found.kind === 'attestation') yield* readAttestation(place, found, budget)
    else yield found
  }
}

async function* readManifests(
  place: RegistryPlace,
  {manifests, isCutShort}: List,
  {budget, seen}: {readonly budget: ReadBudget; readonly seen: Set<Digest>}
): AsyncGenerator<FoundCandidate | AttestationArtifact> {
  for (const {referrer, bytes} of manifests.filter(({referrer: {digest}}) => !seen.has(digest))) {
    if (!budget.take()) {
      yield {kind: 'cut-short'}
      return
    }
    seen.add(referrer.digest)
    yield* readSignatureManifest(place, {digest: referrer.digest, bytes}, budget)
  }
  if (isCutShort) yield {kind: 'cut-short'}
}

/** The statement with each signature of its manifest. Without one it counts as none: anyone can push a statement. */
async function* readAttestation(
  place: RegistryPlace,
  {digest, manifest, readStatement}: AttestationArtifact,
  budget: ReadBudget
): AsyncGenerator<FoundCandidate> {
  const {api, tag, signatureTag} = listsOf(place, digest)
  const seen = new Set<Digest>()
  let statement: Awaited<ReturnType<typeof readStatement>> | undefined
  for (const list of [api, tag, signatureTag]) {
    const listed = await settled(place, list)
    if (listed.kind === 'failed') {
      yield listed
      continue
    }
    for await (const found of readManifests(place, listed, {budget, seen})) {
      // A statement about a statement is not followed.
      if (found.kind !== 'signature') continue
      statement ??= await readStatement()
      if ('kind' in statement) {
        yield statement
        return
      }
      const signature = {
        kind: 'signed-statement',
        statement: statement.bytes,
        manifest,
        signature: found.signature
      } as const
      yield {kind: 'signature', signature}
    }
  }
}

/** The type in a list is a hint: a registry that takes it from elsewhere lists the type of the empty config, or none. */
function mayBeSignature({artifactType}: Referrer): boolean {
  return (
    artifactType === undefined ||
    artifactType.startsWith(BUNDLE_TYPE) ||
    artifactType === NOTATION_TYPE ||
    artifactType === IN_TOTO ||
    /^application\/vnd\.(?:oci\.empty\.v1|oci\.image\.(?:config|manifest)\.v1|dev\.cosign\.artifact\.sig\.v1)\+json$/.test(
      artifactType
    )
  )
}

const CREATED = 'org.opencontainers.image.created'
// cosign's specs/BUNDLE_SPEC.md, and what Docker writes.
const PREDICATES = ['dev.sigstore.bundle.predicateType', 'in-toto.io/predicate-type']

/** By type, by predicate, and then the newest. These are claims, so nothing is left out for them. */
function likelyFirst(a: Referrer, b: Referrer): number {
  const difference = unlikeliness(a) - unlikeliness(b)
  if (difference !== 0) return difference
  const [left = '', right = ''] = [a, b].map(({annotations}) => annotations[CREATED])
  return left < right ? 1 : left > right ? -1 : 0
}

function unlikeliness(referrer: Referrer): number {
  const predicates = PREDICATES.flatMap(name => referrer.annotations[name] ?? [])
  const isOther = predicates.some(predicate => !SIGNATURE_PREDICATES.includes(predicate))
  return (mayBeSignature(referrer) ? 0 : 2) + (isOther ? 1 : 0)
}

/** cosign before version 3: a manifest under this tag, with a layer for each signature. */
async function listSignatureTag({repository, registry, retry}: RegistryPlace, digest: Digest): Promise<List> {
  const reference = `${referrersTag(digest)}.sig`
  try {
    const bytes = await withRetry(retry, 'signature', async attempt =>
      readDocument(
        countBytes(await registry.openManifest({...attempt, repository, reference}), attempt),
        undefined,
        MAX_MANIFEST_BYTES
      )
    )
    const referrer = {mediaType: OCI_MANIFEST, digest: digestOf(bytes), size: bytes.length, annotations: {}}
    return {kind: 'list', manifests: [{referrer, bytes}], isCutShort: false}
  } catch (error) {
    if (error instanceof VerifiedImageError && error.failure.kind === 'not-found') return listOf(undefined)
    throw error
  }
}
