// Runs a workflow with act, the runner for one's own machine, in host mode: jobs are processes here, and their steps are those of the
// workflow as it is written. Actions of this repository are this checkout. STAND_INS are in the place of the actions of others, which are
// not on this machine, and PROGRAMS in that of programs that would need an image that runs or a remote repository.

import {execFileSync, spawn} from 'node:child_process'
import {chmod, cp, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join, resolve} from 'node:path'

/** What each of them does, as docs/requirements.md lists it. WORKSPACE is the repository. */
export const STAND_INS: Readonly<Record<string, string>> = {
  'actions/checkout': 'cp -R WORKSPACE/. .',
  'docker/setup-buildx-action': 'true',
  'docker/login-action': 'true',
  // Every line of build-contexts must name a digest.
  'docker/build-push-action':
    'test -n "$CONTEXTS"; ! echo "$CONTEXTS" | grep -v "=docker-image://.*@sha256:" | grep -v =oci-layout://; echo "contexts: $CONTEXTS"',
  'actions/cache': 'test -n "$CACHE_PATH"; echo "cache: $CACHE_PATH"',
  'peter-evans/create-pull-request':
    'test -s "$ADD_PATHS"; echo "pull request with $(wc -c <"$ADD_PATHS") bytes of $ADD_PATHS"',
  'github/codeql-action/upload-sarif': 'test -s "$SARIF_FILE"',
  'actions/upload-artifact': 'test -s "$CACHE_PATH"'
}

const INPUTS: Readonly<Record<string, string>> = {
  CONTEXTS: 'build-contexts',
  CACHE_PATH: 'path',
  ADD_PATHS: 'add-paths',
  SARIF_FILE: 'sarif_file'
}

/** Programs that workflows start: they print what they were given. Other commands go to the program itself. */
const PROGRAMS: Readonly<Record<string, {readonly commands: readonly string[]; readonly says: string}>> = {
  docker: {commands: ['run', 'buildx', 'pull'], says: 'docker'},
  git: {commands: ['push'], says: 'git'}
}

export type ActOptions = {
  /** The text of the workflow. */
  readonly workflow: string
  /** More workflows of the repository, by name. */
  readonly others?: Readonly<Record<string, string>>
  /** Workflows of other repositories, by repository and name. */
  readonly repositories?: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly event: string
  /** The payload of the event. */
  readonly payload?: unknown
  readonly files?: Readonly<Record<string, string>>
  readonly job?: string
  readonly secrets?: Readonly<Record<string, string>>
  readonly variables?: Readonly<Record<string, string>>
  readonly environment?: Readonly<Record<string, string>>
  /** Interrupts act when a line of its output matches. */
  readonly interruptAt?: RegExp
}

export type ActRun = {
  readonly exitCode: number | null
  /** Lines of the steps, as `job: line`. */
  readonly output: string
  /** The result of each job that ended: `success`, `failure`. */
  readonly jobs: Readonly<Record<string, string>>
  /** The result of each step, by `job: name of the step`. */
  readonly steps: Readonly<Record<string, string>>
}

export async function runAct(options: ActOptions): Promise<ActRun> {
  const root = await mkdtemp(join(tmpdir(), 'verified-image-act-'))
  try {
    await prepare(root, options)
    return await start(root, options)
  } finally {
    await rm(root, {recursive: true, force: true})
  }
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), {recursive: true})
  await writeFile(path, text)
}

async function prepare(root: string, options: ActOptions): Promise<void> {
  const {workflow, others = {}, repositories = {}, files = {}, payload = {}} = options
  const at = (...path: readonly string[]): string => join(root, ...path)
  await write(at('workspace/.github/workflows/workflow.yml'), workflow)
  for (const [name, text] of Object.entries({...others})) await write(at('workspace/.github/workflows', name), text)
  for (const [repository, workflows] of Object.entries(repositories))
    for (const [name, text] of Object.entries(workflows))
      await write(at('repositories', repository, '.github/workflows', name), text)
  for (const [name, text] of Object.entries(files)) await write(at('workspace', name), text)
  await write(at('event.json'), JSON.stringify(payload))
  // Without this file, act asks which images to use.
  await write(at('home/.config/act/actrc'), '')
  for (const name of ['action.yml', 'mirror/action.yml', 'audit/action.yml', 'dist'])
    await cp(name, at('verified-image', name), {recursive: true})
  for (const [name, script] of Object.entries(STAND_INS)) {
    const env = Object.entries(INPUTS).map(([variable, input]) => `        ${variable}: \${{ inputs.${input} }}\n`)
    const inputs = Object.values(INPUTS).map(input => `  ${input}: {description: any, default: ''}\n`)
    await write(
      at('stand-ins', name, 'action.yml'),
      `name: a stand-in\ndescription: any\ninputs:\n${inputs.join('')}runs:\n  using: composite\n  steps:\n    - shell: sh\n      env:\n${env.join('')}      run: |\n        set -e\n        ${script.replace('WORKSPACE', at('workspace'))}\n`
    )
  }
  for (const [name, {commands, says}] of Object.entries(PROGRAMS)) {
    const real = execFileSync('sh', ['-c', `command -v ${name} || true`], {encoding: 'utf8'}).trim()
    const script = `#!/bin/sh\ncase $1 in ${commands.join('|')}) echo "${says} $*"; exit 0;; esac\nexec ${real === '' ? 'false' : real} "$@"\n`
    await write(at('programs', name), script)
    await chmod(at('programs', name), 0o755)
  }
  const git = (...args: readonly string[]): unknown =>
    execFileSync('git', args, {cwd: at('workspace'), stdio: 'ignore'})
  git('init', '--initial-branch', 'main')
  git('remote', 'add', 'origin', 'https://github.com/acme/app')
  git('add', '--all')
  git('-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '--message', 'a')
}

/** The refs under which a workflow uses an action. */
function localRepositories(root: string, options: ActOptions): readonly string[] {
  const {workflow, others = {}, repositories = {}, files = {}} = options
  const elsewhere = Object.values(repositories).flatMap(workflows => Object.values(workflows))
  const texts = [workflow, ...Object.values(others), ...elsewhere, ...Object.values(files)]
  const used = texts.flatMap(text => [...text.matchAll(/uses: ([\w.-]+\/[\w.-]+)((?:\/[\w.-]+)*)@([\w.]+)/g)])
  return [...new Set(used.map(([, repository = '', , ref = '']) => `${repository}@${ref}`))].flatMap(name => {
    const [repository = ''] = name.split('@')
    const parent = repository in repositories ? 'repositories' : 'stand-ins'
    const folder = repository === 'OWNER/verified-image' ? 'verified-image' : `${parent}/${repository}`
    return ['--local-repository', `${name}=${join(root, folder)}`]
  })
}

async function start(root: string, options: ActOptions): Promise<ActRun> {
  const {event, job, secrets = {}, variables = {}, environment = {}, interruptAt} = options
  const pairs = (flag: string, values: Readonly<Record<string, string>>): readonly string[] =>
    Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`])
  const args = [
    ...[
      event,
      '--json',
      '--no-cache-server',
      '--no-skip-checkout',
      '--action-offline-mode',
      '--pull=false',
      '--eventpath',
      '../event.json'
    ],
    ...['--workflows', '.github/workflows/workflow.yml', '--platform', 'ubuntu-24.04=-self-hosted', '--no-recurse'],
    ...(job === undefined ? [] : ['--job', job]),
    ...[...pairs('--secret', secrets), ...pairs('--var', variables), ...pairs('--env', environment)],
    ...localRepositories(root, options)
  ]
  const path = [join(root, 'programs'), resolve('node_modules/.bin'), process.env['PATH'] ?? ''].join(':')
  const docker = process.env['DOCKER_HOST']
  const child = spawn('act', args, {
    cwd: join(root, 'workspace'),
    env: {PATH: path, HOME: join(root, 'home'), ...(docker === undefined ? {} : {DOCKER_HOST: docker})},
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let text = ''
  const take = (chunk: string): void => {
    text += chunk
    if (interruptAt?.test(text) === true && !child.killed) child.kill('SIGINT')
  }
  child.stdout.setEncoding('utf8').on('data', take)
  child.stderr.setEncoding('utf8').on('data', take)
  const exitCode = await new Promise<number | null>((done, failed) => {
    child.once('error', failed).once('close', done)
  })
  return {exitCode, ...read(text)}
}

type Line = {
  readonly job?: string
  readonly step?: string
  readonly stage?: string
  readonly msg?: string
  readonly stepResult?: string
  readonly jobResult?: string
}

function read(text: string): Omit<ActRun, 'exitCode'> {
  const lines = text.split('\n').flatMap((line): readonly Line[] => {
    try {
      return [JSON.parse(line) as Line]
    } catch {
      return line === '' ? [] : [{msg: line}]
    }
  })
  const jobs: Record<string, string> = {}
  const steps: Record<string, string> = {}
  for (const {job = '', step, stage, stepResult, jobResult} of lines) {
    const [, name = job] = job.split('/')
    if (jobResult !== undefined) jobs[name] = jobResult
    if (stepResult !== undefined && stage === 'Main') steps[`${name}: ${step ?? ''}`] = stepResult
  }
  const output = lines.map(({job = '', msg = ''}) => `${job}: ${msg.trimEnd()}`).join('\n')
  return {output, jobs, steps}
}
