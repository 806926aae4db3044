// A folder with an image layout: made beside its place, and moved there when it is whole, so that a kill leaves nothing half done.
// Replaces only what an earlier run made and nobody has touched since: no other file is ever removed.

import {createHash} from 'node:crypto'
import {promises as files, readFileSync, readdirSync} from 'node:fs'
import {basename, dirname, isAbsolute, join, relative} from 'node:path'
import {VerifiedImageError} from '../acquire/failure.ts'
import {isObject} from '../oci/json.ts'
import type {Leftovers} from './leftovers.ts'
import {describeErrno, isErrno} from './local-io.ts'

export type LayoutFiles = {
  readonly documents: Readonly<Record<string, Uint8Array>>
  /** By path. */
  readonly blobs: Readonly<Record<string, (path: string) => Promise<void>>>
}

// In the file that every layout has, where readers ignore what they do not know: whose it is, and the index that it had.
const MARK = 'verified-image.index'

/** Why nothing may be written to the folder; undefined when it is absent, empty, or holds a layout that an earlier run wrote. */
export const whyNotLayout = (folder: string, workspace: string): string | undefined => {
  const inside = relative(folder, workspace)
  if (inside === '' || !(inside.startsWith('..') || isAbsolute(inside)))
    return 'it is a folder of its own, not the workspace or one that holds it'
  try {
    const names = readdirSync(folder)
    if (names.length === 0 || isOurs(folder, names)) return undefined
    return 'the folder is absent, empty, or has a layout that this action wrote; this one has other files, which are left alone'
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    return `it is a folder that can be read and written: ${describeErrno(error)}`
  }
}

const isOurs = (folder: string, names: readonly string[]): boolean => {
  if (names.some(name => !['oci-layout', 'index.json', 'blobs'].includes(name))) return false
  try {
    const index = readFileSync(join(folder, 'index.json'))
    const mark: unknown = JSON.parse(readFileSync(join(folder, 'oci-layout'), 'utf8'))
    return isObject(mark) && mark[MARK] === sumOf(index)
  } catch {
    return false
  }
}

const sumOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Rejects with a failure of kind `local-io`, or with the signal's reason; nothing is left of it then. */
export const writeLayout = async (
  folder: string,
  {documents, blobs}: LayoutFiles,
  leftovers: Leftovers,
  signal: AbortSignal
): Promise<void> => {
  const place = await files.realpath(folder).catch(() => folder)
  const parent = dirname(place)
  const prefix = `.${basename(place)}-`
  const made = join(parent, leftovers.nameFor(prefix))
  try {
    await files.mkdir(parent, {recursive: true})
    await leftovers.sweep(parent, prefix)
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
    await replace(place, made, join(parent, leftovers.nameFor(prefix)))
  } catch (error) {
    await files.rm(made, {recursive: true, force: true}).catch(() => undefined)
    signal.throwIfAborted()
    if (error instanceof VerifiedImageError) throw error
    const detail = `the layout cannot be written to ${folder}: ${describeErrno(error)}`
    throw new VerifiedImageError({kind: 'local-io', detail}, {cause: error})
  }
}

const markOf = (bytes: Uint8Array, index: Uint8Array | undefined): string => {
  const document: unknown = JSON.parse(Buffer.from(bytes).toString())
  return JSON.stringify({...(isObject(document) ? document : {}), [MARK]: sumOf(index ?? new Uint8Array())})
}

const replace = async (place: string, made: string, aside: string): Promise<void> => {
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

const putAside = async (place: string, aside: string): Promise<void> => {
  await files.rename(place, aside)
  // What was there when the run began may have been changed while it ran.
  const names = readdirSync(aside)
  if (isOurs(aside, names)) return
  await files.rename(aside, place)
  throw new Error('somebody wrote other files into it')
}
