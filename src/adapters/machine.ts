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
  /** Ends the process once all is written, whatever sockets a proxy still holds open. */
  readonly exit: (code: number) => void
  /** Calls back with the signal's name when the job is to end. */
  readonly onStop: (stop: (signal: string) => void) => void
}

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
    process.stdout.write('', () => {
      process.exit(code)
    })
  },
  onStop: stop => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        stop(signal)
      })
    }
  }
})
