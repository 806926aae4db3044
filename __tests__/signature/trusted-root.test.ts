// Files of trust roots: one document, or one in each line.

import {describe, expect, it} from '@jest/globals'
import {publicGoodRoot} from '../../src/signature/public-good-root.ts'
import {parseTrustedRoots} from '../../src/signature/trusted-root.ts'

function parse(text: string): ReturnType<typeof parseTrustedRoots> {
  return parseTrustedRoots(Buffer.from(text))
}

const LINE = JSON.stringify(JSON.parse(publicGoodRoot()))

describe('parseTrustedRoots', () => {
  it.each([
    {name: 'a document', text: publicGoodRoot(), count: 1},
    {name: 'a line', text: `${LINE}\n`, count: 1},
    {name: 'two lines, as gh prints them', text: `${LINE}\n${LINE}\n`, count: 2},
    {name: 'lines that end as on Windows', text: `${LINE}\r\n${LINE}\r\n`, count: 2}
  ])('reads $name', ({text, count}) => {
    const roots = parse(text)
    expect(roots.ok && roots.value.length).toBe(count)
  })

  it.each([
    {name: 'nothing', text: ''},
    {name: 'text', text: 'not json'},
    {name: 'a list', text: `[${LINE}]`},
    {name: 'a root without an authority', text: '{}'},
    {name: 'a root with an empty list of authorities', text: '{"certificateAuthorities":[]}'},
    {name: 'a second line without an authority', text: `${LINE}\n{}\n`},
    {name: 'half a line', text: `${LINE}\n${LINE.slice(0, 100)}`},
    {name: 'too many', text: `${LINE}\n`.repeat(20)}
  ])('refuses $name', ({text}) => {
    expect(parse(text).ok).toBe(false)
  })
})
