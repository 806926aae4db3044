// Measures what a permanent fault costs in time: the action as a process, with default inputs, a faulty primary, and a healthy mirror.
// Prints medians of several runs, minus the median of the healthy run. Options: `--json`, `--runs N`.
// Exits with 1 when a fault costs more than its limit.

import {parseArgs} from 'node:util'
import {type Action, type Fault, type FaultTarget, ociError, tooManyRequests} from '../__tests__/support/fault.ts'
import {type FaultRegistry, type FaultRegistryOptions, startFaultRegistry} from '../__tests__/support/fault-registry.ts'
import {makePublished} from '../__tests__/support/images.ts'
import {publish} from '../__tests__/support/registry-content.ts'
import {runAction} from '../__tests__/support/run-action.ts'
import {median} from './bench/figures.ts'

// The default of hedge-after is 3 s.
const HEDGE_AFTER_MS = 3000

const LIMITS_MS = {
  /** The failure is immediate, and not retried. */
  'at once': 1000,
  /** The response may continue: the action waits for hedge-after. */
  'after the hedge': HEDGE_AFTER_MS + 1000,
  /** The registry may recover: the action retries. */
  'after its tries': 10_000
} as const

type Case = {
  readonly what: string
  readonly where: FaultTarget | 'connect'
  readonly limit: keyof typeof LIMITS_MS
  readonly do?: Action
}

const CASES: readonly Case[] = [
  {what: 'refuses the connection', where: 'connect', limit: 'at once'},
  {what: 'answers 404', where: 'manifest', limit: 'at once', do: ociError(404, 'MANIFEST_UNKNOWN')},
  {what: 'answers 404', where: 'config', limit: 'at once', do: ociError(404, 'BLOB_UNKNOWN')},
  {what: 'answers 401', where: 'manifest', limit: 'at once', do: ociError(401, 'UNAUTHORIZED')},
  {what: 'answers 403', where: 'manifest', limit: 'at once', do: ociError(403, 'DENIED')},
  {what: 'answers 403', where: 'token', limit: 'at once', do: ociError(403, 'DENIED')},
  {what: 'answers 429, Retry-After: 3600', where: 'manifest', limit: 'at once', do: tooManyRequests('3600')},
  {
    what: 'answers 503, Retry-After: 3600',
    where: 'config',
    limit: 'at once',
    do: ociError(503, 'UNAVAILABLE', 'later', {'retry-after': '3600'})
  },
  {what: 'sends wrong bytes', where: 'layer[1]', limit: 'at once', do: {kind: 'corrupt'}},
  {what: 'says nothing', where: 'manifest', limit: 'after the hedge', do: {kind: 'hang'}},
  {what: 'says nothing', where: 'token', limit: 'after the hedge', do: {kind: 'hang'}},
  {what: 'says nothing', where: 'config', limit: 'after the hedge', do: {kind: 'hang'}},
  {what: 'stops halfway', where: 'layer[1]', limit: 'after the hedge', do: {kind: 'stall', afterBytes: 10_000}},
  {
    what: 'sends 50 bytes a second',
    where: 'layer[1]',
    limit: 'after the hedge',
    do: {kind: 'trickle', bytesPerSecond: 50}
  },
  {what: 'answers 503', where: 'manifest', limit: 'after its tries', do: ociError(503, 'UNAVAILABLE')},
  {what: 'answers 500', where: 'token', limit: 'after its tries', do: {kind: 'respond', status: 500}},
  {what: 'answers 502', where: 'layer[1]', limit: 'after its tries', do: {kind: 'respond', status: 502}},
  {what: 'resets the connection', where: 'manifest', limit: 'after its tries', do: {kind: 'reset'}}
]

const CONTENT = [publish('acme/app', '1.2.3', makePublished())]

/** Starts a registry, calls `use`, and closes the registry. */
async function withRegistry<T>(
  options: FaultRegistryOptions,
  use: (registry: FaultRegistry) => Promise<T>
): Promise<T> {
  const registry = await startFaultRegistry({content: CONTENT, ...options})
  try {
    return await use(registry)
  } finally {
    await registry.close()
  }
}

/** The milliseconds of one run with default inputs. Throws when the run does not end as expected. */
async function timeOf(primary: string, mirror: string, source: 'primary' | 'mirror'): Promise<number> {
  const run = await runAction({
    image: `${primary}/acme/app:1.2.3`,
    mirrors: `${primary}=${mirror}`,
    ...{platform: 'linux/amd64', 'status-pages': 'false'}
  })
  if (run.outputs['source'] !== source) throw new Error(`not served by the ${source}:\n${run.stdout}${run.stderr}`)
  return run.elapsedMs
}

async function timesOf(runs: number, time: () => Promise<number>): Promise<readonly number[]> {
  const times: number[] = []
  for (let at = 0; at < runs; at++) times.push(await time())
  return times
}

type Row = Omit<Case, 'do'> & {
  readonly extraMs: number
  readonly worstExtraMs: number
  readonly limitMs: number
  readonly isWithin: boolean
}

async function measure(one: Case, mirror: string, runs: number, healthyMs: number): Promise<Row> {
  const {what, where, limit, do: action} = one
  const faults: Fault[] = action === undefined || where === 'connect' ? [] : [{on: where, do: action, times: 'always'}]
  const auth = where === 'token' ? {auth: {kind: 'bearer'} as const} : {}
  const times = await withRegistry({faults, ...auth}, async ({host, close}) => {
    if (where === 'connect') await close()
    return timesOf(runs, () => timeOf(host, mirror, 'mirror'))
  })
  const extraMs = Math.round(median(times) - healthyMs)
  const limitMs = LIMITS_MS[limit]
  const worstExtraMs = Math.round(Math.max(...times) - healthyMs)
  return {what, where, limit, extraMs, worstExtraMs, limitMs, isWithin: extraMs < limitMs}
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`
}

function render(healthyMs: number, rows: readonly Row[]): string {
  return [
    `A healthy run takes ${seconds(healthyMs)}. Over that, in the median and at most:`,
    '',
    '| the primary, for good | where | median | worst | limit | |',
    '|---|---|---|---|---|---|',
    ...rows.map(
      ({what, where, extraMs, worstExtraMs, limitMs, isWithin}) =>
        `| ${what} | ${where} | ${seconds(extraMs)} | ${seconds(worstExtraMs)} | ${seconds(limitMs)} | ${isWithin ? '' : 'OVER'} |`
    )
  ].join('\n')
}

const {values} = parseArgs({options: {json: {type: 'boolean', default: false}, runs: {type: 'string', default: '3'}}})
const runs = Number(values.runs)
if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs is a whole number from 1, not ${values.runs}`)

const [healthyMs, rows] = await withRegistry({}, async mirror => {
  const healthy = await withRegistry({}, primary =>
    timesOf(2 * runs + 1, () => timeOf(primary.host, mirror.host, 'primary'))
  )
  const measured: Row[] = []
  for (const one of CASES) measured.push(await measure(one, mirror.host, runs, median(healthy)))
  return [median(healthy), measured] as const
})
console.log(
  values.json ? JSON.stringify({runs, healthyMs: Math.round(healthyMs), rows}, undefined, 2) : render(healthyMs, rows)
)
process.exitCode = rows.every(({isWithin}) => isWithin) ? 0 : 1
