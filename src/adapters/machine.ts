// The machine: its platform, its clock, chance, and the signals by which a runner calls a job off.
// All that a run cannot compute itself comes from here, so that a test can hand in another.

import {homedir, release} from 'node:os'
import process from 'node:process'
import {setTimeout} from 'node:timers/promises'
import type {Clock, Random} from '../acquire/ports.ts'
import {type Platform, platformOfMachine} from '../oci/platform.ts'

export type Machine = {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly home: () => string
  readonly platform: () => Platform
  readonly clock: Clock
  readonly wallClock: () => Date
  readonly random: Random
  readonly write: (text: string) => void
  /** Lets the process end with this code, whatever sockets a proxy still holds open. */
  readonly exit: (code: number) => void
  /** Calls back with the signal's name when the job is to end. */
  readonly onStop: (stop: (signal: string) => void) => void
}

// How long what is still open may keep the process: long enough for whatever V8 has begun.
const LINGER_MS = 250

export const thisMachine = (): Machine => ({
  environment: process.env,
  home: homedir,
  platform: () => platformOfMachine(process.platform, process.arch, release()),
  clock: {
    nowMs: () => performance.now(),
    wait: async (ms, signal) => {
      try {
        await setTimeout(ms, undefined, {signal})
      } catch (error) {
        signal.throwIfAborted()
        throw error
      }
    }
  },
  wallClock: () => new Date(),
  random: () => Math.random(),
  write: text => {
    process.stdout.write(text)
  },
  exit: code => {
    // process.exit() waits for V8's threads, and one that is compiling may be waiting for the main thread: then neither ends
    // (nodejs/node#54918). A process that has nothing left to do takes them down in the right order.
    process.exitCode = code
    globalThis.setTimeout(() => process.exit(code), LINGER_MS).unref()
  },
  onStop: stop => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        stop(signal)
      })
    }
  }
})
