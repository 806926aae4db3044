// Paths that stay inside a folder: symbolic links are followed, and none may lead out of it.
// No file is opened here.

import {fstatSync, lstatSync, readlinkSync, realpathSync} from 'node:fs'
import {basename, dirname, isAbsolute, join, relative, resolve, sep} from 'node:path'
import {invalid, type Parsed, valid} from '../oci/parsed.ts'
import {isErrno} from './errno.ts'

/** Whether a path is in a folder, by the two texts alone. */
export function isBelow(path: string, folder: string): boolean {
  const inside = relative(folder, path)
  return inside !== '' && inside !== '..' && !inside.startsWith(`..${sep}`) && !isAbsolute(inside)
}

/**
 * Checks that an open file is the one that the real path `real` names, and that it is below `root`.
 *
 * 1. The caller finds that `real` is below `root`.
 * 2. Another process replaces a folder of `real` with a link that leads out.
 * 3. The caller opens `real`, which is now a file outside.
 */
export function isOpenBelow(descriptor: number, real: string, root: string): boolean {
  const opened = fstatSync(descriptor, {bigint: true})
  const named = lstatSync(real, {bigint: true})
  const isSame = opened.ino === named.ino && opened.dev === named.dev && realpathSync.native(real) === real
  return isSame && isBelow(pathOf(descriptor) ?? real, root)
}

/** Only Linux tells the path of an open file. */
function pathOf(descriptor: number): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${String(descriptor)}`)
  } catch {
    return undefined
  }
}

// As Linux (path_resolution(7)).
const MAX_LINKS = 40

/** The path without symbolic links; nothing needs to exist there. A link may lead anywhere below `root`. */
export function realPathBelow(path: string, root: string): Parsed<string> {
  const realRoot = realParent(root)
  let current = path
  for (let links = 0; links < MAX_LINKS; links++) {
    const folder = realParent(dirname(current))
    const real = join(folder, basename(current))
    if (!isBelow(real, realRoot))
      return invalid(`it is a link to ${real}, which is not in ${root}: a link may not leave that folder`)
    const target = linkAt(real)
    if (target === undefined) return valid(real)
    current = resolve(folder, target)
  }
  return invalid('it is a link that leads to itself')
}

/** The real path of a folder. The part of it that does not exist has no links. */
function realParent(folder: string): string {
  try {
    // As others name it: only the native form resolves short names of Windows, and the letters' case.
    return realpathSync.native(folder)
  } catch (error) {
    const above = dirname(folder)
    if (!isErrno(error, 'ENOENT', 'ENOTDIR') || above === folder) throw error
    return join(realParent(above), basename(folder))
  }
}

function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch (error) {
    // It is not a link, or does not exist.
    if (isErrno(error, 'EINVAL', 'ENOENT', 'ENOTDIR', 'UNKNOWN')) return undefined
    throw error
  }
}
