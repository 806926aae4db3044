// The thread that reads files: it returns the images, and it is terminated whatever it does.
// It runs from the sources here, and from dist in files.test.ts.

import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import type {FilesOptions} from '../../src/files/find-images.ts'
import {runNoBake} from '../support/bake.ts'
import {findImagesInThread} from '../../src/files/files-thread.ts'
import {variablesFor} from '../../src/files/file-variables.ts'
import {VerifiedImageError} from '../../src/failure/error.ts'

const SOURCES = new URL('../../src/files/files-worker.ts', import.meta.url)

function script(code: string): URL {
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`)
}

describe('findImagesInThread', () => {
  let workspace: string
  let options: FilesOptions

  beforeEach(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'verified-image-thread-'))
    const machine = {os: 'linux', architecture: 'amd64'}
    const variables = variablesFor([], {environment: {}, names: [], secrets: []})
    options = {
      patterns: ['Dockerfile'],
      workspace,
      variables,
      hostPlatform: machine,
      platforms: {kind: 'machine', platform: machine}
    }
  })

  afterEach(async () => {
    await rm(workspace, {recursive: true})
  })

  const find = (entry: URL, signal = new AbortController().signal): ReturnType<typeof findImagesInThread> =>
    findImagesInThread(options, {signal, entry, runBake: runNoBake})

  it('returns the images of a file', async () => {
    await writeFile(join(workspace, 'Dockerfile'), 'FROM a:1\nARG B\nFROM $B\n')
    expect(await find(SOURCES)).toMatchObject({
      images: [{text: 'a:1'}],
      skipped: [{text: 'FROM $B', location: {line: 3}}],
      faults: []
    })
  })

  it('terminates a thread that does not end at the time limit', async () => {
    const stop = new AbortController()
    const late = new VerifiedImageError({
      ...{kind: 'timed-out', phase: 'everything'},
      limit: {input: 'timeout', afterMs: 1}
    })
    const found = find(script('for (;;) {}'), stop.signal)
    stop.abort(late)
    await expect(found).rejects.toBe(late)
  })

  it('starts no thread after the time limit', async () => {
    const late = new Error('late')
    await expect(find(script('throw new Error("started")'), AbortSignal.abort(late))).rejects.toBe(late)
  })

  it("rejects with 'invalid-input' when the files need more memory than the limit", async () => {
    const found = find(script('const kept = []; for (;;) kept.push(new Array(100_000).fill(kept.length + 0.5))'))
    await expect(found).rejects.toMatchObject({
      failure: {kind: 'invalid-input', faults: [{input: 'files', reason: expect.stringContaining('512 MB of memory')}]}
    })
  })

  it('rejects with the class and the fields of the error in the thread', async () => {
    const failure = {kind: 'invalid-input', faults: []} as const
    const code = `import {parentPort} from 'node:worker_threads'; parentPort.postMessage({failure: ${JSON.stringify(failure)}})`
    const error: unknown = await find(script(code)).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(VerifiedImageError)
    expect(error).toMatchObject({failure})
  })

  it.each([
    {what: 'fails', code: 'throw new Error("broken")', message: 'failed'},
    {what: 'ends', code: 'void 0', message: 'ended without an answer'}
  ])('rejects when the thread $what', async ({code, message}) => {
    await expect(find(script(code))).rejects.toThrow(message)
  })

  it('gives the thread an empty environment', async () => {
    const code =
      "import {parentPort} from 'node:worker_threads'; parentPort.postMessage({found: Object.keys(process.env)})"
    expect(await find(script(code))).toEqual([])
  })
})
