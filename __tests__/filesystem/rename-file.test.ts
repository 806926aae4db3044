import {mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, it} from '@jest/globals'
import {renameFile, type RenameSystem} from '../../src/filesystem/rename-file.ts'

type Faults = {readonly codes: readonly string[]; readonly platform?: NodeJS.Platform}

/** A file system that refuses the first moves with these codes. */
function refusing({
  codes,
  platform = 'win32'
}: Faults): RenameSystem & {readonly waits: number[]; readonly moves: () => number} {
  const waits: number[] = []
  let moves = 0
  return {
    platform,
    waits,
    moves: () => moves,
    wait: ms => Promise.resolve(waits.push(ms)),
    rename: () => {
      const code = codes[moves++]
      return code === undefined ? Promise.resolve() : Promise.reject(Object.assign(new Error(code), {code}))
    }
  }
}

describe('renameFile', () => {
  it('moves a file, over another one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'verified-image-rename-'))
    try {
      await writeFile(join(folder, 'a'), 'new')
      await writeFile(join(folder, 'b'), 'old')
      await renameFile(join(folder, 'a'), join(folder, 'b'))
      expect([await readdir(folder), await readFile(join(folder, 'b'), 'utf8')]).toEqual([['b'], 'new'])
    } finally {
      await rm(folder, {recursive: true})
    }
  })

  it.each(['EPERM', 'EACCES', 'EBUSY'])('waits for a program that has the file open on Windows (%s)', async code => {
    const system = refusing({codes: [code, code, code]})
    await renameFile('a', 'b', system)
    expect([system.waits, system.moves()]).toEqual([[10, 20, 50], 4])
  })

  it('gives up after less than a second', async () => {
    const system = refusing({codes: Array<string>(20).fill('EBUSY')})
    await expect(renameFile('a', 'b', system)).rejects.toMatchObject({code: 'EBUSY'})
    expect(system.waits.reduce((sum, ms) => sum + ms)).toBeLessThan(1000)
  })

  it.each([
    {what: 'another error on Windows', codes: ['ENOSPC']},
    {what: 'a permission that is missing on Linux', codes: ['EACCES'], platform: 'linux'},
    {what: 'a permission that is missing on macOS', codes: ['EPERM'], platform: 'darwin'}
  ] as const)('does not wait for $what', async faults => {
    const system = refusing(faults)
    await expect(renameFile('a', 'b', system)).rejects.toMatchObject({code: faults.codes[0]})
    expect([system.waits, system.moves()]).toEqual([[], 1])
  })
})
