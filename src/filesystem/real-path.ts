// Paths that stay inside a folder: links are followed as far as they lead, and none may lead out.
// Opens no file.

import {fstatSync, lstatSync, readlinkSync, realpathSync} from 'node:fs'
import {basename, dirname, isAbsolute, join, relative, resolve, sep} from 'node:path'
import {isErrno} from './errno.ts'

type Refused = {readonly why: string}

/** Whether a path is in a folder, by its name alone. */
export function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
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

const MAX_LINKS = 40

/** The path without links, whether or not there is something. A link may lead anywhere below `root`. */
export function realPathBelow(path: string, root: string): {readonly path: string} | Refused {
  const realRoot = realParent(root)
  let current = path
  for (let links = 0; links < MAX_LINKS; links++) {
    const folder = realParent(dirname(current))
    const real = join(folder, basename(current))
    if (!isBelow(real, realRoot))
      return {why: `it is a link to ${real}, which is not in ${root}: a link may not leave that folder`}
    const target = linkAt(real)
    if (target === undefined) return {path: real}
    current = resolve(folder, target)
  }
  return {why: 'it is a link that leads to itself'}
}

/** Of what is there of it, the real path; what is not there yet is no link. */
function realParent(folder: string): string {
  try {
    return realpathSync(folder)
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
    // It is no link, or is not there.
    if (isErrno(error, 'EINVAL', 'ENOENT', 'ENOTDIR', 'UNKNOWN')) return undefined
    throw error
  }
}
