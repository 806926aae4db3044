// What a killed run left is swept by the next one; what another job is still at is not.

import {mkdir, mkdtemp, readdir, rm, utimes, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import {createStagingNames} from '../../src/store/staging.ts'
import {nodeRuntime} from '../../src/runner/runtime.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verified-image-stagingNames-'))
})

afterEach(async () => {
  await rm(folder, {recursive: true})
})

const self = {hostId: '0123abcd', pid: 10, isAlive: (pid: number): boolean => pid === 11}
const elsewhere = {...self, hostId: 'ffffffff'}
const now = new Date()
const later = new Date(now.getTime() + 49 * 3_600_000)

describe('createLeftovers', () => {
  it('sweeps what was made by a process that is gone, and nothing else', async () => {
    const stagingNames = createStagingNames(self, () => now)
    const gone = stagingNames.uniqueName('stage-')
    const running = createStagingNames({...self, pid: 11}, () => now).uniqueName('stage-')
    const foreign = createStagingNames(elsewhere, () => now).uniqueName('stage-')
    const others = ['stage-', 'stage-x', 'image', stagingNames.uniqueName('other-')]
    for (const name of [gone, running, foreign, ...others]) await mkdir(join(folder, name))
    await writeFile(join(folder, gone, 'file'), '')
    await stagingNames.removeStale(folder, 'stage-')
    expect((await readdir(folder)).sort()).toEqual([running, foreign, ...others].sort())
  })

  it('sweeps what was made elsewhere after two days', async () => {
    await mkdir(join(folder, createStagingNames(elsewhere, () => now).uniqueName('stage-')))
    await createStagingNames(self, () => later).removeStale(folder, 'stage-')
    expect(await readdir(folder)).toEqual([])
  })

  it('keeps what was made elsewhere within two days', async () => {
    const name = createStagingNames(elsewhere, () => now).uniqueName('stage-')
    await mkdir(join(folder, name))
    // In whole seconds, which every file system keeps.
    const madeMs = Date.UTC(2025, 5, 4)
    await utimes(join(folder, name), madeMs / 1000, madeMs / 1000)
    const twoDaysMs = 48 * 3_600_000
    await createStagingNames(self, () => new Date(madeMs + twoDaysMs)).removeStale(folder, 'stage-')
    expect(await readdir(folder)).toEqual([name])
    await createStagingNames(self, () => new Date(madeMs + twoDaysMs + 1)).removeStale(folder, 'stage-')
    expect(await readdir(folder)).toHaveLength(0)
  })

  it.each(['stage-x0123abcd-10-0123abcd', 'stage-0123abcd-10-0123abcd.tar', 'stage-0123abcd', 'stage-0123abcd-12'])(
    'keeps %s, which is not one of its names',
    async name => {
      await mkdir(join(folder, name))
      await createStagingNames(self, () => later).removeStale(folder, 'stage-')
      expect(await readdir(folder)).toEqual([name])
    }
  )

  it('is content with a folder that is not there', async () => {
    await expect(createStagingNames(self, () => now).removeStale(join(folder, 'nowhere'), 'x')).resolves.toBeUndefined()
  })

  it('knows that this process runs, and that one that has ended does not', () => {
    const {pid, isAlive, hostId} = nodeRuntime().self()
    expect(isAlive(pid)).toBe(true)
    expect(isAlive(2 ** 22 + 1)).toBe(false)
    expect(hostId).toMatch(/^[0-9a-f]{8}$/)
  })
})
