// JSON texts that JSON.stringify cannot write: duplicate keys, keys in any case, escapes, unusual literals, and bytes that are not UTF-8.

import type {Dice} from './random.ts'

export type Node =
  | {readonly kind: 'object'; readonly entries: [key: string, value: Node][]}
  | {readonly kind: 'list'; readonly items: Node[]}
  /** Written without escaping. */
  | {readonly kind: 'literal'; text: string}

export function nodeOf(value: unknown): Node {
  if (Array.isArray(value)) return {kind: 'list', items: value.map(nodeOf)}
  if (typeof value !== 'object' || value === null) return {kind: 'literal', text: JSON.stringify(value)}
  return {kind: 'object', entries: Object.entries(value).map(([key, inner]) => [key, nodeOf(inner)])}
}

/** Encodes the document. U+E000 stands for a byte that is not UTF-8. */
export function bytesOf(node: Node, dice: Dice): Buffer {
  const parts = write(node, dice).split('\ue000')
  return Buffer.concat(
    parts.flatMap((part, at) => (at === 0 ? [Buffer.from(part)] : [Buffer.of(0xff), Buffer.from(part)]))
  )
}

function write(node: Node, dice: Dice): string {
  const space = dice.chance(20) ? dice.pick([' ', '\n', '\t', '\r\n']) : ''
  switch (node.kind) {
    case 'literal':
      return `${space}${node.text}`
    case 'list':
      return `${space}[${node.items.map(item => write(item, dice)).join(`${space},`)}]`
    case 'object':
      return `{${node.entries.map(([key, value]) => `${space}${writeKey(key, dice)}${space}:${write(value, dice)}`).join(',')}}`
  }
}

function writeKey(key: string, dice: Dice): string {
  const plain = JSON.stringify(key)
  if (!dice.chance(25) || key === '') return plain
  const at = dice.below(key.length)
  const escaped = `\\u${key.charCodeAt(at).toString(16).padStart(4, '0')}`
  return `${JSON.stringify(key.slice(0, at)).slice(0, -1)}${escaped}${JSON.stringify(key.slice(at + 1)).slice(1)}`
}

/** All objects and lists, the outermost first. */
export function containersIn(node: Node): readonly Node[] {
  if (node.kind === 'literal') return []
  const inner = node.kind === 'list' ? node.items : node.entries.map(([, value]) => value)
  return [node, ...inner.flatMap(containersIn)]
}
