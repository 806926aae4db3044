// The images that a Dockerfile needs from outside: FROM, COPY --from, RUN --mount=from= and the syntax directive, each once per
// line that names it. Follows BuildKit's frontend (frontend/dockerfile/dockerfile2llb/convert.go) in what is a stage and what not.

import type {Place} from '../acquire/failure.ts'
import {formatPlatform, parsePlatform, type Platform} from '../oci/platform.ts'
import {formatFamiliar, parseReference} from '../oci/reference.ts'
import {type Instruction, parseTrigger, readLines, splitWords} from './dockerfile-lines.ts'
import {expand, type Expanded, type Lookup} from './expand.ts'
import {excerpt, type Finding, refuse} from './finding.ts'

export type DockerfileOptions = {
  readonly text: string
  /** The first line of the text. */
  readonly place: Place
  readonly args: ReadonlyMap<string, string>
  readonly unknownArgs: ReadonlyMap<string, string>
  /** Names that do not lead to a registry, in familiar form. */
  readonly contexts: ReadonlySet<string>
  /** Where BuildKit runs. */
  readonly buildPlatform: Platform
  /** What is built for: automatic arguments have their values. */
  readonly targets: readonly Platform[]
  /** True when the targets are the file's own, so that its images are for them whatever the run is for. */
  readonly ownsTargets: boolean
}

export const findInDockerfile = (options: DockerfileOptions): readonly Finding[] => {
  const {place} = options
  const {escape, syntax, instructions} = readLines(options.text, place)
  const syntaxFindings = findSyntax(options, syntax)
  const [first] = instructions
  const isDockerfile =
    (first?.keyword === 'ARG' || first?.keyword === 'FROM') && instructions.some(({keyword}) => keyword === 'FROM')
  if (!isDockerfile) {
    // Another frontend reads another language.
    if (syntax !== undefined) return syntaxFindings
    refuse({
      written: excerpt(options.text.split('\n', 1)[0] ?? ''),
      rule: 'a Dockerfile begins with FROM, or with ARG and then FROM',
      example: 'FROM php:8.3.8-cli',
      place: first === undefined ? place : {file: place.file, line: first.line}
    })
  }
  const found = forTargets(options.targets, target => findForTarget(options, escape, instructions, target))
  // The frontend last: it is what the build is read with, not what it is built from.
  return [...distinct(found).toSorted((a, b) => lineOf(a) - lineOf(b)), ...syntaxFindings]
}

// What is found for some of the targets only, since its name has one in it, is for those.
const forTargets = (
  targets: readonly Platform[],
  find: (target: Platform) => readonly Finding[]
): readonly Finding[] => {
  const lists = targets.map(target => ({target, findings: find(target)}))
  const texts = lists.map(({findings}) => new Set(findings.map(finding => JSON.stringify(finding))))
  return lists.flatMap(({target, findings}) =>
    findings.map(finding => {
      if (finding.type !== 'image' || finding.runsOn !== 'target') return finding
      const text = JSON.stringify(finding)
      return texts.every(of => of.has(text)) ? finding : {...finding, runsOn: target}
    })
  )
}

// The frontend runs where the build does.
const findSyntax = (
  {args, place, buildPlatform, contexts}: DockerfileOptions,
  syntax: {readonly image: string; readonly line: number} | undefined
): readonly Finding[] => {
  const image = args.get('BUILDKIT_SYNTAX') ?? syntax?.image
  if (image === undefined || contexts.has(familiar(image))) return []
  const line = syntax?.line ?? place.line
  return [{type: 'image', text: image, place: {file: place.file, line}, runsOn: buildPlatform}]
}

const lineOf = (finding: Finding): number => (finding.type === 'fault' ? 0 : finding.place.line)

const distinct = (findings: readonly Finding[]): readonly Finding[] => [
  ...new Map(findings.map(finding => [JSON.stringify(finding), finding])).values()
]

/** The name under which BuildKit looks for a named context; what is no reference is its own name, in lower case. */
export const familiar = (name: string): string => {
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
  /** Of the stages so far, in lower case. */
  readonly names: Set<string>
}

type Stage = {
  readonly name: string | undefined
  /** Expanded; undefined when that cannot be done. */
  readonly base: string | undefined
  readonly commands: Instruction[]
}

const findForTarget = (
  options: DockerfileOptions,
  escape: string,
  instructions: readonly Instruction[],
  target: Platform
): readonly Finding[] => {
  const scope: Scope = {
    ...{options, escape, target, stages: [], names: new Set()},
    globals: new Map(automaticArgs(options.buildPlatform, target))
  }
  const findings: Finding[] = []
  const firstFrom = instructions.findIndex(({keyword}) => keyword === 'FROM')
  for (const instruction of instructions.slice(0, firstFrom)) declareArgs(scope, instruction)
  for (const instruction of instructions) {
    if (instruction.keyword === 'FROM') findings.push(...readFrom(scope, instruction))
    else scope.stages.at(-1)?.commands.push(instruction)
  }
  const bases = new Set(scope.stages.map(({base}) => base?.toLowerCase()))
  for (const {name, commands} of scope.stages)
    for (const command of commands)
      findings.push(...findInCommand(scope, command, name !== undefined && bases.has(name)))
  return findings
}

const automaticArgs = (build: Platform, target: Platform): readonly (readonly [string, string])[] =>
  (
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

const lookupIn =
  ({globals}: Scope): Lookup =>
  name =>
    globals.get(name)

const expandIn = (scope: Scope, text: string): Expanded =>
  expand(text, lookupIn(scope), {
    escape: scope.escape,
    describeUnset: name =>
      scope.options.unknownArgs.get(name) ??
      `ARG ${name} has no default before the first FROM, and nothing gives it a value`
  })

const declareArgs = (scope: Scope, {keyword, rest}: Instruction): void => {
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
      scope.globals.set(name, value.ok ? value.value : {unknown: value.why})
    }
  }
}

const readFrom = (scope: Scope, instruction: Instruction): readonly Finding[] => {
  const {contexts, place: start} = scope.options
  const place = {file: start.file, line: instruction.line}
  const [written = '', as, named, ...more] = instruction.rest.split(/\s+/)
  const isWhole = as === undefined ? named === undefined : as.toUpperCase() === 'AS' && named !== undefined
  if (written === '' || !isWhole || more.length > 0)
    refuse({
      written: excerpt(`FROM ${instruction.rest}`),
      rule: 'FROM has an image, and perhaps AS and a name',
      example: 'FROM php:8.3.8-cli AS build',
      place
    })
  const name = named?.toLowerCase()
  const base = expandIn(scope, written)
  const isStage = base.ok && scope.names.has(base.value.toLowerCase())
  scope.stages.push({name, base: base.ok ? base.value : undefined, commands: []})
  if (name !== undefined) scope.names.add(name)
  // A context that has the name of a stage stands in for it.
  if (name !== undefined && contexts.has(familiar(name))) return []
  const stage: readonly Finding[] = name === undefined ? [] : [{type: 'stage', name, place}]
  if (!base.ok) return [...stage, {type: 'gap', text: `FROM ${written}`, why: base.why, place}]
  if (base.value === '')
    refuse({written: `FROM ${written}`, rule: 'FROM has an image', example: 'FROM php:8.3.8-cli', place})
  if (isStage) return stage
  const {runsOn, found} = platformOf(scope, instruction, place)
  return [...stage, ...found, ...imageIn(scope, base.value, place, runsOn)]
}

const imageIn = (
  {options: {contexts}, target}: Scope,
  text: string,
  place: Place,
  runsOn: 'target' | 'targets' | Platform
): readonly Finding[] => {
  if (text === 'scratch' || contexts.has(familiar(text))) return []
  return [{type: 'image', text, place, runsOn: runsOn === 'targets' ? target : runsOn}]
}

// What stands in `--platform`. One that follows the target is for whatever is built for.
const platformOf = (
  scope: Scope,
  {flags}: Instruction,
  place: Place
): {readonly runsOn: 'target' | 'targets' | Platform; readonly found: readonly Finding[]} => {
  const ofTarget = scope.options.ownsTargets ? 'targets' : 'target'
  const flag = flags.find(({name}) => name === 'platform')
  if (flag === undefined || /^\$\{?TARGETPLATFORM\}?$/.test(flag.value)) return {runsOn: ofTarget, found: []}
  const text = `FROM --platform=${flag.value}`
  const value = expandIn(scope, flag.value)
  if (!value.ok) return {runsOn: ofTarget, found: [{type: 'gap', text, why: value.why, place}]}
  const platform = parsePlatform(value.value)
  if (!platform.ok) return refuse({written: text, rule: platform.why, example: '--platform=linux/arm64', place})
  return {runsOn: platform.value, found: []}
}

const findInCommand = (scope: Scope, command: Instruction, isInherited: boolean): readonly Finding[] => {
  const {file} = scope.options.place
  switch (command.keyword) {
    case 'COPY':
      return command.flags
        .filter(({name}) => name === 'from')
        .flatMap(({value, line}) => findFrom(scope, value, '--from', {file, line}))
    case 'RUN':
      return command.flags
        .filter(({name}) => name === 'mount')
        .flatMap(({value, line}) => findFrom(scope, mountSource(value), 'from', {file, line}))
    case 'ONBUILD': {
      // A trigger is for the stages that build on this one.
      if (!isInherited) return []
      return parseTrigger(command, scope.escape)
        .filter(({keyword}) => keyword !== 'ONBUILD')
        .flatMap(trigger => findInCommand(scope, trigger, true))
    }
    default:
      return []
  }
}

const mountSource = (value: string): string => {
  const options = value.split(',').map(option => option.trim().split('='))
  const optionOf = (name: string): string | undefined =>
    options
      .find(([key]) => key?.toLowerCase() === name)
      ?.slice(1)
      .join('=')
  return ['bind', 'cache'].includes(optionOf('type') ?? 'bind') ? (optionOf('from') ?? '') : ''
}

// A stage by name or number, a context, or an image. BuildKit expands no variables here.
const findFrom = (scope: Scope, source: string, where: string, place: Place): readonly Finding[] => {
  const {stages, names} = scope
  if (source === '' || names.has(source.toLowerCase())) return []
  if (source.includes('$'))
    return [
      {
        type: 'gap',
        text: `${where}=${source}`,
        why: 'BuildKit expands no variables there; a stage of its own, FROM with that variable, can be named instead',
        place
      }
    ]
  if (/^\d+$/.test(source)) {
    if (Number(source) < stages.length) return []
    refuse({
      written: `${where}=${source}`,
      rule: `there is no stage ${source}; stages are counted from 0, and there are ${String(stages.length)}`,
      example: `${where}=0`,
      place
    })
  }
  return imageIn(scope, source, place, scope.options.ownsTargets ? 'targets' : 'target')
}
