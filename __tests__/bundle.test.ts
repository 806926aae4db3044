// The content of dist/: licenses of all packages, one copy of undici in each action, code that writes to a registry in one of them only,
// and readable files. .ci/run checks that dist is built from src.

import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from '@jest/globals'
import {ENTRIES} from '../scripts/build/entries.ts'
import {licensePathOf, readLicenses} from '../scripts/build/licenses.ts'

// They ask for their text to go along, and for nothing else of who uses this action.
const ALLOWED = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT']

/** Packages that are installed for those in dist, and are not in it themselves. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  'bare-buffer': 'for Bare, another run time than Node',
  'bare-events': 'for Bare',
  'bare-fs': 'for Bare',
  'bare-path': 'for Bare',
  'bare-stream': 'for Bare',
  'bare-url': 'for Bare',
  teex: 'needed by bare-stream alone'
}

type Locked = {readonly version: string; readonly license?: string; readonly dev?: boolean}

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  readonly packages: Readonly<Record<string, Locked>>
}
function nameOf(path: string): string {
  return path.replace(/^.*node_modules\//, '')
}
/** Packages of development of which dist has data and no code: the trust root. */
const DATA_ONLY = ['@sigstore/tuf']

const production = Object.entries(lock.packages)
  .filter(([path, {dev}]) => path !== '' && (dev !== true || DATA_ONLY.includes(nameOf(path))))
  .map(([path, {version, license = 'none'}]) => ({path, name: nameOf(path), version, license}))

const licenses = readFileSync('dist/licenses.txt', 'utf8')
const listed = readLicenses(licenses)
const scripts = readdirSync('dist', {recursive: true, encoding: 'utf8'})
  .filter(name => name.endsWith('.js'))
  .map(name => ({name, text: readFileSync(join('dist', name), 'utf8')}))

const SPACES = /\s+/g
function wordsOf(text: string): string {
  return text.replace(SPACES, ' ').trim()
}

describe('packages in dist', () => {
  it('are the installed ones at their locked versions, except for those that dist leaves out', () => {
    const expected = production.filter(({name}) => !(name in LEFT_OUT))
    const lines = (all: readonly {name: string; version: string; license: string}[]): readonly string[] =>
      all.map(({name, version, license}) => `${name} ${version} ${license}`).sort()
    expect(lines(listed)).toEqual(lines(expected))
  })

  it.each(listed)('include $name, with the text of its license, $license, which is allowed', ({name, license}) => {
    expect(ALLOWED).toContain(license)
    const path = production.find(one => one.name === name)?.path ?? ''
    const text = wordsOf(readFileSync(licensePathOf(path) ?? '', 'utf8'))
    expect(text.length).toBeGreaterThan(300)
    expect(wordsOf(licenses)).toContain(text)
    // Apache-2.0 wants a NOTICE to go along, where there is one.
    expect(readdirSync(path).filter(one => /^notice/i.test(one))).toEqual([])
  })

  // Nothing is minified, so that a line of a package is a line of the bundle.
  const lines = new Set(scripts.flatMap(({text}) => text.split('\n').map(line => line.trim())))
  const longLinesOf = (name: string): readonly string[] =>
    readdirSync(join('node_modules', name), {recursive: true, encoding: 'utf8'})
      .filter(file => file.endsWith('.js') && !file.includes('node_modules'))
      .flatMap(file => readFileSync(join('node_modules', name, file), 'utf8').split('\n'))
      .map(line => line.trim())
      .filter(line => line.length >= 48)

  it.each(['streamx', 'undici', 'yaml'])('include code of %s', name => {
    expect(longLinesOf(name).some(line => lines.has(line))).toBe(true)
  })

  it.each(Object.keys(LEFT_OUT))('include no code of %s', name => {
    expect(longLinesOf(name)).not.toEqual([])
    expect(longLinesOf(name).filter(line => lines.has(line))).toEqual([])
  })
})

describe('undici', () => {
  it('is installed once', () => {
    const paths = Object.keys(lock.packages).filter(path => nameOf(path) === 'undici')
    expect(paths).toEqual(['node_modules/undici'])
  })

  it('is once in each action', () => {
    // Each copy of undici makes this symbol once, for its class of that error.
    const mark = /Symbol\.for\(['"]undici\.error\.UND_ERR_CONNECT_TIMEOUT['"]\)/g
    const own = readFileSync('node_modules/undici/lib/core/errors.js', 'utf8')
    expect(own.match(mark)).toHaveLength(1)
    expect(scripts.flatMap(({name, text}) => (text.match(mark) ?? []).map(() => `dist/${name}`))).toEqual(
      ENTRIES.map(({folder}) => `${folder}/index.js`)
    )
  })
})

describe('code that writes to a registry', () => {
  // From the only files that make such requests: the place of an upload, the right that a token is asked for, and the names of both files.
  const MARKS = [/blobs\/uploads/, /createPushClient/, /createUploadBody/, /copyToTarget/]
  const withCode = (mark: RegExp): readonly string[] =>
    scripts.filter(({text}) => mark.test(text)).map(({name}) => name)

  it.each(MARKS)('is in the bundle of mirror alone: %s', mark => {
    const found = withCode(mark)
    expect(found.length).toBeGreaterThan(0)
    expect(found.filter(name => !name.startsWith('mirror/'))).toEqual([])
  })

  it('is in the files that are looked for', () => {
    const sources = readdirSync('src', {recursive: true, encoding: 'utf8'}).filter(name => name.endsWith('.ts'))
    const writing = sources.filter(name =>
      /method: '(?:PUT|PATCH|DELETE)'/.test(readFileSync(join('src', name), 'utf8'))
    )
    // An audit edits its issue at GitHub, which is not a registry.
    expect(writing).toEqual(['github/issues.ts', 'push/push-client.ts'])
  })
})

describe.each(scripts)('dist/$name', ({text}) => {
  it('is not minified', () => {
    // On average: undici's parser, in base64, is a line of 80,000 also where nothing is minified. Minified files have one line, or two.
    expect(text.length / text.split('\n').length).toBeLessThan(100)
  })

  it('has only ASCII characters, which V8 stores in one byte each', () => {
    expect(/[^\x20-\x7e\s]/.exec(text)?.[0]).toBeUndefined()
  })
})
