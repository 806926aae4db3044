// A folder with an image layout: made beside its place, and moved there when it is whole, so that a kill leaves nothing half done.
// Replaces only what an earlier run made and nobody has touched since: no other file is ever removed.

import {createHash} from 'node:crypto'
import {promises as files, lstatSync, readdirSync, realpathSync} from 'node:fs'
import {basename, dirname, isAbsolute, join, relative, sep} from 'node:path'
import {isObject} from '../oci/json.ts'
import type {StagingNames} from './staging.ts'
import {describeErrno, isErrno} from '../filesystem/errno.ts'
import {readRegularFileSync} from '../filesystem/regular-file.ts'
import {VerifiedImageError} from '../failure/error.ts'

export type LayoutFiles = {
  readonly documents: Readonly<Record<string, Uint8Array>>
  /** By path. */
  readonly blobs: Readonly<Record<string, (path: string) => Promise<void>>>
}

// In the file that every layout has, where readers ignore what they do not know: whose it is, and the index that it had.
const MARK = 'verified-image.index'

/**
 * Why nothing may be written to the folder; undefined when it is absent, empty, or holds a layout that an earlier run wrote.
 * A checkout can have links: one in the workspace must not choose a folder elsewhere.
 */
export function checkLayout(folder: string, workspace: string): string | undefined {
  if (isWithin(workspace, folder)) return 'it is a folder of its own, not the workspace or one that holds it'
  try {
    if (leadsOut(folder, workspace))
      return 'it is inside the workspace; a folder above it is a symbolic link that leads out, and is not followed'
    if (lstatSync(folder).isSymbolicLink()) return 'it is a folder, not a symbolic link: links are not followed'
    const names = readdirSync(folder)
    if (names.length === 0 || isOwnLayout(folder, names)) return undefined
    return 'the folder is absent, empty, or has a layout that this action wrote; this one has other files, which are left alone'
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    return `it is a folder that can be read and written: ${describeErrno(error)}`
  }
}

/** Whether `inner` is `outer` or lies in it, by their names. */
function isWithin(inner: string, outer: string): boolean {
  const way = relative(outer, inner)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

function leadsOut(folder: string, workspace: string): boolean {
  return isWithin(folder, workspace) && !isWithin(realPathOf(dirname(folder)), realPathOf(workspace))
}

/** Of the part of the path that exists. */
function realPathOf(path: string): string {
  try {
    return realpathSync(path)
  } catch (error) {
    if (!isErrno(error, 'ENOENT') || dirname(path) === path) throw error
    return join(realPathOf(dirname(path)), basename(path))
  }
}

// More than an index of thousands of images.
const MAX_INDEX_BYTES = 16 * 1024 * 1024

function isOwnLayout(folder: string, names: readonly string[]): boolean {
  if (names.some(name => !['oci-layout', 'index.json', 'blobs'].includes(name))) return false
  try {
    const [index, layout] = ['index.json', 'oci-layout'].map(name =>
      readRegularFileSync(join(folder, name), {maxBytes: MAX_INDEX_BYTES})
    ) as [Buffer, Buffer]
    const mark: unknown = JSON.parse(layout.toString())
    return isObject(mark) && mark[MARK] === sumOf(index)
  } catch {
    return false
  }
}

function sumOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Rejects with a failure of kind `local-io`, or with the signal's reason; nothing is left of it then. */
export async function writeLayout(
  folder: string,
  {documents, blobs}: LayoutFiles,
  leftovers: StagingNames,
  signal: AbortSignal
): Promise<void> {
  const parent = dirname(folder)
  const prefix = `.${basename(folder)}-`
  const made = join(parent, leftovers.uniqueName(prefix))
  try {
    await files.mkdir(parent, {recursive: true})
    await leftovers.removeStale(parent, prefix)
    await files.mkdir(made)
    for (const path of [...Object.keys(blobs), ...Object.keys(documents)])
      await files.mkdir(dirname(join(made, path)), {recursive: true})
    for (const [path, put] of Object.entries(blobs)) {
      signal.throwIfAborted()
      await put(join(made, path))
    }
    for (const [path, bytes] of Object.entries(documents))
      await files.writeFile(join(made, path), path === 'oci-layout' ? markOf(bytes, documents['index.json']) : bytes)
    signal.throwIfAborted()
    await replace(folder, made, join(parent, leftovers.uniqueName(prefix)))
  } catch (error) {
    await files.rm(made, {recursive: true, force: true}).catch(() => undefined)
    signal.throwIfAborted()
    if (error instanceof VerifiedImageError) throw error
    const detail = `the layout cannot be written to ${folder}: ${describeErrno(error)}`
    throw new VerifiedImageError({kind: 'local-io', detail}, {cause: error})
  }
}

function markOf(bytes: Uint8Array, index: Uint8Array | undefined): string {
  const document: unknown = JSON.parse(Buffer.from(bytes).toString())
  return JSON.stringify({...(isObject(document) ? document : {}), [MARK]: sumOf(index ?? new Uint8Array())})
}

async function replace(place: string, made: string, aside: string): Promise<void> {
  try {
    await files.rmdir(place)
  } catch (error) {
    if (isErrno(error, 'ENOTEMPTY', 'EEXIST')) await putAside(place, aside)
    else if (!isErrno(error, 'ENOENT')) throw error
  }
  try {
    await files.rename(made, place)
  } catch (error) {
    await files.rename(aside, place).catch(() => undefined)
    throw error
  }
  await files.rm(aside, {recursive: true, force: true})
}

async function putAside(place: string, aside: string): Promise<void> {
  await files.rename(place, aside)
  // What was there when the run began may have been changed while it ran.
  const names = readdirSync(aside)
  if (isOwnLayout(aside, names)) return
  await files.rename(aside, place)
  throw new Error('somebody wrote other files into it')
}
