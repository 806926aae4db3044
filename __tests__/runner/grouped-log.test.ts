// The log of several images at once: each in a group of its own, in the order they were asked for.

import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import {createGroupedLog} from '../../src/runner/grouped-log.ts'

function setup(): {open: ReturnType<typeof createGroupedLog>; said: string[]} {
  const said: string[] = []
  const open = createGroupedLog({
    print: (line, tone = 'plain') => said.push(tone === 'plain' ? line : `${tone}: ${line}`),
    debug: line => said.push(`debug: ${line}`),
    startGroup: title => said.push(`[${title}`),
    endGroup: () => said.push(']')
  })
  return {open, said}
}

describe('openLogBook', () => {
  it('shows the first page as it is written, and keeps the others for their turn', () => {
    const {open, said} = setup()
    const [one, two] = [open('one'), open('two')]
    two.line('b1', 'trouble')
    two.debug('b2')
    one.line('a1', 'plain')
    two.close('b done', 'good')
    expect(said).toEqual(['[one', 'a1'])
    one.line('a2', 'plain')
    one.close('a done', 'plain')
    expect(said).toEqual(['[one', 'a1', 'a2', ']', 'a done', '[two', 'trouble: b1', 'debug: b2', ']', 'good: b done'])
  })

  it('says everything once, page after page, in whatever order it is written', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(3), fc.nat(99)), {maxLength: 30}),
        fc.shuffledSubarray([0, 1, 2, 3], {minLength: 4}),
        (lines, ends) => {
          const {open, said} = setup()
          const pages = [0, 1, 2, 3].map(at => open(String(at)))
          for (const [at, line] of lines) pages[at]?.line(`${String(at)}:${String(line)}`, 'plain')
          for (const at of ends) pages[at]?.close(`done ${String(at)}`, 'plain')
          expect(said).toEqual(
            [0, 1, 2, 3].flatMap(at => [
              `[${String(at)}`,
              ...lines.filter(([page]) => page === at).map(([, line]) => `${String(at)}:${String(line)}`),
              ']',
              `done ${String(at)}`
            ])
          )
        }
      )
    )
  })
})
