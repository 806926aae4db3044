// Starts another program and waits for its end, within a deadline, with a bound on what it may say.
// How it ended is data; what that means is for the caller to say.

import {spawn} from 'node:child_process'
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
      /** It said more than was kept. */
      readonly isCut: boolean
    }
  /** There is no such program on the PATH of the environment. */
  | {readonly kind: 'missing'}
  /** It may not be run, or the machine has no room for another process. */
  | {readonly kind: 'not-started'}
  | {readonly kind: 'late'}

export type ProgramOptions = {
  /** Made by environmentWithoutSecrets. */
  readonly environment: Readonly<Record<string, string>>
  /** Ends the program; the promise then rejects with the signal's reason. */
  readonly signal: AbortSignal
  /** Without one, only `signal` ends it. */
  readonly deadlineMs?: number
  /** Of each stream, the last so many characters are kept. */
  readonly maxCharacters: number
  /** What it reads: a text, or whatever this writes. A rejection ends the program and is passed on. */
  readonly input?: string | ((to: Writable) => Promise<void>)
}

/** A program that was asked to end has this long; after that it is killed. */
const GRACE_MS = 2000

export async function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions
): Promise<ProgramEnd> {
  const {signal, environment} = options
  signal.throwIfAborted()
  const child = spawn(program, args, {env: environment, stdio: 'pipe', windowsHide: true})
  const said = {stdout: '', stderr: '', isCut: false}
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      const all = said[stream] + text
      said.isCut ||= all.length > options.maxCharacters
      said[stream] = all.slice(-options.maxCharacters)
    })
  }
  // A program that ends before it has read everything closes the pipe; how it ended says the rest.
  child.stdin.on('error', () => undefined)
  const ended = (once(child, 'close') as Promise<[number | null, string | null]>).then(
    ([code, killedBy]): ProgramEnd => ({kind: 'exited', code, killedBy, ...said}),
    (error: unknown): ProgramEnd => endOfError(error)
  )
  const limit = limitOf(options)
  try {
    const fed = feed(child.stdin, options.input)
    const first = await Promise.race([ended, limit.reached, fed.then(() => undefined)])
    return first ?? (await Promise.race([ended, limit.reached]))
  } finally {
    limit.stop()
    if (child.exitCode === null && child.signalCode === null) end(child, signal.aborted ? 'SIGTERM' : 'SIGKILL')
    // Its pipes may be held open by a program that it started. Neither is waited for.
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy()
  }
}

async function feed(to: Writable, input: ProgramOptions['input']): Promise<void> {
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

function end(child: {readonly kill: (signal: NodeJS.Signals) => boolean}, how: 'SIGTERM' | 'SIGKILL'): void {
  child.kill(how)
  // The timer keeps no process alive that has nothing else to do.
  if (how === 'SIGTERM') setTimeout(() => child.kill('SIGKILL'), GRACE_MS).unref()
}
