// What is attached to an image: the manifests that name its digest as their subject (OCI distribution specification 1.1).
// They are listed by the referrers API, or by an index under the referrers tag where a registry has no such API.

import {fail, VerifiedImageError} from '../failure/error.ts'
import type {Failure, ObjectName} from '../failure/failure.ts'
import {algorithmOf, type Digest, digestOf, parseDigest} from '../oci/digest.ts'
import {isObject, type JsonObject, readAsGo} from '../oci/go-json.ts'
import {stringAt, stringsAt} from '../oci/json.ts'
import {type Descriptor, MANIFEST_STRUCT} from '../oci/manifest.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import {formatRepository, type Repository} from '../oci/reference.ts'
import type {FetchRequest, ReferrersPort, RegistryPort, RegistryResponse} from './registry.ts'

/** A descriptor in a list of referrers. All of it is a claim until the bytes of the digest were read. */
export type Referrer = Descriptor & {
  readonly artifactType?: string
  readonly annotations: Readonly<Record<string, string>>
}

export type ReferrersList = {
  readonly place: 'api' | 'tag'
  readonly referrers: readonly Referrer[]
  /** Whether there is more than the limits below allow, or more behind a page that cannot be followed. */
  readonly isCutShort: boolean
}

export type ReferrersRequest = {
  readonly repository: Repository
  readonly digest: Digest
  /** Lists referrers of this type alone. */
  readonly artifactType?: string
  /** The most referrers to list. */
  readonly limit?: number
}

export type ReferrersDeps = {
  readonly registry: Pick<RegistryPort, 'openManifest'> & ReferrersPort
  /** Runs one request, and repeats it as the policy of the caller allows. */
  readonly attempt: <T>(object: ObjectName, run: (attempt: ReferrersAttempt) => Promise<T>) => Promise<T>
}

/** Names of repositories that answered without the API: it is not requested there again. */
export type WithoutReferrersApi = Set<string>

export type ListReferrersDeps = ReferrersDeps & {readonly withoutApi: WithoutReferrersApi}

/** What one request is made with, and where the bytes that arrived are counted. */
export type ReferrersAttempt = Omit<FetchRequest, 'repository'> & {readonly count: (bytes: number) => void}

/** An index of more bytes is refused, as a manifest is. */
export const MAX_REFERRERS_BYTES = 4 * 1024 * 1024

// An image of a busy project has a few dozen referrers. Everyone who can push to the repository can add more.
const MAX_REFERRERS = 1000
const MAX_PAGES = 20

/** The referrers of a digest; undefined where the registry has neither the API nor the tag. Rejects with a VerifiedImageError. */
export async function listReferrers(
  deps: ListReferrersDeps,
  request: ReferrersRequest
): Promise<ReferrersList | undefined> {
  const name = formatRepository(request.repository)
  const fromApi = async (): Promise<ReferrersList | undefined> => {
    const list = deps.withoutApi.has(name) ? undefined : await listFromApi(deps, request)
    if (list === undefined) deps.withoutApi.add(name)
    return list
  }
  if (hasReferrersApi(request.repository)) return (await fromApi()) ?? listFromTag(deps, request)
  return (await listFromTag(deps, request)) ?? fromApi()
}

/**
 * Whether to expect the API. ghcr.io has none: it redirects requests for it to github.com, which answers 404, or 429 under load. So
 * its tag is requested first.
 */
export function hasReferrersApi({registry}: Repository): boolean {
  return registry !== 'ghcr.io'
}

/** The tag that holds the referrers where there is no API: `sha256-HEX` ("Referrers Tag Schema"). */
export function referrersTag(digest: Digest): string {
  // The specification cuts the algorithm after 32 characters and the digest after 64, so that a tag has at most 128.
  return digest.replace(':', '-').slice(0, 'sha512-'.length + 64)
}

/** The list of the referrers API, without repetitions; undefined where the registry has no such API. */
export async function listFromApi(
  {registry, attempt}: ReferrersDeps,
  {repository, digest, artifactType, limit = MAX_REFERRERS}: ReferrersRequest
): Promise<ReferrersList | undefined> {
  const found = new Map<Digest, Referrer>()
  let page: string | undefined
  for (let pages = 1; ; pages++) {
    const result = await unlessMissing(isWithoutApi, () =>
      attempt('referrers', async ({count, ...request}) => {
        const response = await registry.openReferrers({...request, repository, digest, artifactType, page})
        return {index: readIndex(await readBounded(response, count)), nextPage: response.nextPage}
      })
    )
    if (result === undefined) return pages === 1 ? undefined : {...listed('api', found, limit), isCutShort: true}
    for (const referrer of result.index) if (isOfType(referrer, artifactType)) found.set(referrer.digest, referrer)
    page = result.nextPage
    const isLast = page === undefined
    if (isLast || found.size > limit || pages === MAX_PAGES) {
      const list = listed('api', found, limit)
      return {...list, isCutShort: list.isCutShort || !isLast}
    }
  }
}

/** The list under the referrers tag; undefined where there is no such tag. */
export async function listFromTag(
  {registry, attempt}: ReferrersDeps,
  {repository, digest, artifactType, limit = MAX_REFERRERS}: ReferrersRequest
): Promise<ReferrersList | undefined> {
  const reference = referrersTag(digest)
  const index = await unlessMissing(isNotFound, () =>
    attempt('referrers', async ({count, ...request}) => {
      const bytes = await readBounded(await registry.openManifest({...request, repository, reference}), count)
      // ghcr.io answers a request for a tag that it lacks, and that looks so, with the image itself.
      return digestOf(bytes, algorithmOf(digest)) === digest ? undefined : readIndex(bytes)
    })
  )
  if (index === undefined) return undefined
  const ofType = index.filter(referrer => isOfType(referrer, artifactType))
  return listed('tag', new Map(ofType.map(referrer => [referrer.digest, referrer])), limit)
}

function listed(place: ReferrersList['place'], found: ReadonlyMap<Digest, Referrer>, limit: number): ReferrersList {
  const referrers = [...found.values()]
  return {place, referrers: referrers.slice(0, limit), isCutShort: referrers.length > limit}
}

// Some registries ignore the filter. A descriptor without a type may still be of it, and only its manifest tells.
function isOfType({artifactType}: Referrer, wanted: string | undefined): boolean {
  return wanted === undefined || artifactType === undefined || artifactType === wanted
}

async function unlessMissing<T>(
  isMissing: (failure: Failure) => boolean,
  run: () => Promise<T>
): Promise<T | undefined> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof VerifiedImageError && error.object === undefined && isMissing(error.failure)) return undefined
    throw error
  }
}

function isNotFound({kind}: Failure): boolean {
  return kind === 'not-found'
}

/** Statuses and pages with which registries answer requests for an API that they do not have. */
function isWithoutApi(failure: Failure): boolean {
  if (failure.kind === 'protocol') return failure.isHtml || [400, 405, 406, 415].includes(failure.status ?? 0)
  return failure.kind === 'not-found' || (failure.kind === 'server-error' && failure.status === 501)
}

/** The descriptors of an index that can be followed. One that cannot does not hide the others. */
function readIndex(bytes: Uint8Array): readonly Referrer[] {
  const json = readAsGo(bytes, MANIFEST_STRUCT, 'as-go')
  const manifests = json.ok ? json.value['manifests'] : undefined
  // Go reads null and an absent list as an empty one. A JSON object of another kind is an error in the form of a success.
  if (!json.ok || json.value['schemaVersion'] !== 2)
    return fail({kind: 'protocol', detail: 'the list of referrers is no index', isHtml: false})
  return (Array.isArray(manifests) ? manifests : []).flatMap(manifest =>
    isObject(manifest) ? (referrerOf(manifest) ?? []) : []
  )
}

function referrerOf(descriptor: JsonObject): Referrer | undefined {
  const {size} = descriptor
  const mediaType = stringAt(descriptor, 'mediaType') ?? ''
  const digest = parseDigest(stringAt(descriptor, 'digest') ?? '')
  if (!digest.ok || mediaType === '' || typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    return undefined
  const artifactType = stringAt(descriptor, 'artifactType') ?? ''
  return {
    mediaType,
    digest: digest.value,
    size,
    annotations: stringsAt(descriptor, 'annotations'),
    ...omitUndefined({artifactType: artifactType === '' ? undefined : artifactType})
  }
}

async function readBounded({body}: RegistryResponse, count: (bytes: number) => void): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let received = 0
  for await (const chunk of body) {
    received += chunk.length
    count(chunk.length)
    if (received > MAX_REFERRERS_BYTES)
      fail({
        kind: 'too-large',
        limitBytes: MAX_REFERRERS_BYTES,
        detail: `more than ${String(MAX_REFERRERS_BYTES)} bytes in a list of referrers`
      })
    // The memory of a chunk is reused once the next one is requested.
    chunks.push(Buffer.from(chunk))
  }
  return Buffer.concat(chunks)
}
