// The lock file around a run: read and held against the images before anything is asked, renewed when all is done.
// A part of action.ts with a room of its own, and like that one a place where deciding and touching meet.
import {errorAnnotation} from '../report/annotations.ts'
import {buildImageReport} from '../report/build-report.ts'
import {type Lock, renderChange} from '../pins/lock.ts'
import {
  inconsistentEntries,
  isEnforcing,
  type LockMode,
  lockKey,
  lockEntries,
  applyLock,
  type LockedRequests
} from '../pins/lock-policy.ts'
import type {ImageRequest} from '../acquire/plan.ts'
import type {Report} from '../report/report-document.ts'
import {reportLockChange} from '../report/report-fields.ts'
import {floatingTagAdvice} from '../report/floating-tags.ts'
import type {Inputs} from '../runner/inputs.ts'
import {DEFAULTS} from '../runner/input-reader.ts'
import {type LockFile, resolveLockFile, readLockFile, updateLockFile} from '../pins/lock-file.ts'
import {type Clock} from '../concurrency/clock.ts'
import {fail, VerifiedImageError} from '../failure/error.ts'
import {type InputIssue} from '../failure/failure.ts'
import {notUpdatedWarning} from '../report/lock-warnings.ts'
import {type Acquisition} from '../acquire/acquisition.ts'

export type Pins = Pick<LockedRequests, 'images' | 'fallbacks'> & {
  readonly mode: Inputs['lock']
  readonly file: LockFile
  readonly lock: Lock | undefined
  /** The fallbacks, when the lock is renewed: a later run needs them in the lock. */
  readonly lockOnlyImages: readonly ImageRequest[]
}

/** Rejects with 'invalid-input' and all issues: those of the inputs, and a lock file that is broken or that lacks an image. */
export async function loadPins(
  inputs: Inputs,
  issues: readonly InputIssue[],
  environment: Readonly<Record<string, string | undefined>>,
  warn: (text: string) => void
): Promise<Pins> {
  if (issues.length === 0) return readPins(inputs, environment, warn)
  const isLockInput = issues.some(({input}) => input === 'lock' || input === 'lock-file')
  const faults = isLockInput ? [] : await lockIssues(inputs, environment)
  return fail({kind: 'invalid-input', faults: [...issues, ...faults]})
}

async function lockIssues(
  inputs: Inputs,
  environment: Readonly<Record<string, string | undefined>>
): Promise<readonly InputIssue[]> {
  try {
    await readPins(inputs, environment, () => undefined)
    return []
  } catch (error) {
    if (!(error instanceof VerifiedImageError)) throw error
    return error.failure.kind === 'invalid-input' ? error.failure.faults : []
  }
}

async function readPins(
  {images, fallbackTags, lock: mode, lockFile}: Inputs,
  environment: Readonly<Record<string, string | undefined>>,
  warn: (text: string) => void
): Promise<Pins> {
  const file = resolveLockFile(lockFile, environment)
  const lock = mode === 'off' ? undefined : await readLockFile(file)
  const pinned = applyLock(images, fallbackTags, {lock, mode, file: file.name})
  if (pinned.faults.length > 0) fail({kind: 'invalid-input', faults: pinned.faults})
  for (const warning of pinned.warnings) warn(warning)
  if (lock === undefined) missLockFile(mode, file, warn)
  const known = new Set(pinned.images.map(lockKey))
  const fallbacks = new Map([...pinned.fallbacks.values()].flat().map(image => [lockKey(image), image]))
  const forLock = [...fallbacks].flatMap(([name, image]) => (known.has(name) ? [] : [image]))
  return {...pinned, mode, file, lock, lockOnlyImages: mode === 'update' ? forLock : []}
}

// The default name is used if the file exists. A name that somebody wrote means a file that is there.
function missLockFile(mode: LockMode, {name, path}: LockFile, warn: (text: string) => void): void {
  const make = 'run this step once with lock: update to make it, look at it and commit it'
  if (mode === 'require') {
    const rule = `there is no ${path}, and lock: require needs it; ${make}`
    fail({kind: 'invalid-input', faults: [{input: 'lock-file', value: name, reason: rule, example: 'lock: update'}]})
  }
  if (mode === 'enforce' && name !== DEFAULTS['lock-file'])
    warn(`lock-file: there is no ${path}, so no tag is locked; ${make}. With lock: require a missing file is an error.`)
}

/** Rejects with 'invalid-input' when an image is not what the lock says of it. */
export function verifyPins({mode, file, lock}: Pins, images: readonly Acquisition[]): void {
  if (lock === undefined || !isEnforcing(mode)) return
  const faults = images.flatMap(image => inconsistentEntries(image, lock, file.name))
  if (faults.length > 0) fail({kind: 'invalid-input', faults})
}

export type PinsDeps = {
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly print: (line: string) => void
  readonly warn: (title: string, text: string) => void
}

/** Writes the lock file when it is to be renewed, and advises where a pin would do good. */
export async function updateLock(
  {mode, file, lock}: Pins,
  images: readonly Acquisition[],
  forLock: readonly Acquisition[],
  {clock, signal, print, warn}: PinsDeps
): Promise<Pick<Report, 'lock' | 'advice'>> {
  if (mode === 'update') {
    const all = [...images, ...forLock]
    for (const acquisition of forLock.filter(({image}) => image === undefined)) {
      const {title, message} = errorAnnotation(buildImageReport(acquisition, 0, undefined))
      warn(title, `${message}\nIt is listed in fallback-tags and was not added to ${file.name}.`)
    }
    for (const text of all.flatMap(acquisition => notUpdatedWarning(acquisition, file.name) ?? []))
      warn('Lock file', text)
    const updates = lockEntries(all)
    const changes = updates.size === 0 ? [] : await updateLockFile(file, updates, {clock, signal})
    for (const change of changes) print(`${file.name}: ${renderChange(change)}`)
    return {lock: {file: file.name, mode, changes: changes.map(reportLockChange)}}
  }
  const advice = isEnforcing(mode) ? floatingTagAdvice(images, file.name) : undefined
  if (advice !== undefined) print(advice)
  return {
    ...(advice === undefined ? {} : {advice: [advice]}),
    ...(lock === undefined || !isEnforcing(mode) ? {} : {lock: {file: file.name, mode, changes: []}})
  }
}
