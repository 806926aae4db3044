// The thread that reads files. Bundled as an entry of its own.
// The caller terminates it at the time limit, and limits its memory.

import {parentPort, workerData} from 'node:worker_threads'
import {type FilesOptions, findImages} from './find-images.ts'
import {VerifiedImageError} from '../failure/error.ts'

export type Answer = {readonly found: ReturnType<typeof findImages>} | {readonly failure: VerifiedImageError['failure']}

function answer(options: FilesOptions): Answer {
  // The YAML parser creates an error for each mistake. A file may have 100,000, whose stacks would fill the memory.
  Error.stackTraceLimit = 0
  try {
    return {found: findImages(options)}
  } catch (error) {
    // An error loses its class when it is sent to another thread.
    if (error instanceof VerifiedImageError) return {failure: error.failure}
    throw error
  }
}

parentPort?.postMessage(answer(workerData as FilesOptions))
