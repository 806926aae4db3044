// The words of the house: names are the field's terms, and comments and messages are plain American English. What is listed here was
// used once, had to be learned or read twice, and is not to come back.

import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from '@jest/globals'
import ts from 'typescript'

/** Words of identifiers, and the term of the field. */
const NAMES: Readonly<Record<string, string>> = {
  keeper: 'verified store',
  patience: 'throttle',
  pace: 'throughput',
  story: 'result',
  stories: 'results',
  surroundings: 'deps',
  outside: 'deps',
  recall: 'get',
  news: 'event',
  told: 'recorded',
  hands: 'exporter',
  placement: 'exported image',
  unplaced: 'not exported',
  leftovers: 'staging',
  sweep: 'remove stale',
  guess: 'default',
  outrun: 'lost race',
  recordFailureOf: 'set failure',
  setSecret: 'set secret',
  logbook: 'grouped log',
  thismachine: 'runtime',
  inflater: 'decompressor',
  whynot: 'check',
  standin: 'fallback',
  kept: 'stored',
  hearing: 'a returned value',
  schemeProbe: 'scheme probe',
  wire: 'HTTP client',
  dance: 'fetch with auth'
}

const PROSE: readonly RegExp[] = [
  /\bwhoever\b/i,
  /\bnobody\b/i,
  /\bsomebody\b/i,
  /\btold of\b/i,
  /\bmended?s?\b/i,
  /\bto be had\b/i,
  /\b(?:can|could)(?:not)? be had\b/i,
  /\bgets? company\b/i,
  /\bstands? in\b/i,
  /\bhand(?:s|ed)? (?:it |them |that )?on\b/i,
  /\bspelt\b/i,
  /\bcalled off\b/i,
  /\bis well\b/i,
  /\bgiven up\b/i,
  /\bis no (?:image|platform|registry|failure|error|file|name|digest|tag|news)\b/i,
  /\bcancelled\b(?!')/
]

const files = readdirSync('src', {recursive: true, encoding: 'utf8'})
  .filter(name => name.endsWith('.ts'))
  .map(name => join('src', name))

describe('names in src/', () => {
  it.each(files)('%s has the terms of the field', path => {
    const found = new Set<string>()
    const visit = (node: ts.Node): void => {
      if (ts.isIdentifier(node))
        for (const word of wordsOf(node.text))
          if (Object.hasOwn(NAMES, word)) found.add(`${node.text}: ${NAMES[word] ?? ''}`)
      ts.forEachChild(node, visit)
    }
    visit(ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true))
    expect([...found]).toEqual([])
  })
})

describe('prose in src/', () => {
  it.each(files)('%s is plain', path => {
    const lines = readFileSync(path, 'utf8').split('\n')
    expect(lines.filter(line => PROSE.some(pattern => pattern.test(line)))).toEqual([])
  })
})

/** `watchPace` is `watch`, `pace`, and both together. */
function wordsOf(name: string): readonly string[] {
  const words = name.split(/(?=[A-Z])|_/).map(word => word.toLowerCase())
  return [...words, ...words.slice(1).map((word, at) => `${words[at] ?? ''}${word}`)]
}
