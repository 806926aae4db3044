// A step of the run and its failure as data: what is expected, what is a cancellation, and what is a bug.

import {describe, expect, it} from '@jest/globals'
import {settle} from '../../src/action/settle.ts'
import {Cancelled} from '../../src/action/time-limit.ts'
import {VerifiedImageError} from '../../src/failure/error.ts'

const NEVER = new Promise<never>(() => undefined)

describe('settle', () => {
  it('returns the value of a step that succeeds', async () => {
    expect(await settle(NEVER, () => Promise.resolve(7))).toEqual({ok: true, value: 7})
  })

  it('returns the failure of a VerifiedImageError', async () => {
    const failure = {kind: 'docker', detail: 'no engine'} as const
    const settled = await settle(NEVER, () => Promise.reject(new VerifiedImageError(failure)))
    expect(settled).toEqual({ok: false, failure})
  })

  it('returns no failure for a cancellation', async () => {
    expect(await settle(NEVER, () => Promise.reject(new Cancelled('cancelled by SIGTERM')))).toEqual({
      ok: false,
      failure: undefined
    })
  })

  it.each([
    {
      name: 'an error with its stack',
      error: new TypeError('x is not a function'),
      detail: /^TypeError: x is not.*\n.*at /
    },
    {
      name: 'an error without a stack',
      error: Object.assign(new Error('no stack'), {stack: undefined}),
      detail: /^no stack$/
    },
    {name: 'something else that was thrown', error: 'text', detail: /^text$/}
  ])('returns a bug for $name', async ({error, detail}) => {
    const settled = await settle(NEVER, () => Promise.reject(error as Error))
    expect(settled).toEqual({ok: false, failure: {kind: 'bug', detail: expect.stringMatching(detail)}})
  })

  it('ends a step that does not end, when the deadline rejects', async () => {
    const failure = {kind: 'timed-out', phase: 'everything', limit: {input: 'timeout', afterMs: 1}} as const
    const deadline = Promise.reject(new VerifiedImageError(failure))
    expect(await settle(deadline, () => NEVER)).toEqual({ok: false, failure})
  })
})
