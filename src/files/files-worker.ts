// The thread that reads files. Bundled as an entry of its own.
// The caller terminates it at the time limit, limits its memory, and runs Bake for it.

import {once} from 'node:events'
import {parentPort, workerData} from 'node:worker_threads'
import type {BakeAnswer, BakeRequest} from './bake/run-bake.ts'
import {type FilesFound, type FilesOptions, findImages} from './find-images.ts'
import {VerifiedImageError} from '../failure/error.ts'

/** What the thread sends: requests to run Bake, one after the other, and then its answer. */
export type ThreadMessage =
  {readonly bake: BakeRequest} | {readonly found: FilesFound} | {readonly failure: VerifiedImageError['failure']}

async function answer(options: FilesOptions): Promise<ThreadMessage> {
  // The YAML parser creates an error for each mistake. A file may have 100,000, whose stacks would fill the memory.
  Error.stackTraceLimit = 0
  try {
    return {found: await findImages(options, runBake)}
  } catch (error) {
    // An error loses its class when it is sent to another thread.
    if (error instanceof VerifiedImageError) return {failure: error.failure}
    throw error
  }
}

async function runBake(bake: BakeRequest): Promise<BakeAnswer> {
  if (parentPort === null) throw new Error('this file is a thread')
  const answered = once(parentPort, 'message') as Promise<[BakeAnswer]>
  parentPort.postMessage({bake} satisfies ThreadMessage)
  const [said] = await answered
  return said
}

parentPort?.postMessage(await answer(workerData as FilesOptions))
