// References as `docker pull` reads them, and why others are refused.

import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import {digestOf} from '../../src/oci/digest.ts'
import {
  asWritten,
  endpointOf,
  formatFamiliar,
  formatPulled,
  formatReference,
  formatRepository,
  parseReference,
  parseRegistry,
  parseRepository
} from '../../src/oci/reference.ts'

const DIGEST = `sha256:${'a'.repeat(64)}`
const SHA512 = `sha512:${'0'.repeat(128)}`

describe('parseReference', () => {
  it.each([
    {text: 'php', full: 'docker.io/library/php', familiar: 'php'},
    {text: 'php:8.3-cli', full: 'docker.io/library/php:8.3-cli', familiar: 'php:8.3-cli'},
    {text: 'php:latest', full: 'docker.io/library/php:latest', familiar: 'php'},
    {text: 'docker.io/library/php:latest', full: 'docker.io/library/php:latest', familiar: 'php'},
    {text: 'library/php:8', full: 'docker.io/library/php:8', familiar: 'php:8'},
    {text: 'docker.io/php:8', full: 'docker.io/library/php:8', familiar: 'php:8'},
    {text: 'index.docker.io/php:1', full: 'docker.io/library/php:1', familiar: 'php:1'},
    {text: 'index.docker.io/a/b:1', full: 'docker.io/a/b:1', familiar: 'a/b:1'},
    {text: 'library/a/b:1', full: 'docker.io/library/a/b:1', familiar: 'library/a/b:1'},
    {
      text: 'mlocati/php-extension-installer:2.7.35',
      full: 'docker.io/mlocati/php-extension-installer:2.7.35',
      familiar: 'mlocati/php-extension-installer:2.7.35'
    },
    {text: 'registry-1.docker.io/php:1', full: 'registry-1.docker.io/php:1', familiar: 'registry-1.docker.io/php:1'},
    {text: 'evildocker.io/php:1', full: 'evildocker.io/php:1', familiar: 'evildocker.io/php:1'},
    {text: 'example.com', full: 'docker.io/library/example.com', familiar: 'example.com'},
    {text: 'localhost', full: 'docker.io/library/localhost', familiar: 'localhost'},
    {text: 'localhost:5000', full: 'docker.io/library/localhost:5000', familiar: 'localhost:5000'},
    {text: 'localhost/a:1', full: 'localhost/a:1', familiar: 'localhost/a:1'},
    {text: 'localhost:5000/a', full: 'localhost:5000/a', familiar: 'localhost:5000/a'},
    {text: '127.0.0.1:5000/a/b:1', full: '127.0.0.1:5000/a/b:1', familiar: '127.0.0.1:5000/a/b:1'},
    {text: '[::1]:5000/a/b:1', full: '[::1]:5000/a/b:1', familiar: '[::1]:5000/a/b:1'},
    {text: '[2001:DB8::1]/a:1', full: '[2001:db8::1]/a:1', familiar: '[2001:db8::1]/a:1'},
    {text: 'GHCR.io/a/b:1', full: 'ghcr.io/a/b:1', familiar: 'ghcr.io/a/b:1'},
    {text: 'Docker.IO/php:1', full: 'docker.io/library/php:1', familiar: 'php:1'},
    {text: 'LOCALHOST/a:1', full: 'localhost/a:1', familiar: 'localhost/a:1'},
    {text: 'FOO/a:1', full: 'FOO/a:1', familiar: 'FOO/a:1'},
    {text: 'a__b/c--d/e.f_g:1', full: 'docker.io/a__b/c--d/e.f_g:1', familiar: 'a__b/c--d/e.f_g:1'},
    {text: 'a---b:1', full: 'docker.io/library/a---b:1', familiar: 'a---b:1'},
    {text: 'php:_1', full: 'docker.io/library/php:_1', familiar: 'php:_1'},
    {text: 'php:V1.0-RC_1', full: 'docker.io/library/php:V1.0-RC_1', familiar: 'php:V1.0-RC_1'},
    {text: `php@${DIGEST}`, full: `docker.io/library/php@${DIGEST}`, familiar: `php@${DIGEST}`},
    {text: `php:8@${DIGEST}`, full: `docker.io/library/php:8@${DIGEST}`, familiar: `php:8@${DIGEST}`},
    {text: `php:latest@${DIGEST}`, full: `docker.io/library/php:latest@${DIGEST}`, familiar: `php:latest@${DIGEST}`},
    {text: `php@${SHA512}`, full: `docker.io/library/php@${SHA512}`, familiar: `php@${SHA512}`},
    {text: `${'a'.repeat(63)}:1`, full: `docker.io/library/${'a'.repeat(63)}:1`, familiar: `${'a'.repeat(63)}:1`},
    {
      text: `ghcr.io/${'a'.repeat(255)}:${'t'.repeat(128)}`,
      full: `ghcr.io/${'a'.repeat(255)}:${'t'.repeat(128)}`,
      familiar: `ghcr.io/${'a'.repeat(255)}:${'t'.repeat(128)}`
    }
  ])('reads $text', ({text, full, familiar}) => {
    const parsed = parseReference(text)
    expect(parsed.ok && [formatReference(parsed.value), formatFamiliar(parsed.value)]).toEqual([full, familiar])
  })

  it.each([
    {name: 'nothing', text: '', why: 'it is empty'},
    {name: 'a space', text: 'a b', why: 'contain spaces'},
    {name: 'a space before it', text: ' php:1', why: 'contain spaces'},
    {name: 'a line end', text: 'php:1\nphp:2', why: 'contain spaces'},
    {name: 'a line end behind it', text: 'php:1\n', why: 'contain spaces'},
    {name: 'a capital', text: 'MyImage:1', why: 'lower case'},
    {name: 'a capital in the repository of a registry', text: 'ghcr.io/Owner/image:1', why: 'lower case'},
    {name: 'a scheme', text: 'https://ghcr.io/a', why: 'start with a scheme'},
    {name: 'another scheme', text: 'docker://php:1', why: 'start with a scheme'},
    {name: 'a scheme in capitals', text: 'HTTPS://ghcr.io/a', why: 'start with a scheme'},
    {name: 'a short digest alone', text: '@sha256:abc', why: '64 hexadecimal digits'},
    {name: 'a tag alone that is none', text: ':-1', why: 'a tag has'},
    {name: 'a host with a colon behind it', text: 'localhost:/a', why: 'not a host name'},
    {name: 'a tag in the middle', text: 'ghcr.io/a:1/b', why: 'lower-case letters'},
    {name: 'a short digest', text: 'php@sha256:abc', why: '64 hexadecimal digits'},
    {name: 'a digest in capitals', text: `php@sha256:${'A'.repeat(64)}`, why: 'lower case'},
    {name: 'an unknown algorithm', text: `php@md5:${'a'.repeat(32)}`, why: 'sha256 or sha512'},
    {name: 'a digest that is a path', text: 'php@sha256:../../etc/passwd', why: '64 hexadecimal digits'},
    {name: 'two digests', text: `php@${DIGEST}@${DIGEST}`, why: '64 hexadecimal digits'},
    {name: 'a tag behind the digest', text: `php@${DIGEST}:1`, why: '64 hexadecimal digits'},
    {name: 'an empty digest', text: 'php@', why: 'algorithm:hex'},
    {name: 'a digest alone', text: `@${DIGEST}`, why: 'the repository is missing'},
    {name: 'an image id', text: 'a'.repeat(64), why: 'image id'},
    {name: 'no repository', text: 'ghcr.io/', why: 'missing'},
    {name: 'no repository before the tag', text: 'ghcr.io/:1', why: 'missing'},
    {name: 'a tag alone', text: ':1', why: 'missing'},
    {name: 'dots in a row', text: 'a..b', why: 'single'},
    {name: 'three underscores', text: 'a___b', why: 'single'},
    {name: 'a dot and a dash', text: 'a.-b', why: 'single'},
    {name: 'a dot at the end', text: 'ghcr.io/a./b', why: 'single'},
    {name: 'a path that goes up', text: 'ghcr.io/../a', why: 'single'},
    {name: 'a slash before it', text: '/a', why: 'single'},
    {name: 'two slashes', text: 'ghcr.io//a', why: 'single'},
    {name: 'a slash behind it', text: 'a/b/', why: 'single'},
    {name: 'an escape', text: 'ghcr.io/a%2fb', why: 'single'},
    {name: 'a letter that is not ASCII', text: 'phpé:1', why: 'single'},
    {name: 'an empty tag', text: 'php:', why: 'a tag has'},
    {name: 'a tag that starts with a dot', text: 'php:.1', why: 'a tag has'},
    {name: 'a tag that starts with a dash', text: 'php:-1', why: 'a tag has'},
    {name: 'two tags', text: 'php:1:2', why: 'a tag has'},
    {name: 'a letter in the tag that is not ASCII', text: 'php:é', why: 'a tag has'},
    {name: 'a long tag', text: `php:${'t'.repeat(129)}`, why: 'up to 128'},
    {name: 'a long repository', text: 'a'.repeat(256), why: 'at most 255'},
    {name: 'a repository that library/ makes too long', text: 'a'.repeat(248), why: 'at most 255'},
    {name: 'a host with an underscore', text: 'a_b.com/c:1', why: 'not a host name'},
    {name: 'a host that starts with a dash', text: '-a.com/c:1', why: 'not a host name'},
    {name: 'a host with a dot behind it', text: 'ghcr.io./a:1', why: 'not a host name'},
    {name: 'a user before the host', text: 'user:password@ghcr.io/a:1', why: 'sha256 or sha512'},
    {name: 'a port that is a word', text: 'localhost:http/a:1', why: 'not a host name'},
    {name: 'a port that is none', text: 'localhost:65536/a:1', why: 'not a host name'},
    {name: 'an address with five parts', text: '1.2.3.4.5/a:1', why: 'not a host name'},
    {name: 'an address with too large a part', text: '256.1.1.1/a:1', why: 'not a host name'},
    {name: 'too many colons in an address', text: '[::::]:5000/a:1', why: 'not a host name'},
    {name: 'an address with a zone', text: '[fe80::1%25eth0]/a:1', why: 'not a host name'},
    {name: 'an address without brackets', text: '::1/a:1', why: 'not a host name'}
  ])('refuses $name and says why', ({text, why}) => {
    expect(parseReference(text)).toEqual({ok: false, reason: expect.stringContaining(why)})
  })

  const parts = fc.constantFrom(
    ...['a', 'FOO', 'library', 'docker.io', 'index.docker.io', 'localhost', '127.0.0.1', '[::1]', '1.2.3.4.5'],
    ...['/', ':', '@', '.', '..', '-', '_', '__', '5000', '99999', 'latest', DIGEST, SHA512, 'sha256:', ' ', '\n', 'É']
  )
  const texts = fc.oneof(
    fc.string(),
    fc.string({unit: 'binary'}),
    fc.array(parts, {maxLength: 12}).map(found => found.join(''))
  )

  it('answers for any text, and reads its own forms back', () => {
    fc.assert(
      fc.property(texts, text => {
        const parsed = parseReference(text)
        if (!parsed.ok) {
          expect(parsed.reason).not.toBe('')
          return
        }
        // A form has the registry in lower case.
        const value = {...parsed.value, writtenRegistry: undefined}
        expect(parseReference(formatReference(parsed.value))).toEqual({ok: true, value})
        expect(URL.canParse(`https://${endpointOf(parsed.value.registry)}/v2/${parsed.value.path}/`)).toBe(true)
      }),
      {numRuns: 2000}
    )
  })

  it('answers soon for long texts', () => {
    for (const piece of ['a', '-', '_', '.', 'a.', 'a-', '/', ':', '@', '[', 'A', 'a_', 'a__']) {
      expect(parseReference(piece.repeat(100_000)).ok).toBe(false)
      expect(parseReference(`a.b/${piece.repeat(100_000)}`).ok).toBe(false)
    }
  })
})

describe('parseReference', () => {
  it('has no tag and no digest where none is written', () => {
    expect(parseReference('ghcr.io/a')).toStrictEqual({ok: true, value: {registry: 'ghcr.io', path: 'a'}})
    expect(parseReference('ghcr.io/a:1')).toStrictEqual({ok: true, value: {registry: 'ghcr.io', path: 'a', tag: '1'}})
    expect(parseReference(`ghcr.io/a@${DIGEST}`)).toStrictEqual({
      ok: true,
      value: {registry: 'ghcr.io', path: 'a', digest: DIGEST}
    })
  })
})

describe('formatFamiliar', () => {
  it('keeps an owner whose name only ends like library', () => {
    const parsed = parseReference('mylibrary/a:1')
    expect(parsed.ok && formatFamiliar(parsed.value)).toBe('mylibrary/a:1')
  })

  it('is a name that means the same image, for names without a registry of their own', () => {
    const components = fc.stringMatching(/^[a-z0-9]{1,8}(?:[._-][a-z0-9]{1,8})?$/)
    const names = fc.array(components, {minLength: 1, maxLength: 3}).map(found => `docker.io/${found.join('/')}:1`)
    fc.assert(
      fc.property(names, name => {
        const parsed = parseReference(name)
        if (!parsed.ok) throw new Error(parsed.reason)
        const familiar = formatFamiliar(parsed.value)
        // What looks like a registry once docker.io/ is gone is a trap of the grammar, and Docker's own.
        fc.pre(!/^(?:localhost|[^/]*\.[^/]*)\//.test(familiar))
        expect(parseReference(familiar)).toEqual(parsed)
      })
    )
  })
})

describe('parseRepository', () => {
  it.each([
    {name: 'php', full: 'docker.io/library/php'},
    {name: 'ghcr.io/a/b', full: 'ghcr.io/a/b'},
    {name: 'index.docker.io/a/b', full: 'docker.io/a/b'}
  ])('reads $name', ({name, full}) => {
    const parsed = parseRepository(name)
    expect(parsed.ok && formatRepository(parsed.value)).toBe(full)
  })

  it.each([
    {name: 'a tag', text: 'ghcr.io/a:1', why: 'lower-case letters'},
    {name: 'a digest', text: `ghcr.io/a@${DIGEST}`, why: 'lower-case letters'}
  ])('takes no $name', ({text, why}) => {
    expect(parseRepository(text)).toEqual({ok: false, reason: expect.stringContaining(why)})
  })
})

describe('parseRegistry', () => {
  it.each([
    {text: 'ghcr.io', registry: 'ghcr.io'},
    {text: 'GHCR.IO:443', registry: 'ghcr.io:443'},
    {text: 'index.docker.io', registry: 'docker.io'},
    {text: 'registry-1.docker.io', registry: 'registry-1.docker.io'},
    {text: '[::1]:5000', registry: '[::1]:5000'},
    {text: 'localhost', registry: 'localhost'}
  ])('reads $text', ({text, registry}) => {
    expect(parseRegistry(text)).toEqual({ok: true, value: registry})
  })

  it.each([
    {name: 'nothing', text: ''},
    {name: 'a scheme', text: 'http://localhost:5000'},
    {name: 'a path', text: 'ghcr.io/a'},
    {name: 'a port without a host', text: ':5000'},
    {name: 'a port that is none', text: 'ghcr.io:99999'},
    {name: 'a wildcard', text: '*.example.com'},
    {name: 'a line end', text: 'ghcr.io\n'}
  ])('refuses $name', ({text}) => {
    expect(parseRegistry(text)).toEqual({ok: false, reason: expect.stringContaining('host name')})
  })
})

describe('endpointOf', () => {
  it.each([
    {registry: 'docker.io', endpoint: 'registry-1.docker.io'},
    {registry: 'ghcr.io', endpoint: 'ghcr.io'},
    {registry: 'mydocker.io', endpoint: 'mydocker.io'}
  ])('of $registry is $endpoint', ({registry, endpoint}) => {
    expect(endpointOf(registry)).toBe(endpoint)
  })
})

describe('capitals of a registry', () => {
  it.each([
    {text: 'GHCR.io/a/b:1', registry: 'ghcr.io', written: 'GHCR.io/a/b:1'},
    {text: 'ghcr.io/a/b:1', registry: 'ghcr.io', written: 'ghcr.io/a/b:1'},
    {text: 'FOO/a', registry: 'FOO', written: 'FOO/a'},
    {text: 'a/b', registry: 'docker.io', written: 'a/b'},
    {text: 'index.docker.io/a/b', registry: 'docker.io', written: 'a/b'}
  ])('are not compared, and kept for builders: $text', ({text, registry, written}) => {
    const reference = parseReference(text)
    if (!reference.ok) throw new Error(reference.reason)
    expect(reference.value.registry).toBe(registry)
    expect(formatFamiliar(asWritten(reference.value))).toBe(written)
  })

  it('are kept in a reference by digest at the same registry only', () => {
    const requested = parseReference('GHCR.io/a/b:1')
    if (!requested.ok) throw new Error(requested.reason)
    const digest = digestOf(Buffer.from('x'))
    expect(formatPulled({registry: 'ghcr.io', path: 'a/b'}, digest, requested.value)).toBe(`GHCR.io/a/b@${digest}`)
    expect(formatPulled({registry: 'quay.io', path: 'a/b'}, digest, requested.value)).toBe(`quay.io/a/b@${digest}`)
  })
})
