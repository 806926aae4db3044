// The images that a Dockerfile needs from outside: FROM, COPY --from, RUN --mount=from= and the syntax directive, each once per
// line that names it. Follows BuildKit's frontend (frontend/dockerfile/dockerfile2llb/convert.go) in what is a stage and what not.

import type {SourceLocation} from '../../failure/failure.ts'
import {formatPlatform, parsePlatform, type Platform} from '../../oci/platform.ts'
import {formatFamiliar, parseReference} from '../../oci/reference.ts'
import type {Syntax} from './directives.ts'
import {type Instruction, parseTrigger, readLines, splitWords} from './lines.ts'
import {expand, type Expanded, type Lookup} from '../language/variables.ts'
import {excerpt, type FileEntry, rejectFile} from '../language/file-entry.ts'
import {trim} from '../language/go-text.ts'

export type DockerfileOptions = {
  readonly text: string
  /** The first line of the text. */
  readonly location: SourceLocation
  readonly args: ReadonlyMap<string, string>
  readonly unknownArgs: ReadonlyMap<string, string>
  /** Names that do not lead to a registry, in familiar form. */
  readonly contexts: ReadonlySet<string>
  /** Where BuildKit runs. */
  readonly buildPlatform: Platform
  /** What is built for: automatic arguments have their values. */
  readonly targets: readonly Platform[]
  /** True when the targets are the file's own, so that its images are for them whatever the run is for. */
  readonly usesOwnPlatforms: boolean
}

export function findInDockerfile(options: DockerfileOptions): readonly FileEntry[] {
  const {location} = options
  const {escape, syntax, instructions} = readLines(options.text, location)
  const syntaxFindings = findSyntax(options, syntax)
  const [first] = instructions
  const isDockerfile =
    (first?.keyword === 'ARG' || first?.keyword === 'FROM') && instructions.some(({keyword}) => keyword === 'FROM')
  if (!isDockerfile) {
    // Another frontend reads another language.
    if (syntax !== undefined) return syntaxFindings
    rejectFile({
      // Not what stands there: whoever names a file to build need not be allowed to read it.
      value: location.file,
      reason: 'a Dockerfile begins with FROM, or with ARG and then FROM',
      example: 'FROM php:8.3.8-cli',
      location: first === undefined ? location : {file: location.file, line: first.line}
    })
  }
  const found = forTargets(options.targets, target => findForTarget(options, escape, instructions, target))
  // The frontend last: it is what the build is read with, not what it is built from.
  return [...distinct(found).toSorted((a, b) => lineOf(a) - lineOf(b)), ...syntaxFindings]
}

// What is found for some of the targets only, since its name has one in it, is for those.
function forTargets(
  targets: readonly Platform[],
  find: (target: Platform) => readonly FileEntry[]
): readonly FileEntry[] {
  const lists = targets.map(target => ({target, entries: find(target)}))
  const texts = lists.map(({entries}) => new Set(entries.map(entry => JSON.stringify(entry))))
  return lists.flatMap(({target, entries}) =>
    entries.map(entry => {
      if (entry.type !== 'image' || entry.platform !== 'target') return entry
      const text = JSON.stringify(entry)
      return texts.every(of => of.has(text)) ? entry : {...entry, platform: target}
    })
  )
}

// The frontend runs where the build does.
function findSyntax(
  {args, unknownArgs, location, buildPlatform, contexts}: DockerfileOptions,
  syntax: Syntax | undefined
): readonly FileEntry[] {
  const line = syntax?.line ?? location.line
  const why = unknownArgs.get('BUILDKIT_SYNTAX')
  if (why !== undefined)
    return [{type: 'skipped', text: 'BUILDKIT_SYNTAX', reason: why, location: {file: location.file, line}}]
  const given = args.get('BUILDKIT_SYNTAX')
  const image = given === undefined ? syntax?.image : trim(given).split(' ', 1)[0]
  if (image === undefined || image === '' || contexts.has(familiarName(image))) return []
  return [{type: 'image', text: image, location: {file: location.file, line}, platform: buildPlatform}]
}

function lineOf(entry: FileEntry): number {
  return entry.type === 'issue' ? 0 : (entry.location?.line ?? 0)
}

function distinct(entries: readonly FileEntry[]): readonly FileEntry[] {
  return [...new Map(entries.map(entry => [JSON.stringify(entry), entry])).values()]
}

/** The name under which BuildKit looks for a named context; what is no reference is its own name, in lower case. */
export function familiarName(name: string): string {
  const reference = parseReference(name)
  return reference.ok ? formatFamiliar(reference.value) : name.toLowerCase()
}

type Scope = {
  readonly options: DockerfileOptions
  readonly escape: string
  readonly target: Platform
  /** Arguments from before the first FROM, the only ones that FROM knows. */
  readonly globals: Map<string, string | {readonly unknown: string}>
  readonly stages: Stage[]
  /** The stages so far by their names, in lower case. */
  readonly names: Map<string, Stage>
}

type Stage = {
  readonly commands: Instruction[]
  /** Another stage builds on it, and pulls its triggers. */
  isBase: boolean
}

function findForTarget(
  options: DockerfileOptions,
  escape: string,
  instructions: readonly Instruction[],
  target: Platform
): readonly FileEntry[] {
  const scope: Scope = {
    ...{options, escape, target, stages: [], names: new Map()},
    globals: new Map(automaticArgs(options.buildPlatform, target))
  }
  const entries: FileEntry[] = []
  const firstFrom = instructions.findIndex(({keyword}) => keyword === 'FROM')
  for (const instruction of instructions.slice(0, firstFrom)) declareArgs(scope, instruction)
  for (const instruction of instructions) {
    if (instruction.keyword === 'FROM') entries.push(...readFrom(scope, instruction))
    else scope.stages.at(-1)?.commands.push(instruction)
  }
  for (const {commands, isBase} of scope.stages)
    for (const command of commands) entries.push(...findInCommand(scope, command, isBase))
  return entries
}

function automaticArgs(build: Platform, target: Platform): readonly (readonly [string, string])[] {
  return (
    [
      ['BUILD', build],
      ['TARGET', target]
    ] as const
  ).flatMap(([prefix, platform]) => [
    [`${prefix}PLATFORM`, formatPlatform(platform)],
    [`${prefix}OS`, platform.os],
    [`${prefix}ARCH`, platform.architecture],
    [`${prefix}VARIANT`, platform.variant ?? '']
  ])
}

function lookupIn({globals}: Scope): Lookup {
  return name => globals.get(name)
}

function expandIn(scope: Scope, text: string): Expanded {
  return expand(text, lookupIn(scope), {
    escape: scope.escape,
    describeUnset: name =>
      scope.options.unknownArgs.get(name) ??
      `ARG ${name} has no default before the first FROM, and nothing gives it a value`
  })
}

function declareArgs(scope: Scope, {keyword, rest}: Instruction): void {
  if (keyword !== 'ARG') return
  const {args, unknownArgs} = scope.options
  for (const word of splitWords(rest, scope.escape)) {
    const equals = word.indexOf('=')
    const name = equals < 0 ? word : word.slice(0, equals)
    const given = args.get(name)
    const why = unknownArgs.get(name)
    if (given !== undefined) scope.globals.set(name, given)
    else if (why !== undefined) scope.globals.set(name, {unknown: why})
    else if (equals >= 0) {
      const value = expandIn(scope, word.slice(equals + 1))
      scope.globals.set(name, value.ok ? value.value : {unknown: value.reason})
    }
  }
}

function readFrom(scope: Scope, instruction: Instruction): readonly FileEntry[] {
  const {contexts, location: start} = scope.options
  const location = {file: start.file, line: instruction.line}
  const [written = '', as, named, ...more] = instruction.rest.split(/[\t\v\f\r ]+/)
  const isWhole = as === undefined ? named === undefined : as.toUpperCase() === 'AS' && named !== undefined
  if (written === '' || !isWhole || more.length > 0)
    rejectFile({
      value: excerpt(`FROM ${instruction.rest}`),
      reason: 'FROM has an image, and perhaps AS and a name',
      example: 'FROM php:8.3.8-cli AS build',
      location
    })
  const name = named?.toLowerCase()
  const base = expandIn(scope, written)
  const baseStage = base.ok ? scope.names.get(base.value.toLowerCase()) : undefined
  if (baseStage !== undefined) baseStage.isBase = true
  const declared: Stage = {commands: [], isBase: false}
  scope.stages.push(declared)
  if (name !== undefined) scope.names.set(name, declared)
  // A context that has the name of a stage stands in for it.
  if (name !== undefined && contexts.has(familiarName(name))) return []
  const stage: readonly FileEntry[] = name === undefined ? [] : [{type: 'stage', name, location}]
  if (!base.ok) return [...stage, {type: 'skipped', text: excerpt(`FROM ${written}`), reason: base.reason, location}]
  if (base.value === '')
    rejectFile({
      value: excerpt(`FROM ${written}`),
      reason: 'FROM has an image',
      example: 'FROM php:8.3.8-cli',
      location
    })
  if (baseStage !== undefined) return stage
  const {runsOn, found} = platformOf(scope, instruction, location)
  return [...stage, ...found, ...imageIn(scope, base.value, location, runsOn)]
}

function imageIn(
  {options: {contexts}, target}: Scope,
  text: string,
  location: SourceLocation,
  runsOn: 'target' | 'targets' | Platform
): readonly FileEntry[] {
  if (text === 'scratch' || contexts.has(familiarName(text))) return []
  return [{type: 'image', text, location, platform: runsOn === 'targets' ? target : runsOn}]
}

// What stands in `--platform`. One that follows the target is for whatever is built for.
function platformOf(
  scope: Scope,
  {flags}: Instruction,
  location: SourceLocation
): {readonly runsOn: 'target' | 'targets' | Platform; readonly found: readonly FileEntry[]} {
  const ofTarget = scope.options.usesOwnPlatforms ? 'targets' : 'target'
  const flag = flags.find(({name}) => name === 'platform')
  if (flag === undefined || /^\$\{?TARGETPLATFORM\}?$/.test(flag.value)) return {runsOn: ofTarget, found: []}
  const text = excerpt(`FROM --platform=${flag.value}`)
  const value = expandIn(scope, flag.value)
  if (!value.ok) return {runsOn: ofTarget, found: [{type: 'skipped', text, reason: value.reason, location}]}
  const platform = parsePlatform(value.value)
  if (!platform.ok)
    return rejectFile({value: text, reason: platform.reason, example: '--platform=linux/arm64', location})
  return {runsOn: platform.value, found: []}
}

function findInCommand(scope: Scope, command: Instruction, isInherited: boolean): readonly FileEntry[] {
  const {file} = scope.options.location
  switch (command.keyword) {
    case 'COPY':
      return command.flags
        .filter(({name}) => name === 'from')
        .flatMap(({value, line}) => findCopied(scope, value, {file, line}))
    case 'RUN':
      return command.flags
        .filter(({name}) => name === 'mount')
        .flatMap(({value, line}) => findFrom(scope, mountSource(value), 'from', {file, line}))
    case 'ONBUILD': {
      // A trigger is for the stages that build on this one.
      const trigger = isInherited ? parseTrigger(command, scope.escape) : undefined
      return trigger === undefined || trigger.keyword === 'ONBUILD' ? [] : findInCommand(scope, trigger, true)
    }
    default:
      return []
  }
}

// BuildKit resolves the `from` of every mount, whatever its type: that may be a variable, which it expands only later
// (dockerfile2llb/convert_runmount.go). Of two, the last counts.
function mountSource(value: string): string {
  const source = fieldsOf(value).findLast(field => /^from=/i.test(field))
  return source?.slice('from='.length) ?? ''
}

// One line of CSV: a field in quotes may have commas in it, and a quote is doubled there. None when BuildKit refuses the line.
function fieldsOf(line: string): readonly string[] {
  const FIELD = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y
  const fields: string[] = []
  while (FIELD.lastIndex <= line.length) {
    const match = FIELD.exec(line)
    if (match === null) return []
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '')
    if (match[3] === '') return fields
  }
  return fields
}

// COPY knows stages by their numbers too, as Go's strconv.Atoi reads them.
function findCopied(scope: Scope, source: string, location: SourceLocation): readonly FileEntry[] {
  const {length} = scope.stages
  const number = /^[+-]?\d+$/.test(source) ? BigInt(source.replace('+', '')) : undefined
  if (number === undefined || BigInt.asIntN(64, number) !== number) return findFrom(scope, source, '--from', location)
  if (number >= 0n && number < BigInt(length)) return []
  return rejectFile({
    value: `--from=${source}`,
    reason: `there is no stage ${source}; stages are counted from 0, and there are ${String(length)}`,
    example: '--from=0',
    location
  })
}

// A stage by its name, a context, or an image. BuildKit expands no variables here.
function findFrom(scope: Scope, source: string, where: string, location: SourceLocation): readonly FileEntry[] {
  if (source === '' || scope.names.has(source.toLowerCase())) return []
  if (source.includes('$'))
    return [
      {
        type: 'skipped',
        text: excerpt(`${where}=${source}`),
        reason:
          'BuildKit expands no variables there; a stage of its own, FROM with that variable, can be named instead',
        location
      }
    ]
  return imageIn(scope, source, location, scope.options.usesOwnPlatforms ? 'targets' : 'target')
}
