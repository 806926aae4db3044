// Secrets in text, in every spelling and at every cut: hidden; words of the action's own: left as they are.

import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import {createRedactor} from '../../src/runner/redactor.ts'
import {escapeBytes} from '../../src/verify/first-bytes.ts'

function redact(secret: string, text: string): string {
  const redactor = createRedactor()
  redactor.addSecret(secret)
  return redactor.redact(text)
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
function percent(text: string): string {
  return [...Buffer.from(text)].map(byte => `%${byte.toString(16).padStart(2, '0')}`).join('')
}

const SECRET = 'p/w "q\\é+ü'

const SPELLINGS: readonly {readonly name: string; readonly spell: (secret: string) => string}[] = [
  {name: 'as it is', spell: secret => secret},
  {name: 'in small letters', spell: secret => secret.toLowerCase()},
  {name: 'as a part of a URL', spell: encodeURIComponent},
  {name: 'as a path of a URL', spell: encodeURI},
  {name: 'as a URL, in small hexadecimal digits', spell: percent},
  {name: 'as a URL, in large hexadecimal digits', spell: secret => percent(secret).toUpperCase()},
  {name: 'as a form', spell: secret => new URLSearchParams({a: secret}).toString().slice(2)},
  {name: 'as JSON', spell: secret => JSON.stringify(secret).slice(1, -1)},
  {name: 'as JSON of JSON', spell: secret => JSON.stringify(JSON.stringify(secret)).slice(3, -3)},
  {
    name: 'as JSON in ASCII',
    spell: secret => Array.from(secret, letter => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')
  },
  {name: 'as JSON of PHP', spell: secret => JSON.stringify(secret).slice(1, -1).replaceAll('/', '\\/')},
  {name: 'as first bytes are shown', spell: secret => escapeBytes(Buffer.from(secret))},
  {name: 'as a URL of a URL', spell: secret => encodeURIComponent(encodeURIComponent(secret))},
  {
    name: 'as HTML',
    spell: secret => secret.replaceAll('"', '&quot;').replaceAll('/', '&#47;').replaceAll('é', '&#xE9;')
  },
  {name: 'on one line', spell: secret => secret.replace(/\s+/g, ' ')}
]

describe('redact', () => {
  it.each(SPELLINGS)('hides a secret $name', ({spell}) => {
    expect(redact(SECRET, `you sent <${spell(SECRET)}>.`)).toBe('you sent <***>.')
  })

  it.each(SPELLINGS)('hides any secret $name', ({spell}) => {
    fc.assert(
      fc.property(
        fc.string({unit: 'grapheme-ascii', minLength: 6}),
        fc.string({unit: 'grapheme-ascii'}),
        (secret, around) => {
          const spelt = spell(secret)
          fc.pre(secret.trim() === secret && !around.includes('%') && !around.includes('\\') && !around.includes('&'))
          expect(redact(secret, `${around}${spelt}<`)).not.toContain(spelt)
        }
      )
    )
  })

  it.each([0, 1, 2])('hides a secret in Base64 with %i bytes before it', before => {
    const text = base64(`${'x'.repeat(before)}${SECRET} and more`)
    const shown = redact(SECRET, text)
    expect(shown).toContain('***')
    const parts = shown.split('***').join(' ').split(' ')
    for (const part of parts) expect(part.length).toBeLessThan(16)
  })

  it('hides a login in Base64, as a header has it, also in the alphabet of URLs', () => {
    const login = base64('bob:correct-horse')
    expect(redact('correct-horse', `Basic ${login}`)).not.toContain(login.slice(8))
    expect(redact('??>>??>>??', Buffer.from('??>>??>>??').toString('base64url'))).toContain('***')
  })

  it('hides what a cut has left of a secret, wherever the cut is', () => {
    const secret = 'correct-horse-battery-staple'
    for (let length = 3; length < secret.length; length++)
      expect(redact(secret, `it says ${secret.slice(0, length)}…: more`)).toBe('it says ***…: more')
    for (let length = 4; length < secret.length; length++) {
      expect(redact(secret, `it says ${secret.slice(0, length)}`)).toBe('it says ***')
      expect(redact(secret, `it says "${secret.slice(0, length)}"\nmore`)).toBe('it says "***"\nmore')
    }
  })

  it.each(['p%2Fw%2', 'p%2Fw%', 'p\\x2fw\\x2', 'p\\u002fw\\u00', 'p\\x2fw\\'])(
    'hides what a cut through an escape has left: %s',
    left => {
      expect(redact('p/w/q/r/s', `it says ${left}…`)).toMatch(/^it says \*\*\*/)
    }
  )

  it('hides the lines of a key, and the key on one line', () => {
    const key = '{\n  "private_key": "-----BEGIN PRIVATE KEY-----",\n  "client_email": "robot@example.com"\n}'
    expect(redact(key, `it says ${key.replace(/\s+/g, ' ')}`)).toBe('it says ***')
    expect(redact(key, 'it says   "client_email": "robot@example.com" and')).not.toContain('robot')
    expect(redact(key, '{}')).toBe('{}')
  })

  it('hides secrets of any length, and the longest where several begin', () => {
    expect(redact('x', 'axb')).toBe('a***b')
    const redactor = createRedactor()
    for (const secret of ['abc', 'abcdef', 'efg']) redactor.addSecret(secret)
    expect(redactor.redact('-abcdefg-')).toBe('-***-')
  })

  it('leaves any text as it is that has nothing of a secret', () => {
    fc.assert(
      fc.property(fc.string({unit: 'binary'}), text => {
        fc.pre(!text.includes('\u0001'))
        expect(redact('\u0001\u0001\u0001\u0001', text)).toBe(text)
      })
    )
  })

  it('takes time in proportion to the text', () => {
    const before = performance.now()
    redact('correct-horse', `${'%'.repeat(30_000)}${'&#'.repeat(10_000)}${'\\'.repeat(30_000)}${'…'.repeat(10_000)}`)
    expect(performance.now() - before).toBeLessThan(5000)
  })
})

describe('a token', () => {
  const TOKEN = `sha256:${'ab'.repeat(32)}`
  const redactToken = (token: string, text: string, own: readonly string[] = []): string => {
    const redactor = createRedactor()
    redactor.addToken(token)
    for (const words of own) redactor.addOwn(words)
    return redactor.redact(text)
  }

  it('is hidden from 16 characters on', () => {
    expect(redactToken('0123456789abcdef', 'it says 0123456789abcdef')).toBe('it says ***')
    expect(redactToken('0123456789abcde', 'it says 0123456789abcde')).toBe('it says 0123456789abcde')
    for (const word of ['stands', '"images":', 'sha256', 'e']) expect(redactToken(word, word)).toBe(word)
  })

  it('hides no digest, whatever its server makes of it', () => {
    expect(redactToken(TOKEN, `it is ${TOKEN}`)).toBe(`it is ${TOKEN}`)
    expect(redactToken('ab'.repeat(32), `it is ${TOKEN}`)).toBe(`it is ${TOKEN}`)
    const short = `it is sha256:${'ab'.repeat(6)}…`
    expect(redactToken(TOKEN, short)).toBe(short)
    expect(redactToken('ab'.repeat(32), short)).toBe(short)
  })

  it('hides no text of our own, whether that is known before or after', () => {
    const name = 'registry.example.com/acme/app'
    expect(redactToken('registry.example.com/acme', name, [name])).toBe(name)
    const redactor = createRedactor()
    redactor.addOwn(name)
    redactor.addToken('registry.example.com/acme')
    expect([redactor.redact(name), redactor.hiddenTokens()]).toEqual([name, []])
  })
})
