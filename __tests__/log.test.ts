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
  it('mark warnings and successes on a runner', async () => {
    const {log} = await runWith(UNWELL, {})
    const [again = ''] = log.filter(line => line.includes('again in'))
    expect([again.slice(0, 5), again.slice(-4)]).toEqual([`${ESC}[33m`, `${ESC}[0m`])
    expect(log.find(line => line.includes(' -> '))?.slice(0, 5)).toBe(`${ESC}[32m`)
  })

  it.each([
    {name: 'with NO_COLOR', env: {NO_COLOR: '1'}},
    {name: 'where no runner is', env: {GITHUB_ACTIONS: ''}}
  ])('are not used $name', async ({env}) => {
    const {stdout} = await runWith(UNWELL, env)
    expect(stdout).toContain('again in')
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
      /^token: GET auth\.docker\.io\/token: status 200 after \d+ ms/,
      /^manifest: GET registry-1\.docker\.io\/v2\/mlocati\/php-extension-installer\/manifests\/2\.7\.35: status 200 after \d+ ms/,
      new RegExp(`^config: GET production\\.cloudflare\\.docker\\.com/v2/.*/${digest}: status 503 after \\d+ ms`),
      /^config from docker\.io: try 1 failed, 0 B in \d+ ms$/,
      /^config from docker\.io: try 2 verified, 479 B in \d+ ms, after a wait of \d+ ms$/
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
    expect(lines.filter(line => line.includes('wrong bytes'))).toHaveLength(1)
  })

  it('annotates what is used, why, the cause, and the exact error, in this order', async () => {
    const run = await SCENARIOS['incident']?.()
    expect(run?.annotations.map(({level, title}) => [level, title])).toEqual([
      ['warning', 'mlocati/php-extension-installer:2.7.35 comes from ghcr.io']
    ])
    const lines = run?.annotations[0]?.message.split('\n') ?? []
    expect(lines).toEqual([
      'mlocati/php-extension-installer:2.7.35 comes from ghcr.io, because docker.io sent wrong bytes. It is the very same image; every byte was verified.',
      expect.stringMatching(/^Cause: registry\. Nothing is needed for this build\. /),
      expect.stringMatching(
        /^config from docker\.io: wrong bytes \(479 B\); wanted sha256:[0-9a-f]{64}, got sha256:[0-9a-f]{64} \(2 tries\)$/
      )
    ])
  })

  it('reports the failure with advice when no registry serves an image', async () => {
    const run = await SCENARIOS['lost']?.()
    const [first, cause, ...stories] = run?.annotations[0]?.message.split('\n') ?? []
    expect(first).toBe(
      'No registry could serve mlocati/php-extension-installer:2.7.35: docker.io sent wrong bytes and ghcr.io limits how often it may be asked. Nothing that was not verified is handed on, so the step fails.'
    )
    expect(cause).toMatch(
      /^Cause: registry\. .* take another version, or name a registry that has this one in the input mirrors\.$/
    )
    expect(stories).toHaveLength(2)
  })
})

describe('the annotation of a pinned image', () => {
  it('begins with the fallback tag that was used, then has the reason, and repeats nothing', async () => {
    const run = await SCENARIOS['stand-in']?.()
    const lines = run?.annotations[0]?.message.split('\n') ?? []
    expect(run?.annotations.map(({title}) => title)).toEqual(['NOT acme/app:1.2.3: acme/app:1.2.2 stands in'])
    expect(lines.map(line => line.replace(/sha256:[0-9a-f]{64}/g, 'DIGEST'))).toEqual([
      'Nothing serves acme/app:1.2.3; the older acme/app:1.2.2 stands in, as fallback-tags allows. It comes from docker.io; every byte was verified. With acme/app:1.2.3, docker.io sent wrong bytes and ghcr.io sent wrong bytes.',
      'The outputs reference, digest and tag are those of acme/app:1.2.2: DIGEST.',
      expect.stringMatching(/^Cause: publisher\. /),
      'Hint: www.dockerstatus.com says: Docker Hub Registry: Service Disruption (2025-06-04T14:09:00.000Z)',
      'config from docker.io: wrong bytes (479 B); wanted DIGEST, got DIGEST (2 tries)',
      'config from ghcr.io: wrong bytes (479 B); wanted DIGEST, got DIGEST (2 tries)',
      'acme/app:1.2.1: manifest from docker.io: not there (status 404): MANIFEST_UNKNOWN: manifest unknown'
    ])
    expect(run?.summary.match(/stands in, as fallback-tags allows/g)).toHaveLength(1)
    expect(run?.report).toMatchObject({images: [{warning: run?.annotations[0]?.message}]})
  })

  it.each([
    {scene: 'moved', where: 'Every byte was verified.'},
    {scene: 'moved and gone', where: 'It comes from ghcr.io. Every byte was verified.'}
  ])('begins with the use of the locked image: $scene', async ({scene, where}) => {
    const run = await SCENARIOS[scene]?.()
    const [first = '', cause, ...rest] = run?.annotations[0]?.message.split('\n') ?? []
    expect(first).toMatch(
      /^mlocati\/php-extension-installer:2\.7\.35 is used as the lock file says; at docker\.io the tag means another image now/
    )
    expect(first.endsWith(where)).toBe(true)
    expect(cause).toMatch(/^Cause: tag-moved\. Nothing is needed for this build\. /)
    expect(rest).toEqual([
      expect.stringMatching(/^docker\.io: the tag 2\.7\.35 is sha256:.* the lock file says sha256:/)
    ])
    expect(run?.summary).not.toContain('nobody could say which digest the tag has')
  })
})

describe('a canceled job', () => {
  it('does not report a registry that was still in progress as failed', async () => {
    const run = await runScenario(
      {
        hub: [{on: 'config', server: 'cdn', times: 'always', do: {kind: 'corrupt'}}],
        ghcr: [{on: 'config', do: {kind: 'hang'}}]
      },
      {'hedge-after': '0'},
      {signalAfter: {signal: 'SIGTERM', line: /Asking ghcr\.io/}}
    )
    const lines = run.annotations[0]?.message.split('\n') ?? []
    expect(lines[0]).toMatch(/^Cause: registry\. /)
    expect(lines.at(-1)).toMatch(/^ghcr\.io\/mlocati\/php-extension-installer: (?:was still at|called off)/)
    expect(run.summary).toContain('**The job was called off before everything was verified.**')
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
      'summary: "maybe" is not valid: it is one of true, false. Example: true'
    ])
    expect(run.summary).toContain('one input is not right')
  })

  it('does not fail a successful run when the summary cannot be written', async () => {
    const run = await runWith([], {GITHUB_STEP_SUMMARY: '/nowhere/at/all'})
    expect(run.exitCode).toBe(0)
    expect(run.annotations.map(({level, title}) => [level, title])).toEqual([['warning', 'The job summary']])
    expect(run.outputs['verified']).toBe('full')
  })
})
