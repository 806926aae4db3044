import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import {listFolder} from '../../src/filesystem/list-folder.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verified-image-list-'))
})
afterEach(() => rm(folder, {recursive: true}))

describe('listFolder', () => {
  it('returns the names in alphabetical order, whatever they are', async () => {
    for (const name of ['b.crt', 'a.crt', 'C']) await writeFile(join(folder, name), '')
    await mkdir(join(folder, 'folder'))
    await expect(listFolder(folder, 10)).resolves.toEqual(['C', 'a.crt', 'b.crt', 'folder'])
  })

  it('stops at the maximum', async () => {
    for (let at = 0; at < 100; at++) await writeFile(join(folder, String(at)), '')
    await expect(listFolder(folder, 7)).resolves.toHaveLength(7)
  })

  it('rejects for what is not a folder', async () => {
    await writeFile(join(folder, 'file'), '')
    await expect(listFolder(join(folder, 'file'), 1)).rejects.toMatchObject({code: 'ENOTDIR'})
    await expect(listFolder(join(folder, 'missing'), 1)).rejects.toMatchObject({code: 'ENOENT'})
  })
})
