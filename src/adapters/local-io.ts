// What the errors of the file system and of programs mean, in words: the one room that all adapters may use.
// Touches nothing itself.

import {getSystemErrorMap} from 'node:util'

export const isErrno = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code))

/** `no space left on device (ENOSPC)`. */
export const describeErrno = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const {errno, code} = error as NodeJS.ErrnoException
  const known = errno === undefined ? undefined : getSystemErrorMap().get(errno)
  return known === undefined || code === undefined ? error.message : `${known[1]} (${code})`
}
