// The job summary as text: whom it names first, what is cut when there is much, and that it stays below what a runner takes.
// How it looks in a browser is summary-page.test.ts's.

import {describe, expect, it} from '@jest/globals'
import type {Report} from '../../src/acquire/report.ts'
import {renderSummary} from '../../src/acquire/summary.ts'
import {renderTimeline} from '../../src/acquire/summary-timeline.ts'
import type {Digest} from '../../src/oci/digest.ts'
import {HOSTILE} from '../support/hostile.ts'

type ImageReport = Report['images'][number]
type RegistryReport = ImageReport['registries'][number]

const DIGEST = `sha256:${'a'.repeat(64)}` as Digest

const OTHER = `sha256:${'b'.repeat(64)}` as Digest

const attempt = (startedMs: number, failure?: RegistryReport['failure']): RegistryReport['attempts'][number] => ({
  object: 'config',
  ordinal: 1,
  startedMs,
  elapsedMs: 100,
  waitedMs: 0,
  bytes: 10,
  outcome: failure === undefined ? 'verified' : 'failed',
  exchanges: [],
  ...(failure === undefined ? {} : {failure})
})

const failedAt = (registry: string, text: string): RegistryReport => {
  const failure = {kind: 'server-error', status: 503, detail: text, message: `answered status 503: ${text}`} as const
  const attempts = [attempt(0, failure), attempt(500, failure)]
  return {registry, repository: 'acme/app', role: 'primary', outcome: 'failed', did: failure.message, failure, attempts}
}

const servedBy = (registry: string): RegistryReport => ({
  ...{registry, repository: 'acme/app', role: 'mirror', outcome: 'verified', did: 'verified'},
  attempts: [attempt(1000)]
})

const lost = (image: string, text = ''): ImageReport => ({
  ...{image, name: image, outcome: 'failed', elapsedMs: 1000, platforms: []},
  registries: [failedAt('docker.io', text)],
  diagnosis: {
    ...{cause: 'outage', what: text, advice: `wait ${text}`},
    evidence: {registry: 'docker.io', object: 'config', requestIds: {'x-request-id': text}, gotDigests: []}
  }
})

const verified = (image: string, source: 'primary' | 'mirror' = 'primary'): ImageReport => ({
  ...{image, name: image, outcome: 'verified', elapsedMs: 1000, digest: DIGEST, decidedBy: 'primary', verified: 'full'},
  ...{reference: `docker.io/${image}@${DIGEST}`, registry: source === 'primary' ? 'docker.io' : 'ghcr.io', source},
  platforms: [],
  registries: source === 'primary' ? [servedBy('docker.io')] : [failedAt('docker.io', ''), servedBy('ghcr.io')],
  ...(source === 'primary' ? {} : {warning: 'it comes from elsewhere'})
})

const fromCache = (image: string): ImageReport => ({
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
})

const standIn = (image: string, older: string): ImageReport => ({
  ...verified(image),
  registries: [failedAt('docker.io', '')],
  fallbacks: [verified(older)],
  warning: 'an older one'
})

const reportOf = (images: readonly ImageReport[], more: Partial<Report> = {}): Report => ({
  schemaVersion: 1,
  action: {name: 'verified-image', version: '1.0.0'},
  startedAt: '2025-06-04T12:00:00.000Z',
  elapsedMs: 2000,
  outcome: images.every(({outcome}) => outcome === 'verified') ? 'verified' : 'failed',
  images,
  inputFaults: [],
  warnings: [],
  ...more
})

const headlineOf = (report: Report): string => renderSummary(report).split('\n')[2] ?? ''

describe('the first sentence', () => {
  it.each<{readonly name: string; readonly report: Report; readonly says: string}>([
    {
      name: 'one image from where it belongs',
      report: reportOf([verified('a:1')]),
      says: '**`a:1` comes from `docker.io`, the registry that it names. Every byte was verified.**'
    },
    {
      name: 'one image from a mirror',
      report: reportOf([verified('a:1', 'mirror')]),
      says: '**`a:1` comes from `ghcr.io`, because `docker.io` answered with an error of its own (status 503). It is the very same image; every byte was verified.**'
    },
    {
      name: 'a mirror that decided what the tag is, which is not said to be the same image',
      report: reportOf([{...verified('a:1', 'mirror'), decidedBy: 'mirror'}]),
      says: '**`a:1` comes from `ghcr.io`, because `docker.io` answered with an error of its own (status 503). Every byte was verified.**'
    },
    {
      name: 'a mirror that was preferred',
      report: reportOf([{...verified('a:1', 'mirror'), registries: [servedBy('ghcr.io')]}]),
      says: '**`a:1` comes from `ghcr.io`, which was preferred. Every byte was verified.**'
    },
    {
      name: 'less than everything looked at',
      report: reportOf([{...verified('a:1'), verified: 'config'}]),
      says: '**`a:1` comes from `docker.io`, the registry that it names. Its manifest and config were verified, its layers were not looked at.**'
    },
    {
      name: 'one image lost',
      report: reportOf([lost('a:1')]),
      says: '**No registry could serve `a:1`: `docker.io` answered with an error of its own (status 503). Nothing that was not verified is handed on, so the step fails.**'
    },
    {
      name: 'some of many',
      report: reportOf([lost('a:1'), verified('b:1'), verified('c:1', 'mirror')]),
      says: '**1 of 3 images could not be had from any registry, so the step fails. 2 are verified, 1 of them from a mirror.**'
    },
    {
      name: 'an older tag that stands in',
      report: reportOf([standIn('a:2', 'a:1')]),
      says: '**Nothing serves `a:2`; the older `a:1` stands in, as fallback-tags allows. It comes from `docker.io`; every byte was verified. With `a:2`, `docker.io` answered with an error of its own (status 503).**'
    },
    {
      name: 'older tags among many',
      report: reportOf([standIn('a:2', 'a:1'), verified('b:1', 'mirror')]),
      says: '**All 2 images are verified, 1 of them from a mirror; for 1 of them an older tag stands in.**'
    },
    {
      name: 'an older tag that could not be had either',
      report: reportOf([{...lost('a:2'), fallbacks: [lost('a:1')]}]),
      says: '**No registry could serve `a:2`: `docker.io` answered with an error of its own (status 503). Nor could an older tag stand in. Nothing that was not verified is handed on, so the step fails.**'
    },
    {
      name: 'a locked image from where it belongs',
      report: reportOf([{...verified('a:1'), decidedBy: 'lock'}]),
      says: '**`a:1` comes from `docker.io`, the registry that it names, and is what the lock file says. Every byte was verified.**'
    },
    {
      name: 'a locked image from a mirror',
      report: reportOf([{...verified('a:1', 'mirror'), decidedBy: 'lock'}]),
      says: '**`a:1` comes from `ghcr.io`, because `docker.io` answered with an error of its own (status 503). It is what the lock file says; every byte was verified.**'
    },
    {
      name: 'a locked image that nobody has',
      report: reportOf([{...lost('a:1'), decidedBy: 'lock'}]),
      says: '**No registry could serve `a:1` as the lock file has it: `docker.io` answered with an error of its own (status 503). Nothing that was not verified is handed on, so the step fails.**'
    },
    {
      name: 'an image that is all in the cache',
      report: reportOf([fromCache('a:1')]),
      says: '**`a:1` comes from the cache of this machine. Every byte was verified.**'
    },
    {name: 'all of many', report: reportOf([verified('a:1'), verified('b:1')]), says: '**All 2 images are verified.**'},
    {
      name: 'bad input',
      report: reportOf([], {
        outcome: 'failed',
        inputFaults: [{input: 'timeout', written: 'soon', rule: 'it is a duration', example: '10m'}]
      }),
      says: '**Nothing was fetched, because one input is not right.**'
    },
    {
      name: 'a job that was called off',
      report: reportOf([lost('a:1')], {outcome: 'cancelled'}),
      says: '**The job was called off before everything was verified.**'
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
    expect(summary).toContain('*What happened to 2990 more images is in the report.*')
    expect(summary).toContain('*2888 more images: see the report.*')
    expect(summary).toMatch(/\*5700 more tries: see the report\.\*|part of this summary had no room here/)
  })

  it('shows the images with trouble first when there are many', () => {
    const images = Array.from({length: 60}, (_, at) => (at === 40 ? lost('lost:1') : verified(`good-${String(at)}:1`)))
    const summary = renderSummary(reportOf(images))
    expect(summary.indexOf('`lost:1`')).toBeLessThan(summary.indexOf('<details>'))
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
    expect(summary).toContain(`| \`docker.io/library/b:1\` | has another platform | - | \`${DIGEST}\` |`)
    expect(summary).toContain('1 more is as before.')
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
    expect(summary).not.toContain('| is now |')
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
    expect(bars[0]).toMatch(/ - answered with an error of its own \(status 503\) :crit, 3, 100ms$/)
  })

  it('makes one bar of an image at a registry when there are too many, those with trouble first', () => {
    const images = Array.from({length: 60}, (_, at) => (at === 59 ? lost('lost:1') : verified(`good-${String(at)}:1`)))
    const {chart = '', left} = renderTimeline(reportOf(images)) ?? {}
    expect(chart.split('\n')[5]).toBe('  ▸ lost 1 - answered with an error of its own (status 503) :crit, 0, 600ms')
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
