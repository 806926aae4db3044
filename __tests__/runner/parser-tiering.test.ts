// The flags that keep V8 from optimizing undici's parser: V8 ignores a flag that it does not know without a word.

import {execFileSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {describe, expect, it} from '@jest/globals'

describe('neverOptimizeTheParser', () => {
  it('sets flags that this V8 has', () => {
    const source = readFileSync('src/runner/parser-tiering.ts', 'utf8')
    const flags = [...source.matchAll(/'--no-([a-z-]+)'/g)].map(([, flag]) => flag)
    const known = execFileSync(process.execPath, ['--v8-options'], {encoding: 'utf8'})
    expect(flags).toHaveLength(2)
    for (const flag of flags) expect(known).toContain(`--${flag ?? ''} (`)
  })

  it('keeps a function from being optimized, however often it runs', () => {
    const script = `
      import {neverOptimizeTheParser} from ${JSON.stringify(new URL('../../src/runner/parser-tiering.ts', import.meta.url).href)}
      neverOptimizeTheParser()
      // (func (export "f") (param i32) (loop local.get 0, i32.const 1, i32.sub, local.tee 0, br_if 0))
      const bytes = [0,97,115,109,1,0,0,0, 1,5,1,96,1,127,0, 3,2,1,0, 7,5,1,1,102,0,0,
        10,16,1,14,0,3,64,32,0,65,1,107,34,0,13,0,11,11]
      const {exports} = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(bytes)))
      for (let at = 0; at < 5; at++) exports.f(100_000_000)
      await new Promise(resolve => setTimeout(resolve, 50))`
    const run = (code: string): string =>
      execFileSync(
        process.execPath,
        ['--trace-wasm-compilation-times', '--disable-warning=ExperimentalWarning', '--input-type=module', '-e', code],
        {encoding: 'utf8'}
      )
    expect(run(script)).not.toContain('using TurboFan')
    expect(run(script.replace('neverOptimizeTheParser()', ''))).toContain('using TurboFan')
  })
})
