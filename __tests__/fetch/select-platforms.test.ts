// Which children of an index are verified for a platform: containerd's choice first, and every other program's too.

import {describe, expect, it} from '@jest/globals'
import {decodeManifest, type ImageIndex} from '../../src/oci/manifest.ts'
import type {PlatformChoice} from '../../src/oci/platform.ts'
import {chooseChildren} from '../../src/fetch/select-platforms.ts'
import {mediaTypesOf} from '../support/images.ts'
import '../support/matchers.ts'

const OCI = mediaTypesOf('oci')
const AMD64 = {os: 'linux', architecture: 'amd64'}
const MACHINE: PlatformChoice = {kind: 'machine', platform: AMD64}
const NAMED: PlatformChoice = {kind: 'named', platforms: [AMD64]}

type Platform = Readonly<Record<string, unknown>>

function digestAt(at: number): string {
  return `sha256:${String(at).repeat(64)}`
}

function indexOf(...children: readonly (Platform | undefined)[]): ImageIndex {
  return indexWith(
    ...children.map((platform, at) => ({
      ...{mediaType: OCI.manifest, digest: digestAt(at), size: 4},
      ...(platform === undefined ? {} : {platform})
    }))
  )
}

function indexWith(...manifests: readonly object[]): ImageIndex {
  const decoded = decodeManifest(
    Buffer.from(JSON.stringify({schemaVersion: 2, mediaType: OCI.index, manifests})),
    undefined
  )
  if (!decoded.ok || decoded.value.kind !== 'index') throw new Error('it is not an index')
  return decoded.value
}

function chosen(index: ImageIndex, choice: PlatformChoice): readonly number[] {
  return chooseChildren(index, choice).map(({child}) => Number(child.digest.at(-1)))
}

function linux(architecture: string, more: Platform = {}): Platform {
  return {os: 'linux', architecture, ...more}
}

describe('chooseChildren', () => {
  it.each([
    {name: 'the one that all programs run', index: indexOf(linux('arm64'), linux('amd64')), taken: [1]},
    {
      name: 'the one without os.features first, and then the one that older programs run',
      index: indexOf(linux('amd64', {'os.features': ['nydus.remoteimage.v1']}), linux('amd64')),
      taken: [1, 0]
    },
    {
      name: 'the one that runs on every processor first, and then those for newer ones',
      index: indexOf(linux('amd64', {variant: 'v2'}), linux('amd64', {variant: 'v3'}), linux('amd64')),
      taken: [2, 0, 1]
    },
    {name: 'a child without a platform last', index: indexOf(undefined, linux('amd64')), taken: [1]}
  ])('takes $name', ({index, taken}) => {
    expect(chosen(index, NAMED)).toEqual(taken)
  })

  it('says that programs choose different children', () => {
    const [first] = chooseChildren(indexOf(linux('amd64', {variant: 'v2'}), linux('amd64')), NAMED)
    expect(first?.warning).toContain('programs choose different images')
  })

  it('takes 386 on amd64 with a warning if no platform was named, and refuses it otherwise', async () => {
    const index = indexOf(linux('386'))
    expect(chooseChildren(index, MACHINE)[0]?.warning).toContain('linux/386')
    await expect(() => chooseChildren(index, NAMED)).toFailWith('platform-missing', {offered: ['linux/386']})
  })

  it('with all platforms leaves out what has neither the type of an image nor the platform of a machine', () => {
    const {entries, ...index} = indexOf(linux('amd64'), undefined)
    const other = {
      ...index,
      entries: entries.map((entry, at) => (at === 1 ? {...entry, mediaType: 'text/plain'} : entry))
    }
    expect(chosen(other, {kind: 'all'})).toEqual([0])
  })

  // Docker Engine pulls such a child by its digest and reads the type from the content.
  it('with all platforms is unusable when a child has no media type, and otherwise ignores it', async () => {
    const image = {digest: digestAt(0), mediaType: OCI.manifest, size: 4, platform: AMD64}
    const index = indexWith(image, {digest: digestAt(1), size: 4})
    await expect(() => chooseChildren(index, {kind: 'all'})).toFailWith('unusable')
    expect(chosen(index, NAMED)).toEqual([0])
    expect(chosen(indexWith(image, {}), {kind: 'all'})).toEqual([0])
  })
})
