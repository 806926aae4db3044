// Ends this process at a deadline when its main thread cannot: while that reads files or computes, no timer of its own fires.
// A second thread, which costs 20 MB and 30 ms of processor time: for what may take long, and not for a whole run.

import {SHARE_ENV, Worker} from 'node:worker_threads'

export type Watchdog = {
  /** The main thread is back, and minds the time itself. */
  readonly stop: () => void
}

// The main thread's stdout may be a pipe that does not wait. Its messages are small; what does not fit is not waited for long.
const SCRIPT = `
  const {writeSync} = require('node:fs')
  const {workerData} = require('node:worker_threads')
  setTimeout(() => {
    try {
      writeSync(1, workerData.lastWords)
    } finally {
      process.kill(process.pid, 'SIGKILL')
    }
  }, workerData.afterMs)`

/** Writes the last words to standard output and kills the process after so many milliseconds, unless it is stopped. */
export function startWatchdog(afterMs: number, lastWords: string): Watchdog {
  const worker = new Worker(SCRIPT, {eval: true, env: SHARE_ENV, execArgv: [], workerData: {afterMs, lastWords}})
  worker.unref()
  return {
    stop: () => {
      void worker.terminate()
    }
  }
}
