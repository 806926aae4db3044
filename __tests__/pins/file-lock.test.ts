// The lock between two steps that update the same lock file. A manual clock: what takes seconds in life takes none here.

import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import {breakStaleLock, withFileLock} from '../../src/pins/file-lock.ts'
import {createManualClock, type ManualClock} from '../support/manual-clock.ts'
import '../support/matchers.ts'
import {type Clock} from '../../src/concurrency/clock.ts'

const {signal} = new AbortController()

let folder: string
let path: string
let clock: ManualClock
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verified-image-file-lock-'))
  path = join(folder, 'image-lock.json.lock')
  clock = createManualClock()
})
afterEach(async () => {
  await rm(folder, {recursive: true, force: true})
})

/** The manual clock, with something that another step does in each wait. */
function whileWaiting(other: (nowMs: number) => void): Clock {
  return {
    nowMs: clock.nowMs,
    wait: async (ms, aborted) => {
      other(clock.nowMs())
      const wait = clock.wait(ms, aborted)
      await clock.advance(ms)
      await wait
    }
  }
}

describe('withFileLock', () => {
  it('holds the lock while the work runs, and hands on its result', async () => {
    const result = await withFileLock(path, {clock, signal}, () => Promise.resolve(existsSync(path)))
    expect(result).toBe(true)
    expect(readdirSync(folder)).toEqual([])
    expect(clock.waits).toEqual([])
  })

  it('removes the lock when the work fails', async () => {
    await expect(
      withFileLock(path, {clock, signal}, () => Promise.reject(new Error('the disk is full')))
    ).rejects.toThrow('the disk is full')
    expect(readdirSync(folder)).toEqual([])
  })

  it('starts the work once the other step is done, however long this process has been running', async () => {
    await clock.advance(3_600_000)
    writeFileSync(path, 'another step')
    const startedMs = clock.nowMs()
    const other = whileWaiting(nowMs => {
      if (nowMs - startedMs >= 2000) rmSync(path, {force: true})
      else expect(readFileSync(path, 'utf8')).toBe('another step')
    })
    const waitedMs = await withFileLock(path, {clock: other, signal}, () => Promise.resolve(clock.nowMs() - startedMs))
    expect(waitedMs).toBeGreaterThanOrEqual(2000)
    expect(waitedMs).toBeLessThan(2100)
  })

  it('takes over from a step that died 3 s ago, and not earlier', async () => {
    writeFileSync(path, 'dead')
    const waitedMs = await withFileLock(path, {clock: whileWaiting(() => undefined), signal}, () =>
      Promise.resolve(clock.nowMs())
    )
    expect(waitedMs).toBeGreaterThan(2900)
    expect(waitedMs).toBeLessThan(3200)
  })

  it('fails after 30 s in which other steps took turns, and leaves the lock to them', async () => {
    writeFileSync(path, 'step 0')
    const turns = whileWaiting(nowMs => {
      writeFileSync(path, `step ${String(Math.floor(nowMs / 1000))}`)
    })
    await expect(withFileLock(path, {clock: turns, signal}, () => Promise.resolve())).toFailWith('local-io', {
      detail: `${path} is locked by another step. Remove it if no other step is running`
    })
    expect(clock.nowMs()).toBeGreaterThan(29_900)
    expect(clock.nowMs()).toBeLessThan(30_200)
    expect(readFileSync(path, 'utf8')).toBe('step 30')
  })

  it('leaves the lock of a step that took over because the work was slow', async () => {
    await withFileLock(path, {clock, signal}, () => {
      writeFileSync(path, 'another step')
      return Promise.resolve()
    })
    expect(readFileSync(path, 'utf8')).toBe('another step')
  })

  it('fails at once when no lock can be written', async () => {
    await expect(
      withFileLock(join(folder, 'missing', 'lock'), {clock, signal}, () => Promise.resolve())
    ).rejects.toMatchObject({code: 'ENOENT'})
    expect(clock.waits).toEqual([])
  })

  it('names a directory that is in the way, and does not touch it', async () => {
    mkdirSync(join(path, 'deep'), {recursive: true})
    await expect(
      withFileLock(path, {clock: whileWaiting(() => undefined), signal}, () => Promise.resolve())
    ).toFailWith('local-io', {detail: `${path} is a directory, and the lock needs this name. Rename or remove it`})
    expect(readdirSync(folder)).toEqual(['image-lock.json.lock'])
    expect(readdirSync(path)).toEqual(['deep'])
  })
})

describe('breakStaleLock', () => {
  it('removes the lock of the process that died', async () => {
    writeFileSync(path, 'dead')
    await breakStaleLock(path, 'dead', 'mine')
    expect(readdirSync(folder)).toEqual([])
  })

  it('keeps the lock of a process that was faster to take over', async () => {
    writeFileSync(path, 'alive')
    await breakStaleLock(path, 'dead', 'mine')
    expect(readFileSync(path, 'utf8')).toBe('alive')
    expect(readdirSync(folder)).toEqual(['image-lock.json.lock'])
  })

  it('does nothing when another process has just removed it', async () => {
    await breakStaleLock(path, 'dead', 'mine')
    expect(readdirSync(folder)).toEqual([])
  })

  it('fails when the file system refuses', async () => {
    writeFileSync(path, '')
    await expect(breakStaleLock(join(path, 'lock'), 'dead', 'mine')).rejects.toMatchObject({code: 'ENOTDIR'})
  })
})
