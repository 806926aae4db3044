// Which keys of a Docker config are for a repository, and in which order.

import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import {hostKeysFor, keysFor} from '../../src/credentials/config-key.ts'

const APP = {registry: 'r.test', path: 'acme/tools/app'}
const HUB = {registry: 'docker.io', path: 'acme/tools/app'}
const OFFICIAL = {registry: 'docker.io', path: 'library/php'}

describe('keysFor', () => {
  it.each([
    {
      name: 'the longest path first, then the host',
      repository: APP,
      keys: ['r.test', 'r.test/acme', 'r.test/acme/tools'],
      found: ['r.test/acme/tools', 'r.test/acme', 'r.test']
    },
    {name: 'the repository itself', repository: APP, keys: ['r.test/acme/tools/app'], found: ['r.test/acme/tools/app']},
    {
      name: 'a path with a scheme and a final slash',
      repository: APP,
      keys: ['https://r.test/acme/'],
      found: ['https://r.test/acme/']
    },
    {
      name: 'the plain host before one with a scheme',
      repository: APP,
      keys: ['https://r.test', 'r.test'],
      found: ['r.test', 'https://r.test']
    },
    {
      name: 'paths of an API as the host',
      repository: APP,
      keys: ['https://r.test/v1/', 'r.test/v2', 'r.test/'],
      found: ['https://r.test/v1/', 'r.test/v2', 'r.test/']
    },
    {
      name: 'a host in any case',
      repository: APP,
      keys: ['R.TEST/acme', 'HTTPS://R.test/v2/'],
      found: ['R.TEST/acme', 'HTTPS://R.test/v2/']
    },
    {
      name: 'no other path',
      repository: APP,
      keys: [
        'r.test/other',
        'r.test/acme/too',
        'r.test/acme/tools/app2',
        'r.test/acme/tools/app/sub',
        'https://r.test/other'
      ],
      found: []
    },
    {
      name: 'no other host',
      repository: APP,
      keys: ['evil-r.test', 'r.test.evil.test', 'evil.test/r.test', 'r.test:443'],
      found: []
    },
    {
      name: "Docker Hub's own key first",
      repository: HUB,
      keys: ['docker.io', 'index.docker.io', 'https://index.docker.io/v1/'],
      found: ['https://index.docker.io/v1/', 'docker.io', 'index.docker.io']
    },
    {
      name: 'a path at Docker Hub before all',
      repository: HUB,
      keys: ['https://index.docker.io/v1/', 'docker.io/acme'],
      found: ['docker.io/acme', 'https://index.docker.io/v1/']
    },
    {
      name: 'no key of a web login',
      repository: HUB,
      keys: ['https://index.docker.io/v1/access-token', 'https://index.docker.io/v1/refresh-token'],
      found: []
    },
    {
      name: 'no user for an official image',
      repository: OFFICIAL,
      keys: ['docker.io/php', 'docker.io/library/ph'],
      found: []
    },
    {
      name: 'library for an official image',
      repository: OFFICIAL,
      keys: ['docker.io/library'],
      found: ['docker.io/library']
    }
  ])('finds $name', ({repository, keys, found}) => {
    expect(keysFor(keys, repository)).toEqual(found)
  })

  it('finds keys of the list only, each once', () => {
    const piece = fc.constantFrom('r.test', 'acme', 'tools', 'app', '/', 'https://', 'v1', 'v2', '', ':', 'docker.io')
    const key = fc.array(piece, {maxLength: 6}).map(pieces => pieces.join(''))
    fc.assert(
      fc.property(fc.uniqueArray(key), keys => {
        for (const repository of [APP, HUB, OFFICIAL]) {
          const found = keysFor(keys, repository)
          expect(keys).toEqual(expect.arrayContaining([...found]))
        }
      })
    )
  })
})

describe('hostKeysFor', () => {
  it('finds no key with a path', () => {
    expect(hostKeysFor(['r.test/acme', 'r.test/v2/', 'r.test'], 'r.test')).toEqual(['r.test', 'r.test/v2/'])
  })
})
