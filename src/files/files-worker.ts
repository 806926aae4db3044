// The thread that reads files: it has no environment, a bounded memory, and is ended when time is up.
// An entry of its own, bundled apart from the action.

import {parentPort, workerData} from 'node:worker_threads'
import {type FilesOptions, findImages} from './find-images.ts'
import {VerifiedImageError} from '../failure/error.ts'

export type Answer = {readonly found: ReturnType<typeof findImages>} | {readonly failure: VerifiedImageError['failure']}

function answer(options: FilesOptions): Answer {
  // A parser makes an error for each fault, and a file may have a hundred thousand.
  Error.stackTraceLimit = 0
  try {
    return {found: findImages(options)}
  } catch (error) {
    // An error loses its class on the way to another thread.
    if (error instanceof VerifiedImageError) return {failure: error.failure}
    throw error
  }
}

parentPort?.postMessage(answer(workerData as FilesOptions))
