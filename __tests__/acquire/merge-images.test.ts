// From what files and the input `image` name to what is wanted.

import {describe, expect, it} from '@jest/globals'
import {parseImageRequest} from '../../src/acquire/plan.ts'
import {mergeFileImages} from '../../src/acquire/merge-images.ts'

const RUN = {kind: 'machine', platform: {os: 'linux', architecture: 'amd64'}} as const

function wanted(asked: string, text: string, context: string): ReturnType<typeof mergeFileImages> {
  const image = parseImageRequest(asked)
  if (!image.ok) throw new Error(image.reason)
  const location = {file: 'compose.yaml', line: 5}
  return mergeFileImages([image.value], [{type: 'image', text, location, platform: 'target', context}], RUN)
}

describe('wantFromFiles', () => {
  it('refuses a context that has the name of another image in image: build-contexts would have two lines for it', () => {
    expect(wanted('php:8.3', 'evil:1', 'docker.io/library/php:8.3').faults).toMatchObject([
      {input: 'files', value: 'docker.io/library/php:8.3', location: {file: 'compose.yaml', line: 5}}
    ])
  })

  it.each([
    ['php:8.3', 'evil:1', 'base'],
    ['php:8.3', 'docker.io/library/php:8.3', 'php:8.3'],
    ['php:8.3', 'evil:1', 'Not-a-Reference']
  ])('takes %s beside %s as %s', (asked, text, context) => {
    expect(wanted(asked, text, context).faults).toEqual([])
  })
})
