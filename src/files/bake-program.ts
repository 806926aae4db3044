// Runs `docker buildx bake --print`, which evaluates Bake files without a daemon, a builder, or the network.
// The author of the files may be a stranger. So Bake gets copies of them in a folder of their own, and no other file, no secret, and no
// variable that files do not see. Files of HCL and JSON cannot read others; a Compose file can, and is never passed.

import {accessSync, constants, mkdtempSync, realpathSync, rmSync, writeFileSync} from 'node:fs'
import {platform, tmpdir} from 'node:os'
import {delimiter, isAbsolute, join} from 'node:path'
import {isBelow} from '../filesystem/real-path.ts'
import {type ProgramEnd, runProgram} from '../process/run-program.ts'
import type {BakeAnswer, BakeRequest} from './bake/run-bake.ts'

export type BakeProgram = {
  /** The environment in which a program is looked for. Bake does not get it. */
  readonly environment: Readonly<Record<string, string>>
  readonly workspace: string
  readonly signal: AbortSignal
}

// Bake takes a tenth of a second for the largest files of public repositories, and minutes for one with 8000 targets.
const DEADLINE_MS = 30_000

// An expression may double a text forty times.
const MAX_MEMORY_KB = 4 * 1024 * 1024
const MAX_OUTPUT = 32 * 1024 * 1024

/** Rejects with the signal's reason. */
export async function runBakeProgram(request: BakeRequest, program: BakeProgram): Promise<BakeAnswer> {
  const path = findProgram(program)
  if (path === undefined) return {kind: 'unavailable', reason: NO_PROGRAM}
  const folder = mkdtempSync(join(program.environment['RUNNER_TEMP'] ?? tmpdir(), 'verified-image-bake-'))
  try {
    return answerOf(await startBake(path, folder, request, program.signal))
  } finally {
    rmSync(folder, {recursive: true, force: true})
  }
}

const NO_PROGRAM =
  'Bake files need Docker Buildx 0.13 or later, and this machine has none. Run docker/setup-buildx-action before this step'

function startBake(
  path: string,
  folder: string,
  {texts, target, variables}: BakeRequest,
  signal: AbortSignal
): Promise<ProgramEnd> {
  // The names tell the language, and the number of the file in a message.
  const files = texts.map((text, at) => {
    const file = join(folder, `${String(at)}.${/^\s*\{/.test(text) ? 'json' : 'hcl'}`)
    writeFileSync(file, text)
    return file
  })
  const args = ['bake', ...files.map(file => `--file=${file}`), '--progress=plain', '--print', '--', target]
  const [program, programArgs] = withMemoryLimit(path, args)
  return runProgram(program, programArgs, {
    environment: {
      ...Object.fromEntries(variables),
      // No Docker config, no builders, and no temporary files elsewhere.
      ...{DOCKER_CONFIG: folder, BUILDX_CONFIG: folder, TMPDIR: folder}
    },
    folder,
    signal,
    deadlineMs: DEADLINE_MS,
    maxCharacters: MAX_OUTPUT
  })
}

function withMemoryLimit(path: string, args: readonly string[]): readonly [string, readonly string[]] {
  if (platform() !== 'linux') return [path, args]
  return ['/bin/sh', ['-c', `ulimit -v ${String(MAX_MEMORY_KB)} && exec "$@"`, 'sh', path, ...args]]
}

const EXHAUSTED = `evaluating it takes Bake more than ${String(DEADLINE_MS / 1000)} s or ${String(MAX_MEMORY_KB / 1024 / 1024)} GiB of memory`

function answerOf(end: ProgramEnd): BakeAnswer {
  if (end.kind === 'late') return {kind: 'exhausted', reason: EXHAUSTED}
  if (end.kind !== 'exited') return {kind: 'unavailable', reason: 'Docker Buildx cannot be started'}
  if (end.code === 0)
    return end.isCut
      ? {kind: 'exhausted', reason: 'Bake prints more than 32 MiB for it'}
      : {kind: 'printed', text: end.stdout}
  if (end.code === null || /^(?:fatal error|runtime): /m.test(end.stderr)) return {kind: 'exhausted', reason: EXHAUSTED}
  const place = /(?:^|[\s/])(\d{1,4})\.(?:hcl|json):(\d{1,7})\b/m.exec(end.stderr)
  return {kind: 'refused', at: place === null ? undefined : Number(place[1]), line: Number(place?.[2] ?? 1)}
}

/**
 * The path of buildx: the plugin that `docker buildx` starts, or a program of that name. It is started itself, since `docker` would
 * read the user's config. A program in the workspace is not used: a pull request may have put it there.
 */
function findProgram({environment, workspace}: BakeProgram): string | undefined {
  const suffix = platform() === 'win32' ? '.exe' : ''
  const home = environment['HOME'] ?? environment['USERPROFILE']
  const config = environment['DOCKER_CONFIG'] ?? (home === undefined ? undefined : join(home, '.docker'))
  const plugins = [...(config === undefined ? [] : [join(config, 'cli-plugins')]), ...systemFolders(environment)]
  const path = (environment['PATH'] ?? environment['Path'] ?? '').split(delimiter)
  return [
    ...plugins.map(folder => join(folder, `docker-buildx${suffix}`)),
    ...path.flatMap(folder => [join(folder, `docker-buildx${suffix}`), join(folder, `buildx${suffix}`)])
  ].find(file => isAbsolute(file) && isUsable(file, workspace))
}

// docker/cli, cli-plugins/manager.
function systemFolders(environment: BakeProgram['environment']): readonly string[] {
  if (platform() === 'win32')
    return ['ProgramData', 'ProgramFiles'].flatMap(name => {
      const folder = environment[name]
      return folder === undefined ? [] : [join(folder, 'Docker', 'cli-plugins')]
    })
  return ['/usr/local/lib', '/usr/local/libexec', '/usr/lib', '/usr/libexec'].map(folder =>
    join(folder, 'docker', 'cli-plugins')
  )
}

function isUsable(file: string, workspace: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    const real = realpathSync.native(file)
    return workspace === '' || !isBelow(real, realpathSync.native(workspace))
  } catch {
    // It is not there, or may not be started.
    return false
  }
}
