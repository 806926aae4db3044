// A promise and a signal: whichever comes first decides.

import {getEventListeners} from 'node:events'
import {describe, expect, it} from '@jest/globals'
import {orAborted} from '../../src/concurrency/or-aborted.ts'

describe('orAborted', () => {
  it('resolves and rejects as the promise does', async () => {
    const {signal} = new AbortController()
    expect(await orAborted(Promise.resolve('done'), signal)).toBe('done')
    await expect(orAborted(Promise.reject(new Error('failed')), signal)).rejects.toThrow('failed')
  })

  it('rejects with the reason of a signal that aborts first', async () => {
    const controller = new AbortController()
    const waiting = orAborted(new Promise(() => undefined), controller.signal)
    controller.abort(new Error('aborted'))
    await expect(waiting).rejects.toThrow('aborted')
  })

  it('leaves no listener at a signal that outlives the promise', async () => {
    const {signal} = new AbortController()
    await orAborted(Promise.resolve('done'), signal)
    await orAborted(Promise.reject(new Error('failed')), signal).catch(() => undefined)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('rejects for a signal that has aborted', async () => {
    const waiting = orAborted(new Promise(() => undefined), AbortSignal.abort(new Error('aborted before')))
    await expect(waiting).rejects.toThrow('aborted before')
  })
})
