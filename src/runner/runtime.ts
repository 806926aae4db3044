// The machine: its platform, its clock, chance, its end, and the signals by which a runner cancels a job.
// All that a run cannot compute itself comes from here, so that a test can hand in another.

import {createHash} from 'node:crypto'
import {readlinkSync} from 'node:fs'
import {availableParallelism, homedir, hostname, release, tmpdir} from 'node:os'
import process from 'node:process'
import {type Platform, platformOfMachine} from '../oci/platform.ts'
import {turnOffCompilersThatHangExits} from './exit-hang.ts'
import {isErrno} from '../filesystem/errno.ts'
import {delayOptimizingTheParser} from './parser-tiering.ts'
import {type Clock, type Random} from '../concurrency/clock.ts'
import {type ProcessIdentity} from '../process/process-identity.ts'

export type Runtime = {
  readonly self: () => ProcessIdentity
  /** That of this process: what is deleted here is gone for it, and for every program that it starts. */
  readonly environment: Record<string, string | undefined>
  readonly home: () => string
  readonly temporaryFolder: () => string
  readonly platform: () => Platform
  readonly clock: Clock
  readonly wallClock: () => Date
  readonly random: Random
  /** Ends the process once all is written, whatever is still open, and also when the file system hangs. */
  readonly exit: (code: number) => void
  /** Calls back with the signal's name when the job is to end. */
  readonly onSignal: (stop: (signal: string) => void) => void
}

// Inflating is done by libuv's threads. With its four on two processors they push each other and the main thread out of the caches,
// and a full verification takes a tenth longer; it is read when the first of them is needed.
const MAX_THREADS = 8

export function nodeRuntime(): Runtime {
  turnOffCompilersThatHangExits()
  delayOptimizingTheParser()
  process.env['UV_THREADPOOL_SIZE'] ??= String(Math.min(MAX_THREADS, Math.max(2, availableParallelism())))
  // That the reader of the log went away is no reason not to do the work.
  if (process.stdout.listenerCount('error') === 0) process.stdout.on('error', () => undefined)
  return runtimeOf()
}

function runtimeOf(): Runtime {
  return {
    self: () => ({hostId: placeOfProcess(), pid: process.pid, isAlive: isRunning}),
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
    // Pipes take what is written later: the callback comes after all of it.
    exit: code =>
      process.stdout.write('', () => {
        endWith(code)
      }),
    onSignal: stop => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        process.once(signal, () => {
          stop(signal)
        })
      }
    }
  }
}

// What libuv's threads may be at, as process.getActiveResourcesInfo() calls it: the file system, and name lookups.
const IN_A_THREAD = /^(?:FSReq|FileHandleCloseReq|GetAddrInfo|GetNameInfo)/

// process.exit() waits for libuv's threads. One that hangs in open(2) of an NFS mount whose server is gone keeps it waiting for
// ever. A process that becomes another one leaves its threads behind, and keeps its exit code, which a signal would not.
function endWith(code: number): void {
  const hangs = process.getActiveResourcesInfo().some(name => IN_A_THREAD.test(name))
  if (hangs && process.execve !== undefined)
    process.execve(process.execPath, [process.execPath, '-e', `process.exit(${String(code)})`], {})
  // Windows has no execve(), and ends a process with code 1 there.
  else if (hangs) process.kill(process.pid, 'SIGKILL')
  else process.exit(code)
}

function placeOfProcess(): string {
  let namespace = ''
  try {
    namespace = readlinkSync('/proc/self/ns/pid')
  } catch {
    // Only Linux has them.
  }
  return createHash('sha256').update(`${hostname()} ${namespace}`).digest('hex').slice(0, 8)
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // It runs, but belongs to somebody else.
    return isErrno(error, 'EPERM')
  }
}
