// One object from one registry, again and again: as often, as soon and as fresh as its failures allow.

import {describe, expect, it} from '@jest/globals'
import {withRetry, type RetryContext, type AttemptContext, type Attempt} from '../../src/fetch/retry.ts'
import {type Failure} from '../../src/failure/failure.ts'
import {createThrottle} from '../../src/fetch/throttle.ts'
import type {Digest} from '../../src/oci/digest.ts'
import {createManualClock, type ManualClock} from '../support/manual-clock.ts'
import '../support/matchers.ts'
import {fail, VerifiedImageError} from '../../src/failure/error.ts'

const DIGEST = `sha256:${'a'.repeat(64)}` as Digest

const SERVER_ERROR: Failure = {kind: 'server-error', status: 503, detail: ''}
const INTERNAL_ERROR: Failure = {kind: 'server-error', status: 500, detail: ''}
const CORRUPT: Failure = {kind: 'corrupt', wanted: DIGEST, got: DIGEST, gotBytes: 1, firstBytes: ''}
const UNAUTHORIZED: Failure = {kind: 'unauthorized', status: 401, detail: '', credentials: 'none'}
const DENIED: Failure = {kind: 'denied', status: 403, detail: '', credentials: 'none'}
const PROTOCOL: Failure = {kind: 'protocol', detail: '', isHtml: true}
const NOT_FOUND: Failure = {kind: 'not-found', status: 404, detail: ''}

type Fixture = {
  readonly clock: ManualClock
  readonly controller: AbortController
  readonly context: RetryContext
  readonly attempts: Attempt[]
  readonly retryDelays: (number | undefined)[]
  readonly arrived: number[]
}

function setup(most = 4): Fixture {
  const clock = createManualClock()
  const controller = new AbortController()
  const attempts: Attempt[] = []
  const retryDelays: (number | undefined)[] = []
  const arrived: number[] = []
  const backoff = {attempts: most, firstMs: 500, maxMs: 30_000}
  const context: RetryContext = {
    clock,
    random: () => 0.5,
    backoff,
    signal: controller.signal,
    record: (attempt, wait) => {
      attempts.push(attempt)
      retryDelays.push(wait)
    },
    addBytes: bytes => arrived.push(bytes),
    throttle: createThrottle(clock, backoff, () => 0.5)
  }
  return {clock, controller, context, attempts, retryDelays, arrived}
}

/** Fails with each of these in turn, and then succeeds. */
function failing(
  failures: readonly Failure[],
  tries: AttemptContext[] = []
): (attempt: AttemptContext) => Promise<string> {
  const left = [...failures]
  return attempt => {
    tries.push(attempt)
    const failure = left.shift()
    return failure === undefined ? Promise.resolve('done') : Promise.reject(new VerifiedImageError(failure))
  }
}

describe('withRetry', () => {
  it('asks once when all is well', async () => {
    const {context, clock, attempts, retryDelays} = setup()
    expect(await clock.until(withRetry(context, 'config', failing([])))).toBe('done')
    expect(attempts).toEqual([
      {
        object: 'config',
        number: 1,
        startedMs: 0,
        elapsedMs: 0,
        waitedMs: 0,
        bytes: 0,
        outcome: 'verified',
        exchanges: []
      }
    ])
    expect([retryDelays, clock.waits]).toEqual([[undefined], []])
  })

  it.each<{
    readonly name: string
    readonly failures: readonly Failure[]
    readonly tries: number
    readonly waits: readonly number[]
  }>([
    {
      name: 'as often as attempts allows for a server error',
      failures: Array<Failure>(9).fill(SERVER_ERROR),
      tries: 4,
      waits: [675, 1350, 2700]
    },
    {
      name: 'as often as attempts allows for truncation',
      failures: Array<Failure>(9).fill({kind: 'truncated', gotBytes: 1}),
      tries: 4,
      waits: [675, 1350, 2700]
    },
    {
      name: 'as often as attempts allows for a timeout',
      failures: Array<Failure>(9).fill({
        kind: 'timed-out',
        phase: 'headers',
        limit: {input: 'stall-timeout', afterMs: 1}
      }),
      tries: 4,
      waits: [675, 1350, 2700]
    },
    {
      name: 'as often as attempts allows without a connection',
      failures: Array<Failure>(9).fill({kind: 'unreachable', reason: 'reset', detail: ''}),
      tries: 4,
      waits: [675, 1350, 2700]
    },
    {
      name: 'never with a wrong certificate',
      failures: Array<Failure>(9).fill({kind: 'unreachable', reason: 'tls-identity', detail: ''}),
      tries: 1,
      waits: []
    },
    {name: 'once for wrong bytes, at once', failures: Array<Failure>(9).fill(CORRUPT), tries: 2, waits: []},
    {
      name: 'once for too many bytes, at once',
      failures: Array<Failure>(9).fill({kind: 'too-large', limitBytes: 1, detail: ''}),
      tries: 2,
      waits: []
    },
    {name: 'once without authorization, at once', failures: Array<Failure>(9).fill(UNAUTHORIZED), tries: 2, waits: []},
    {name: 'once when denied, at once', failures: Array<Failure>(9).fill(DENIED), tries: 2, waits: []},
    {name: 'once for a web page, after a wait', failures: Array<Failure>(9).fill(PROTOCOL), tries: 2, waits: [675]},
    {name: 'never for what is not there', failures: Array<Failure>(9).fill(NOT_FOUND), tries: 1, waits: []},
    {
      name: 'never for what is unusable',
      failures: Array<Failure>(9).fill({kind: 'unusable', detail: ''}),
      tries: 1,
      waits: []
    },
    {name: 'once for each kind', failures: [CORRUPT, PROTOCOL, UNAUTHORIZED, CORRUPT], tries: 4, waits: [1350]},
    {
      name: 'no more than attempts, whatever the kinds',
      failures: [CORRUPT, PROTOCOL, UNAUTHORIZED, DENIED, SERVER_ERROR],
      tries: 4,
      waits: [1350]
    },
    {
      name: 'once for wrong bytes, also between server errors',
      failures: [CORRUPT, SERVER_ERROR, CORRUPT],
      tries: 3,
      waits: [1350]
    },
    {
      name: 'after what the registry asks for',
      failures: [
        {kind: 'throttled', status: 429, detail: '', retryAfterMs: 3000},
        {...SERVER_ERROR, retryAfterMs: 1000},
        NOT_FOUND
      ],
      tries: 3,
      waits: [3075, 1350]
    },
    {
      name: 'never when the registry wants a longer wait than allowed',
      failures: [{kind: 'throttled', status: 429, detail: '', retryAfterMs: 30_001}],
      tries: 1,
      waits: []
    }
  ])('asks again: $name', async ({failures, tries, waits}) => {
    const {context, clock, attempts} = setup()
    const last = failures[Math.min(tries, failures.length) - 1]
    if (last === undefined) throw new Error('there is a last failure')
    await expect(clock.until(withRetry(context, 'manifest', failing(failures)))).toFailWith(last.kind)
    expect([attempts.length, clock.waits]).toEqual([tries, waits])
    expect(attempts.map(({failure}) => failure)).toEqual(failures.slice(0, tries))
    expect(attempts.map(({number}) => number)).toEqual(attempts.map((_, at) => at + 1))
  })

  it('asks no second time when attempts is 1', async () => {
    const {context, clock, attempts} = setup(1)
    await expect(clock.until(withRetry(context, 'manifest', failing([CORRUPT])))).toFailWith('corrupt')
    expect(attempts).toHaveLength(1)
  })

  it('goes on to success, and records what it waited, before and after', async () => {
    const {context, clock, attempts, retryDelays} = setup()
    await clock.until(withRetry(context, 'layer[2]', failing([SERVER_ERROR, SERVER_ERROR])))
    expect(retryDelays).toEqual([675, 1350, undefined])
    expect(attempts.map(({outcome, waitedMs, startedMs}) => ({outcome, waitedMs, startedMs}))).toEqual([
      {outcome: 'failed', waitedMs: 0, startedMs: 0},
      {outcome: 'failed', waitedMs: 675, startedMs: 675},
      {outcome: 'verified', waitedMs: 1350, startedMs: 2025}
    ])
  })

  it('makes a token or a connection new after what asks for it, and only then', async () => {
    const {context, clock} = setup(9)
    const tries: AttemptContext[] = []
    await clock.until(
      withRetry(context, 'config', failing([SERVER_ERROR, UNAUTHORIZED, CORRUPT, DENIED, PROTOCOL], tries))
    )
    expect(tries.map(({refresh}) => refresh)).toEqual([undefined, undefined, 'token', 'connection', 'token', undefined])
  })

  it('keeps what each try did, apart from the others', async () => {
    const {context, clock, attempts, arrived} = setup()
    let tries = 0
    await clock.until(
      withRetry(context, 'config', async attempt => {
        tries++
        attempt.onExchange({
          object: 'config',
          method: 'GET',
          host: `host-${String(tries)}`,
          path: '/',
          elapsedMs: 0,
          requestIds: {}
        })
        attempt.count(10)
        attempt.count(tries)
        await clock.wait(100, attempt.signal)
        if (tries === 1) fail(SERVER_ERROR)
        return 'done'
      })
    )
    expect(
      attempts.map(({bytes, elapsedMs, exchanges}) => ({bytes, elapsedMs, hosts: exchanges.map(({host}) => host)}))
    ).toEqual([
      {bytes: 11, elapsedMs: 100, hosts: ['host-1']},
      {bytes: 12, elapsedMs: 100, hosts: ['host-2']}
    ])
    expect(arrived).toEqual([10, 1, 10, 2])
  })

  it('tells what failed where that is not what was tried', async () => {
    const {context, clock, attempts} = setup(1)
    const run = (): Promise<never> => Promise.reject(new VerifiedImageError(UNAUTHORIZED, {object: 'token'}))
    await expect(clock.until(withRetry(context, 'manifest', run))).toFailWith('unauthorized', {object: 'token'})
    expect(attempts).toMatchObject([{object: 'manifest', failedObject: 'token'}])
  })

  it('begins nothing once it is called off', async () => {
    const {context, controller, attempts} = setup()
    const tries: AttemptContext[] = []
    controller.abort(new Error('called off'))
    await expect(withRetry(context, 'config', failing([], tries))).rejects.toThrow('called off')
    expect([tries, attempts]).toEqual([[], []])
  })

  it('ends with the reason when it is called off while it waits', async () => {
    const {context, clock, controller, attempts} = setup()
    const tries: AttemptContext[] = []
    const done = withRetry(context, 'config', failing([SERVER_ERROR], tries))
    done.catch(() => undefined)
    await clock.advance(100)
    expect(clock.waiting()).toBe(1)
    controller.abort(new Error('called off'))
    await expect(done).rejects.toThrow('called off')
    expect([tries.length, attempts.length, clock.waiting()]).toEqual([1, 1, 0])
  })

  it('records a try that is called off as that, not as a failure', async () => {
    const {context, clock, controller, attempts, retryDelays} = setup()
    const done = withRetry(context, 'config', async ({signal, count}) => {
      count(7)
      await clock.wait(60_000, signal)
    })
    done.catch(() => undefined)
    await clock.advance(100)
    controller.abort(new Error('called off'))
    await expect(done).rejects.toThrow('called off')
    expect(attempts).toMatchObject([{outcome: 'aborted', bytes: 7, elapsedMs: 100}])
    expect([attempts[0]?.failure, retryDelays]).toEqual([undefined, [undefined]])
  })

  it('lets a bug through, without another try', async () => {
    const {context, attempts} = setup()
    const run = (): Promise<never> => Promise.reject(new TypeError('a bug'))
    await expect(withRetry(context, 'config', run)).rejects.toThrow(TypeError)
    expect(attempts).toEqual([])
  })

  it('keeps exchanges in their order, and names no other object where it was the object itself that failed', async () => {
    const {context, clock, attempts} = setup(1)
    const run = ({onExchange}: AttemptContext): Promise<never> => {
      for (const host of ['first', 'second'])
        onExchange({object: 'config', method: 'GET', host, path: '/', elapsedMs: 0, requestIds: {}})
      return Promise.reject(new VerifiedImageError(NOT_FOUND))
    }
    await expect(clock.until(withRetry(context, 'config', run))).toFailWith('not-found')
    expect(attempts[0]?.exchanges.map(({host}) => host)).toEqual(['first', 'second'])
    expect(attempts[0]).not.toHaveProperty('failedObject')
  })

  it('waits as little as its backoff says', async () => {
    const {context, clock} = setup()
    const quick = {...context, backoff: {attempts: 2, firstMs: 2, maxMs: 30_000}}
    await clock.until(withRetry(quick, 'config', failing([{...SERVER_ERROR, status: 500}])))
    expect(clock.waits).toEqual([expect.closeTo(2.7)])
  })
})

describe('withRetry, at a registry that others ask too', () => {
  it('lets them in as soon as bytes arrive', async () => {
    const {context, clock} = setup()
    const tries: AttemptContext[] = []
    const first = withRetry(context, 'config', async ({count, signal}) => {
      await clock.wait(100, signal)
      count(1)
      await clock.wait(1000, signal)
    })
    const second = withRetry(context, 'layer[0]', failing([], tries))
    await clock.advance(99)
    expect(tries).toHaveLength(0)
    await clock.advance(1)
    expect(tries).toHaveLength(1)
    await clock.until(Promise.all([first, second]))
  })

  it('counts the wait for them to a first attempt, and not to a retry', async () => {
    const {context, clock, attempts} = setup()
    const first = withRetry(context, 'config', async ({count, signal}) => {
      await clock.wait(100, signal)
      count(1)
    })
    const second = withRetry(context, 'layer[0]', failing([{...SERVER_ERROR, status: 500}]))
    await clock.until(Promise.all([first, second]))
    const layers = attempts.filter(({object}) => object === 'layer[0]')
    expect(layers.map(({startedMs, elapsedMs, waitedMs}) => [startedMs, elapsedMs, waitedMs])).toEqual([
      [0, 100, 0],
      [775, 0, 675]
    ])
  })

  it('records a retry that is called off', async () => {
    const {context, clock, controller, attempts} = setup()
    let tries = 0
    const done = withRetry(context, 'config', async ({signal}) => {
      if (++tries === 1) fail(INTERNAL_ERROR)
      await clock.wait(60_000, signal)
    })
    done.catch(() => undefined)
    await clock.advance(1000)
    controller.abort(new Error('called off'))
    await expect(done).rejects.toThrow('called off')
    expect(attempts.map(({outcome}) => outcome)).toEqual(['failed', 'aborted'])
  })

  it('lets them in when it is done without a byte', async () => {
    const {context, clock} = setup()
    const tries: AttemptContext[] = []
    await clock.until(withRetry(context, 'config', failing([])))
    await clock.until(withRetry(context, 'layer[0]', failing([], tries)))
    expect(tries).toHaveLength(1)
  })

  it('lets them in while it waits after a failure of its own', async () => {
    const {context, clock} = setup()
    const tries: AttemptContext[] = []
    const first = withRetry(context, 'config', failing([{...SERVER_ERROR, status: 500}]))
    const second = withRetry(context, 'layer[0]', failing([], tries))
    await clock.advance(1)
    expect([clock.waiting(), tries.length]).toEqual([1, 1])
    await clock.until(Promise.all([first, second]))
  })

  it('shares the attempts of an outage with them: each is refused once, and one of them probes', async () => {
    const {context, clock, attempts} = setup()
    await clock.until(withRetry(context, 'manifest', failing([])))
    const run = (attempt: AttemptContext): Promise<string> =>
      clock.nowMs() < 4000 ? Promise.reject(new VerifiedImageError(SERVER_ERROR)) : Promise.resolve(attempt.object)
    const objects = ['config', 'layer[0]', 'layer[1]', 'layer[2]'] as const
    await clock.until(Promise.all(objects.map(object => withRetry(context, object, run))))
    // Four that were under way together, and two probes.
    expect(attempts.filter(({outcome}) => outcome === 'failed')).toHaveLength(6)
  })

  it('fails without asking, once, when it was given up, and does not prolong that', async () => {
    const {context, clock, attempts, retryDelays} = setup()
    const tries: AttemptContext[] = []
    const throttled: Failure = {kind: 'throttled', status: 429, detail: ''}
    const slot = await context.throttle.enter(context.signal, 0)
    for (let failure = 1; failure <= 4; failure++) {
      const refused = failure === 1 ? slot : await clock.until(context.throttle.enter(context.signal, 0))
      refused.failed(throttled)
      refused.release()
    }
    await clock.advance(29_000)
    await expect(withRetry(context, 'config', failing([], tries))).toFailWith('throttled')
    expect([tries.length, attempts.length, retryDelays]).toEqual([0, 1, [undefined]])
    await clock.advance(1000)
    expect(await withRetry(context, 'config', failing([], tries))).toBe('done')
  })
})
