// The lock file on disk: read with errors that say where, and written whole, so that two steps that write at once both get
// their images into it. What is in it is lock.ts's matter. A checkout may hold anything under its name, since a pull request
// can commit a link, and a job can make a FIFO: a link is followed inside the workspace only, and what is opened is a regular file.

import {randomUUID} from 'node:crypto'
import {promises as files} from 'node:fs'
import {basename, dirname, join, resolve} from 'node:path'
import type {Node, ParseError} from 'jsonc-parser'
import {type InputIssue} from '../failure/failure.ts'
import {
  decodeLock,
  EMPTY_LOCK,
  type Lock,
  type LockChange,
  type LockedImage,
  type LockIssue,
  mergeLock,
  renderLock
} from './lock.ts'
import {isErrno} from '../filesystem/errno.ts'
import {isBelow, realPathBelow} from '../filesystem/real-path.ts'
import {NotRegularFile, readRegularFileSync} from '../filesystem/regular-file.ts'
import {type Clock} from '../concurrency/clock.ts'
import {fail, VerifiedImageError} from '../failure/error.ts'

export type LockFile = {
  /** As the input names it. */
  readonly name: string
  readonly path: string
  /** The folder that no link may lead out of. */
  readonly root: string
}

/** Some ten thousand images: more is another file. */
const MAX_LOCK_BYTES = 4 * 1024 * 1024

const MAX_FAULTS = 20

/**
 * Relative to the workspace, which is where a checkout is; without a runner, to the working directory. A workflow may name a file
 * elsewhere; then no link may lead out of its folder.
 */
export function resolveLockFile(name: string, environment: Readonly<Record<string, string | undefined>>): LockFile {
  const written = environment['GITHUB_WORKSPACE'] ?? ''
  const workspace = resolve(written === '' ? '.' : written)
  const path = resolve(workspace, name)
  return {name, path, root: isBelow(path, workspace) ? workspace : dirname(path)}
}

/** Undefined when there is none. Rejects with 'invalid-input' for one that cannot be understood. */
export async function readLockFile(file: LockFile): Promise<Lock | undefined> {
  return (await readText(file, realPathOf(file)))?.lock
}

type Read = {readonly text: string; readonly lock: Lock}

async function readText(file: LockFile, path: string): Promise<Read | undefined> {
  const bytes = readBytes(file, path)
  if (bytes === undefined) return undefined
  let text: string
  try {
    text = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes)
  } catch {
    return rejectLockFile(file, ['it is not UTF-8'])
  }
  const decoded = decodeLock(text)
  if ('lock' in decoded) return {text, lock: decoded.lock}
  const faults = decoded.faults.slice(0, MAX_FAULTS)
  return rejectLockFile(file, await Promise.all(faults.map(fault => locate(text, fault))))
}

function readBytes(file: LockFile, path: string): Uint8Array | undefined {
  const read = translating(file, () => readIfThere(path, MAX_LOCK_BYTES))
  if (read === undefined || 'bytes' in read) return read?.bytes
  return rejectLockFile(file, [read.why])
}

/** Where it is, or would be, without links. Rejects with 'invalid-input' for a link out of its root. */
function realPathOf(file: LockFile): string {
  const {path, root} = file
  const found = translating(file, () => realPathBelow(path, root))
  return found.ok ? found.value : rejectLockFile(file, [found.reason])
}

function translating<T>(file: LockFile, run: () => T): T {
  try {
    return run()
  } catch (error) {
    return fail({kind: 'local-io', detail: `${file.name} cannot be read: ${messageOf(error)}`}, {cause: error})
  }
}

function messageOf(error: unknown): string {
  return String(error).replace(/^Error: /, '')
}

function rejectLockFile({name}: LockFile, rules: readonly string[]): never {
  fail({
    kind: 'invalid-input',
    faults: rules.map((rule): InputIssue => ({
      input: 'lock-file',
      value: name,
      reason: rule,
      example: 'the file as it was committed last; without it, lock: update writes a new one'
    }))
  })
}

/** The fault with its line and column. Only a broken file is worth loading a parser that knows places. */
async function locate(text: string, {reason, path}: LockIssue): Promise<string> {
  const conflict = /^(?:<{7}|={7}|>{7})(?: |\r?$)/m.exec(text)
  if (conflict !== null) return `${placeOf(text, conflict.index)}: it has the marks of a merge conflict`
  const {findNodeAtLocation, parseTree, printParseErrorCode} = await import('jsonc-parser')
  const errors: ParseError[] = []
  // A mark at the start is no part of the JSON; a space in its place keeps the columns right.
  const tree = parseTree(text.replace(/^\uFEFF/, ' '), errors, {disallowComments: true})
  const [first] = errors
  if (first !== undefined) {
    const what = printParseErrorCode(first.error).replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    return `${placeOf(text, first.offset)}: it is not JSON (${what.toLowerCase()})`
  }
  if (tree === undefined || path === undefined) return `${placeOf(text, secondKeyIn(tree) ?? 0)}: ${reason}`
  // Where what is wrong is missing, that in which it is missing is the place.
  for (let depth = path.length; depth > 0; depth--) {
    const node = findNodeAtLocation(tree, path.slice(0, depth))
    if (node !== undefined) return `${placeOf(text, node.parent?.offset ?? node.offset)}: ${namePath(path)}: ${reason}`
  }
  return `${placeOf(text, tree.offset)}: ${namePath(path)}: ${reason}`
}

/** Where a key stands in an object that has had it before. */
function secondKeyIn(node: Node | undefined): number | undefined {
  const keys = new Set<unknown>()
  for (const child of node?.children ?? []) {
    const [key] = child.type === 'property' ? (child.children ?? []) : []
    if (key !== undefined && keys.has(key.value)) return key.offset
    keys.add(key?.value)
    const below = secondKeyIn(child)
    if (below !== undefined) return below
  }
  return undefined
}

/** `images["docker.io/library/php:8.3.8"].digest`. */
function namePath(path: readonly string[]): string {
  return path
    .map((key, at) => (/^[$\w]+$/.test(key) ? `${at === 0 ? '' : '.'}${key}` : `[${JSON.stringify(key)}]`))
    .join('')
}

function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/)
  return `line ${String(before.length)}, column ${String((before.at(-1)?.length ?? 0) + 1)}`
}

/** Puts these images into the file, which is made when there is none. What others wrote in the meantime stays. */
export async function updateLockFile(
  file: LockFile,
  updates: ReadonlyMap<string, LockedImage>,
  {clock, signal}: {readonly clock: Clock; readonly signal: AbortSignal}
): Promise<readonly LockChange[]> {
  try {
    // A link is followed, so that it stays one.
    const path = realPathOf(file)
    await files.mkdir(dirname(path), {recursive: true})
    return await withFileLock(`${path}.lock`, clock, signal, async () => {
      const before = await readText(file, path)
      const {lock, changes} = mergeLock(before?.lock ?? EMPTY_LOCK, updates)
      if (changes.some(({change}) => change !== 'unchanged'))
        await replaceLockFile(path, renderLock(lock, before?.text ?? ''))
      return changes
    })
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof VerifiedImageError) throw error
    return fail({kind: 'local-io', detail: `${file.name} cannot be written: ${messageOf(error)}`}, {cause: error})
  }
}

async function replaceLockFile(path: string, text: string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}`)
  try {
    await files.writeFile(temporary, text, {flag: 'wx', flush: true})
    const before = await files.stat(path).catch(() => undefined)
    if (before !== undefined) await files.chmod(temporary, before.mode & 0o777)
    await files.rename(temporary, path)
  } catch (error) {
    await files.rm(temporary, {force: true})
    throw error
  }
}

// Reading, merging and renaming take milliseconds: who holds the file for as long as this is dead.
const STALE_MS = 3000
const GIVE_UP_MS = 30_000
const POLL_MS = 25
const MAX_TOKEN_BYTES = 1024

/** Runs `work` while no other step on this machine does: whoever makes the file at `path` may, and takes it away again. */
async function withFileLock<T>(path: string, clock: Clock, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const token = randomUUID()
  const startedMs = clock.nowMs()
  let holder: {readonly token: string | undefined; readonly sinceMs: number} | undefined
  while (!(await tryLock(path, token))) {
    const nowMs = clock.nowMs()
    if (nowMs - startedMs > GIVE_UP_MS)
      fail({kind: 'local-io', detail: `${path} is held by another step; remove it when there is none`})
    const held = readOwner(path)
    // Watched and not dated: clocks of file systems and machines differ.
    if (holder === undefined || holder.token !== held) holder = {token: held, sinceMs: nowMs}
    else if (held !== undefined && nowMs - holder.sinceMs > STALE_MS) await breakStaleLock(path, held, token)
    await clock.wait(POLL_MS, signal)
  }
  try {
    return await work()
  } finally {
    if (readOwner(path) === token) await files.rm(path, {force: true})
  }
}

async function tryLock(path: string, token: string): Promise<boolean> {
  try {
    await files.writeFile(path, token, {flag: 'wx'})
    return true
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false
    throw error
  }
}

/** What is there and is no such file belongs to no step: it is a token that nothing has. */
function readOwner(path: string): string | undefined {
  const read = readIfThere(path, MAX_TOKEN_BYTES)
  if (read === undefined) return undefined
  return 'bytes' in read ? Buffer.from(read.bytes).toString() : ''
}

/** Takes a dead step's file out of the way. Only one can move it; one that moved a living step's by mischance puts it back. */
async function breakStaleLock(path: string, stale: string, token: string): Promise<void> {
  const aside = `${path}.${token}`
  try {
    await files.rename(path, aside)
    if (readOwner(aside) !== stale) await files.link(aside, path)
  } catch (error) {
    // Others were faster, with the one or with the other.
    if (!isErrno(error, 'ENOENT', 'EEXIST')) throw error
  } finally {
    await files.rm(aside, {force: true})
  }
}

/** Undefined when there is nothing. */
function readIfThere(
  path: string,
  maxBytes: number
): {readonly bytes: Uint8Array} | {readonly why: string} | undefined {
  try {
    return {bytes: readRegularFileSync(path, {maxBytes})}
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    if (error instanceof NotRegularFile) return {why: error.message}
    throw error
  }
}
