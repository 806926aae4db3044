// One piece of work for many callers: when it starts, who gets its result, and when it is aborted.

import {describe, expect, it} from '@jest/globals'
import {createSingleFlight, type SingleFlight} from '../../src/concurrency/single-flight.ts'

type Work = {
  readonly starts: AbortSignal[]
  readonly resolve: (value: string) => void
  readonly reject: (error: Error) => void
  /** A caller of its own, which asks for `key` at once. */
  readonly ask: (key?: string) => {readonly result: Promise<string>; readonly abort: () => void}
}

function work(flights: SingleFlight): Work {
  const {promise, resolve, reject} = Promise.withResolvers<string>()
  const starts: AbortSignal[] = []
  return {
    starts,
    resolve,
    reject,
    ask: (key = 'key') => {
      const controller = new AbortController()
      const result = flights.run(key, controller.signal, signal => {
        starts.push(signal)
        return promise
      })
      result.catch(() => undefined)
      return {
        result,
        abort: () => {
          controller.abort(new Error('aborted'))
        }
      }
    }
  }
}

describe('createSingleFlight', () => {
  it('starts the work once, and gives its result to all callers, also to a later one', async () => {
    const {starts, resolve, ask} = work(createSingleFlight())
    const callers = [ask(), ask()]
    resolve('done')
    expect(await Promise.all(callers.map(({result}) => result))).toEqual(['done', 'done'])
    expect(await ask().result).toBe('done')
    expect(starts).toHaveLength(1)
  })

  it('gives a failure to all callers, also to a later one', async () => {
    const {starts, reject, ask} = work(createSingleFlight())
    const callers = [ask(), ask()]
    reject(new Error('not there'))
    for (const {result} of [...callers, ask()]) await expect(result).rejects.toThrow('not there')
    expect(starts).toHaveLength(1)
  })

  it('starts the work of another key', () => {
    const {starts, ask} = work(createSingleFlight())
    ask('one')
    ask('two')
    expect(starts).toHaveLength(2)
  })

  it('continues for the other callers when one aborts', async () => {
    const {starts, resolve, ask} = work(createSingleFlight())
    const [first, second, third] = [ask(), ask(), ask()]
    first.abort()
    await expect(first.result).rejects.toThrow('aborted')
    second.abort()
    expect(starts[0]?.aborted).toBe(false)
    resolve('done')
    expect(await third.result).toBe('done')
  })

  it('aborts the work when the last caller aborts, with that reason', async () => {
    const {starts, ask} = work(createSingleFlight())
    const [first, second] = [ask(), ask()]
    first.abort()
    second.abort()
    await expect(second.result).rejects.toThrow('aborted')
    expect(starts[0]?.reason).toEqual(new Error('aborted'))
  })

  it('starts again for a caller that comes after the work was aborted', () => {
    const {starts, ask} = work(createSingleFlight())
    ask().abort()
    ask()
    expect(starts.map(({aborted}) => aborted)).toEqual([true, false])
  })

  it('keeps the result when its callers abort later', async () => {
    const {starts, resolve, ask} = work(createSingleFlight())
    const [first, second] = [ask(), ask()]
    resolve('done')
    await Promise.all([first.result, second.result])
    first.abort()
    second.abort()
    expect(await ask().result).toBe('done')
    expect(starts).toHaveLength(1)
    expect(starts[0]?.aborted).toBe(false)
  })

  it('keeps the result when an earlier caller aborts while a later one is about to get it', async () => {
    const {starts, resolve, ask} = work(createSingleFlight())
    const first = ask()
    resolve('done')
    await first.result
    const second = ask()
    first.abort()
    expect(await second.result).toBe('done')
    expect(await ask().result).toBe('done')
    expect(starts).toHaveLength(1)
  })

  it('keeps newer work of the same key when aborted work ends at last', async () => {
    const flights = createSingleFlight('until-settled')
    const {signal} = new AbortController()
    const controller = new AbortController()
    const [aborted, newer] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()]
    const first = flights.run('key', controller.signal, () => aborted.promise)
    controller.abort(new Error('aborted'))
    await expect(first).rejects.toThrow('aborted')
    const second = flights.run('key', signal, () => newer.promise)
    aborted.resolve('late')
    await aborted.promise
    const third = flights.run('key', signal, () => Promise.resolve('started again'))
    newer.resolve('done')
    expect(await Promise.all([second, third])).toEqual(['done', 'done'])
  })

  it('starts nothing for a caller whose signal has aborted', async () => {
    const starts: string[] = []
    const result = createSingleFlight().run('key', AbortSignal.abort(new Error('too late')), () => {
      starts.push('started')
      return Promise.resolve('done')
    })
    await expect(result).rejects.toThrow('too late')
    expect(starts).toEqual([])
  })

  it('forgets a result until-settled, good or bad', async () => {
    const {starts, resolve, ask} = work(createSingleFlight('until-settled'))
    const callers = [ask(), ask()]
    expect(starts).toHaveLength(1)
    resolve('done')
    expect(await Promise.all(callers.map(({result}) => result))).toEqual(['done', 'done'])
    expect(await ask().result).toBe('done')
    expect(starts).toHaveLength(2)
  })
})
