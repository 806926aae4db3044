// What is attached to an image, when its source has lost a part of it or fails, and when the target has something of its own.
// A failure of the source is never told as one of the target.

import {describe, expect, it} from '@jest/globals'
import {type Fault, ociError} from './support/fault.ts'
import type {FaultRegistry} from './support/fault-registry.ts'
import {healthyImage} from './support/fault-table.ts'
import {descriptorOf, jsonBlob, type StoredBlob} from './support/images.ts'
import {
  attach,
  expectWhole,
  REPOSITORY,
  rootOf,
  runMirrorAction,
  TAG,
  TARGET,
  withPair,
  writesTo
} from './support/mirror-fixture.ts'
import {referrerOf} from './support/referrer.ts'
import {publish, type RepositoryContent} from './support/registry-content.ts'

const INDEX = 'application/vnd.oci.image.index.v1+json'
const SBOM = 'application/vnd.example.sbom+json'
const image = publish(REPOSITORY, TAG, healthyImage)
const attached = attach(REPOSITORY, healthyImage)
const root = rootOf(healthyImage)
const tag = root.digest.replace(':', '-')
const sbom = referrerOf(root, SBOM, '{"sbom":true}')

function indexOf(...entries: readonly StoredBlob[]): StoredBlob {
  return jsonBlob(INDEX, {schemaVersion: 2, mediaType: INDEX, manifests: entries.map(descriptorOf)})
}

/** The index under the tag of referrers, with these entries. */
function listing(repository: string, ...entries: readonly StoredBlob[]): RepositoryContent {
  const index = indexOf(...entries)
  return {repository, tags: {[tag]: index.digest}, manifests: [index], blobs: []}
}

function without({manifests, blobs, ...content}: RepositoryContent, digest: string): RepositoryContent {
  const isOther = (one: StoredBlob): boolean => one.digest !== digest
  return {...content, manifests: manifests.filter(isOther), blobs: blobs.filter(isOther)}
}

function messages(run: Awaited<ReturnType<typeof runMirrorAction>>, level: 'error' | 'warning'): string {
  return run.annotations
    .filter(annotation => annotation.level === level)
    .map(({message}) => message)
    .join('\n')
}

function entriesAt(view: {
  readonly tags: Readonly<Record<string, string>>
  bytesOf: (digest: string) => Buffer | undefined
}): readonly string[] {
  const bytes = view.bytesOf(view.tags[tag] ?? '')
  const {manifests} = JSON.parse(bytes?.toString() ?? '{"manifests":[]}') as {manifests: {digest: string}[]}
  return manifests.map(({digest}) => digest)
}

describe('an attachment that the source lists', () => {
  it.each([
    {name: 'and whose manifest it has lost', lost: sbom.manifest.digest},
    {name: 'and of which it has lost a blob', lost: sbom.blob.digest}
  ])('$name is left out, with a warning, each time', async ({lost}) => {
    await withPair({source: {content: [image, without(attached, lost)]}}, async ({source, target, inputs}) => {
      for (const outcome of ['copied', 'present']) {
        const run = await runMirrorAction(inputs)
        expect([run.exitCode, messages(run, 'error')]).toEqual([0, ''])
        expect(messages(run, 'warning')).toContain(
          `is attached to the image, and was not copied: ${source.host} lists it`
        )
        expect(run.report).toMatchObject({outcome: 'copied', images: [{targets: [{outcome}]}]})
      }
      expectWhole(target, TARGET, TAG)
      expectWhole(target, TARGET, `${tag}.sig`)
      expect(entriesAt(target.contentOf(TARGET))).toEqual([])
    })
  })

  it.each([
    {name: 'answers 503 for', do: ociError(503, 'UNAVAILABLE'), says: /server error \(HTTP 503\)/},
    {name: 'has corrupt bytes of', do: {kind: 'corrupt'} as const, says: /digest mismatch/}
  ])('fails the image where the source $name a blob of it, and the target gets nothing', async ({do: action, says}) => {
    const faults: readonly Fault[] = [{on: 'blob', reference: sbom.blob.digest, do: action, times: 'always'}]
    await withPair({source: {content: [image, attached], faults}}, async ({source, target, inputs}) => {
      const run = await runMirrorAction(inputs)
      expect(run.exitCode).toBe(1)
      expect(messages(run, 'error')).toMatch(says)
      expect(messages(run, 'error')).toContain(source.host)
      expect(messages(run, 'error')).not.toContain(target.host)
      expect(writesTo(target).filter(write => write !== 'POST upload')).toEqual([])
    })
  })

  it('fails the image where the source cannot say what is attached', async () => {
    const faults: readonly Fault[] = [
      {on: 'manifest', reference: tag, do: ociError(503, 'UNAVAILABLE'), times: 'always'}
    ]
    await withPair({source: {content: [image, attached], faults}}, async ({source, target, inputs}) => {
      const run = await runMirrorAction(inputs)
      expect([run.exitCode, writesTo(target)]).toEqual([1, []])
      expect(messages(run, 'error')).toContain(`what is attached to it cannot be read from ${source.host}`)
      expect(messages(run, 'error')).toContain('attachments: false')
    })
  })

  it('is copied when it is an index, of a child, or attached to another attachment', async () => {
    const [child] = healthyImage.children
    const ofChild = referrerOf(child?.manifest ?? root, SBOM, 'of the child')
    const ofSbom = referrerOf(sbom.manifest, 'application/vnd.example.signature', 'of the SBOM')
    const inner = referrerOf(root, SBOM, 'below an index')
    const bundle = jsonBlob(INDEX, {
      schemaVersion: 2,
      mediaType: INDEX,
      artifactType: SBOM,
      manifests: [descriptorOf(inner.manifest)],
      subject: descriptorOf(root)
    })
    const listings = [
      [root, sbom.manifest, bundle],
      [child?.manifest ?? root, ofChild.manifest],
      [sbom.manifest, ofSbom.manifest]
    ] as const
    const indexes = listings.map(
      ([subject, ...entries]) => [subject.digest.replace(':', '-'), indexOf(...entries)] as const
    )
    const more: RepositoryContent = {
      repository: REPOSITORY,
      tags: Object.fromEntries(indexes.map(([name, index]) => [name, index.digest])),
      manifests: [bundle, inner.manifest, ofChild.manifest, ofSbom.manifest, ...indexes.map(([, index]) => index)],
      blobs: [ofChild.blob, ofSbom.blob, inner.blob]
    }
    await withPair(
      {source: {content: [image, attached, more]}, target: {push: {referrers: true}}},
      async ({target, inputs}) => {
        const run = await runMirrorAction(inputs)
        expect([run.exitCode, messages(run, 'warning')]).toEqual([0, ''])
        const {manifests} = target.contentOf(TARGET)
        for (const {digest} of [sbom.manifest, bundle, inner.manifest, ofChild.manifest, ofSbom.manifest])
          expect(manifests).toContain(digest)
        // Four referrers, and the signature of cosign.
        expect(run.outputs['copied']).toContain('"attachments":5')
      }
    )
  })
})

describe('what the target has of its own', () => {
  const stranger = referrerOf(root, 'application/vnd.example.scan', 'of another writer')
  const theirs: RepositoryContent = {
    ...listing(TARGET, stranger.manifest),
    manifests: [...listing(TARGET, stranger.manifest).manifests, stranger.manifest],
    blobs: [stranger.blob]
  }

  it('stays in the tag of referrers, next to what is added', async () => {
    await withPair({target: {push: {}, content: [theirs]}}, async ({target, inputs}) => {
      expect((await runMirrorAction(inputs)).exitCode).toBe(0)
      expect(entriesAt(target.contentOf(TARGET))).toEqual([stranger.manifest.digest, sbom.manifest.digest])
    })
  })

  it('stays when another writer writes between the read and the write', async () => {
    let writes = 0
    // The other write comes after this one, and was made from what was there before.
    const onStored = (reference: string): void => {
      if (reference === tag && writes++ === 0) later.addContent(theirs)
    }
    let later: Pick<FaultRegistry, 'addContent'> = {addContent: () => undefined}
    await withPair({target: {push: {onStored}}}, async ({target, inputs}) => {
      later = target
      expect([(await runMirrorAction(inputs)).exitCode, writes]).toEqual([0, 2])
      expect(entriesAt(target.contentOf(TARGET))).toEqual([stranger.manifest.digest, sbom.manifest.digest])
    })
  })

  it('is a tag of referrers that is immutable: the image is copied, with a warning', async () => {
    await withPair({target: {push: {immutableTags: true}, content: [theirs]}}, async ({target, inputs}) => {
      const run = await runMirrorAction(inputs)
      expect([run.exitCode, target.contentOf(TARGET).tags[TAG]]).toEqual([0, root.digest])
      expect(messages(run, 'warning')).toMatch(/cannot be updated with new referrers: tags are immutable/)
      expect(entriesAt(target.contentOf(TARGET))).toEqual([stranger.manifest.digest])
    })
  })

  it('is a signature under the tag of cosign, which stays as it is, with a warning', async () => {
    const own = attach(TARGET, healthyImage)
    const payload = jsonBlob('application/vnd.dev.cosign.simplesigning.v1+json', {mine: true})
    const signature = jsonBlob('application/vnd.oci.image.manifest.v1+json', {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: descriptorOf(own.blobs[3] ?? payload),
      layers: [descriptorOf(payload)]
    })
    const content = {
      ...own,
      tags: {[`${tag}.sig`]: signature.digest},
      manifests: [signature],
      blobs: [...own.blobs, payload]
    }
    await withPair({target: {push: {}, content: [content]}}, async ({target, inputs}) => {
      const run = await runMirrorAction(inputs)
      expect([run.exitCode, target.contentOf(TARGET).tags[`${tag}.sig`]]).toEqual([0, signature.digest])
      expect(messages(run, 'warning')).toMatch(/has content of its own at the target, and is left as it is/)
    })
  })
})
