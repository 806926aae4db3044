// Two faults of tests that pass and assert nothing. Jest loads this before each test file.
// Arrays of different lengths are different: the toEqual, toMatchObject, and toContainEqual of Jest 30 take `[undefined]` for `[]`.
// A test with no assertion fails: its loop went over nothing, or its callback was not called.

import {beforeEach, expect} from '@jest/globals'

expect.addEqualityTesters([haveEqualLengths])

beforeEach(() => {
  expect.hasAssertions()
})

/** False for arrays of different lengths; undefined, which leaves the verdict to Jest, for everything else. */
function haveEqualLengths(received: unknown, expected: unknown): false | undefined {
  return Array.isArray(received) && Array.isArray(expected) && received.length !== expected.length ? false : undefined
}
