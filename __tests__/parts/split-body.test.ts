// One layer over several connections, in memory: the order of its bytes, its requests, and what a wrong, slow, or broken part costs.

import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import {createSemaphore, type Semaphore} from '../../src/concurrency/semaphore.ts'
import {VerifiedImageError} from '../../src/failure/error.ts'
import type {Failure} from '../../src/failure/failure.ts'
import {createPartMemory} from '../../src/parts/part-memory.ts'
import type {PartRules} from '../../src/parts/part-schedule.ts'
import {createRegistryParts, type RegistryParts} from '../../src/parts/registry-parts.ts'
import {SplitBody} from '../../src/parts/split-body.ts'
import type {PartsEvidence, ReceivedRange} from '../../src/parts/split-context.ts'
import type {ByteRange, RegistryResponse} from '../../src/registry/registry.ts'
import {createManualClock, type ManualClock} from '../support/manual-clock.ts'
import {responseWith} from '../support/responses.ts'
import {seededBytes} from '../support/tar.ts'
import '../support/matchers.ts'

const KB = 1000
const SIZE = 400 * KB
const BYTES = seededBytes(1, SIZE)
const CHUNK = 5 * KB

const RULES: PartRules = {
  partBytes: 40 * KB,
  minLayerBytes: 100 * KB,
  firstLookBytes: 10 * KB,
  firstLookMs: 5,
  lookBytes: 20 * KB,
  leadBytes: 10 * KB,
  overlapBytes: 1 * KB,
  graceMs: 50
}

/** What a connection does: bytes per millisecond, and a failure or silence after some bytes. */
type Line = {
  readonly bytesPerMs?: number
  readonly failAfter?: readonly [bytes: number, failure: Failure]
  readonly silentAfter?: number
  readonly refuse?: Failure
  readonly more?: number
  /** Sends the bytes of the start of the layer. */
  readonly lies?: true
}

type Setup = {
  /** By the number of the request for a part, from 0. */
  readonly lines?: readonly (Line | undefined)[]
  readonly always?: Line
  readonly whole?: Line
  readonly concurrency?: number
  readonly readerMsPerChunk?: number
}

type Run = {
  readonly bytes: Buffer
  readonly error: unknown
  readonly ranges: readonly ByteRange[]
  readonly read: readonly ReceivedRange[]
  readonly evidence: PartsEvidence | undefined
  readonly isRefused: boolean
  readonly mostConnections: number
  readonly ms: number
  readonly requests: Semaphore
  readonly parts: RegistryParts
  readonly counted: number
}

const TRUNCATED: Failure = {kind: 'truncated', gotBytes: 1}
const IGNORED: Failure = {kind: 'protocol', detail: 'HTTP 200 with the whole object', isHtml: false}
const LIMITED: Failure = {kind: 'throttled', status: 429, detail: ''}

async function* send(
  clock: ManualClock,
  {start, end}: ByteRange,
  {bytesPerMs = 1 * KB, failAfter, silentAfter, more = 0, lies}: Line,
  signal: AbortSignal
): AsyncGenerator<Uint8Array> {
  for (let at = start; at < end; at += CHUNK) {
    if (failAfter !== undefined && at - start >= failAfter[0]) throw new VerifiedImageError(failAfter[1])
    const isSilent = silentAfter !== undefined && at - start >= silentAfter
    await clock.wait(isSilent ? 1e9 : CHUNK / bytesPerMs, signal)
    const from = lies === true ? start : 0
    yield BYTES.subarray(at - from, Math.min(at + CHUNK, end) - from)
  }
  if (more > 0) yield Buffer.alloc(more)
}

async function run({lines = [], always = {}, whole = {}, concurrency = 8, readerMsPerChunk = 0}: Setup): Promise<Run> {
  const clock = createManualClock()
  const controller = new AbortController()
  const close = new AbortController()
  const requests = createSemaphore(concurrency)
  const parts = createRegistryParts(requests, concurrency)
  const ranges: ByteRange[] = []
  const read: ReceivedRange[] = []
  const chunks: Buffer[] = []
  let [open, mostConnections, counted] = [0, 0, 0]
  // The layer's own permit.
  const release = await requests.acquire(1, controller.signal)

  async function* counting(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    open++
    mostConnections = Math.max(mostConnections, open)
    try {
      yield* body
    } finally {
      open--
    }
  }
  const response: RegistryResponse = {
    ...responseWith(),
    acceptsRanges: true,
    contentLength: SIZE,
    body: counting(send(clock, {start: 0, end: SIZE}, whole, close.signal))
  }
  const closeWhole = (): void => {
    close.abort(new DOMException('closed', 'AbortError'))
  }
  const body = new SplitBody(
    {response, exchange: undefined, firstByteMs: 0, close: closeWhole},
    {
      rules: RULES,
      memory: createPartMemory(RULES.partBytes, 6, 7 * KB),
      registry: parts,
      isUnlimited: () => true,
      clock,
      signal: controller.signal,
      size: SIZE,
      open: async (range, signal) => {
        const line = lines[ranges.length] ?? always
        ranges.push(range)
        await clock.wait(2, signal)
        if (line.refuse !== undefined) throw new VerifiedImageError(line.refuse)
        return {...responseWith(), body: counting(send(clock, range, line, signal))}
      },
      onBytes: bytes => (counted += bytes),
      onRange: range => read.push(range)
    }
  )
  let error: unknown
  await clock.until(
    (async () => {
      try {
        for await (const chunk of body) {
          chunks.push(Buffer.from(chunk))
          if (readerMsPerChunk > 0) await clock.wait(readerMsPerChunk, controller.signal)
        }
      } catch (thrown) {
        error = thrown
      }
    })()
  )
  release()
  const {isRefused} = body
  const evidence = body.evidence()
  const ms = clock.nowMs()
  return {
    bytes: Buffer.concat(chunks),
    error,
    ranges,
    read,
    evidence,
    isRefused,
    mostConnections,
    ms,
    requests,
    parts,
    counted
  }
}

/** All permits are back, whatever happened. */
function freePermits(requests: Semaphore): number {
  let free = 0
  while (requests.tryAcquire() !== undefined) free++
  return free
}

describe('SplitBody', () => {
  it('splits when the reader waits for the network, and yields every byte once and in order', async () => {
    const {bytes, ranges, read, evidence, error, ms, mostConnections, requests, counted} = await run({})
    expect(error).toBeUndefined()
    expect(bytes.equals(BYTES)).toBe(true)
    // 400 ms over one connection.
    expect(ms).toBeLessThan(150)
    expect(mostConnections).toBe(7)
    expect(ranges[0]?.start).toBe(20 * KB)
    expect(ranges.every(({start}, at) => at === 0 || start === ranges[at - 1]?.end)).toBe(true)
    expect(read.map(({start, end}) => [start, end])).toEqual([
      // A chunk of the first part is compared with the response.
      [0, 20 * KB + CHUNK],
      ...ranges.map(({start, end}, at) => [at === 0 ? start + CHUNK : start, end])
    ])
    expect(evidence).toMatchObject({count: ranges.length, stragglers: 0, resumed: 0})
    // That chunk came twice.
    expect(counted).toBe(SIZE + CHUNK)
    expect(freePermits(requests)).toBe(8)
  })

  it.each([
    {why: 'the reader is slower than the network', setup: {readerMsPerChunk: 40}},
    {why: 'no connection is spare', setup: {concurrency: 1}}
  ])('requests no part when $why', async ({setup}) => {
    const {bytes, ranges, evidence} = await run(setup)
    expect(bytes.equals(BYTES)).toBe(true)
    expect([ranges, evidence]).toEqual([[], undefined])
  })

  it('is never over more connections than the layer and the spare ones', async () => {
    const {bytes, mostConnections} = await run({concurrency: 3})
    expect(bytes.equals(BYTES)).toBe(true)
    expect(mostConnections).toBe(3)
  })

  it.each([
    {name: 'ignored', refuse: IGNORED},
    {name: 'rate limited', refuse: LIMITED},
    {name: 'denied', refuse: {kind: 'denied', status: 403, detail: '', credentials: 'none'}}
  ] as const)(
    'goes on with the one response when the first part is $name, and requests no other part',
    async ({refuse}) => {
      const {bytes, ranges, error, ms, evidence, parts, requests} = await run({always: {refuse}})
      expect(error).toBeUndefined()
      expect(bytes.equals(BYTES)).toBe(true)
      expect(ranges).toHaveLength(1)
      expect(ms).toBe(400)
      expect(evidence).toMatchObject({count: 0, ended: expect.any(String) as unknown})
      expect(parts.endedBy()).toBeDefined()
      expect(freePermits(requests)).toBe(8)
    }
  )

  it('goes on with the one response when the first part has other bytes, and requests no other part', async () => {
    const {bytes, ranges, error, ms, evidence, parts, requests} = await run({always: {lies: true}})
    expect(error).toBeUndefined()
    expect(bytes.equals(BYTES)).toBe(true)
    expect([ranges.length, ms]).toEqual([1, 400])
    expect(evidence).toMatchObject({count: 0, ended: 'a part had other bytes than the whole layer'})
    expect(parts.endedBy()).toBeDefined()
    expect(freePermits(requests)).toBe(8)
  })

  it.each([
    {name: 'is not answered', first: {silentAfter: 0}},
    {name: 'falls silent', first: {silentAfter: 500}},
    {name: 'trickles', first: {bytesPerMs: 10}}
  ])('requests the first part again when it $name, while the one response goes on', async ({first}) => {
    const {bytes, error, isRefused, ms, evidence} = await run({lines: [first]})
    expect([bytes.equals(BYTES), error, isRefused]).toEqual([true, undefined, false])
    expect(evidence).toMatchObject({stragglers: 1})
    // 400 ms over one connection.
    expect(ms).toBeLessThan(350)
  })

  it('goes on with the one response when the first part is never answered', async () => {
    const {bytes, isRefused, ranges, ms} = await run({always: {silentAfter: 0}})
    expect([bytes.equals(BYTES), isRefused, ms]).toEqual([true, false, 400])
    expect(new Set(ranges.map(({start}) => start)).size).toBe(1)
  })

  it.each([
    {name: 'ignores a range', refuse: IGNORED, isRefused: true},
    {name: 'meets a limit', refuse: LIMITED, isRefused: false}
  ])('uses what came before the part at which the registry $name later', async ({refuse, isRefused}) => {
    const run3 = await run({lines: [undefined, undefined, undefined, {refuse}]})
    const failed = run3.ranges[3]
    expect(run3.bytes.equals(BYTES.subarray(0, failed?.start))).toBe(true)
    expect(run3.isRefused).toBe(isRefused)
    if (isRefused) expect(run3.error).toBeUndefined()
    else expect(run3.error).toMatchObject({failure: LIMITED})
    // Those that were under way, and none after.
    expect(run3.ranges.length).toBeLessThanOrEqual(9)
    expect(freePermits(run3.requests)).toBe(8)
  })

  it('keeps what came of a part whose connection breaks, and requests the rest', async () => {
    const {bytes, ranges, evidence} = await run({lines: [undefined, undefined, {failAfter: [20 * KB, TRUNCATED]}]})
    expect(bytes.equals(BYTES)).toBe(true)
    const broken = ranges[2] ?? {start: 0, end: 0}
    expect(ranges).toContainEqual({start: broken.start + 20 * KB, end: broken.end})
    expect(evidence).toMatchObject({resumed: 1, stragglers: 0})
  })

  it('ends early when a part breaks twice', async () => {
    const {bytes, error, parts, isRefused} = await run({lines: [{}], always: {failAfter: [5 * KB, TRUNCATED]}})
    expect([error, isRefused]).toEqual([undefined, true])
    expect(BYTES.subarray(0, bytes.length).equals(bytes)).toBe(true)
    expect(parts.endedBy()).toBeDefined()
  })

  it('takes no byte beyond the range', async () => {
    const {bytes, isRefused} = await run({lines: [undefined, undefined, {more: 1}]})
    expect(bytes.equals(BYTES.subarray(0, bytes.length))).toBe(true)
    expect(isRefused).toBe(true)
  })

  it.each([
    {name: 'trickles', line: {bytesPerMs: 10}},
    {name: 'falls silent', line: {silentAfter: 10 * KB}},
    {name: 'is silent from the start', line: {silentAfter: 0}}
  ])('continues on another connection when a part $name', async ({line}) => {
    const healthy = await run({})
    const {bytes, evidence, ms} = await run({lines: [undefined, undefined, undefined, line]})
    expect(bytes.equals(BYTES)).toBe(true)
    expect(evidence).toMatchObject({stragglers: 1})
    // Three times a part's usual time, and the grace.
    expect(ms).toBeLessThan(healthy.ms + 3 * 50 + 50)
  })

  it('closes the one response when it falls silent before the first part', async () => {
    const {bytes, evidence, ranges} = await run({whole: {silentAfter: 10 * KB}})
    expect(bytes.equals(BYTES)).toBe(true)
    expect(ranges).toContainEqual({start: 10 * KB, end: 20 * KB})
    expect(evidence).toMatchObject({stragglers: 1})
  })

  it('holds no more out of order than its buffers, however slow the part in front is', async () => {
    const {bytes, ranges, counted} = await run({lines: [{bytesPerMs: 100}]})
    expect(bytes.equals(BYTES)).toBe(true)
    expect(counted).toBeLessThanOrEqual(SIZE + 40 * KB)
    expect(ranges.length).toBeLessThan(14)
  })
})

describe('any sequence of faults', () => {
  const line: fc.Arbitrary<Line | undefined> = fc.option(
    fc.oneof(
      fc.record({bytesPerMs: fc.integer({min: 20, max: 3000})}),
      fc.record({silentAfter: fc.integer({min: 0, max: 40 * KB})}),
      fc.integer({min: 0, max: 40 * KB}).map(bytes => ({failAfter: [bytes, TRUNCATED] as const})),
      fc.constantFrom(IGNORED, LIMITED).map(refuse => ({refuse})),
      fc.record({more: fc.integer({min: 1, max: 10})})
    ),
    {nil: undefined, freq: 2}
  )
  it('yields right bytes in order, ends, and gives every connection back', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, {maxLength: 20}),
        fc.integer({min: 1, max: 8}),
        fc.integer({min: 0, max: 10}),
        async (lines, concurrency, readerMsPerChunk) => {
          const {bytes, error, isRefused, requests, mostConnections, counted} = await run({
            ...{lines, concurrency, readerMsPerChunk}
          })
          expect(BYTES.subarray(0, bytes.length).equals(bytes)).toBe(true)
          expect(bytes.length === SIZE || isRefused || error !== undefined).toBe(true)
          expect(freePermits(requests)).toBe(concurrency)
          expect(mostConnections).toBeLessThanOrEqual(concurrency)
          expect(counted).toBeGreaterThanOrEqual(bytes.length)
        }
      ),
      {numRuns: 100}
    )
  }, 60_000)
})
