// The files of the workspace that name images: finds them by pattern, reads them, and follows them to the Dockerfiles they build.
// What stands in them is src/files/'s; loaded only when the input `files` is set.

import {readFileSync, statSync} from 'node:fs'
import {posix, relative, resolve, sep} from 'node:path'
import {parseEnv} from 'node:util'
import {glob} from 'tinyglobby'
import {formatPlace, type InputFault, type Place, VerifiedImageError} from '../acquire/failure.ts'
import type {PlatformChoice} from '../acquire/image.ts'
import {findInBake} from '../files/bake.ts'
import {findInCompose} from '../files/compose.ts'
import {familiar, findInDockerfile} from '../files/dockerfile.ts'
import {expand, type Lookup} from '../files/expand.ts'
import {type Build, type Finding, refuse} from '../files/finding.ts'
import {kindOf, kindOfName} from '../files/kind.ts'
import type {Platform} from '../oci/platform.ts'
import {isErrno} from './local-io.ts'

export type FilesOptions = {
  /** Paths and globs; those with a `!` before them take away. */
  readonly patterns: readonly string[]
  readonly workspace: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly machine: Platform
  readonly platforms: PlatformChoice
}

export type FilesFound = {
  readonly images: readonly Image[]
  readonly gaps: readonly Gap[]
  readonly faults: readonly InputFault[]
}

export const findInFiles = async (options: FilesOptions): Promise<FilesFound> => {
  const matched = await matchFiles(options)
  const workspace = openWorkspace(options)
  const read = matched.files.map(file => ({...file, findings: collect(() => readOne(workspace, file))}))
  // A Dockerfile that a Compose or Bake file builds lacks, by itself, the arguments and contexts that it is built with.
  const built = new Set(
    read.flatMap(({file, findings}) =>
      findings.map(finding => dockerfileOf(workspace, finding)).filter(of => of !== file)
    )
  )
  const followed = read.flatMap(({file, isWritten, findings}) =>
    findings.flatMap(finding => {
      if (finding.type !== 'build') return [finding]
      const isAlone = dockerfileOf(workspace, finding) === file
      return isAlone && built.has(file) && !isWritten ? [] : collect(() => followBuild(workspace, finding))
    })
  )
  const findings = distinct([...matched.faults, ...followed])
  const {images, gaps} = nameContexts(findings)
  return {
    images,
    gaps: [...findings.filter(finding => finding.type === 'gap'), ...gaps],
    faults: findings.flatMap(finding => (finding.type === 'fault' ? [finding.fault] : []))
  }
}

// A context stands for one image in all builds, and takes the place of a stage of its name: a build would silently be another one.
// Such a name is left out, and said.
const nameContexts = (findings: readonly Finding[]): Pick<FilesFound, 'images' | 'gaps'> => {
  const all = findings.filter(finding => finding.type === 'image')
  const stages = new Set(findings.flatMap(finding => (finding.type === 'stage' ? [finding.name] : [])))
  const gaps: Gap[] = []
  const leaveOut = (name: string, what: string, place: Place): void => {
    const why = `${what}, and would be taken for it in a build; the image is verified all the same`
    gaps.push({type: 'gap', text: `${name} in build-contexts`, why, place})
  }
  const images = all.map((image): Image => {
    const {context, ...unnamed} = image
    const {text, place} = image
    const isStageToo = stages.has(familiar(text))
    if (isStageToo) leaveOut(familiar(text), 'a stage has that name', place)
    const other = all.find(({context: name, text: own}) => name === context && familiar(own) !== familiar(text))
    if (context === undefined) return {...unnamed, isStageToo}
    if (other === undefined && !stages.has(context.toLowerCase())) return {...unnamed, isStageToo, context}
    const what = other === undefined ? 'a stage has that name' : `it is ${other.text} at ${formatPlace(other.place)}`
    leaveOut(context, what, place)
    return {...unnamed, isStageToo}
  })
  return {images, gaps}
}

type Image = Extract<Finding, {type: 'image'}>
type Gap = Extract<Finding, {type: 'gap'}>
type Fault = Extract<Finding, {type: 'fault'}>
type Matched = {readonly file: string; readonly isWritten: boolean}

const fault = (written: string, rule: string): Fault => ({
  type: 'fault',
  fault: {input: 'files', written, rule, example: 'docker/**/Dockerfile'}
})

// Nobody means these, and a workspace may hold thousands.
const NEVER = ['**/.git/**', '**/node_modules/**']

const matchFiles = async ({
  patterns,
  workspace
}: FilesOptions): Promise<{readonly files: readonly Matched[]; readonly faults: readonly Fault[]}> => {
  const excluded = patterns.filter(pattern => pattern.startsWith('!')).map(pattern => pattern.slice(1).trim())
  const files = new Map<string, Matched>()
  const faults: Fault[] = []
  for (const pattern of patterns.filter(text => !text.startsWith('!'))) {
    const place = statSync(resolve(workspace, pattern), {throwIfNoEntry: false})
    if (place?.isDirectory() === true) {
      faults.push(fault(pattern, 'it is a folder, and files are wanted'))
      continue
    }
    const isWritten = place?.isFile() === true
    const found = isWritten
      ? [pattern]
      : await glob([pattern.replaceAll('\\', '/')], {
          ...{cwd: workspace, dot: true, expandDirectories: false, followSymbolicLinks: false},
          ignore: [...excluded, ...NEVER]
        })
    if (found.length === 0) faults.push(fault(pattern, 'it matches no file in the workspace'))
    for (const path of found.toSorted()) {
      const file = relative(workspace, resolve(workspace, path)).replaceAll(sep, '/')
      files.set(file, {file, isWritten: isWritten || files.get(file)?.isWritten === true})
    }
  }
  return {files: [...files.values()], faults}
}

type Workspace = {
  readonly options: FilesOptions
  /** The text of a file, relative to the workspace; undefined when there is none. */
  readonly read: (file: string) => string | undefined
  readonly isLarge: (file: string) => boolean
  readonly variables: Lookup
  readonly variablesOf: (file: string) => Lookup
}

// Far more than anybody writes by hand, and little enough to be read at once.
const MAX_FILE_BYTES = 1024 * 1024

const openWorkspace = (options: FilesOptions): Workspace => {
  const {workspace, environment} = options
  const isLarge = (file: string): boolean =>
    (statSync(resolve(workspace, file), {throwIfNoEntry: false})?.size ?? 0) > MAX_FILE_BYTES
  const read = (file: string): string | undefined => {
    const path = resolve(workspace, file)
    const unreadable = (rule: string): never =>
      refuse({written: file, rule, example: 'docker/**/Dockerfile', place: {file, line: 1}})
    try {
      if (statSync(path, {throwIfNoEntry: false})?.isFile() !== true) return undefined
      if (isLarge(file)) return unreadable('it is larger than 1 MiB, which no such file is')
      return readFileSync(path, 'utf8')
    } catch (error) {
      if (error instanceof VerifiedImageError) throw error
      if (isErrno(error, 'ENOTDIR')) return undefined
      return unreadable(`it cannot be read: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  const known = new Map<string, Lookup>()
  const variables: Lookup = name => environment[name]
  return {
    options,
    read,
    isLarge,
    variables,
    variablesOf: file => {
      const beside = posix.join(posix.dirname(file), '.env')
      const lookup = known.get(beside) ?? variablesIn(read(beside) ?? '', variables)
      known.set(beside, lookup)
      return lookup
    }
  }
}

// A variable of the job comes before the same one in .env, and one in .env may be made from those above it.
const variablesIn = (text: string, outer: Lookup): Lookup => {
  const values = new Map<string, string>()
  const lookup: Lookup = name => outer(name) ?? values.get(name)
  for (const [name, value = ''] of Object.entries(parseEnv(text))) {
    const expanded = expand(value, lookup, {escape: undefined, describeUnset: unset => `${unset} is not set`})
    values.set(name, expanded.ok ? expanded.value : value)
  }
  return lookup
}

const readOne = (
  {options, read, isLarge, variables, variablesOf}: Workspace,
  {file, isWritten}: Matched
): readonly Finding[] => {
  // What a glob caught by the way is not looked into when it is large.
  if (!isWritten && kindOfName(file) === undefined && isLarge(file)) return []
  const text = read(file) ?? ''
  switch (kindOf(file, text)) {
    case 'compose':
      return findInCompose({text, file, variablesOf, read})
    case 'bake':
      return findInBake({text, file, lookup: variables, buildPlatform: options.machine})
    case 'dockerfile':
      return [dockerfileAlone(file)]
    case undefined:
      return isWritten ? [notOneOfThem(file)] : []
  }
}

const distinct = (findings: readonly Finding[]): readonly Finding[] => [
  ...new Map(findings.map(finding => [JSON.stringify(finding), finding])).values()
]

const collect = (find: () => readonly Finding[]): readonly Finding[] => {
  try {
    return find()
  } catch (error) {
    if (!(error instanceof VerifiedImageError) || error.failure.kind !== 'invalid-input') throw error
    return error.failure.faults.map(fault => ({type: 'fault', fault}))
  }
}

const dockerfileAlone = (file: string): Build => ({
  type: 'build',
  place: {file, line: 1},
  dockerfile: {path: posix.basename(file)},
  ...{context: posix.dirname(file), bases: ['.'], args: new Map(), unknownArgs: new Map()},
  ...{contexts: new Set(), platforms: [], isTemplate: false}
})

const notOneOfThem = (file: string): Finding => ({
  type: 'fault',
  fault: {
    input: 'files',
    written: file,
    rule: 'it is no Dockerfile, Compose or Bake file, neither by its name nor by what stands in it',
    example: 'Dockerfile, compose.yaml or docker-bake.hcl',
    place: {file, line: 1}
  }
})

const placesOfDockerfile = ({bases, context}: Build, path: string): readonly string[] =>
  bases.map(base => {
    const folder = posix.isAbsolute(context) ? context : posix.join(base, context)
    return posix.isAbsolute(path) ? path : posix.join(folder, path)
  })

/** The file that a build reads, when it is there. */
const dockerfileOf = ({read}: Workspace, finding: Finding): string | undefined => {
  if (finding.type !== 'build' || 'text' in finding.dockerfile) return undefined
  return placesOfDockerfile(finding, finding.dockerfile.path).find(file => read(file) !== undefined)
}

const followBuild = (workspace: Workspace, build: Build): readonly Finding[] => {
  const {dockerfile, place} = build
  if ('text' in dockerfile) {
    const {text, firstLine, isBlock} = dockerfile
    const found = readDockerfile(workspace, build, text, {file: place.file, line: firstLine})
    return isBlock ? found : found.map(finding => atLine(finding, firstLine))
  }
  const file = dockerfileOf(workspace, build)
  const text = file === undefined ? undefined : workspace.read(file)
  if (file !== undefined && text !== undefined) return readDockerfile(workspace, build, text, {file, line: 1})
  if (build.isTemplate) return []
  return refuse({
    written: dockerfile.path,
    rule: `there is no file ${placesOfDockerfile(build, dockerfile.path)[0] ?? ''}`,
    example: 'dockerfile: docker/Dockerfile',
    place
  })
}

const atLine = (finding: Finding, line: number): Finding =>
  finding.type === 'image' || finding.type === 'gap' ? {...finding, place: {...finding.place, line}} : finding

// The platforms of the input come before those that a file names.
const readDockerfile = (
  {options: {machine, platforms}}: Workspace,
  build: Build,
  text: string,
  place: Place
): readonly Finding[] => {
  const ownsTargets = platforms.kind === 'machine' && build.platforms.length > 0
  return findInDockerfile({
    ...{text, place, args: build.args, unknownArgs: build.unknownArgs, contexts: build.contexts, ownsTargets},
    buildPlatform: machine,
    targets: ownsTargets
      ? build.platforms
      : platforms.kind === 'named' && platforms.platforms.length > 0
        ? platforms.platforms
        : [machine]
  })
}
