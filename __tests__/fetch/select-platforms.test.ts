// Children of an index: which one each platform gets, where programs disagree, and what a config may say about it.

import {describe, expect, it} from '@jest/globals'
import {attestationsOf, checkConfigPlatform, chooseChildren} from '../../src/fetch/select-platforms.ts'
import {type Digest, digestOf} from '../../src/oci/digest.ts'
import type {ImageIndex, IndexChild} from '../../src/oci/manifest.ts'
import type {Platform, PlatformChoice} from '../../src/oci/platform.ts'
import '../support/matchers.ts'

type Written = Partial<Omit<IndexChild, 'digest'>> & {readonly name: string}

function digestFor(name: string): Digest {
  return digestOf(Buffer.from(name))
}

function childOf({name, ...rest}: Written): IndexChild {
  const {platform} = rest
  return {
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest: digestFor(name),
    size: 1,
    hasEmptyPlatform: false,
    isAttestation: false,
    ...(platform && {writtenPlatform: platform}),
    ...rest
  }
}

function indexOf(...children: readonly Written[]): ImageIndex {
  return {kind: 'index', mediaType: 'x', namesItsType: true, children: children.map(childOf)}
}

const AMD64: Platform = {os: 'linux', architecture: 'amd64'}
const ARM64: Platform = {os: 'linux', architecture: 'arm64'}
const I386: Platform = {os: 'linux', architecture: '386'}
const UNKNOWN: Platform = {os: 'unknown', architecture: 'unknown'}
const NONE: Platform = {os: '', architecture: ''}

function machine(platform: Platform): PlatformChoice {
  return {kind: 'machine', platform}
}

function choose(index: ImageIndex, choice: PlatformChoice): readonly Digest[] {
  return chooseChildren(index, choice).map(({digest}) => digest)
}

describe('chooseChildren', () => {
  const BOTH = indexOf(
    {name: 'amd64', platform: AMD64},
    {name: 'arm64', platform: ARM64},
    {name: 'sbom', platform: UNKNOWN, isAttestation: true}
  )

  it.each<{
    readonly name: string
    readonly index: ImageIndex
    readonly choice: PlatformChoice
    readonly chosen: readonly string[]
  }>([
    {name: 'the machine’s', index: BOTH, choice: machine(ARM64), chosen: ['arm64']},
    {
      name: 'those that are named, in that order',
      index: BOTH,
      choice: {kind: 'named', platforms: [ARM64, AMD64]},
      chosen: ['arm64', 'amd64']
    },
    {
      name: 'one that is named twice, once',
      index: BOTH,
      choice: {kind: 'named', platforms: [ARM64, ARM64]},
      chosen: ['arm64']
    },
    {name: 'all but attestations', index: BOTH, choice: {kind: 'all'}, chosen: ['amd64', 'arm64']},
    {
      name: 'each of all once',
      index: indexOf({name: 'a', platform: AMD64}, {name: 'a', platform: ARM64}),
      choice: {kind: 'all'},
      chosen: ['a']
    },
    {name: 'a child without a platform', index: indexOf({name: 'nested'}), choice: machine(AMD64), chosen: ['nested']},
    {
      name: 'a child without a platform only where no other fits',
      index: indexOf({name: 'nested'}, {name: 'amd64', platform: AMD64}),
      choice: machine(AMD64),
      chosen: ['amd64']
    },
    {
      name: 'a child with an empty platform, which other programs skip',
      index: indexOf({name: 'empty', platform: NONE, hasEmptyPlatform: true}),
      choice: machine(AMD64),
      chosen: ['empty']
    },
    {
      name: 'a child with an older build of Windows, without asking programs for Linux',
      index: indexOf({name: 'x', platform: {os: 'windows', architecture: 'amd64', osVersion: '10.0.17763.1'}}),
      choice: machine({os: 'windows', architecture: 'amd64', osVersion: '10.0.20348'}),
      chosen: ['x']
    }
  ])('takes $name', ({index, choice, chosen}) => {
    expect(choose(index, choice)).toEqual(chosen.map(digestFor))
  })

  it.each<{
    readonly name: string
    readonly index: ImageIndex
    readonly choice: PlatformChoice
    readonly failure: object
  }>([
    {
      name: 'none for the platform',
      index: BOTH,
      choice: machine({os: 'linux', architecture: 's390x'}),
      failure: {wanted: 'linux/s390x', offered: ['linux/amd64', 'linux/arm64']}
    },
    {
      name: 'none for one of the platforms',
      index: BOTH,
      choice: {kind: 'named', platforms: [AMD64, I386]},
      failure: {wanted: 'linux/386', offered: ['linux/amd64', 'linux/arm64']}
    },
    {
      name: 'attestations only',
      index: indexOf({name: 'sbom', platform: UNKNOWN, isAttestation: true}),
      choice: {kind: 'all'},
      failure: {wanted: 'platform', offered: []}
    },
    {
      name: 'two of one platform, neither of them wanted',
      index: indexOf({name: 'a', platform: ARM64}, {name: 'b', platform: ARM64}),
      choice: machine(AMD64),
      failure: {offered: ['linux/arm64']}
    },
    {name: 'nothing', index: indexOf(), choice: machine(AMD64), failure: {wanted: 'linux/amd64', offered: []}}
  ])('refuses an index with $name', async ({index, choice, failure}) => {
    await expect(() => chooseChildren(index, choice)).toFailWith('platform-missing', {...failure, object: 'manifest'})
  })

  it('has none where the best that runs has another architecture', async () => {
    // The name of the architecture keeps programs that compare it literally from taking the first.
    const index = indexOf({name: 'i386', platform: I386})
    await expect(() => chooseChildren(index, machine(AMD64))).toFailWith('platform-missing', {offered: ['linux/386']})
  })

  it.each([
    {
      name: 'containerd, which skips a feature that it does not know',
      index: indexOf({name: 'a', platform: {...AMD64, osFeatures: ['x']}}, {name: 'b', platform: AMD64}),
      programs: {containerd: 'b', docker: 'a', skopeo: 'a'}
    },
    {
      name: 'skopeo, which compares names as they are written',
      index: indexOf(
        {name: 'a', platform: AMD64, writtenPlatform: {os: 'linux', architecture: 'x86_64'}},
        {name: 'b', platform: AMD64}
      ),
      programs: {containerd: 'a', docker: 'a', skopeo: 'b'}
    }
  ])('refuses an index that $name, reads differently', async ({index, programs}) => {
    const takes = Object.entries(programs).map(([program, name]) => `${program} takes ${digestFor(name)}`)
    await expect(() => chooseChildren(index, machine(AMD64))).toFailWith('unusable', {
      object: 'manifest',
      detail: `programs disagree on which of its children is for linux/amd64: ${takes.join(', ')}`
    })
  })

  it('lets no child without a platform be taken by one program and another child by the next', async () => {
    const index = indexOf({name: 'empty', platform: NONE, hasEmptyPlatform: true}, {name: 'nested'})
    await expect(() => chooseChildren(index, machine(AMD64))).toFailWith('unusable')
  })
})

describe('attestationsOf', () => {
  it('has each attestation once, and nothing else', () => {
    const attestation = {name: 'sbom', platform: UNKNOWN, isAttestation: true}
    const index = indexOf({name: 'amd64', platform: AMD64}, attestation, attestation)
    expect(attestationsOf(index).map(({digest}) => digest)).toEqual([digestFor('sbom')])
  })
})

describe('checkConfigPlatform', () => {
  const named = (...platforms: readonly Platform[]): PlatformChoice => ({kind: 'named', platforms})
  const ARM_V6: Platform = {os: 'linux', architecture: 'arm', variant: 'v6'}
  const ARM_V7: Platform = {os: 'linux', architecture: 'arm', variant: 'v7'}

  it.each([
    {name: 'the same as the index says', described: AMD64, configured: AMD64, warning: undefined},
    {name: 'an older variant than the index says', described: ARM_V7, configured: ARM_V6, warning: undefined},
    {name: 'a newer variant than the index says', described: ARM_V6, configured: ARM_V7, warning: undefined},
    {
      name: 'another architecture than the index says',
      described: AMD64,
      configured: ARM64,
      warning: 'the index says linux/amd64, its config says linux/arm64'
    },
    {name: 'the machine’s, without an index', described: undefined, configured: AMD64, warning: undefined},
    {
      name: 'another than the machine’s, without an index',
      described: undefined,
      configured: ARM64,
      warning: 'the image is for linux/arm64, this machine is linux/amd64'
    }
  ])('warns of a config with $name: $warning', ({described, configured, warning}) => {
    expect(checkConfigPlatform(described, configured, machine(AMD64))).toBe(warning)
  })

  it('has nothing to compare with where all platforms are requested', () => {
    expect(checkConfigPlatform(undefined, ARM64, {kind: 'all'})).toBeUndefined()
  })

  it('refuses a config for another platform than one that is named', async () => {
    expect(checkConfigPlatform(undefined, AMD64, named(AMD64))).toBeUndefined()
    await expect(() => checkConfigPlatform(undefined, AMD64, named(AMD64, ARM64))).toFailWith('platform-missing', {
      wanted: 'linux/arm64',
      offered: ['linux/amd64'],
      object: 'config'
    })
  })
})
