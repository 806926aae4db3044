// Whatever somebody writes stays letters: read back by a Markdown parser, for texts made to break out and for any text at all.

import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import {marked, type Token} from 'marked'
import {block, code, collapsible, oneLine, prose, table} from '../../src/summary/markdown.ts'
import {HOSTILE} from '../support/hostile-text.ts'

/** Kinds of all tokens, the nested ones too. */
function kindsOf(tokens: readonly Token[]): readonly string[] {
  return tokens.flatMap(token => [token.type, ...('tokens' in token ? kindsOf(token.tokens ?? []) : [])])
}

function cellsOf(markdown: string): readonly (readonly string[])[] {
  const [first, ...others] = marked.lexer(markdown, {gfm: true})
  if (first?.type !== 'table' || others.length > 0) throw new Error(`that is no table: ${markdown}`)
  const {rows} = first as Token & {rows: readonly (readonly {tokens: readonly Token[]}[])[]}
  return rows.map(row => row.map(({tokens}) => kindsOf(tokens).join(' ')))
}

const SPECIAL = '`|\\*_<>[]()!&\n ~#:/@a'.split('')
const NASTY = fc.oneof(fc.string({unit: 'binary'}), fc.string({unit: fc.constantFrom(...SPECIAL)}))

describe('code', () => {
  it('is one code span and one cell, for any text', () => {
    fc.assert(
      fc.property(NASTY, text => {
        const kinds = oneLine(text) === '' ? 'text' : 'codespan'
        expect(cellsOf(table(['a', 'b'], [[code(text), 'x']]))).toEqual([[kinds, 'text']])
      }),
      {numRuns: 2000}
    )
  })

  it('shows a name as it is', () => {
    expect(code('docker.io/library/php:8.3@sha256:abc')).toBe('`docker.io/library/php:8.3@sha256:abc`')
  })
})

describe('prose', () => {
  it('is letters and nothing else, for any text', () => {
    fc.assert(
      fc.property(NASTY, text => {
        const kinds = cellsOf(table(['a', 'b'], [[prose(text), 'x']]))
        expect(kinds[0]).toHaveLength(2)
        expect(kinds[0]?.[0]).toMatch(/^(?:(?:text|escape)(?: |$))*$/)
      }),
      {numRuns: 2000}
    )
  })

  it('mentions nobody, and leads nowhere', () => {
    const kinds = kindsOf(marked.lexer(`- ${prose(HOSTILE, 2000)}`, {gfm: true}))
    expect(new Set(kinds)).toEqual(
      new Set(['list', 'list_item', 'text', 'escape'].filter(kind => kinds.includes(kind)))
    )
    expect(prose('ask @octocat about #12, GH-7 or www.example.com')).toBe(
      'ask @\u200boctocat about &#35;\u200b12, GH\u200b-7 or www\u200b.example.com'
    )
  })

  it('shortens digests, which stand whole in the evidence', () => {
    expect(prose(`wanted sha256:${'ab'.repeat(32)}.`)).toBe('wanted sha256:abababababab….')
  })
})

describe('oneLine', () => {
  it.each([
    {name: 'line ends', text: 'a\r\nb\u2028c', line: 'a b c'},
    {name: 'escape sequences', text: 'a\u001b[31mb', line: 'a\ufffd[31mb'},
    {name: 'characters that turn the line round', text: 'a\u202eb', line: 'a\ufffdb'},
    {name: 'half a character', text: 'a\ud83d', line: 'a\ufffd'}
  ])('makes $name visible', ({text, line}) => {
    expect(oneLine(text)).toBe(line)
  })

  it('cuts what is long, not through a character', () => {
    expect(oneLine('abc😀', 4)).toBe('abc…')
  })
})

describe('block', () => {
  it('is not ended by what is in it', () => {
    const tokens = marked.lexer(block(['```', '~~~~', '</details>', '````js']), {gfm: true})
    expect(tokens.map(({type}) => type)).toEqual(['code'])
  })
})

describe('details', () => {
  it('has Markdown in it', () => {
    const kinds = kindsOf(marked.lexer(collapsible('More', table(['a'], [['b']])), {gfm: true}))
    expect(kinds).toContain('table')
  })
})

describe('text at its bounds', () => {
  it.each([
    {name: 'as much as there is room for', text: 'x'.repeat(400), line: 'x'.repeat(400)},
    {name: 'one more', text: 'x'.repeat(401), line: `${'x'.repeat(400)}…`},
    {name: 'half of a pair', text: `${'x'.repeat(399)}😀`, line: `${'x'.repeat(399)}…`},
    {name: 'spaces around', text: ' \n x \n ', line: 'x'}
  ])('is one line: $name', ({text, line}) => {
    expect(oneLine(text)).toBe(line)
  })

  it.each([
    {text: '', shown: '(empty)'},
    {text: 'a', shown: '`a`'},
    {text: 'a`b', shown: '``a`b``'},
    {text: '`a', shown: '`` `a ``'},
    {text: 'a``', shown: '``` a`` ```'}
  ])('is code: $text', ({text, shown}) => {
    expect(code(text)).toBe(shown)
  })

  it.each(['WWW.example', 'gh-1', 'Gh-1'])('is no link though it is written like one: %s', text => {
    expect(prose(text)).toContain('\u200b')
  })

  it.each([
    {line: 'a', fence: '```'},
    {line: '``', fence: '```'},
    {line: '```', fence: '````'},
    {line: '````', fence: '`````'}
  ])('is a block between $fence', ({line, fence}) => {
    expect(block([line])).toBe(`${fence}text\n${line}\n${fence}`)
  })
})
