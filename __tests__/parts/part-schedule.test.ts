// When one connection is too slow, where the first part begins, what the others have, and when one takes too long.

import {describe, expect, it} from '@jest/globals'
import {firstRange, NetworkMeter, PART_RULES, PartSchedule} from '../../src/parts/part-schedule.ts'

const MIB = 1024 * 1024
const CHUNK = 64 * 1024
const PART = PART_RULES.partBytes

/** Bytes that came before the meter called the network too slow; undefined if it never did. */
function splitAfter(bytesPerMs: number, waitingShare: number, total = 64 * MIB): number | undefined {
  const meter = new NetworkMeter(PART_RULES, 0)
  const chunkMs = CHUNK / bytesPerMs
  for (let bytes = CHUNK, ms = chunkMs; bytes <= total; bytes += CHUNK, ms += chunkMs)
    if (meter.isTooSlow(CHUNK, chunkMs * waitingShare, ms)) return bytes
  return undefined
}

describe('NetworkMeter', () => {
  it.each([
    {line: '20 MB/s, the reader always waits', bytesPerMs: 20_000, waiting: 1, after: MIB},
    {line: '50 MB/s, the reader waits half of the time', bytesPerMs: 50_000, waiting: 0.5, after: 2.5 * MIB},
    {line: '50 MB/s, the reader waits a fifth of the time', bytesPerMs: 50_000, waiting: 0.2, after: undefined},
    {
      line: '300 MB/s, as on loopback, with a reader that only hashes',
      bytesPerMs: 300_000,
      waiting: 0.9,
      after: undefined
    },
    {line: '1 MB/s', bytesPerMs: 1000, waiting: 1, after: MIB}
  ])('finds the network too slow after the first look: $line', ({bytesPerMs, waiting, after}) => {
    const found = splitAfter(bytesPerMs, waiting)
    if (after === undefined) expect(found).toBeUndefined()
    else expect(Math.abs((found ?? 0) - after)).toBeLessThanOrEqual(MIB / 4)
  })

  describe('with a server that brings all it has at once after each wait', () => {
    /** Each burst follows a wait, and only its first chunk was waited for. Returns the bytes that came before the verdict. */
    function splitAfterBursts(
      burst: {readonly bytes: number; readonly waitMs: number},
      bursts: number
    ): number | undefined {
      const meter = new NetworkMeter(PART_RULES, 0)
      let ms = 0
      for (let bytes = 0; bytes < bursts * burst.bytes; bytes += CHUNK) {
        const waitedMs = bytes % burst.bytes === 0 ? burst.waitMs : 0
        ms += waitedMs + CHUNK / 90_000
        if (meter.isTooSlow(CHUNK, waitedMs, ms)) return bytes
      }
      return undefined
    }

    it('does not take one that has no processor now and then for a slow line', () => {
      // 130 ms for 2 MiB, twice.
      expect(splitAfterBursts({bytes: 2 * MIB, waitMs: 130}, 2)).toBeUndefined()
    })

    it('finds it too slow when that goes on', () => {
      expect(splitAfterBursts({bytes: 2 * MIB, waitMs: 130}, 16)).toBeLessThanOrEqual(8 * MIB)
    })
  })

  it('looks again, so that a connection which becomes slow later is found', () => {
    const meter = new NetworkMeter(PART_RULES, 0)
    let ms = 0
    const receive = (bytes: number, bytesPerMs: number): boolean[] =>
      Array.from({length: bytes / CHUNK}, () => {
        ms += CHUNK / bytesPerMs
        return meter.isTooSlow(CHUNK, bytesPerMs < 50_000 ? CHUNK / bytesPerMs : 0, ms)
      })
    expect(receive(16 * MIB, 90_000)).not.toContain(true)
    expect(receive(4 * MIB, 10_000)).toContain(true)
    expect(meter.bytesPerMs).toBeCloseTo(10_000, -3)
  })
})

describe('firstRange', () => {
  it.each([
    {speed: {bytesPerMs: 20_000, firstByteMs: 30}, start: MIB + MIB + 750_000},
    {speed: {bytesPerMs: 50_000, firstByteMs: 80}, start: MIB + MIB + 5_000_000},
    {speed: {bytesPerMs: 1, firstByteMs: 0}, start: 2 * MIB}
  ])('begins as far ahead as a connection with $speed comes until it arrives', ({speed, start}) => {
    expect(firstRange(PART_RULES, MIB, 127 * MIB, speed)).toEqual({start, end: start + PART})
  })

  it('is none where less than two parts would be left', () => {
    const speed = {bytesPerMs: 20_000, firstByteMs: 0}
    expect(firstRange(PART_RULES, 31 * MIB, 32 * MIB + 2 * PART, speed)).toEqual({
      start: 32 * MIB,
      end: 32 * MIB + PART
    })
    expect(firstRange(PART_RULES, 31 * MIB + 1, 32 * MIB + 2 * PART, speed)).toBeUndefined()
  })
})

describe('PartSchedule', () => {
  const SPEED = {bytesPerMs: 20_000, firstByteMs: 30}
  const schedule = (size: number): PartSchedule =>
    new PartSchedule(PART_RULES, size, {start: 2 * MIB, end: 6 * MIB}, SPEED)

  it.each([6 * MIB, 6 * MIB + 1, 14 * MIB, 15 * MIB, 10 * 1024 * MIB])(
    'hands out every byte of %d once, in order, and no part is larger than the others',
    size => {
      const parts = schedule(size)
      let end = 6 * MIB
      while (parts.hasNext) {
        const part = parts.next()
        expect(part.start).toBe(end)
        expect(part.end - part.start).toBeLessThanOrEqual(PART)
        expect(part.end).toBeGreaterThan(part.start)
        end = part.end
      }
      expect(end).toBe(size)
    }
  )

  it('allows three times the usual time and half a second, and twice as much after each connection that was closed', () => {
    const parts = schedule(100 * MIB)
    const usual = 30 + PART / 20_000
    expect(parts.allowedMs(0)).toBeCloseTo(3 * usual + 500)
    for (const ms of [100, 400, 5000]) parts.completed(ms)
    expect(parts.allowedMs(0)).toBeCloseTo(3 * 400 + 500)
    expect(parts.allowedMs(2)).toBeCloseTo(4 * (3 * 400 + 500))
  })
})
