// The action mirror as a process, an image with attachments, and the check that whatever a tag leads to is whole.

import {expect} from '@jest/globals'
import {fileURLToPath} from 'node:url'
import {type FaultRegistry, type FaultRegistryOptions, startFaultRegistry} from './fault-registry.ts'
import {healthyImage} from './fault-table.ts'
import {blobOf, descriptorOf, type Image, type Index, isIndex, jsonBlob, type StoredBlob} from './images.ts'
import {EMPTY, referrerOf} from './referrer.ts'
import {publish, type RepositoryContent} from './registry-content.ts'
import {type ActionRun, runAction, type RunActionOptions} from './run-action.ts'

/** The repository at targets. */
export const TARGET = 'copies/app'

/** The repository and the tag at sources. */
export const REPOSITORY = 'acme/app'
export const TAG = '1.2.3'

const ENTRY = fileURLToPath(new URL('../../dist/mirror/index.js', import.meta.url))

export function runMirrorAction(
  inputs: Readonly<Record<string, string>>,
  options: RunActionOptions = {}
): Promise<ActionRun> {
  return runAction({'public-mirrors': '', ...inputs}, {entry: ENTRY, ...options})
}

export function rootOf(what: Image | Index): StoredBlob {
  return isIndex(what) ? what.index : what.manifest
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json'

/** A referrer under the referrers tag, and a signature of cosign 2 under `.sig`. */
export function attach(repository: string, what: Image | Index): RepositoryContent {
  const root = rootOf(what)
  const {manifest, blob} = referrerOf(root, 'application/vnd.example.sbom+json', '{"sbom":true}')
  const index = jsonBlob('application/vnd.oci.image.index.v1+json', {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [{...descriptorOf(manifest), artifactType: blob.mediaType}]
  })
  const payload = blobOf('application/vnd.dev.cosign.simplesigning.v1+json', Buffer.from('{"critical":{}}'))
  const config = jsonBlob('application/vnd.oci.image.config.v1+json', {architecture: '', os: '', rootfs: {}})
  const signature = jsonBlob(MANIFEST, {
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: descriptorOf(config),
    layers: [descriptorOf(payload)]
  })
  const tag = root.digest.replace(':', '-')
  return {
    repository,
    tags: {[tag]: index.digest, [`${tag}.sig`]: signature.digest},
    manifests: [manifest, index, signature],
    blobs: [EMPTY, blob, payload, config]
  }
}

type Links = {
  readonly manifests?: readonly {readonly digest: string}[]
  readonly config?: {readonly digest: string}
  readonly layers?: readonly {readonly digest: string}[]
}

/** Everything that a tag leads to is there. */
export function expectWhole(registry: FaultRegistry, repository: string, tag: string): void {
  const {tags, manifests, blobs, bytesOf} = registry.contentOf(repository)
  const lacking: string[] = []
  const visit = (digest: string): void => {
    const bytes = bytesOf(digest)
    if (bytes === undefined || !manifests.includes(digest)) {
      lacking.push(digest)
      return
    }
    const {manifests: children = [], config, layers = []} = JSON.parse(bytes.toString()) as Links
    for (const child of children) visit(child.digest)
    for (const blob of [...(config === undefined ? [] : [config]), ...layers])
      if (!blobs.includes(blob.digest)) lacking.push(blob.digest)
  }
  visit(tags[tag] ?? 'no such tag')
  expect({tag, lacking}).toEqual({tag, lacking: []})
}

/** Pushes content to a registry over HTTP: blobs, manifests by digest, and tags. */
export async function pushContent(
  origin: string,
  {repository, tags, manifests, blobs}: RepositoryContent
): Promise<void> {
  const base = `${origin}/v2/${repository}`
  const put = async (url: URL | string, bytes: Buffer, type: string): Promise<void> => {
    const body = new Uint8Array(bytes)
    const answer = await fetch(url, {method: 'PUT', body, headers: {'content-type': type}})
    if (answer.status !== 201) throw new Error(`${String(url)}: HTTP ${String(answer.status)}: ${await answer.text()}`)
  }
  for (const blob of blobs) {
    const begun = await fetch(`${base}/blobs/uploads/`, {method: 'POST'})
    const place = new URL(begun.headers.get('location') ?? '', base)
    place.searchParams.set('digest', blob.digest)
    await put(place, blob.bytes, 'application/octet-stream')
  }
  // A registry accepts an index only after its children.
  const indexes = manifests.filter(({mediaType}) => mediaType.includes('index'))
  for (const {digest, bytes, mediaType} of [...manifests.filter(one => !indexes.includes(one)), ...indexes])
    await put(`${base}/manifests/${digest}`, bytes, mediaType)
  for (const [tag, digest] of Object.entries(tags)) {
    const manifest = manifests.find(one => one.digest === digest)
    if (manifest !== undefined) await put(`${base}/manifests/${tag}`, manifest.bytes, manifest.mediaType)
  }
}

/** The bytes that a registry has under a reference; undefined where it has none. */
export async function manifestAt(origin: string, repository: string, reference: string): Promise<Buffer | undefined> {
  const types = ['index', 'manifest'].map(kind => `application/vnd.oci.image.${kind}.v1+json`)
  const docker = ['manifest.list.v2+json', 'manifest.v2+json'].map(
    kind => `application/vnd.docker.distribution.${kind}`
  )
  const accept = [...types, ...docker].join(', ')
  const answer = await fetch(`${origin}/v2/${repository}/manifests/${reference}`, {headers: {accept}})
  const bytes = Buffer.from(await answer.arrayBuffer())
  return answer.ok ? bytes : undefined
}

export type Pair = {
  readonly source: FaultRegistry
  readonly target: FaultRegistry
  readonly inputs: Record<string, string>
}

/** A source with an image of two platforms and attachments, an empty target, and the inputs that copy the one to the other. */
export async function withPair(
  {source: ofSource = {}, target: ofTarget = {}}: {source?: FaultRegistryOptions; target?: FaultRegistryOptions},
  test: (pair: Pair) => Promise<void>
): Promise<void> {
  const source = await startFaultRegistry({
    content: [publish(REPOSITORY, TAG, healthyImage), attach(REPOSITORY, healthyImage)],
    expectsMissing: true,
    ...ofSource
  })
  const target = await startFaultRegistry({push: {}, expectsMissing: true, ...ofTarget})
  try {
    const to = `${source.host}/${REPOSITORY}=${target.host}/${TARGET}`
    await test({source, target, inputs: {image: `${source.host}/${REPOSITORY}:${TAG}`, to, backoff: '5ms'}})
  } finally {
    await Promise.all([source.close(), target.close()])
  }
}

export function writesTo({journal}: FaultRegistry): readonly string[] {
  return journal
    .filter(({method}) => method !== 'GET' && method !== 'HEAD')
    .map(({method, object}) => `${method} ${object}`)
}
