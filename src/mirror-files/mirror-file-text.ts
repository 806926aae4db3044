// Reads the files that `mirrors-from` names. A file of the workspace may have been written by a pull request: no link leads out of the
// workspace, and only a regular file of a sensible size is read. A file of the machine belongs to its administrator.

import {existsSync, realpathSync, statSync} from 'node:fs'
import {relative, resolve, sep} from 'node:path'
import {describeErrno, isErrno} from '../filesystem/errno.ts'
import {isBelow, realPathBelow} from '../filesystem/real-path.ts'
import {NotRegularFile, readRegularFileSync} from '../filesystem/regular-file.ts'
import {MirrorFileError} from './located-value.ts'

/** A path as an input or a list of usual places has it. */
export type MirrorPath = {
  readonly path: string
  /** As messages name it: relative to the workspace, if it is there. */
  readonly file: string
  readonly isInWorkspace: boolean
  /** The folder that no link may lead out of; undefined for a file of the machine. */
  readonly root: string | undefined
}

// Files of an organization have a few kilobytes.
const MAX_BYTES = 256 * 1024

export function mirrorPathOf(path: string, workspace: string): MirrorPath {
  const absolute = resolve(workspace, path)
  const isInWorkspace = isBelow(absolute, workspace)
  return {
    path: absolute,
    // An annotation takes slashes only, on Windows too.
    file: isInWorkspace ? relative(workspace, absolute).replaceAll(sep, '/') : absolute,
    isInWorkspace,
    root: isInWorkspace ? workspace : undefined
  }
}

/** A usual place, which belongs to the machine wherever it is. */
export function machinePath(path: string): MirrorPath {
  return {path, file: path, isInWorkspace: false, root: undefined}
}

/** `missing` if nothing is there. Throws MirrorFileError if it may not be looked at. */
export function kindOfPath(at: MirrorPath): 'file' | 'folder' | 'missing' {
  return attempt(() => {
    if (!existsSync(at.path)) return 'missing'
    return statSync(realPathOf(at)).isDirectory() ? 'folder' : 'file'
  })
}

/** The text of a file; undefined if nothing is there. Throws MirrorFileError if it cannot be read. */
export function readMirrorFileText(at: MirrorPath): string | undefined {
  return attempt(() => {
    const {root} = at
    const options = root === undefined ? {links: 'follow' as const} : {root: realpathSync.native(root)}
    try {
      return decode(readRegularFileSync(realPathOf(at), {maxBytes: MAX_BYTES, ...options}))
    } catch (error) {
      if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined
      throw error
    }
  })
}

function realPathOf({path, root}: MirrorPath): string {
  if (root === undefined) return path
  const real = realPathBelow(path, root)
  if (!real.ok) throw new MirrorFileError(real.reason)
  return real.value
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes)
  } catch {
    throw new MirrorFileError('it is not UTF-8')
  }
}

function attempt<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof MirrorFileError) throw error
    throw new MirrorFileError(
      `it cannot be read: ${error instanceof NotRegularFile ? error.message : describeErrno(error)}`
    )
  }
}
