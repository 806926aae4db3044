// What counts as attached to an image: what a registry lists and what names its subject, from registries that may say so.

import {describe, expect, it} from '@jest/globals'
import {type Attachments, findAttachments} from '../../src/copy/attachments.ts'
import type {Closure, SourceManifest} from '../../src/copy/closure.ts'
import type {SourceContent, SourcePlace} from '../../src/copy/source-content.ts'
import {VerifiedImageError} from '../../src/failure/error.ts'
import {createThrottle} from '../../src/fetch/throttle.ts'
import type {Digest} from '../../src/oci/digest.ts'
import type {RegistryResponse} from '../../src/registry/registry.ts'
import {descriptorOf, jsonBlob, makeImage, type StoredBlob} from '../support/images.ts'
import {createManualClock} from '../support/manual-clock.ts'
import {referrerOf} from '../support/referrer.ts'

const INDEX = 'application/vnd.oci.image.index.v1+json'
const image = makeImage()
const root = image.manifest
const sbom = referrerOf(root, 'application/vnd.example.sbom', 'sbom')
const signature = referrerOf(sbom.manifest, 'application/vnd.example.signature', 'signature of the sbom')
const stranger = referrerOf(signature.manifest, 'application/vnd.example.other', 'names another subject')
const signed = makeImage({layers: []}).manifest

function closureOf(...manifests: readonly StoredBlob[]): Closure {
  const all = manifests.map(({digest, size, mediaType}): SourceManifest => ({
    ...{digest, size, mediaType, artifactType: '', annotations: {}, subject: undefined, children: [], blobs: []}
  }))
  const [first] = all
  if (first === undefined) throw new Error('an image has a manifest')
  return {root: first, manifests: all}
}

function response(bytes: Buffer): RegistryResponse {
  const body = (async function* () {
    yield await Promise.resolve(new Uint8Array(bytes))
  })()
  return {
    mediaType: INDEX,
    digestHeader: undefined,
    contentLength: bytes.length,
    mayBeCutShort: false,
    acceptsRanges: false,
    offset: 0,
    body
  }
}

function missing(): never {
  throw new VerifiedImageError({kind: 'not-found', status: 404, detail: ''})
}

type World = {
  /** The registries of the image, in order. */
  readonly places: readonly {readonly registry: string; readonly isTrusted: boolean; readonly isDown?: boolean}[]
  readonly referrers: Readonly<Record<string, readonly StoredBlob[]>>
  readonly tags?: Readonly<Record<string, StoredBlob>>
}

async function find({places, referrers, tags = {}}: World, closure: Closure): Promise<Attachments & {asked: string[]}> {
  const clock = createManualClock()
  const asked = new Set<string>()
  const backoff = {attempts: 1, firstMs: 1, maxMs: 1}
  const stored = new Map([sbom, signature, stranger].map(({manifest}) => [manifest.digest, manifest.bytes]))
  stored.set(signed.digest, signed.bytes)
  stored.set(root.digest, root.bytes)
  const open = (registry: string): void => {
    asked.add(registry)
    if (places.find(place => place.registry === registry)?.isDown === true)
      throw new VerifiedImageError({kind: 'unreachable', reason: 'refused', detail: ''})
  }
  const content: SourceContent = {
    places: places.map(({registry, isTrusted}): SourcePlace => {
      const {signal} = new AbortController()
      const throttle = createThrottle(clock, backoff, () => 0)
      const nothing = (): undefined => undefined
      const retry = {clock, random: () => 0, backoff, signal, throttle, record: nothing, addBytes: nothing}
      return {repository: {registry, path: 'acme/app'}, isTrusted, retry}
    }),
    registry: {
      openManifest: ({repository, reference}) => {
        open(repository.registry)
        const bytes = tags[reference]?.bytes ?? missing()
        return Promise.resolve(response(bytes))
      },
      openReferrers: ({repository, digest}) => {
        open(repository.registry)
        const manifests = (referrers[digest] ?? []).map(descriptorOf)
        const index = jsonBlob(INDEX, {schemaVersion: 2, mediaType: INDEX, manifests})
        return Promise.resolve({...response(index.bytes), nextPage: undefined})
      }
    },
    manifest: ({digest}) => Promise.resolve(stored.get(digest) ?? missing()),
    keep: () => Promise.resolve(),
    ensureBlob: () => Promise.resolve(true),
    fileOf: digest => digest
  }
  const found = await findAttachments(content, closure, new AbortController().signal)
  return {...found, asked: [...asked]}
}

const PRIMARY = {registry: 'primary.example', isTrusted: true}

function digests(all: readonly {readonly digest: Digest}[]): readonly Digest[] {
  return all.map(({digest}) => digest).toSorted()
}

describe('findAttachments', () => {
  it('finds referrers, and their own referrers', async () => {
    const referrers = {[root.digest]: [sbom.manifest], [sbom.manifest.digest]: [signature.manifest]}
    const found = await find({places: [PRIMARY], referrers}, closureOf(root))
    expect(found.referrers).toEqual(digests([sbom.manifest, signature.manifest]))
  })

  it('leaves out what names another subject, though the registry lists it', async () => {
    const found = await find({places: [PRIMARY], referrers: {[root.digest]: [stranger.manifest]}}, closureOf(root))
    expect([found.referrers, found.manifests]).toEqual([[], []])
  })

  it('leaves out the children of the image, which GitLab answers with', async () => {
    const found = await find({places: [PRIMARY], referrers: {[root.digest]: [signed]}}, closureOf(root, signed))
    expect(found.manifests).toEqual([])
  })

  it('finds the tags of cosign', async () => {
    const tag = `${root.digest.replace(':', '-')}.sig`
    const found = await find({places: [PRIMARY], referrers: {}, tags: {[tag]: signed}}, closureOf(root))
    expect(found.tags).toEqual([{tag, digest: signed.digest}])
  })

  it('asks a mirror of the workflow when the registry is down', async () => {
    const places = [
      {...PRIMARY, isDown: true},
      {registry: 'mirror.example', isTrusted: true}
    ]
    const found = await find({places, referrers: {[root.digest]: [sbom.manifest]}}, closureOf(root))
    expect(found.referrers).toEqual([sbom.manifest.digest])
  })

  it('never asks a public mirror, whose owner may be another', async () => {
    const places = [{registry: 'public.example', isTrusted: false}, PRIMARY]
    const found = await find({places, referrers: {}}, closureOf(root))
    expect(found.asked).toEqual(['primary.example'])
  })

  it('fails where no registry that may know answers: a copy without attachments would look complete', async () => {
    const places = [
      {registry: 'public.example', isTrusted: false},
      {...PRIMARY, isDown: true}
    ]
    await expect(find({places, referrers: {}}, closureOf(root))).rejects.toThrow(VerifiedImageError)
  })
})
