// The folder of a layout: what may be replaced and what never is, what is left after a failure, and which links count.

import {lstat, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import {checkLayout, type LayoutFiles, writeLayout} from '../../src/store/layout-directory.ts'
import {createStagingNames} from '../../src/store/staging.ts'
import {VerifiedImageError} from '../../src/failure/error.ts'
import '../support/matchers.ts'

// A process that has ended, so that what it staged is stale for the next one.
const NAMES = createStagingNames({hostId: '0123abcd', pid: 10, isAlive: () => false}, () => new Date())
const {signal: NEVER} = new AbortController()
const BLOB = join('blobs', 'sha256', 'a')

let root: string
let workspace: string
let folder: string

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'verified-image-layout-')))
  workspace = join(root, 'workspace')
  folder = join(workspace, 'out', 'image')
  await mkdir(workspace)
})

afterEach(async () => {
  await rm(root, {recursive: true})
})

function layoutOf(text: string): LayoutFiles {
  return {
    documents: {
      'oci-layout': Buffer.from('{"imageLayoutVersion":"1.0.0"}'),
      'index.json': Buffer.from(JSON.stringify({text}))
    },
    blobs: {[BLOB]: path => writeFile(path, text)}
  }
}

function write(layout: LayoutFiles, signal = NEVER): Promise<void> {
  return writeLayout(folder, layout, NAMES, signal)
}

/** Every entry of a folder, with the content of files. */
async function contentOf(path: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(path, {recursive: true, withFileTypes: true})
  const files = entries.filter(entry => entry.isFile()).map(({parentPath, name}) => join(parentPath, name))
  const contents = await Promise.all(
    files.map(async file => [file.slice(path.length + 1), await readFile(file, 'utf8')] as const)
  )
  return Object.fromEntries(contents)
}

describe('writeLayout', () => {
  it('writes documents and blobs, and nothing beside the folder', async () => {
    await write(layoutOf('a'))
    const content = await contentOf(folder)
    expect(Object.keys(content).toSorted()).toEqual([BLOB, 'index.json', 'oci-layout'])
    expect(content[BLOB]).toBe('a')
    expect(content['index.json']).toBe('{"text":"a"}')
    expect(JSON.parse(content['oci-layout'] ?? '')).toEqual({
      imageLayoutVersion: '1.0.0',
      'verified-image.index': expect.stringMatching(/^[0-9a-f]{64}$/)
    })
    expect(await readdir(join(folder, '..'))).toEqual(['image'])
  })

  it('writes a layout without an index', async () => {
    await write({documents: {'oci-layout': Buffer.from('[1]')}, blobs: {}})
    expect(Object.keys(JSON.parse((await contentOf(folder))['oci-layout'] ?? '') as object)).toEqual([
      'verified-image.index'
    ])
  })

  it('replaces an unchanged layout of an earlier run', async () => {
    await write(layoutOf('a'))
    expect(checkLayout(folder, workspace)).toBeUndefined()
    await write(layoutOf('b'))
    expect((await contentOf(folder))[BLOB]).toBe('b')
    expect(await readdir(join(folder, '..'))).toEqual(['image'])
  })

  it.each([
    {bytes: 16 * 1024 * 1024, isReplaced: true},
    {bytes: 16 * 1024 * 1024 + 1, isReplaced: false}
  ])('replaces a layout whose index has at most 16 MiB: $bytes', async ({bytes, isReplaced}) => {
    const index = Buffer.alloc(bytes, ' ')
    await write({...layoutOf('a'), documents: {...layoutOf('a').documents, 'index.json': index}})
    expect(checkLayout(folder, workspace) === undefined).toBe(isReplaced)
  })

  it('writes through no link in the place of its staging folder', async () => {
    const target = join(root, 'target')
    await mkdir(target)
    await mkdir(join(folder, '..'))
    await symlink(target, join(folder, '..', '.image-staged'))
    const names = {uniqueName: (prefix: string) => `${prefix}staged`, removeStale: () => Promise.resolve()}
    await expect(writeLayout(folder, layoutOf('a'), names, NEVER)).toFailWith('local-io')
    expect(await readdir(target)).toHaveLength(0)
  })

  it('replaces an empty folder', async () => {
    await mkdir(folder, {recursive: true})
    await write(layoutOf('a'))
    expect((await contentOf(folder))[BLOB]).toBe('a')
  })

  it.each([
    {name: 'an index that was changed', change: () => writeFile(join(folder, 'index.json'), '{}')},
    {name: 'an index of the same length', change: () => writeFile(join(folder, 'index.json'), '{"text":"b"}')},
    {name: 'no index', change: () => rm(join(folder, 'index.json'))},
    {name: 'another file', change: () => writeFile(join(folder, 'notes'), 'mine')},
    {name: 'a layout that another program wrote', change: () => writeFile(join(folder, 'oci-layout'), '{}')},
    {name: 'a marker that is not JSON', change: () => writeFile(join(folder, 'oci-layout'), '{')},
    {name: 'a marker that is a list', change: () => writeFile(join(folder, 'oci-layout'), '[]')}
  ])('replaces no folder with $name, and leaves it as it was', async ({change}) => {
    await write(layoutOf('a'))
    await change()
    const before = await contentOf(folder)
    expect(checkLayout(folder, workspace)).toMatch('other files, which are not deleted')
    await expect(write(layoutOf('b'))).toFailWith('local-io', {
      detail: expect.stringContaining(`the layout cannot be written to ${folder}: `)
    })
    expect(await contentOf(folder)).toEqual(before)
    expect(await readdir(join(folder, '..'))).toEqual(['image'])
  })

  it('replaces no folder with a single file', async () => {
    await mkdir(folder, {recursive: true})
    await writeFile(join(folder, 'notes'), 'mine')
    await expect(write(layoutOf('a'))).toFailWith('local-io')
    expect(await contentOf(folder)).toEqual({notes: 'mine'})
  })

  it('replaces no file', async () => {
    await mkdir(join(folder, '..'))
    await writeFile(folder, 'mine')
    await expect(write(layoutOf('a'))).toFailWith('local-io')
    expect(await readFile(folder, 'utf8')).toBe('mine')
  })

  it.each([
    {name: 'an empty folder', fill: () => Promise.resolve()},
    {name: 'a layout of its own', fill: (path: string) => writeLayout(path, layoutOf('a'), NAMES, NEVER)}
  ])('replaces no link to $name', async ({fill}) => {
    const target = join(root, 'target')
    await mkdir(target)
    await fill(target)
    await mkdir(join(folder, '..'))
    await symlink(target, folder)
    const before = await contentOf(target)
    expect(checkLayout(folder, workspace)).toMatch('symbolic link')
    await expect(write(layoutOf('b'))).toFailWith('local-io')
    expect((await lstat(folder)).isSymbolicLink()).toBe(true)
    expect(await contentOf(target)).toEqual(before)
  })

  it('removes what a killed run left beside the folder', async () => {
    const stale = join(workspace, 'out', NAMES.uniqueName('.image-'))
    await mkdir(stale, {recursive: true})
    await write(layoutOf('a'))
    expect(await readdir(join(folder, '..'))).toEqual(['image'])
  })

  it('leaves nothing when a blob cannot be put, and keeps what was there', async () => {
    await write(layoutOf('a'))
    const broken = {...layoutOf('b'), blobs: {[BLOB]: () => Promise.reject(new TypeError('broken'))}}
    await expect(write(broken)).toFailWith('local-io')
    expect((await contentOf(folder))[BLOB]).toBe('a')
    expect(await readdir(join(folder, '..'))).toEqual(['image'])
  })

  it('passes on the failure of a blob', async () => {
    const failure = new VerifiedImageError({kind: 'docker', detail: 'it has a kind already'})
    const broken = {...layoutOf('b'), blobs: {[BLOB]: () => Promise.reject(failure)}}
    await expect(write(broken)).rejects.toBe(failure)
  })

  it('rejects with the reason of its signal, puts no further blob, and leaves nothing', async () => {
    const controller = new AbortController()
    const put: string[] = []
    const blobs = Object.fromEntries(
      ['a', 'b'].map(name => [
        join('blobs', name),
        (path: string) => {
          put.push(name)
          controller.abort(new Error('time is up'))
          return writeFile(path, name)
        }
      ])
    )
    await expect(write({...layoutOf('a'), blobs}, controller.signal)).rejects.toThrow('time is up')
    expect(put).toEqual(['a'])
    expect(await readdir(join(folder, '..'))).toEqual([])
  })

  it('moves nothing into place after its signal has aborted with the last blob', async () => {
    const controller = new AbortController()
    const blobs = {
      [BLOB]: (path: string) => {
        controller.abort(new Error('time is up'))
        return writeFile(path, 'a')
      }
    }
    await expect(write({...layoutOf('a'), blobs}, controller.signal)).rejects.toThrow('time is up')
    expect(await readdir(join(folder, '..'))).toEqual([])
  })

  it('rejects with the reason of its signal rather than with the error that it caused', async () => {
    const controller = new AbortController()
    const blobs = {
      [BLOB]: () => {
        controller.abort(new Error('time is up'))
        return Promise.reject(new Error('the body was aborted'))
      }
    }
    await expect(write({...layoutOf('a'), blobs}, controller.signal)).rejects.toThrow('time is up')
  })
})

describe('checkLayout', () => {
  it.each([
    {name: 'an absent folder', path: ['out', 'image']},
    {name: 'a folder whose name starts with two dots', path: ['..image']},
    {name: 'a folder outside of the workspace', path: ['..', 'other']}
  ])('takes $name', ({path}) => {
    expect(checkLayout(join(workspace, ...path), workspace)).toBeUndefined()
  })

  it('takes an empty folder, and none with one file', async () => {
    await mkdir(folder, {recursive: true})
    expect(checkLayout(folder, workspace)).toBeUndefined()
    await writeFile(join(folder, 'file'), '')
    expect(checkLayout(folder, workspace)).toMatch('other files')
  })

  it.each([
    {name: 'the workspace', path: []},
    {name: 'a folder that contains it', path: ['..']},
    {name: 'the root', path: ['..', '..', '..', '..', '..', '..', '..']}
  ])('refuses $name', ({path}) => {
    expect(checkLayout(join(workspace, ...path), workspace)).toMatch('not the workspace or a folder that contains it')
  })

  it('refuses a folder behind a link that leads out of the workspace, also one that is not there yet', async () => {
    await mkdir(join(root, 'elsewhere', 'image'), {recursive: true})
    await symlink(join(root, 'elsewhere'), join(workspace, 'out'))
    for (const path of ['image', 'absent', join('absent', 'image')])
      expect(checkLayout(join(workspace, 'out', path), workspace)).toMatch('leads out of the workspace')
  })

  it('takes a folder behind a link that stays in the workspace', async () => {
    await mkdir(join(workspace, 'inside', 'image'), {recursive: true})
    await symlink('inside', join(workspace, 'out'))
    expect(checkLayout(folder, workspace)).toBeUndefined()
  })

  it('takes a link above a folder that is outside of the workspace', async () => {
    await mkdir(join(root, 'elsewhere'))
    await symlink(join(root, 'elsewhere'), join(root, 'link'))
    expect(checkLayout(join(root, 'link', 'image'), workspace)).toBeUndefined()
  })

  it('says why a folder cannot be read', async () => {
    await writeFile(join(workspace, 'file'), '')
    expect(checkLayout(join(workspace, 'file'), workspace)).toMatch(/^the folder cannot be read: .*not a directory/i)
    expect(checkLayout(join(workspace, 'file', 'image'), workspace)).toMatch(/^the folder cannot be read: /)
    await symlink('loop', join(workspace, 'loop'))
    expect(checkLayout(join(workspace, 'loop', 'image'), workspace)).toMatch(/^the folder cannot be read: /)
  })
})
