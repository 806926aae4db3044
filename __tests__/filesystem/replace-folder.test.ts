// A folder in place of another: the new one or the old one is there, and nothing that may not be removed is lost.

import {mkdir, mkdtemp, readdir, readlink, rm, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import {replaceFolder, ReplacementRefused} from '../../src/filesystem/replace-folder.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'verified-image-replace-'))
  await mkdir(join(root, 'new'))
  await writeFile(join(root, 'new', 'file'), 'new')
})
afterEach(() => rm(root, {recursive: true}))

function replace(mayReplace: boolean): Promise<void> {
  const [path, from, aside] = ['folder', 'new', 'aside'].map(name => join(root, name)) as [string, string, string]
  return replaceFolder({path, from, aside, mayReplace: () => mayReplace})
}

describe('replaceFolder', () => {
  it('moves the folder where nothing is, or an empty folder', async () => {
    await replace(false)
    expect(await readdir(root)).toEqual(['folder'])
    await mkdir(join(root, 'new'))
    await rm(join(root, 'folder', 'file'))
    await replace(false)
    expect(await readdir(root)).toEqual(['folder'])
  })

  it('removes what it replaces', async () => {
    await mkdir(join(root, 'folder'))
    await writeFile(join(root, 'folder', 'old'), '')
    await replace(true)
    expect([await readdir(root), await readdir(join(root, 'folder'))]).toEqual([['folder'], ['file']])
  })

  it('leaves what it may not replace, and removes nothing', async () => {
    await mkdir(join(root, 'folder'))
    await writeFile(join(root, 'folder', 'precious'), '')
    await expect(replace(false)).rejects.toThrow(ReplacementRefused)
    expect(await readdir(join(root, 'folder'))).toEqual(['precious'])
    expect((await readdir(root)).toSorted()).toEqual(['folder', 'new'])
  })

  it('does not follow a link in the place of the folder', async () => {
    await mkdir(join(root, 'elsewhere'))
    await writeFile(join(root, 'elsewhere', 'precious'), '')
    await symlink(join(root, 'elsewhere'), join(root, 'folder'))
    await expect(replace(false)).rejects.toThrow(ReplacementRefused)
    expect(await readlink(join(root, 'folder'))).toBe(join(root, 'elsewhere'))
    await replace(true)
    expect(await readdir(join(root, 'elsewhere'))).toEqual(['precious'])
    expect(await readdir(join(root, 'folder'))).toEqual(['file'])
  })
})
