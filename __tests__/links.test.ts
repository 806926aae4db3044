// Links in the documents lead to existing files and headings.

import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {dirname, join, normalize} from 'node:path'
import {describe, expect, it} from '@jest/globals'
import {marked, type Token} from 'marked'

const DOCUMENTS = [
  '__tests__/README.md',
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...readdirSync('docs').flatMap(name => (name.endsWith('.md') ? [`docs/${name}`] : []))
]

function all(tokens: readonly Token[]): readonly Token[] {
  const found: Token[] = []
  void marked.walkTokens([...tokens], token => {
    found.push(token)
  })
  return found
}

function tokensOf(path: string): readonly Token[] {
  return all(marked.lexer(readFileSync(path, 'utf8'), {gfm: true}))
}

function linksIn(path: string): readonly string[] {
  return tokensOf(path).flatMap(token => {
    if (token.type === 'link' || token.type === 'image') return [(token as Token & {href: string}).href]
    if (token.type !== 'html') return []
    return [...token.raw.matchAll(/\b(?:src|srcset|href)="([^"]*)"/g)].map(([, link = '']) => link)
  })
}

/** As GitHub makes them of headings. */
function anchorsIn(path: string): readonly string[] {
  return tokensOf(path).flatMap(token =>
    token.type === 'heading'
      ? [
          (token as Token & {text: string}).text
            .toLowerCase()
            .replace(/[^\p{L}\p{N} _-]/gu, '')
            .replaceAll(' ', '-')
        ]
      : []
  )
}

describe.each(DOCUMENTS)('%s', path => {
  it('has links that lead somewhere', () => {
    const broken = linksIn(path).filter(link => {
      if (/^https:\/\//.test(link)) return false
      const [file = '', anchor] = link.split('#')
      const target = file === '' ? path : normalize(join(dirname(path), file))
      return !existsSync(target) || (anchor !== undefined && !anchorsIn(target).includes(anchor))
    })
    expect(broken).toEqual([])
  })
})

describe('docs/', () => {
  it('has no document that README does not lead to', () => {
    const linked = linksIn('README.md').map(link => link.split('#')[0])
    expect(DOCUMENTS.filter(path => path.startsWith('docs/') && !linked.includes(path))).toEqual([])
  })

  it('tells of every cause', () => {
    const {$defs} = JSON.parse(readFileSync('report.schema.json', 'utf8')) as {
      $defs: {diagnosis: {properties: {cause: {enum: readonly string[]}}}}
    }
    const causes = $defs.diagnosis.properties.cause.enum
    expect(causes).toHaveLength(10)
    expect(anchorsIn('docs/troubleshooting.md')).toEqual(expect.arrayContaining([...causes]))
  })

  it('name in security.md each test of __tests__/security/, and no test that is not there', () => {
    const path = 'docs/security.md'
    const tests = [...readFileSync(path, 'utf8').matchAll(/[\w./-]+\.test\.ts/g)].map(([name]) =>
      normalize(join(dirname(path), name))
    )
    expect(tests.filter(test => !existsSync(test))).toEqual([])
    const attacks = readdirSync('__tests__/security').map(name => `__tests__/security/${name}`)
    expect(attacks.filter(test => !tests.includes(test))).toEqual([])
    // A name that the page shows is the name of the file behind it.
    const links = tokensOf(path).flatMap(token =>
      token.type === 'link' ? [token as Token & {href: string; text: string}] : []
    )
    expect(
      links
        .filter(({href, text}) => href.endsWith('.test.ts') && !href.endsWith(`/${text}.test.ts`))
        .map(({href}) => href)
    ).toEqual([])
  })
})
