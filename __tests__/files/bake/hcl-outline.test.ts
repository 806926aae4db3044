// The outline of HCL: names and lines, past everything that looks like a block and is none.
// Values are not read.

import {describe, expect, it} from '@jest/globals'
import {outlineHcl} from '../../../src/files/bake/hcl-outline.ts'

const TEXT = `// a comment with target "no" {
variable "V" {
  default = "1" // behind a value
}
# target "no" {}
OUTSIDE = "x"
target "app" { /* { */
  args = {
    A = V, B = "\${V == "1" ? "}" : "{"}"
    "C" = <<E
target "no" {
}
E
    (V) = 1
  }
  dockerfile-inline = <<-EOT
    FROM a:1
  EOT
  contexts = { base = "docker-image://a:$\${1}" }
}
group "default" { targets = ["app"] }
`

describe('outlineHcl', () => {
  it('finds blocks and attributes with their lines, past comments, templates, and heredocs', () => {
    const {blocks, attributes} = outlineHcl(TEXT)
    expect(blocks.map(({type, name, line}) => [type, name, line])).toEqual([
      ['variable', 'V', 2],
      ['target', 'app', 7],
      ['group', 'default', 21]
    ])
    expect(attributes.map(({name, line}) => [name, line])).toEqual([['OUTSIDE', 6]])
    expect(blocks[1]?.attributes.map(({name, line}) => [name, line])).toEqual([
      ['args', 8],
      ['dockerfile-inline', 16],
      ['contexts', 19]
    ])
    expect(blocks[1]?.attributes[0]?.entries.map(({name, line}) => [name, line])).toEqual([
      ['A', 9],
      ['B', 9],
      ['C', 10]
    ])
  })

  it('keeps the text of a value, from its first character to its last', () => {
    const [, app] = outlineHcl(TEXT).blocks
    expect(app?.attributes[0]?.entries[1]?.source.trim()).toBe('"${V == "1" ? "}" : "{"}"')
    expect(app?.attributes[1]?.source.trim()).toBe('<<-EOT\n    FROM a:1\n  EOT')
  })
})
