// A Compose service as layers: its parts in the files of the project, each with those of the services that it extends.
// https://github.com/compose-spec/compose-spec/blob/main/05-services.md#extends

import {excerpt, rejectFile, type SkippedEntry} from '../language/file-entry.ts'
import {childOf, type Tree} from '../language/yaml-tree.ts'
import {
  type ComposeReader,
  expandText,
  type FilePart,
  folderOf,
  parseComposeFile,
  readNamedFile,
  spendWork
} from './compose-reader.ts'

/** By precedence: the first one overrides those that follow. */
export type ServiceLayers = readonly FilePart[]

const MAX_EXTENDS = 50

/**
 * Follows `extends`. `trees` are the documents of the file that has the service. Returns a skipped entry when one of the services is in
 * a file that must not be read: what the service is cannot be known then.
 */
export function resolveService(
  reader: ComposeReader,
  name: string,
  part: FilePart,
  trees: readonly Tree[]
): {readonly type: 'layers'; readonly layers: ServiceLayers} | SkippedEntry {
  const layers: FilePart[] = []
  const seen = new Set<string>()
  let current: NamedService | undefined = {name, part, trees}
  while (current !== undefined) {
    const {tree, file} = current.part
    spendWork(reader, 1, {file, line: tree.line})
    layers.push(current.part)
    seen.add(keyOf(current))
    const base = extendedService(reader, current)
    if (base?.type === 'skipped') return base
    if (base !== undefined && (seen.has(keyOf(base)) || layers.length > MAX_EXTENDS))
      rejectFile({
        value: excerpt(base.name),
        reason: `services extend each other in a circle, or more than ${String(MAX_EXTENDS)} deep`,
        example: EXTENDS_EXAMPLE,
        location: {file, line: childOf(tree, 'extends')?.line ?? tree.line}
      })
    current = base
  }
  return {type: 'layers', layers}
}

/** The first layer that has the key at the path has precedence. */
export function firstPart(layers: ServiceLayers, ...path: readonly string[]): FilePart | undefined {
  return allParts(layers, ...path)[0]
}

/** The parts at the path in all layers. `!reset` and `!override` hide those of the layers that follow. */
export function allParts(layers: ServiceLayers, ...path: readonly string[]): readonly FilePart[] {
  const parts: FilePart[] = []
  for (const {tree, file} of layers) {
    let at: Tree | undefined = tree
    let isLast = at.tag !== undefined
    for (const name of path) {
      at = at?.kind === 'map' ? at.entries.get(name) : undefined
      isLast ||= at?.tag !== undefined
    }
    if (at !== undefined && at.kind !== 'nothing') parts.push({tree: at, file})
    if (isLast) break
  }
  return parts
}

type NamedService = {readonly name: string; readonly part: FilePart; readonly trees: readonly Tree[]}

const EXTENDS_EXAMPLE = 'extends: {service: base, file: common.yaml}'

function keyOf({name, part}: NamedService): string {
  return `${part.file}#${name}`
}

function extendedService(
  reader: ComposeReader,
  {part: {tree, file}, trees}: NamedService
): (NamedService & {readonly type: 'service'}) | SkippedEntry | undefined {
  const extended = childOf(tree, 'extends')
  if (extended === undefined) return undefined
  const location = {file, line: extended.line}
  const name = extended.kind === 'text' ? extended : childOf(extended, 'service')
  if (name?.kind !== 'text')
    return rejectFile({value: 'extends', reason: 'a service name is missing', example: EXTENDS_EXAMPLE, location})
  const other = otherFile(reader, childOf(extended, 'file'), file)
  if (other?.type === 'skipped') return other
  const home = other?.file ?? file
  const found = other === undefined ? trees : parseComposeFile(reader, other)
  const base = found.map(document => childOf(childOf(document, 'services'), name.text)).findLast(it => it !== undefined)
  if (base === undefined)
    return rejectFile({
      value: excerpt(name.text),
      reason: `service not found in ${home}`,
      example: EXTENDS_EXAMPLE,
      location
    })
  return {type: 'service', name: name.text, part: {tree: base, file: home}, trees: found}
}

function otherFile(
  reader: ComposeReader,
  path: Tree | undefined,
  file: string
): ReturnType<typeof readNamedFile> | undefined {
  if (path?.kind !== 'text') return undefined
  const location = {file, line: path.line}
  const expanded = expandText(reader, path.text)
  if (!expanded.ok) return {type: 'skipped', text: excerpt(`extends: ${path.text}`), reason: expanded.reason, location}
  return readNamedFile(reader, {path: expanded.value, folder: folderOf(reader, file), location})
}
