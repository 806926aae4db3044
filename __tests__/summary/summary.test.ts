// The job summary as text: whom it names first, what is cut when there is much, and that it stays below what a runner takes.
// How it looks in a browser is summary-page.test.ts's.

import {describe, expect, it} from '@jest/globals'
import type {Report} from '../../src/report/report-document.ts'
import {renderSummary} from '../../src/summary/summary.ts'
import {renderTimeline} from '../../src/summary/timeline.ts'
import type {Digest} from '../../src/oci/digest.ts'
import {HOSTILE} from '../support/hostile-text.ts'

type ImageReport = Report['images'][number]
type RegistryReport = ImageReport['registries'][number]
type AttemptReport = RegistryReport['attempts'][number]

const DIGEST = `sha256:${'a'.repeat(64)}` as Digest

const OTHER = `sha256:${'b'.repeat(64)}` as Digest

function attempt(startedMs: number, failure?: RegistryReport['failure']): RegistryReport['attempts'][number] {
  return {
    object: 'config',
    ordinal: 1,
    startedMs,
    elapsedMs: 100,
    waitedMs: 0,
    bytes: 10,
    outcome: failure === undefined ? 'verified' : 'failed',
    exchanges: [],
    ...(failure === undefined ? {} : {failure})
  }
}

function failedAt(registry: string, text: string): RegistryReport {
  const failure = {
    kind: 'server-error',
    status: 503,
    detail: text,
    message: `server error (HTTP 503): ${text}`
  } as const
  const attempts = [attempt(0, failure), attempt(500, failure)]
  return {registry, repository: 'acme/app', role: 'primary', outcome: 'failed', did: failure.message, failure, attempts}
}

function servedBy(registry: string): RegistryReport {
  return {
    ...{registry, repository: 'acme/app', role: 'mirror', outcome: 'verified', did: 'verified'},
    attempts: [attempt(1000)]
  }
}

function lost(image: string, text = ''): ImageReport {
  return {
    ...{image, name: image, outcome: 'failed', elapsedMs: 1000, platforms: []},
    registries: [failedAt('docker.io', text)],
    diagnosis: {
      ...{cause: 'outage', what: text, advice: `wait ${text}`},
      evidence: {registry: 'docker.io', object: 'config', requestIds: {'x-request-id': text}, gotDigests: []}
    }
  }
}

function verified(image: string, source: 'primary' | 'mirror' = 'primary'): ImageReport {
  return {
    ...{
      image,
      name: image,
      outcome: 'verified',
      elapsedMs: 1000,
      digest: DIGEST,
      decidedBy: 'primary',
      verified: 'full'
    },
    ...{reference: `docker.io/${image}@${DIGEST}`, registry: source === 'primary' ? 'docker.io' : 'ghcr.io', source},
    platforms: [],
    registries: source === 'primary' ? [servedBy('docker.io')] : [failedAt('docker.io', ''), servedBy('ghcr.io')],
    ...(source === 'primary' ? {} : {warning: 'it comes from elsewhere'})
  }
}

function fromCache(image: string): ImageReport {
  return {
    ...{
      image,
      name: image,
      outcome: 'verified',
      elapsedMs: 1000,
      digest: DIGEST,
      decidedBy: 'reference',
      verified: 'full'
    },
    ...{origins: ['cache'], reference: 'acme@local', platforms: [], registries: []}
  }
}

function standIn(image: string, older: string): ImageReport {
  return {
    ...verified(image),
    registries: [failedAt('docker.io', '')],
    fallbacks: [verified(older)],
    warning: 'an older one'
  }
}

function reportOf(images: readonly ImageReport[], more: Partial<Report> = {}): Report {
  return {
    schemaVersion: 1,
    action: {name: 'verified-image', version: '1.0.0'},
    startedAt: '2025-06-04T12:00:00.000Z',
    elapsedMs: 2000,
    outcome: images.every(({outcome}) => outcome === 'verified') ? 'verified' : 'failed',
    images,
    inputFaults: [],
    warnings: [],
    ...more
  }
}

function headlineOf(report: Report): string {
  return renderSummary(report).split('\n')[2] ?? ''
}

describe('the first sentence', () => {
  it.each<{readonly name: string; readonly report: Report; readonly says: string}>([
    {
      name: 'one image from where it belongs',
      report: reportOf([verified('a:1')]),
      says: '**`a:1` was taken from `docker.io`. Every byte verified.**'
    },
    {
      name: 'one image from a mirror',
      report: reportOf([verified('a:1', 'mirror')]),
      says: '**`a:1` was taken from `ghcr.io` because `docker.io` returned a server error (HTTP 503). Same digest; every byte verified.**'
    },
    {
      name: 'a mirror that decided what the tag is, which is not said to be the same image',
      report: reportOf([{...verified('a:1', 'mirror'), decidedBy: 'mirror'}]),
      says: '**`a:1` was taken from `ghcr.io` because `docker.io` returned a server error (HTTP 503). Every byte verified.**'
    },
    {
      name: 'a mirror that was preferred',
      report: reportOf([{...verified('a:1', 'mirror'), registries: [servedBy('ghcr.io')]}]),
      says: '**`a:1` was taken from the preferred mirror `ghcr.io`. Every byte verified.**'
    },
    {
      name: 'less than everything looked at',
      report: reportOf([{...verified('a:1'), verified: 'config'}]),
      says: '**`a:1` was taken from `docker.io`. Manifest and config verified, layers not checked.**'
    },
    {
      name: 'one image lost',
      report: reportOf([lost('a:1')]),
      says: '**Could not verify `a:1`: `docker.io` returned a server error (HTTP 503).**'
    },
    {
      name: 'some of many',
      report: reportOf([lost('a:1'), verified('b:1'), verified('c:1', 'mirror')]),
      says: '**1 of 3 images could not be verified. 2 verified, 1 from a mirror.**'
    },
    {
      name: 'an older tag that stands in',
      report: reportOf([standIn('a:2', 'a:1')]),
      says: '**Used fallback tag `a:1` instead of `a:2` because `docker.io` returned a server error (HTTP 503). Taken from `docker.io`; every byte verified.**'
    },
    {
      name: 'older tags among many',
      report: reportOf([standIn('a:2', 'a:1'), verified('b:1', 'mirror')]),
      says: '**All 2 images verified, 1 from a mirror, 1 with a fallback tag.**'
    },
    {
      name: 'an older tag that could not be had either',
      report: reportOf([{...lost('a:2'), fallbacks: [lost('a:1')]}]),
      says: '**Could not verify `a:2`: `docker.io` returned a server error (HTTP 503). No fallback tag is available either.**'
    },
    {
      name: 'a locked image from where it belongs',
      report: reportOf([{...verified('a:1'), decidedBy: 'lock'}]),
      says: '**`a:1` was taken from `docker.io`. Every byte verified. It matches the lock file.**'
    },
    {
      name: 'a locked image from a mirror',
      report: reportOf([{...verified('a:1', 'mirror'), decidedBy: 'lock'}]),
      says: '**`a:1` was taken from `ghcr.io` because `docker.io` returned a server error (HTTP 503). Same digest as in the lock file; every byte verified.**'
    },
    {
      name: 'a locked image that nobody has',
      report: reportOf([{...lost('a:1'), decidedBy: 'lock'}]),
      says: '**Could not verify `a:1`: `docker.io` returned a server error (HTTP 503).**'
    },
    {
      name: 'an image that is all in the cache',
      report: reportOf([fromCache('a:1')]),
      says: "**`a:1` was taken from this runner's cache. Every byte verified.**"
    },
    {name: 'all of many', report: reportOf([verified('a:1'), verified('b:1')]), says: '**All 2 images verified.**'},
    {
      name: 'bad input',
      report: reportOf([], {
        outcome: 'failed',
        inputFaults: [{input: 'timeout', written: 'soon', rule: 'it is a duration', example: '10m'}]
      }),
      says: '**Nothing was downloaded.**'
    },
    {
      name: 'a job that was called off',
      report: reportOf([lost('a:1')], {outcome: 'cancelled'}),
      says: '**The job was canceled before everything was verified.**'
    },
    {
      name: 'something of ours that failed',
      report: reportOf([], {
        outcome: 'failed',
        failure: {kind: 'local-io', detail: 'the disk is full', message: 'the disk is full'}
      }),
      says: '**the disk is full**'
    }
  ])('tells of $name', ({report, says}) => {
    expect(headlineOf(report)).toBe(says)
  })
})

describe('renderSummary', () => {
  it('stays below half of what a runner takes, and says what it left out', () => {
    const images = Array.from({length: 3000}, (_, at) => lost(`acme/app-${String(at)}:1`, HOSTILE.repeat(20)))
    const summary = renderSummary(reportOf(images, {warnings: Array.from({length: 500}, () => HOSTILE.repeat(20))}))
    expect(Buffer.byteLength(summary)).toBeLessThan(512 * 1024)
    expect(summary).toContain('*2990 more images needed attention: see the report.*')
    expect(summary).toContain('*2888 more images: see the report.*')
    expect(summary).toMatch(/\*5700 more attempts: see the report\.\*|of this summary did not fit/)
  })

  it('shows the images with trouble first when there are many', () => {
    const images = Array.from({length: 60}, (_, at) => (at === 40 ? lost('lost:1') : verified(`good-${String(at)}:1`)))
    const summary = renderSummary(reportOf(images))
    expect(summary.indexOf('`lost:1`')).toBeLessThan(summary.indexOf('<details>'))
    expect(summary).toContain('<summary>The other 59 images</summary>')
    expect(summary.indexOf('`good-0:1`')).toBeGreaterThan(summary.indexOf('<summary>The other 59 images</summary>'))
  })

  it('tells a warning once: with its image, or in the list', () => {
    const summary = renderSummary(
      reportOf([verified('a:1', 'mirror')], {warnings: ['it comes from elsewhere', 'a mirror without use']})
    )
    expect(summary).not.toContain('it comes from elsewhere')
    expect(summary).toContain('- ⚠️ a mirror without use')
  })
})

describe('what was pinned', () => {
  it('is told of a lock file that was renewed: what changed, and how much did not', () => {
    const changes = [
      {name: 'docker.io/library/a:1', change: 'changed', from: DIGEST, to: OTHER},
      {name: 'docker.io/library/b:1', change: 'extended', to: DIGEST},
      {name: 'docker.io/library/c:1', change: 'unchanged', to: DIGEST}
    ] as const
    const summary = renderSummary(
      reportOf([verified('a:1')], {lock: {file: 'image-lock.json', mode: 'update', changes}})
    )
    expect(summary).toContain(`| \`docker.io/library/a:1\` | changed | \`${DIGEST}\` | \`${OTHER}\` |`)
    expect(summary).toContain(`| \`docker.io/library/b:1\` | new platform | - | \`${DIGEST}\` |`)
    expect(summary).toContain('1 more is unchanged.')
    expect(summary).not.toContain('library/c:1')
  })

  it.each([
    {
      name: 'when all is as it was',
      mode: 'update',
      changes: [{name: 'a', change: 'unchanged', to: DIGEST}],
      says: true
    },
    {name: 'when nothing was verified', mode: 'update', changes: [], says: true},
    {name: 'when it was only held against the images', mode: 'enforce', changes: [], says: false}
  ] as const)('has no table of the lock file $name', ({mode, changes, says}) => {
    const summary = renderSummary(reportOf([verified('a:1')], {lock: {file: 'image-lock.json', mode, changes}}))
    expect(summary).not.toContain('| After |')
    expect(summary.includes('#### Lock file')).toBe(says)
  })

  it('has the words of status pages right below the cause, each page once, and advice at the end', () => {
    const statusPage = {page: 'www.example.com', says: `all is well ${HOSTILE}`, at: 'today'}
    const [registry = failedAt('', '')] = lost('a:1').registries
    const report = reportOf(
      [
        {
          ...lost('a:1'),
          registries: [
            {...registry, statusPage},
            {...registry, statusPage}
          ]
        }
      ],
      {
        advice: [`Advice: ${HOSTILE}`]
      }
    )
    const lines = renderSummary(report).split('\n')
    const at = lines.findIndex(line => line.startsWith('**Cause: '))
    expect(lines[at + 2]).toMatch(/^- Hint: `www\.example\.com` says: all is well &#60;script.* \(today\)$/)
    expect(lines.filter(line => line.startsWith('- Hint: '))).toHaveLength(1)
    expect(lines.at(-4)).toMatch(/^- Advice: &#60;script/)
    expect(lines.at(-2)).toMatch(/^<sub>/)
  })
})

describe('renderTimeline', () => {
  it('writes names in the letters that Mermaid takes', () => {
    const registry = {
      ...failedAt('127.0.0.1:5000', ''),
      attempts: [attempt(3.4, failedAt('', '').failure), attempt(4000)]
    }
    const {chart = ''} =
      renderTimeline(reportOf([{...lost(`${HOSTILE};#:\nsection x`), registries: [registry]}, lost('b')])) ?? {}
    const [, , axis, , section, ...bars] = chart.split('\n')
    expect(axis).toBe('  axisFormat %Q ms')
    expect(section).toBe('  section 127.0.0.1 (port 5000)')
    for (const bar of bars.filter(line => !line.startsWith('  section ')))
      expect(bar).toMatch(/^ {2}config of [^:;#\n"`<>&%]+ :(?:done|crit|active), \d+, \d+ms$/)
    expect(bars[0]).toMatch(/ - returned a server error \(HTTP 503\) :crit, 3, 100ms$/)
  })

  it('makes one bar of an image at a registry when there are too many, those with trouble first', () => {
    const images = Array.from({length: 60}, (_, at) => (at === 59 ? lost('lost:1') : verified(`good-${String(at)}:1`)))
    const {chart = '', left} = renderTimeline(reportOf(images)) ?? {}
    expect(chart.split('\n')[5]).toBe('  ▸ lost 1 - returned a server error (HTTP 503) :crit, 0, 600ms')
    expect(left).toBe(36)
  })

  it('counts in seconds when it took long', () => {
    const slow = {...lost('a'), registries: [{...servedBy('docker.io'), attempts: [attempt(90_000)]}]}
    expect(renderTimeline(reportOf([slow]))?.chart).toContain('  axisFormat %s s\n')
  })

  it('is none when nobody was asked', () => {
    expect(renderTimeline(reportOf([]))).toBeUndefined()
  })
})

function digest(letter: string): Digest {
  return `sha256:${letter.repeat(64)}` as Digest
}
const [WANTED, GOT] = [digest('a'), digest('b')]

const CORRUPT: NonNullable<RegistryReport['failure']> = {
  kind: 'corrupt',
  wanted: WANTED,
  got: GOT,
  gotBytes: 10,
  wantedBytes: 20,
  firstBytes: 'PK',
  message: 'digest mismatch'
}
function exchange(host: string, status?: number): AttemptReport['exchanges'][number] {
  return {
    ...{object: 'config', method: 'GET', host, path: '/x', elapsedMs: 1, requestIds: {}},
    ...(status === undefined ? {} : {status})
  }
}
function tryAt(startedMs: number, more: Partial<AttemptReport> = {}): AttemptReport {
  return {
    ...{
      object: 'config',
      ordinal: 1,
      startedMs,
      elapsedMs: 100,
      waitedMs: 0,
      bytes: 10,
      outcome: 'verified',
      exchanges: []
    },
    ...more
  }
}
function failedTryAt(startedMs: number, more: Partial<AttemptReport> = {}): AttemptReport {
  return tryAt(startedMs, {outcome: 'failed', failure: CORRUPT, ...more})
}
function registryOf(
  registry: string,
  role: RegistryReport['role'],
  attempts: RegistryReport['attempts'],
  more: Partial<RegistryReport> = {}
): RegistryReport {
  return {
    ...{registry, repository: 'acme/app', role, outcome: 'verified', did: 'verified', attempts},
    ...more
  }
}

const VERIFIED: ImageReport = {
  ...{image: 'a:1', name: 'docker.io/library/a:1', outcome: 'verified', elapsedMs: 1000, verified: 'full', size: 2000},
  ...{reference: `docker.io/library/a@${WANTED}`, registry: 'docker.io', source: 'primary', decidedBy: 'primary'},
  platforms: [
    {
      ...{digest: WANTED, mediaType: '', imageId: WANTED, layers: [], notes: [], verified: 'full', size: 2000},
      platform: 'linux/amd64'
    },
    {...{digest: WANTED, mediaType: '', imageId: WANTED, layers: [], notes: [], verified: 'full', size: 0}}
  ],
  registries: [registryOf('docker.io', 'primary', [tryAt(0, {exchanges: [exchange('registry-1.docker.io', 200)]})])]
}

const LOST: ImageReport = {
  ...{image: 'b:1', name: 'docker.io/library/b:1', outcome: 'failed', elapsedMs: 2000, platforms: []},
  diagnosis: {
    ...{cause: 'registry', what: 'docker.io: config digest mismatch', advice: 'Report it.'},
    evidence: {
      ...{registry: 'docker.io', object: 'config', host: 'cdn.example', path: '/x', status: 200},
      ...{requestIds: {'cf-ray': '1', via: '2'}, wantedDigest: WANTED, gotDigests: [GOT, WANTED]},
      ...{wantedBytes: 20, gotBytes: 10, firstBytes: 'PK', rateLimit: {'ratelimit-limit': '9'}}
    }
  },
  registries: [
    registryOf(
      'docker.io',
      'primary',
      [
        failedTryAt(0, {exchanges: [exchange('registry-1.docker.io', 307), exchange('cdn.example', 200)]}),
        failedTryAt(500, {waitedMs: 1, failedObject: 'token', exchanges: [exchange('auth.docker.io')]}),
        tryAt(700)
      ],
      {
        outcome: 'failed',
        did: 'config digest mismatch',
        object: 'config',
        failure: CORRUPT,
        statusPage: {page: 'p.example', says: 'Down'}
      }
    ),
    registryOf('ghcr.io', 'mirror', [tryAt(1000, {outcome: 'aborted'})], {outcome: 'aborted', did: 'canceled'}),
    registryOf('quay.io', 'public-mirror', [], {outcome: 'not-asked', did: 'not queried'})
  ]
}

function linesOf(report: Report): readonly string[] {
  return renderSummary(report).split('\n')
}
function many(count: number, image: ImageReport): readonly ImageReport[] {
  return Array.from({length: count}, (_, at) => ({...image, image: `${image.image}-${String(at)}`}))
}

const LINK = 'https://github.com/OWNER/verified-image/blob/v1/docs/troubleshooting.md'
const FOOTER =
  '<sub>verified-image 1.0.0, 2025-06-04T12:00:00.000Z, 2 s. Full details: the JSON file at the <code>report</code> output.</sub>'
const CAUSE = `**Cause: [registry](${LINK}#registry).** \`docker.io\` serves corrupt data for this image.`
const REGISTRIES = [
  '| Registry | Result | Requests | Time |',
  '| --- | --- | --- | --- |',
  '| `docker.io` | config digest mismatch | 3 | 800 ms |',
  '| `ghcr.io` (mirror) | canceled | 0 | 100 ms |',
  '| `quay.io` (public mirror) | not queried | 0 | - |'
]
const EVIDENCE = [
  '<details>',
  '<summary>Evidence for a report to the registry</summary>',
  '',
  '```text',
  'image        docker.io/library/b:1',
  'problem      docker.io: config digest mismatch',
  'time         2025-06-04T12:00:00.500Z',
  'request      GET cdn.example/x',
  'status       HTTP 200',
  'request ids  cf-ray: 1, via: 2',
  `expected     ${WANTED}`,
  `received     ${GOT}, ${WANTED}`,
  'bytes        10 of 20',
  'first bytes  PK',
  'rate limit   ratelimit-limit: 9',
  '```',
  '',
  '</details>'
]

describe('a whole summary', () => {
  it('of an image that is used has no timeline, no attempts, and no tables', () => {
    expect(linesOf(reportOf([VERIFIED]))).toEqual([
      '### ✅ verified-image: `a:1`',
      '',
      '**`a:1` was taken from `docker.io`. Every byte verified.**',
      '',
      `\`docker.io/library/a@${WANTED}\` · \`linux/amd64\`, - · 2 kB · verified: full · 1 s`,
      '',
      FOOTER,
      ''
    ])
  })

  it('of an image that failed', () => {
    expect(linesOf(reportOf([LOST]))).toEqual([
      '### ❌ verified-image: `b:1`',
      '',
      '**Canceled before `b:1` was verified.**',
      '',
      '**Fix:** Report it.',
      '',
      CAUSE,
      '',
      '- Hint: `p.example` says: Down',
      '',
      ...REGISTRIES,
      '',
      ...EVIDENCE,
      '',
      '<details>',
      '<summary>Timeline</summary>',
      '',
      '```mermaid',
      'gantt',
      '  dateFormat x',
      '  axisFormat %Q ms',
      '  todayMarker off',
      '  section docker.io',
      '  config - served data that failed verification :crit, 0, 100ms',
      '  token - served data that failed verification :crit, 500, 100ms',
      '  config :done, 700, 100ms',
      '  section ghcr.io',
      '  config - canceled :active, 1000, 100ms',
      '```',
      '',
      '</details>',
      '',
      '<details>',
      '<summary>All attempts (4)</summary>',
      '',
      '| Registry | Object | Result | Status | Host | Size | Time |',
      '| --- | --- | --- | --- | --- | --- | --- |',
      '| `docker.io` | `config` | digest mismatch | 200 | `cdn.example` | 10 B | 100 ms |',
      '| `docker.io` | `token` | digest mismatch | - | `auth.docker.io` | 10 B | 100 ms after waiting 1 ms |',
      '| `docker.io` | `config` | verified | - | - | 10 B | 100 ms |',
      '| `ghcr.io` | `config` | canceled | - | - | 10 B | 100 ms |',
      '',
      '</details>',
      '',
      FOOTER,
      ''
    ])
  })

  it('of both begins with the image that failed', () => {
    const lines = linesOf(reportOf([VERIFIED, LOST]))
    expect(lines.slice(0, lines.indexOf('<summary>Timeline</summary>'))).toEqual([
      '### ❌ verified-image: 2 images',
      '',
      '**1 of 2 images could not be verified. 1 verified.**',
      '',
      '|  | Image | Platform | Size | Verified | Time | Reference |',
      '| --- | --- | --- | --- | --- | --- | --- |',
      '| ❌ | `b:1` | - | - | - | 2 s | - |',
      `| ✅ | \`a:1\` | \`linux/amd64\`, - | 2 kB | full | 1 s | \`docker.io/library/a@${WANTED}\` |`,
      '',
      '#### `b:1`',
      '',
      'Canceled before `b:1` was verified.',
      '',
      '**Fix:** Report it.',
      '',
      CAUSE,
      '',
      '- Hint: `p.example` says: Down',
      '',
      ...REGISTRIES,
      '',
      ...EVIDENCE,
      '',
      '<details>'
    ])
  })
})

describe('a summary of what is not usual', () => {
  const faults = (count: number): Partial<Report> => ({
    outcome: 'failed',
    inputFaults: Array.from({length: count}, () => ({
      input: 'timeout',
      written: 'soon',
      rule: 'it is a duration',
      example: '10m'
    })),
    failure: {kind: 'invalid-input', faults: [], message: 'inputs'}
  })

  it('says what was written in each input', () => {
    const [, , headline, , head, , ...rows] = linesOf(reportOf([], faults(2)))
    expect(headline).toBe('**Nothing was downloaded.**')
    expect(head).toBe('| Input | Value | Problem | Example |')
    expect(rows.slice(0, 2)).toEqual(Array(2).fill('| `timeout` | `soon` | it is a duration | `10m` |'))
    expect(rows[2]).toBe('')
    expect(rows[3]).toMatch(/^<sub>/)
  })

  it('has no table of inputs that are right', () => {
    expect(renderSummary(reportOf([VERIFIED]))).not.toContain('| Input |')
    expect(renderSummary(reportOf([], faults(1)))).toContain('| Input |')
  })

  it('says that nothing was done, when nothing more is known', () => {
    expect(linesOf(reportOf([]))[2]).toBe('**Nothing was verified.**')
  })

  it('says below the headline what ended the run, unless the headline does', () => {
    const failure = {kind: 'docker', detail: '', message: 'no engine'} as const
    const below = (report: Report): string | undefined => linesOf(report)[4]
    expect(below(reportOf([VERIFIED], {failure}))).toBe('no engine')
    expect(below(reportOf([VERIFIED]))).toMatch(/^`docker\.io/)
    expect(linesOf(reportOf([], {failure}))[2]).toBe('**no engine**')
    expect(renderSummary(reportOf([VERIFIED], faults(1)))).not.toContain('inputs\n')
  })

  it('shows no size of layers that were not checked', () => {
    expect(linesOf(reportOf([{...VERIFIED, verified: 'manifest'}]))[4]).toBe(
      `\`docker.io/library/a@${WANTED}\` · \`linux/amd64\`, - · verified: manifest · 1 s`
    )
  })

  it.each<{readonly name: string; readonly failure: NonNullable<RegistryReport['failure']>; readonly is: boolean}>([
    {name: 'corrupt data', failure: CORRUPT, is: true},
    {name: 'a truncated response', failure: {kind: 'truncated', gotBytes: 1, message: ''}, is: true},
    {name: 'a server error', failure: {kind: 'server-error', status: 503, detail: '', message: ''}, is: true},
    {name: 'a lost blob', failure: {kind: 'not-found', status: 404, detail: '', message: ''}, is: true},
    {name: 'DNS', failure: {kind: 'unreachable', reason: 'dns', detail: '', message: ''}, is: false},
    {
      name: 'a moved tag',
      failure: {kind: 'digest-disagrees', wanted: WANTED, got: GOT, decidedBy: '', message: ''},
      is: false
    }
  ])('has evidence for $name: $is', ({failure, is}) => {
    const registries = LOST.registries.slice(0, 1).map(registry => ({...registry, failure}))
    expect(renderSummary(reportOf([{...LOST, registries}])).includes('Evidence for a report')).toBe(is)
  })

  it('is well, a warning or a failure by its sign', () => {
    const signOf = (images: readonly ImageReport[]): string => linesOf(reportOf(images))[0]?.split(' ')[1] ?? ''
    const warned = {...VERIFIED, warning: 'x'}
    const {diagnosis} = LOST
    if (diagnosis === undefined) throw new Error('it has one')
    expect([[VERIFIED], [VERIFIED, warned], [{...VERIFIED, diagnosis}], [LOST, VERIFIED]].map(signOf)).toEqual([
      '✅',
      '⚠️',
      '⚠️',
      '❌'
    ])
    expect(renderSummary(reportOf([warned, VERIFIED]))).toContain('\n| ⚠️ | `a:1` |')
  })

  it.each([
    {
      name: 'none of many',
      images: [LOST, LOST],
      says: '2 of 2 images could not be verified. 0 verified.'
    },
    {
      name: 'two of three',
      images: [LOST, VERIFIED, VERIFIED],
      says: '1 of 3 images could not be verified. 2 verified.'
    }
  ])('counts what was verified: $name', ({images, says}) => {
    expect(linesOf(reportOf(images))[2]).toBe(`**${says}**`)
  })

  it('tells the stories of lost images before those of others', () => {
    const warned = (name: string): ImageReport => ({...VERIFIED, image: name, warning: 'x'})
    const report = reportOf([warned('w:1'), LOST, warned('w:2'), VERIFIED])
    expect(linesOf(report).filter(line => line.startsWith('#### '))).toEqual(['#### `b:1`', '#### `w:1`', '#### `w:2`'])
  })

  it('has no evidence of an image that has none', () => {
    expect(renderSummary(reportOf([{...VERIFIED, warning: 'x'}]))).not.toContain('Evidence')
  })

  it('leaves out of the evidence what is not known, and the date, which identifies no request', () => {
    const {diagnosis} = LOST
    if (diagnosis === undefined) throw new Error('it has one')
    const evidenceOf = (evidence: Partial<typeof diagnosis.evidence>): readonly string[] => {
      const known = {registry: 'docker.io', object: 'config', requestIds: {}, gotDigests: [], ...evidence}
      const lines = linesOf(reportOf([{...LOST, diagnosis: {...diagnosis, what: '', evidence: known}}]))
      const start = lines.indexOf('```text')
      return lines.slice(start + 1, lines.indexOf('```', start))
    }
    const known = ['image        docker.io/library/b:1', 'time         2025-06-04T12:00:00.500Z']
    expect(evidenceOf({})).toEqual(known)
    expect(evidenceOf({gotBytes: 5, host: 'h', gotDigests: [GOT], requestIds: {date: 'x', via: '2'}})).toEqual([
      ...known,
      'request      GET h',
      'request ids  via: 2',
      `received     ${GOT}`,
      'bytes        5'
    ])
  })

  it('says which older tags were tried, and which stands in', () => {
    const older = [{...LOST, image: 'a:0'}, VERIFIED]
    const said = (image: ImageReport): readonly string[] =>
      linesOf(reportOf([image])).filter(
        line => line.startsWith('Fallback tag ') || line.startsWith('- ⚠️ **The outputs')
      )
    expect(said({...VERIFIED, image: 'a:2', warning: 'x', fallbacks: older})).toEqual([
      '- ⚠️ **The outputs of `a:2` are those of the fallback tag `a:1`.**',
      'Fallback tag `a:0` is not available:',
      'Fallback tag `a:1` is used:'
    ])
    expect(said({...LOST, fallbacks: [{...LOST, image: 'a:0'}]})).toEqual(['Fallback tag `a:0` is not available:'])
    const image = {...VERIFIED, image: 'a:2', warning: 'x', fallbacks: older}
    expect(renderSummary(reportOf([image, VERIFIED]))).toContain('| `a:2`, fallback tag `a:1` |')
  })

  it('says what a tag is now, and what it was', () => {
    const moved = {registry: 'docker.io', digest: GOT}
    const said = (more: Partial<ImageReport>): string | undefined =>
      linesOf(reportOf([{...VERIFIED, warning: 'x', ...more}])).find(line => line.startsWith('At '))
    expect(said({})).toBeUndefined()
    expect(said({moved})).toBe(`At \`docker.io\`, the tag now points to \`${GOT}\`.`)
    expect(said({moved: {...moved, created: 'now', lockedCreated: 'then'}, digest: WANTED})).toBe(
      `At \`docker.io\`, the tag now points to \`${GOT}\` (created \`now\`). The lock file pins \`${WANTED}\` (created \`then\`), which was used.`
    )
    expect(said({moved, locked: digest('c'), digest: WANTED})).toContain(`pins \`${digest('c')}\`, which was used.`)
  })

  it('says when a status page said so', () => {
    const [registry] = LOST.registries
    if (registry === undefined) throw new Error('it has one')
    const statusPage = {page: 'p.example', says: 'Down', at: 'noon'}
    expect(renderSummary(reportOf([{...LOST, registries: [{...registry, statusPage}]}]))).toContain(
      'says: Down (noon)\n'
    )
  })

  it('says of a lock file what became of it', () => {
    const change = (of: 'added' | 'unchanged', at: number) =>
      ({name: `n-${String(at)}`, change: of, to: WANTED}) as const
    const said = (changed: number, same: number): string => {
      const changes = [
        ...Array.from({length: changed}, (_, at) => change('added', at)),
        ...Array.from({length: same}, (_, at) => change('unchanged', at))
      ]
      return renderSummary(reportOf([VERIFIED], {lock: {file: 'f', mode: 'update', changes}}))
    }
    expect(said(0, 0)).toContain('#### Lock file `f`\n\nNo changes were written.\n')
    expect(said(0, 1)).toContain('#### Lock file `f`\n\nEverything is up to date.\n')
    expect(said(100, 0)).toContain('| `n-99` | added |')
    expect(said(100, 0)).not.toMatch(/more: see the report|unchanged/)
    expect(said(101, 2)).not.toContain('| `n-100` |')
    expect(said(101, 2)).toContain('*1 more: see the report.*\n\n2 more are unchanged.')
  })
})

describe('an attempt at a layer in parts', () => {
  const PARTS = {count: 29, connections: 7, bytes: 120, stragglers: 1, resumed: 0}
  const resultOf = (more: Partial<AttemptReport>): string | undefined => {
    const layer = {...attempt(0), object: 'layer[1]', bytes: 138_000_000, elapsedMs: 2000, ...more}
    const registries = [registryOf('docker.io', 'primary', [layer, attempt(3000, failedAt('', '').failure)])]
    return /^\| `docker\.io` \| `layer 2` \| (.*?) \|/m.exec(renderSummary(reportOf([{...LOST, registries}])))?.[1]
  }

  it('says how many there were, and how fast', () => {
    expect(resultOf({parts: PARTS})).toBe('verified; in 29 parts over 7 connections, 69 MB/s, 1 too slow and replaced')
    expect(resultOf({})).toBe('verified')
  })

  it('names the bytes that were changed, and escapes what the server wrote', () => {
    const differs = {start: 40, end: 80, host: 'cdn.example.com', requestIds: {'x-request-id': '[a](b)<i>'}}
    expect(resultOf({differs})).toBe(
      'verified; bytes 40-79 from cdn.example.com were changed on their way the first time (x-request-id: &#91;a&#93;(b)&#60;i&#62;)'
    )
    const {failure} = failedAt('down', '')
    expect(resultOf({differs, outcome: 'failed', ...(failure && {failure})})).toMatch(
      /^server error .*; the two downloads first differ in bytes 40-79 from cdn/
    )
  })
})

describe('a summary of much', () => {
  it.each([
    {images: 12, folded: undefined, more: undefined},
    {images: 13, folded: 'All 13 images', more: undefined},
    {images: 100, folded: 'All 100 images', more: undefined},
    {images: 101, folded: 'All 101 images', more: '*1 more image: see the report.*'}
  ])('folds $images images that are well', ({images, folded, more}) => {
    const text = renderSummary(reportOf(many(images, VERIFIED)))
    expect(/<summary>(.* images)<\/summary>/.exec(text)?.[1]).toBe(folded)
    expect(text.match(/^\| {2}\| Image \|/gm)).toHaveLength(1)
    expect(/\*\d+ more images?: see the report\.\*/.exec(text)?.[0]).toBe(more)
    expect(text).not.toContain('\n\n\n')
  })

  it.each([
    {stories: 10, more: undefined},
    {stories: 11, more: '*1 more image needed attention: see the report.*'}
  ])('tells ten stories of $stories', ({stories, more}) => {
    const text = renderSummary(reportOf(many(stories, LOST)))
    expect(text.match(/^#### /gm)).toHaveLength(10)
    expect(/\*\d+ more image.* needed attention.*\*/.exec(text)?.[0]).toBe(more)
  })

  it.each([
    {tries: 300, more: undefined},
    {tries: 301, more: '*1 more attempts: see the report.*'},
    {tries: 302, more: '*2 more attempts: see the report.*'}
  ])('shows 300 attempts of $tries', ({tries, more}) => {
    const attempts = Array.from({length: tries - 1}, (_, at) => tryAt(at, {bytes: at}))
    const failed = registryOf('ghcr.io', 'mirror', [failedTryAt(0)])
    const registries = [registryOf('docker.io', 'primary', attempts), failed]
    const text = renderSummary(reportOf([{...VERIFIED, registries}]))
    const rows = text.split('\n').filter(line => line.startsWith('| `docker.io` | `config` |'))
    expect([rows.length, rows[0]]).toEqual([
      Math.min(300, tries - 1),
      '| `docker.io` | `config` | verified | - | - | 0 B | 100 ms |'
    ])
    expect(/\*\d+ more attempts.*\*/.exec(text)?.[0]).toBe(more)
  })

  it('shows no table of tries where nobody was asked', () => {
    expect(renderSummary(reportOf([{...VERIFIED, registries: []}]))).not.toContain('All attempts')
  })

  it.each([
    {of: 'warnings', prefix: '- ⚠️ '},
    {of: 'advice', prefix: '- '}
  ] as const)('shows a hundred of $of', ({of, prefix}) => {
    const texts = Array.from({length: 101}, (_, at) => `text ${String(at)}`)
    const shown = linesOf(reportOf([VERIFIED], {[of]: texts})).filter(line => line.startsWith(`${prefix}text`))
    expect(shown).toEqual(texts.slice(0, 100).map(text => prefix + text))
  })

  it.each([
    {images: 100, more: undefined},
    {images: 101, more: '- ⚠️ **And 1 more: see the report.**'}
  ])('says of a hundred older tags of $images that they stand in', ({images, more}) => {
    const lines = linesOf(reportOf(many(images, {...VERIFIED, fallbacks: [VERIFIED]})))
    const said = lines.filter(line => line.startsWith('- ⚠️ **The outputs of'))
    expect([said.length, said[0]?.includes('`a:1-0`')]).toEqual([100, true])
    expect(lines.find(line => line.includes('**And '))).toBe(more)
  })

  it.each([
    {of: 'warnings', most: 1000},
    {of: 'advice', most: 2000}
  ] as const)('shows $most letters of $of', ({of, most}) => {
    const shown = (letters: number): boolean =>
      renderSummary(reportOf([VERIFIED], {[of]: ['x'.repeat(letters)]})).includes('x…')
    expect([most, most + 1].map(shown)).toEqual([false, true])
    expect(renderSummary(reportOf([VERIFIED], {[of]: ['x'.repeat(most + 1)]}))).toContain(` ${'x'.repeat(most)}…`)
  })

  it('shows 1000 letters of advice, and no room where nothing is to be said', () => {
    const {diagnosis} = LOST
    if (diagnosis === undefined) throw new Error('it has one')
    const registries = LOST.registries.slice(1)
    const text = renderSummary(reportOf([{...LOST, registries, diagnosis: {...diagnosis, advice: 'x'.repeat(1001)}}]))
    expect(text).toContain(`**Fix:** ${'x'.repeat(1000)}…\n`)
    expect(text).not.toContain('\n\n\n')
  })

  it('shows 2000 letters of a line of evidence', () => {
    const {diagnosis} = LOST
    if (diagnosis === undefined) throw new Error('it has one')
    const text = renderSummary(reportOf([{...LOST, diagnosis: {...diagnosis, what: 'x'.repeat(2001)}}]))
    expect(text).toContain(`problem      ${'x'.repeat(2000)}…\n`)
  })

  it('says how many bars did not fit', () => {
    const failed = {...VERIFIED, registries: [registryOf('docker.io', 'primary', [failedTryAt(0)])]}
    expect(renderSummary(reportOf(many(26, failed)))).toContain('```\n\n*2 more bars: see the report.*')
    expect(renderSummary(reportOf(many(24, failed)))).not.toContain('more bar')
  })

  it('keeps what fits and says how many parts had no room', () => {
    const long = 'x '.repeat(499)
    const stories = many(10, {
      ...LOST,
      fallbacks: many(60, {...LOST, registries: LOST.registries.map(one => ({...one, did: long}))})
    })
    const text = renderSummary(reportOf(stories))
    expect(Buffer.byteLength(text)).toBeLessThan(401_000)
    expect(text).toMatch(/\*\d+ parts? of this summary did not fit: see the report\.\*/)
    expect(text).toMatch(/<sub>.*<\/sub>\n$/)
  })
})

describe('renderTimeline, at its bounds', () => {
  const chartOf = (attempts: RegistryReport['attempts'], registry = 'docker.io', image = 'a:1'): readonly string[] =>
    renderTimeline(
      reportOf([{...VERIFIED, image, registries: [registryOf(registry, 'primary', attempts)]}])
    )?.chart.split('\n') ?? []
  const barsOf = (lines: readonly string[]): readonly string[] => lines.filter(line => / :\w+, \d/.test(line))

  it.each([
    {ms: 4999, axis: '  axisFormat %Q ms'},
    {ms: 5000, axis: '  axisFormat %s s'}
  ])('counts $ms ms by its axis', ({ms, axis}) => {
    expect(chartOf([tryAt(0, {elapsedMs: ms}), tryAt(0, {elapsedMs: 1})])[2]).toBe(axis)
  })

  it('shows a bar of one part in two hundred at the least, and of a millisecond', () => {
    expect(barsOf(chartOf([tryAt(0, {elapsedMs: 0}), tryAt(3900, {elapsedMs: 100})]))[0]).toBe(
      '  config :done, 0, 20ms'
    )
    expect(barsOf(chartOf([tryAt(0, {elapsedMs: 0}), tryAt(39_900)]))[0]).toBe('  config :done, 0, 200ms')
    expect(barsOf(chartOf([tryAt(0, {elapsedMs: 0})]))[0]).toBe('  config :done, 0, 1ms')
  })

  it('begins no bar before the run', () => {
    expect(barsOf(chartOf([tryAt(-5)]))[0]).toBe('  config :done, 0, 100ms')
  })

  it.each([
    {tries: 24, bars: 24, first: '  config :done, 0, 100ms'},
    {tries: 25, bars: 1, first: '  25 attempts :done, 0, 124ms'}
  ])('sums $tries tries up in $bars bars', ({tries, bars, first}) => {
    const shown = barsOf(chartOf(Array.from({length: tries}, (_, at) => tryAt(at))))
    expect([shown.length, shown[0]]).toEqual([bars, first])
  })

  it('sums up by trouble first, then by time, and leaves out who was not asked', () => {
    const registry = (name: string, startedMs: number, outcome: RegistryReport['outcome']): RegistryReport =>
      registryOf(
        name,
        'primary',
        Array.from({length: 7}, (_, at) => tryAt(startedMs + at)),
        {outcome}
      )
    const registries = [
      registry('d.io', 30, 'verified'),
      registry('c.io', 20, 'verified'),
      registry('b.io', 10, 'failed'),
      registry('a.io', 5, 'aborted'),
      registryOf('e.io', 'public-mirror', [], {outcome: 'not-asked'})
    ]
    const lines = renderTimeline(reportOf([{...VERIFIED, registries}]))
      ?.chart.split('\n')
      .slice(4)
    expect(lines).toEqual([
      '  section a.io',
      '  7 attempts :active, 5, 106ms',
      '  section b.io',
      '  7 attempts :crit, 10, 106ms',
      '  section c.io',
      '  7 attempts :done, 20, 106ms',
      '  section d.io',
      '  7 attempts :done, 30, 106ms'
    ])
  })

  it.each([
    {letters: 60, name: 'x'.repeat(60)},
    {letters: 61, name: `${'x'.repeat(60)}…`}
  ])('cuts a name of $letters letters to sixty', ({letters, name}) => {
    const lines = chartOf([tryAt(0)], 'x'.repeat(letters))
    expect(lines[4]).toBe(`  section ${name}`)
  })

  it('names a port that is one', () => {
    expect(chartOf([tryAt(0)], '[::1]:5000')[4]).toBe('  section [ 1] (port 5000)')
  })

  it('has no spaces around a name', () => {
    expect(chartOf([tryAt(0)], ';a;')[4]).toBe('  section a')
  })
})
