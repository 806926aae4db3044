// The content of the fault registry: repositories with tags, manifests, and blobs, and the kind of object behind each digest.
// A blob is served under the digest that it claims, so that tests can store corrupt content.

import {blobsOf, type Image, type Index, isIndex, manifestsOf, type StoredBlob} from './images.ts'

export type RepositoryContent = {
  readonly repository: string
  readonly tags: Readonly<Record<string, string>>
  readonly manifests: readonly StoredBlob[]
  readonly blobs: readonly StoredBlob[]
  /** True when reading needs credentials. */
  readonly private?: boolean
}

export type Repository = {
  private: boolean
  readonly tags: Map<string, string>
  readonly manifests: Map<string, StoredBlob>
  readonly blobs: Map<string, StoredBlob>
  /** `index`, `manifest`, `child`, `attestation`, `config`, `layer[0]` or `blob`, by digest. */
  readonly objects: Map<string, string>
}

export type Repositories = Map<string, Repository>

/** A repository with one image, under the given tags. */
export function publish(
  repository: string,
  tags: string | readonly string[],
  what: Image | Index,
  access: {readonly private?: boolean} = {}
): RepositoryContent {
  const top = isIndex(what) ? what.index : what.manifest
  const names = typeof tags === 'string' ? [tags] : tags
  return {
    repository,
    tags: Object.fromEntries(names.map(tag => [tag, top.digest])),
    manifests: manifestsOf(what),
    blobs: blobsOf(what),
    ...access
  }
}

/** Adds to the content that the repository already has. */
export function addContent(repositories: Repositories, content: RepositoryContent): void {
  const known = repositories.get(content.repository)
  const repository = known ?? {
    private: false,
    tags: new Map(),
    manifests: new Map(),
    blobs: new Map(),
    objects: new Map()
  }
  repositories.set(content.repository, repository)
  repository.private ||= content.private === true
  for (const [tag, digest] of Object.entries(content.tags)) repository.tags.set(tag, digest)
  for (const manifest of content.manifests) repository.manifests.set(manifest.digest, manifest)
  for (const blob of content.blobs) repository.blobs.set(blob.digest, blob)
  nameObjects(repository, content)
}

type Links = {manifests?: Link[]; config?: Link; layers?: Link[]}
type Link = {digest?: string; platform?: {os?: string}}

function linksOf(manifest: StoredBlob | undefined): Links {
  try {
    const document: unknown = JSON.parse(manifest?.bytes.toString() ?? 'null')
    return typeof document === 'object' && document !== null ? document : {}
  } catch {
    // Tests store manifests that are not JSON on purpose. They have no links.
    return {}
  }
}

function nameObjects({objects, manifests, blobs}: Repository, content: RepositoryContent): void {
  const name = (digest: string | undefined, object: string): void => {
    if (digest !== undefined && !objects.has(digest)) objects.set(digest, object)
  }
  for (const manifest of content.manifests) {
    const children = linksOf(manifest).manifests ?? []
    if (children.length > 0) name(manifest.digest, 'index')
    for (const {digest, platform} of children) name(digest, platform?.os === 'unknown' ? 'attestation' : 'child')
  }
  for (const manifest of content.manifests)
    name(manifest.digest, isIndexType(manifest.mediaType) ? 'index' : 'manifest')
  for (const digest of manifests.keys()) {
    const attests = objects.get(digest) === 'attestation'
    const {config, layers = []} = linksOf(manifests.get(digest))
    name(config?.digest, attests ? 'attestation' : 'config')
    for (const [at, layer] of layers.entries()) name(layer.digest, attests ? 'attestation' : `layer[${String(at)}]`)
  }
  for (const digest of blobs.keys()) name(digest, 'blob')
}

function isIndexType(mediaType: string): boolean {
  return mediaType.includes('.index.') || mediaType.includes('.manifest.list.')
}
