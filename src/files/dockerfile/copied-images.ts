// The images that commands take files from: COPY --from, RUN --mount=from, and both within ONBUILD.
// Stages, build contexts, and images share one namespace there, in this order.

import type {SourceLocation} from '../../failure/failure.ts'
import {excerpt, type FileEntry, rejectFile} from '../language/file-entry.ts'
import {type BuildScope, imageEntry, type Stage, targetPlatform} from './build-scope.ts'
import {type Instruction, parseTrigger} from './lines.ts'

/** All stages of the file are known: COPY may name a later one, which BuildKit refuses. */
export function findInStage(scope: BuildScope, {commands, isBase}: Stage): readonly FileEntry[] {
  return commands.flatMap(command => findInCommand(scope, command, isBase ? 'run-triggers' : 'ignore-triggers'))
}

/** A stage runs the ONBUILD triggers of the stage that it builds on. */
type Triggers = 'run-triggers' | 'ignore-triggers'

function findInCommand(scope: BuildScope, command: Instruction, triggers: Triggers): readonly FileEntry[] {
  const {file} = scope.options.location
  switch (command.keyword) {
    case 'COPY':
      return command.flags
        .filter(({name}) => name === 'from')
        .flatMap(({value, line}) => findCopySource(scope, value, {file, line}))
    case 'RUN':
      return command.flags
        .filter(({name}) => name === 'mount')
        .flatMap(({value, line}) => findSource(scope, mountSource(value), 'from', {file, line}))
    case 'ONBUILD': {
      const trigger = triggers === 'run-triggers' ? parseTrigger(command, scope.escape) : undefined
      return trigger === undefined || trigger.keyword === 'ONBUILD' ? [] : findInCommand(scope, trigger, triggers)
    }
    default:
      return []
  }
}

// COPY accepts the number of a stage too, as Go's strconv.Atoi reads it.
function findCopySource(scope: BuildScope, source: string, location: SourceLocation): readonly FileEntry[] {
  const {length} = scope.stages
  const number = /^[+-]?\d+$/.test(source) ? BigInt(source.replace('+', '')) : undefined
  if (number === undefined || BigInt.asIntN(64, number) !== number) return findSource(scope, source, '--from', location)
  if (number >= 0n && number < BigInt(length)) return []
  return rejectFile({
    value: `--from=${source}`,
    reason: `stage ${source} does not exist: the file has ${String(length)}, counted from 0`,
    example: '--from=0',
    location
  })
}

/** The name of a stage, of a build context, or of an image. */
function findSource(scope: BuildScope, source: string, flag: string, location: SourceLocation): readonly FileEntry[] {
  if (source === '' || scope.stagesByName.has(source.toLowerCase())) return []
  if (source.includes('$')) {
    const reason =
      'BuildKit does not expand variables here. Add a stage, such as "FROM php:${VERSION} AS php", and name the stage.'
    return [{type: 'skipped', text: excerpt(`${flag}=${source}`), reason, location}]
  }
  return imageEntry(scope, source, location, targetPlatform(scope))
}

// BuildKit resolves the `from` of a mount of every type, since it expands a variable in the type only later
// (dockerfile2llb/convert_runmount.go). The last `from` counts.
function mountSource(value: string): string {
  const source = csvFields(value).findLast(field => /^from=/i.test(field))
  return source?.slice('from='.length) ?? ''
}

/** One line of CSV: a field in quotes may contain commas, and doubled quotes. Empty for a line that BuildKit refuses. */
function csvFields(line: string): readonly string[] {
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
