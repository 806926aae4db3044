// The loop over registries, and the hedge: one after the other while they fail, side by side while they crawl, until one has
// served the whole image verified. Knows order and time; what a digest must be is resolve.ts's, what a failure asks for failure.ts's.

import {endpointOf} from '../oci/reference.ts'
import type {BackoffPolicy} from './backoff.ts'
import type {BlobPool} from './blob-pool.ts'
import {type Attempt, type Log, startStory, type Story} from './event.ts'
import {policyOf, VerifiedImageError} from './failure.ts'
import {fetchImage, type ImageSource, type Level, type PlatformChoice, type VerifiedImage} from './image.ts'
import {createPace, type Pace} from './pace.ts'
import type {Candidate, Pin, WantedImage} from './plan.ts'
import type {Clock, Random, RegistryPort} from './ports.ts'
import {createResolver, type Resolver} from './resolve.ts'

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
  readonly clock: Clock
  readonly random: Random
  readonly backoff: BackoffPolicy
  /** How long a registry may crawl before it gets company; undefined: for ever. */
  readonly hedgeAfterMs: number | undefined
  /** By endpoint, for all images of the run. */
  readonly paces: Map<string, Pace>
  readonly log: Log
  readonly signal: AbortSignal
}

/** Every registry's story, and the image when one of them served it. */
export type Acquisition = {
  readonly wanted: Wanted
  readonly stories: readonly Story[]
  readonly pin: Pin | undefined
  readonly image: VerifiedImage | undefined
  /** Set when time was up for the whole run. */
  readonly ended: VerifiedImageError | undefined
}

/** One registry at work. A resolution only asks the primary what the tag is. */
type Run = {
  readonly story: Story
  readonly isResolution: boolean
  readonly leave: AbortController
  isSlow: boolean
}

type News =
  | {readonly type: 'slow'; readonly run: Run}
  | {readonly type: 'ended'; readonly run: Run; readonly image: VerifiedImage | undefined; readonly bug?: Error}

class Outrun extends Error {}

/** Never rejects for a registry's failure; what is no VerifiedImageError is a bug and passes through. */
export const acquireImage = async (wanted: Wanted, around: Surroundings): Promise<Acquisition> => {
  const stories = wanted.candidates.map(startStory)
  const resolver = createResolver(wanted.image, pin => {
    around.log({type: 'pinned', pin, tag: wanted.image.tag})
  })
  const race = createRace(wanted, around, stories, resolver)
  const image = await race.run()
  const {reason} = around.signal as {reason: unknown}
  const ended = image === undefined && reason instanceof VerifiedImageError ? reason : undefined
  return {wanted, stories, pin: resolver.pin(), image, ended}
}

const createRace = (
  wanted: Wanted,
  around: Surroundings,
  stories: readonly Story[],
  resolver: Resolver
): {run: () => Promise<VerifiedImage | undefined>} => {
  const running = new Set<Run>()
  const begun = new Set<Story>()
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
    runCandidate(run, wanted, around, resolver).then(
      image => {
        tell({type: 'ended', run, image})
      },
      (error: unknown) => {
        const bug = error instanceof Error ? error : new Error(String(error))
        tell({type: 'ended', run, image: undefined, bug})
      }
    )
    watchPace(run, around, () => {
      tell({type: 'slow', run})
    })
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
    else running.delete(item.run)
  }

  return {
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
  {story, isResolution, leave}: Run,
  wanted: Wanted,
  around: Surroundings,
  resolver: Resolver
): Promise<VerifiedImage | undefined> => {
  const signal = AbortSignal.any([around.signal, leave.signal])
  const source = sourceOf(story, around, signal)
  try {
    const manifest = await resolver.manifestFrom(source)
    if (isResolution) return undefined
    const image = await fetchImage(source, manifest, wanted.platforms, wanted.level)
    resolver.confirm(image.digest)
    story.outcome = 'verified'
    return image
  } catch (error) {
    story.outcome = signal.aborted ? 'aborted' : 'failed'
    if (signal.aborted) return undefined
    if (!(error instanceof VerifiedImageError)) throw error
    const failedObject = error.object ?? story.attempts.findLast(({failure}) => failure === error.failure)?.object
    story.failure = error.failure
    if (failedObject !== undefined) story.failedObject = failedObject
    around.log({type: 'candidate-failed', story})
    return undefined
  } finally {
    leave.abort(new Outrun())
  }
}

const watchPace = ({story, leave}: Run, {hedgeAfterMs, clock, paces}: Surroundings, tell: () => void): void => {
  if (hedgeAfterMs === undefined) return
  paceOf(story, paces)
    .slow(hedgeAfterMs, clock, leave.signal)
    .then(tell, () => undefined)
}

const paceOf = ({candidate}: Story, paces: Map<string, Pace>): Pace => {
  const endpoint = endpointOf(candidate.repository.registry)
  const pace = paces.get(endpoint) ?? createPace()
  paces.set(endpoint, pace)
  return pace
}

const sourceOf = (story: Story, around: Surroundings, signal: AbortSignal): ImageSource => {
  const {registry, blobs, clock, random, backoff, log, paces} = around
  const {candidate} = story
  const record = (attempt: Attempt, againInMs: number | undefined): void => {
    story.attempts.push(attempt)
    if (attempt.outcome === 'failed') log({type: 'attempt-failed', candidate, attempt, againInMs})
  }
  const {arrived} = paceOf(story, paces)
  return {candidate, registry, blobs, attempting: {clock, random, backoff, signal, record, arrived}}
}
