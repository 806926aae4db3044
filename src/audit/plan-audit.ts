// Everything that is decided before the first request of an audit: inputs, images of files, the lock file, and what it will cost.
// Unlike in the other actions, an image that is not in the lock file is no invalid input.

import {type ImageRequest, planCandidates} from '../acquire/plan.ts'
import {planRun} from '../action/plan-run.ts'
import {type RunContext, warn} from '../action/publish.ts'
import {fail} from '../failure/error.ts'
import {formatCount} from '../failure/format.ts'
import {readRegularFileIfPresent} from '../pins/present-file.ts'
import {type LockFile, readLockFile, resolveLockFile} from '../pins/lock-file.ts'
import type {Lock} from '../pins/lock.ts'
import {lockKey} from '../pins/lock-policy.ts'
import type {Candidate} from '../registry/candidate.ts'
import {DOCKER_HUB} from '../oci/reference.ts'
import {DEFAULTS} from '../runner/input-reader.ts'
import type {Inputs} from '../runner/inputs.ts'
import {type AuditInputs, readAuditInputs} from './audit-inputs.ts'

export type AuditPlan = {
  readonly inputs: Inputs
  readonly audit: AuditInputs
  readonly images: readonly PlannedImage[]
  readonly lock: Lock | undefined
  readonly lockFile: LockFile
}

export type PlannedImage = {readonly image: ImageRequest; readonly candidates: readonly Candidate[]}

/** Reads inputs, files and the lock file. Rejects with 'invalid-input' for everything that is wrong with them. */
export async function planAudit(run: RunContext): Promise<AuditPlan> {
  // Before planRun, which reports all invalid inputs together.
  const audit = readAuditInputs(run.reader)
  const {inputs, pins} = await planRun(run)
  const lockFile = resolveLockFile(inputs.lockFile, run.runtime.environment)
  const lock = await readLockFile(lockFile)
  if (lock === undefined && inputs.lockFile !== DEFAULTS['lock-file'])
    warn(run, 'Lock file', `lock-file: ${lockFile.path} does not exist, so no tag is compared with it.`)
  if (audit.issue && inputs.githubToken === undefined)
    fail({
      kind: 'invalid-input',
      faults: [
        {
          input: 'issue',
          value: 'true',
          reason: 'needs github-token',
          example: 'github-token: ${{ github.token }}'
        }
      ]
    })
  const images = pins.images.map(image => {
    const locked = withLock(image, lock)
    return {image: locked, candidates: planCandidates(locked.reference, inputs, 'primary')}
  })
  return {inputs, audit, images, lock, lockFile}
}

function withLock(image: ImageRequest, lock: Lock | undefined): ImageRequest {
  const locked = lock?.images.get(lockKey(image) ?? '')
  if (locked === undefined || image.reference.digest !== undefined) return image
  return {...image, locked: {digest: locked.digest, mayBeUpdated: false}}
}

/** Entries of the lock file that belong to no image of the run, and the line of the first one. */
export function unusedLockEntries({lock, lockFile, images}: AuditPlan): {
  readonly names: readonly string[]
  readonly line: number
} {
  const used = new Set(images.map(({image}) => lockKey(image)))
  const names = [...(lock?.images.keys() ?? [])].filter(name => !used.has(name))
  const [first] = names
  return {names, line: first === undefined ? 1 : lineOf(lockFile, first)}
}

const MAX_LOCK_BYTES = 4 * 1024 * 1024

function lineOf({path}: LockFile, name: string): number {
  const read = readRegularFileIfPresent(path, MAX_LOCK_BYTES)
  const text = read !== undefined && 'bytes' in read ? Buffer.from(read.bytes).toString('utf8') : ''
  const at = text.indexOf(`${JSON.stringify(name)}:`)
  return text.slice(0, Math.max(at, 0)).split('\n').length
}

/** What the run will ask of each registry, as lines of the log. */
export function describeCost({
  images,
  inputs
}: Pick<AuditPlan, 'images'> & {
  readonly inputs: Pick<Inputs, 'level'>
}): readonly string[] {
  const registries = new Map<string, number>()
  for (const {candidates} of images)
    for (const {repository} of candidates)
      registries.set(repository.registry, (registries.get(repository.registry) ?? 0) + 1)
  return [...registries].map(([registry, count]) => {
    const what = `${registry}: ${formatCount(count, 'image')}`
    const pulls = `${String(count)} for their manifests, and one more for each platform`
    if (inputs.level !== 'manifest') {
      const counts = registry === DOCKER_HUB ? ` Manifests count as pulls: ${pulls} and attestation of an index.` : ''
      return `${what}, every manifest and ${BYTES[inputs.level]}.${counts}`
    }
    if (registry !== DOCKER_HUB) return `${what}: their manifests once, and a HEAD for every other object.`
    return `${what}: a HEAD for every object, which does not count as a pull. A manifest that no other registry serves is downloaded here, and counts: up to ${pulls} of an index.`
  })
}

const BYTES = {
  config: 'every config',
  layers: 'every byte of their layers',
  full: 'every byte of their layers'
} as const
