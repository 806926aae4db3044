// Opens the store of verified content: a staging folder of this run, and the tool cache behind it.
// Used where bytes are needed on this machine.

import {describeErrno} from '../filesystem/errno.ts'
import type {Runtime} from '../runner/runtime.ts'
import {type BlobCache, openBlobCache} from '../store/blob-cache.ts'
import {type BlobStore, openBlobStore} from '../store/blob-store.ts'
import type {StagingNames} from '../store/staging.ts'

export type StagingStoreDeps = {
  readonly machine: Runtime
  readonly stagingNames: StagingNames
  /** Ends the run on a fault of this machine. */
  readonly stop: AbortController
  readonly warn: (text: string) => void
}

/** Opens a store. Without a tool cache, or with one that cannot be used, nothing outlives the run. */
export async function openStagingStore(
  usesCache: boolean,
  {machine, stagingNames, stop, warn}: StagingStoreDeps
): Promise<BlobStore> {
  function onCacheFault(error: unknown): undefined {
    warn(`The tool cache is not used: ${describeErrno(error)}. Set \`cache: false\` to run without it.`)
  }
  return openBlobStore({
    folder: temporaryFolderOf(machine),
    cache: usesCache ? await openCache(machine, stagingNames).catch(onCacheFault) : undefined,
    stagingNames,
    signal: stop.signal,
    onCacheFault,
    onFault: error => {
      stop.abort(error)
    }
  })
}

/** Where staging folders are made. */
export function temporaryFolderOf({environment, temporaryFolder}: Runtime): string {
  const temporary = environment['RUNNER_TEMP'] ?? ''
  return temporary === '' ? temporaryFolder() : temporary
}

async function openCache(
  {environment, wallClock}: Runtime,
  stagingNames: StagingNames
): Promise<BlobCache | undefined> {
  const tools = environment['RUNNER_TOOL_CACHE'] ?? ''
  return tools === '' ? undefined : openBlobCache({tools, wallClock, stagingNames})
}
