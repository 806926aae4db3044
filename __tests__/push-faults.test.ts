// The action mirror as a process with every fault of a target: what is left there, what is said, and that the next run finishes.
// The results become docs/faults-push.md (UPDATE_DOCS=1 writes it).

import {readFileSync, writeFileSync} from 'node:fs'
import {afterAll, beforeAll, describe, expect, it} from '@jest/globals'
import {type FaultRegistry, startFaultRegistry} from './support/fault-registry.ts'
import {healthyImage} from './support/fault-table.ts'
import {makeImage} from './support/images.ts'
import {attach, expectWhole, rootOf, runMirrorAction, TARGET} from './support/mirror-fixture.ts'
import {
  PUSH_PASSWORD,
  PUSH_SITUATIONS,
  PUSH_USERNAME,
  type PushOutcome,
  type PushSituation
} from './support/push-fault-table.ts'
import {publish} from './support/registry-content.ts'
import type {ActionRun} from './support/run-action.ts'
import {sampleRows} from './support/sample.ts'

const REPOSITORY = 'acme/app'
const TAG = '1.2.3'
const DOCUMENT = 'docs/faults-push.md'

const SAMPLE = sampleRows(PUSH_SITUATIONS, 3, hasFormerImage)

function hasFormerImage({what}: PushSituation): boolean {
  return what === 'has another image under the tag'
}
const former = makeImage({layers: [{content: {seed: 99, size: 3000}}]})

type Report = {
  readonly images: readonly [
    {
      readonly outcome: string
      readonly targets: readonly {
        readonly outcome: string
        readonly failure?: {readonly kind: PushOutcome['kind']}
        readonly advice?: string
        readonly warnings: readonly string[]
        readonly formerTag?: string
      }[]
    }
  ]
}
type Seen = {
  readonly outcome: PushOutcome
  readonly said: string
  readonly run: ActionRun
  readonly next: ActionRun
  readonly afterNext: PushOutcome['left']
  readonly leaks: readonly string[]
  readonly deletes: number
}

async function see({faults, push = {}, auth = 'none', inputs, hasFormer = false}: PushSituation): Promise<Seen> {
  const source = await startFaultRegistry({
    content: [publish(REPOSITORY, TAG, healthyImage), attach(REPOSITORY, healthyImage)],
    expectsMissing: true
  })
  const target = await startFaultRegistry({
    // The fake token server issues no token for a repository that it does not know.
    content: [hasFormer ? publish(TARGET, TAG, former) : {repository: TARGET, tags: {}, manifests: [], blobs: []}],
    expectsMissing: true,
    auth,
    faults,
    push
  })
  try {
    const mirror = (more: PushSituation['inputs']): Promise<ActionRun> =>
      runMirrorAction({
        image: `${source.host}/${REPOSITORY}:${TAG}`,
        to: `${source.host}/${REPOSITORY}=${target.host}/${TARGET}`,
        backoff: '5ms',
        ...more
      })
    const run = await mirror(inputs)
    const left = leftAt(target)
    const [{outcome, targets}] = (run.report as Report).images
    const [first] = targets
    for (const fault of target.unusedFaults()) throw new Error(`no request met this fault: ${JSON.stringify(fault)}`)
    target.stopFaults()
    // Without the short time limits, which a slow machine may exceed.
    const next = await mirror({...inputs, 'stall-timeout': ''})
    return {
      outcome: {result: outcome === 'copied' ? 'copied' : 'failed', kind: first?.failure?.kind ?? '-', left},
      said: [first?.advice ?? '', ...(first?.warnings ?? [])].join('\n'),
      run,
      next,
      afterNext: leftAt(target),
      leaks: [...leaksOf(run, source), ...leaksOf(next, source)],
      deletes: target.journal.filter(({method}) => method === 'DELETE').length
    }
  } finally {
    await Promise.all([source.close(), target.close()])
  }
}

/** What the tag leads to. Fails for anything that is not whole. */
function leftAt(target: FaultRegistry): PushOutcome['left'] {
  const {tags} = target.contentOf(TARGET)
  for (const tag of Object.keys(tags)) expectWhole(target, TARGET, tag)
  const digest = tags[TAG]
  if (digest === undefined) return 'no tag'
  return digest === rootOf(healthyImage).digest ? 'the image' : 'the former image'
}

/** Secrets where they have no business: in what people see, or at the source. */
function leaksOf(run: ActionRun, source: FaultRegistry): readonly string[] {
  const secrets = [PUSH_PASSWORD, Buffer.from(`${PUSH_USERNAME}:${PUSH_PASSWORD}`).toString('base64')]
  const shown = [
    run.stderr,
    run.log.join('\n'),
    JSON.stringify([run.annotations, run.outputs, run.report]),
    run.summary
  ]
  return [
    ...secrets.filter(secret => shown.join('\n').includes(secret)).map(secret => `shown: ${secret}`),
    ...source.journal.filter(({headers}) => headers.authorization !== undefined).map(({path}) => `sent: ${path}`)
  ]
}

function nameOf({what, where, lasts}: PushSituation): string {
  return `${where}: ${what} (${lasts})`
}

const seen = new Map<PushSituation, Seen | Error>()

beforeAll(async () => {
  const left = [...SAMPLE]
  const work = async (): Promise<void> => {
    for (let situation = left.shift(); situation !== undefined; situation = left.shift())
      seen.set(situation, await see(situation).catch((error: unknown) => error as Error))
  }
  await Promise.all([work(), work(), work()])
}, 600_000)

function seenOf(situation: PushSituation): Seen {
  const found = seen.get(situation)
  if (found === undefined || found instanceof Error) throw found ?? new Error('not run')
  return found
}

describe('mirror with a faulty target', () => {
  it('is tested in at least 60 situations', () => {
    expect(new Set(PUSH_SITUATIONS.map(nameOf)).size).toBe(PUSH_SITUATIONS.length)
    expect(PUSH_SITUATIONS.length).toBeGreaterThanOrEqual(60)
  })

  it.each(SAMPLE.map(situation => [nameOf(situation), situation] as const))('%s', (_name, situation) => {
    const {outcome, run, next, said, leaks, deletes, afterNext} = seenOf(situation)
    expect(outcome).toEqual(situation.expected)
    if (situation.says !== undefined) expect(said).toMatch(situation.says)
    expect(run.exitCode).toBe(outcome.result === 'copied' ? 0 : 1)
    expect(run.outputs['references'] === undefined).toBe(outcome.result === 'failed')
    expect([run.stderr, next.stderr]).toEqual(['', ''])
    expect(run.leftBehind).toEqual([expect.stringMatching(/report\.json$/)])
    expect({leaks, deletes}).toEqual({leaks: [], deletes: 0})
    if (situation.lastsForever === true) expect(afterNext).toBe(situation.expected.left)
    else expect({exitCode: next.exitCode, left: afterNext}).toEqual({exitCode: 0, left: 'the image'})
  })

  it('keeps the former digest under a tag of its own', () => {
    const situation = SAMPLE.find(hasFormerImage)
    if (situation === undefined) throw new Error('there is no such row')
    const [{targets}] = (seenOf(situation).run.report as Report).images
    expect(targets[0]?.formerTag).toBe(`${TAG}-${former.manifest.digest.slice('sha256:'.length).slice(0, 12)}`)
  })
})

function render(): string {
  const rows = PUSH_SITUATIONS.map(situation => {
    // A row that is not in the sample is as it was when the table was written.
    const {result, kind, left} = SAMPLE.includes(situation) ? seenOf(situation).outcome : situation.expected
    return `| ${situation.where} | ${situation.what} | ${situation.lasts} | ${result} | ${kind} | ${left} |`
  })
  return [
    '# What happens when a target fails',
    '',
    'Each row was run as a process of `OWNER/verified-image/mirror`, with a target that fails in this way while an image with two platforms, attestations,',
    'a referrer, and a signature is copied to it. *Left* is what the tag leads to afterwards; whatever it leads to is complete. In each row, the next',
    'run without the fault finishes the copy. Written by `npm run docs`.',
    '',
    '| Request | What the target does | How often | Result | Kind | Left under the tag |',
    '|---|---|---|---|---|---|',
    ...rows,
    ''
  ].join('\n')
}

afterAll(() => {
  if ((process.env['UPDATE_DOCS'] ?? '') !== '') writeFileSync(DOCUMENT, render())
})

describe('docs/faults-push.md', () => {
  it('lists the results of all situations', () => {
    if ((process.env['UPDATE_DOCS'] ?? '') === '') expect(readFileSync(DOCUMENT, 'utf8')).toBe(render())
    else expect(render()).toContain('| Left under the tag |')
  })
})
