// Digests: what the specification allows, and what would be a path, a lie or a surprise.

import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import {algorithmOf, createDigester, digestOf, parseDigest} from '../../src/oci/digest.ts'

const HEX = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
const NOTHING_512 =
  'sha512:cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e'

describe('parseDigest', () => {
  it.each([
    {name: 'sha256', text: `sha256:${HEX}`},
    {name: 'sha512', text: NOTHING_512}
  ])('takes $name', ({text}) => {
    expect(parseDigest(text)).toEqual({ok: true, value: text})
  })

  it.each([
    {name: 'nothing', text: '', why: 'algorithm:hex'},
    {name: 'digits without an algorithm', text: HEX, why: 'algorithm:hex'},
    {name: 'an algorithm without digits', text: 'sha256:', why: '64 hexadecimal digits, not 0'},
    {name: 'an algorithm alone', text: 'sha256', why: 'algorithm:hex'},
    {name: 'an empty algorithm', text: `:${HEX}`, why: 'sha256 or sha512'},
    {name: 'md5', text: 'md5:d41d8cd98f00b204e9800998ecf8427e', why: 'sha256 or sha512'},
    {name: 'sha384', text: `sha384:${'0'.repeat(96)}`, why: 'sha256 or sha512'},
    {name: 'blake3, which cannot be computed here', text: `blake3:${HEX}`, why: 'sha256 or sha512'},
    {name: 'an algorithm in capitals', text: `SHA256:${HEX}`, why: 'sha256 or sha512'},
    {name: 'the name of a property that all objects have', text: `constructor:${HEX}`, why: 'sha256 or sha512'},
    {name: 'digits in capitals', text: `sha256:${HEX.toUpperCase()}`, why: 'lower case'},
    {name: 'one digit in capitals', text: `sha256:E${HEX.slice(1)}`, why: 'lower case'},
    {name: 'a digit too few', text: `sha256:${HEX.slice(1)}`, why: '64 hexadecimal digits, not 63'},
    {name: 'a digit too many', text: `sha256:${HEX}0`, why: '64 hexadecimal digits, not 65'},
    {name: 'sha512 with the digits of sha256', text: `sha512:${HEX}`, why: '128 hexadecimal digits, not 64'},
    {name: 'a path', text: 'sha256:../../etc/passwd', why: '64 hexadecimal digits'},
    {name: 'a path of the right length', text: `sha256:${'../'.repeat(20)}etc/`, why: '0-9 and a-f'},
    {name: 'a letter behind f', text: `sha256:${HEX.slice(1)}g`, why: '0-9 and a-f'},
    {name: 'a line end behind it', text: `sha256:${HEX}\n`, why: '64 hexadecimal digits, not 65'},
    {name: 'a line end as its last digit', text: `sha256:${HEX.slice(1)}\n`, why: '0-9 and a-f'},
    {name: 'a space before it', text: ` sha256:${HEX}`, why: 'sha256 or sha512'},
    {name: 'a second colon', text: `sha256:sha256:${HEX.slice(7)}`, why: '0-9 and a-f'},
    {name: 'digits that are not ASCII', text: `sha256:${'٣'.repeat(64)}`, why: '0-9 and a-f'}
  ])('refuses $name and says why', ({text, why}) => {
    expect(parseDigest(text)).toEqual({ok: false, reason: expect.stringContaining(why)})
  })

  it('answers for any text, and what it takes is safe in a path and a URL', () => {
    const prefixes = fc.constantFrom('', 'sha256:', 'sha512:', 'sha384:')
    const bodies = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[0-9a-f]{64}$/),
      fc.stringMatching(/^[0-9a-fA-F]{128}$/),
      fc.stringMatching(/^[0-9a-g./]{64}$/)
    )
    fc.assert(
      fc.property(prefixes, bodies, (prefix, body) => {
        const parsed = parseDigest(prefix + body)
        if (parsed.ok) expect(parsed.value).toMatch(/^sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})$/)
        else expect(parsed.reason).not.toBe('')
      })
    )
  })
})

describe('digestOf', () => {
  it.each([
    {name: 'no bytes', bytes: '', algorithm: 'sha256', digest: `sha256:${HEX}`},
    {name: 'no bytes', bytes: '', algorithm: 'sha512', digest: NOTHING_512},
    {
      name: 'the empty descriptor',
      bytes: '{}',
      algorithm: 'sha256',
      digest: 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a'
    }
  ] as const)('of $name with $algorithm is what the specification says', ({bytes, algorithm, digest}) => {
    expect(digestOf(Buffer.from(bytes), algorithm)).toBe(digest)
  })

  it('can be parsed, and knows its algorithm', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.constantFrom('sha256', 'sha512'), (bytes, algorithm) => {
        const digest = digestOf(bytes, algorithm)
        expect(parseDigest(digest)).toEqual({ok: true, value: digest})
        expect(algorithmOf(digest)).toBe(algorithm)
      })
    )
  })
})

describe('createDigester', () => {
  it('comes to the digest of all bytes, however they are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({maxLength: 20})),
        fc.constantFrom('sha256', 'sha512'),
        (chunks, algorithm) => {
          const digester = createDigester(algorithm)
          for (const chunk of chunks) digester.update(chunk)
          expect(digester.digest()).toBe(digestOf(Buffer.concat(chunks), algorithm))
        }
      )
    )
  })
})
