// Adds the matcher `toFailWith`: the kind of a failure, and the fields that matter. Messages are tested in failure/failure.test.ts.
// A test file imports this file for its effect.

import {expect} from '@jest/globals'
import {type FailureKind} from '../../src/failure/failure.ts'
import {VerifiedImageError} from '../../src/failure/error.ts'

declare module 'expect' {
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- the parameters must be those of the interface that is merged
  interface Matchers<R extends void | Promise<void>, T = unknown> {
    /**
     * Expects a promise, or a function or the promise that it returns, to fail with a VerifiedImageError of this kind. `fields` are
     * fields of the failure, or `object` of the error. Always await it.
     */
    toFailWith: (kind: FailureKind, fields?: Readonly<Record<string, unknown>>) => Promise<void>
  }
}

type Outcome = {readonly value: unknown} | {readonly error: unknown}

async function outcomeOf(received: unknown): Promise<Outcome> {
  try {
    return {value: await (typeof received === 'function' ? (received as () => unknown)() : received)}
  } catch (error) {
    return {error}
  }
}

expect.extend({
  async toFailWith(received: unknown, kind: FailureKind, fields: Readonly<Record<string, unknown>> = {}) {
    const {printExpected, printReceived} = this.utils
    const wanted = {kind, ...fields}
    const outcome = await outcomeOf(received)
    if ('value' in outcome) {
      return {
        pass: false,
        message: () => `expected to fail with ${printExpected(wanted)}, but got ${printReceived(outcome.value)}`
      }
    }
    const {error} = outcome
    if (!(error instanceof VerifiedImageError)) {
      return {
        pass: false,
        message: () => `expected to fail with ${printExpected(wanted)}, but it threw ${printReceived(error)}`
      }
    }
    const got: Record<string, unknown> = {
      ...error.failure,
      ...(error.object === undefined ? {} : {object: error.object})
    }
    return {
      pass: Object.entries(wanted).every(([name, value]) => this.equals(got[name], value, this.customTesters)),
      message: () => `expected to fail with ${printExpected(wanted)}, got ${printReceived(got)}`
    }
  }
})
