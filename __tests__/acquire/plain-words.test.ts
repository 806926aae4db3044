// The first sentence that somebody with a red build reads.

import {describe, expect, it} from '@jest/globals'
import {sayImage} from '../../src/acquire/plain-words.ts'
import type {ImageFacts} from '../../src/acquire/report.ts'
import {digestBytes} from '../support/images.ts'

const LOST: ImageFacts = {
  image: 'acme/app:1.2.3',
  name: 'docker.io/acme/app:1.2.3',
  outcome: 'failed',
  platforms: [],
  elapsedMs: 10,
  registries: [
    {
      ...{registry: 'docker.io', repository: 'acme/app', role: 'primary', outcome: 'failed', did: '', attempts: []},
      failure: {kind: 'not-found', status: 404, detail: '', message: 'not there'}
    }
  ]
}

const digest = digestBytes(Buffer.from('x'))

describe('sayImage', () => {
  it('says of an image that nobody has that no registry could serve it, and why', () => {
    expect(sayImage(LOST, name => name)).toBe(
      'No registry could serve acme/app:1.2.3: docker.io does not have it. Nothing that was not verified is handed on, so the step fails.'
    )
  })

  it('does not blame a registry when load or layout could not be done with what was verified', () => {
    const unplaced: ImageFacts = {
      ...LOST,
      registries: [],
      platforms: [{...{digest, mediaType: '', imageId: digest, layers: [], notes: []}, verified: 'full', size: 10}]
    }
    expect(sayImage(unplaced, name => name)).toBe(
      'acme/app:1.2.3 was verified, but is not handed on: what load and layout promise is done for all images or for none.'
    )
  })
})
