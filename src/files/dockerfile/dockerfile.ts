// The images of a Dockerfile: FROM, COPY --from, RUN --mount=from=, and the frontend of the syntax directive, one entry per line
// that names one.

import type {SourceLocation} from '../../failure/failure.ts'
import type {Platform} from '../../oci/platform.ts'
import {familiarName} from '../language/build-context.ts'
import {type FileEntry, rejectFile} from '../language/file-entry.ts'
import {trim} from '../language/go-text.ts'
import {createBuildScope, declareGlobalArgs, type DockerfileOptions} from './build-scope.ts'
import {findInStage} from './copied-images.ts'
import type {SyntaxDirective} from './directives.ts'
import {type Instruction, readLines} from './lines.ts'
import {readFrom} from './stages.ts'

/** Throws 'invalid-input' for a file that is not a Dockerfile. */
export function findInDockerfile(options: DockerfileOptions): readonly FileEntry[] {
  const {location} = options
  const {escape, syntax, instructions} = readLines(options.text, location)
  const frontend = findFrontend(options, syntax)
  if (!isDockerfile(instructions)) {
    // A frontend of its own may read another language.
    if (syntax !== undefined) return frontend
    rejectFile({
      // The text is not quoted: the author of a Compose file can name any file as a Dockerfile.
      value: location.file,
      reason: 'not a Dockerfile: it must begin with FROM, or with ARG and then FROM',
      example: 'FROM php:8.3.8-cli',
      location: {file: location.file, line: instructions[0]?.line ?? location.line}
    })
  }
  const found = options.targets.map(target => ({
    target,
    entries: findForTarget(options, escape, instructions, target)
  }))
  // The frontend comes last: it reads the Dockerfile, and is not part of the image.
  return [...distinct(limitToTargets(found)).toSorted((a, b) => lineOf(a) - lineOf(b)), ...frontend]
}

function isDockerfile(instructions: readonly Instruction[]): boolean {
  const first = instructions[0]?.keyword
  return (first === 'ARG' || first === 'FROM') && instructions.some(({keyword}) => keyword === 'FROM')
}

/** The image of BUILDKIT_SYNTAX or of the syntax directive. It runs on the platform of the host that builds. */
function findFrontend(
  {args, unknownArgs, location: {file, line}, buildPlatform, contexts}: DockerfileOptions,
  syntax: SyntaxDirective | undefined
): readonly FileEntry[] {
  const location: SourceLocation = {file, line: syntax?.line ?? line}
  const reason = unknownArgs.get('BUILDKIT_SYNTAX')
  if (reason !== undefined) return [{type: 'skipped', text: 'BUILDKIT_SYNTAX', reason, location}]
  const given = args.get('BUILDKIT_SYNTAX')
  const image = given === undefined ? syntax?.image : trim(given).split(' ', 1)[0]
  if (image === undefined || image === '' || contexts.has(familiarName(image))) return []
  return [{type: 'image', text: image, location, platform: buildPlatform}]
}

function findForTarget(
  options: DockerfileOptions,
  escape: string,
  instructions: readonly Instruction[],
  target: Platform
): readonly FileEntry[] {
  const scope = createBuildScope(options, escape, target)
  const entries: FileEntry[] = []
  for (const instruction of instructions) {
    const stage = scope.stages.at(-1)
    if (instruction.keyword === 'FROM') entries.push(...readFrom(scope, instruction))
    else if (stage !== undefined) stage.commands.push(instruction)
    else if (instruction.keyword === 'ARG') declareGlobalArgs(scope, instruction)
  }
  return [...entries, ...scope.stages.flatMap(stage => findInStage(scope, stage))]
}

type TargetEntries = {readonly target: Platform; readonly entries: readonly FileEntry[]}

/** Limits an image to a target when other targets lack it, as with `FROM app:$TARGETARCH`. */
function limitToTargets(found: readonly TargetEntries[]): readonly FileEntry[] {
  const keys = found.map(({entries}) => new Set(entries.map(keyOf)))
  return found.flatMap(({target, entries}) =>
    entries.map(entry => {
      if (entry.type !== 'image' || entry.platform !== 'target') return entry
      return keys.every(of => of.has(keyOf(entry))) ? entry : {...entry, platform: target}
    })
  )
}

function distinct(entries: readonly FileEntry[]): readonly FileEntry[] {
  return [...new Map(entries.map(entry => [keyOf(entry), entry])).values()]
}

function keyOf(entry: FileEntry): string {
  return JSON.stringify(entry)
}

function lineOf(entry: FileEntry): number {
  return entry.type === 'issue' ? 0 : (entry.location?.line ?? 0)
}
