// What the errors of the file system and of programs mean, in words: the one room that all adapters may use.
// Touches nothing itself.

import {getSystemErrorMap} from 'node:util'

// By its shape: an error of another realm is no instance of this one's Error.
function fieldOf(error: unknown, name: 'code' | 'errno' | 'message'): unknown {
  return typeof error === 'object' && error !== null && name in error
    ? (error as Record<string, unknown>)[name]
    : undefined
}

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
