// The blocks of a target in the outline: its own, and those of the targets that it inherits from.
// https://docs.docker.com/build/bake/inheritance/

import {rejectFile} from '../language/file-entry.ts'
import type {BakeOutline, PlacedAttribute, PlacedBlock} from './outline.ts'

export type BlockReader = {
  readonly outline: BakeOutline
  /** Names of targets that others inherit from. */
  readonly inherited: ReadonlySet<string>
  stepsLeft: number
}

// A chain of 8000 targets has 32 million pairs. A real file takes some thousand steps.
const MAX_STEPS = 1_000_000

export function createBlockReader(outline: BakeOutline): BlockReader {
  const inherited = new Set(
    [...outline.targets].flatMap(([name, blocks]) =>
      blocks.flatMap(block => {
        const inherits = findAttribute([block], 'inherits')
        return inherits === undefined ? [] : basesIn(inherits.source, outline).filter(base => base !== name)
      })
    )
  )
  return {outline, inherited, stepsLeft: MAX_STEPS}
}

/** The blocks of a target and of all targets that it inherits from, the target's own first, by precedence. */
export function blocksOf(reader: BlockReader, name: string): readonly PlacedBlock[] {
  const {outline} = reader
  const blocks: PlacedBlock[] = []
  const seen = new Set<string>()
  const pending = [name]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (seen.has(next)) continue
    seen.add(next)
    const own = (outline.targets.get(next) ?? []).toReversed()
    blocks.push(...own)
    const inherits = findAttribute(own, 'inherits')
    const bases = inherits === undefined ? [] : basesIn(inherits.source, outline)
    pending.push(...bases)
    spend(reader, 1 + bases.length, own[0])
  }
  return blocks
}

function spend(reader: BlockReader, steps: number, at: PlacedBlock | undefined): void {
  reader.stepsLeft -= steps
  if (reader.stepsLeft < 0)
    rejectFile({
      value: at?.file ?? '',
      reason: `its targets inherit from each other in more than ${String(MAX_STEPS)} steps`,
      example: BAKE_EXAMPLE,
      location: {file: at?.file ?? '', line: at?.line ?? 1}
    })
}

export const BAKE_EXAMPLE = 'target "app" { dockerfile = "Dockerfile" }'

/** Names of targets in the value of `inherits`. A name that is computed may be any. */
function basesIn(inherits: string, {targets}: BakeOutline): readonly string[] {
  const isPlain = /^[A-Za-z0-9_\n-]*$/.test(inherits) || /^[\s,[\]]*$/.test(inherits.replace(/"[A-Za-z0-9_-]*"/g, ''))
  if (!isPlain) return [...targets.keys()]
  return (inherits.match(/[A-Za-z0-9_-]+/g) ?? []).filter(base => targets.has(base))
}

/** The attribute of the first block that has it. */
export function findAttribute(blocks: readonly PlacedBlock[], name: string): PlacedAttribute | undefined {
  for (const {attributes, file} of blocks) {
    const found = attributes.findLast(attribute => attribute.name === name)
    if (found !== undefined) return {...found, file}
  }
  return undefined
}
