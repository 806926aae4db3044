// Errors of the file system and of programs: their codes, and descriptions for messages.
// Pure.

import {getSystemErrorMap} from 'node:util'

// An error of another realm (a Jest test, a worker) is not an instance of this realm's Error.
function fieldOf(error: unknown, name: 'code' | 'errno' | 'message'): unknown {
  return typeof error === 'object' && error !== null && name in error
    ? (error as Record<string, unknown>)[name]
    : undefined
}

/** Whether it is a system error with one of these codes, such as `ENOENT`. */
export function isErrno(error: unknown, ...codes: readonly string[]): boolean {
  return codes.some(code => code === fieldOf(error, 'code'))
}

/** `no space left on device (ENOSPC)`. */
export function describeErrno(error: unknown): string {
  const errno = fieldOf(error, 'errno')
  const known = typeof errno === 'number' ? getSystemErrorMap().get(errno) : undefined
  const message = fieldOf(error, 'message')
  if (known !== undefined) return `${known[1]} (${known[0]})`
  return typeof message === 'string' ? message : String(error)
}
