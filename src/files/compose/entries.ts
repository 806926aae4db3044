// What one Compose service needs: its image, the images of its volumes and build contexts, and the Dockerfile that it builds.
// https://github.com/compose-spec/compose-spec/blob/main/build.md

import {posix} from 'node:path'
import {parsePlatform, type Platform} from '../../oci/platform.ts'
import {familiarName, imageOfContext, isRemote, skipRemote} from '../language/build-context.ts'
import {type BuildEntry, excerpt, type FileEntry, type SkippedEntry} from '../language/file-entry.ts'
import type {Expanded, Lookup} from '../language/variables.ts'
import {childOf, entriesOf, itemsOf, pairsOf} from '../language/yaml-tree.ts'
import {
  type ComposeReader,
  type ComposeText,
  expandInFile,
  type FilePart,
  knownValue,
  spendWork,
  textOfPart
} from './compose-reader.ts'
import {allParts, firstPart, type ServiceLayers} from './extends.ts'

export type ServiceScope = {
  readonly reader: ComposeReader
  /** Names of the images that services of the file build, in familiar form: they do not come from a registry. */
  readonly builtImages: ReadonlySet<string>
}

export function findInService(scope: ServiceScope, layers: ServiceLayers): readonly FileEntry[] {
  const {reader} = scope
  spendOnLists(reader, layers)
  const platforms = platformsOf(reader, firstPart(layers, 'platform'))
  const build = firstPart(layers, 'build')
  return [
    ...(build === undefined ? imageEntries(scope, firstPart(layers, 'image'), platforms[0]) : []),
    ...volumeImages(scope, layers, platforms[0]),
    ...(build === undefined ? [] : buildEntries(scope, layers, build, platforms))
  ]
}

/** The image that a service builds, in familiar form; undefined when it builds none, or only the build knows its name. */
export function builtImageOf(reader: ComposeReader, layers: ServiceLayers): string | undefined {
  if (firstPart(layers, 'build') === undefined) return undefined
  const image = knownValue(textOfPart(reader, firstPart(layers, 'image')))
  return image === undefined ? undefined : familiarName(image)
}

const BUILD_LISTS = ['args', 'additional_contexts', 'platforms'] as const

function spendOnLists(reader: ComposeReader, layers: ServiceLayers): void {
  for (const {tree, file} of layers) {
    const build = childOf(tree, 'build')
    for (const list of [childOf(tree, 'volumes'), ...BUILD_LISTS.map(name => childOf(build, name))])
      spendWork(reader, itemsOf(list).length + entriesOf(list).length, {file, line: tree.line})
  }
}

function platformsOf(reader: ComposeReader, part: FilePart | undefined): readonly Platform[] {
  const platform = parsePlatform(knownValue(textOfPart(reader, part)) ?? '')
  return platform.ok ? [platform.value] : []
}

function imageEntries(
  {reader, builtImages}: ServiceScope,
  part: FilePart | undefined,
  platform: Platform | undefined
): readonly FileEntry[] {
  const image = textOfPart(reader, part)
  if (image === undefined) return []
  const {value, location, source} = image
  if (!value.ok) return [{type: 'skipped', text: excerpt(`image: ${source}`), reason: value.reason, location}]
  if (value.value === '' || builtImages.has(familiarName(value.value))) return []
  return [{type: 'image', text: value.value, location, platform: platform ?? 'target'}]
}

function volumeImages(
  scope: ServiceScope,
  layers: ServiceLayers,
  platform: Platform | undefined
): readonly FileEntry[] {
  return allParts(layers, 'volumes')
    .flatMap(({tree, file}) => itemsOf(tree).map(item => ({tree: item, file})))
    .filter(volume => textOfPart(scope.reader, firstPart([volume], 'type'))?.source === 'image')
    .flatMap(volume => imageEntries(scope, firstPart([volume], 'source'), platform))
}

function buildEntries(
  scope: ServiceScope,
  layers: ServiceLayers,
  build: FilePart,
  servicePlatforms: readonly Platform[]
): readonly FileEntry[] {
  const contexts = allParts(layers, 'build', 'additional_contexts').flatMap(({tree, file}) =>
    pairsOf(tree).map(([name, value]) => ({name, part: {tree: value, file}}))
  )
  const images = contexts.flatMap(({name, part: {tree, file}}): readonly FileEntry[] => {
    const image = tree.kind === 'text' ? imageOfContext(tree.text) : undefined
    if (tree.kind !== 'text' || image === undefined) return []
    return imageEntries(scope, {tree: {...tree, text: image}, file}, servicePlatforms[0]).map(entry =>
      entry.type === 'image' ? {...entry, context: name} : entry
    )
  })
  const dockerfile = dockerfileOf(scope.reader, layers, build)
  if (dockerfile.type === 'skipped') return [...images, dockerfile]
  const ownPlatforms = allParts(layers, 'build', 'platforms').flatMap(({tree, file}) =>
    itemsOf(tree).flatMap(item => platformsOf(scope.reader, {tree: item, file}))
  )
  return [
    ...images,
    {
      ...dockerfile,
      ...argsOf(scope.reader, layers),
      contexts: new Set([...contexts.map(({name}) => familiarName(name)), ...scope.builtImages]),
      platforms: ownPlatforms.length > 0 ? ownPlatforms : servicePlatforms,
      ifMissing: 'skip'
    }
  ]
}

type DockerfileOfService = Pick<BuildEntry, 'type' | 'location' | 'dockerfile' | 'context' | 'contextRoots'>

/** Where the Dockerfile is, or why this cannot be known. */
function dockerfileOf(
  reader: ComposeReader,
  layers: ServiceLayers,
  build: FilePart
): DockerfileOfService | SkippedEntry {
  const context = textOfPart(
    reader,
    // `build: PATH` is short for a build with that context.
    firstPart(layers, 'build', 'context') ?? (build.tree.kind === 'text' ? build : undefined)
  )
  const inline = textOfPart(reader, firstPart(layers, 'build', 'dockerfile_inline'))
  const named = textOfPart(reader, firstPart(layers, 'build', 'dockerfile'))
  const unknown = [context, inline ?? named].map(skipUnknown).find(entry => entry !== undefined)
  if (unknown !== undefined) return unknown
  const location = {file: build.file, line: build.tree.line}
  const folder = knownValue(context) ?? '.'
  if (inline === undefined && isRemote(folder)) return skipRemote(`context: ${folder}`, context?.location ?? location)
  return {
    type: 'build',
    location: inline?.location ?? named?.location ?? location,
    dockerfile:
      inline === undefined
        ? {path: knownValue(named) ?? 'Dockerfile'}
        : {
            text: knownValue(inline) ?? '',
            firstLine: inline.location.line + (inline.isBlock ? 1 : 0),
            isBlock: inline.isBlock
          },
    context: folder,
    contextRoots: [posix.dirname(context?.location.file ?? location.file)]
  }
}

function skipUnknown(text: ComposeText | undefined): SkippedEntry | undefined {
  if (text === undefined || text.value.ok) return undefined
  return {type: 'skipped', text: excerpt(text.source), reason: text.value.reason, location: text.location}
}

function argsOf(reader: ComposeReader, layers: ServiceLayers): Pick<BuildEntry, 'args' | 'unknownArgs'> {
  const args = new Map<string, string>()
  const unknownArgs = new Map<string, string>()
  for (const {tree, file} of allParts(layers, 'build', 'args').toReversed())
    for (const [name, child] of pairsOf(tree)) {
      // An argument without a value takes the variable of its name, and is not passed when that variable is not set.
      const value =
        child.kind === 'text'
          ? expandInFile(reader, file, child.text)
          : expandedVariable(reader.variablesOf(file)(name))
      args.delete(name)
      unknownArgs.delete(name)
      if (value?.ok === true) args.set(name, value.value)
      else if (value !== undefined) unknownArgs.set(name, value.reason)
    }
  return {args, unknownArgs}
}

function expandedVariable(value: ReturnType<Lookup>): Expanded | undefined {
  if (value === undefined) return undefined
  return typeof value === 'string' ? {ok: true, value} : {ok: false, reason: value.unknown}
}
