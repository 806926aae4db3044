// From a build of a Compose or Bake file to the images of its Dockerfile.
// A Dockerfile that must not be read is left out with the reason; a missing one is an invalid input.

import {posix} from 'node:path'
import type {SourceLocation} from '../failure/failure.ts'
import type {Platform, PlatformChoice} from '../oci/platform.ts'
import {findInDockerfile} from './dockerfile/dockerfile.ts'
import {type BuildEntry, excerpt, type FileEntry, rejectFile} from './language/file-entry.ts'
import type {Workspace} from './workspace.ts'

export type BuildDeps = {
  readonly workspace: Workspace
  readonly hostPlatform: Platform
  readonly platforms: PlatformChoice
}

/** Throws 'invalid-input' when the Dockerfile does not exist or is not one. */
export function followBuild(deps: BuildDeps, build: BuildEntry): readonly FileEntry[] {
  const {dockerfile, location} = build
  if ('text' in dockerfile) {
    const {text, firstLine, isBlock} = dockerfile
    const found = readDockerfile(deps, build, text, {file: location.file, line: firstLine})
    return isBlock ? found : found.map(entry => withLine(entry, firstLine))
  }
  const file = dockerfilePath(deps.workspace, build)
  const text = file === undefined ? undefined : deps.workspace.read(file)
  if (file !== undefined && typeof text === 'string') return readDockerfile(deps, build, text, {file, line: 1})
  if (file !== undefined && typeof text === 'object')
    return [{type: 'skipped', text: file, reason: text.blocked, location}]
  if (build.ifMissing === 'ignore') return []
  const path = excerpt(possiblePaths(build, dockerfile.path)[0] ?? '')
  if (build.ifMissing === 'skip') {
    const reason = `There is no such file in the workspace: ${path}. If an earlier step of the job makes it, run that step before this one.`
    return [{type: 'skipped', text: excerpt(dockerfile.path), reason, location, isMissing: true}]
  }
  return rejectFile({
    value: excerpt(dockerfile.path),
    reason: `file not found in the workspace: ${path}`,
    example: 'dockerfile: docker/Dockerfile',
    location
  })
}

/** The path of the Dockerfile that a build reads. A path that must not be read is returned when no other exists. */
export function dockerfilePath({find, root}: Workspace, {dockerfile, ...build}: BuildEntry): string | undefined {
  if ('text' in dockerfile) return undefined
  const paths = possiblePaths(build, dockerfile.path)
  const kinds = paths.map(path => find(path).kind)
  const readable = kinds.indexOf('file')
  const path = paths[readable < 0 ? kinds.findIndex(kind => kind === 'outside' || kind === 'special') : readable]
  // Annotations have paths relative to the workspace.
  return path?.startsWith(`${root}/`) === true ? path.slice(root.length + 1) : path
}

/** A Dockerfile that `files` names itself, as a build without arguments. */
export function buildOfDockerfile(file: string): BuildEntry {
  return {
    type: 'build',
    location: {file, line: 1},
    dockerfile: {path: posix.basename(file)},
    context: posix.dirname(file),
    contextRoots: ['.'],
    args: new Map(),
    unknownArgs: new Map(),
    contexts: new Set(),
    platforms: [],
    ifMissing: 'reject'
  }
}

function possiblePaths(
  {contextRoots, context}: Pick<BuildEntry, 'contextRoots' | 'context'>,
  path: string
): readonly string[] {
  if (posix.isAbsolute(path)) return contextRoots.map(() => path)
  return contextRoots.map(root => posix.join(posix.isAbsolute(context) ? context : posix.join(root, context), path))
}

function readDockerfile(
  {hostPlatform, platforms}: BuildDeps,
  build: BuildEntry,
  text: string,
  location: SourceLocation
): readonly FileEntry[] {
  // The `platform` input overrides the platforms of the file.
  const usesOwnPlatforms = platforms.kind === 'machine' && build.platforms.length > 0
  const runPlatforms =
    platforms.kind === 'named' && platforms.platforms.length > 0 ? platforms.platforms : [hostPlatform]
  return findInDockerfile({
    text,
    location,
    args: build.args,
    unknownArgs: build.unknownArgs,
    contexts: build.contexts,
    target: build.target,
    usesOwnPlatforms,
    buildPlatform: hostPlatform,
    targets: usesOwnPlatforms ? build.platforms : runPlatforms
  })
}

function withLine(entry: FileEntry, line: number): FileEntry {
  return (entry.type === 'image' || entry.type === 'skipped') && entry.location !== undefined
    ? {...entry, location: {...entry.location, line}}
    : entry
}
