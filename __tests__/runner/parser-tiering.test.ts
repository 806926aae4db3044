// The flag that keeps V8 from optimizing undici's parser: V8 ignores a flag that it does not know without a word.

import {execFileSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {describe, expect, it} from '@jest/globals'

describe('delayOptimizingTheParser', () => {
  it('sets a flag that this V8 has', () => {
    const source = readFileSync('src/runner/parser-tiering.ts', 'utf8')
    const flag = /`(--[a-z-]+)=/.exec(source)?.[1] ?? 'no flag'
    expect(execFileSync(process.execPath, ['--v8-options'], {encoding: 'utf8'})).toContain(`${flag} `)
  })
})
