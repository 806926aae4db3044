// Registries in memory behind the registry port, for tests of decisions: correct by default, with scripted responses on top.
// They record all requests in order, and the scripted responses that no request met.

import {type Failure, type ObjectName} from '../../src/failure/failure.ts'
import type {Access, AccessPort, FetchRequest, RegistryResponse, RegistryPort} from '../../src/registry/registry.ts'
import {blobsOf, type Image, type Index, isIndex, manifestsOf} from './images.ts'
import {VerifiedImageError} from '../../src/failure/error.ts'

/** A correct response, and what it answers. */
export type CorrectResponse = {
  readonly bytes: Uint8Array
  readonly offset: number
  readonly content: RegistryResponse
  readonly request: FetchRequest
}

/** A failure instead of the response, or a function that changes the correct response. */
export type ScriptedResponse = Failure | ((correct: CorrectResponse) => RegistryResponse | Promise<RegistryResponse>)

export type MemoryRegistry = RegistryPort &
  AccessPort & {
    /** Sets what a request without credentials finds at a registry. The default is `public`. */
    readonly setAccess: (registry: string, access: Access) => void
    /** Publishes an image at `registry/path`, with or without a tag. */
    readonly publish: (name: string, tag: string | undefined, what: Image | Index) => void
    /** Scripts the next responses for an object at a registry, one per request. */
    readonly failNext: (registry: string, object: ObjectName, ...responses: readonly ScriptedResponse[]) => void
    /** Scripts all responses of a registry that have no script of their own. */
    readonly failAlways: (registry: string, response: ScriptedResponse) => void
    /** In order: `docker.io manifest 8.3`, `ghcr.io layer[0]@10`. A manifest by digest is `@digest`, and a HEAD ends in ` HEAD`. */
    readonly requests: string[]
    /** The `refresh` of each request. */
    readonly refreshes: (string | undefined)[]
    /** Scripted responses that no request met. */
    readonly unused: () => readonly string[]
  }

type Repository = {readonly manifests: Map<string, Stored>; readonly blobs: Map<string, Stored>}
type Stored = {readonly bytes: Uint8Array; readonly mediaType: string; readonly digest: string}

const CHUNK_BYTES = 4096

export function createMemoryRegistry(): MemoryRegistry {
  const repositories = new Map<string, Repository>()
  const scripts = new Map<string, ScriptedResponse[]>()
  const always = new Map<string, ScriptedResponse>()
  const requests: string[] = []
  const refreshes: (string | undefined)[] = []
  const accesses = new Map<string, Access>()

  const respond = async (
    request: FetchRequest,
    stored: Stored | undefined,
    offset: number
  ): Promise<RegistryResponse> => {
    request.signal.throwIfAborted()
    const {registry} = request.repository
    const scripted = scripts.get(keyOf(registry, request.object))?.shift() ?? always.get(registry)
    if (typeof scripted === 'object') return fail(request, scripted)
    if (stored === undefined) return fail(request, {kind: 'not-found', status: 404, detail: ''})
    const content = contentOf(stored, offset)
    const response = await (scripted?.({bytes: stored.bytes, offset, content, request}) ?? content)
    // The status line comes with the response: a script that waits is silent until then.
    recordExchange(request, 200)
    return response
  }
  return {
    publish: (name, tag, what) => {
      const repository = repositories.get(name) ?? {
        manifests: new Map<string, Stored>(),
        blobs: new Map<string, Stored>()
      }
      repositories.set(name, repository)
      for (const manifest of manifestsOf(what)) repository.manifests.set(manifest.digest, manifest)
      for (const blob of blobsOf(what)) repository.blobs.set(blob.digest, blob)
      if (tag !== undefined) repository.manifests.set(tag, isIndex(what) ? what.index : what.manifest)
    },
    failNext: (registry, object, ...responses) => {
      const key = keyOf(registry, object)
      scripts.set(key, [...(scripts.get(key) ?? []), ...responses])
    },
    failAlways: (registry, response) => {
      always.set(registry, response)
    },
    setAccess: (registry, access) => {
      accesses.set(registry, access)
    },
    anonymousAccess: ({repository}) => Promise.resolve(accesses.get(repository.registry) ?? 'public'),
    requests,
    refreshes,
    unused: () => [...scripts].filter(([, left]) => left.length > 0).map(([key]) => key),
    openManifest: ({reference, ...request}) => {
      const name = reference.includes(':') ? '@digest' : reference
      requests.push(`${request.repository.registry} ${request.object} ${name}${methodOf(request)}`)
      refreshes.push(request.refresh)
      return respond(request, repositoryOf(repositories, request)?.manifests.get(reference), 0)
    },
    openBlob: ({digest, offset, ...request}) => {
      requests.push(
        `${request.repository.registry} ${request.object}${offset === 0 ? '' : `@${String(offset)}`}${methodOf(request)}`
      )
      refreshes.push(request.refresh)
      return respond(request, repositoryOf(repositories, request)?.blobs.get(digest), offset)
    },
    openBlobRange: async ({digest, range, size, ...request}) => {
      requests.push(`${request.repository.registry} ${request.object}@${String(range.start)}-${String(range.end)}`)
      refreshes.push(request.refresh)
      const blob = repositoryOf(repositories, request)?.blobs.get(digest)
      // The port promises exactly the range.
      const part = blob && {...blob, bytes: blob.bytes.subarray(0, range.end)}
      return {...(await respond(request, part, range.start)), contentLength: size}
    },
    close: () => undefined
  }
}

/** ` HEAD`, or nothing for a GET. */
function methodOf({method}: FetchRequest): string {
  return method === undefined ? '' : ` ${method}`
}

function keyOf(registry: string, object: ObjectName): string {
  return `${registry} ${object}`
}

function repositoryOf(
  repositories: ReadonlyMap<string, Repository>,
  {repository}: FetchRequest
): Repository | undefined {
  return repositories.get(`${repository.registry}/${repository.path}`)
}

function fail(request: FetchRequest, failure: Failure): never {
  recordExchange(request, 'status' in failure ? failure.status : undefined)
  throw new VerifiedImageError(failure)
}

function recordExchange({object, repository, onExchange}: FetchRequest, status: number | undefined): void {
  onExchange({
    object,
    method: 'GET',
    host: repository.registry,
    path: `/v2/${repository.path}`,
    elapsedMs: 0,
    requestIds: {'x-request-id': 'memory'},
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
    acceptsRanges: true,
    body: bodyOf(bytes.subarray(offset))
  }
}

/** Yields the bytes in small chunks, and then throws the failure, if there is one. */
export async function* bodyOf(bytes: Uint8Array, failure?: Failure): AsyncGenerator<Uint8Array> {
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

/** Scripted response: the byte at `at` is wrong. */
export function corruptedAt(at = 0): ScriptedResponse {
  return ({bytes, offset, content}) => ({...content, body: bodyOf(flipped(bytes, at).subarray(offset))})
}

/** Scripted response: the connection ends before the byte at `at`. */
export function truncatedAt(at: number): ScriptedResponse {
  return ({bytes, offset, content}) => ({
    ...content,
    body: bodyOf(bytes.subarray(offset, at), {
      kind: 'truncated',
      gotBytes: at - offset,
      wantedBytes: bytes.length - offset
    })
  })
}

/** Scripted response: none, until the request is aborted. */
export const silent: ScriptedResponse = ({request}) =>
  new Promise((_resolve, reject) => {
    request.signal.addEventListener('abort', () => {
      reject(request.signal.reason as Error)
    })
  })
