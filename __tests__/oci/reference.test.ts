// References as `docker pull` reads them, and why others are refused.

import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import {formatFamiliar, formatReference, parseReference} from '../../src/oci/reference.ts'

const DIGEST = `sha256:${'a'.repeat(64)}`

describe('parseReference', () => {
  it.each([
    {text: 'php', full: 'docker.io/library/php', familiar: 'php'},
    {text: 'php:8.3-cli', full: 'docker.io/library/php:8.3-cli', familiar: 'php:8.3-cli'},
    {text: 'docker.io/library/php:latest', full: 'docker.io/library/php:latest', familiar: 'php'},
    {text: 'index.docker.io/php:1', full: 'docker.io/library/php:1', familiar: 'php:1'},
    {
      text: 'mlocati/php-extension-installer:2.7.35',
      full: 'docker.io/mlocati/php-extension-installer:2.7.35',
      familiar: 'mlocati/php-extension-installer:2.7.35'
    },
    {text: 'registry-1.docker.io/php:1', full: 'registry-1.docker.io/php:1', familiar: 'registry-1.docker.io/php:1'},
    {text: 'localhost:5000', full: 'docker.io/library/localhost:5000', familiar: 'localhost:5000'},
    {text: 'localhost/a:1', full: 'localhost/a:1', familiar: 'localhost/a:1'},
    {text: '127.0.0.1:5000/a/b:1', full: '127.0.0.1:5000/a/b:1', familiar: '127.0.0.1:5000/a/b:1'},
    {text: '[::1]:5000/a:1', full: '[::1]:5000/a:1', familiar: '[::1]:5000/a:1'},
    {text: 'GHCR.io/a/b:1', full: 'ghcr.io/a/b:1', familiar: 'ghcr.io/a/b:1'},
    {text: `php:8@${DIGEST}`, full: `docker.io/library/php:8@${DIGEST}`, familiar: `php:8@${DIGEST}`},
    {
      text: `php@sha512:${'0'.repeat(128)}`,
      full: `docker.io/library/php@sha512:${'0'.repeat(128)}`,
      familiar: `php@sha512:${'0'.repeat(128)}`
    }
  ])('reads $text', ({text, full, familiar}) => {
    const parsed = parseReference(text)
    expect(parsed.ok && [formatReference(parsed.value), formatFamiliar(parsed.value)]).toEqual([full, familiar])
  })

  it.each([
    {name: 'nothing', text: '', why: 'it is empty'},
    {name: 'a space', text: 'a b', why: 'no spaces'},
    {name: 'a line end', text: 'php:1\nphp:2', why: 'no spaces'},
    {name: 'a capital', text: 'MyImage:1', why: 'lower case'},
    {name: 'a scheme', text: 'https://ghcr.io/a', why: 'no scheme'},
    {name: 'a short digest', text: 'php@sha256:abc', why: '64 hexadecimal digits'},
    {name: 'a digest in capitals', text: `php@sha256:${'A'.repeat(64)}`, why: 'lower case'},
    {name: 'an unknown algorithm', text: `php@md5:${'a'.repeat(32)}`, why: 'sha256 or sha512'},
    {name: 'an image id', text: 'a'.repeat(64), why: 'image id'},
    {name: 'no repository', text: 'ghcr.io/', why: 'missing'},
    {name: 'dots in a row', text: 'a..b', why: 'single'},
    {name: 'a tag that starts with a dot', text: 'php:.1', why: 'a tag has'},
    {name: 'a long repository', text: 'a'.repeat(256), why: 'at most 255'}
  ])('refuses $name and says why', ({text, why}) => {
    expect(parseReference(text)).toEqual({ok: false, why: expect.stringContaining(why)})
  })

  it('answers for any text, and reads its own form back', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        const parsed = parseReference(text)
        if (parsed.ok) expect(parseReference(formatReference(parsed.value))).toEqual(parsed)
        else expect(parsed.why).not.toBe('')
      })
    )
  })
})
