// An image whose digest is known, from what is kept alone: nobody is asked.
// A registry that has nothing stands in for the real ones, so that the way through an image is the same.

import {createBlobPool} from './blob-pool.ts'
import {VerifiedImageError} from './failure.ts'
import {fetchImage, type ImageSource, type Level, type PlatformChoice, type VerifiedImage} from './image.ts'
import type {Keeper} from './keeper.ts'
import {createPatience} from './patience.ts'
import type {Candidate, Pin} from './plan.ts'
import type {Clock, Random, RegistryPort} from './ports.ts'

export type Recall = {
  readonly candidate: Candidate
  readonly platforms: PlatformChoice
  readonly level: Level
  readonly keeper: Keeper
  readonly clock: Clock
  readonly random: Random
  readonly signal: AbortSignal
}

const nothingThere = (): Promise<never> =>
  Promise.reject(new VerifiedImageError({kind: 'not-found', status: 404, detail: ''}))

const NOBODY: RegistryPort = {openManifest: nothingThere, openBlob: nothingThere, close: () => undefined}

/** Undefined when something is missing; what is there is verified by then, and not read again. */
export const recallImage = async (pin: Pin, recall: Recall): Promise<VerifiedImage | undefined> => {
  const {candidate, platforms, level, keeper, clock, random, signal} = recall
  const attempting: ImageSource['attempting'] = {
    ...{clock, random, signal, patience: createPatience(), backoff: {attempts: 1, firstMs: 1, maxMs: 1}},
    record: () => undefined,
    arrived: () => undefined
  }
  try {
    const top = await keeper.recallManifest({digest: pin.digest})
    if (top === undefined) return undefined
    const source = {candidate, registry: NOBODY, blobs: createBlobPool(NOBODY, keeper), attempting, keeper}
    return await fetchImage(source, top, platforms, level)
  } catch (error) {
    // Whatever it is, a registry is asked next, and its answer is the one to report.
    if (!(error instanceof VerifiedImageError) && !signal.aborted) throw error
    return undefined
  }
}
