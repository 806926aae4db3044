// Manifests of every kind as a copy reads them, and what it refuses: a document that could be read in two ways.

import {describe, expect, it} from '@jest/globals'
import {decodeRawManifest} from '../../src/copy/raw-manifest.ts'
import {makeImage, makeIndex} from '../support/images.ts'

const DIGEST = `sha256:${'a'.repeat(64)}`
const descriptor = {mediaType: 'text/plain', digest: DIGEST, size: 2}

function decode(value: unknown, described?: string): ReturnType<typeof decodeRawManifest> {
  return decodeRawManifest(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)), described)
}

describe('decodeRawManifest', () => {
  it('reads the config and layers of an image, and the children of an index', () => {
    const image = makeImage()
    const index = makeIndex({children: [image], attestations: true})
    const one = decode(image.manifest.bytes.toString())
    const many = decode(index.index.bytes.toString())
    expect(one.ok && one.value.blobs.map(({digest}) => digest)).toEqual(
      [image.config, ...image.layers].map(({digest}) => digest)
    )
    expect(many.ok && many.value.children.map(({digest}) => digest)).toEqual(
      [...index.children, ...index.attestations].map(({manifest}) => manifest.digest)
    )
  })

  it.each([
    {name: 'its own media type', value: {schemaVersion: 2, mediaType: 'a/b'}, described: 'c/d', type: 'a/b'},
    {name: 'the one of its descriptor', value: {schemaVersion: 2}, described: 'c/d', type: 'c/d'},
    {
      name: 'that of an index where it has manifests',
      value: {schemaVersion: 2, manifests: []},
      type: 'application/vnd.oci.image.index.v1+json'
    },
    {name: 'that of an image otherwise', value: {schemaVersion: 2}, type: 'application/vnd.oci.image.manifest.v1+json'}
  ])('has $name', ({value, described, type}) => {
    const manifest = decode(value, described)
    expect(manifest.ok && manifest.value.mediaType).toBe(type)
  })

  it.each([
    {name: 'artifactType', value: {artifactType: 'a/b', config: descriptor}, type: 'a/b'},
    {name: 'the type of the config', value: {config: descriptor}, type: 'text/plain'},
    {name: 'nothing', value: {}, type: ''}
  ])('takes the type of an artifact from $name', ({value, type}) => {
    const manifest = decode({schemaVersion: 2, ...value})
    expect(manifest.ok && manifest.value.artifactType).toBe(type)
  })

  it('has the digest of its subject', () => {
    const manifest = decode({schemaVersion: 2, subject: descriptor})
    expect(manifest.ok && manifest.value.subject).toBe(DIGEST)
  })

  it.each([
    {name: 'text that is not JSON', value: 'no'},
    {name: 'schema 1', value: {schemaVersion: 1, fsLayers: []}},
    {name: 'a key twice', value: '{"schemaVersion":2,"layers":[],"layers":[]}'},
    {name: 'a path as a digest', value: {schemaVersion: 2, layers: [{...descriptor, digest: '../../etc/passwd'}]}},
    {name: 'a negative size', value: {schemaVersion: 2, layers: [{...descriptor, size: -1}]}},
    {name: 'a config that is no descriptor', value: {schemaVersion: 2, config: 'x'}},
    {name: 'a subject without a digest', value: {schemaVersion: 2, subject: {}}},
    {name: 'a child of another kind', value: {schemaVersion: 2, manifests: [null]}}
  ])('refuses $name', ({value}) => {
    expect(decode(value).ok).toBe(false)
  })
})
