// Mutations of documents by which a publisher may show different images to different readers.

import {containersIn, type Node, nodeOf} from './document.ts'
import type {Dice} from './random.ts'

/** Texts and digests that a mutation may insert. */
export type Material = {readonly descriptors: readonly object[]; readonly platforms: readonly object[]}

type Mutation = (node: Node, dice: Dice, material: Material) => void

export function mutate(node: Node, dice: Dice, material: Material): void {
  for (let left = dice.below(4); left > 0; left--) dice.pick(MUTATIONS)(node, dice, material)
}

const KEYS = [
  ...[
    'schemaVersion',
    'mediaType',
    'config',
    'layers',
    'manifests',
    'fsLayers',
    'annotations',
    'subject',
    'artifactType'
  ],
  ...['digest', 'size', 'platform', 'urls', 'data', 'os', 'architecture', 'variant', 'os.version', 'os.features'],
  ...['rootfs', 'diff_ids', 'type', 'history', 'created', 'Labels', '__proto__', 'constructor', 'x']
]

const LITERALS = [
  ...['null', 'true', '""', '"x"', '0', '-0', '-1', '1', '2', '2.0', '2e0', '1.5', '1e3', '9007199254740993'],
  ...[
    '99999999999999999999',
    '"\\ud800"',
    '"\ue000"',
    '"linux"',
    '"unknown"',
    '[]',
    '{}',
    '[null]',
    '[{}]',
    '[1]',
    '["x"]'
  ],
  ...['{"x":1,"x":2}', '"application/vnd.oci.image.index.v1+json"', '"application/vnd.oci.image.manifest.v1+json"'],
  '"application/vnd.docker.distribution.manifest.v2+json"'
]

const MUTATIONS: readonly Mutation[] = [
  changeCase,
  changeCase,
  repeatKey,
  repeatKey,
  replaceValue,
  replaceValue,
  removeEntry,
  addEntry,
  moveEntry,
  choosePlatform,
  choosePlatform,
  annotate,
  annotate,
  repeatItem,
  describeOther,
  nestDeep,
  spoilBytes
]

function changeCase(node: Node, dice: Dice): void {
  withEntry(node, dice, entry => {
    entry[0] = recased(entry[0], dice)
  })
}

function recased(key: string, dice: Dice): string {
  return Array.from(key, letter => {
    if (letter === 's' && dice.chance(6)) return '\u017f'
    if (letter === 'k' && dice.chance(6)) return '\u212a'
    return dice.chance(3) ? letter.toUpperCase() : letter
  }).join('')
}

function repeatKey(node: Node, dice: Dice, {descriptors}: Material): void {
  withEntry(node, dice, ([key, value], entries) => {
    const other = dice.pick([
      value,
      nodeOf(dice.pick(descriptors)),
      nodeOf([dice.pick(descriptors)]),
      {kind: 'literal', text: dice.pick(LITERALS)} as const
    ])
    entries.splice(dice.below(entries.length + 1), 0, [
      dice.chance(2) ? key : recased(key, dice),
      structuredClone(other)
    ])
  })
}

function replaceValue(node: Node, dice: Dice): void {
  withEntry(node, dice, entry => {
    entry[1] = {kind: 'literal', text: dice.pick(LITERALS)}
  })
}

function removeEntry(node: Node, dice: Dice): void {
  withEntry(node, dice, (entry, entries) => entries.splice(entries.indexOf(entry), 1))
}

function addEntry(node: Node, dice: Dice, {descriptors}: Material): void {
  withEntry(node, dice, (_, entries) => {
    const value = dice.chance(2)
      ? nodeOf(dice.pick(descriptors))
      : ({kind: 'literal', text: dice.pick(LITERALS)} as const)
    const key = dice.pick(KEYS)
    entries.splice(dice.below(entries.length + 1), 0, [dice.chance(3) ? recased(key, dice) : key, value])
  })
}

function moveEntry(node: Node, dice: Dice): void {
  withEntry(node, dice, (entry, entries) => {
    entries.splice(entries.indexOf(entry), 1)
    entries.unshift(entry)
  })
}

function choosePlatform(node: Node, dice: Dice, {platforms}: Material): void {
  const children = itemsOf(node, 'manifests')
  if (children.length === 0) return
  const child = dice.pick(children)
  if (child.kind !== 'object') return
  const at = child.entries.findIndex(([key]) => key === 'platform')
  const entry: [string, Node] = ['platform', nodeOf(dice.pick(platforms))]
  if (at < 0) child.entries.push(entry)
  else if (dice.chance(6)) child.entries.splice(at, 1)
  else child.entries[at] = entry
}

function annotate(node: Node, dice: Dice, {descriptors}: Material): void {
  const children = itemsOf(node, 'manifests')
  if (children.length === 0) return
  const child = dice.pick(children)
  if (child.kind !== 'object') return
  const annotations = {
    'vnd.docker.reference.type': dice.pick([
      'attestation-manifest',
      'attestation-manifest',
      'Attestation-Manifest',
      'x',
      ''
    ]),
    'vnd.docker.reference.digest': (dice.pick(descriptors) as {readonly digest: string}).digest
  }
  child.entries.push(['annotations', nodeOf(annotations)])
  if (dice.chance(2)) child.entries.push(['platform', nodeOf({os: 'unknown', architecture: 'unknown'})])
}

function repeatItem(node: Node, dice: Dice): void {
  const list = pickList(node, dice)
  if (list === undefined || list.items.length === 0) return
  list.items.splice(dice.below(list.items.length + 1), 0, structuredClone(dice.pick(list.items)))
}

function describeOther(node: Node, dice: Dice, {descriptors}: Material): void {
  const list = pickList(node, dice)
  list?.items.splice(dice.below(list.items.length + 1), 0, nodeOf(dice.pick(descriptors)))
}

function pickList(node: Node, dice: Dice): Extract<Node, {kind: 'list'}> | undefined {
  const lists = containersIn(node).filter(each => each.kind === 'list')
  return lists.length === 0 ? undefined : dice.pick(lists)
}

function nestDeep(node: Node, dice: Dice): void {
  const depth = dice.pick([3, 50, 99, 101, 500])
  withEntry(node, dice, (_, entries) => {
    entries.push(['x', {kind: 'literal', text: `${'['.repeat(depth)}${']'.repeat(depth)}`}])
  })
}

function spoilBytes(node: Node, dice: Dice): void {
  if (node.kind !== 'object') return
  const spoilt: readonly [string, Node][] = [
    ['x', {kind: 'literal', text: '"\ue000"'}],
    ['\ue000', {kind: 'literal', text: '1'}],
    ['x', {kind: 'literal', text: '"\\x41"'}],
    ['x', {kind: 'literal', text: '01'}],
    ['x', {kind: 'literal', text: '1}'}]
  ]
  node.entries.push(dice.pick(spoilt))
}

function withEntry(
  node: Node,
  dice: Dice,
  change: (entry: [string, Node], entries: [string, Node][]) => unknown
): void {
  const objects = containersIn(node).filter(each => each.kind === 'object' && each.entries.length > 0)
  // The outermost one is as likely as all others together.
  const object = objects.length === 0 || dice.chance(2) ? node : dice.pick(objects)
  if (object.kind !== 'object' || object.entries.length === 0) return
  change(dice.pick(object.entries), object.entries)
}

function itemsOf(node: Node, key: string): readonly Node[] {
  const value = node.kind === 'object' ? node.entries.find(([name]) => name === key)?.[1] : undefined
  return value?.kind === 'list' ? value.items : []
}
