// The action as a process with a large layer on a line, and everything that a registry may do to the parts of it: the layer comes, and
// what the registry does wrong costs a request, or the time of a part. The results become docs/faults-parts.md (UPDATE_DOCS=1 writes it).

import {readFileSync, writeFileSync} from 'node:fs'
import {afterAll, beforeAll, describe, expect, it} from '@jest/globals'
import {type LayerRun, onLayer, runWithLine} from './support/large-layer.ts'
import {type Arrival, PARTS_SITUATIONS, type PartsOutcome, type PartsSituation} from './support/parts-fault-table.ts'
import {sampleRows} from './support/sample.ts'

const DOCUMENT = 'docs/faults-parts.md'

const SAMPLE = sampleRows(PARTS_SITUATIONS, 3, isLie)

function isLie({what, lasts}: PartsSituation): boolean {
  return what.includes('another range under') && lasts === 'one part'
}

type Seen = LayerRun & {readonly outcome: PartsOutcome}

async function see({fault, expected}: PartsSituation): Promise<Seen> {
  // Most need not even one attempt more.
  const inputs: Record<string, string> = expected.kind === '-' ? {attempts: '1'} : {}
  const seen = await runWithLine({inputs, headers: {'x-request-id': 'r-4f'}, faults: [fault]})
  return {...seen, outcome: outcomeOf(seen)}
}

function outcomeOf({attempts, ranges, run}: LayerRun): PartsOutcome {
  if (run.exitCode !== 0) throw new Error(run.stdout)
  const failed = attempts.flatMap(({failure}) => failure?.kind ?? [])
  return {
    arrival: arrivalOf(ranges),
    kind: failed.length === 0 ? '-' : failed.join(', '),
    parts: attempts.some(({parts, failure}) => parts?.ended !== undefined || failure?.kind === 'corrupt')
      ? 'over'
      : 'on'
  }
}

function arrivalOf(ranges: readonly string[]): Arrival {
  if (ranges.length <= 2) return 'as one response'
  if (ranges.filter(range => range === 'all').length > 1) return 'in parts, then again as one response'
  return /^bytes=\d+-$/.test(ranges.at(-1) ?? '') ? 'in parts, then the rest as one response' : 'in parts'
}

const seen = new Map<PartsSituation, Seen | Error>()

beforeAll(async () => {
  const left = [...SAMPLE]
  const work = async (): Promise<void> => {
    for (let situation = left.shift(); situation !== undefined; situation = left.shift())
      seen.set(situation, await see(situation).catch((error: unknown) => error as Error))
  }
  await Promise.all([work(), work()])
}, 600_000)

function seenOf(situation: PartsSituation | undefined): Seen {
  const found = situation && seen.get(situation)
  if (found === undefined || found instanceof Error) throw found ?? new Error('not run')
  return found
}

function nameOf({what, lasts}: PartsSituation): string {
  return `${what} (${lasts})`
}

describe('a layer in parts', () => {
  it.each(SAMPLE.map(situation => [nameOf(situation), situation] as const))('%s', (_name, situation) => {
    const {outcome, registry, run, ranges, attempts} = seenOf(situation)
    expect(outcome).toEqual(situation.expected)
    registry.assertQuiet()
    expect(run.stderr).toBe('')
    expect(run.leftBehind).toEqual([expect.stringMatching(/report\.json$/)])
    // A registry that does not serve parts is asked for one, while the one response goes on.
    if (outcome.arrival === 'as one response') expect(ranges).toEqual(['all', expect.stringMatching(/^bytes=\d+-\d+$/)])
    const slow = attempts.reduce((sum, {parts}) => sum + (parts?.stragglers ?? 0) + (parts?.resumed ?? 0), 0)
    if (outcome.arrival === 'in parts') expect(slow).toBeGreaterThanOrEqual(1)
  })

  it('names the part that had other bytes, its host, and its request, once the layer came right', () => {
    const {attempts, registry, run} = seenOf(SAMPLE.find(isLie))
    const lie = registry.journal.find(({fault}) => fault === 'range')
    const {differs} = attempts[1] ?? {}
    expect(`bytes=${String(differs?.start)}-${String((differs?.end ?? 0) - 1)}`).toBe(lie?.headers.range)
    expect(differs).toMatchObject({host: expect.any(String) as unknown, requestIds: {'x-request-id': 'r-4f'}})
    expect(run.log.join('\n')).toContain('were changed on their way the first time (x-request-id: r-4f)')
  })

  it('begins again at the registry when the signature of a redirect has run out', async () => {
    const {run, registry, attempts} = await runWithLine({
      ...{blobs: 'redirect', signedUrlUses: 1},
      faults: [{...onLayer({kind: 'stall', afterBytes: 1024 * 1024}, 3), ranged: true, server: 'cdn'}]
    })
    expect(run.exitCode).toBe(0)
    registry.assertQuiet()
    expect(attempts).toMatchObject([{parts: {stragglers: 1}}])
  })
})

afterAll(() => {
  if ((process.env['UPDATE_DOCS'] ?? '') !== '') writeFileSync(DOCUMENT, render())
})

describe('docs/faults-parts.md', () => {
  it('is what was seen', () => {
    if ((process.env['UPDATE_DOCS'] ?? '') === '') expect(readFileSync(DOCUMENT, 'utf8')).toBe(render())
    else expect(render()).toContain('| Parts |')
  })
})

function render(): string {
  const rows = PARTS_SITUATIONS.map(situation => {
    // A row that is not in the sample is as it was when the table was written.
    const {arrival, kind, parts} = SAMPLE.includes(situation) ? seenOf(situation).outcome : situation.expected
    return `| ${situation.what} | ${situation.lasts} | ${arrival} | ${kind} | ${parts} |`
  })
  return `# What happens when a registry does not serve parts

A large layer comes in parts when one connection is slower than the verifier ([Large layers](performance.md#large-layers)). Each row was run as a
process, with a layer of 48 MiB on a line of 20 MB/s for each connection. In each row, the image is verified and comes from its own registry. *Kind* is the failure
of an attempt in the log and the report; without one, the run needs no second attempt. With *over*, the registry is asked for no more parts in the run. Written by
\`npm run docs\`.

| What the registry does | To | The layer comes | Kind | Parts |
|---|---|---|---|---|
${rows.join('\n')}
`
}
