// A layout is written where the workflow said, and nowhere else: no link that a checkout brought along, or that somebody makes
// while the step runs, leads out of the workspace or to another job's files. And no file of it belongs to anything else.

import {lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it} from '@jest/globals'
import {type FaultRegistry, startFaultRegistry} from '../support/fault-registry.ts'
import {blobsOf, digestBytes, makeImage} from '../support/images.ts'
import {publish} from '../support/registry-content.ts'
import {type ActionRun, runAction, type RunActionOptions} from '../support/run-action.ts'

const IMAGE = makeImage()

let registry: FaultRegistry
let root: string
let workspace: string
let elsewhere: string

beforeAll(async () => {
  registry = await startFaultRegistry({content: [publish('acme/app', '1', IMAGE)]})
})
afterAll(() => registry.close())
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'verified-image-layout-'))
  ;[workspace, elsewhere] = [join(root, 'workspace'), join(root, 'elsewhere')]
  await Promise.all([workspace, elsewhere, join(root, 'tools')].map(folder => mkdir(folder)))
})
afterEach(async () => {
  await rm(root, {recursive: true})
})

function run(layout: string, {env, ...options}: RunActionOptions = {}): Promise<ActionRun> {
  return runAction(
    {image: `${registry.host}/acme/app:1`, mirrors: '', platform: 'linux/amd64', layout},
    {cwd: workspace, env: {RUNNER_TOOL_CACHE: join(root, 'tools'), ...env}, ...options}
  )
}

async function expectWhole(folder: string): Promise<void> {
  for (const {digest} of [IMAGE.manifest, ...blobsOf(IMAGE)]) {
    const path = join(folder, 'blobs', digest.replace(':', '/'))
    const found = await lstat(path)
    expect({path, isFile: found.isFile(), nlink: found.nlink}).toEqual({path, isFile: true, nlink: 1})
    expect(digestBytes(await readFile(path))).toBe(digest)
  }
}

describe('a layout', () => {
  it.each<{readonly name: string; readonly layout: string; readonly plant: () => Promise<unknown>}>([
    {
      name: 'a link to an empty folder elsewhere',
      layout: 'image',
      plant: () => symlink(elsewhere, join(workspace, 'image'))
    },
    {
      name: 'a link to nothing elsewhere',
      layout: 'image',
      plant: () => symlink(join(elsewhere, 'absent'), join(workspace, 'image'))
    },
    {
      name: 'a link with a slash after its name',
      layout: 'image/',
      plant: () => symlink(elsewhere, join(workspace, 'image'))
    },
    {
      name: 'a link to an empty folder of the workspace',
      layout: 'image',
      plant: async () => {
        await mkdir(join(workspace, 'real'))
        await symlink('real', join(workspace, 'image'))
      }
    },
    {
      name: 'a folder below a link that leads out of the workspace',
      layout: 'out/image',
      plant: () => symlink(elsewhere, join(workspace, 'out'))
    },
    {
      name: 'a folder deep below a link that leads out of the workspace',
      layout: 'out/deep/er/image',
      plant: () => symlink(join('..', 'elsewhere'), join(workspace, 'out'))
    },
    {
      name: 'a folder below two links, of which the second leads out',
      layout: 'one/two/image',
      plant: async () => {
        await mkdir(join(workspace, 'real'))
        await symlink('real', join(workspace, 'one'))
        await symlink(elsewhere, join(workspace, 'real', 'two'))
      }
    }
  ])('is refused when it is $name', async ({layout, plant}) => {
    await plant()
    const ran = await run(layout)
    expect(ran).toMatchObject({exitCode: 1, report: {inputFaults: [{input: 'layout', written: layout}]}})
    expect(ran.annotations[0]?.message).toMatch(/symbolic link/)
    expect(await readdir(elsewhere)).toEqual([])
    expect(registry.requests()).toEqual([])
  })

  it('may be outside of the workspace when the workflow says so, and below a link there', async () => {
    await symlink(elsewhere, join(root, 'link'))
    expect((await run(join(root, 'link', 'image'))).exitCode).toBe(0)
    await expectWhole(join(elsewhere, 'image'))
  })

  it('may be in a workspace that is itself reached by a link', async () => {
    await symlink(workspace, join(root, 'link'))
    expect((await run('image', {cwd: join(root, 'link')})).exitCode).toBe(0)
    await expectWhole(join(workspace, 'image'))
  })

  it('is not written through a link that is made while the step runs', async () => {
    // Preloaded: it acts before the first folder of the stage is made, which is after the input was checked.
    const script = `
      import fs from 'node:fs'
      import {syncBuiltinESMExports} from 'node:module'
      const mkdir = fs.promises.mkdir
      fs.promises.mkdir = (path, ...rest) => {
        try { fs.symlinkSync(${JSON.stringify(elsewhere)}, ${JSON.stringify(join(workspace, 'image'))}) } catch {}
        return mkdir(path, ...rest)
      }
      syncBuiltinESMExports()`
    const env = {NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(script)}`}
    const ran = await run('image', {env})
    expect(ran).toMatchObject({exitCode: 1, outputs: {report: expect.anything()}})
    expect(ran.outputs['reference']).toBeUndefined()
    expect(await readdir(elsewhere)).toEqual([])
    expect((await lstat(join(workspace, 'image'))).isSymbolicLink()).toBe(true)
    expect(await readdir(workspace)).toEqual(['image'])
  })

  it.each(['true', 'false'])('has files of its own, with cache: %s, and leaves none of them elsewhere', async cache => {
    const ran = await runAction(
      {image: `${registry.host}/acme/app:1`, mirrors: '', platform: 'linux/amd64', layout: 'image', cache},
      {cwd: workspace, env: {RUNNER_TOOL_CACHE: join(root, 'tools')}}
    )
    expect(ran).toMatchObject({exitCode: 0, leftBehind: [expect.stringMatching(/report\.json$/)]})
    await expectWhole(join(workspace, 'image'))
  })

  it('is replaced without following links that were put into it', async () => {
    await run('image')
    await writeFile(join(elsewhere, 'precious'), 'mine')
    await rm(join(workspace, 'image', 'blobs'), {recursive: true})
    await symlink(elsewhere, join(workspace, 'image', 'blobs'))
    expect((await run('image')).exitCode).toBe(0)
    await expectWhole(join(workspace, 'image'))
    expect(await readdir(elsewhere)).toEqual(['precious'])
  })

  it('is not replaced when its index is a link, whatever that leads to', async () => {
    await run('image')
    const index = join(workspace, 'image', 'index.json')
    await writeFile(join(elsewhere, 'index.json'), await readFile(index))
    await rm(index)
    await symlink(join(elsewhere, 'index.json'), index)
    const ran = await run('image')
    expect(ran).toMatchObject({exitCode: 1, report: {inputFaults: [{input: 'layout'}]}})
  })
})

describe('what a killed run seems to have left beside a layout', () => {
  it('is removed without following links', async () => {
    await writeFile(join(elsewhere, 'precious'), 'mine')
    // Named as this machine names them, for a process that has ended.
    const {nodeRuntime: thisMachine} = await import('../../src/runner/runtime.ts')
    const {hostId} = thisMachine().self()
    await symlink(elsewhere, join(workspace, `.image-${hostId}-4194305-01234567`))
    expect((await run('image')).exitCode).toBe(0)
    expect(await readdir(workspace)).toEqual(['image'])
    expect(await readdir(elsewhere)).toEqual(['precious'])
  })
})
