// The images of Bake files, and the Dockerfiles that their targets build: those of every target, in any group or none.
// Bake itself evaluates the files. The outline adds the lines, and what depends on a variable that files do not see.

import {posix} from 'node:path'
import type {SourceLocation} from '../../failure/failure.ts'
import type {Platform} from '../../oci/platform.ts'
import {contextPlatforms, imageOfContext, isRemote, skipRemote} from '../language/build-context.ts'
import {type BuildEntry, excerpt, type FileEntry, rejectFile, type SkippedEntry} from '../language/file-entry.ts'
import {parsePlatformName} from '../language/platform-name.ts'
import type {Lookup} from '../language/variables.ts'
import {parsePrintedBake, PRINTED_GROUP, type PrintedBake, type PrintedTarget, printingFile} from './bake-output.ts'
import {BAKE_EXAMPLE, type BlockReader, blocksOf, createBlockReader, findAttribute} from './inheritance.ts'
import {type BakeSource, outlineBake, type PlacedBlock} from './outline.ts'
import type {BakeAnswer, RunBake} from './run-bake.ts'
import {unknownReason, type UnknownWords, unknownWords} from './unknown-variables.ts'

export type BakeOptions = {
  /** Files that Bake merges, in its order. */
  readonly sources: readonly BakeSource[]
  readonly lookup: Lookup
  /** The variables that the files may read. */
  readonly variables: ReadonlyMap<string, string>
  /** The platform of the host that builds. */
  readonly hostPlatform: Platform
  /** True when the platforms of a target apply: the `platform` input is absent. */
  readonly usesOwnPlatforms: boolean
  readonly runBake: RunBake
}

/** Throws 'invalid-input' for files that Bake refuses, and when there is no Bake. */
export async function findInBake(options: BakeOptions): Promise<readonly FileEntry[]> {
  const {sources, lookup, variables, runBake} = options
  const outline = outlineBake(sources)
  const targets = [...outline.targets.keys()].filter(isTargetName)
  const file = sources[0]?.file ?? ''
  if (targets.length === 0)
    return rejectFile({value: file, reason: 'not a Bake file: it has no targets', ...exampleAt(file, 1)})
  const answer = await runBake({
    texts: [...sources.map(({text}) => text), printingFile(targets)],
    target: PRINTED_GROUP,
    variables
  })
  const printed = printedOf(answer, sources)
  const reader = createBlockReader(outline)
  const words = unknownWords(outline, lookup)
  const labels = labelsOf(printed, reader)
  return [...printed.targets].flatMap(([name, target]) =>
    findInTarget({...describeTarget(reader, labels.get(name) ?? name, file), words, options}, target)
  )
}

// bake.go, validateTargetName. Another name is not passed: Bake refuses it in the file.
function isTargetName(name: string): boolean {
  return /^[A-Za-z0-9_-]+$/.test(name)
}

function exampleAt(file: string, line: number): {readonly example: string; readonly location: SourceLocation} {
  return {example: BAKE_EXAMPLE, location: {file, line}}
}

function printedOf(answer: BakeAnswer, sources: readonly BakeSource[]): PrintedBake {
  const [{file} = {file: ''}] = sources
  if (answer.kind === 'printed') {
    const printed = parsePrintedBake(answer.text)
    return printed ?? rejectFile({value: file, reason: 'Bake printed no JSON for it', ...exampleAt(file, 1)})
  }
  if (answer.kind === 'refused') {
    const at = sources[answer.at ?? 0]?.file ?? file
    // Bake's own message quotes the file.
    const reason = 'not a valid Bake file. To see why, run: docker buildx bake --print'
    return rejectFile({value: at, reason, ...exampleAt(at, answer.line)})
  }
  // A machine without Bake is no fault of the file, and is reported once.
  if (answer.kind === 'unavailable') return rejectFile({value: file, reason: answer.reason, example: BAKE_EXAMPLE})
  return rejectFile({value: file, reason: answer.reason, ...exampleAt(file, 1)})
}

/** The name in the file of each combination of a matrix. */
function labelsOf({groups}: PrintedBake, {outline}: BlockReader): ReadonlyMap<string, string> {
  return new Map(
    [...outline.targets].flatMap(([label, blocks]) =>
      findAttribute(blocks, 'matrix') === undefined ? [] : (groups.get(label) ?? []).map(name => [name, label] as const)
    )
  )
}

type TargetPlace = {
  readonly name: string
  readonly blocks: readonly PlacedBlock[]
  readonly location: SourceLocation
  readonly isInherited: boolean
}

type TargetContext = TargetPlace & {readonly words: UnknownWords; readonly options: BakeOptions}

function describeTarget(reader: BlockReader, name: string, file: string): TargetPlace {
  const blocks = blocksOf(reader, name)
  const own = reader.outline.targets.get(name)?.at(-1)
  return {
    name,
    blocks,
    location: {file: own?.file ?? file, line: own?.line ?? 1},
    isInherited: reader.inherited.has(name)
  }
}

function findInTarget(context: TargetContext, target: PrintedTarget): readonly FileEntry[] {
  const unknown = unknownOf(context, ['inherits', 'matrix', 'name', 'dockerfile-inline', 'context', 'dockerfile'])
  if (unknown !== undefined) return [unknown]
  const platforms = platformsOf(context, target)
  return [
    ...[...target.contexts].flatMap(([name, value]) => contextEntries(context, name, value, platforms)),
    buildOf(context, target, platforms)
  ]
}

/** The entry for a target with an attribute that depends on a variable of the job. */
function unknownOf(
  {name, blocks, words, location}: TargetContext,
  attributes: readonly string[]
): SkippedEntry | undefined {
  if (words.size === 0) return undefined
  for (const {file, attributes: all} of blocks)
    for (const attribute of all.filter(({name: key}) => attributes.includes(key))) {
      const reason = unknownReason(attribute, words)
      if (reason !== undefined)
        return {
          type: 'skipped',
          text: `target ${excerpt(name)}`,
          reason,
          location: {...location, file, line: attribute.line}
        }
    }
  return undefined
}

/** The line of an entry of a map, or of the map, or of the target. */
function placeOf({blocks, location}: TargetContext, attribute: string, entry?: string): SourceLocation {
  if (entry !== undefined)
    for (const {attributes, file} of blocks)
      for (const {entries} of attributes.filter(({name}) => name === attribute)) {
        const found = entries.findLast(({name}) => name === entry)
        if (found !== undefined) return {file, line: found.line}
      }
  const found = findAttribute(blocks, attribute)
  return found === undefined ? location : {file: found.file, line: found.line}
}

/** The reason why an entry of a map in any block of the target is unknown. A map that is computed is unknown as a whole. */
function unknownEntry({blocks, words}: TargetContext, attribute: string, entry: string): string | undefined {
  if (words.size === 0) return undefined
  for (const {attributes} of blocks)
    for (const map of attributes.filter(({name}) => name === attribute)) {
      const parts = isPlainMap(map) ? map.entries.filter(({name}) => name === entry) : [map]
      const reason = parts.map(part => unknownReason(part, words)).find(it => it !== undefined)
      if (reason !== undefined) return reason
    }
  return undefined
}

/** Whether its entries are written out: no condition, no function, no `for`, and no key in parentheses. */
function isPlainMap({source, entries}: PlacedBlock['attributes'][number]): boolean {
  return entries.length > 0 && !/^\{\s*for\b/.test(source) && !/[{,\n][ \t]*\(/.test(source)
}

function contextEntries(
  context: TargetContext,
  name: string,
  value: string,
  platforms: readonly Platform[]
): readonly FileEntry[] {
  const location = placeOf(context, 'contexts', name)
  const reason = unknownEntry(context, 'contexts', name)
  if (reason !== undefined)
    return [{type: 'skipped', text: `contexts: ${excerpt(JSON.stringify(name))}`, reason, location}]
  const image = imageOfContext(value)
  if (image === undefined) return []
  return contextPlatforms(platforms, context.options.usesOwnPlatforms).map(platform => ({
    ...{type: 'image', text: image, location, platform, context: name}
  }))
}

const CWD = 'cwd://'

function buildOf(context: TargetContext, target: PrintedTarget, platforms: readonly Platform[]): FileEntry {
  const {blocks, isInherited, location} = context
  const isFromCwd = target.dockerfile.startsWith(CWD)
  const folder = target.context.startsWith(CWD) ? target.context.slice(CWD.length) : target.context
  if (target.inline === undefined && !isFromCwd && isRemote(folder))
    return skipRemote(`context = ${folder}`, placeOf(context, 'context'))
  const [named] = ['dockerfile', 'context'].filter(name => findAttribute(blocks, name) !== undefined)
  return {
    type: 'build',
    ...argsOf(context, target),
    location:
      target.inline === undefined
        ? named === undefined
          ? location
          : placeOf(context, named)
        : placeOf(context, 'dockerfile-inline'),
    dockerfile:
      target.inline === undefined
        ? {path: isFromCwd ? target.dockerfile.slice(CWD.length) : target.dockerfile}
        : inlineDockerfile(context, target.inline),
    context: isFromCwd || folder === '' ? '.' : folder,
    // Bake's paths are relative to its working directory: usually the workspace, sometimes the folder of the file.
    contextRoots: ['.', posix.dirname(location.file)],
    // Bake passes the names on as they are written, so that BuildKit finds only those in familiar form (buildx bake/bake.go).
    contexts: new Set(target.contexts.keys()),
    platforms,
    target: target.target,
    ifMissing: isInherited ? 'ignore' : 'skip'
  }
}

function inlineDockerfile(context: TargetContext, text: string): BuildEntry['dockerfile'] {
  const {line} = placeOf(context, 'dockerfile-inline')
  const source = findAttribute(context.blocks, 'dockerfile-inline')?.source ?? ''
  // A heredoc has as many lines in the file as in the text, unless a template in it adds some.
  const isBlock = source.startsWith('<<') && linesIn(source.trimEnd()) === linesIn(text) + 1
  return {text, firstLine: line + (isBlock ? 1 : 0), isBlock}
}

function linesIn(text: string): number {
  return text.split('\n').length
}

function argsOf(context: TargetContext, {args}: PrintedTarget): Pick<BuildEntry, 'args' | 'unknownArgs'> {
  if (context.words.size === 0) return {args, unknownArgs: new Map()}
  const named = context.blocks.flatMap(({attributes}) =>
    attributes.filter(({name}) => name === 'args').flatMap(({entries}) => entries.map(({name}) => name))
  )
  const reasons = [...new Set([...args.keys(), ...named])].map(
    name => [name, unknownEntry(context, 'args', name)] as const
  )
  const unknownArgs = new Map(reasons.filter((entry): entry is readonly [string, string] => entry[1] !== undefined))
  return {args: new Map([...args].filter(([name]) => !unknownArgs.has(name))), unknownArgs}
}

function platformsOf({options}: TargetContext, {platforms}: PrintedTarget): readonly Platform[] {
  return platforms.flatMap(text => {
    if (text === 'local') return [options.hostPlatform]
    const platform = parsePlatformName(text, options.hostPlatform)
    return platform.ok ? [platform.value] : []
  })
}
