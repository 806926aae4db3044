// The registries of one image in turn and side by side, until one of them has served the whole image, verified.
// Knows order and time; which digest counts is resolve.ts's decision.

import {
  type CandidateRun,
  createRun,
  Outrun,
  type Purpose,
  runCandidate,
  type Tools,
  watchPace
} from './candidate-run.ts'
import type {CandidateResult} from './candidate-result.ts'
import {type Failure} from '../failure/failure.ts'
import type {Digest} from '../oci/digest.ts'
import {affectsOneObject, retryPolicyOf} from '../fetch/retry-policy.ts'
import {type VerifiedImage} from '../fetch/verified-image.ts'

type News =
  /** A digest was decided: others may join now. */
  | {readonly type: 'resolved'}
  | {readonly type: 'silent'}
  | {readonly type: 'slow'; readonly run: CandidateRun}
  | {
      readonly type: 'ended'
      readonly run: CandidateRun
      readonly image: VerifiedImage | undefined
      readonly bug?: Error
    }

type End = {readonly image: VerifiedImage | undefined; readonly bug?: Error}

export type Race = {
  /** Resolves to the image, or to nothing when the stories tell why not. Rejects for a bug. */
  readonly run: () => Promise<VerifiedImage | undefined>
  /** To be called when a digest was decided. */
  readonly resolved: () => void
}

// 1. The registries are asked one after the other, in order; the next begins when those at work have failed or are slow.
// 2. While no digest is decided, the primary is asked for its tag first. Only a mirror that may resolve the tag begins beside
//    it, and what it fetches is held: its image is used if its digest is the one that is decided on.
// 3. The primary's answer decides. When it has failed, or was silent for one stall-timeout, resolve.ts decides without it.
// 4. With the decision, a held image that has the digest is the result at once. A registry that works on another digest is
//    left, and may be asked again, for the digest.
// 5. The first image with the decided digest ends all others.
export function createRace(tools: Tools): Race {
  const {around, stories, resolver} = tools
  const running = new Set<CandidateRun>()
  const begun = new Set<CandidateResult>()
  const held = new Map<CandidateResult, VerifiedImage>()
  /** Those that were asked while nothing was decided, and what each of them worked on in the end. */
  const undecided = new Set<CandidateResult>()
  const workedOn = new Map<CandidateResult, Digest>()
  const reopened = new Set<CandidateResult>()
  const keptBefore = new Map<CandidateResult, number>()
  const news: News[] = []
  let wake = (): void => undefined

  const tell = (item: News): void => {
    news.push(item)
    wake()
  }
  const nextNews = async (): Promise<News> => {
    for (;;) {
      const item = news.shift()
      if (item !== undefined) return item
      await new Promise<void>(resolve => (wake = resolve))
    }
  }

  const begin = (story: CandidateResult, purpose: Purpose): void => {
    const run = createRun(story, purpose, around)
    running.add(run)
    if (purpose === 'image') begun.add(story)
    if (resolver.pin() === undefined) undecided.add(story)
    else undecided.delete(story)
    if (reopened.has(story)) forgetFailure(story)
    const slow = (): void => {
      tell({type: 'slow', run})
    }
    runCandidate(run, tools, slow).then(
      image => {
        tell({type: 'ended', run, image})
      },
      (error: unknown) => {
        const bug = error instanceof Error ? error : new Error(String(error))
        tell({type: 'ended', run, image: undefined, bug})
      }
    )
    watchPace(run, around, slow)
    watchSilence(run)
  }
  // Without a hedge no mirror works beside the primary, so that there is nothing to decide before it has failed.
  const watchSilence = (run: CandidateRun): void => {
    const {hedgeAfterMs, stallTimeoutMs} = around
    const {story, silence, leave} = run
    if (hedgeAfterMs === undefined || story.candidate.role !== 'primary' || resolver.pin() !== undefined) return
    silence.lasting(stallTimeoutMs, leave.signal).then(
      () => {
        tell({type: 'slow', run})
        tell({type: 'silent'})
      },
      () => undefined
    )
  }

  const beginNext = (): void => {
    if ([...running].some(run => !run.isSlow)) return
    const isDecided = resolver.pin() !== undefined
    if (!isDecided && held.size > 0) return
    const primary = stories.find(({candidate}) => candidate.role === 'primary')
    const busy = new Set([...running].map(run => run.story))
    const isOpen = (story: CandidateResult): boolean => !begun.has(story) && !busy.has(story)
    if (!isDecided && primary !== undefined && isOpen(primary)) {
      begin(primary, primary === stories[0] ? 'image' : 'resolution')
      return
    }
    const next = stories.find(story => isOpen(story) && resolver.mayAsk(story.candidate))
    if (next !== undefined) begin(next, 'image')
    else if (running.size === 0) beginAgain()
  }

  // A registry that lacks a manifest which another has served since may still have the blobs below it.
  const beginAgain = (): void => {
    const {store} = around
    const next = stories.find(
      story =>
        store !== undefined &&
        story.failure !== undefined &&
        affectsOneObject(story.failure) &&
        (story.failedObject === 'manifest' || story.failedObject === 'child') &&
        store.size() > (keptBefore.get(story) ?? Infinity)
    )
    if (next === undefined) return
    // Once.
    keptBefore.set(next, Infinity)
    begin(next, 'image')
  }

  /** What the news changes; an end, when it is one. */
  const settle = (item: News): End | undefined => {
    if (item.type === 'slow') item.run.isSlow = true
    if (item.type === 'silent') resolver.resolveWithout({kind: 'silent', forMs: around.stallTimeoutMs})
    const final = item.type === 'ended' ? settleEnded(item.run, item.image) : false
    if (item.type === 'ended' && item.bug !== undefined) return {image: undefined, bug: item.bug}
    const pin = resolver.pin()
    if (pin === undefined) return final ? {image: undefined} : undefined
    const image = [...held.values()].find(({digest}) => digest === pin.digest)
    if (image !== undefined || final) return {image}
    leaveOthers(pin.digest)
    return undefined
  }
  /** Whether the image cannot be had anywhere. */
  const settleEnded = (run: CandidateRun, image: VerifiedImage | undefined): boolean => {
    const {story, digest} = run
    running.delete(run)
    if (!keptBefore.has(story)) keptBefore.set(story, around.store?.size() ?? 0)
    if (digest !== undefined) workedOn.set(story, digest)
    if (image !== undefined) held.set(story, image)
    if (story.outcome !== 'failed' || story.failure === undefined) return false
    // A primary that failed to resolve its tag is not asked again.
    begun.add(story)
    return story.candidate.role === 'primary' ? settlePrimary(story.failure) : settleMirror(story, story.failure)
  }
  const settlePrimary = (failure: Failure): boolean => {
    const isFinal = !retryPolicyOf(failure).tryNextRegistry
    if (!isFinal) resolver.resolveWithout({kind: 'failed', failure})
    return isFinal
  }
  // What a mirror's own answer for a tag leads to may be no image: that says nothing of what another one has.
  const settleMirror = (story: CandidateResult, failure: Failure): boolean => {
    if (retryPolicyOf(failure).tryNextRegistry) return false
    if (!isOfImage(failure)) return true
    resolver.dismiss(story.candidate)
    return !isOfAnother(story, resolver.pin()?.digest)
  }
  /** Whether it worked on something else than this, or nothing was known of what it should be. */
  const isOfAnother = (story: CandidateResult, decided: Digest | undefined): boolean => {
    const digest = workedOn.get(story)
    return digest === undefined ? undecided.has(story) : digest !== decided
  }
  /** A registry that has, fetches or was asked for something else than what was decided on may be asked for that, once. */
  const leaveOthers = (decided: Digest): void => {
    for (const {digest, story, leave} of running)
      if (digest !== undefined && digest !== decided && story.candidate.role !== 'primary') leave.abort(new Outrun())
    for (const story of stories) {
      const isOver = begun.has(story) && ![...running].some(run => run.story === story)
      const mayHaveIt =
        story.withheld === undefined &&
        (story.failure === undefined || affectsOneObject(story.failure) || isOfImage(story.failure))
      if (isOver && mayHaveIt && story.candidate.role !== 'primary' && isOfAnother(story, decided)) reopen(story)
    }
  }
  const reopen = (story: CandidateResult): void => {
    if (held.delete(story)) story.outcome = 'aborted'
    if (reopened.has(story)) return
    reopened.add(story)
    begun.delete(story)
    workedOn.delete(story)
  }

  const leaveAll = async (): Promise<void> => {
    for (const run of running) run.leave.abort(new Outrun())
    while (running.size > 0) {
      const item = await nextNews()
      if (item.type === 'ended') running.delete(item.run)
    }
  }
  const finish = async ({image, bug}: End): Promise<VerifiedImage | undefined> => {
    await leaveAll()
    for (const [story, other] of held) if (other !== image) story.outcome = 'aborted'
    if (bug !== undefined) throw bug
    return image
  }

  return {
    resolved: () => {
      tell({type: 'resolved'})
    },
    run: async () => {
      beginNext()
      while (running.size > 0) {
        const end = settle(await nextNews())
        if (end !== undefined || around.signal.aborted) return finish(end ?? {image: undefined})
        beginNext()
      }
      return undefined
    }
  }
}

function forgetFailure(story: CandidateResult): void {
  delete story.failure
  delete story.failedObject
}

function isOfImage({kind}: Failure): boolean {
  return kind === 'unusable' || kind === 'platform-missing'
}
