// What one Compose service needs: its image, the images of its volumes and build contexts, and the Dockerfile that it builds.
// https://github.com/compose-spec/compose-spec/blob/main/build.md

import type {Platform} from '../../oci/platform.ts'
import {contextPlatforms, familiarName, imageOfContext, isRemote, skipRemote} from '../language/build-context.ts'
import {type BuildEntry, type BuiltEntry, excerpt, type FileEntry, type SkippedEntry} from '../language/file-entry.ts'
import {parsePlatformName} from '../language/platform-name.ts'
import type {Expanded} from '../language/variables.ts'
import {childOf, entriesOf, itemsOf, pairsOf, type Tree} from '../language/yaml-tree.ts'
import {
  type ComposeReader,
  type ComposeText,
  expandText,
  type FilePart,
  folderOf,
  knownValue,
  spendWork,
  textOfPart
} from './compose-reader.ts'
import {allParts, firstPart, type ServiceLayers} from './extends.ts'
import {formatYamlNumber} from './yaml-number.ts'

export type ServiceScope = {
  readonly reader: ComposeReader
  /** Names of the images that services of the project build, in familiar form: they do not come from a registry. */
  readonly builtImages: ReadonlySet<string>
}

export function findInService(scope: ServiceScope, layers: ServiceLayers): readonly FileEntry[] {
  const {reader} = scope
  spendOnLists(reader, layers)
  const platforms = platformsOf(reader, firstPart(layers, 'platform'))
  const build = firstPart(layers, 'build')
  return [
    ...serviceImage(scope, layers, platforms[0]),
    ...volumeImages(scope, layers, platforms[0]),
    ...hookImages(scope, layers, platforms[0]),
    ...(build === undefined ? [] : buildEntries(scope, layers, build, platforms))
  ]
}

/** The image that a service builds; undefined when it builds none, or only the build knows its name. */
export function builtImageOf(reader: ComposeReader, layers: ServiceLayers): BuiltEntry | undefined {
  if (firstPart(layers, 'build') === undefined) return undefined
  const image = textOfPart(reader, firstPart(layers, 'image'))
  const name = knownValue(image)
  return name === undefined || image === undefined
    ? undefined
    : {type: 'built', name: familiarName(name), location: image.location}
}

// https://github.com/compose-spec/compose-spec/blob/main/05-services.md#pull_policy
function serviceImage(
  scope: ServiceScope,
  layers: ServiceLayers,
  platform: Platform | undefined
): readonly FileEntry[] {
  const policy = textOfPart(scope.reader, firstPart(layers, 'pull_policy'))
  const isBuilt = firstPart(layers, 'build') !== undefined
  const part = firstPart(layers, 'image')
  if (isBuilt) return []
  if (knownValue(policy) !== 'never' || part === undefined) return imageEntries(scope, part, platform)
  const image = textOfPart(scope.reader, part)
  if (image === undefined || scope.builtImages.has(familiarName(knownValue(image) ?? ''))) return []
  const reason = 'Compose never pulls it, because of `pull_policy: never`. It has to be in the engine already.'
  return [{type: 'skipped', text: excerpt(`image: ${image.source}`), reason, location: image.location}]
}

// Compose 5 runs hooks in containers of their own. A hook without an image uses that of the service.
function hookImages(scope: ServiceScope, layers: ServiceLayers, platform: Platform | undefined): readonly FileEntry[] {
  return allParts(layers, 'pre_start')
    .flatMap(({tree, file}) => itemsOf(tree).map(item => ({tree: item, file})))
    .flatMap(hook => imageEntries(scope, firstPart([hook], 'image'), platform))
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
  const platform = parsePlatformName(knownValue(textOfPart(reader, part)) ?? '', reader.hostPlatform)
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
  return [{type: 'image', text: value.value, location, platform: platform ?? 'target', mayBeBuilt: true}]
}

/** Volumes are merged by the path at which they are mounted. */
function volumeImages(
  scope: ServiceScope,
  layers: ServiceLayers,
  platform: Platform | undefined
): readonly FileEntry[] {
  const {reader} = scope
  const volumes = allParts(layers, 'volumes')
    .toReversed()
    .flatMap(({tree, file}) => itemsOf(tree).map(item => ({tree: item, file})))
  const byTarget = new Map(
    volumes.map((volume, at) => [knownValue(textOfPart(reader, firstPart([volume], 'target'))) ?? at, volume])
  )
  return [...byTarget.values()]
    .filter(volume => textOfPart(reader, firstPart([volume], 'type'))?.source === 'image')
    .flatMap(volume => imageEntries(scope, firstPart([volume], 'source'), platform))
}

function buildEntries(
  scope: ServiceScope,
  layers: ServiceLayers,
  build: FilePart,
  servicePlatforms: readonly Platform[]
): readonly FileEntry[] {
  const {reader, builtImages} = scope
  const ownPlatforms = allParts(layers, 'build', 'platforms').flatMap(({tree, file}) =>
    itemsOf(tree).flatMap(item => platformsOf(reader, {tree: item, file}))
  )
  const platforms = ownPlatforms.length > 0 ? ownPlatforms : servicePlatforms
  const contexts = pairsOfAll(layers, 'additional_contexts')
  const images = [...contexts].flatMap(([name, part]) => contextImages(scope, {name, part, platforms}))
  const dockerfile = dockerfileOf(reader, layers, build)
  if (dockerfile.type === 'skipped') return [...images, dockerfile]
  return [
    ...images,
    {
      ...dockerfile,
      ...argsOf(reader, layers),
      contexts: new Set([...[...contexts.keys()].map(familiarName), ...builtImages]),
      platforms,
      target: knownValue(textOfPart(reader, firstPart(layers, 'build', 'target'))),
      ifMissing: 'skip'
    }
  ]
}

/** A map of `build`, or its list of `key=value`, merged by key. */
function pairsOfAll(layers: ServiceLayers, name: string): ReadonlyMap<string, FilePart> {
  return new Map(
    allParts(layers, 'build', name)
      .toReversed()
      .flatMap(({tree, file}) => pairsOf(tree).map(([key, value]) => [key, {tree: value, file}] as const))
  )
}

function contextImages(
  scope: ServiceScope,
  {name, part, platforms}: {readonly name: string; readonly part: FilePart; readonly platforms: readonly Platform[]}
): readonly FileEntry[] {
  const {tree, file} = part
  const image = tree.kind === 'text' ? imageOfContext(tree.text) : undefined
  if (tree.kind !== 'text' || image === undefined) return []
  return imageEntries(scope, {tree: {...tree, text: image}, file}, undefined).flatMap((entry): readonly FileEntry[] => {
    if (entry.type !== 'image') return [entry]
    const {text, location} = entry
    return contextPlatforms(platforms, scope.reader.usesOwnPlatforms).map(platform => ({
      ...{type: 'image', text, location, platform, context: name}
    }))
  })
}

type DockerfileOfService = Pick<BuildEntry, 'type' | 'location' | 'dockerfile' | 'context' | 'contextRoots'>

/** Where the Dockerfile is, or why this cannot be known. */
function dockerfileOf(
  reader: ComposeReader,
  layers: ServiceLayers,
  build: FilePart
): DockerfileOfService | SkippedEntry {
  const context = textOfPart(reader, contextPart(layers))
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
    contextRoots: [folderOf(reader, context?.location.file ?? location.file)]
  }
}

/** `build: PATH` is short for a build with that context. */
function contextPart(layers: ServiceLayers): FilePart | undefined {
  return allParts(layers, 'build')
    .map(build => (build.tree.kind === 'text' ? build : firstPart([build], 'context')))
    .find(part => part !== undefined)
}

function skipUnknown(text: ComposeText | undefined): SkippedEntry | undefined {
  if (text === undefined || text.value.ok) return undefined
  return {type: 'skipped', text: excerpt(text.source), reason: text.value.reason, location: text.location}
}

function argsOf(reader: ComposeReader, layers: ServiceLayers): Pick<BuildEntry, 'args' | 'unknownArgs'> {
  const values = [...pairsOfAll(layers, 'args')].flatMap(([name, {tree}]) => {
    const value = argument(reader, name, tree)
    return value === undefined ? [] : [[name, value] as const]
  })
  return {
    args: new Map(values.flatMap(([name, value]) => (value.ok ? [[name, value.value] as const] : []))),
    unknownArgs: new Map(values.flatMap(([name, value]) => (value.ok ? [] : [[name, value.reason] as const])))
  }
}

/** An argument without a value takes the variable of its name, and is not passed when that variable is not set. */
function argument(reader: ComposeReader, name: string, tree: Tree): Expanded | undefined {
  if (tree.kind === 'text') return expandText(reader, tree.isPlain ? formatYamlNumber(tree.text) : tree.text)
  const value = reader.lookup(name)
  if (value === undefined) return undefined
  return typeof value === 'string' ? {ok: true, value} : {ok: false, reason: value.unknown}
}
