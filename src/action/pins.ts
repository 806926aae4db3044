// The lock file in the flow of a run: read before the first request, compared with the verified images, and updated at the end.
// Only `lock: update` writes it.

import {errorAnnotation} from '../report/annotations.ts'
import {buildImageReport} from '../report/build-report.ts'
import {type Lock, renderChange} from '../pins/lock.ts'
import {
  applyLock,
  inconsistentEntries,
  isEnforcing,
  type LockedRequests,
  lockEntries,
  lockKey,
  type LockMode
} from '../pins/lock-policy.ts'
import type {ImageRequest} from '../acquire/plan.ts'
import type {InputIssue} from '../failure/failure.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import type {Report} from '../report/report-document.ts'
import {reportLockChange} from '../report/report-fields.ts'
import {floatingTagAdvice, notUpdatedWarning} from '../report/lock-advice.ts'
import type {Inputs} from '../runner/inputs.ts'
import {DEFAULTS} from '../runner/input-reader.ts'
import {type LockFile, readLockFile, resolveLockFile, updateLockFile} from '../pins/lock-file.ts'
import {fail, VerifiedImageError} from '../failure/error.ts'
import {type Acquisition} from '../acquire/acquisition.ts'
import {type RunContext, warn} from './publish.ts'
import {Cancelled} from './time-limit.ts'

export type Pins = Pick<LockedRequests, 'images' | 'fallbacks' | 'warnings'> & {
  readonly mode: Inputs['lock']
  readonly file: LockFile
  readonly lock: Lock | undefined
  /** Fallback tags to acquire for the lock file alone: a later run needs them in it. Empty unless the lock file is updated. */
  readonly lockOnlyImages: readonly ImageRequest[]
}

/** Reads the lock file and applies it to the images. Rejects with 'invalid-input' and all issues: those of the inputs, and its own. */
export async function loadPins(
  inputs: Inputs,
  issues: readonly InputIssue[],
  environment: Readonly<Record<string, string | undefined>>
): Promise<Pins> {
  if (issues.length === 0) return readPins(inputs, environment)
  const isLockInput = issues.some(({input}) => input === 'lock' || input === 'lock-file')
  const faults = isLockInput ? [] : await lockIssues(inputs, environment)
  return fail({kind: 'invalid-input', faults: [...issues, ...faults]})
}

async function lockIssues(
  inputs: Inputs,
  environment: Readonly<Record<string, string | undefined>>
): Promise<readonly InputIssue[]> {
  try {
    await readPins(inputs, environment)
    return []
  } catch (error) {
    if (!(error instanceof VerifiedImageError)) throw error
    return error.failure.kind === 'invalid-input' ? error.failure.faults : []
  }
}

/** Rejects with 'invalid-input' if the lock file is broken, required and missing, or lacks an image. */
async function readPins(
  {images, fallbackTags, lock: mode, lockFile}: Inputs,
  environment: Readonly<Record<string, string | undefined>>
): Promise<Pins> {
  const file = resolveLockFile(lockFile, environment)
  const lock = mode === 'off' ? undefined : await readLockFile(file)
  const {faults, warnings, ...locked} = applyLock(images, fallbackTags, {lock, mode, file: file.name})
  if (faults.length > 0) fail({kind: 'invalid-input', faults})
  return {
    ...locked,
    warnings: lock === undefined ? [...warnings, ...missingFileWarnings(mode, file)] : warnings,
    mode,
    file,
    lock,
    lockOnlyImages: mode === 'update' ? fallbacksAlone(locked) : []
  }
}

/** The fallbacks that are not also images of the run, each once. */
function fallbacksAlone({images, fallbacks}: Pick<LockedRequests, 'images' | 'fallbacks'>): readonly ImageRequest[] {
  const known = new Set(images.map(lockKey))
  const byKey = new Map([...fallbacks.values()].flat().map(image => [lockKey(image), image]))
  return [...byKey].flatMap(([key, image]) => (known.has(key) ? [] : [image]))
}

// The default name is used if the file exists. A name that the workflow sets is expected to exist.
function missingFileWarnings(mode: LockMode, {name, path}: LockFile): readonly string[] {
  const create = 'Run this step once with lock: update to create it, review it, and commit it'
  if (mode === 'require') {
    const reason = `${path} does not exist, and lock: require needs it. ${create}`
    fail({kind: 'invalid-input', faults: [{input: 'lock-file', value: name, reason, example: 'lock: update'}]})
  }
  return mode === 'enforce' && name !== DEFAULTS['lock-file']
    ? [
        `lock-file: ${path} does not exist, so no tag is locked. ${create}. With lock: require, a missing file is an error.`
      ]
    : []
}

/** Compares the verified images with all fields of their lock entries. Returns an issue for each field that differs. */
export function verifyPins({mode, file, lock}: Pins, images: readonly Acquisition[]): readonly InputIssue[] {
  return lock !== undefined && isEnforcing(mode)
    ? images.flatMap(image => inconsistentEntries(image, lock, file.name))
    : []
}

/** What the report says about the lock file. */
export type LockUpdate = Pick<Report, 'lock' | 'advice'>

/** Updates the lock file with `lock: update`. Otherwise advises on tags that are not pinned. */
export async function updateLock(
  run: RunContext,
  {mode, file, lock}: Pins,
  images: readonly Acquisition[],
  lockOnlyImages: readonly Acquisition[]
): Promise<LockUpdate> {
  const {runner, runtime, stop} = run
  // Images of a canceled run were not looked at.
  const isCancelled = stop.signal.reason instanceof Cancelled
  if (mode === 'update') {
    const all = isCancelled ? [] : [...images, ...lockOnlyImages]
    for (const {title, message} of isCancelled ? [] : lockOnlyWarnings(lockOnlyImages, file.name))
      warn(run, title, message)
    for (const text of all.flatMap(acquisition => notUpdatedWarning(acquisition, file.name) ?? []))
      warn(run, 'Lock file', text)
    const entries = lockEntries(all)
    const changes =
      entries.size === 0 ? [] : await updateLockFile(file, entries, {clock: runtime.clock, signal: stop.signal})
    for (const change of changes) runner.print(`${file.name}: ${renderChange(change)}`)
    return {lock: {file: file.name, mode, changes: changes.map(reportLockChange)}}
  }
  if (!isEnforcing(mode)) return {}
  const advice = floatingTagAdvice(isCancelled ? [] : images, file.name)
  if (advice !== undefined) runner.print(advice)
  return omitUndefined({
    advice: advice === undefined ? undefined : [advice],
    lock: lock === undefined ? undefined : {file: file.name, mode, changes: []}
  })
}

function lockOnlyWarnings(
  lockOnlyImages: readonly Acquisition[],
  file: string
): readonly {readonly title: string; readonly message: string}[] {
  return lockOnlyImages
    .filter(({image}) => image === undefined)
    .map(acquisition => {
      const {title, message} = errorAnnotation(buildImageReport(acquisition, 0, undefined))
      return {title, message: `${message}\nIt is listed in fallback-tags, and was not written to ${file}.`}
    })
}
