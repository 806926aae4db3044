// What the readers of mirror files share: the file, what the workflow allows, and the warnings about one table.
// Text of a file is never quoted, unless a parser has taken it for a name.

import {isLoopback} from '../registry/plain-http.ts'
import type {FilePlace, ImportWarning} from './imported-mirrors.ts'

/** A file and what holds for all of its mirrors. */
export type MirrorFile = {
  /** As messages name it. */
  readonly file: string
  readonly isInWorkspace: boolean
  /** The input `trust-imported`. */
  readonly isTrusted: boolean
  readonly insecureRegistries: readonly string[]
}

/** More mirrors of one registry than this are no configuration, and each costs a request. */
export const MAX_MIRRORS = 32

export function placeIn({file, isInWorkspace}: MirrorFile, line: number): FilePlace {
  return {file, line, isInWorkspace}
}

export function mayUseHttp({insecureRegistries}: MirrorFile, host: string): boolean {
  return isLoopback(host) || insecureRegistries.includes(host)
}

/** Cuts a list of mirrors that is too long, with a warning. */
export function limitMirrors<T extends {readonly place: FilePlace}>(
  mirrors: readonly T[],
  warnings: ImportWarning[]
): readonly T[] {
  const first = mirrors[MAX_MIRRORS]
  if (first !== undefined)
    warnings.push({text: `only the first ${String(MAX_MIRRORS)} mirrors are used`, place: first.place})
  return mirrors.slice(0, MAX_MIRRORS)
}

export const PLAIN_HTTP =
  'is not used: it is contacted over plain HTTP. To use it, list it in the input insecure-registries'
