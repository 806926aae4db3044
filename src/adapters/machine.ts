// The machine: its platform, its clock, chance, and the signals by which a runner calls a job off.
// All that a run cannot compute itself comes from here, so that a test can hand in another.

import {createHash} from 'node:crypto'
import {readdirSync, readFileSync, readlinkSync} from 'node:fs'
import {availableParallelism, getPriority, homedir, hostname, release, setPriority, tmpdir} from 'node:os'
import process from 'node:process'
import {setFlagsFromString} from 'node:v8'
import type {Clock, Random} from '../acquire/ports.ts'
import {type Platform, platformOfMachine} from '../oci/platform.ts'
import {isErrno} from './local-io.ts'

/** This process, as it is told from others that share a folder with it. */
export type Self = {
  /** Eight hexadecimal digits, the same for all processes that see each other's ids: those of one host, outside of containers. */
  readonly place: string
  readonly pid: number
  /** Whether the process with this id runs; it is one of the same place. */
  readonly isRunning: (pid: number) => boolean
}

export type Machine = {
  readonly self: () => Self
  /** That of this process: what is deleted here is gone for it, and for every program that it starts. */
  readonly environment: Record<string, string | undefined>
  readonly home: () => string
  readonly temporaryFolder: () => string
  readonly platform: () => Platform
  readonly clock: Clock
  readonly wallClock: () => Date
  readonly random: Random
  /** Ends the process once all is written, whatever is still open. */
  readonly exit: (code: number) => void
  /** Calls back with the signal's name when the job is to end. */
  readonly onStop: (stop: (signal: string) => void) => void
}

// These compilers make code beside the main thread, and may then wait for a garbage collection that a process which ends, in
// whatever way, does not do any more: it never ends (nodejs/node#54918 and #64560; seen with 24.21, after all the work was done).
// What they would save in so short a run is nothing: what takes time in it is native.
const COMPILERS_THAT_KEEP_EXITS_WAITING = ['--no-concurrent-sparkplug', '--no-maglev', '--no-opt']

// Inflating is done by libuv's threads. With its four on two processors they push each other and the main thread out of the caches,
// and a full verification takes a tenth longer; it is read when the first of them is needed.
const MAX_THREADS = 8

export const thisMachine = (): Machine => {
  for (const flag of COMPILERS_THAT_KEEP_EXITS_WAITING) setFlagsFromString(flag)
  process.env['UV_THREADPOOL_SIZE'] ??= String(Math.min(MAX_THREADS, Math.max(2, availableParallelism())))
  // That the reader of the log went away is no reason not to do the work.
  if (process.stdout.listenerCount('error') === 0) process.stdout.on('error', () => undefined)
  if (process.platform === 'linux') putMainThreadFirst()
  return machineOf()
}

// The main thread receives and hashes what the others inflate. With two processors for three threads it gets too little of them by
// itself, and the others then wait for it: a full verification takes a twelfth longer. Not by more than this: beside something
// else that wants all of the machine, they are not to come to a stand.
const STEPS_BEHIND = 5
const LAST_PRIORITY = 19

const LOOK_EVERY_MS = 100

// Linux gives each thread a priority of its own (setpriority(2)). libuv starts its threads when the first of them is needed, which is
// never in a short run.
const putMainThreadFirst = (): void => {
  const timer = setInterval(() => {
    try {
      const isWorker = (id: string): boolean =>
        readFileSync(`/proc/self/task/${id}/comm`, 'latin1').startsWith('libuv-worker')
      const workers = readdirSync('/proc/self/task').filter(isWorker)
      for (const id of workers) setPriority(Number(id), Math.min(getPriority() + STEPS_BEHIND, LAST_PRIORITY))
      if (workers.length > 0) clearInterval(timer)
    } catch {
      // Then they stay equal, which costs no more than time.
      clearInterval(timer)
    }
  }, LOOK_EVERY_MS)
  timer.unref()
}

const machineOf = (): Machine => ({
  self: () => ({place: placeOfProcess(), pid: process.pid, isRunning}),
  environment: process.env,
  home: homedir,
  temporaryFolder: tmpdir,
  platform: () => platformOfMachine(process.platform, process.arch, release()),
  clock: {
    // Not performance.now(): the module behind that takes longer to load than a request takes.
    nowMs: () => {
      const [seconds, nanoseconds] = process.hrtime()
      return seconds * 1000 + nanoseconds / 1e6
    },
    wait: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted()
        const stop = (): void => {
          clearTimeout(timer)
          reject(signal.reason as Error)
        }
        const timer = setTimeout(() => {
          signal.removeEventListener('abort', stop)
          resolve()
        }, ms)
        signal.addEventListener('abort', stop, {once: true})
      })
  },
  wallClock: () => new Date(),
  random: () => Math.random(),
  // On Windows, a pipe still holds some of what was written to it.
  exit: code => {
    process.stdout.write('', () => process.exit(code))
  },
  onStop: stop => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        stop(signal)
      })
    }
  }
})

const placeOfProcess = (): string => {
  let namespace = ''
  try {
    namespace = readlinkSync('/proc/self/ns/pid')
  } catch {
    // Only Linux has them.
  }
  return createHash('sha256').update(`${hostname()} ${namespace}`).digest('hex').slice(0, 8)
}

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // It runs, but belongs to somebody else.
    return isErrno(error, 'EPERM')
  }
}
