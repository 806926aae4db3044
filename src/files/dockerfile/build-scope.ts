// What the instructions of a Dockerfile are read with, for one target platform: options, stages, and arguments.
// An image that needs a variable is found again for each target platform.

import type {SourceLocation} from '../../failure/failure.ts'
import {formatPlatform, type Platform} from '../../oci/platform.ts'
import {familiarName} from '../language/build-context.ts'
import type {FileEntry} from '../language/file-entry.ts'
import {expand, type Expanded} from '../language/variables.ts'
import {type Instruction, splitWords} from './lines.ts'

export type DockerfileOptions = {
  readonly text: string
  /** The file, and its line on which the text begins. */
  readonly location: SourceLocation
  readonly args: ReadonlyMap<string, string>
  /** Arguments whose values only the build knows, with the reason. */
  readonly unknownArgs: ReadonlyMap<string, string>
  /** Names of build contexts, in familiar form: an image of such a name does not come from a registry. */
  readonly contexts: ReadonlySet<string>
  /** The stage that is built; undefined for the last one. */
  readonly target?: string | undefined
  /** The platform of the host that builds. */
  readonly buildPlatform: Platform
  /** The platforms to build for. They decide the values of TARGETPLATFORM, TARGETOS, TARGETARCH, and TARGETVARIANT. */
  readonly targets: readonly Platform[]
  /** True when `targets` come from the file: its images are then for them, whatever the platforms of the run. */
  readonly usesOwnPlatforms: boolean
}

export type BuildScope = {
  readonly options: DockerfileOptions
  readonly escape: string
  readonly target: Platform
  /** Arguments before the first FROM. FROM sees no others. */
  readonly globalArgs: Map<string, string | {readonly unknown: string}>
  readonly stages: Stage[]
  /** The stages so far, by their names in lower case. */
  readonly stagesByName: Map<string, Stage>
}

export type Stage = {
  readonly commands: Instruction[]
  /** True when another stage builds on it and runs its ONBUILD triggers. */
  isBase: boolean
}

export function createBuildScope(options: DockerfileOptions, escape: string, target: Platform): BuildScope {
  const globalArgs = new Map([
    ...platformArgs('BUILD', options.buildPlatform),
    ...platformArgs('TARGET', target),
    ['TARGETSTAGE', options.target ?? 'default']
  ])
  return {options, escape, target, globalArgs, stages: [], stagesByName: new Map()}
}

// https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope
function platformArgs(prefix: 'BUILD' | 'TARGET', platform: Platform): readonly (readonly [string, string])[] {
  return [
    [`${prefix}PLATFORM`, formatPlatform(platform)],
    [`${prefix}OS`, platform.os],
    [`${prefix}OSVERSION`, platform.osVersion ?? ''],
    [`${prefix}ARCH`, platform.architecture],
    [`${prefix}VARIANT`, platform.variant ?? '']
  ]
}

/** Reads an ARG before the first FROM. A value from the build overrides the default. */
export function declareGlobalArgs(scope: BuildScope, {rest}: Instruction): void {
  const {options, globalArgs} = scope
  for (const word of splitWords(rest, scope.escape)) {
    const equals = word.indexOf('=')
    const name = equals < 0 ? word : word.slice(0, equals)
    const given = options.args.get(name)
    const reason = options.unknownArgs.get(name)
    if (given !== undefined) globalArgs.set(name, given)
    else if (reason !== undefined) globalArgs.set(name, {unknown: reason})
    else if (equals >= 0) {
      const value = expandArgs(scope, word.slice(equals + 1))
      globalArgs.set(name, value.ok ? value.value : {unknown: value.reason})
    }
  }
}

export function expandArgs({options, escape, globalArgs}: BuildScope, text: string): Expanded {
  return expand(text, name => globalArgs.get(name), {
    escape,
    describeUnset: name =>
      options.unknownArgs.get(name) ??
      `ARG ${name} has no value: it has no default before the first FROM, and no build passes it. ` +
        'Write a default, or list the image in the `image` input.'
  })
}

/** `target` is for the platforms of the run, `own-target` for those of the file. */
export type StagePlatform = 'target' | 'own-target' | Platform

export function targetPlatform({options}: BuildScope): StagePlatform {
  return options.usesOwnPlatforms ? 'own-target' : 'target'
}

/** The entry of an image; none for `scratch` and for the name of a build context. */
export function imageEntry(
  {options: {contexts}, target}: BuildScope,
  text: string,
  location: SourceLocation,
  platform: StagePlatform
): readonly FileEntry[] {
  if (text === 'scratch' || contexts.has(familiarName(text))) return []
  return [{type: 'image', text, location, platform: platform === 'own-target' ? target : platform}]
}
