// URLs of mirrors, and how a message quotes them: what comes before an @ may be a password.

import {describe, expect, it} from '@jest/globals'
import {parseMirrorUrl, quoteAddress} from '../../src/mirror-files/mirror-url.ts'

const atRoot = (): string => '/v2'

describe('parseMirrorUrl', () => {
  it.each(['https://bob@a.example.com', 'https://:hunter2@a.example.com'])('refuses a login: %s', url => {
    expect(parseMirrorUrl(url, atRoot)).toMatchObject({ok: false, reason: expect.stringContaining('a user name')})
  })

  it('gives a name without a dot the port of its scheme, since a reference would take it for a path', () => {
    expect(parseMirrorUrl('http://mirror', atRoot)).toMatchObject({value: {target: 'mirror:80', host: 'mirror:80'}})
    expect(parseMirrorUrl('https://mirror', atRoot)).toMatchObject({value: {target: 'mirror:443'}})
  })
})

describe('quoteAddress', () => {
  it.each([
    {text: 'https://bob:hunter2@a.example', quoted: '"https://a.example"'},
    {text: 'HTTPS://bob:hunter2@a.example', quoted: '"HTTPS://a.example"'},
    {text: 'x https://bob:hunter2@a.example', quoted: '"a.example"'},
    {text: 'bob:hunter2@a.example', quoted: '"a.example"'},
    {text: 'https://a.example', quoted: '"https://a.example"'}
  ])('has nothing of a login: $text', ({text, quoted}) => {
    expect(quoteAddress(text)).toBe(quoted)
  })
})
