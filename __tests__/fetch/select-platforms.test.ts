// Which children of an index are verified for a platform: containerd's choice first, and every other program's too.

import {describe, expect, it} from '@jest/globals'
import {decodeManifest, type ImageIndex} from '../../src/oci/manifest.ts'
import type {PlatformChoice} from '../../src/oci/platform.ts'
import {attestationsOf, checkConfigPlatform, chooseChildren} from '../../src/fetch/select-platforms.ts'
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

function imageAt(at: number, platform?: Platform): object {
  return {mediaType: OCI.manifest, digest: digestAt(at), size: 4, platform}
}

/** As BuildKit writes one. */
function attestationAt(at: number, of: number): object {
  const annotations = {
    'vnd.docker.reference.type': 'attestation-manifest',
    'vnd.docker.reference.digest': digestAt(of)
  }
  return {...imageAt(at, {os: 'unknown', architecture: 'unknown'}), annotations}
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
    {name: 'a child without a platform last', index: indexOf(undefined, linux('amd64')), taken: [1]},
    {name: 'the first child without a platform', index: indexOf(linux('arm64'), undefined, undefined), taken: [1]},
    {name: 'a child with an empty platform, for Docker alone', index: indexOf({}, undefined), taken: [1, 0]},
    {name: 'a child with an empty platform, where there is no other', index: indexOf({}), taken: [0]},
    {
      name: 'the one that skopeo finds, which compares names as they are written',
      index: indexOf(linux('x86_64'), linux('amd64')),
      taken: [0, 1]
    },
    {name: 'the last resort of skopeo', index: indexOf(linux('x86_64'), undefined), taken: [0, 1]}
  ])('takes $name', ({index, taken}) => {
    expect(chosen(index, NAMED)).toEqual(taken)
  })

  it('takes for Windows what its engine takes', () => {
    const windows = {os: 'windows', architecture: 'amd64'}
    const index = indexOf({...windows, architecture: 'x86_64'}, windows)
    expect(chosen(index, {kind: 'named', platforms: [windows]})).toEqual([0])
  })

  it('takes no other processors where one is named', () => {
    const platform = linux('amd64', {variant: 'v3'}) as typeof AMD64
    const index = indexOf(...['v2', 'v3', 'v4'].map(variant => linux('amd64', {variant})))
    expect(chosen(index, {kind: 'named', platforms: [platform]})).toEqual([1])
  })

  it.each([{index: indexOf(linux('amd64'))}, {index: indexOf(undefined)}, {index: indexOf({})}])(
    'has no warning for the choice of all programs',
    ({index}) => {
      expect(chooseChildren(index, MACHINE).map(({warning}) => warning)).toEqual([undefined])
    }
  )

  it('offers what it has, also what is broken, but no attestations', async () => {
    const broken = {mediaType: OCI.manifest, digest: digestAt(3), size: -1, platform: linux('s390x')}
    const index = indexWith(imageAt(0, linux('arm64')), attestationAt(1, 0), broken)
    await expect(() => chooseChildren(index, NAMED)).toFailWith('platform-missing', {
      ...{wanted: 'linux/amd64', offered: ['linux/arm64', 'linux/s390x'], object: 'manifest'}
    })
  })

  it('cuts the names that an index gives to its platforms', async () => {
    const index = indexWith({...imageAt(0), platform: linux(`${'x'.repeat(300_000)}\n::error::`)})
    await expect(() => chooseChildren(index, NAMED)).toFailWith('platform-missing', {
      offered: [expect.stringMatching(/^linux\/x{100,200}.?$/u)]
    })
  })

  it('with all platforms fails without an image', async () => {
    const index = indexWith({...imageAt(0), mediaType: 'text/plain'})
    await expect(() => chooseChildren(index, {kind: 'all'})).toFailWith('platform-missing', {
      ...{wanted: 'platform', offered: []}
    })
  })

  it.each([
    {platform: AMD64, isTaken: true},
    {platform: {architecture: 'amd64'}, isTaken: true},
    {platform: {os: 'unknown', architecture: 'amd64'}, isTaken: false},
    {platform: linux('unknown'), isTaken: false},
    {platform: linux(''), isTaken: false}
  ])('with all platforms takes a child of another type by its platform: $platform $isTaken', ({platform, isTaken}) => {
    const index = indexWith(imageAt(0, AMD64), {...imageAt(1, platform), mediaType: 'text/plain'})
    expect(chosen(index, {kind: 'all'})).toEqual(isTaken ? [0, 1] : [0])
  })

  it('with all platforms takes no attestations, which are there once', () => {
    const index = indexWith(imageAt(0, AMD64), attestationAt(1, 0), attestationAt(1, 0))
    expect(chosen(index, {kind: 'all'})).toEqual([0])
    expect(attestationsOf(index).map(({digest}) => digest)).toEqual([digestAt(1)])
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

describe('checkConfigPlatform', () => {
  const ARM64 = {os: 'linux', architecture: 'arm64'}
  const V2 = {...AMD64, variant: 'v2'}

  it.each([
    {described: AMD64, configured: AMD64},
    {described: AMD64, configured: V2},
    {described: V2, configured: AMD64}
  ])('takes a config for the platform of the index: $described $configured', ({described, configured}) => {
    expect(checkConfigPlatform(described, configured, NAMED)).toBeUndefined()
  })

  it('warns of a config for another platform than the index says', () => {
    expect(checkConfigPlatform(ARM64, AMD64, NAMED)).toBe('the index says linux/arm64, its config says linux/amd64')
  })

  it('compares the platform of an image without an index with the machine, and warns', () => {
    expect(checkConfigPlatform(undefined, AMD64, MACHINE)).toBeUndefined()
    expect(checkConfigPlatform(undefined, ARM64, MACHINE)).toBe(
      'the image is for linux/arm64, this machine is linux/amd64'
    )
    expect(checkConfigPlatform(undefined, ARM64, {kind: 'all'})).toBeUndefined()
  })

  it('fails for the first platform that was requested by name and is not there', async () => {
    const platforms = [AMD64, ARM64, {os: 'linux', architecture: 's390x'}]
    await expect(() => checkConfigPlatform(undefined, AMD64, {kind: 'named', platforms})).toFailWith(
      'platform-missing',
      {wanted: 'linux/arm64', offered: ['linux/amd64'], object: 'config'}
    )
  })
})
