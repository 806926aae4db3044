// Which digest is used, over a table of primary × mirror × prefer × hedge-after × lock. The expected digest comes from an oracle: the four
// rules of docs/how-it-decides.md, in the order of time and without races.

import {describe, expect, it} from '@jest/globals'
import type {Failure} from '../src/failure/failure.ts'
import {lockEntries} from '../src/pins/lock-policy.ts'
import type {Acquisition} from '../src/acquire/acquisition.ts'
import {acquire, acquireFixture, late, STALL_MS} from './support/acquire-fixture.ts'
import {makeImage} from './support/images.ts'
import type {ManualClock} from './support/manual-clock.ts'
import {bodyOf, flipped, type ScriptedResponse, silent} from './support/memory-registry.ts'

/** What the tag is at the primary, at the mirror, and in the lock file. */
const RIGHT = makeImage()
const OTHER = makeImage({layers: [{content: {seed: 7, size: 9000}}]})
const LOCKED = makeImage({layers: [{content: {seed: 8, size: 9000}}]})

const ATTEMPTS = 2

function failureOf(kind: Failure['kind'], status: number): Failure {
  return kind === 'unauthorized' || kind === 'denied'
    ? {kind, status, detail: '', credentials: 'none'}
    : ({kind, status, detail: ''} as Failure)
}

/** When the primary resolves its tag, when it has failed, and whether it is silent until then. Undefined: never. */
type Primary = {
  readonly name: string
  readonly response: ((clock: ManualClock) => ScriptedResponse) | undefined
  readonly answersAtMs?: number
  readonly failsAtMs?: number
  readonly isSilent?: true
}

function after(ms: number) {
  return (clock: ManualClock): ScriptedResponse => late(clock, ms)
}
// One byte at a time, with pauses shorter than stall-timeout.
function trickling(eachMs: number, times: number) {
  return (clock: ManualClock): ScriptedResponse =>
    ({bytes, content, request}) => ({
      ...content,
      body: (async function* () {
        for (let at = 0; at < times; at++) {
          await clock.wait(eachMs, request.signal)
          yield bytes.subarray(at, at + 1)
        }
        yield bytes.subarray(times)
      })()
    })
}
function always(failure: Failure) {
  return (): ScriptedResponse => failure
}

const PRIMARIES: readonly Primary[] = [
  {name: 'answers at once', response: undefined, answersAtMs: 0},
  {name: 'answers after 1 s', response: after(1000), answersAtMs: 1000},
  {name: 'answers after 3.6 s', response: after(3600), answersAtMs: 3600},
  {name: 'answers just before a stall-timeout', response: after(STALL_MS - 1), answersAtMs: STALL_MS - 1},
  {
    name: 'answers after a stall-timeout',
    response: after(STALL_MS + 5000),
    answersAtMs: STALL_MS + 5000,
    isSilent: true
  },
  {name: 'trickles for a minute', response: trickling(15_000, 4), answersAtMs: 60_000},
  {name: 'is silent', response: () => silent, isSilent: true},
  // Two tries with a wait of 50 ms between, as random() has it.
  {
    name: 'refuses connections',
    response: always({kind: 'unreachable', reason: 'refused', detail: ''}),
    failsAtMs: 50
  },
  {name: '401', response: always(failureOf('unauthorized', 401)), failsAtMs: 0},
  {name: '403', response: always(failureOf('denied', 403)), failsAtMs: 0},
  {name: '404', response: always(failureOf('not-found', 404)), failsAtMs: 0},
  {name: '429', response: always(failureOf('throttled', 429)), failsAtMs: 50},
  {name: '500', response: always(failureOf('server-error', 500)), failsAtMs: 50},
  {
    name: 'is corrupt',
    response:
      () =>
      ({bytes, content}) => ({...content, body: bodyOf(flipped(bytes, 40))}),
    failsAtMs: 0
  }
]

type Mirror = {
  readonly name: string
  readonly role: 'mirror' | 'public-mirror'
  readonly tag: 'right' | 'other' | 'none'
}
const MIRRORS: readonly Mirror[] = [
  {name: 'a mirror with the same image', role: 'mirror', tag: 'right'},
  {name: 'a mirror with another image', role: 'mirror', tag: 'other'},
  {name: 'a mirror without the tag', role: 'mirror', tag: 'none'},
  {name: 'a public mirror with another image', role: 'public-mirror', tag: 'other'}
]

const PINS = ['none', 'reference', 'enforce', 'update'] as const
type Setting = {
  readonly primary: Primary
  readonly mirror: Mirror
  readonly prefer: 'primary' | 'mirrors'
  readonly hedgeAfterMs: number | undefined
  readonly pin: (typeof PINS)[number]
}

type Verdict = {readonly digest: string | undefined; readonly by: string | undefined}

const NOTHING: Verdict = {digest: undefined, by: undefined}

/** The digest of the first rule that knows one. */
function oracle(setting: Setting): Verdict {
  const {primary, mirror, prefer, hedgeAfterMs} = setting
  const isRefused = primary.name === '401' || primary.name === '403'
  // The name of what may be private is not told, and without a hedge nothing begins beside what hangs.
  const isWithheld = isRefused && mirror.role === 'public-mirror'
  const isFirst = prefer === 'mirrors' && mirror.role === 'mirror'
  const isHung =
    primary.isSilent === true && primary.answersAtMs === undefined && hedgeAfterMs === undefined && !isFirst
  return isWithheld || isHung ? NOTHING : decide(setting)
}

function decide({primary, mirror, hedgeAfterMs, pin}: Setting): Verdict {
  const right = RIGHT.manifest.digest
  if (pin === 'reference') return {digest: right, by: 'reference'}
  if (pin === 'enforce') return {digest: LOCKED.manifest.digest, by: 'lock'}
  const byPrimary = {digest: right, by: 'primary'}
  // Slow is not failed: what it answers before it was silent for a stall-timeout decides.
  if (primary.answersAtMs !== undefined && primary.isSilent !== true) return byPrimary
  const silentAtMs = hedgeAfterMs !== undefined && primary.isSilent === true ? STALL_MS : undefined
  if (primary.failsAtMs === undefined && silentAtMs === undefined)
    return primary.answersAtMs === undefined ? NOTHING : byPrimary
  if (pin === 'update') return {digest: LOCKED.manifest.digest, by: 'lock'}
  if (mirror.role === 'mirror' && mirror.tag !== 'none')
    return {digest: mirror.tag === 'right' ? right : OTHER.manifest.digest, by: 'mirror'}
  return primary.answersAtMs === undefined ? NOTHING : byPrimary
}

async function run(setting: Setting): Promise<Acquisition> {
  const {primary, mirror, prefer, hedgeAfterMs, pin} = setting
  const backoff = {attempts: ATTEMPTS, firstMs: 100, maxMs: 1000}
  const {registry, clock, controller, deps} = acquireFixture(hedgeAfterMs, backoff)
  registry.publish('docker.io/a/b', undefined, LOCKED)
  registry.publish('docker.io/a/b', '1', pin === 'enforce' ? LOCKED : RIGHT)
  for (const image of [LOCKED, RIGHT]) registry.publish('ghcr.io/a/b', undefined, image)
  if (mirror.tag !== 'none') registry.publish('ghcr.io/a/b', '1', mirror.tag === 'right' ? RIGHT : OTHER)
  if (primary.response !== undefined)
    registry.failNext('docker.io', 'manifest', ...Array<ScriptedResponse>(6).fill(primary.response(clock)))
  const isNamed = mirror.role === 'mirror'
  const locked = {digest: LOCKED.manifest.digest, mayBeUpdated: pin === 'update'}
  const done = acquire(deps, {
    image: pin === 'reference' ? `a/b:1@${RIGHT.manifest.digest}` : 'a/b:1',
    mirrors: [isNamed ? 'docker.io=ghcr.io' : 'public'],
    prefer,
    platforms: {kind: 'all'},
    level: 'config',
    ...(pin === 'none' || pin === 'reference' ? {} : {locked})
  })
  // What never ends by itself ends with the step.
  clock.wait(600_000, controller.signal).then(
    () => {
      controller.abort(new Error('time is up'))
    },
    () => undefined
  )
  const acquisition = await clock.until(done)
  controller.abort()
  return acquisition
}

const settings = PRIMARIES.flatMap(primary =>
  MIRRORS.flatMap(mirror =>
    (['primary', 'mirrors'] as const).flatMap(prefer =>
      [undefined, 500, 3000].flatMap(hedgeAfterMs =>
        PINS.map((pin): Setting => ({primary, mirror, prefer, hedgeAfterMs, pin}))
      )
    )
  )
)

describe('the digest that is used', () => {
  it.each(PRIMARIES)('is that of the first rule that knows one when the primary $name', async primary => {
    for (const setting of settings.filter(found => found.primary === primary)) {
      const {image, resolved, request} = await run(setting)
      const {mirror, prefer, hedgeAfterMs} = setting
      const where = {mirror: mirror.name, prefer, hedgeAfterMs, pin: setting.pin}
      const verdict: Verdict = {digest: image?.digest, by: image === undefined ? undefined : resolved?.decidedBy}
      expect({...where, ...verdict}).toEqual({...where, ...oracle(setting)})
      // Whatever happened, no mirror's word is locked.
      for (const {digest} of lockEntries([
        {request, results: [], resolved, image, runError: undefined, elapsedMs: 0}
      ]).values())
        expect([RIGHT.manifest.digest, LOCKED.manifest.digest]).toContain(digest)
      if (resolved?.decidedBy === 'mirror') expect(resolved.unresolved).toBeDefined()
    }
  })

  it('is tested in every combination', () => {
    expect(settings).toHaveLength(PRIMARIES.length * MIRRORS.length * 2 * 3 * PINS.length)
  })
})
