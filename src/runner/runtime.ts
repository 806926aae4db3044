// The process and its machine: environment, platform, clocks, randomness, exit, and the signals that cancel a job.
// A run takes everything that it cannot compute from here, so that a test can replace it.

import {createHash} from 'node:crypto'
import {readlinkSync} from 'node:fs'
import {availableParallelism, homedir, hostname, release, tmpdir} from 'node:os'
import process from 'node:process'
import {type Platform, platformOfMachine} from '../oci/platform.ts'
import {turnOffCompilersThatHangExits} from './exit-hang.ts'
import {isErrno} from '../filesystem/errno.ts'
import {neverOptimizeTheParser} from './parser-tiering.ts'
import {type Clock, type Random} from '../concurrency/clock.ts'
import {type ProcessIdentity} from '../process/process-identity.ts'

export type Runtime = {
  readonly self: () => ProcessIdentity
  /** The environment of this process: a deleted variable is deleted for every program that it starts, too. */
  readonly environment: Record<string, string | undefined>
  readonly home: () => string
  readonly temporaryFolder: () => string
  readonly platform: () => Platform
  readonly clock: Clock
  readonly wallClock: () => Date
  readonly random: Random
  /** Ends the process after all output is written, even if handles are open or the file system hangs. */
  readonly exit: (code: number) => void
  /** Calls back with the signal's name when the job is canceled. */
  readonly onSignal: (stop: (signal: string) => void) => void
}

// Decompression runs in libuv's threads. With the default of four on two processors, a full verification takes a tenth longer.
// libuv reads the variable when it starts its first thread.
const MAX_THREADS = 8

export function nodeRuntime(): Runtime {
  turnOffCompilersThatHangExits()
  neverOptimizeTheParser()
  process.env['UV_THREADPOOL_SIZE'] ??= String(Math.min(MAX_THREADS, Math.max(2, availableParallelism())))
  // The work continues if the reader of the log goes away.
  if (process.stdout.listenerCount('error') === 0) process.stdout.on('error', () => undefined)
  return runtimeOf()
}

function runtimeOf(): Runtime {
  return {
    self: () => ({hostId: hostIdOfProcess(), pid: process.pid, isAlive: isProcessAlive}),
    environment: process.env,
    home: homedir,
    temporaryFolder: tmpdir,
    platform: () => platformOfMachine(process.platform, process.arch, release()),
    clock: {
      // Not performance.now(): loading its module takes longer than a request.
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
    // Writes to pipes are asynchronous; the callback runs after all of them.
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
      // On Windows, a runner sends Ctrl+C and then Ctrl+Break, and SIGTERM never arrives. No other system has this signal.
      process.once('SIGBREAK', () => {
        stop('SIGBREAK')
      })
    }
  }
}

// Work of libuv's threads, as process.getActiveResourcesInfo() names it: the file system, and name lookups.
const IN_A_THREAD = /^(?:FSReq|FileHandleCloseReq|GetAddrInfo|GetNameInfo)/

// process.exit() waits for libuv's threads, and a thread that hangs in open(2) on an NFS mount without its server never ends. execve()
// drops the threads and keeps the exit code, which a signal does not.
function endWith(code: number): void {
  const hangs = process.getActiveResourcesInfo().some(name => IN_A_THREAD.test(name))
  if (hangs && process.execve !== undefined)
    process.execve(process.execPath, [process.execPath, '-e', `process.exit(${String(code)})`], {})
  // Windows has no execve(). SIGKILL ends a process with code 1 there.
  else if (hangs) process.kill(process.pid, 'SIGKILL')
  else process.exit(code)
}

function hostIdOfProcess(): string {
  let namespace = ''
  try {
    namespace = readlinkSync('/proc/self/ns/pid')
  } catch {
    // Only Linux has PID namespaces.
  }
  return createHash('sha256').update(`${hostname()} ${namespace}`).digest('hex').slice(0, 8)
}

function isProcessAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // The process exists and belongs to another user.
    return isErrno(error, 'EPERM')
  }
}
