// Runs a workflow with act, the runner for one's own machine, in host mode: jobs are processes here, and their steps are those of the
// workflow as it is written. Actions of this repository are this checkout. STAND_INS are in the place of the actions of others, which are
// not on this machine, and PROGRAMS in that of programs that would need an image that runs or a remote repository.

import {execFileSync, spawn} from 'node:child_process'
import {createHash} from 'node:crypto'
import {chmod, cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join, relative, resolve} from 'node:path'

/** What each of them does, as docs/requirements.md lists it. WORKSPACE is the repository. */
export const STAND_INS: Readonly<Record<string, string>> = {
  // act copies the workspace into a container by itself.
  'actions/checkout': 'test . -ef WORKSPACE || cp -R WORKSPACE/. .',
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

/** Commands of programs that print what they were given. Other commands go to the program itself. */
const PROGRAMS: Readonly<Record<string, readonly string[]>> = {docker: ['buildx', 'pull'], git: ['push']}

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
  /** Variables of act's own process. */
  readonly machine?: Readonly<Record<string, string>>
  /** The engine of containers, and of `load`. Without it there is none. */
  readonly dockerHost?: string
  /** Interrupts act when this has come true. */
  readonly interruptWhen?: () => Promise<unknown>
}

export type ActRun = {
  readonly exitCode: number | null
  /** Lines of the steps, as `job: line`. */
  readonly output: string
  /** The result of each job that ended: `success`, `failure`. */
  readonly jobs: Readonly<Record<string, string>>
  /** The result of each step, by `job: name of the step`. */
  readonly steps: Readonly<Record<string, string>>
  /** Files after the end of act, and the SHA-256 of each: the tool cache as `tool_cache/…`, and the temporary folder of jobs as `tmp/…`. */
  readonly left: Readonly<Record<string, string>>
  /** Command lines of processes that act started and that still run. */
  readonly processes: readonly string[]
}

export async function runAct(options: ActOptions): Promise<ActRun> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'verified-image-act-')))
  try {
    await prepare(root, options)
    const ran = await start(root, options)
    return {...ran, left: await leftIn(root), processes: await processesOf(root)}
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
      `name: a stand-in\ndescription: any\ninputs:\n${inputs.join('')}runs:\n  using: composite\n  steps:\n    - shell: sh\n      env:\n${env.join('')}      run: |\n        set -e\n        ${script.replaceAll('WORKSPACE', at('workspace'))}\n`
    )
  }
  for (const [name, commands] of Object.entries(PROGRAMS)) {
    const real = execFileSync('sh', ['-c', `command -v ${name} || true`], {encoding: 'utf8'}).trim()
    const script = `#!/bin/sh\ncase $1 in ${commands.join('|')}) echo "${name} $*"; exit 0;; esac\nexec ${real === '' ? 'false' : real} "$@"\n`
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

async function start(root: string, options: ActOptions): Promise<Omit<ActRun, 'left' | 'processes'>> {
  const {event, job, secrets = {}, variables = {}, environment = {}, machine = {}, dockerHost, interruptWhen} = options
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
    // A job container does not get the engine's socket, and no port is opened for its network.
    ...['--container-daemon-socket', '-'],
    ...(job === undefined ? [] : ['--job', job]),
    ...[...pairs('--secret', secrets), ...pairs('--var', variables), ...pairs('--env', environment)],
    ...localRepositories(root, options)
  ]
  const path = [join(root, 'programs'), resolve('node_modules/.bin'), process.env['PATH'] ?? ''].join(':')
  const child = spawn('act', args, {
    cwd: join(root, 'workspace'),
    env: {
      ...machine,
      PATH: path,
      HOME: join(root, 'home'),
      ...(dockerHost === undefined ? {} : {DOCKER_HOST: dockerHost})
    },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let text = ''
  const take = (chunk: string): void => {
    text += chunk
  }
  child.stdout.setEncoding('utf8').on('data', take)
  child.stderr.setEncoding('utf8').on('data', take)
  const ended = new Promise<number | null>((done, failed) => {
    child.once('error', failed).once('close', done)
  })
  if (interruptWhen !== undefined) {
    await Promise.race([interruptWhen(), ended])
    child.kill('SIGINT')
  }
  const exitCode = await ended
  return {exitCode, ...read(text)}
}

async function leftIn(root: string): Promise<Readonly<Record<string, string>>> {
  const files = (await readdir(root, {recursive: true, withFileTypes: true})).filter(file => file.isFile())
  const left = files.flatMap(({parentPath, name}) => {
    const path = relative(root, join(parentPath, name)).replace(/^home\/\.cache\/act\/(?:[0-9a-f]{16}\/)?/, '')
    return /^(?:tool_cache\/|tmp\/)/.test(path) ? [[path, join(parentPath, name)] as const] : []
  })
  const hashes = left.map(async ([path, file]) => {
    const hash = createHash('sha256').update(await readFile(file))
    return [path, hash.digest('hex')] as const
  })
  return Object.fromEntries(await Promise.all(hashes))
}

/** On Linux, where /proc lists them: those with the folder in the arguments or in the environment. */
async function processesOf(root: string): Promise<readonly string[]> {
  if (process.platform !== 'linux') return []
  const ids = (await readdir('/proc')).filter(name => /^\d+$/.test(name))
  const lines = await Promise.all(
    ids.map(async id => {
      try {
        const [command = '', environment = ''] = await Promise.all(
          ['cmdline', 'environ'].map(name => readFile(`/proc/${id}/${name}`, 'utf8'))
        )
        return `${command}${environment}`.includes(root) ? command.replaceAll('\0', ' ') : ''
      } catch {
        // It has ended meanwhile, or belongs to another user.
        return ''
      }
    })
  )
  return lines.filter(line => line !== '')
}

type Line = {
  readonly job?: string
  readonly step?: string
  readonly stage?: string
  readonly msg?: string
  readonly stepResult?: string
  readonly jobResult?: string
}

function read(text: string): Pick<ActRun, 'output' | 'jobs' | 'steps'> {
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
    // A job of a reusable workflow follows the job that calls it. act pads names to equal lengths.
    const name = (job.split('/').at(-1) ?? job).trim()
    if (jobResult !== undefined) jobs[name] = jobResult
    if (stepResult !== undefined && stage === 'Main') steps[`${name}: ${step ?? ''}`] = stepResult
  }
  const output = lines.map(({job = '', msg = ''}) => `${job}: ${msg.trimEnd()}`).join('\n')
  return {output, jobs, steps}
}
