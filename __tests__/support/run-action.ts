// Runs dist/index.js as a runner does: a process with inputs and files in its environment.
// The environment has nothing else, so that no DOCKER_CONFIG, proxy, or token of the developer affects a test.

import {type ChildProcess, spawn} from 'node:child_process'
import {mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join, relative} from 'node:path'
import {fileURLToPath} from 'node:url'
import {type Annotation, parseFileCommands, parseSpoken} from './workflow-commands.ts'

export type RunActionOptions = {
  /** Overrides the runner's variables: HTTPS_PROXY, NODE_EXTRA_CA_CERTS, or a RUNNER_TOOL_CACHE that is kept. */
  readonly env?: Readonly<Record<string, string>>
  /** GITHUB_WORKSPACE, and the working directory. The default is a new empty folder. */
  readonly cwd?: string
  /** Sends a signal after this time, when a line of stdout matches, or when a promise resolves, whichever is first. */
  readonly signalAfter?: {
    readonly signal: NodeJS.Signals
    readonly afterMs?: number
    readonly line?: RegExp
    readonly when?: Promise<void>
  }
  /** Limits the size of all files, in KiB, as if the disk were full. */
  readonly maxFileKib?: number
  /** The script. The default is dist/index.js. */
  readonly entry?: string
  /** The time after which the action is killed, and runAction throws with its output. The default is one minute. */
  readonly timeoutMs?: number
}

export type ActionRun = {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  readonly outputs: Readonly<Record<string, string>>
  /** Those of stdout first, then those of stderr. */
  readonly annotations: readonly Annotation[]
  /** The lines of both streams that are not commands. */
  readonly log: readonly string[]
  readonly masks: readonly string[]
  /** The content of GITHUB_STEP_SUMMARY. */
  readonly summary: string
  /** The parsed file of the `report` output; undefined without the output. */
  readonly report: unknown
  readonly elapsedMs: number
  /** All files in RUNNER_TEMP and HOME after the run, the report included: `temp/…`, `home/…`. */
  readonly leftBehind: readonly string[]
}

const ENTRY = fileURLToPath(new URL('../../dist/index.js', import.meta.url))

/** `inputs` have the names of action.yml. The others are not set, since only a runner fills in their defaults. */
export async function runAction(
  inputs: Readonly<Record<string, string>>,
  options: RunActionOptions = {}
): Promise<ActionRun> {
  const root = await mkdtemp(join(tmpdir(), 'verified-image-run-'))
  try {
    const places = await makePlaces(root, options.cwd)
    const env: Record<string, string> = {...environmentOf(places), ...inputVariables(inputs), ...options.env}
    const ended = await spawnAction(env, places.workspace, options)
    const spoken = [parseSpoken(ended.stdout), parseSpoken(ended.stderr)]
    const outputs = parseFileCommands(await readFile(places.output, 'utf8'))
    return {
      ...ended,
      outputs,
      annotations: spoken.flatMap(({annotations}) => annotations),
      log: spoken.flatMap(({log}) => log),
      masks: spoken.flatMap(({masks}) => masks),
      summary: await readFile(places.summary, 'utf8'),
      report: await reportAt(outputs['report']),
      leftBehind: [
        ...(await filesUnder('temp', env['RUNNER_TEMP'] ?? places.temp)),
        ...(await filesUnder('home', env['HOME'] ?? places.home))
      ]
    }
  } finally {
    await rm(root, {recursive: true, force: true})
  }
}

const FOLDERS = ['home', 'temp', 'tools', 'workspace', 'commands'] as const
const FILES = ['output', 'summary', 'env', 'state', 'path'] as const
type Places = Readonly<Record<(typeof FOLDERS)[number] | (typeof FILES)[number], string>>

async function makePlaces(root: string, workspace: string | undefined): Promise<Places> {
  const folders = FOLDERS.map(name => [name, join(root, name)] as const)
  // A runner has these in RUNNER_TEMP. Here they are elsewhere, so that RUNNER_TEMP has only the files of the action.
  const files = FILES.map(name => [name, join(root, 'commands', name)] as const)
  for (const [, folder] of folders) await mkdir(folder)
  for (const [, file] of files) await writeFile(file, '')
  const places = Object.fromEntries([...folders, ...files]) as Places
  return workspace === undefined ? places : {...places, workspace}
}

function environmentOf(places: Places): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: places.home,
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: places.workspace,
    GITHUB_OUTPUT: places.output,
    GITHUB_STEP_SUMMARY: places.summary,
    GITHUB_ENV: places.env,
    GITHUB_STATE: places.state,
    GITHUB_PATH: places.path,
    RUNNER_TEMP: places.temp,
    RUNNER_TOOL_CACHE: places.tools,
    RUNNER_OS: 'Linux',
    RUNNER_ARCH: 'X64'
  }
}

/** Upper case, with underscores for spaces. Hyphens stay: `INPUT_CONNECT-TIMEOUT`. */
function inputVariables(inputs: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, value])
  )
}

type Ended = Pick<ActionRun, 'exitCode' | 'signal' | 'stdout' | 'stderr' | 'elapsedMs'>

async function spawnAction(
  env: Readonly<Record<string, string>>,
  cwd: string,
  {signalAfter, maxFileKib, entry = ENTRY, timeoutMs = 60_000}: RunActionOptions
): Promise<Ended> {
  const startedMs = performance.now()
  const limited = ['-c', 'trap "" XFSZ; ulimit -f "$0"; exec "$@"', String(maxFileKib), process.execPath, entry]
  const [program, args] = maxFileKib === undefined ? [process.execPath, [entry]] : ['/bin/bash', limited]
  const child = spawn(program, args, {cwd, env, stdio: ['ignore', 'pipe', 'pipe']})
  let stdout = ''
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    if (signalAfter?.line?.test(stdout) === true && !child.killed) child.kill(signalAfter.signal)
  })
  const limits = {late: false}
  const limit = setTimeout(() => {
    limits.late = true
    child.kill('SIGKILL')
  }, timeoutMs)
  const signalTimer = signalLater(child, signalAfter)
  void signalAfter?.when?.then(() => child.kill(signalAfter.signal))
  try {
    const [exitCode, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.once('error', reject).once('close', (code, by) => {
        resolve([code, by])
      })
    })
    if (limits.late)
      throw new Error(`the action did not end within ${String(timeoutMs)} ms; it said:\n${stdout}\n${stderr}`)
    return {exitCode, signal, stdout, stderr, elapsedMs: performance.now() - startedMs}
  } finally {
    clearTimeout(limit)
    clearTimeout(signalTimer)
  }
}

function signalLater(child: ChildProcess, signalAfter: RunActionOptions['signalAfter']): NodeJS.Timeout | undefined {
  if (signalAfter?.afterMs === undefined) return undefined
  return setTimeout(() => child.kill(signalAfter.signal), signalAfter.afterMs)
}

async function reportAt(path: string | undefined): Promise<unknown> {
  if (path === undefined || path === '') return undefined
  return JSON.parse(await readFile(path, 'utf8')) as unknown
}

async function filesUnder(name: string, folder: string): Promise<string[]> {
  const isFolder = await stat(folder).then(
    found => found.isDirectory(),
    () => false
  )
  const entries = isFolder ? await readdir(folder, {recursive: true, withFileTypes: true}) : []
  return entries
    .filter(entry => !entry.isDirectory())
    .map(entry => join(name, relative(folder, join(entry.parentPath, entry.name))))
}
