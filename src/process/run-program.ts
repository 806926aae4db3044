// Runs another program to its end, with a deadline and bounded output.
// Every end is data, which the caller interprets.

import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import type {Writable} from 'node:stream'

export type ProgramEnd =
  | {
      readonly kind: 'exited'
      /** Null when a signal ended it. */
      readonly code: number | null
      readonly killedBy: string | null
      readonly stdout: string
      readonly stderr: string
      /** Some output was dropped. */
      readonly isCut: boolean
    }
  /** The PATH of the environment has no such program. */
  | {readonly kind: 'missing'}
  /** It cannot be executed, or the machine cannot start another process. */
  | {readonly kind: 'not-started'}
  | {readonly kind: 'late'}

export type ProgramOptions = {
  /** Made by environmentWithoutSecrets. */
  readonly environment: Readonly<Record<string, string>>
  /** Its working directory. The default is that of this process. */
  readonly folder?: string
  /** Ends the program; the promise then rejects with the signal's reason. */
  readonly signal: AbortSignal
  /** Without a deadline, only `signal` ends it. */
  readonly deadlineMs?: number
  /** The last characters of each stream that are kept. */
  readonly maxCharacters: number
  /** Its standard input: a text, or what the function writes. A rejection ends the program and is passed on. */
  readonly input?: string | ((to: Writable) => Promise<void>)
}

// Windows has no process groups.
const HAS_GROUPS = process.platform !== 'win32'

/** Rejects with the signal's reason, or with the error of `input`. */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions
): Promise<ProgramEnd> {
  const {signal, environment} = options
  signal.throwIfAborted()
  const child = spawn(program, args, {
    env: environment,
    stdio: 'pipe',
    windowsHide: true,
    // Its own process group, so that what it starts ends with it: `docker` runs its plugins as programs.
    detached: HAS_GROUPS,
    ...(options.folder === undefined ? {} : {cwd: options.folder})
  })
  const output = {stdout: '', stderr: '', isCut: false}
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      const all = output[stream] + text
      output.isCut ||= all.length > options.maxCharacters
      output[stream] = all.slice(-options.maxCharacters)
    })
  }
  // A program that ends before it has read its input closes the pipe. Its exit tells the rest.
  child.stdin.on('error', () => undefined)
  const ended = (once(child, 'close') as Promise<[number | null, string | null]>).then(
    ([code, killedBy]): ProgramEnd => ({kind: 'exited', code, killedBy, ...output}),
    (error: unknown): ProgramEnd => endOfError(error)
  )
  const limit = limitOf(options)
  try {
    const written = writeInput(child.stdin, options.input)
    const first = await Promise.race([ended, limit.reached, written.then(() => undefined)])
    return first ?? (await Promise.race([ended, limit.reached]))
  } finally {
    limit.stop()
    if (child.exitCode === null && child.signalCode === null) endGroup(child)
    // A program that it started may hold its pipes open.
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy()
  }
}

async function writeInput(to: Writable, input: ProgramOptions['input']): Promise<void> {
  if (typeof input === 'function') await input(to)
  to.end(typeof input === 'string' ? input : undefined)
}

function endOfError(error: unknown): ProgramEnd {
  const isMissing = typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT'
  return isMissing ? {kind: 'missing'} : {kind: 'not-started'}
}

function limitOf({signal, deadlineMs}: ProgramOptions): {
  readonly reached: Promise<ProgramEnd>
  readonly stop: () => void
} {
  let stop = (): void => undefined
  const reached = new Promise<ProgramEnd>((resolve, reject) => {
    const abort = (): void => {
      reject(signal.reason as Error)
    }
    const timer = deadlineMs === undefined ? undefined : setTimeout(resolve, deadlineMs, {kind: 'late'})
    signal.addEventListener('abort', abort, {once: true})
    stop = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
    }
  })
  return {reached, stop}
}

/** Ends a program that still runs, and what it has started. SIGKILL, because this process may end before it could wait for an answer. */
function endGroup(child: ChildProcess): void {
  try {
    if (HAS_GROUPS && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  } catch {
    // macOS refuses it for a group whose processes have all ended.
  }
  child.kill('SIGKILL')
}
