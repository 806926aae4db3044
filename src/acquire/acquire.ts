// The loop over registries, and the hedge: one after the other while they fail, side by side while they crawl, until one has
// served the whole image verified. Knows order and time; what a digest must be is resolve.ts's, what a failure asks for failure.ts's.

import {endpointOf} from '../oci/reference.ts'
import type {BackoffPolicy} from './backoff.ts'
import type {BlobPool} from './blob-pool.ts'
import {type Attempt, type Log, startStory, type Story} from './event.ts'
import {describeFailure, type Failure, type ObjectName, policyOf, VerifiedImageError} from './failure.ts'
import {fetchImage, type ImageSource, type Level, type PlatformChoice, type VerifiedImage} from './image.ts'
import type {Keeper} from './keeper.ts'
import type {Moved} from './moved.ts'
import {createPace, type Pace} from './pace.ts'
import {createPatience, type Patience} from './patience.ts'
import type {Candidate, Pin, WantedImage} from './plan.ts'
import type {Clock, Random, RegistryPort} from './ports.ts'
import {createResolver, type Resolver} from './resolve.ts'
import {isOfOneObject} from './together.ts'

export type Wanted = {
  readonly image: WantedImage
  /** In the order to be asked. */
  readonly candidates: readonly Candidate[]
  readonly platforms: PlatformChoice
  readonly level: Level
}

export type Surroundings = {
  readonly registry: RegistryPort
  readonly blobs: BlobPool
  /** Where load or layout want the bytes: an image may then come from several registries, and from earlier runs. */
  readonly keeper?: Keeper
  readonly clock: Clock
  readonly random: Random
  readonly backoff: BackoffPolicy
  /** How long a registry may crawl before it gets company; undefined: for ever. */
  readonly hedgeAfterMs: number | undefined
  /** What all images of the run know of a registry, by endpoint. */
  readonly shared: Map<string, SharedByEndpoint>
  readonly log: Log
  readonly signal: AbortSignal
}

export type SharedByEndpoint = {readonly pace: Pace; readonly patience: Patience}

/** Every registry's story, and the image when one of them served it. */
export type Acquisition = {
  readonly wanted: Wanted
  readonly stories: readonly Story[]
  readonly pin: Pin | undefined
  readonly image: VerifiedImage | undefined
  /** Set when time was up for the whole run. */
  readonly ended: VerifiedImageError | undefined
  readonly elapsedMs: number
  /** Set when a locked tag has moved at the registry that the reference names. */
  readonly moved?: Moved
  /** The older tags that were tried in its place, in order. When the last one has an image, it is this one's too. */
  readonly fallbacks?: readonly Acquisition[]
  /** What was known of the tag that was asked for; set when another has an image, whose `pin` this one then has. */
  readonly askedPin?: Pin | undefined
}

/** One registry at work. A resolution only asks the primary what the tag is. */
type Run = {
  readonly story: Story
  readonly isResolution: boolean
  readonly leave: AbortController
  /** It is not getting on, and does not keep the next registry waiting any longer. */
  isSlow: boolean
}

type News =
  | {readonly type: 'pinned'}
  | {readonly type: 'slow'; readonly run: Run}
  | {readonly type: 'ended'; readonly run: Run; readonly image: VerifiedImage | undefined; readonly bug?: Error}

class Outrun extends Error {}

/** Never rejects for a registry's failure; what is no VerifiedImageError is a bug and passes through. */
export const acquireImage = async (wanted: Wanted, around: Surroundings): Promise<Acquisition> => {
  const startedMs = around.clock.nowMs()
  const stories = wanted.candidates.map(startStory)
  let moved: Promise<Moved> | undefined
  const resolver = createResolver(wanted.image, {
    onDecision: pin => {
      around.log({type: 'pinned', pin, tag: wanted.image.tag})
      race.pinned()
    },
    onMoved: (source, manifest) => {
      const {registry} = source.candidate.repository
      const text = `${registry} says that ${wanted.image.tag ?? ''} is ${manifest.digest} now; asking for the digest in the lock file`
      around.log({type: 'note', text})
      // A rare thing, as what is recalled below: a run loads neither before it comes to it.
      moved = import('./moved.ts').then(({lookAtMoved}) => lookAtMoved(source, manifest, wanted.platforms, around))
      // Told where it is awaited, below.
      moved.catch(() => undefined)
    },
    onGone: ({repository: {registry}}, failure) => {
      const text = `${registry}: the tag ${wanted.image.tag ?? ''} is no image any more (${describeFailure(failure)}); asking for the digest in the lock file`
      around.log({type: 'note', text})
    }
  })
  const race = createRace(wanted, around, stories, resolver)
  const known = resolver.pin()
  if (known?.decidedBy === 'lock') around.log({type: 'pinned', pin: known, tag: wanted.image.tag})
  const image = (await recall(wanted, around, resolver)) ?? (await race.run())
  const {reason} = around.signal as {reason: unknown}
  const ended = image === undefined && reason instanceof VerifiedImageError ? reason : undefined
  const seen = await moved
  const elapsedMs = around.clock.nowMs() - startedMs
  return {wanted, stories, pin: resolver.pin(), image, ended, elapsedMs, ...(seen === undefined ? {} : {moved: seen})}
}

const recall = async (wanted: Wanted, around: Surroundings, resolver: Resolver): Promise<VerifiedImage | undefined> => {
  const {keeper} = around
  const [candidate] = wanted.candidates
  const pin = resolver.pin()
  if (keeper === undefined || candidate === undefined || pin === undefined) return undefined
  const {recallImage} = await import('./recall.ts')
  const image = await recallImage(pin, {...wanted, ...around, candidate, keeper})
  if (image !== undefined) around.log({type: 'note', text: 'All of it is in the cache: no registry is asked'})
  return image
}

const createRace = (
  wanted: Wanted,
  around: Surroundings,
  stories: readonly Story[],
  resolver: Resolver
): {readonly run: () => Promise<VerifiedImage | undefined>; readonly pinned: () => void} => {
  const running = new Set<Run>()
  const begun = new Set<Story>()
  const keptBefore = new Map<Story, number>()
  const news: News[] = []
  let wake = (): void => undefined

  const tell = (item: News): void => {
    news.push(item)
    wake()
  }
  const begin = (story: Story, isResolution: boolean): void => {
    const run: Run = {story, isResolution, leave: new AbortController(), isSlow: false}
    running.add(run)
    if (!isResolution) begun.add(story)
    around.log({type: 'asking', candidate: story.candidate})
    const slow = (): void => {
      tell({type: 'slow', run})
    }
    runCandidate(run, wanted, around, resolver, slow).then(
      image => {
        tell({type: 'ended', run, image})
      },
      (error: unknown) => {
        const bug = error instanceof Error ? error : new Error(String(error))
        tell({type: 'ended', run, image: undefined, bug})
      }
    )
    watchPace(run, around, slow)
  }

  // `prefer: mirrors` changes who serves the bytes, not who decides the digest: the primary is asked for that first.
  const beginNext = (): void => {
    if ([...running].some(run => !run.isSlow)) return
    const primary = stories.find(({candidate, outcome}) => candidate.role === 'primary' && outcome !== 'failed')
    const isResolving = [...running].some(run => run.isResolution)
    if (
      resolver.pin() === undefined &&
      primary !== undefined &&
      primary !== stories[0] &&
      !isResolving &&
      !begun.has(primary)
    ) {
      begin(primary, true)
      return
    }
    const busy = new Set([...running].map(run => run.story))
    const next = stories.find(
      story => !begun.has(story) && !busy.has(story) && story.outcome !== 'failed' && resolver.mayAsk(story.candidate)
    )
    if (next !== undefined) begin(next, false)
    else if (running.size === 0) beginAgain()
  }

  // Who lacks a manifest that another has served since may still have the blobs below it.
  const beginAgain = (): void => {
    const {keeper} = around
    const next = stories.find(
      story =>
        keeper !== undefined &&
        story.failure !== undefined &&
        isOfOneObject(story.failure) &&
        (story.failedObject === 'manifest' || story.failedObject === 'child') &&
        keeper.count() > (keptBefore.get(story) ?? Infinity)
    )
    if (next === undefined) return
    // Once.
    keptBefore.set(next, Infinity)
    begin(next, false)
  }

  const leaveAll = async (): Promise<void> => {
    for (const run of running) run.leave.abort(new Outrun())
    while (running.size > 0) settle(await nextNews())
  }
  const nextNews = async (): Promise<News> => {
    for (;;) {
      const item = news.shift()
      if (item !== undefined) return item
      await new Promise<void>(resolve => (wake = resolve))
    }
  }
  const settle = (item: News): void => {
    if (item.type === 'slow') item.run.isSlow = true
    if (item.type !== 'ended') return
    running.delete(item.run)
    if (!keptBefore.has(item.run.story)) keptBefore.set(item.run.story, around.keeper?.count() ?? 0)
  }

  return {
    // Who may only be asked by digest can join now.
    pinned: () => {
      tell({type: 'pinned'})
    },
    run: async () => {
      beginNext()
      while (running.size > 0) {
        const item = await nextNews()
        settle(item)
        if (item.type === 'ended') {
          const {failure} = item.run.story
          const isOver =
            item.image !== undefined || item.bug !== undefined || (failure !== undefined && !policyOf(failure).next)
          if (isOver || around.signal.aborted) {
            await leaveAll()
            if (item.bug !== undefined) throw item.bug
            return item.image
          }
        }
        beginNext()
      }
      return undefined
    }
  }
}

/** Resolves to the image, or to nothing when the story tells why not. Rejects for a bug. */
const runCandidate = async (
  run: Run,
  wanted: Wanted,
  around: Surroundings,
  resolver: Resolver,
  slow: () => void
): Promise<VerifiedImage | undefined> => {
  const {story, isResolution, leave} = run
  const signal = AbortSignal.any([around.signal, leave.signal])
  const source = sourceOf(story, around, signal, slow)
  try {
    const manifest = await resolver.manifestFrom(source)
    if (isResolution) return undefined
    const image = await fetchImage(source, manifest, wanted.platforms, wanted.level)
    resolver.confirm(image.digest)
    story.outcome = 'verified'
    return image
  } catch (error) {
    story.outcome = signal.aborted ? 'aborted' : 'failed'
    if (signal.aborted) {
      blame(story, failureOfOutrun(run, around))
      return undefined
    }
    if (!(error instanceof VerifiedImageError)) throw error
    blame(story, error.failure, error.object)
    around.log({type: 'candidate-failed', story})
    return undefined
  } finally {
    leave.abort(new Outrun())
  }
}

const blame = (story: Story, failure: Failure | undefined, object?: ObjectName): void => {
  if (failure === undefined) return
  const failedObject = object ?? story.attempts.findLast(attempt => attempt.failure === failure)?.object
  story.failure = failure
  if (failedObject !== undefined) story.failedObject = failedObject
}

/** Why a registry that was called off was behind: its last failure, or that it crawled. */
const failureOfOutrun = ({story, isSlow}: Run, {hedgeAfterMs}: Surroundings): Failure | undefined => {
  const last = story.attempts.findLast(({failure}) => failure !== undefined)?.failure
  if (last !== undefined || !isSlow || hedgeAfterMs === undefined) return last
  return {kind: 'timed-out', phase: 'pace', limit: {input: 'hedge-after', afterMs: hedgeAfterMs}}
}

const watchPace = ({story, leave}: Run, around: Surroundings, tell: () => void): void => {
  const {hedgeAfterMs, clock} = around
  if (hedgeAfterMs === undefined) return
  sharedBy(story, around)
    .pace.slow(hedgeAfterMs, clock, leave.signal)
    .then(tell, () => undefined)
}

const sharedBy = ({candidate}: Story, {shared}: Surroundings): SharedByEndpoint => {
  const endpoint = endpointOf(candidate.repository.registry)
  const found = shared.get(endpoint) ?? {pace: createPace(), patience: createPatience()}
  shared.set(endpoint, found)
  return found
}

const sourceOf = (story: Story, around: Surroundings, signal: AbortSignal, slow: () => void): ImageSource => {
  const {registry, blobs, clock, random, backoff, log, hedgeAfterMs, keeper} = around
  const {candidate} = story
  const record = (attempt: Attempt, againInMs: number | undefined): void => {
    const {failure} = attempt
    story.attempts.push(attempt)
    log({type: 'attempted', candidate, attempt})
    if (attempt.outcome === 'failed') log({type: 'attempt-failed', candidate, attempt, againInMs})
    // Nobody listens there. It is asked again all the same, but there is nothing to wait for before asking the next one.
    if (failure?.kind === 'unreachable' && failure.reason === 'refused' && hedgeAfterMs !== undefined) slow()
  }
  const {pace, patience} = sharedBy(story, around)
  const attempting = {clock, random, backoff, signal, record, arrived: pace.arrived, patience}
  return {candidate, registry, blobs, attempting, keeper}
}
