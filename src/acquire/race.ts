// The registries of one image, one after the other and side by side, until one of them has served the whole verified image.
// Runs only emit events. The race applies them one by one, so that no two changes overlap.

import {
  type ActiveCandidate,
  LostRace,
  type RaceContext,
  type RaceEvent,
  type RunResult,
  updateResolution,
  watchSilence,
  watchThroughput
} from './active-candidate.ts'
import type {CandidateResult} from './candidate-result.ts'
import {runCandidate} from './candidate-run.ts'
import {AsyncQueue} from '../concurrency/async-queue.ts'
import {
  type Entrant,
  isOfImage,
  mayHaveAnother,
  newEntrant,
  reopen,
  resultOf,
  stateOf,
  workedOnAnother
} from './entrant.ts'
import {type Failure} from '../failure/failure.ts'
import {type MovedTag} from './moved-tag.ts'
import {nextCandidate, type Purpose} from './next-candidate.ts'
import {type Unresolved} from './plan.ts'
import {retryPolicyOf} from '../fetch/retry-policy.ts'
import {createSilence} from './silence.ts'
import {type VerifiedImage} from '../fetch/verified-image.ts'

export type RaceResult = {
  readonly image: VerifiedImage | undefined
  /** Of every registry, in order. */
  readonly results: readonly CandidateResult[]
  readonly moved: Promise<MovedTag> | undefined
}

/** Races the registries of one image. Rejects for a bug, once every run has ended. */
export function raceCandidates(context: RaceContext): Promise<RaceResult> {
  return new Race(context).run()
}

type End = {readonly image: VerifiedImage | undefined; readonly bug?: {readonly error: unknown}}

// 1. Registries start in order. The next one starts when those at work have failed or are slow (hedged requests).
// 2. While no digest is decided, the primary is asked for its tag first. Only a mirror that may resolve the tag starts beside it.
//    Its image is held back, and used only if its digest is the one that is decided.
// 3. The answer of the primary decides. If it fails, or is silent for one stall-timeout, resolution.ts decides without it.
// 4. Once a digest is decided:
//    a. an image that is held and has this digest ends the race;
//    b. a registry that works on another digest is canceled;
//    c. a registry that has served or tried another digest is opened again for the decided one.
// 5. The first image with the decided digest wins. The others are canceled, and the race ends when the last of them has ended.
class Race {
  readonly #context: RaceContext
  readonly #entrants: readonly Entrant[]
  readonly #events = new AsyncQueue<RaceEvent>()
  /** Verified images in the order in which they were completed: the first copy of the decided digest is used. */
  readonly #verified: VerifiedImage[] = []
  #moved: Promise<MovedTag> | undefined

  constructor(context: RaceContext) {
    this.#context = context
    this.#entrants = context.request.candidates.map(newEntrant)
  }

  async run(): Promise<RaceResult> {
    const end = await this.#runToEnd()
    await this.#cancelActive()
    for (const entrant of this.#entrants)
      if (entrant.image !== undefined && entrant.image !== end.image) entrant.outcome = 'aborted'
    if (end.bug !== undefined) throw end.bug.error
    return {image: end.image, results: this.#entrants.map(resultOf), moved: this.#moved}
  }

  async #runToEnd(): Promise<End> {
    this.#startNext()
    if (this.#active().length === 0) return {image: undefined}
    for await (const event of this.#events) {
      const end = this.#apply(event) ?? this.#decide()
      if (end !== undefined) return end
      if (this.#context.deps.signal.aborted) break
      this.#startNext()
      if (this.#active().length === 0) break
    }
    return {image: undefined}
  }

  /** Applies an event. Returns the end of the race if no registry can serve the image any more. */
  #apply(event: RaceEvent): End | undefined {
    switch (event.type) {
      case 'answered':
        return undefined
      case 'slow':
        event.active.isSlow = true
        return undefined
      case 'silent':
        this.#resolveWithoutPrimary({kind: 'silent', forMs: this.#context.deps.stallTimeoutMs})
        return undefined
      case 'crashed':
        this.#entrantOf(event.active).active = undefined
        return {image: undefined, bug: {error: event.bug}}
      case 'ended':
        return this.#applyEnded(event.active, event.result)
    }
  }

  #applyEnded(active: ActiveCandidate, result: RunResult): End | undefined {
    const entrant = this.#entrantOf(active)
    this.#recordResult(entrant, result)
    entrant.digest = active.digest
    if (result.image !== undefined) {
      entrant.image = result.image
      this.#verified.push(result.image)
    }
    if (result.outcome !== 'failed' || result.failure === undefined) return undefined
    // A primary that failed to resolve its tag is not requested again.
    entrant.isStarted = true
    entrant.storedAtFailure = this.#context.deps.store?.size()
    const isFinal =
      active.candidate.role === 'primary'
        ? this.#applyPrimaryFailure(result.failure)
        : this.#applyMirrorFailure(entrant, result.failure)
    return isFinal ? {image: this.#imageWithDecidedDigest()} : undefined
  }

  #recordResult(entrant: Entrant, result: RunResult): void {
    entrant.active = undefined
    entrant.outcome = result.outcome ?? entrant.outcome
    entrant.withheld = result.withheld
    entrant.resolvedManifest = result.resolvedManifest
    // A retry that found the rest elsewhere does not undo what the registry lacks.
    if (result.failure !== undefined) {
      entrant.failure = result.failure
      entrant.failedObject = result.failedObject
    }
    this.#moved ??= result.moved
    if (result.outcome === 'failed') this.#context.deps.log({type: 'candidate-failed', result: resultOf(entrant)})
  }

  /** Returns whether the failure of the primary is final for the image. */
  #applyPrimaryFailure(failure: Failure): boolean {
    const isFinal = !retryPolicyOf(failure).tryNextRegistry
    if (!isFinal) this.#resolveWithoutPrimary({kind: 'failed', failure})
    return isFinal
  }

  /** Returns whether the failure of a mirror is final for the image. */
  #applyMirrorFailure(entrant: Entrant, failure: Failure): boolean {
    if (retryPolicyOf(failure).tryNextRegistry) return false
    if (!isOfImage(failure)) return true
    // The mirror's own answer for the tag may lead to something that is not an image. That says nothing about other mirrors.
    updateResolution(this.#context, resolution => {
      resolution.dismissAnswer(entrant.candidate)
    })
    return !workedOnAnother(entrant, this.#context.resolution.resolved?.digest)
  }

  #resolveWithoutPrimary(unresolved: Unresolved): void {
    updateResolution(this.#context, resolution => {
      resolution.recordUnresolved(unresolved)
    })
  }

  /** Ends the race if an image has the decided digest. Otherwise turns all registries to that digest. */
  #decide(): End | undefined {
    const decided = this.#context.resolution.resolved?.digest
    if (decided === undefined) return undefined
    const image = this.#imageWithDecidedDigest()
    if (image !== undefined) return {image}
    for (const entrant of this.#entrants.filter(({candidate}) => candidate.role !== 'primary')) {
      const {active} = entrant
      if (active?.digest !== undefined && active.digest !== decided) active.cancellation.abort(new LostRace())
      if (active === undefined && mayHaveAnother(entrant) && workedOnAnother(entrant, decided)) reopen(entrant)
    }
    return undefined
  }

  #imageWithDecidedDigest(): VerifiedImage | undefined {
    const decided = this.#context.resolution.resolved?.digest
    return this.#verified.find(image => image.digest === decided)
  }

  #startNext(): void {
    const {resolution, deps} = this.#context
    const next = nextCandidate({
      candidates: this.#entrants.map(stateOf),
      isResolved: resolution.resolved !== undefined,
      hasDigest: resolution.digestToRequest !== undefined,
      storeSize: deps.store?.size()
    })
    const entrant = this.#entrants.find(({candidate}) => candidate === next?.candidate)
    if (next === undefined || entrant === undefined) return
    if (next.isRetry) entrant.wasRetried = true
    this.#start(entrant, next.purpose)
  }

  #start(entrant: Entrant, purpose: Purpose): void {
    const context = this.#context
    const primary = this.#entrants.find(({candidate}) => candidate.role === 'primary')
    const active: ActiveCandidate = {
      candidate: entrant.candidate,
      purpose,
      resolvedManifest: entrant.resolvedManifest,
      primary: primary === undefined ? undefined : resultOf(primary),
      attempts: entrant.attempts,
      cancellation: new AbortController(),
      silence: createSilence(context.deps.clock),
      isSlow: false
    }
    entrant.active = active
    // It was opened again for another digest. Its failure was about the former one.
    if (!entrant.isStarted) {
      entrant.failure = undefined
      entrant.failedObject = undefined
    }
    entrant.isStarted ||= purpose === 'image'
    entrant.wasUnresolved = context.resolution.resolved === undefined
    const emit = (event: RaceEvent): void => {
      this.#events.push(event)
    }
    runCandidate(active, context, emit).then(
      result => {
        emit({type: 'ended', active, result})
      },
      (bug: unknown) => {
        emit({type: 'crashed', active, bug})
      }
    )
    watchThroughput(active, context, emit)
    watchSilence(active, context, emit)
  }

  async #cancelActive(): Promise<void> {
    for (const {active} of this.#entrants) active?.cancellation.abort(new LostRace())
    if (this.#active().length === 0) return
    for await (const event of this.#events) {
      if (event.type === 'ended') this.#recordResult(this.#entrantOf(event.active), event.result)
      if (event.type === 'crashed') this.#entrantOf(event.active).active = undefined
      if (this.#active().length === 0) return
    }
  }

  #active(): readonly ActiveCandidate[] {
    return this.#entrants.flatMap(({active}) => active ?? [])
  }

  #entrantOf({candidate}: ActiveCandidate): Entrant {
    const found = this.#entrants.find(entrant => entrant.candidate === candidate)
    if (found === undefined) throw new TypeError('each run is of an entrant')
    return found
  }
}
