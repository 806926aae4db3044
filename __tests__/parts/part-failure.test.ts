import {describe, expect, it} from '@jest/globals'
import type {Failure} from '../../src/failure/failure.ts'
import {isOfConnection, mayBeOfRanges} from '../../src/parts/part-failure.ts'

const LIMIT = {input: 'stall-timeout', afterMs: 1} as const

type Verdict = 'connection' | 'ranges' | 'registry'
const rows: readonly (readonly [Verdict, Failure])[] = [
  ['connection', {kind: 'truncated', gotBytes: 1}],
  ['connection', {kind: 'timed-out', phase: 'body', limit: LIMIT}],
  ['connection', {kind: 'timed-out', phase: 'headers', limit: LIMIT}],
  ['connection', {kind: 'unreachable', reason: 'reset', detail: ''}],
  ['ranges', {kind: 'protocol', detail: '', isHtml: false}],
  ['ranges', {kind: 'unauthorized', detail: '', status: 401, credentials: 'none'}],
  ['ranges', {kind: 'denied', detail: '', status: 403, credentials: 'none'}],
  ['ranges', {kind: 'not-found', detail: '', status: 404}],
  ['ranges', {kind: 'server-error', detail: '', status: 500}],
  ['ranges', {kind: 'too-large', limitBytes: 1, detail: ''}],
  ['registry', {kind: 'server-error', detail: '', status: 503}],
  ['registry', {kind: 'throttled', detail: '', status: 429}],
  ['registry', {kind: 'timed-out', phase: 'connect', limit: LIMIT}],
  ['registry', {kind: 'unreachable', reason: 'refused', detail: ''}],
  ['registry', {kind: 'local-io', detail: ''}]
]

describe('the failure of a part', () => {
  it.each(rows)('is of the %s: %j', (verdict, failure) => {
    expect(isOfConnection(failure)).toBe(verdict === 'connection')
    // A connection may have broken because of the range.
    expect(mayBeOfRanges(failure)).toBe(verdict !== 'registry')
  })
})
