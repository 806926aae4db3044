// The index of referrers that clients maintain: entries are added, and what others wrote stays.

import {describe, expect, it} from '@jest/globals'
import type {SourceManifest} from '../../src/copy/closure.ts'
import {mergeReferrers} from '../../src/copy/referrers-tag.ts'
import type {Digest} from '../../src/oci/digest.ts'

function referrer(digit: string, artifactType = 'a/b'): SourceManifest {
  return {
    digest: `sha256:${digit.repeat(64)}` as Digest,
    size: 10,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    artifactType,
    annotations: {by: digit},
    subject: undefined,
    blobs: []
  }
}

function merged(current: unknown, ...added: readonly SourceManifest[]): unknown {
  const bytes = mergeReferrers(current === undefined ? undefined : Buffer.from(JSON.stringify(current)), added)
  return bytes === undefined ? undefined : JSON.parse(Buffer.from(bytes).toString())
}

const FOREIGN = {mediaType: 'x/y', digest: `sha256:${'f'.repeat(64)}`, size: 1, custom: true}

describe('mergeReferrers', () => {
  it('makes an index, with the type and annotations by which clients filter', () => {
    const {digest, size, mediaType} = referrer('1')
    expect(merged(undefined, referrer('1'))).toEqual({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [{mediaType, digest, size, artifactType: 'a/b', annotations: {by: '1'}}]
    })
  })

  it('leaves out what is not known', () => {
    const bare = referrer('1', '')
    expect(merged(undefined, {...bare, annotations: {}})).toMatchObject({
      manifests: [{digest: bare.digest, size: 10, mediaType: bare.mediaType}]
    })
  })

  it('keeps what others wrote, with what it does not know', () => {
    const current = {schemaVersion: 2, manifests: [FOREIGN], annotations: {theirs: 'yes'}}
    expect(merged(current, referrer('1'))).toMatchObject({
      annotations: {theirs: 'yes'},
      manifests: [FOREIGN, {digest: referrer('1').digest}]
    })
  })

  it('adds nothing that is there', () => {
    const {digest, size, mediaType} = referrer('1')
    expect(merged({schemaVersion: 2, manifests: [{mediaType, digest, size}]}, referrer('1'))).toBeUndefined()
  })

  it('replaces what is not an index', () => {
    expect(mergeReferrers(Buffer.from('<html>'), [referrer('1')])).toBeDefined()
  })
})
