// FROM: the stages of a Dockerfile, and the images that they begin with.
// Follows BuildKit (frontend/dockerfile/dockerfile2llb/convert.go) in what is a stage and what is an image.

import type {SourceLocation} from '../../failure/failure.ts'
import {familiarName} from '../language/build-context.ts'
import {excerpt, type FileEntry, rejectFile} from '../language/file-entry.ts'
import {parsePlatformName} from '../language/platform-name.ts'
import {type BuildScope, expandArgs, imageEntry, type Stage, type StagePlatform, targetPlatform} from './build-scope.ts'
import type {Instruction} from './lines.ts'

const EXAMPLE = 'FROM php:8.3.8-cli AS build'

/** Adds the stage to the scope. */
export function readFrom(scope: BuildScope, instruction: Instruction): readonly FileEntry[] {
  const {contexts, location: start} = scope.options
  const location = {file: start.file, line: instruction.line}
  const {image, name} = parseFrom(instruction, location)
  const base = expandArgs(scope, image)
  const baseStage = base.ok ? scope.stagesByName.get(base.value.toLowerCase()) : undefined
  if (baseStage !== undefined) baseStage.isBase = true
  addStage(scope, name)
  // BuildKit uses a build context of the stage's name instead of the stage.
  if (name !== undefined && contexts.has(familiarName(name))) return []
  const stage: readonly FileEntry[] = name === undefined ? [] : [{type: 'stage', name, location}]
  const text = excerpt(`FROM ${image}`)
  if (!base.ok) return [...stage, {type: 'skipped', text, reason: base.reason, location}]
  if (base.value === '') rejectFile({value: text, reason: 'the image after FROM is empty', example: EXAMPLE, location})
  if (baseStage !== undefined) return stage
  const {platform, skipped} = platformOf(scope, instruction, location)
  return [...stage, ...skipped, ...imageEntry(scope, base.value, location, platform)]
}

/** `FROM image [AS name]`. The name is in lower case. */
function parseFrom(
  {rest}: Instruction,
  location: SourceLocation
): {readonly image: string; readonly name: string | undefined} {
  const [image = '', as, name, ...more] = rest.split(/[\t\v\f\r ]+/)
  const isComplete = as === undefined ? name === undefined : as.toUpperCase() === 'AS' && name !== undefined
  if (image === '' || !isComplete || more.length > 0)
    rejectFile({
      value: excerpt(`FROM ${rest}`),
      reason: 'FROM takes an image, and optionally AS and a stage name',
      example: EXAMPLE,
      location
    })
  return {image, name: name?.toLowerCase()}
}

function addStage({stages, stagesByName}: BuildScope, name: string | undefined): void {
  const stage: Stage = {commands: [], isBase: false}
  stages.push(stage)
  if (name !== undefined) stagesByName.set(name, stage)
}

/** The value of `FROM --platform`. */
function platformOf(
  scope: BuildScope,
  {flags}: Instruction,
  location: SourceLocation
): {readonly platform: StagePlatform; readonly skipped: readonly FileEntry[]} {
  const flag = flags.find(({name}) => name === 'platform')
  const target = targetPlatform(scope)
  if (flag === undefined || /^\$\{?TARGETPLATFORM\}?$/.test(flag.value)) return {platform: target, skipped: []}
  const text = excerpt(`FROM --platform=${flag.value}`)
  const value = expandArgs(scope, flag.value)
  if (!value.ok) return {platform: target, skipped: [{type: 'skipped', text, reason: value.reason, location}]}
  const platform = parsePlatformName(value.value, scope.options.buildPlatform)
  if (!platform.ok)
    return rejectFile({value: text, reason: platform.reason, example: '--platform=linux/arm64', location})
  return {platform: platform.value, skipped: []}
}
