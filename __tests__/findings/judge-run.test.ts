// Findings about the run: pull limits that are low, and lock entries without an image, each with its healthy twin.

import {describe, expect, it} from '@jest/globals'
import {judgeLimits, judgeLock, type RegistryUse} from '../../src/findings/judge-run.ts'

const USE: RegistryUse = {registry: 'docker.io', requests: 50, downloads: 10, partialImages: 0}

describe('judgeLimits', () => {
  it('finds a limit that does not last for three audits', () => {
    const [finding] = judgeLimits([{...USE, pullLimit: {remaining: 29, limit: 100}}])
    expect(finding).toMatchObject({
      registry: 'docker.io',
      severity: 'notice',
      facts: {kind: 'limit-low', remaining: 29, limit: 100, downloads: 10}
    })
  })

  it('finds nothing when the limit lasts, or the registry says none', () => {
    expect(judgeLimits([{...USE, pullLimit: {remaining: 30}}, USE])).toEqual([])
    expect(judgeLimits([{...USE, downloads: 0, pullLimit: {remaining: 0}}])).toEqual([])
  })

  it('finds a limit for which images were not checked as a whole', () => {
    const [finding] = judgeLimits([{...USE, downloads: 0, partialImages: 2, pullLimit: {remaining: 10}}])
    expect(finding?.facts).toMatchObject({kind: 'limit-low', partialImages: 2})
  })
})

describe('judgeLock', () => {
  it('finds entries that no image uses, at the line of the first', () => {
    expect(judgeLock('image-lock.json', ['docker.io/library/old:1'], 4)).toMatchObject([
      {severity: 'notice', facts: {kind: 'lock-unused'}, locations: [{file: 'image-lock.json', line: 4}]}
    ])
  })

  it('finds nothing when each entry is used', () => {
    expect(judgeLock('image-lock.json', [], 1)).toEqual([])
  })
})
