// Images of every shape that registries have, copied by the action mirror as a process: what arrives is the same, byte for byte, under the
// same digests and media types, and a second run sends nothing.

import {describe, expect, it} from '@jest/globals'
import {type Image, type Index, jsonBlob, makeImage, makeIndex, manifestsOf, type StoredBlob} from './support/images.ts'
import {
  expectWhole,
  REPOSITORY,
  rootOf,
  runMirrorAction,
  TAG,
  TARGET,
  withPair,
  writesTo
} from './support/mirror-fixture.ts'
import {publish, type RepositoryContent} from './support/registry-content.ts'

const INDEX = 'application/vnd.oci.image.index.v1+json'
const DOCKER_FOREIGN = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip'
const small = makeImage({layers: [{content: {seed: 5, size: 900}}]})
const arm = makeImage({platform: 'linux/arm64', layers: [{content: {seed: 6, size: 900}}]})

/** Without its own media type: that of its descriptor, or of the response, counts. */
const untyped = makeImage({
  editManifest: ({schemaVersion, config, layers}) => ({schemaVersion, config, layers})
})
const empty = makeImage({layers: []})
const emptyLayer = makeImage({layers: [{content: Buffer.alloc(0), compression: 'none'}]})
const twice = makeImage({layers: [{content: {seed: 8, size: 500}}, {content: {seed: 8, size: 500}}]})

/** An index below an index. */
function nest(inner: Index): {readonly root: StoredBlob; readonly content: RepositoryContent} {
  const {index} = inner
  const root = jsonBlob(INDEX, {
    schemaVersion: 2,
    mediaType: INDEX,
    manifests: [{mediaType: INDEX, digest: index.digest, size: index.size}]
  })
  const content = publish(REPOSITORY, [], inner)
  return {root, content: {...content, tags: {[TAG]: root.digest}, manifests: [...content.manifests, root]}}
}

function published(what: Image | Index): {readonly root: StoredBlob; readonly content: RepositoryContent} {
  return {root: rootOf(what), content: publish(REPOSITORY, TAG, what)}
}

const SHAPES: readonly {
  readonly name: string
  readonly root: StoredBlob
  readonly content: RepositoryContent
  readonly pin?: boolean
}[] = [
  {name: 'a single manifest', ...published(small)},
  {name: 'a single manifest of Docker', ...published(makeImage({mediaTypes: 'docker'}))},
  {
    name: 'a manifest list of Docker',
    ...published(makeIndex({children: [makeImage({mediaTypes: 'docker'})], mediaTypes: 'docker'}))
  },
  {name: 'an index with attestations', ...published(makeIndex({children: [small, arm], attestations: true}))},
  {name: 'an index of one image', ...published(makeIndex({children: [small]}))},
  {name: 'the same child twice', ...published(makeIndex({children: [small, small]}))},
  {name: 'an index in an index', ...nest(makeIndex({children: [small, arm]}))},
  {name: 'sha512 everywhere', ...published(makeImage({algorithm: 'sha512'})), pin: true},
  {name: 'a manifest without a media type', ...published(untyped)},
  {name: 'no layers', ...published(empty)},
  {name: 'a layer of no bytes', ...published(emptyLayer)},
  {name: 'the same layer twice', ...published(twice)},
  {name: 'zstd', ...published(makeImage({layers: [{content: {seed: 4, size: 700}, compression: 'zstd'}]}))},
  {
    name: 'sixty platforms',
    ...published(
      makeIndex({
        children: Array.from({length: 60}, (_, at) =>
          makeImage({platform: `linux/arch${String(at)}`, layers: [{content: {seed: 300 + at, size: 50}}]})
        )
      })
    )
  }
]

describe('a copy of an image with', () => {
  it.each(SHAPES)('$name is the same image', async ({root, content, pin = false}) => {
    await withPair({source: {content: [content]}}, async ({target, inputs}) => {
      const more = pin ? {image: `${inputs['image'] ?? ''}@${root.digest}`} : {}
      const run = await runMirrorAction({...inputs, ...more})
      expect([run.exitCode, run.stderr, run.annotations]).toEqual([0, '', []])
      const view = target.contentOf(TARGET)
      expect(view.tags[TAG]).toBe(root.digest)
      expectWhole(target, TARGET, TAG)
      for (const {digest, bytes} of content.manifests) expect(view.bytesOf(digest)?.equals(bytes)).toBe(true)
      expect(new Set(view.blobs)).toEqual(new Set(content.blobs.map(({digest}) => digest)))
      const types = new Map(
        target.journal
          .filter(({object}) => object === 'manifest-put')
          .map(({reference, headers}) => [reference, headers['content-type']])
      )
      expect(types).toEqual(new Map(content.manifests.map(({digest, mediaType}) => [digest, mediaType])))

      const before = writesTo(target).length
      const second = await runMirrorAction({...inputs, ...more})
      expect([second.exitCode, writesTo(target).slice(before)]).toEqual([0, []])
      expect(second.report).toMatchObject({images: [{targets: [{outcome: 'present'}]}]})
    })
  })
})

describe('a layer that registries need not hold', () => {
  const foreign = makeImage({
    mediaTypes: 'docker',
    layers: [{content: {seed: 1, size: 800}}, {content: {seed: 2, size: 800}, mediaType: DOCKER_FOREIGN}]
  })
  const content = publish(REPOSITORY, TAG, foreign)
  const [, layer] = foreign.layers

  it('is copied where the source has it', async () => {
    await withPair({source: {content: [content]}}, async ({target, inputs}) => {
      const run = await runMirrorAction(inputs)
      expect([run.exitCode, target.contentOf(TARGET).blobs.includes(layer?.digest ?? '')]).toEqual([0, true])
    })
  })

  it('is left out where the source does not have it, and the next run downloads nothing', async () => {
    const blobs = content.blobs.filter(({digest}) => digest !== layer?.digest)
    await withPair({source: {content: [{...content, blobs}]}}, async ({source, target, inputs}) => {
      const run = await runMirrorAction(inputs)
      expect([run.exitCode, target.contentOf(TARGET).tags[TAG]]).toEqual([0, foreign.manifest.digest])
      const before = [source.journal.length, writesTo(target).length]
      const second = await runMirrorAction(inputs)
      expect(second.report).toMatchObject({outcome: 'copied', images: [{targets: [{outcome: 'present'}]}]})
      expect(source.journal.slice(before[0]).filter(({path}) => path.includes('/blobs/'))).toEqual([])
      expect(writesTo(target).slice(before[1])).toEqual([])
    })
  })
})

describe('what is not an image of a registry', () => {
  const chart = jsonBlob('application/vnd.oci.image.manifest.v1+json', {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    artifactType: 'application/vnd.cncf.helm.chart',
    config: {
      mediaType: 'application/vnd.cncf.helm.config.v1+json',
      digest: small.config.digest,
      size: small.config.size
    },
    layers: []
  })
  const schema1 = jsonBlob('application/vnd.oci.image.manifest.v1+json', {
    schemaVersion: 1,
    name: REPOSITORY,
    tag: TAG,
    fsLayers: [],
    signatures: []
  })

  it.each([
    {name: 'a Helm chart', manifest: chart, says: /artifact|Helm|not a container image/i},
    {name: 'a manifest of schema 1', manifest: schema1, says: /schema 1/}
  ])('is not copied, and the error says so: $name', async ({manifest, says}) => {
    const content = {
      repository: REPOSITORY,
      tags: {[TAG]: manifest.digest},
      manifests: [manifest],
      blobs: [small.config]
    }
    await withPair({source: {content: [content]}}, async ({target, inputs}) => {
      const run = await runMirrorAction(inputs)
      expect([run.exitCode, target.journal]).toEqual([1, []])
      expect(run.annotations.map(({message}) => message).join('\n')).toMatch(says)
    })
  })

  it('is an index without one of its children, which no target gets', async () => {
    const index = makeIndex({children: [small, arm]})
    const content = publish(REPOSITORY, TAG, index)
    const manifests = manifestsOf(index).filter(({digest}) => digest !== arm.manifest.digest)
    await withPair({source: {content: [{...content, manifests}]}}, async ({target, inputs}) => {
      const run = await runMirrorAction(inputs)
      expect([run.exitCode, writesTo(target)]).toEqual([1, []])
    })
  })
})
