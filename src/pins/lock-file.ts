// The lock file on disk: reads it with errors that give a position, and updates it as a whole.
// A pull request may put a link or a FIFO under its name: links are followed inside the workspace only, and only a regular
// file is read.

import {randomUUID} from 'node:crypto'
import {promises as files} from 'node:fs'
import {basename, dirname, join, resolve} from 'node:path'
import {type InputIssue} from '../failure/failure.ts'
import {type FileLockOptions, withFileLock} from './file-lock.ts'
import {decodeLock, EMPTY_LOCK, type Lock, type LockChange, type LockedImage, mergeLock, renderLock} from './lock.ts'
import {locateIssue} from './lock-issue-location.ts'
import {isBelow, realPathBelow} from '../filesystem/real-path.ts'
import {renameFile} from '../filesystem/rename-file.ts'
import {readRegularFileIfPresent} from './present-file.ts'
import {fail, VerifiedImageError} from '../failure/error.ts'

export type LockFile = {
  /** As the input names it. */
  readonly name: string
  readonly path: string
  /** The folder that no link may lead out of. */
  readonly root: string
}

const MIB = 1024 * 1024
/** Enough for about ten thousand images. */
const MAX_LOCK_BYTES = 4 * MIB
/** Issues that are reported of one lock file. */
const MAX_ISSUES = 20

/**
 * Resolves the input `lock-file` against the workspace, or against the working directory without a runner. The input may name a file
 * outside the workspace. No link may lead out of the folder of that file then.
 */
export function resolveLockFile(name: string, environment: Readonly<Record<string, string | undefined>>): LockFile {
  const workspace = resolve(environment['GITHUB_WORKSPACE'] ?? '')
  const path = resolve(workspace, name)
  return {name, path, root: isBelow(path, workspace) ? workspace : dirname(path)}
}

/** Reads a lock file. Resolves to undefined if there is none. Rejects with 'invalid-input' if it is not a valid one. */
export async function readLockFile(file: LockFile): Promise<Lock | undefined> {
  return (await readContent(file, realPathOf(file)))?.lock
}

/** Merges these images into the lock file, which is created if necessary. Other entries stay as they are. */
export async function updateLockFile(
  file: LockFile,
  updates: ReadonlyMap<string, LockedImage>,
  options: FileLockOptions
): Promise<readonly LockChange[]> {
  try {
    // A link stays a link: the file that it leads to is replaced.
    const path = realPathOf(file)
    await files.mkdir(dirname(path), {recursive: true})
    return await withFileLock(`${path}.lock`, options, async () => {
      const before = await readContent(file, path)
      const {lock, changes} = mergeLock(before?.lock ?? EMPTY_LOCK, updates)
      if (changes.some(({change}) => change !== 'unchanged'))
        await replaceFile(path, renderLock(lock, before?.text ?? ''))
      return changes
    })
  } catch (error) {
    options.signal.throwIfAborted()
    if (error instanceof VerifiedImageError) throw error
    return fail({kind: 'local-io', detail: `${file.name} cannot be written: ${messageOf(error)}`}, {cause: error})
  }
}

async function readContent(
  file: LockFile,
  path: string
): Promise<{readonly text: string; readonly lock: Lock} | undefined> {
  const bytes = readBytes(file, path)
  if (bytes === undefined) return undefined
  const text = decodeText(file, bytes)
  const decoded = decodeLock(text)
  if ('lock' in decoded) return {text, lock: decoded.lock}
  const issues = decoded.issues.slice(0, MAX_ISSUES)
  return rejectLockFile(file, await Promise.all(issues.map(issue => locateIssue(text, issue))))
}

function readBytes(file: LockFile, path: string): Uint8Array | undefined {
  const read = asReadFailure(file, () => readRegularFileIfPresent(path, MAX_LOCK_BYTES))
  if (read === undefined || 'bytes' in read) return read?.bytes
  return rejectLockFile(file, [read.reason])
}

function decodeText(file: LockFile, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes)
  } catch {
    return rejectLockFile(file, ['it is not UTF-8'])
  }
}

/** The path without links, also of a file that does not exist. Rejects with 'invalid-input' if a link leads out of its root. */
function realPathOf(file: LockFile): string {
  const {path, root} = file
  const found = asReadFailure(file, () => realPathBelow(path, root))
  return found.ok ? found.value : rejectLockFile(file, [found.reason])
}

function asReadFailure<T>(file: LockFile, read: () => T): T {
  try {
    return read()
  } catch (error) {
    return fail({kind: 'local-io', detail: `${file.name} cannot be read: ${messageOf(error)}`}, {cause: error})
  }
}

function rejectLockFile({name}: LockFile, reasons: readonly string[]): never {
  fail({
    kind: 'invalid-input',
    faults: reasons.map((reason): InputIssue => ({
      input: 'lock-file',
      value: name,
      reason,
      example: 'the file as last committed; if it is deleted, lock: update writes a new one'
    }))
  })
}

// Written beside the file and renamed, so that a reader finds the old content or the new one.
async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}`)
  try {
    await files.writeFile(temporary, text, {flag: 'wx', flush: true})
    const before = await files.stat(path).catch(() => undefined)
    if (before !== undefined) await files.chmod(temporary, before.mode & 0o777)
    await renameFile(temporary, path)
  } catch (error) {
    await files.rm(temporary, {force: true})
    throw error
  }
}

function messageOf(error: unknown): string {
  return String(error).replace(/^Error: /, '')
}
