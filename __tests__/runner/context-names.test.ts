// Names of build contexts: what no line can hold is a fault, what BuildKit does not take is left out, and two images never share one.

import {describe, expect, it} from '@jest/globals'
import {type ImageRequest, parseImageRequest} from '../../src/acquire/plan.ts'
import type {FilesFound} from '../../src/files/find-images.ts'
import {checkContextNames, faultsOfSharedNames} from '../../src/runner/context-names.ts'

const PLACE = {file: 'compose.yaml', line: 3}

function check(context: string): FilesFound {
  return checkContextNames({
    images: [{type: 'image', text: 'php:8', location: PLACE, runsOn: 'target', context}],
    skipped: [],
    faults: []
  })
}

describe('checkContextNames', () => {
  it.each(['base', 'php:8.3', 'docker.io/library/php', 'ghcr.io/acme/app:1'])('keeps %s', context => {
    expect(check(context)).toMatchObject({images: [{context}], skipped: [], faults: []})
  })

  it.each(['a=b', 'a\nb', 'a\r', 'a\u0000', 'a\u0085', 'a\u2028'])('refuses %j, and says where it is', context => {
    expect(check(context)).toEqual({
      images: [expect.not.objectContaining({context: expect.anything()})],
      skipped: [],
      faults: [expect.objectContaining({input: 'files', value: context, location: PLACE})]
    })
  })

  it.each(['Base', 'a b', 'a:b:c', ''])('leaves %j out, and says so', context => {
    expect(check(context)).toEqual({
      images: [expect.not.objectContaining({context: expect.anything()})],
      skipped: [expect.objectContaining({location: PLACE})],
      faults: []
    })
  })
})

function want(asked: string, contexts: readonly string[] = []): ImageRequest {
  const image = parseImageRequest(asked)
  if (!image.ok) throw new Error(image.reason)
  return {...image.value, contexts, locations: [PLACE]}
}

describe('faultsOfSharedNames', () => {
  it.each([
    {name: 'images and contexts of names of their own', images: [want('php:8', ['base']), want('node:20', ['other'])]},
    {
      name: 'an image that is named in several ways',
      images: [want('php'), want('php:latest'), want('docker.io/library/php')]
    },
    {name: 'a context with the name of its own image', images: [want('php:8', ['php:8', 'docker.io/library/php:8'])]}
  ])('finds nothing in $name', ({images}) => {
    expect(faultsOfSharedNames(images)).toEqual([])
  })

  it.each([
    {name: 'of another image', images: [want('php:8'), want('node:20', ['php:8'])]},
    {
      name: 'of another image, in another spelling',
      images: [want('php'), want('node:20', ['docker.io/library/php:latest'])]
    },
    {name: 'of the context of another image', images: [want('php:8', ['base']), want('node:20', ['base'])]}
  ])('finds a context with the name $name', ({images}) => {
    expect(faultsOfSharedNames(images)).toEqual([
      expect.objectContaining({
        input: 'files',
        location: PLACE,
        reason: expect.stringContaining('can only have one of them')
      })
    ])
  })
})
