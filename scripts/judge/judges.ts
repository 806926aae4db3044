// The real tools as judges: what each says that a file names. None needs a daemon, and none sees a variable of this machine.

import {execFileSync, spawnSync} from 'node:child_process'
import {existsSync} from 'node:fs'
import {basename, dirname, join, relative} from 'node:path'
import type {Said} from './verdict.ts'

const LIMITS = {encoding: 'utf8', maxBuffer: 1 << 28, timeout: 60_000} as const

export type DockerfileJudge = (texts: readonly string[]) => readonly Said[]

/** Compiles BuildKit's parser into the folder. */
export function createDockerfileJudge(folder: string): DockerfileJudge {
  const program = join(folder, 'judge')
  execFileSync('go', ['build', '-o', program, '.'], {cwd: join('scripts', 'judge-dockerfile'), stdio: 'pipe'})
  return texts => {
    if (texts.length === 0) return []
    const input = texts.map(text => JSON.stringify({text})).join('\n')
    return execFileSync(program, {...LIMITS, input})
      .trim()
      .split('\n')
      .map(line => {
        const said = JSON.parse(line) as {readonly images: readonly string[] | null; readonly error?: string}
        return said.error === undefined ? {facts: said.images ?? [], hasGaps: false} : {refused: said.error}
      })
  }
}

type Build = {
  readonly context?: string
  readonly dockerfile?: string
  readonly dockerfile_inline?: string
  readonly args?: Readonly<Record<string, string | null>>
  readonly additional_contexts?: Readonly<Record<string, string>>
}
type Service = {
  readonly image?: string
  readonly build?: Build
  readonly pull_policy?: string
  readonly volumes?: readonly {readonly type: string; readonly source?: string}[]
  readonly pre_start?: readonly {readonly image?: string}[]
}

/** Without its check of consistency, since many files are fragments that only work with others. */
export function askCompose(root: string, file: string): Said {
  const args = [...withOverride(root, file), '--profile', '*', 'config', '--format=json', '--no-consistency']
  const {status, stdout, stderr} = spawnSync('docker-compose', args, {
    ...LIMITS,
    cwd: join(root, dirname(file)),
    env: {PATH: process.env['PATH'] ?? '', COMPOSE_PROJECT_NAME: 'judge'}
  })
  if (status !== 0) return {refused: stderr.trim().split('\n').at(-1) ?? ''}
  // The output is a Compose file itself: it has two dollar signs for one.
  const {services = {}} = JSON.parse(stdout.replaceAll('$$', '$')) as {
    readonly services?: Readonly<Record<string, Service>>
  }
  const all = Object.values(services)
  const built = new Set(all.flatMap(({build, image}) => (build === undefined || image === undefined ? [] : [image])))
  const images = all.flatMap(({build, image, pull_policy: policy, volumes = [], pre_start: hooks = []}) => [
    ...(build === undefined && policy !== 'never' ? [image] : []),
    ...volumes.flatMap(({type, source}) => (type === 'image' ? [source] : [])),
    ...hooks.map(hook => hook.image),
    ...Object.values(build?.additional_contexts ?? {}).flatMap(value =>
      value.startsWith('docker-image://') ? [value.slice('docker-image://'.length)] : []
    )
  ])
  const builds = all.flatMap(({build}) => (build === undefined ? [] : [describeBuild(root, build)]))
  const named = images.filter(image => image !== undefined && image !== '' && !built.has(image))
  return {facts: [...named, ...builds.flat()].map(String), hasGaps: false}
}

/** Arguments for the file and the override that Compose would merge with it. */
function withOverride(root: string, file: string): readonly string[] {
  const names = /^(?:docker-)?compose\.ya?ml$/.test(basename(file)) ? OVERRIDES : []
  const found = names.find(name => existsSync(join(root, dirname(file), name)))
  return [basename(file), ...(found === undefined ? [] : [found])].flatMap(name => ['-f', name])
}

const OVERRIDES = ['compose', 'docker-compose'].flatMap(name => [`${name}.override.yml`, `${name}.override.yaml`])

function describeBuild(root: string, build: Build): readonly string[] {
  const context = build.context ?? root
  const isRemote = /^(?:[a-z]+:\/\/|git@|github\.com\/)|\.git(?:#|$)/.test(context)
  if (build.dockerfile_inline === undefined && isRemote) return []
  const path = build.dockerfile ?? 'Dockerfile'
  const dockerfile = build.dockerfile_inline ?? relative(root, path.startsWith('/') ? path : join(context, path))
  return [formatBuild(dockerfile, Object.entries(build.args ?? {}))]
}

/** A build with its Dockerfile, by its path from the folder or by its text, and its arguments. */
export function formatBuild(dockerfile: string, args: readonly (readonly [string, string | null])[]): string {
  const known = args.filter(([, value]) => value !== null).sort(([a], [b]) => (a < b ? -1 : 1))
  return `build ${JSON.stringify([dockerfile, known])}`
}

type Target = {readonly contexts?: Readonly<Record<string, string>>}

/** All targets, by their names in Bake's own list: their arguments and contexts. */
export function askBake(root: string, file: string): Said {
  const isDefault = /^docker-bake(?:\.override)?\.(?:hcl|json)$/.test(basename(file))
  const bake = (
    ...args: readonly string[]
  ): {readonly status: number | null; readonly stdout: string; stderr: string} =>
    spawnSync('buildx', ['bake', ...(isDefault ? bakeFiles(root, file) : ['-f', basename(file)]), ...args], {
      ...LIMITS,
      cwd: join(root, dirname(file)),
      env: {PATH: process.env['PATH'] ?? ''}
    })
  const listed = bake('--list=type=targets,format=json')
  const found = listed.status === 0 ? (JSON.parse(listed.stdout) as readonly {readonly name: string}[] | null) : []
  // A file of variables alone has no targets.
  const names = found ?? []
  const {status, stdout, stderr} = bake('--print', ...names.map(({name}) => name))
  if (status !== 0) return {refused: stderr.trim().split('\n').at(-1) ?? ''}
  const {target = {}} = JSON.parse(stdout) as {readonly target?: Readonly<Record<string, Target>>}
  const facts = Object.values(target).flatMap(({contexts = {}}) =>
    Object.values(contexts).flatMap(value =>
      value.startsWith('docker-image://') ? [value.slice('docker-image://'.length)] : []
    )
  )
  return {facts, hasGaps: false}
}

/** Without the Compose files that Bake would read, too: those have a judge of their own. */
function bakeFiles(root: string, file: string): readonly string[] {
  return ['docker-bake.json', 'docker-bake.hcl', 'docker-bake.override.json', 'docker-bake.override.hcl']
    .filter(name => existsSync(join(root, dirname(file), name)))
    .flatMap(name => ['-f', name])
}
