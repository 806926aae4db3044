// Documents match the code: inputs, outputs, and defaults of action.yml, the tables of README, and the version.

import {readdirSync, readFileSync} from 'node:fs'
import {dirname, join, normalize} from 'node:path'
import {describe, expect, it} from '@jest/globals'
import {ENTRIES} from '../scripts/build/entries.ts'
import {INPUT_GROUPS, OUTPUT_TYPES} from '../scripts/docs.ts'
import {marked} from 'marked'
import {parse} from 'yaml'
import {readAction, renderDocuments} from '../scripts/docs.ts'
import {DEFAULTS} from '../src/runner/input-reader.ts'
import {AUDIT_INPUTS} from '../src/audit/audit-inputs.ts'
import {MIRROR_INPUTS} from '../src/mirror/mirror-inputs.ts'
import {VERSION} from '../src/action/version.ts'
import {EXAMPLES} from './support/examples.ts'

describe('action.yml', () => {
  it.each([
    {path: 'action.yml', defaults: DEFAULTS},
    {path: 'mirror/action.yml', defaults: MIRROR_INPUTS.defaults},
    {path: 'audit/action.yml', defaults: AUDIT_INPUTS.defaults}
  ])('has the inputs that the code reads, with the same defaults, in the same order: $path', ({path, defaults}) => {
    const written = Object.entries(readAction(path).inputs).map(([name, {default: value = ''}]) => [name, value])
    // The token is what a runner puts in; without a runner there is none.
    expect(written).toEqual(
      Object.entries({...defaults, 'github-token': '${{ github.token }}'}).map(([name, value]) => [name, value])
    )
  })

  it.each(ENTRIES)('of $name starts the bundle in $folder', ({folder, actionFile}) => {
    const {runs} = parse(readFileSync(actionFile, 'utf8')) as {readonly runs: Readonly<Record<string, string>>}
    expect([runs['using'], normalize(join(dirname(actionFile), runs['main'] ?? ''))]).toEqual([
      'node24',
      join(folder, 'index.js')
    ])
  })

  it('has what the Marketplace asks for', () => {
    const {name, description, branding} = parse(readFileSync('action.yml', 'utf8')) as Record<string, unknown>
    expect([name, branding]).toEqual(['verified-image', {icon: 'check-circle', color: 'blue'}])
    expect(String(description).length).toBeLessThanOrEqual(125)
  })

  it('has the version of package.json', () => {
    const {version} = JSON.parse(readFileSync('package.json', 'utf8')) as {version: string}
    expect(VERSION).toBe(version)
    expect(readFileSync('CHANGELOG.md', 'utf8')).toContain(`\n## ${version}\n`)
  })
})

describe('what npm run docs writes', () => {
  it('has each input once, in a group, and each output, all with a type', () => {
    const {inputs, outputs} = readAction()
    const grouped = Object.values(INPUT_GROUPS).flatMap(types => Object.keys(types))
    expect(grouped.toSorted()).toEqual(Object.keys(inputs).toSorted())
    expect(Object.keys(OUTPUT_TYPES)).toEqual(Object.keys(outputs))
  })

  it.each(Object.entries(renderDocuments()))('is up to date in %s', (path, text) => {
    expect(readFileSync(path, 'utf8')).toBe(text)
  })
})

describe('README.md', () => {
  const readme = readFileSync('README.md', 'utf8')

  it('can be read in one sitting: at most 200 lines', () => {
    expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(200)
  })

  it('begins with two commands: the replay, then the tests', () => {
    const [, commands = ''] = /^```sh\n([^`]*)```/m.exec(readme) ?? []
    expect(commands.split('\n').map(line => line.replace(/ *#.*$/, ''))).toEqual([
      'npm ci && npm run demo',
      'npm ci && npm test',
      ''
    ])
  })
})

const DOCUMENTS = ['README.md', ...readdirSync('docs').flatMap(name => (name.endsWith('.md') ? [`docs/${name}`] : []))]

/** Examples in YAML; one that shows a before and an after is two. */
function examplesIn(path: string): readonly unknown[] {
  const examples: unknown[] = []
  void marked.walkTokens(marked.lexer(readFileSync(path, 'utf8')), token => {
    if (token.type !== 'code' || token['lang'] !== 'yaml') return
    examples.push(
      ...String(token['text'])
        .split(/^# (?:before|after).*$/m)
        .map(text => parse(text) as unknown)
    )
  })
  return examples
}

/** `mirror/action.yml` for `OWNER/verified-image/mirror@v1`; undefined for an action of somebody else. */
function actionFileOf(uses: unknown): string | undefined {
  const [, folder] = /^OWNER\/verified-image(\/\w+)?(?:@|$)/.exec(String(uses)) ?? []
  if (!String(uses).startsWith('OWNER/verified-image')) return undefined
  return folder === undefined ? 'action.yml' : `${folder.slice(1)}/action.yml`
}

/** What each step gives to an action of this repository. An example that shows only `with` is about the one in its root. */
function inputsIn(example: unknown): readonly {readonly action: string; readonly name: string}[] {
  if (Array.isArray(example)) return example.flatMap(inputsIn)
  if (typeof example !== 'object' || example === null) return []
  const {uses = 'OWNER/verified-image', with: given, ...others} = example as Record<string, unknown>
  const action = actionFileOf(uses)
  const own = action === undefined ? [] : Object.keys(given ?? {}).map(name => ({action, name}))
  return [...own, ...Object.values(others).flatMap(inputsIn)]
}

function isThere({action, name}: {readonly action: string; readonly name: string}): boolean {
  return Object.hasOwn(readAction(action).inputs, name)
}

describe('examples in the documents', () => {
  const outputs = Object.assign({}, ...ENTRIES.map(({actionFile}) => readAction(actionFile).outputs)) as object

  it.each(DOCUMENTS)('name inputs and outputs that are there: %s', path => {
    expect(
      examplesIn(path)
        .flatMap(inputsIn)
        .filter(input => !isThere(input))
    ).toEqual([])
    const used = [...readFileSync(path, 'utf8').matchAll(/steps\.[\w-]+\.outputs\.([\w-]+)/g)].map(
      ([, name = '']) => name
    )
    expect(used.filter(name => !Object.hasOwn(outputs, name))).toEqual([])
  })

  it.each(EXAMPLES)('name inputs and outputs that are there: examples/%s', name => {
    const text = readFileSync(`examples/${name}`, 'utf8')
    const given = inputsIn(parse(text))
    expect(given.length).toBeGreaterThan(0)
    expect(given.filter(input => !isThere(input))).toEqual([])
    // The steps of other actions have outputs of their own; the examples use none.
    const used = [...text.matchAll(/steps\.[\w-]+\.outputs\.([\w-]+)/g)].map(([, output = '']) => output)
    expect(used.filter(output => !Object.hasOwn(outputs, output))).toEqual([])
  })

  it('are found', () => {
    expect(inputsIn(examplesIn('docs/upgrading.md')).map(({name}) => name)).toEqual(
      expect.arrayContaining(['registry', 'file-variables', 'public-mirrors', 'token-hosts'])
    )
  })
})

describe('docs/security.md', () => {
  it('says what inputs allow that are there', () => {
    const [, table = ''] = readFileSync('docs/security.md', 'utf8').split('## Inputs, and what each one allows')
    const named = [...table.matchAll(/^\| `([\w-]+)/gm)].map(([, name = '']) => name)
    expect(named.length).toBeGreaterThanOrEqual(6)
    expect(named.filter(name => !Object.hasOwn(DEFAULTS, name))).toEqual([])
  })
})
