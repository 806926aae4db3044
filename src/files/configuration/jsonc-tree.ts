// Reads JSON with comments into the tree of yaml-tree.ts.
// devcontainer.json has comments and commas at the end of lists.

import {getNodeValue, type Node, parseTree} from 'jsonc-parser'
import {rejectFile} from '../language/file-entry.ts'
import type {Tree} from '../language/yaml-tree.ts'

/** Throws 'invalid-input' for text that is no JSON object. */
export function readJsonc(text: string, file: string): Tree {
  const errors: {readonly offset: number}[] = []
  const node = parseTree(text, errors as never, {allowTrailingComma: true})
  const lineAt = createLineAt(text)
  if (node?.type !== 'object' || errors.length > 0)
    return rejectFile({
      value: file,
      reason: 'not valid JSON',
      example: '{"image": "php:8.3.8-cli"}',
      location: {file, line: lineAt(errors[0]?.offset ?? 0)}
    })
  return treeOf(node, lineAt)
}

function treeOf(node: Node | undefined, lineAt: (offset: number) => number): Tree {
  const line = lineAt(node?.offset ?? 0)
  const children = node?.children ?? []
  switch (node?.type) {
    case 'object':
      return {
        kind: 'map',
        line,
        entries: new Map(
          children.flatMap(({children: pair = []}) => {
            const [key, value] = pair
            return key === undefined ? [] : [[String(getNodeValue(key)), treeOf(value, lineAt)] as const]
          })
        )
      }
    case 'array':
      return {kind: 'list', line, items: children.map(child => treeOf(child, lineAt))}
    case 'string':
    case 'number':
    case 'boolean':
      return {kind: 'text', line, text: String(node.value), isBlock: false, isPlain: node.type !== 'string'}
    default:
      return {kind: 'nothing', line}
  }
}

/** Returns the line of an offset. Nodes come in ascending order: each line end is looked for once. */
function createLineAt(text: string): (offset: number) => number {
  let [line, at] = [1, 0]
  return offset => {
    if (offset < at) [line, at] = [1, 0]
    for (;;) {
      const next = text.indexOf('\n', at)
      if (next < 0 || next >= offset) return line
      line += 1
      at = next + 1
    }
  }
}
