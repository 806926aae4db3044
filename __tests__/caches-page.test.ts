// docs/caches.md quotes and links the files of examples/caches, which the tests run.

import {globSync, readFileSync} from 'node:fs'
import {describe, expect, it} from '@jest/globals'
import {marked, type Tokens} from 'marked'

const PAGE = readFileSync('docs/caches.md', 'utf8')
const FILES = globSync('examples/caches/**/*.{yml,cfg,json,toml}').sort()

describe('docs/caches.md', () => {
  it.each(FILES)('links %s', path => {
    expect(PAGE).toContain(`](../${path})`)
  })

  it('quotes the files of mirrors as they are', () => {
    const quoted = marked
      .lexer(PAGE)
      .filter((token): token is Tokens.Code => token.type === 'code' && token['lang'] === 'toml')
      .map(({text}) => text)
    expect(quoted).toEqual(
      ['spegel/certs.d/_default', 'dragonfly/certs.d/docker.io'].map(folder =>
        readFileSync(`examples/caches/${folder}/hosts.toml`, 'utf8').trimEnd()
      )
    )
  })
})
