// A matcher for failures: the kind and the fields that matter. Wording has a table of its own (acquire/failure.test.ts).
// To be imported for its effect by every test file that uses it.

import {expect} from '@jest/globals'
import {type FailureKind} from '../../src/failure/failure.ts'
import {VerifiedImageError} from '../../src/failure/error.ts'

declare module 'expect' {
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- the parameters must be those of the interface that is merged
  interface Matchers<R extends void | Promise<void>, T = unknown> {
    /**
     * That a promise, or what a function does or returns, fails with a VerifiedImageError of this kind. `fields` are some of
     * the failure's; `object` is the error's. Always to be awaited.
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
      pass: Object.entries(wanted).every(([name, value]) => this.equals(got[name], value)),
      message: () => `expected to fail with ${printExpected(wanted)}, got ${printReceived(got)}`
    }
  }
})
