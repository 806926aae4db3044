// Registries in memory, behind the port that acquire/ talks to: right by themselves, with scripted troubles on top.
// Its journal tells every request in order; a trouble that nobody ran into is told too.

import {type Failure, type ObjectName} from '../../src/failure/failure.ts'
import type {Access, AccessPort, FetchRequest, RegistryResponse, RegistryPort} from '../../src/registry/registry.ts'
import {blobsOf, type Image, type Index, isIndex, manifestsOf} from './images.ts'
import {VerifiedImageError} from '../../src/failure/error.ts'

export type Answer = {
  readonly bytes: Uint8Array
  readonly offset: number
  readonly content: RegistryResponse
  readonly ask: FetchRequest
}

/** A failure instead of the answer, or what becomes of the answer. */
export type Trouble = Failure | ((answer: Answer) => RegistryResponse | Promise<RegistryResponse>)

export type MemoryRegistry = RegistryPort &
  AccessPort & {
    /** What a request without credentials shows of the repositories at a registry; `public` unless told. */
    readonly access: (registry: string, access: Access) => void
    /** Puts an image at `registry/path`, under a tag when one is given. */
    readonly publish: (name: string, tag: string | undefined, what: Image | Index) => void
    /** What comes of the next requests for an object at a registry, one each. */
    readonly trouble: (registry: string, object: ObjectName, ...troubles: readonly Trouble[]) => void
    /** What comes of all requests at a registry that have no trouble of their own. */
    readonly alwaysTrouble: (registry: string, trouble: Trouble) => void
    /** Requests in order: `docker.io manifest 8.3`, `ghcr.io layer[0]@10`; `@digest` for a manifest by digest. */
    readonly requests: string[]
    readonly renewals: (string | undefined)[]
    /** Troubles that nobody ran into. */
    readonly unused: () => readonly string[]
  }

type Place = {readonly manifests: Map<string, Stored>; readonly blobs: Map<string, Stored>}
type Stored = {readonly bytes: Uint8Array; readonly mediaType: string; readonly digest: string}

const CHUNK_BYTES = 4096

export function createMemoryRegistry(): MemoryRegistry {
  const places = new Map<string, Place>()
  const troubles = new Map<string, Trouble[]>()
  const always = new Map<string, Trouble>()
  const requests: string[] = []
  const renewals: (string | undefined)[] = []
  const access = new Map<string, Access>()

  const answer = async (ask: FetchRequest, stored: Stored | undefined, offset: number): Promise<RegistryResponse> => {
    ask.signal.throwIfAborted()
    const {registry} = ask.repository
    const trouble = troubles.get(keyOf(registry, ask.object))?.shift() ?? always.get(registry)
    if (typeof trouble === 'object') return refuse(ask, trouble)
    if (stored === undefined) return refuse(ask, {kind: 'not-found', status: 404, detail: ''})
    trace(ask, 200)
    const content = contentOf(stored, offset)
    return trouble === undefined ? content : trouble({bytes: stored.bytes, offset, content, ask})
  }
  return {
    publish: (name, tag, what) => {
      const place = places.get(name) ?? {manifests: new Map<string, Stored>(), blobs: new Map<string, Stored>()}
      places.set(name, place)
      for (const manifest of manifestsOf(what)) place.manifests.set(manifest.digest, manifest)
      for (const blob of blobsOf(what)) place.blobs.set(blob.digest, blob)
      if (tag !== undefined) place.manifests.set(tag, isIndex(what) ? what.index : what.manifest)
    },
    trouble: (registry, object, ...more) => {
      troubles.set(keyOf(registry, object), [...(troubles.get(keyOf(registry, object)) ?? []), ...more])
    },
    alwaysTrouble: (registry, trouble) => {
      always.set(registry, trouble)
    },
    access: (registry, found) => {
      access.set(registry, found)
    },
    anonymousAccess: ({repository}) => Promise.resolve(access.get(repository.registry) ?? 'public'),
    requests,
    renewals,
    unused: () => [...troubles].filter(([, left]) => left.length > 0).map(([key]) => key),
    openManifest: ({reference, ...ask}) => {
      const by = reference.includes(':') ? '@digest' : reference
      requests.push(`${ask.repository.registry} ${ask.object} ${by}`)
      renewals.push(ask.refresh)
      return answer(ask, placeOf(places, ask)?.manifests.get(reference), 0)
    },
    openBlob: ({digest, offset, ...ask}) => {
      requests.push(`${ask.repository.registry} ${ask.object}${offset === 0 ? '' : `@${String(offset)}`}`)
      renewals.push(ask.refresh)
      return answer(ask, placeOf(places, ask)?.blobs.get(digest), offset)
    },
    close: () => undefined
  }
}

function keyOf(registry: string, object: ObjectName): string {
  return `${registry} ${object}`
}

function placeOf(places: ReadonlyMap<string, Place>, {repository}: FetchRequest): Place | undefined {
  return places.get(`${repository.registry}/${repository.path}`)
}

function refuse(ask: FetchRequest, failure: Failure): never {
  trace(ask, 'status' in failure ? failure.status : undefined)
  throw new VerifiedImageError(failure)
}

function trace(ask: FetchRequest, status: number | undefined): void {
  ask.onExchange({
    ...{object: ask.object, method: 'GET', host: ask.repository.registry, path: `/v2/${ask.repository.path}`},
    ...{elapsedMs: 0, requestIds: {'x-request-id': 'memory'}},
    ...(status === undefined ? {} : {status})
  })
}

function contentOf({bytes, mediaType, digest}: Stored, offset: number): RegistryResponse {
  return {
    mediaType,
    digestHeader: digest,
    contentLength: bytes.length,
    offset,
    mayBeCutShort: false,
    body: bodyOf(bytes.subarray(offset))
  }
}

/** The bytes in small pieces, and then, when there is one, the failure that ends them. */
export const bodyOf = async function* (bytes: Uint8Array, failure?: Failure): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    await Promise.resolve()
    yield bytes.subarray(at, at + CHUNK_BYTES)
  }
  if (failure !== undefined) throw new VerifiedImageError(failure)
}

/** The bytes with one bit of one byte changed. */
export function flipped(bytes: Uint8Array, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

/** A trouble: the byte at `at` is wrong. */
export function spoiled(at = 0): Trouble {
  return ({bytes, offset, content}) => ({...content, body: bodyOf(flipped(bytes, at).subarray(offset))})
}

/** A trouble: the connection ends when it has got to `at`. */
export function brokenAt(at: number): Trouble {
  return ({bytes, offset, content}) => ({
    ...content,
    body: bodyOf(bytes.subarray(offset, at), {
      kind: 'truncated',
      gotBytes: at - offset,
      wantedBytes: bytes.length - offset
    })
  })
}

/** A trouble: no answer before the one who asks gives up. */
export const silent: Trouble = ({ask}) =>
  new Promise((_resolve, reject) => {
    ask.signal.addEventListener('abort', () => {
      reject(ask.signal.reason as Error)
    })
  })
