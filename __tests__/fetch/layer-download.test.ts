// A layer over several connections: where it continues, what it drops, and when it is complete.

import {gzipSync} from 'node:zlib'
import {describe, expect, it} from '@jest/globals'
import {createSemaphore} from '../../src/concurrency/semaphore.ts'
import {LayerDownload} from '../../src/fetch/layer-download.ts'
import {createProgressCounter, type Progress} from '../../src/fetch/progress.ts'
import {digestOf} from '../../src/oci/digest.ts'
import type {Exchange, RegistryResponse} from '../../src/registry/registry.ts'
import {bodyOf} from '../support/memory-registry.ts'
import {descriptorFor, flippedAt, responseWith} from '../support/responses.ts'
import {seededBytes} from '../support/tar.ts'
import '../support/matchers.ts'

const CONTENT = seededBytes(1, 10_000)
const BYTES = gzipSync(CONTENT)
const GZIP = descriptorFor(BYTES, 'application/vnd.oci.image.layer.v1.tar+gzip')
const HALF = 5000

type Opened = {
  readonly download: LayerDownload
  readonly written: () => Buffer
  readonly progress: () => Progress
  readonly counted: () => number
  readonly receive: (response: RegistryResponse) => Promise<void>
}

function open(descriptor = GZIP): Opened {
  const chunks: Buffer[] = []
  const counter = createProgressCounter()
  let counted = 0
  const download = new LayerDownload({
    descriptor,
    diffIdAlgorithm: 'sha256',
    memory: {windows: createSemaphore(1), signal: new AbortController().signal},
    writer: {
      write: chunk => void chunks.push(Buffer.from(chunk)),
      reset: () => void chunks.splice(0),
      commit: () => Promise.resolve(),
      discard: () => Promise.resolve()
    },
    progress: counter.startLayer(descriptor.size)
  })
  return {
    download,
    written: () => Buffer.concat(chunks),
    progress: counter.read,
    counted: () => counted,
    receive: response =>
      download.receive(response, bytes => {
        counted += bytes
      })
  }
}

const VERIFIED = {
  digest: GZIP.digest,
  size: BYTES.length,
  uncompressed: {diffId: digestOf(CONTENT), size: CONTENT.length}
}

describe('LayerDownload', () => {
  it('verifies, writes, and counts the bytes of one response', async () => {
    const {download, written, progress, counted, receive} = open()
    expect([download.resumeFrom, download.isComplete]).toEqual([0, false])
    await receive(responseWith(BYTES.subarray(0, HALF), BYTES.subarray(HALF)))
    expect([download.resumeFrom, download.isComplete]).toEqual([BYTES.length, true])
    expect(await download.finish()).toMatchObject(VERIFIED)
    expect(written().equals(BYTES)).toBe(true)
    expect([progress().bytesDone, counted()]).toEqual([BYTES.length, BYTES.length])
  })

  it('continues where a connection broke', async () => {
    const {download, written, receive} = open()
    const broken = {...responseWith(BYTES.subarray(0, HALF)), mayBeCutShort: true}
    await expect(receive(broken)).toFailWith('truncated', {gotBytes: HALF, wantedBytes: BYTES.length})
    expect([download.resumeFrom, download.isComplete]).toEqual([HALF, false])
    await receive({...responseWith(BYTES.subarray(HALF)), offset: HALF})
    expect(await download.finish()).toMatchObject(VERIFIED)
    expect(written().equals(BYTES)).toBe(true)
  })

  it('begins again with a response that does not continue what came', async () => {
    const {download, written, progress, counted, receive} = open()
    await receive(responseWith(BYTES.subarray(0, HALF)))
    await receive(responseWith(BYTES))
    expect(await download.finish()).toMatchObject(VERIFIED)
    expect(written().equals(BYTES)).toBe(true)
    expect([progress().bytesDone, counted()]).toEqual([BYTES.length, HALF + BYTES.length])
  })

  it('begins again after a reset, without the wrong bytes before it', async () => {
    const {download, written, progress, receive} = open()
    await receive(responseWith(flippedAt(BYTES, 100)))
    await expect(download.finish()).toFailWith('corrupt')
    download.reset()
    expect([download.resumeFrom, progress().bytesDone, written().length]).toEqual([0, 0, 0])
    await receive(responseWith(BYTES))
    expect(await download.finish()).toMatchObject(VERIFIED)
    expect(written().equals(BYTES)).toBe(true)
  })

  it.each([
    {name: 'a whole body without an announced end', bytes: BYTES, mayBeCutShort: true},
    {
      name: 'a short body with an end of its own, which its digest refuses',
      bytes: BYTES.subarray(1),
      mayBeCutShort: false
    }
  ])('takes $name for over, not for cut', async ({bytes, mayBeCutShort}) => {
    const {receive} = open()
    await expect(receive({...responseWith(bytes), mayBeCutShort})).resolves.toBeUndefined()
  })

  it('names the range that was changed, when the bytes come right over one connection', async () => {
    const {download, receive} = open()
    const exchange: Exchange = {
      ...{object: 'layer[0]', method: 'GET', host: 'cdn.example.com', path: '/', elapsedMs: 1},
      requestIds: {'x-request-id': '4f'}
    }
    const wrong = flippedAt(BYTES, HALF + 10)
    await receive(responseWith(wrong.subarray(0, HALF)))
    download.mark({start: 0, end: HALF, exchange: undefined})
    await receive({...responseWith(wrong.subarray(HALF, HALF + 100)), offset: HALF})
    download.mark({start: HALF, end: HALF + 100, exchange})
    await receive({...responseWith(wrong.subarray(HALF + 100)), offset: HALF + 100})
    await expect(download.finish()).toFailWith('corrupt')
    download.reset()
    await receive(responseWith(BYTES))
    expect(download.differs).toEqual({
      ...{start: HALF, end: HALF + 100, host: 'cdn.example.com'},
      requestIds: {'x-request-id': '4f'}
    })
    expect(await download.finish()).toMatchObject(VERIFIED)
  })

  it('names no range when the bytes before a reset were not wrong', async () => {
    const {download, receive} = open()
    await receive(responseWith(BYTES.subarray(0, HALF)))
    await receive({...responseWith(BYTES.subarray(HALF, HALF + 100)), offset: HALF})
    await receive(responseWith(BYTES))
    expect(download.differs).toBeUndefined()
    expect(await download.finish()).toMatchObject(VERIFIED)
  })

  it('is complete with the last byte, whatever the connection does then', async () => {
    const {download, receive} = open()
    const broken = bodyOf(BYTES, {kind: 'truncated', gotBytes: BYTES.length, wantedBytes: BYTES.length + 1})
    await expect(receive({...responseWith(), body: broken})).resolves.toBeUndefined()
    expect(await download.finish()).toMatchObject(VERIFIED)
  })

  it('drops all bytes of a response that was changed on its way', async () => {
    const {download, written, receive} = open()
    const changed = bodyOf(BYTES.subarray(0, HALF), {kind: 'protocol', detail: '', isHtml: false})
    await expect(receive({...responseWith(), body: changed})).toFailWith('protocol')
    expect([download.resumeFrom, written().length]).toEqual([0, 0])
  })

  it('takes one response for an empty layer', async () => {
    const {download, receive} = open(descriptorFor(Buffer.alloc(0), 'application/vnd.oci.image.layer.v1.tar'))
    expect(download.isComplete).toBe(false)
    await receive(responseWith())
    expect(await download.finish()).toMatchObject({size: 0})
  })
})
