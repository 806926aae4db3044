// One image, from its registry or a mirror: what is known before, the race of the registries, and what came of it.
// Which digest counts is resolve.ts's, which registry is asked when is race.ts's, what a failure asks for failure.ts's.
import {newResult} from './candidate-result.ts'
import {inspectMovedTag, type MovedTag} from './moved-tag.ts'
import {createRace} from './race.ts'
import {loadFromCache} from './cached-image.ts'
import {createResolver, type Resolver} from './resolve.ts'
import {describeFailure} from '../failure/describe-failure.ts'
import {type VerifiedImage} from '../fetch/verified-image.ts'
import {VerifiedImageError} from '../failure/error.ts'
import {type AcquireRequest, type AcquireDeps, type Acquisition} from './acquisition.ts'

/** Never rejects for a registry's failure; what is no VerifiedImageError is a bug and passes through. */
export async function acquireImage(wanted: AcquireRequest, around: AcquireDeps): Promise<Acquisition> {
  const startedMs = around.clock.nowMs()
  const stories = wanted.candidates.map(newResult)
  const {tag} = wanted.image
  const note = (text: string): void => {
    around.log({type: 'note', text})
  }
  let moved: Promise<MovedTag> | undefined
  const resolver = createResolver(wanted.image, wanted.candidates, {
    onDecision: pin => {
      around.log({type: 'pinned', pin, tag})
      race.resolved()
    },
    onAnswer: (candidate, digest) => {
      const {registry} = candidate.repository
      const story = stories.find(found => found.candidate === candidate)
      if (story !== undefined) story.answered = digest
      if (resolver.pin() === undefined)
        note(
          `${registry} answers that ${tag ?? ''} is ${digest}; that only counts if the registry itself fails or stays silent`
        )
    },
    onMoved: (source, manifest) => {
      const {registry} = source.candidate.repository
      note(`${registry} says that ${tag ?? ''} is ${manifest.digest} now; asking for the digest in the lock file`)
      moved = inspectMovedTag(source, manifest, wanted.platforms, around)
      // Told where it is awaited, below.
      moved.catch(() => undefined)
    },
    onGone: ({repository: {registry}}, failure) => {
      note(
        `${registry}: the tag ${tag ?? ''} is no image any more (${describeFailure(failure)}); asking for the digest in the lock file`
      )
    }
  })
  const race = createRace({wanted, around, stories, resolver})
  const known = resolver.pin()
  if (known?.decidedBy === 'lock') around.log({type: 'pinned', pin: known, tag})
  const image = (await loadCached(wanted, around, resolver)) ?? (await race.run())
  const {reason} = around.signal as {reason: unknown}
  const ended = image === undefined && reason instanceof VerifiedImageError ? reason : undefined
  const seen = await moved
  const elapsedMs = around.clock.nowMs() - startedMs
  return {
    request: wanted,
    results: stories,
    resolved: resolver.pin(),
    image,
    runError: ended,
    elapsedMs,
    ...(seen === undefined ? {} : {moved: seen})
  }
}

async function loadCached(
  wanted: AcquireRequest,
  around: AcquireDeps,
  resolver: Resolver
): Promise<VerifiedImage | undefined> {
  const {store} = around
  const [candidate] = wanted.candidates
  const pin = resolver.pin()
  if (store === undefined || candidate === undefined || pin === undefined) return undefined
  const image = await loadFromCache(pin, {...wanted, ...around, candidate, store})
  if (image !== undefined) around.log({type: 'note', text: 'All of it is in the cache: no registry is asked'})
  return image
}
