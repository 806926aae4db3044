// The log of several images at once: each in a group of its own, in the order of the inputs.

import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import {createGroupedLog} from '../../src/runner/grouped-log.ts'

function setup(): {open: ReturnType<typeof createGroupedLog>; said: string[]} {
  const said: string[] = []
  const open = createGroupedLog({
    print: (line, level = 'plain') => said.push(level === 'plain' ? line : `${level}: ${line}`),
    debug: line => said.push(`debug: ${line}`),
    startGroup: title => said.push(`[${title}`),
    endGroup: () => said.push(']')
  })
  return {open, said}
}

describe('createGroupedLog', () => {
  it('prints the first group as it happens, and keeps the others for their turn', () => {
    const {open, said} = setup()
    const [one, two] = [open('one'), open('two')]
    expect(said).toEqual(['[one'])
    two.line('b1', 'warning')
    two.debug('b2')
    one.line('a1', 'plain')
    two.close('b done', 'success')
    expect(said).toEqual(['[one', 'a1'])
    one.line('a2', 'plain')
    one.close('a done', 'plain')
    expect(said).toEqual([
      '[one',
      'a1',
      'a2',
      ']',
      'a done',
      '[two',
      'warning: b1',
      'debug: b2',
      ']',
      'success: b done'
    ])
  })

  it('prints everything once, group by group, in any order of writing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(3), fc.nat(99)), {maxLength: 30}),
        fc.shuffledSubarray([0, 1, 2, 3], {minLength: 4}),
        (lines, ends) => {
          const {open, said} = setup()
          const groups = [0, 1, 2, 3].map(at => open(String(at)))
          for (const [at, line] of lines) groups[at]?.line(`${String(at)}:${String(line)}`, 'plain')
          for (const at of ends) groups[at]?.close(`done ${String(at)}`, 'plain')
          expect(said).toEqual(
            [0, 1, 2, 3].flatMap(at => [
              `[${String(at)}`,
              ...lines.filter(([group]) => group === at).map(([, line]) => `${String(at)}:${String(line)}`),
              ']',
              `done ${String(at)}`
            ])
          )
        }
      )
    )
  })
})
