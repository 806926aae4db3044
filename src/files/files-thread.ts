// Starts the thread that reads files, and terminates it at the time limit: a hostile file cannot delay the action.
// The memory of the thread is limited too, so that the action does not run out of memory.

import {Worker} from 'node:worker_threads'
import type {FilesFound, FilesOptions} from './find-images.ts'
import type {RunBake} from './bake/run-bake.ts'
import type {ThreadMessage} from './files-worker.ts'
import {isErrno} from '../filesystem/errno.ts'
import {fail, VerifiedImageError} from '../failure/error.ts'

// 2000 Dockerfiles take less than 100 MB.
const MAX_MEMORY_MB = 512

export type FilesThread = {
  readonly signal: AbortSignal
  /** Runs outside of the thread, since a program would escape from its limits. */
  readonly runBake: RunBake
  /** The code of the thread. The default is files-worker.js beside this file; tests run the sources. */
  readonly entry?: URL
}

/** Rejects with the signal's reason, and with 'invalid-input' when the files take more memory than the limit. */
export async function findImagesInThread(
  options: FilesOptions,
  {signal, runBake, entry}: FilesThread
): Promise<FilesFound> {
  signal.throwIfAborted()
  const worker = new Worker(entry ?? new URL('./files-worker.js', import.meta.url), {
    workerData: options,
    // The thread sees no environment: a parser cannot leak a secret.
    env: {},
    argv: [],
    execArgv: [],
    stdin: false,
    stdout: true,
    stderr: true,
    resourceLimits: {maxOldGenerationSizeMb: MAX_MEMORY_MB, maxYoungGenerationSizeMb: 64}
  })
  let stop: (() => void) | undefined
  try {
    const answer = await new Promise<Exclude<ThreadMessage, {bake: unknown}>>((resolve, reject) => {
      stop = () => {
        reject(signal.reason as Error)
      }
      signal.addEventListener('abort', stop, {once: true})
      worker.on('message', (message: ThreadMessage) => {
        if ('bake' in message)
          runBake(message.bake).then(answer => {
            worker.postMessage(answer)
          }, reject)
        else resolve(message)
      })
      worker.once('error', (error: unknown) => {
        const isFull = isErrno(error, 'ERR_WORKER_OUT_OF_MEMORY')
        reject(isFull ? outOfMemory(options) : new Error('the thread that reads files failed', {cause: error}))
      })
      worker.once('exit', () => {
        reject(new Error('the thread that reads files ended without an answer'))
      })
    })
    return 'found' in answer ? answer.found : fail(answer.failure)
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop)
    // Not awaited: the thread may be inside a system call.
    void worker.terminate()
  }
}

function outOfMemory({patterns}: FilesOptions): VerifiedImageError {
  return new VerifiedImageError({
    kind: 'invalid-input',
    faults: [
      {
        input: 'files',
        value: patterns.join(', '),
        reason: `reading these files takes more than ${String(MAX_MEMORY_MB)} MB of memory`,
        example: 'docker/**/Dockerfile'
      }
    ]
  })
}
