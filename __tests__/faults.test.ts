// The action as a process with every fault of a registry: the registry that is used, the kind, the cause, the number of requests, and no secret
// in the output. The results become docs/faults.md (UPDATE_DOCS=1 writes it).

import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {afterAll, beforeAll, describe, expect, it} from '@jest/globals'
import type {Action, Fault} from './support/fault.ts'
import {type FaultRegistry, startFaultRegistry} from './support/fault-registry.ts'
import {healthyImage, type Outcome, PASSWORD, type Situation, SITUATIONS, TAG, USERNAME} from './support/fault-table.ts'
import {type Image, type Index, isIndex, type StoredBlob} from './support/images.ts'
import {publish} from './support/registry-content.ts'
import {type ActionRun, runAction} from './support/run-action.ts'
import {sampleRows} from './support/sample.ts'

const REPOSITORY = 'acme/app'
const DOCUMENT = 'docs/faults.md'

const SAMPLE = sampleRows(SITUATIONS, 2, isSignedUrlRefused)

function isSignedUrlRefused({what}: Situation): boolean {
  return what.startsWith('answers 403, the signed URL')
}

type Seen = {readonly outcome: Outcome; readonly run: ActionRun; readonly leaks: readonly string[]}
type Story = {
  readonly registry: string
  readonly outcome: string
  readonly failure?: {readonly kind: Outcome['kind']}
  readonly attempts: readonly {readonly failure?: {readonly kind: Outcome['kind']}}[]
}
type ImageReport = {
  readonly registries: readonly [Story, ...Story[]]
  readonly diagnosis?: {readonly cause: Outcome['cause']}
}

function nameOf({what, where, lasts}: Situation): string {
  return `${where}: ${what} (${lasts})`
}

async function see(situation: Situation): Promise<Seen> {
  const {
    published = healthyImage,
    atMirror = published,
    auth = 'none',
    blobs = 'direct',
    byDigest = false,
    identityToken
  } = situation
  const primary = await startFaultRegistry({
    content: [publish(REPOSITORY, TAG, published)],
    ...{auth, blobs, faults: situation.faults}
  })
  const mirror = await startFaultRegistry({content: [publish(REPOSITORY, TAG, atMirror)]})
  try {
    const {digest} = topOf(byDigest === 'of the mirror' ? atMirror : published)
    const name = byDigest === false ? `:${TAG}` : byDigest === true ? `@${digest}` : `:${TAG}@${digest}`
    const run = await runAction(
      {
        image: `${primary.host}/${REPOSITORY}${name}`,
        mirrors: `${primary.host}=${mirror.host}`,
        platform: 'linux/amd64',
        'hedge-after': '0',
        backoff: '5ms',
        ...(auth === 'none' || identityToken !== undefined ? {} : {username: USERNAME, password: PASSWORD}),
        ...situation.inputs
      },
      {env: identityToken === undefined ? {} : loggedIn(primary.host, identityToken)}
    )
    if (situation.faults.length > 0 && situation.isUnmet !== true) primary.assertQuiet()
    return {run, outcome: outcomeOf(situation, run, primary), leaks: leaksOf(run, primary, mirror)}
  } finally {
    await Promise.all([primary.close(), mirror.close()])
  }
}

function topOf(what: Image | Index): StoredBlob {
  return isIndex(what) ? what.index : what.manifest
}

function loggedIn(host: string, identitytoken: string): Record<string, string> {
  return {
    DOCKER_AUTH_CONFIG: JSON.stringify({auths: {[host]: {identitytoken}}})
  }
}

function outcomeOf({where}: Situation, run: ActionRun, primary: FaultRegistry): Outcome {
  const [{registries, diagnosis}] = (run.report as {images: readonly [ImageReport]}).images
  const [story] = registries
  const winner = registries.findIndex(({outcome}) => outcome === 'verified')
  const isAtCdn = where.endsWith(' at the CDN')
  const [object = ''] = where.split(' ')
  const objects =
    object === 'manifest' ? ['manifest', 'index'] : object === 'challenge' ? ['index', 'manifest'] : [object]
  return {
    used: winner < 0 ? 'none' : winner === 0 ? 'primary' : 'mirror',
    kind: story.failure?.kind ?? story.attempts.find(({failure}) => failure !== undefined)?.failure?.kind ?? '-',
    cause: diagnosis?.cause ?? '-',
    requests: primary.journal.filter(
      entry => objects.includes(entry.object) && entry.server !== (isAtCdn ? 'registry' : 'cdn')
    ).length
  }
}

// Ours stand around a whole line.
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const FOREIGN_COLOUR = /[^\n]\u001b\[(?!0m\n)/

/** Secrets where they have no business: in what people see, or at another host. */
function leaksOf(run: ActionRun, primary: FaultRegistry, mirror: FaultRegistry): readonly string[] {
  const basic = Buffer.from(`${USERNAME}:${PASSWORD}`).toString('base64')
  const secrets = [PASSWORD, basic, 'refresh-token-of-docker-login', ...primary.secrets()]
  const shown = [
    run.stderr,
    run.log.join('\n'),
    JSON.stringify([run.annotations, run.outputs, run.report]),
    run.summary
  ].join('\n')
  const strangers = [...mirror.journal, ...primary.journal.filter(({server}) => server === 'cdn')]
  return [
    ...secrets.filter(secret => shown.includes(secret)).map(secret => `shown: ${secret}`),
    ...(/^\s*::error::pwned|##\[/m.test(run.stdout) || FOREIGN_COLOUR.test(run.stdout) ? ['a command'] : []),
    ...strangers.filter(({headers}) => headers.authorization !== undefined).map(({path}) => `sent: ${path}`)
  ]
}

const seen = new Map<Situation, Seen | Error>()

beforeAll(async () => {
  const left = [...SAMPLE]
  // Mostly waiting for processes to start: a few at a time.
  const work = async (): Promise<void> => {
    for (let situation = left.shift(); situation !== undefined; situation = left.shift()) {
      seen.set(situation, await see(situation).catch((error: unknown) => error as Error))
    }
  }
  await Promise.all([work(), work(), work()])
}, 300_000)

function seenOf(situation: Situation): Seen {
  const found = seen.get(situation)
  if (found === undefined || found instanceof Error) throw found ?? new Error('not run')
  return found
}

describe('the action with a faulty primary', () => {
  it('is tested in at least 90 situations', () => {
    expect(new Set(SITUATIONS.map(nameOf)).size).toBe(SITUATIONS.length)
    expect(SITUATIONS.length).toBeGreaterThanOrEqual(90)
  })

  it('is tested with every kind of failure that a registry can cause', () => {
    const kinds = new Set(SITUATIONS.map(({expected}) => expected.kind))
    expect([...kinds].toSorted()).toEqual([
      ...['-', 'corrupt', 'denied', 'digest-disagrees', 'not-found', 'platform-missing', 'protocol', 'server-error'],
      ...['throttled', 'timed-out', 'too-large', 'truncated', 'unauthorized', 'unreachable', 'unusable']
    ])
  })

  it.each(SAMPLE.map(situation => [nameOf(situation), situation] as const))('%s', (_name, situation) => {
    const {outcome, run, leaks} = seenOf(situation)
    expect(outcome).toEqual(situation.expected)
    expect(leaks).toEqual([])
    expect(run.exitCode).toBe(outcome.used === 'none' ? 1 : 0)
    expect(run.outputs['reference'] === undefined).toBe(outcome.used === 'none')
    expect(run.leftBehind).toEqual([expect.stringMatching(/report\.json$/)])
    expect(run.stderr).toBe('')
  })
})

describe('information from a registry', () => {
  it('appears in the report and the advice: the remaining pull limit, and the address that it is for', async () => {
    const headers = {
      ...{'ratelimit-limit': '100;w=21600', 'ratelimit-remaining': '0;w=21600', 'docker-ratelimit-source': '192.0.2.1'},
      'x-request-id': 'r-1'
    }
    const limited: Fault = {on: 'manifest', do: tooManyRequestsWith(headers), times: 'always'}
    const primary = await startFaultRegistry({content: [publish(REPOSITORY, TAG, healthyImage)], faults: [limited]})
    try {
      const run = await runAction({image: `${primary.host}/${REPOSITORY}:${TAG}`, mirrors: '', attempts: '1'})
      const {'x-request-id': requestId, ...rateLimit} = headers
      expect(run.report).toMatchObject({
        images: [{diagnosis: {cause: 'throttling', evidence: {rateLimit, requestIds: {'x-request-id': requestId}}}}]
      })
      expect(run.annotations[0]?.message).toMatch(/0 of 100 pulls (?:are )?left for 192\.0\.2\.1/)
    } finally {
      await primary.close()
    }
  })

  it('is not reported as rejected credentials when its CDN refuses a signed URL', () => {
    const [situation] = SAMPLE.filter(isSignedUrlRefused).slice(-1)
    if (situation === undefined) throw new Error('there is no such row')
    const [warning] = seenOf(situation).run.annotations
    expect(warning?.message).toContain('denied access (HTTP 403)')
    expect(warning?.message).not.toContain('credentials rejected')
  })
})

function tooManyRequestsWith(headers: Readonly<Record<string, string>>): Action {
  return {
    kind: 'respond',
    status: 429,
    headers: {'content-type': 'application/json', ...headers},
    body: '{"errors":[{"code":"TOOMANYREQUESTS","message":"You have reached your pull rate limit."}]}'
  }
}

function render(): string {
  const rows = SITUATIONS.map(situation => {
    // A row that is not in the sample is as it was when the table was written.
    const {used, kind, cause, requests} = SAMPLE.includes(situation) ? seenOf(situation).outcome : situation.expected
    return `| ${situation.where} | ${situation.what} | ${situation.lasts} | ${used} | ${kind} | ${cause} | ${String(requests)} |`
  })
  return [
    '# What happens when a registry fails',
    '',
    'Each row was run as a process, with a registry that fails in this way and a healthy mirror. If the image is broken as it was published, the',
    'mirror has the same image. *Used* is the registry of the resulting reference. *Kind* and *Cause* are those in the log and the report. *Requests* counts',
    'the requests for the object at the registry. Written by `npm run docs`.',
    '',
    '| Object | What the registry does | How often | Used | Kind | Cause | Requests |',
    '|---|---|---|---|---|---|---|',
    ...rows,
    ''
  ].join('\n')
}

afterAll(() => {
  if ((process.env['UPDATE_DOCS'] ?? '') === '') return
  mkdirSync('docs', {recursive: true})
  writeFileSync(DOCUMENT, render())
})

describe('docs/faults.md', () => {
  it('lists the results of all situations', () => {
    if ((process.env['UPDATE_DOCS'] ?? '') === '') expect(readFileSync(DOCUMENT, 'utf8')).toBe(render())
    else expect(render()).toContain('| Requests |')
  })
})
