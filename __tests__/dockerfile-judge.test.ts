// BuildKit's own parser as the judge of findInDockerfile: both find the same images in each text that BuildKit accepts.
// The judge is a Go program, scripts/judge-dockerfile, with the BuildKit version of its go.mod.

import {execFileSync} from 'node:child_process'
import {readdirSync, readFileSync} from 'node:fs'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it, jest} from '@jest/globals'
import fc from 'fast-check'
import {findInDockerfile} from '../src/files/dockerfile/dockerfile.ts'
import {describeWith} from './support/programs.ts'
import {VerifiedImageError} from '../src/failure/error.ts'

// A Go program is compiled, and its modules may have to be fetched.
jest.setTimeout(300_000)

type Verdict = {readonly images: readonly string[]} | {readonly error: string}

const AMD64 = {os: 'linux', architecture: 'amd64'}

function ours(text: string): Verdict & {readonly hasGaps: boolean} {
  try {
    const entries = findInDockerfile({
      ...{text, location: {file: 'Dockerfile', line: 1}, args: new Map(), unknownArgs: new Map(), contexts: new Set()},
      ...{buildPlatform: AMD64, targets: [AMD64], usesOwnPlatforms: false}
    })
    const images = new Set(entries.flatMap(entry => (entry.type === 'image' ? [entry.text] : [])))
    return {images: [...images].sort(), hasGaps: entries.some(({type}) => type === 'skipped')}
  } catch (error) {
    if (!(error instanceof VerifiedImageError)) throw error
    return {error: error.message, hasGaps: false}
  }
}

// Spellings that one of the two once read otherwise.
const CHOSEN: readonly string[] = [
  'FROM a:1\nRUN --mount=type=BIND,from=evil:1 true',
  'FROM a:1\nARG T=bind\nRUN --mount=type=${T},from=evil:1 true',
  'FROM a:1\nRUN --mount=type=tmpfs,from=evil:1,target=/x true',
  'FROM a:1\nRUN --mount=FROM=evil:1,target=/x true',
  'FROM a:1\nRUN --mount=from=b:1,from=evil:1,target=/x true',
  'FROM a:1\nRUN --mount="type=bind,from=evil:1" true',
  'FROM a:1\nRUN --mount=\'"from=evil:1",target=/x\' true',
  'FROM a:1\nRUN --mount=from=0,target=/x true',
  'FROM a:1\nRUN --network=none --mount=from=evil:1 --mount=from=b:2 true',
  'FROM a:1\nRUN \\\n --mount=from=evil:1 \\\n # note\n\n --mount=from=b:2 true',
  ...['\u0085', '\u00a0', '\u1680', '\u2003', '\u2028', '\u202f', '\u3000', '\ufeff', '\v', '\f', '\r'].flatMap(
    space => [
      `FROM a:1\n${space}FROM evil:1`,
      `FROM a:1\nFROM${space}evil:1`,
      `FROM a:1\nFROM evil:1${space}`,
      `FROM a:1\nFROM evil:1 AS${space}x`,
      `FROM a:1\nCOPY${space}--from=evil:1 / /`,
      `FROM a:1\nCOPY --from=evil:1${space}/ /`,
      `FROM a:1\nCOPY --chown=x${space}--from=evil:1 / /`,
      `FROM a:1\nRUN true \\${space}\nFROM evil:1`,
      `FROM a:1\n${space}# note\nFROM evil:1`
    ]
  ),
  'FROM a:1\nCOPY --from=99999999999999999999 / /',
  'FROM a:1\nCOPY --from=+0 / /',
  'FROM a:1\nCOPY --from=00 / /',
  'FROM a:1\nCOPY --"from"=evil:1 / /',
  "FROM a:1\nCOPY --from='evil:1' / /",
  'FROM a:1\nCOPY --from=ev\\il:1 / /',
  'FROM a:1\nCOPY --link -- --from=evil:1 /',
  'FROM a:1\nCOPY --link à --from=evil:1 /',
  'FROM a:1\nCOPY --chown=à --from=evil:1 / /',
  'FROM a:1\nRUN cat << EOF\nFROM evil:1\nEOF\nFROM b:1',
  'FROM a:1\nRUN cat <<-EOF\n\tFROM evil:1\n\tEOF\nFROM b:1',
  "FROM a:1\nRUN echo it's <<EOF\nFROM evil:1\nEOF",
  'FROM a:1\nRUN <<EOF echo "\nFROM evil:1\nEOF',
  'FROM a:1\nRUN ["a", "<<EOF"]\nFROM evil:1',
  'FROM a:1\nRUN <<"E F" <<G\nFROM evil:1\nE F\nG\nFROM b:1',
  'FROM a:1\nRUN <<E\\F\nFROM evil:1\nEF\nFROM b:1',
  'FROM a:1\nRUN x<<EOF\nFROM evil:1',
  'FROM a:1\nRUN 3<<EOF\nFROM evil:1\nEOF',
  'FROM a:1\nRUN ${X:-<<EOF}\nFROM evil:1',
  'FROM a:1\nRUN ${X:-a b} <<EOF\nFROM evil:1\nEOF',
  'FROM a:1\nRUN <<EOF $\nFROM evil:1\nEOF',
  'FROM a:1\nRUN <<EOF ${\nFROM evil:1',
  'FROM a:1\nRUN <<<EOF\nFROM evil:1',
  'FROM a:1\nLABEL a=<<EOF\nFROM evil:1',
  'FROM a:1\nONBUILD RUN <<EOF\nFROM evil:1\nEOF\nFROM b:1',
  'FROM a:1 AS x\nONBUILD COPY --from=evil:1 / /\nFROM x',
  'FROM x AS x\nONBUILD COPY --from=evil:1 / /',
  'FROM a:1 AS x\nONBUILD RUN --mount=type=BIND,from=evil:1 true\nFROM X',
  '#!/bin/x\n# escape=`\nFROM a:1\nRUN x `\nFROM evil:1',
  ' # escape=`\nFROM a:1\nRUN x `\nFROM evil:1',
  '# escape=`\nFROM a:1\nRUN x \\\nFROM evil:1',
  '\n# escape=`\nFROM a:1\nRUN x `\nFROM evil:1',
  '# note\n# syntax=evil:1\nFROM a:1',
  '#syntax = evil:1 x=y\nFROM a:1',
  ' # syntax=evil:1\nFROM a:1',
  '# check=skip=all\n# SYNTAX=evil:1\nFROM a:1',
  '# escape=`\n# syntax=evil:1\nFROM a:1',
  '#!/x\n# syntax=evil:1\nFROM a:1',
  '\ufeff# syntax=evil:1\nFROM a:1',
  '# syntax=\u00a0evil:1\nFROM a:1',
  'FROM a:${TARGETSTAGE}',
  'FROM a:1${TARGETOSVERSION}${BUILDOSVERSION}',
  'FROM a:1\r\r\nRUN x \\\r\r\nFROM evil:1\r\n',
  'FROM a:1\nRUN x \\\\\nFROM evil:1',
  'FROM a:1\nRUN x \\ \t\nFROM evil:1',
  'FROM a:1\nRUN x \\\n\\\nFROM evil:1',
  '\\\nFROM a:1',
  'fRoM a:1\ncOpY --from=evil:1 / /',
  'FROM a:1\nADD --from=evil:1 / /',
  ...[
    '#*-',
    '##*-',
    '%-*',
    '%%-*',
    '/-/x',
    '//-/x',
    '#?',
    '%?',
    '/*-/x',
    '//?-/x',
    '#1\\*',
    '%\\*3',
    '#"1-"',
    '/-*-/',
    '//*/x'
  ].map(operation => `ARG V=1-2-3*3\nFROM a:\${V${operation}}`)
]

const PIECES = [
  ...[
    'FROM ',
    'FROM a:1',
    '\nFROM b:1',
    '\nRUN ',
    '\nCOPY ',
    '\nONBUILD ',
    '\nARG V=x',
    ' AS s',
    '--from=',
    '--mount='
  ],
  ...[
    'c:1',
    'd:2',
    's',
    '0',
    'type=bind,',
    'from=',
    'target=/t',
    ' ',
    '\n',
    '\\\n',
    '\r\n',
    '\t',
    '\u0085',
    '\u00a0',
    '"',
    "'"
  ],
  ...[
    '<<EOF',
    '<<-E',
    ' << EOF',
    '\nEOF',
    '\nE',
    '$',
    '${',
    '}',
    ':-',
    '\\',
    '`',
    '# x',
    '\n# escape=`',
    '[',
    '"]',
    ',',
    '=',
    'à',
    '--',
    '/ /',
    ' true'
  ]
]

function generated(): readonly string[] {
  return fc.sample(
    fc.array(fc.constantFrom(...PIECES), {minLength: 2, maxLength: 24}).map(parts => `FROM a:1\n${parts.join('')}`),
    {numRuns: 20_000, seed: 20_251_125}
  )
}

describeWith(['go'], "BuildKit's parser and findInDockerfile", () => {
  let folder: string
  let judge: (texts: readonly string[]) => readonly Verdict[]

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'verified-image-judge-'))
    const program = join(folder, 'judge')
    execFileSync('go', ['build', '-o', program, '.'], {cwd: join('scripts', 'judge-dockerfile'), stdio: 'pipe'})
    judge = texts => {
      const input = texts.map(text => JSON.stringify({text})).join('\n')
      const said = execFileSync(program, {input, encoding: 'utf8', maxBuffer: 1 << 28})
      return said
        .trim()
        .split('\n')
        .map(line => JSON.parse(line) as Verdict)
    }
  })

  afterAll(async () => {
    await rm(folder, {recursive: true, force: true})
  })

  type Difference = {
    readonly text: string
    readonly theirs: readonly string[]
    readonly ours: string | readonly string[]
  }

  /** Where the two differ. A gap of ours is said in a warning, so that less may then be seen. */
  const differences = (texts: readonly string[]): readonly Difference[] =>
    judge(texts).flatMap((theirs, at): readonly Difference[] => {
      const text = texts[at] ?? ''
      const mine = ours(text)
      if ('error' in theirs) return []
      if ('error' in mine) return [{text, theirs: theirs.images, ours: mine.error}]
      const isKnown = mine.images.every(image => theirs.images.includes(image))
      const isWhole = mine.hasGaps || theirs.images.every(image => mine.images.includes(image))
      return isKnown && isWhole ? [] : [{text, theirs: theirs.images, ours: mine.images}]
    })

  it('find the same images in the corpus', () => {
    const corpus = join('__tests__', 'corpus', 'dockerfiles')
    const texts = readdirSync(corpus)
      .filter(name => !name.endsWith('.expected'))
      .map(name => readFileSync(join(corpus, name), 'utf8'))
    expect(texts.length).toBeGreaterThan(30)
    expect(differences(texts)).toEqual([])
  })

  const accepted = (texts: readonly string[]): number => judge(texts).filter(verdict => !('error' in verdict)).length

  it('find the same images in unusual spellings', () => {
    expect(differences(CHOSEN)).toEqual([])
    // Not all of them are refused.
    expect(accepted(CHOSEN)).toBeGreaterThan(CHOSEN.length / 2)
  })

  it('find the same images in random texts of Dockerfile parts', () => {
    const texts = generated()
    expect(differences(texts).slice(0, 5)).toEqual([])
    expect(accepted(texts)).toBeGreaterThan(1000)
  })
})

describe('the generated texts', () => {
  it('are the same in each run', () => {
    expect(generated().slice(0, 10)).toEqual(generated().slice(0, 10))
  })
})
