// The log of a run: colors, debug lines, no repetition, and no line of a registry that the runner would take for a command.

import {describe, expect, it} from '@jest/globals'
import type {Fault} from './support/fault.ts'
import {ociError} from './support/fault.ts'
import {startFaultRegistry} from './support/fault-registry.ts'
import {makeImage} from './support/images.ts'
import {publish} from './support/registry-content.ts'
import {type ActionRun, runAction} from './support/run-action.ts'
import {HOSTILE} from './support/hostile-text.ts'
import {runScenario, SCENARIOS} from './support/scenarios.ts'

const ESC = '\u001b'

function debugLines({stdout}: ActionRun): readonly string[] {
  return stdout.split('\n').flatMap(line => (line.startsWith('::debug::') ? [line.slice('::debug::'.length)] : []))
}

/** One image at one registry without a login; `faults` on top. */
async function runWith(faults: readonly Fault[], env: Record<string, string>): Promise<ActionRun> {
  const registry = await startFaultRegistry({content: [publish('acme/app', '1', makeImage())], faults})
  try {
    return await runAction(
      {image: `${registry.host}/acme/app:1`, mirrors: '', platform: 'linux/amd64', backoff: '1ms'},
      {env}
    )
  } finally {
    await registry.close()
  }
}

const UNWELL: readonly Fault[] = [{on: 'config', do: {kind: 'respond', status: 503}}]

describe('colors', () => {
  it('distinguish warnings from success on a runner', async () => {
    const {log} = await runWith(UNWELL, {})
    const [again = ''] = log.filter(line => line.includes('; retrying'))
    expect([again.slice(0, 5), again.slice(-4)]).toEqual([`${ESC}[33m`, `${ESC}[0m`])
    expect(log.find(line => line.includes(' verified from '))?.slice(0, 5)).toBe(`${ESC}[32m`)
  })

  it.each([
    {name: 'with NO_COLOR', env: {NO_COLOR: '1'}},
    {name: 'where no runner is', env: {GITHUB_ACTIONS: ''}}
  ])('are not used $name', async ({env}) => {
    const {stdout} = await runWith(UNWELL, env)
    expect(stdout).toContain('; retrying')
    expect(stdout).not.toContain(ESC)
  })

  it('cannot be set by a registry, nor can workflow commands', async () => {
    const {stdout} = await runWith([{on: 'manifest', times: 'always', do: ociError(404, 'X', `\n${HOSTILE}`)}], {
      NO_COLOR: '1'
    })
    expect(stdout).toContain('<script>')
    expect(stdout).not.toContain(ESC)
    expect(stdout.split('\n').filter(line => line.startsWith('::error::'))).toEqual([])
  })
})

const LINK = 'https://github.com/OWNER/verified-image/blob/v1/docs/troubleshooting.md'

describe('debug lines', () => {
  it('are printed only when the runner debugs', async () => {
    expect(debugLines(await runWith([], {}))).toEqual([])
  })

  it('have requests, statuses, hosts, times, and sizes, and no secret', async () => {
    const run = await runScenario(
      {hub: [{on: 'config', server: 'cdn', do: {kind: 'respond', status: 503}}]},
      {},
      {env: {RUNNER_DEBUG: '1'}}
    )
    const lines = debugLines(run)
    const digest = /sha256:[0-9a-f]{64}/.source
    for (const line of [
      /^token: GET auth\.docker\.io\/token: HTTP 200 after \d+ ms/,
      /^manifest: GET registry-1\.docker\.io\/v2\/mlocati\/php-extension-installer\/manifests\/2\.7\.35: HTTP 200 after \d+ ms/,
      new RegExp(`^config: GET production\\.cloudflare\\.docker\\.com/v2/.*/${digest}: HTTP 503 after \\d+ ms`),
      /^docker\.io: config: attempt 1 failed, 0 B in \d+ ms$/,
      /^docker\.io: config: attempt 2 verified, 479 B in \d+ ms, after waiting \d+ ms$/
    ])
      expect(lines.filter(text => line.test(text))).toHaveLength(1)
    expect(lines.join('\n')).not.toMatch(/\?|Bearer|opaque-token|signature/i)
  })
})

describe('the log', () => {
  it('prints no line twice', async () => {
    const run = await SCENARIOS['incident']?.()
    const lines = run?.log.filter(line => line !== '') ?? []
    expect(new Set(lines).size).toBe(lines.length)
    expect(lines.filter(line => line.includes('digest mismatch'))).toHaveLength(1)
  })

  it('annotates what is used, why, the cause, and the exact error, in this order', async () => {
    const run = await SCENARIOS['incident']?.()
    expect(run?.annotations.map(({level, title}) => [level, title])).toEqual([
      ['warning', 'mlocati/php-extension-installer:2.7.35 was taken from ghcr.io']
    ])
    const lines = run?.annotations[0]?.message.split('\n') ?? []
    expect(lines).toEqual([
      'mlocati/php-extension-installer:2.7.35 was taken from ghcr.io because docker.io served a corrupt config. Same digest; every byte verified.',
      expect.stringMatching(
        /^docker\.io {2}config digest mismatch: expected sha256:[0-9a-f]{12}…, got sha256:[0-9a-f]{12}… \(479 B\) \(2 attempts\)$/
      ),
      `No action needed for this build. To report it to docker.io, copy "Evidence" from the job summary. ${LINK}#registry`
    ])
  })

  it('says so, with advice, when nobody could serve an image', async () => {
    const run = await SCENARIOS['lost']?.()
    const [first, ...lines] = run?.annotations[0]?.message.split('\n') ?? []
    expect(first).toBe('Could not verify mlocati/php-extension-installer:2.7.35: no registry returned a valid copy.')
    expect(lines.slice(2)).toEqual([
      'Cause: registry. docker.io serves corrupt data for this image.',
      `Fix: use another version, or add another mirror that has this image to the mirrors input. To report it to docker.io, copy "Evidence" from the job summary. ${LINK}#registry`
    ])
  })
})

describe('the annotation of a pinned image', () => {
  it('begins with the fallback tag that was used, then has the reason, and repeats nothing', async () => {
    const run = await SCENARIOS['stand-in']?.()
    const lines = run?.annotations[0]?.message.split('\n') ?? []
    expect(run?.annotations.map(({title}) => title)).toEqual([
      'Used fallback tag acme/app:1.2.2 instead of acme/app:1.2.3'
    ])
    expect(lines.map(line => line.replace(/sha256:[0-9a-f]{12}…/g, 'DIGEST'))).toEqual([
      'Used fallback tag acme/app:1.2.2 instead of acme/app:1.2.3 because docker.io and ghcr.io served data that failed verification. Taken from docker.io; every byte verified.',
      'The outputs are those of acme/app:1.2.2: DIGEST.',
      'docker.io  config digest mismatch: expected DIGEST, got DIGEST (479 B) (2 attempts)',
      'ghcr.io    config digest mismatch: expected DIGEST, got DIGEST (479 B) (2 attempts)',
      'acme/app:1.2.1: docker.io  not found (HTTP 404): MANIFEST_UNKNOWN: manifest unknown',
      'Hint: www.dockerstatus.com says: Docker Hub Registry: Service Disruption (2025-06-04T14:09:00.000Z)',
      `Use another version, and report this one to its publisher. ${LINK}#publisher`
    ])
    expect(run?.summary.match(/Used fallback tag/g)).toHaveLength(1)
    expect(run?.report).toMatchObject({images: [{warning: run?.annotations[0]?.message}]})
  })

  it.each([
    {scene: 'moved', where: 'The locked image was used. Every byte verified.'},
    {scene: 'moved and gone', where: 'It was taken from ghcr.io. Every byte verified.'}
  ])('says first that the locked image is used: $scene', async ({scene, where}) => {
    const run = await SCENARIOS[scene]?.()
    const [first = '', ...rest] = run?.annotations[0]?.message.split('\n') ?? []
    expect(first).toMatch(
      /^mlocati\/php-extension-installer:2\.7\.35 points to a different image at docker\.io than in the lock file\. The locked image was used\./
    )
    expect(first.endsWith(where)).toBe(true)
    expect(rest).toEqual([
      expect.stringMatching(/^locked {2}sha256:[0-9a-f]{12}… {2}created 2025-06-04$/),
      expect.stringMatching(/^current sha256:[0-9a-f]{12}… {2}created 2026-01-02$/),
      `No action needed for this build. To accept the new image, run once with lock: update and review the diff. ${LINK}#tag-moved`
    ])
    expect(run?.summary).not.toContain('the digest of the tag is unknown')
  })
})

describe('a canceled job', () => {
  it('does not say of a registry that was still at work that it could not serve the image', async () => {
    const run = await runScenario(
      {
        hub: [{on: 'config', server: 'cdn', times: 'always', do: {kind: 'corrupt'}}],
        ghcr: [{on: 'config', do: {kind: 'hang'}}]
      },
      {'hedge-after': '0'},
      {signalAfter: {signal: 'SIGTERM', line: /Trying public mirror ghcr\.io/}}
    )
    const lines = run.annotations[0]?.message.split('\n') ?? []
    expect(lines[0]).toBe('Canceled before mlocati/php-extension-installer:2.7.35 was verified.')
    expect(lines[2]).toMatch(/^ghcr\.io {4}canceled/)
    expect(run.summary).toContain('**The job was canceled before everything was verified.**')
  })
})

describe('the `summary` input', () => {
  it('writes no summary when it is false', async () => {
    const run = await runScenario({}, {summary: 'false'})
    expect(run).toMatchObject({exitCode: 0, summary: ''})
  })

  it('writes a summary when another input is invalid, and is reported when it is invalid itself', async () => {
    const run = await runAction({image: 'php:8.3', summary: 'maybe'})
    expect(run.exitCode).toBe(1)
    expect(run.annotations.map(({message}) => message)).toEqual([
      '1 invalid input. Nothing was downloaded.\nsummary "maybe": must be true or false. Example: true'
    ])
    expect(run.summary).toContain('1 invalid input')
  })

  it('does not fail a successful run when the summary cannot be written', async () => {
    const run = await runWith([], {GITHUB_STEP_SUMMARY: '/nowhere/at/all'})
    expect(run.exitCode).toBe(0)
    expect(run.annotations.map(({level, title}) => [level, title])).toEqual([['warning', 'Job summary']])
    expect(run.outputs['verified']).toBe('full')
  })
})
