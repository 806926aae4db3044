// Merging the images of the `image` and `files` inputs: one request per image, and no name that means two images.

import {describe, expect, it} from '@jest/globals'
import {mergeFileImages, type MergedImages} from '../../src/acquire/merge-images.ts'
import {type ImageRequest, parseImageRequest} from '../../src/acquire/plan.ts'
import type {ImageEntry} from '../../src/files/language/file-entry.ts'
import type {PlatformChoice} from '../../src/oci/platform.ts'

const AMD64 = {os: 'linux', architecture: 'amd64'}
const ARM64 = {os: 'linux', architecture: 'arm64'}
const S390X = {os: 'linux', architecture: 's390x'}
const HOST: PlatformChoice = {kind: 'machine', platform: AMD64}

function request(input: string): ImageRequest {
  const image = parseImageRequest(input)
  if (!image.ok) throw new Error(image.reason)
  return image.value
}

function entry(text: string, more: Partial<ImageEntry> = {}): ImageEntry {
  return {type: 'image', text, location: {file: 'compose.yaml', line: 5}, platform: 'target', ...more}
}

function merge(requested: readonly string[], found: readonly ImageEntry[], platforms = HOST): MergedImages {
  return mergeFileImages(requested.map(request), found, platforms)
}

describe('mergeFileImages', () => {
  it('returns one request for all spellings of an image, with every location once', () => {
    const found = [
      entry('php:8.3'),
      entry('docker.io/library/php:8.3', {location: {file: 'Dockerfile', line: 1}}),
      entry('php:8.3', {location: {file: 'compose.yaml', line: 9}}),
      entry('php:8.3', {location: {file: 'Dockerfile', line: 5}}),
      entry('php:8.3')
    ]
    const {images} = merge([], found)
    expect(images).toMatchObject([
      {
        input: 'php:8.3',
        locations: [
          {file: 'compose.yaml', line: 5},
          {file: 'Dockerfile', line: 1},
          {file: 'compose.yaml', line: 9},
          {file: 'Dockerfile', line: 5}
        ],
        shadowsStage: false
      }
    ])
    expect(images[0]).not.toHaveProperty('contexts')
  })

  it('adds what files say of an image to its request in the `image` input', () => {
    const found = [entry('docker.io/library/php:8.3', {platform: ARM64, context: 'base'})]
    expect(merge(['php:8.3'], found).images).toMatchObject([
      {
        input: 'php:8.3',
        locations: [{file: 'compose.yaml', line: 5}],
        contexts: ['base'],
        // The input wants the platforms of the run.
        platforms: {kind: 'named', platforms: [AMD64, ARM64]}
      }
    ])
  })

  it('returns the images of the `image` input first', () => {
    expect(merge(['node:22'], [entry('php:8.3'), entry('node:22')]).images.map(({input}) => input)).toEqual([
      'node:22',
      'php:8.3'
    ])
  })

  it.each([
    {name: 'its own platform', uses: [ARM64], run: HOST, platforms: {kind: 'named', platforms: [ARM64]}},
    {
      name: 'the platforms of the run and its own',
      uses: ['target', ARM64, ARM64] as const,
      run: HOST,
      platforms: {kind: 'named', platforms: [AMD64, ARM64]}
    },
    {
      name: 'several platforms of the run and its own, in order',
      uses: [ARM64, S390X, 'target'] as const,
      run: {kind: 'named', platforms: [AMD64, S390X]} as const,
      platforms: {kind: 'named', platforms: [AMD64, S390X, ARM64]}
    },
    {
      name: 'its own platforms, in the order of the files',
      uses: [ARM64, S390X],
      run: HOST,
      platforms: {kind: 'named', platforms: [ARM64, S390X]}
    },
    {name: 'the platforms of the run', uses: ['target'] as const, run: HOST, platforms: undefined},
    {
      name: 'all platforms, which include its own',
      uses: ['target', ARM64] as const,
      run: {kind: 'all'} as const,
      platforms: undefined
    }
  ])('verifies an image for $name', ({uses, run, platforms}) => {
    const found = uses.map(platform => entry('php:8.3', {platform}))
    expect(merge([], found, run).images[0]?.platforms).toEqual(platforms)
  })

  it('reports references that are not valid in the order of the files', () => {
    const {faults} = merge([], [entry('Nginx:1'), entry('Redis:7')])
    expect(faults.map(({value}) => value)).toEqual(['Nginx:1', 'Redis:7'])
  })

  it('reports a reference that is not valid, with its location', () => {
    expect(merge([], [entry('Nginx:1.27')])).toMatchObject({
      images: [],
      faults: [{input: 'files', value: 'Nginx:1.27', location: {file: 'compose.yaml', line: 5}}]
    })
  })

  it.each([
    {name: 'names of their own', requested: [], found: [entry('php:8', {context: 'base'}), entry('node:20')]},
    {name: 'several spellings of one image', requested: ['php', 'docker.io/library/php'], found: [entry('php:latest')]},
    {
      name: 'the name of its own image',
      requested: ['php:8'],
      found: [entry('php:8', {context: 'docker.io/library/php:8'})]
    },
    {
      name: 'a name that is not a reference',
      requested: ['php:8'],
      found: [entry('node:20', {context: 'Not-a-Reference'})]
    },
    {
      name: 'the name of an image that shadows a stage',
      requested: [],
      found: [entry('php:8', {shadowsStage: true}), entry('node:20', {context: 'php:8'})]
    }
  ])('accepts build contexts with $name', ({requested, found}) => {
    expect(merge(requested, found).faults).toEqual([])
  })

  it.each([
    {name: 'another image', requested: ['php:8'], found: [entry('evil:1', {context: 'php:8'})]},
    {
      name: 'another image in another spelling',
      requested: ['php'],
      found: [entry('evil:1', {context: 'docker.io/library/php:latest'})]
    },
    {
      name: 'the build context of another image',
      requested: [],
      found: [entry('php:8', {context: 'base'}), entry('node:20', {context: 'base'})]
    }
  ])('reports a build context with the name of $name once', ({requested, found}) => {
    expect(merge(requested, found).faults).toEqual([
      expect.objectContaining({
        input: 'files',
        location: {file: 'compose.yaml', line: 5},
        reason: expect.stringContaining('rename the build context')
      })
    ])
  })
})
