// Reads small files that a pull request may have replaced by something else.
// Only a regular file is read: a link could lead elsewhere, and a FIFO would never end.

import {isErrno} from '../filesystem/errno.ts'
import {NotRegularFile, readRegularFileSync} from '../filesystem/regular-file.ts'

/** Reads a regular file. Returns undefined if nothing is there, and a reason if it is not a regular file. */
export function readRegularFileIfPresent(
  path: string,
  maxBytes: number
): {readonly bytes: Uint8Array} | {readonly reason: string} | undefined {
  try {
    return {bytes: readRegularFileSync(path, {maxBytes})}
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    if (error instanceof NotRegularFile) return {reason: error.message}
    throw error
  }
}
