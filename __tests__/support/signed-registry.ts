// A registry with signatures beside its images, and GitHub's API for attestations, on one loopback server.
// It answers what a test stored, and 404 to everything else, and records all requests with their Authorization header.

import {listen} from './listener.ts'
import {blobsOf, type Image, type Index, isIndex, manifestsOf} from './images.ts'
import {type Digest, digestOf} from '../../src/oci/digest.ts'
import type {JsonObject} from '../../src/oci/json.ts'

export type SignedRegistryOptions = {
  /** Whether it has the referrers API. The default is true. */
  readonly hasApi?: boolean
}

export type Answer = {
  readonly status: number
  readonly body?: Uint8Array | string
  readonly headers?: Readonly<Record<string, string>>
}

export type SignedRegistry = {
  /** `127.0.0.1:PORT`. */
  readonly host: string
  readonly requests: readonly {readonly path: string; readonly authorization: string | undefined}[]
  readonly publish: (repository: string, tag: string, what: Image | Index) => Digest
  /** Attaches an artifact to a digest, listed by the API, or under the referrers tag. */
  readonly attach: (repository: string, subject: Digest, artifact: Attachment) => void
  /** Stores layers of cosign's older format under the `.sig` tag of a digest. */
  readonly sign: (repository: string, subject: Digest, layers: readonly CosignLayer[]) => void
  /** An attestation that GitHub's API returns for `owner/repository` and a digest. */
  readonly attest: (source: string, subject: Digest, attestation: JsonObject) => void
  readonly put: (path: string, answer: Answer) => void
  readonly close: () => Promise<void>
}

export type Attachment = {
  readonly bytes: Uint8Array
  readonly mediaType?: string
  readonly artifactType?: string
  /** The type in the list, if it is not that of the manifest. */
  readonly listedType?: string
  readonly annotations?: Readonly<Record<string, string>>
}

export type CosignLayer = {readonly payload: Uint8Array; readonly annotations: Readonly<Record<string, string>>}

const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json'
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
const EMPTY = 'application/vnd.oci.empty.v1+json'

export async function startSignedRegistry({hasApi = true}: SignedRegistryOptions = {}): Promise<SignedRegistry> {
  const answers = new Map<string, Answer>()
  const lists = new Map<string, JsonObject[]>()
  const attestations = new Map<string, JsonObject[]>()
  const requests: {path: string; authorization: string | undefined}[] = []
  const listener = await listen({
    connections: {count: 0},
    onRequest: (request, response) => {
      const path = (request.url ?? '').replace(/\?.*$/, '')
      requests.push({path, authorization: request.headers.authorization})
      const answer = answers.get(path) ?? {status: 404, body: '{}'}
      response.writeHead(answer.status, answer.headers)
      response.end(answer.body)
      return Promise.resolve()
    }
  })
  function putManifest(repository: string, references: readonly string[], bytes: Uint8Array, mediaType: string): void {
    for (const reference of references)
      answers.set(`/v2/${repository}/manifests/${reference}`, {
        status: 200,
        body: bytes,
        headers: {'content-type': mediaType, 'content-length': String(bytes.length)}
      })
  }
  function putBlob(repository: string, bytes: Uint8Array): {digest: Digest; size: number} {
    const digest = digestOf(bytes)
    answers.set(`/v2/${repository}/blobs/${digest}`, {status: 200, body: bytes})
    return {digest, size: bytes.length}
  }
  function putEmpty(repository: string): JsonObject {
    return {mediaType: EMPTY, ...putBlob(repository, Buffer.from('{}'))}
  }
  /** Nothing in a repository that has signatures alone. */
  function subjectOf(repository: string, digest: Digest): JsonObject {
    const {headers, body} = answers.get(`/v2/${repository}/manifests/${digest}`) ?? {}
    const mediaType = headers?.['content-type']
    return mediaType === undefined ? {} : {subject: {mediaType, digest, size: Buffer.byteLength(body ?? '')}}
  }
  return {
    ...listener,
    requests,
    publish: (repository, tag, what) => {
      for (const {digest, bytes, mediaType} of manifestsOf(what)) putManifest(repository, [digest], bytes, mediaType)
      for (const {bytes} of blobsOf(what)) putBlob(repository, bytes)
      const top = isIndex(what) ? what.index : what.manifest
      putManifest(repository, [tag], top.bytes, top.mediaType)
      return top.digest
    },
    attach: (repository, subject, {bytes, mediaType = BUNDLE, artifactType = BUNDLE, listedType, annotations = {}}) => {
      const manifest = Buffer.from(
        JSON.stringify({
          schemaVersion: 2,
          mediaType: MANIFEST,
          artifactType,
          config: putEmpty(repository),
          layers: [{mediaType, ...putBlob(repository, bytes)}],
          annotations,
          ...subjectOf(repository, subject)
        })
      )
      const digest = digestOf(manifest)
      putManifest(repository, [digest], manifest, MANIFEST)
      const list = lists.get(`${repository}@${subject}`) ?? []
      list.push({
        mediaType: MANIFEST,
        digest,
        size: manifest.length,
        artifactType: listedType ?? artifactType,
        annotations
      })
      lists.set(`${repository}@${subject}`, list)
      const index = Buffer.from(JSON.stringify({schemaVersion: 2, mediaType: INDEX, manifests: list}))
      const headers = {'content-type': INDEX}
      if (hasApi) answers.set(`/v2/${repository}/referrers/${subject}`, {status: 200, body: index, headers})
      else putManifest(repository, [subject.replace(':', '-')], index, INDEX)
    },
    sign: (repository, subject, layers) => {
      const manifest = Buffer.from(
        JSON.stringify({
          schemaVersion: 2,
          mediaType: MANIFEST,
          config: putEmpty(repository),
          layers: layers.map(({payload, annotations}) => ({
            mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json',
            ...putBlob(repository, payload),
            annotations
          }))
        })
      )
      putManifest(repository, [`${subject.replace(':', '-')}.sig`, digestOf(manifest)], manifest, MANIFEST)
    },
    attest: (source, subject, attestation) => {
      const path = `/repos/${source}/attestations/${subject}`
      const list = [...(attestations.get(path) ?? []), attestation]
      attestations.set(path, list)
      answers.set(path, {status: 200, body: JSON.stringify({attestations: list})})
    },
    put: (path, answer) => answers.set(path, answer)
  }
}

const INDEX = 'application/vnd.oci.image.index.v1+json'

/** A block of Snappy with literals alone. */
export function snappyOf(bytes: Uint8Array): Buffer {
  const length: number[] = []
  for (let left = bytes.length; ; left = Math.floor(left / 128)) {
    length.push(left < 128 ? left : (left % 128) + 128)
    if (left < 128) break
  }
  const literals: Buffer[] = []
  for (let at = 0; at < bytes.length; at += 60) {
    const literal = bytes.subarray(at, at + 60)
    literals.push(Buffer.from([(literal.length - 1) << 2]), Buffer.from(literal))
  }
  return Buffer.concat([Buffer.from(length), ...literals])
}
