// Inputs become one record, or all their faults at once: never anything else, whatever is written.

import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import {type InputIssue} from '../../src/failure/failure.ts'
import {type InputDeps, type Inputs, readInputs, wantsSummary} from '../../src/runner/inputs.ts'
import {createInputReader, DEFAULTS, parseDuration} from '../../src/runner/input-reader.ts'
import type {Platform} from '../../src/oci/platform.ts'

const MACHINE: Platform = {os: 'linux', architecture: 'amd64'}

const DEPS: InputDeps = {
  job: {environment: {}, names: [], secrets: []},
  hostPlatform: MACHINE,
  workspace: undefined,
  checkLayout: () => undefined,
  imported: []
}

function read(inputs: Readonly<Record<string, string>>): Inputs {
  return readInputs(createInputReader(inputs), DEPS)
}

function faultsOf(inputs: Readonly<Record<string, string>>): readonly InputIssue[] {
  const reader = createInputReader(inputs)
  readInputs(reader, DEPS)
  return reader.issues()
}

describe('parseDuration', () => {
  it.each([
    {text: '500ms', ms: 500},
    {text: '1.5s', ms: 1500},
    {text: '10m', ms: 600_000},
    {text: '24h', ms: 86_400_000},
    {text: '0.4ms', ms: undefined},
    {text: '0s', ms: undefined},
    {text: '25h', ms: undefined},
    {text: '5', ms: undefined},
    {text: '5 s', ms: undefined},
    {text: '-5s', ms: undefined},
    {text: '1e3s', ms: undefined},
    {text: '5S', ms: undefined},
    {text: '.5s', ms: undefined},
    {text: '٥s', ms: undefined},
    {text: `${'9'.repeat(400)}s`, ms: undefined},
    {text: '', ms: undefined}
  ])('reads $text as $ms', ({text, ms}) => {
    expect(parseDuration(text)).toBe(ms)
  })

  it('reads back any duration, and gives whole milliseconds up to a day for any text', () => {
    fc.assert(
      fc.property(fc.integer({min: 1, max: 86_400_000}), ms => {
        expect(parseDuration(`${String(ms)}ms`)).toBe(ms)
      })
    )
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9.]{0,12}(?:ms|s|m|h|d)?$/)), text => {
        const ms = parseDuration(text)
        expect(ms === undefined || (Number.isInteger(ms) && ms > 0 && ms <= 86_400_000)).toBe(true)
      })
    )
  })
})

describe('readInputs', () => {
  it('has the defaults of action.yml where nothing is written, or nothing but an empty text', () => {
    const bare = read({image: 'php:8.3'})
    expect(bare).toMatchObject({
      ...{prefer: 'primary', level: 'full', attempts: 4, backoffMs: 500, backoffMaxMs: 30_000},
      ...{connectTimeoutMs: 5000, stallTimeoutMs: 20_000, hedgeAfterMs: 3000, concurrency: 8, timeoutMs: 600_000},
      ...{credentials: undefined, githubToken: undefined, insecureRegistries: []},
      platforms: {kind: 'machine', platform: MACHINE},
      mirrors: [],
      publicMirrors: [
        {source: 'docker.io=ghcr.io', target: 'ghcr.io'},
        {source: 'docker.io=mirror.gcr.io', target: 'mirror.gcr.io'},
        {source: 'docker.io/library=public.ecr.aws/docker/library', target: 'public.ecr.aws/docker/library'}
      ]
    })
    const empty = Object.fromEntries(Object.keys(DEFAULTS).map(name => [name, '']))
    const filled = {...empty, image: 'php:8.3', 'public-mirrors': `${DEFAULTS['public-mirrors']}\n`}
    expect(read(filled)).toEqual(bare)
    expect(read({image: 'php:8.3', 'public-mirrors': ''}).publicMirrors).toEqual([])
  })

  it.each(['0', '0s', '0ms'])('takes hedge-after: %s for never', text => {
    expect(read({image: 'php:8.3', 'hedge-after': text}).hedgeAfterMs).toBeUndefined()
  })

  it.each([
    {name: 'attempts', value: '0'},
    {name: 'attempts', value: '101'},
    {name: 'attempts', value: '1.5'},
    {name: 'attempts', value: 'many'},
    {name: 'concurrency', value: '0'},
    {name: 'concurrency', value: '65'},
    {name: 'concurrency', value: '1.5'},
    {name: 'token-hosts', value: 'https://auth.example.com'},
    {name: 'token-hosts', value: '169.254.169.254'},
    {name: 'token-hosts', value: '[fe80::1]:5001'},
    {name: 'backoff', value: 'soon'},
    {name: 'timeout', value: '10'},
    {name: 'verify', value: 'all'},
    {name: 'prefer', value: 'mirror'},
    {name: 'platform', value: 'linux'},
    {name: 'platform', value: 'all, linux/amd64'},
    {name: 'insecure-registries', value: 'http://a'},
    {name: 'mirrors', value: 'ghcr'},
    {name: 'mirrors', value: 'docker.io='},
    {name: 'allow-floating', value: 'yes'},
    {name: 'username', value: ''},
    {name: 'registry', value: 'ghcr.io/acme'},
    {name: 'registry', value: 'ghcr'},
    {name: 'image', value: 'php'},
    {name: 'image', value: 'php:latest'},
    {name: 'image', value: 'PHP:8'}
  ])('refuses $name: $value, and says why and how', ({name, value}) => {
    const others: Record<string, string> = name === 'username' ? {password: 'p'} : {}
    const faults = faultsOf({image: 'php:8.3', ...others, [name]: value})
    const said = expect.stringMatching(/\S/)
    expect(faults).toMatchObject([{input: name, reason: said, example: said}])
  })

  it('reports an input that is read twice once, in the order of action.yml, and hides a secret', () => {
    const reader = createInputReader({timeout: 'soon', password: 'p'})
    reader.duration('timeout')
    reader.duration('timeout')
    reader.reject({input: 'password', value: 'p', reason: 'is wrong', example: ''})
    expect(reader.issues().map(({input, value}) => [input, value])).toEqual([
      ['password', '***'],
      ['timeout', 'soon']
    ])
  })

  it('says that a number needs a unit', () => {
    expect(faultsOf({image: 'php:8.3', timeout: '10'})).toEqual([
      {input: 'timeout', value: '10', reason: 'needs a unit: ms, s, m, or h', example: '10m'}
    ])
  })

  it('finds every fault at once', () => {
    const faults = faultsOf({image: 'php\nA:1', attempts: 'x', timeout: 'y', mirrors: '=z', prefer: 'w'})
    expect(faults.map(({input, value}) => `${input}: ${value}`).toSorted()).toEqual([
      'attempts: x',
      'image: A:1',
      'image: php',
      'mirrors: =z',
      'prefer: w',
      'timeout: y'
    ])
  })

  it('gives a record or invalid-input, whatever is written', () => {
    const name = fc.constantFrom(...Object.keys(DEFAULTS))
    const value = fc.oneof(
      fc.string({unit: 'grapheme'}),
      fc.constantFrom('all', '0', '1s', 'docker.io=ghcr.io', 'php:8.3', 'linux/amd64,linux/arm64', 'true', '\n\n', ',')
    )
    fc.assert(
      fc.property(
        fc.dictionary(
          name,
          fc.array(value, {maxLength: 4}).map(lines => lines.join('\n'))
        ),
        inputs => {
          for (const fault of faultsOf({image: 'php:8.3', ...inputs})) {
            expect(Object.keys(DEFAULTS)).toContain(fault.input)
            expect(fault.reason).not.toBe('')
          }
        }
      )
    )
  })
})

describe('wantsSummary', () => {
  it.each([
    {name: 'nothing is written', written: {}, wants: true},
    {name: 'it is not wanted', written: {summary: 'false'}, wants: false},
    {name: 'it is not wanted, as YAML writes it too', written: {summary: 'False'}, wants: false},
    {name: 'the input is wrong', written: {summary: 'perhaps'}, wants: true}
  ])('is $wants when $name', ({written, wants}) => {
    expect(wantsSummary(createInputReader(written))).toBe(wants)
  })
})
