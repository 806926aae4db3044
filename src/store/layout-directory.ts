// The directory of an OCI image layout: written beside its path and moved there when it is complete, so that a killed run leaves
// nothing incomplete. Replaces only an unchanged layout of an earlier run: no other file is ever removed.

import {createHash} from 'node:crypto'
import {promises as files, lstatSync, readdirSync, realpathSync} from 'node:fs'
import {basename, dirname, isAbsolute, join, relative, sep} from 'node:path'
import {isObject} from '../oci/json.ts'
import type {StagingNames} from './staging.ts'
import {describeErrno, isErrno} from '../filesystem/errno.ts'
import {readRegularFileSync} from '../filesystem/regular-file.ts'
import {replaceFolder} from '../filesystem/replace-folder.ts'
import {VerifiedImageError} from '../failure/error.ts'

/** What a layout consists of, by path. */
export type LayoutFiles = {
  readonly documents: Readonly<Record<string, Uint8Array>>
  /** Each function puts its blob at the path that it is called with. */
  readonly blobs: Readonly<Record<string, (path: string) => Promise<void>>>
}

// A key in the `oci-layout` file, where readers ignore keys that they do not know. Its value is the digest of the index that this
// action wrote.
const OWNERSHIP_KEY = 'verified-image.index'

// More than an index of thousands of images.
const MAX_INDEX_BYTES = 16 * 1024 * 1024

/**
 * Returns why a layout must not be written to the folder; undefined when the folder is absent, empty, or holds an unchanged layout
 * of an earlier run. A checkout can contain links: one in the workspace must not lead to a folder elsewhere.
 */
export function checkLayout(folder: string, workspace: string): string | undefined {
  if (isWithin(workspace, folder))
    return 'it must be a folder of its own, not the workspace or a folder that contains it'
  try {
    if (leadsOut(folder, workspace))
      return 'it is in the workspace, but a folder above it is a symbolic link that leads out of the workspace'
    if (lstatSync(folder).isSymbolicLink()) return 'it is a symbolic link; links are not followed'
    const names = readdirSync(folder)
    if (names.length === 0 || isOwnLayout(folder)) return undefined
    return 'the folder has other files, which are not deleted; it must be absent, empty, or an unchanged layout of an earlier run'
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    return `the folder cannot be read: ${describeErrno(error)}`
  }
}

/** Writes a layout. Rejects with a failure of kind `local-io`, or with the signal's reason; nothing is left of it then. */
export async function writeLayout(
  folder: string,
  layout: LayoutFiles,
  stagingNames: StagingNames,
  signal: AbortSignal
): Promise<void> {
  const parent = dirname(folder)
  const prefix = `.${basename(folder)}-`
  const staged = join(parent, stagingNames.uniqueName(prefix))
  try {
    await files.mkdir(parent, {recursive: true})
    await stagingNames.removeStale(parent, prefix)
    await files.mkdir(staged)
    await writeFiles(staged, layout, signal)
    signal.throwIfAborted()
    await replaceFolder({
      path: folder,
      from: staged,
      aside: join(parent, stagingNames.uniqueName(prefix)),
      // What was there when the run began may have changed since.
      mayReplace: aside => isEmptyFolder(aside) || isOwnLayout(aside)
    })
  } catch (error) {
    await files.rm(staged, {recursive: true}).catch(() => undefined)
    signal.throwIfAborted()
    if (error instanceof VerifiedImageError) throw error
    const detail = `the layout cannot be written to ${folder}: ${describeErrno(error)}`
    throw new VerifiedImageError({kind: 'local-io', detail}, {cause: error})
  }
}

async function writeFiles(folder: string, {documents, blobs}: LayoutFiles, signal: AbortSignal): Promise<void> {
  for (const path of [...Object.keys(blobs), ...Object.keys(documents)])
    await files.mkdir(dirname(join(folder, path)), {recursive: true})
  for (const [path, put] of Object.entries(blobs)) {
    signal.throwIfAborted()
    await put(join(folder, path))
  }
  for (const [path, bytes] of Object.entries(documents)) {
    const content = path === 'oci-layout' ? withOwnership(bytes, documents['index.json']) : bytes
    await files.writeFile(join(folder, path), content)
  }
}

function withOwnership(bytes: Uint8Array, index: Uint8Array | undefined): string {
  const document: unknown = JSON.parse(Buffer.from(bytes).toString())
  return JSON.stringify({
    ...(isObject(document) ? document : {}),
    [OWNERSHIP_KEY]: sha256Of(index ?? new Uint8Array())
  })
}

function isEmptyFolder(folder: string): boolean {
  return lstatSync(folder).isDirectory() && readdirSync(folder).length === 0
}

/** Whether the folder is a layout that this action wrote, with the index that it wrote. */
function isOwnLayout(folder: string): boolean {
  try {
    // rename(2) moves a link, and its target is not ours.
    if (!lstatSync(folder).isDirectory()) return false
    if (readdirSync(folder).some(name => !['oci-layout', 'index.json', 'blobs'].includes(name))) return false
    const [index, layout] = ['index.json', 'oci-layout'].map(name =>
      readRegularFileSync(join(folder, name), {maxBytes: MAX_INDEX_BYTES})
    ) as [Buffer, Buffer]
    const document: unknown = JSON.parse(layout.toString())
    return isObject(document) && document[OWNERSHIP_KEY] === sha256Of(index)
  } catch {
    return false
  }
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Whether `inner` is `outer` or lies in it, by their names. */
function isWithin(inner: string, outer: string): boolean {
  const path = relative(outer, inner)
  return path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path)
}

function leadsOut(folder: string, workspace: string): boolean {
  return isWithin(folder, workspace) && !isWithin(realPathOf(dirname(folder)), realPathOf(workspace))
}

/** Returns the real path of the part that exists, with the rest of the path. */
function realPathOf(path: string): string {
  try {
    return realpathSync.native(path)
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error
    return join(realPathOf(dirname(path)), basename(path))
  }
}
