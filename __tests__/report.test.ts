// The report for its readers: every kind of run against the published schema, in an independent validator, and the example in docs/, which is
// the report of a real run.

import {readFileSync, writeFileSync} from 'node:fs'
import {describe, expect, it} from '@jest/globals'
import {Ajv2020} from 'ajv/dist/2020.js'
import type {Action} from './support/fault.ts'
import {htmlPage, ociError, tooManyRequests} from './support/fault.ts'
import {makePublished} from './support/images.ts'
import {publish} from './support/registry-content.ts'
import type {ActionRun} from './support/run-action.ts'
import {REPOSITORY, runScenario, SCENARIOS} from './support/scenarios.ts'

const schema = JSON.parse(readFileSync('report.schema.json', 'utf8')) as Record<string, unknown>
// A format is a note here: `date-time` is checked below by reading it.
const validate = new Ajv2020({
  strict: true,
  allErrors: true,
  strictRequired: false,
  formats: {'date-time': true}
}).compile(schema)

function faultsOf(report: unknown): unknown {
  validate(report)
  return validate.errors ?? []
}

function everywhere(action: Action): Promise<ActionRun> {
  return runScenario(
    {hub: [{on: 'manifest', times: 'always', do: action}], ghcr: []},
    {attempts: '2', mirrors: 'ghcr.io'}
  )
}

const UNUSABLE = makePublished({editConfig: config => ({...config, rootfs: {type: 'layers', diff_ids: []}})})

const RUNS: Readonly<Record<string, {readonly run: () => Promise<ActionRun>; readonly kinds: readonly string[]}>> = {
  ...Object.fromEntries(
    Object.entries(SCENARIOS).map(([name, run]) => [
      name,
      {
        run,
        kinds:
          {
            incident: ['corrupt'],
            lost: ['corrupt', 'throttled'],
            sixty: ['corrupt', 'denied'],
            hostile: ['not-found'],
            'bad-input': ['invalid-input'],
            moved: ['digest-disagrees'],
            'moved and gone': ['digest-disagrees'],
            'stand-in': ['corrupt', 'not-found'],
            pins: ['corrupt']
          }[name] ?? []
      }
    ])
  ),
  'a canceled job': {
    run: () =>
      runScenario(
        {hub: [{on: 'config', server: 'cdn', do: {kind: 'hang'}}]},
        {'hedge-after': '0'},
        {
          signalAfter: {signal: 'SIGTERM', line: / is sha256:/}
        }
      ),
    kinds: []
  },
  'no time left': {
    run: () => runScenario({hub: [{on: 'manifest', do: {kind: 'hang'}}]}, {'hedge-after': '0', timeout: '600ms'}),
    kinds: ['timed-out']
  },
  'a web page': {run: () => everywhere(htmlPage()), kinds: ['protocol']},
  'a server error': {run: () => everywhere(ociError(503, 'UNAVAILABLE')), kinds: ['server-error']},
  'a connection that breaks': {run: () => everywhere({kind: 'reset'}), kinds: ['unreachable']},
  'a body that is cut short': {run: () => everywhere({kind: 'truncate', afterBytes: 10}), kinds: ['truncated']},
  'a body without end': {run: () => everywhere({kind: 'endless'}), kinds: ['too-large']},
  'a refusal': {run: () => everywhere(ociError(401, 'UNAUTHORIZED')), kinds: ['unauthorized']},
  'too many requests': {run: () => everywhere(tooManyRequests('3600')), kinds: ['throttled']},
  'a platform that it has not': {run: () => runScenario({}, {platform: 'linux/s390x'}), kinds: ['platform-missing']},
  'several platforms': {run: () => runScenario({}, {platform: 'all'}), kinds: []},
  'a tag that is another digest': {
    run: () =>
      runScenario(
        {
          atGhcr: [publish(REPOSITORY, '2.7.35', makePublished({seed: 2}))],
          hub: [{on: 'config', server: 'cdn', times: 'always', do: {kind: 'corrupt'}}]
        },
        {image: `${REPOSITORY}:2.7.35@${makePublished().index.digest}`}
      ),
    kinds: ['corrupt', 'not-found']
  },
  'an image that contradicts itself': {
    run: () => runScenario({content: [publish(REPOSITORY, '2.7.35', UNUSABLE)]}),
    kinds: ['unusable']
  }
}

const seen = new Set<string>()

describe('the report', () => {
  it.each(Object.entries(RUNS))('matches its schema: %s', async (_name, {run, kinds}) => {
    const {report} = await run()
    expect(faultsOf(report)).toEqual([])
    expect(new Date((report as {startedAt: string}).startedAt).toISOString()).toBe(
      (report as {startedAt: string}).startedAt
    )
    const said = [...JSON.stringify(report).matchAll(/"kind":"([a-z-]+)"/g)].map(([, kind = '']) => kind)
    for (const kind of said) seen.add(kind)
    for (const kind of kinds) expect(said).toContain(kind)
  })

  it('is tested with every kind of failure that a registry or an input can cause', () => {
    // Signatures have tests of their own. The kinds of signers are not kinds of failures.
    const elsewhere = new Set(['signature', 'github', 'identity', 'key'])
    const kinds = [...JSON.stringify(schema).matchAll(/"kind":\{"(?:const|enum)":(\[[^\]]*\]|"[^"]*")\}/g)].flatMap(
      ([, some = '']) => [...some.matchAll(/"([^"]+)"/g)].map(([, kind = '']) => kind)
    )
    expect(kinds.filter(kind => !seen.has(kind) && !elsewhere.has(kind)).toSorted()).toEqual([
      'bug',
      'docker',
      'local-io'
    ])
  })
})

describe('report.schema.json', () => {
  const right = (): Record<string, unknown> =>
    JSON.parse(readFileSync('docs/report.example.json', 'utf8')) as Record<string, unknown>
  type Image = Record<string, unknown>

  it.each<{readonly name: string; readonly spoil: (report: Record<string, unknown>, image: Image) => void}>([
    {name: 'another version', spoil: report => (report['schemaVersion'] = 2)},
    {name: 'a property that nobody knows', spoil: report => (report['more'] = 1)},
    {name: 'a cause that is none', spoil: (_, image) => ((image['diagnosis'] as Image)['cause'] = 'weather')},
    {name: 'a digest that is none', spoil: (_, image) => (image['digest'] = 'sha256:abc')},
    {name: 'a verified image without a reference', spoil: (_, image) => delete image['reference']},
    {name: 'a reference of what was not verified', spoil: (_, image) => (image['outcome'] = 'failed')},
    {
      name: 'a change in a lock file that does not say what was there before',
      spoil: (report, {digest: to}) =>
        (report['lock'] = {file: 'image-lock.json', mode: 'update', changes: [{name: 'a', change: 'changed', to}]})
    },
    {name: 'an older tag that is no image', spoil: (_, image) => (image['fallbacks'] = ['2.7.34'])},
    {
      name: 'a failure with the properties of another kind',
      spoil: (_, image) => (((image['registries'] as Image[])[0]?.['failure'] as Image)['kind'] = 'truncated')
    }
  ])('rejects $name', ({spoil}) => {
    const report = right()
    spoil(report, (report['images'] as Image[])[0] ?? {})
    expect(faultsOf(report)).not.toEqual([])
  })
})

/** Times are what differs from run to run; here they follow each other. */
function withoutTimes(report: unknown): string {
  let atMs = 0
  const text = JSON.stringify(
    report,
    (key, value: unknown) => {
      if (key === 'startedAt') return '2025-06-04T12:00:00.000Z'
      if (key === 'date') return 'Wed, 04 Jun 2025 12:00:00 GMT'
      if (key === 'startedMs') return (atMs += 50)
      return key === 'elapsedMs' ? 40 : value
    },
    2
  )
  return `${text}\n`
}

describe('docs/report.example.json', () => {
  it('is the report of a real run, except for its times', async () => {
    // One layer without compression: nothing in it depends on the machine, or on which of two requests is done first.
    const image = makePublished({
      platforms: ['linux/amd64'],
      layers: [{content: {seed: 1, size: 20_000}, compression: 'none'}]
    })
    const {report} = await runScenario({
      content: [publish(REPOSITORY, '2.7.35', image)],
      hub: [{on: 'layer[0]', server: 'cdn', times: 'always', do: {kind: 'corrupt', at: 0}}]
    })
    const made = withoutTimes(report)
    if ((process.env['UPDATE_DOCS'] ?? '') !== '') writeFileSync('docs/report.example.json', made)
    expect(faultsOf(JSON.parse(made))).toEqual([])
    expect(readFileSync('docs/report.example.json', 'utf8')).toBe(made)
  })
})
