// What is quoted of a response that failed, and what is only named by its kind.

import {gzipSync, zstdCompressSync} from 'node:zlib'
import {describe, expect, it} from '@jest/globals'
import {escapeBytes, FIRST_BYTES, quoteFirstBytes, quotesHtml} from '../../src/verify/first-bytes.ts'

describe('escapeBytes', () => {
  it('keeps printable ASCII, and escapes every other byte', () => {
    const bytes = Buffer.from([0x1f, 0x20, 0x41, 0x5b, 0x5c, 0x5d, 0x7e, 0x7f, 0x80, 0xff, 0x00, 0x0a])
    expect(escapeBytes(bytes)).toBe('\\x1f A[\\x5c]~\\x7f\\x80\\xff\\x00\\x0a')
  })

  it('quotes as many bytes as it says, and no more', () => {
    expect(escapeBytes(Buffer.alloc(FIRST_BYTES + 1, 'a'))).toBe('a'.repeat(FIRST_BYTES))
  })
})

describe('quotesHtml', () => {
  it.each([
    {name: 'a page', text: '<!doctype html>', is: true},
    {name: 'a page in capitals', text: '<!DOCTYPE HTML>', is: true},
    {name: 'a page without a doctype', text: '<html lang="en">', is: true},
    {name: 'a page after a byte order mark and line ends', text: '\ufeff\r\n  <html>', is: true},
    {name: 'a page after other text', text: 'x<html>', is: false},
    {name: 'XML', text: '<?xml version="1.0"?>', is: false},
    {name: 'a text about pages', text: '(an HTML page', is: true},
    {name: 'nothing', text: '', is: false}
  ])('is $is for $name', ({text, is}) => {
    expect(quotesHtml(escapeBytes(Buffer.from(text)))).toBe(is)
  })
})

describe('quoteFirstBytes', () => {
  it('quotes what the registry itself sent', () => {
    expect(quoteFirstBytes(Buffer.from('{"errors":[]}\n'), {})).toBe('{"errors":[]}\\x0a')
  })

  it.each([
    {kind: 'an HTML page', bytes: Buffer.from('<html>secret</html>')},
    {kind: 'gzip data', bytes: gzipSync('secret')},
    {kind: 'binary data', bytes: Buffer.from([0x1f, 0x8c, 1])},
    {kind: 'binary data', bytes: Buffer.from([0x1e, 0x8b, 1])},
    {kind: 'zstd data', bytes: zstdCompressSync('secret')},
    {kind: 'binary data', bytes: Buffer.from([0x28, 0xb6, 1])},
    {kind: 'binary data', bytes: Buffer.from([0x27, 0xb5, 1])},
    {kind: 'JSON', bytes: Buffer.from('{"secret":1}')},
    {kind: 'JSON', bytes: Buffer.from('["secret"]')},
    {kind: 'XML', bytes: Buffer.from('<secret/>')},
    {kind: 'zeros', bytes: Buffer.alloc(FIRST_BYTES)},
    {kind: 'zeros', bytes: Buffer.concat([Buffer.alloc(FIRST_BYTES), Buffer.from('x')])},
    {kind: 'binary data', bytes: Buffer.from([0, 0, 1])},
    {kind: 'binary data', bytes: Buffer.from([1, 0, 0])},
    {kind: 'zeros', bytes: Buffer.alloc(0)},
    {kind: 'text', bytes: Buffer.from(' secret ~')},
    {kind: 'binary data', bytes: Buffer.from('secret\x1f')},
    {kind: 'binary data', bytes: Buffer.from('secret\x7f')},
    {kind: 'text', bytes: Buffer.from(`${'a'.repeat(FIRST_BYTES)}\x00`)}
  ])('names $kind that another host sent, and quotes nothing of it', ({kind, bytes}) => {
    const quoted = quoteFirstBytes(bytes, {redirectedTo: 'storage.example.com'})
    expect(quoted).toBe(`(${kind}; not shown, because storage.example.com, which the registry redirects to, sent it)`)
    expect(quotesHtml(quoted)).toBe(kind === 'an HTML page')
  })
})
