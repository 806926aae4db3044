// The write side of the fault registry: uploads, mounts, and manifests, as `distribution` takes them.
// It checks what a registry checks: digests, sizes, and that a manifest names only what is there.

import {digestBytes, type StoredBlob} from './images.ts'
import {errorResponse, type FakeResponse, jsonResponse} from './registry-responses.ts'
import {addContent, type Repositories} from './registry-content.ts'

export type PushObject = 'upload' | 'mount' | 'upload-put' | 'manifest-put' | 'tag-put' | 'referrers'

export type PushOptions = {
  /** Whether the registry has the referrers API; the default is no. */
  readonly referrers?: boolean
  /** What it does with a mount: 201, the default; 202; or 403. */
  readonly mounts?: 'yes' | 'no' | 'refused'
  /** Uploads go to another port, as a signed URL of a storage does. */
  readonly uploads?: 'elsewhere'
  /** Whether tags stay as they are. */
  readonly immutableTags?: boolean
  /** Repositories that exist; all do by default. */
  readonly repositories?: readonly string[]
}

export type PushRequestFacts = {
  readonly method: string
  readonly url: URL
  readonly contentType: string | undefined
  readonly body: Buffer
}

export type PushAnswer = {readonly correct: FakeResponse; readonly apply: () => void}

/** The object of a request that belongs to a push; undefined for any other. */
export function pushObjectOf(
  method: string,
  url: URL
): {object: PushObject; repository: string; reference: string} | undefined {
  const [, upload = '', id = ''] = /^\/v2\/(.+)\/blobs\/uploads\/([^/]*)$/.exec(url.pathname) ?? []
  if (upload !== '' && method === 'POST')
    return {object: url.searchParams.has('mount') ? 'mount' : 'upload', repository: upload, reference: id}
  if (upload !== '' && method === 'PUT') return {object: 'upload-put', repository: upload, reference: id}
  const [, manifest = '', encoded = ''] = /^\/v2\/(.+)\/manifests\/([^/]+)$/.exec(url.pathname) ?? []
  const reference = decodeURIComponent(encoded)
  if (manifest !== '' && method === 'PUT')
    return {object: reference.includes(':') ? 'manifest-put' : 'tag-put', repository: manifest, reference}
  const [, referrers = '', subject = ''] = /^\/v2\/(.+)\/referrers\/([^/]+)$/.exec(url.pathname) ?? []
  if (referrers !== '' && method === 'GET')
    return {object: 'referrers', repository: referrers, reference: decodeURIComponent(subject)}
  return undefined
}

type Links = {
  readonly mediaType?: string
  readonly artifactType?: string
  readonly annotations?: Record<string, string>
  readonly subject?: {readonly digest: string}
  readonly config?: {readonly digest: string; readonly mediaType?: string}
  readonly layers?: readonly {readonly digest: string; readonly mediaType?: string}[]
  readonly manifests?: readonly {readonly digest: string}[]
}

export function createPushHandler(
  options: PushOptions,
  repositories: Repositories,
  uploadOrigin: () => string
): (request: PushRequestFacts) => PushAnswer {
  const open = new Set<string>()
  let serial = 0
  const only = (correct: FakeResponse): PushAnswer => ({correct, apply: () => undefined})
  const add = (
    repository: string,
    content: {manifests?: StoredBlob[]; blobs?: StoredBlob[]; tags?: Record<string, string>}
  ): void => {
    addContent(repositories, {repository, tags: {}, manifests: [], blobs: [], ...content})
  }

  function openUpload(repository: string): FakeResponse {
    const id = `session-${String(++serial)}`
    open.add(id)
    const path = `/v2/${repository}/blobs/uploads/${id}?_state=a%2Bb_%3D`
    return {
      status: 202,
      headers: {location: `${uploadOrigin()}${path}`, 'docker-upload-uuid': id},
      body: Buffer.alloc(0)
    }
  }

  function mount(repository: string, query: URLSearchParams): PushAnswer {
    const digest = query.get('mount') ?? ''
    const blob = repositories.get(query.get('from') ?? '')?.blobs.get(digest)
    if (options.mounts === 'refused') return only(errorResponse(403, 'DENIED', 'mount refused'))
    if (blob === undefined || options.mounts === 'no') return only(openUpload(repository))
    return {
      correct: {status: 201, headers: {location: `/v2/${repository}/blobs/${digest}`}, body: Buffer.alloc(0)},
      apply: () => {
        add(repository, {blobs: [blob]})
      }
    }
  }

  function putBlob(repository: string, id: string, {url, body}: PushRequestFacts): PushAnswer {
    if (!open.has(id) || url.searchParams.get('_state') !== 'a+b_=')
      return only(errorResponse(404, 'BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry'))
    const digest = url.searchParams.get('digest') ?? ''
    if (digestBytes(body) !== digest)
      return only(errorResponse(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content'))
    return {
      correct: {status: 201, headers: {location: `/v2/${repository}/blobs/${digest}`}, body: Buffer.alloc(0)},
      apply: () => {
        open.delete(id)
        const mediaType = 'application/octet-stream'
        add(repository, {blobs: [{digest: digestBytes(body), size: body.length, bytes: body, mediaType}]})
      }
    }
  }

  function putManifest(repository: string, reference: string, request: PushRequestFacts): PushAnswer {
    const {body, contentType = ''} = request
    const digest = digestBytes(body)
    const isTag = !reference.includes(':')
    const known = repositories.get(repository)
    if (!isTag && digest !== reference) return only(errorResponse(400, 'DIGEST_INVALID', 'digest did not match'))
    if (isTag && options.immutableTags === true && known?.tags.has(reference) === true)
      return only(errorResponse(400, 'TAG_INVALID', `The image tag '${reference}' already exists and is immutable`))
    const links = JSON.parse(body.toString()) as Links
    const blobs = [links.config, ...(links.layers ?? [])].filter(
      link => link !== undefined && !/foreign|nondistributable/.test(link.mediaType ?? '')
    )
    const lacking = [
      ...blobs.filter(link => known?.blobs.has(link?.digest ?? '') !== true),
      ...(links.manifests ?? []).filter(link => known?.manifests.has(link.digest) !== true)
    ]
    // An index of referrers names manifests that are there, too.
    if (lacking.length > 0) return only(errorResponse(400, 'MANIFEST_BLOB_UNKNOWN', 'blob unknown to registry'))
    const subject = options.referrers === true ? links.subject?.digest : undefined
    return {
      correct: {
        status: 201,
        headers: {
          location: `/v2/${repository}/manifests/${digest}`,
          'docker-content-digest': digest,
          ...(subject === undefined ? {} : {'oci-subject': subject})
        },
        body: Buffer.alloc(0)
      },
      apply: () => {
        add(repository, {
          manifests: [{digest, size: body.length, bytes: body, mediaType: links.mediaType ?? contentType}],
          tags: isTag ? {[reference]: digest} : {}
        })
      }
    }
  }

  function listReferrers(repository: string, subject: string): FakeResponse {
    if (options.referrers !== true) return errorResponse(404, 'NOT_FOUND', 'no such page')
    const manifests = [...(repositories.get(repository)?.manifests.values() ?? [])].flatMap(
      ({digest, size, bytes, mediaType}) => {
        const links = JSON.parse(bytes.toString()) as Links
        if (links.subject?.digest !== subject) return []
        const artifactType = links.artifactType ?? links.config?.mediaType
        return [{mediaType, digest, size, artifactType, annotations: links.annotations}]
      }
    )
    const index = {schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests}
    return jsonResponse(200, index, {'content-type': index.mediaType})
  }

  return request => {
    const route = pushObjectOf(request.method, request.url)
    if (route === undefined) throw new Error('not a push')
    const {object, repository, reference} = route
    if (options.repositories?.includes(repository) === false)
      return only(errorResponse(404, 'NAME_UNKNOWN', 'repository name not known to registry'))
    switch (object) {
      case 'upload':
        return only(openUpload(repository))
      case 'mount':
        return mount(repository, request.url.searchParams)
      case 'upload-put':
        return putBlob(repository, reference, request)
      case 'manifest-put':
      case 'tag-put':
        return putManifest(repository, reference, request)
      case 'referrers':
        return only(listReferrers(repository, reference))
    }
  }
}
