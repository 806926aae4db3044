// The images of a Bake file, and the Dockerfiles that its targets build: those of every target, in any group or none.
// A value that only the build knows is left out, with the reason.

import {posix} from 'node:path'
import type {SourceLocation} from '../../failure/failure.ts'
import {parsePlatform, type Platform} from '../../oci/platform.ts'
import {imageOfContext, isRemote, skipRemote} from '../language/build-context.ts'
import {type BuildEntry, excerpt, type FileEntry, type SkippedEntry} from '../language/file-entry.ts'
import {type BakeTarget, readBakeFile} from './bake-file.ts'
import {isList, isUnknown, type Scope, textOf} from './hcl-value.ts'
import {type BakeOptions, createBakeScope} from './scope.ts'
import {
  type AttributeValue,
  type EntryValue,
  layersOf,
  readAttribute,
  readMapAttribute,
  resolveInheritance,
  scopesOfMatrix
} from './targets.ts'

/** Throws 'invalid-input' for a file that is not a Bake file. */
export function findInBake(options: BakeOptions): readonly FileEntry[] {
  const {file, buildPlatform} = options
  const bakeFile = readBakeFile(options.text, file)
  const scope = createBakeScope(bakeFile, options)
  const inheritance = resolveInheritance(bakeFile, scope)
  return bakeFile.targets.flatMap(target => {
    const layers = layersOf(target, inheritance, scope)
    const isInherited = inheritance.inherited.has(target)
    return scopesOfMatrix(target, scope, file).flatMap(targetScope =>
      findInTarget({target, layers, isInherited, scope: targetScope, file, buildPlatform})
    )
  })
}

/** A target, or one combination of its matrix. */
type TargetContext = {
  readonly target: BakeTarget
  readonly layers: readonly BakeTarget[]
  readonly isInherited: boolean
  readonly scope: Scope
  readonly file: string
  readonly buildPlatform: Platform
}

function findInTarget(context: TargetContext): readonly FileEntry[] {
  const {target, layers, scope, file, isInherited} = context
  const contexts = readMapAttribute(layers, 'contexts', scope)
  const images = [...contexts].flatMap(([name, entry]) => contextEntries(name, entry, file))
  const dockerfile = dockerfileOf(context)
  if (dockerfile.type === 'skipped') return [...images, dockerfile]
  return [
    ...images,
    {
      ...dockerfile,
      ...argsOf(context),
      // Bake passes the names on as they are written, so that BuildKit finds only those in familiar form (buildx bake/bake.go).
      contexts: new Set(contexts.keys()),
      platforms: platformsOf(context),
      isInheritedOnly: isInherited && !DOCKERFILE_ATTRIBUTES.some(name => target.attributes.has(name))
    }
  ]
}

function contextEntries(name: string, {value, line}: EntryValue, file: string): readonly FileEntry[] {
  const location = {file, line}
  const text = `contexts: ${excerpt(JSON.stringify(name))}`
  if (isUnknown(value)) return [{type: 'skipped', text, reason: value.unknown, location}]
  const image = imageOfContext(textOf(value) ?? '')
  return image === undefined ? [] : [{type: 'image', text: image, location, platform: 'target', context: name}]
}

const DOCKERFILE_ATTRIBUTES = ['context', 'dockerfile', 'dockerfile-inline'] as const

type DockerfileOfTarget = Pick<BuildEntry, 'type' | 'location' | 'dockerfile' | 'context' | 'contextRoots'>

/** Where the Dockerfile is, or why this cannot be known. */
function dockerfileOf({target, layers, scope, file}: TargetContext): DockerfileOfTarget | SkippedEntry {
  const locationOf = (part: AttributeValue | undefined): SourceLocation => ({
    file,
    line: part?.expression.line ?? target.line
  })
  const [context, named, inline] = DOCKERFILE_ATTRIBUTES.map(name => readAttribute(layers, name, scope))
  for (const part of inline === undefined ? [context, named] : [inline])
    if (part !== undefined && isUnknown(part.value))
      return {type: 'skipped', text: `target ${target.name}`, reason: part.value.unknown, location: locationOf(part)}
  const folder = context === undefined ? '.' : (textOf(context.value) ?? '.')
  if (inline === undefined && isRemote(folder)) return skipRemote(`context = ${folder}`, locationOf(context))
  return {
    type: 'build',
    location: locationOf(inline ?? named ?? context),
    dockerfile:
      inline === undefined
        ? {path: named === undefined ? 'Dockerfile' : (textOf(named.value) ?? 'Dockerfile')}
        : inlineDockerfile(inline),
    context: folder,
    // Bake's paths are relative to its working directory: usually the workspace, sometimes the folder of the file.
    contextRoots: ['.', posix.dirname(file)]
  }
}

function inlineDockerfile({value, expression}: AttributeValue): BuildEntry['dockerfile'] {
  const isBlock = expression.kind === 'template' && expression.isBlock
  return {text: textOf(value) ?? '', firstLine: expression.line + (isBlock ? 1 : 0), isBlock}
}

/** An argument that is null keeps the default of the Dockerfile. */
function argsOf({layers, scope}: TargetContext): Pick<BuildEntry, 'args' | 'unknownArgs'> {
  const args = new Map<string, string>()
  const unknownArgs = new Map<string, string>()
  for (const [name, {value}] of readMapAttribute(layers, 'args', scope)) {
    const text = textOf(value)
    if (isUnknown(value)) unknownArgs.set(name, value.unknown)
    else if (text !== undefined) args.set(name, text)
  }
  return {args, unknownArgs}
}

function platformsOf({layers, scope, buildPlatform}: TargetContext): readonly Platform[] {
  const value = readAttribute(layers, 'platforms', scope)?.value ?? []
  return (isList(value) ? value : [value]).flatMap(item => {
    const text = textOf(item) ?? ''
    if (text === 'local') return [buildPlatform]
    const platform = parsePlatform(text)
    return platform.ok ? [platform.value] : []
  })
}
