// What the action does, in order: read the inputs, plan the candidates, acquire the images, report, publish.
// The only place where deciding and touching meet, and the only one that catches everything.

import {acquireImage, type Acquisition, type SharedByEndpoint} from './acquire/acquire.ts'
import {renderVerified} from './acquire/annotations.ts'
import {type BlobPool, createBlobPool} from './acquire/blob-pool.ts'
import {type Failure, formatPlace, VerifiedImageError} from './acquire/failure.ts'
import {acquireOrFallBack} from './acquire/fallback.ts'
import {renderDebug, renderEvent, renderProgress, toneOf} from './acquire/log-lines.ts'
import {planCandidates, unmatchedRules, type WantedImage} from './acquire/plan.ts'
import type {RegistryPort} from './acquire/ports.ts'
import {type Placement, type Report, reportFailure, reportImage} from './acquire/report.ts'
import {renderUsed} from './acquire/stand-in.ts'
import {createCredentials} from './adapters/credentials.ts'
import type {FilesFound} from './adapters/files.ts'
import {type Inputs, readFilePatterns, readInputs, readTimeout} from './adapters/inputs.ts'
import {openLogBook, type Page} from './adapters/log-book.ts'
import {whyNotLayout} from './adapters/layout.ts'
import type {Machine} from './adapters/machine.ts'
import {createRegistryHttp} from './adapters/registry-http.ts'
import {createWire} from './adapters/registry-wire.ts'
import {createRunner} from './adapters/runner.ts'
import {createStatusPages, STATUS_LIMIT_MS, type StatusPages} from './adapters/status-pages.ts'
import type {Hands} from './hand-on.ts'
import {checkPins, closePins, openPins, type Pins} from './pins.ts'
import {publish, publishFailure, publishImages, type Run, warn} from './publish.ts'

export const VERSION = '1.0.0'

const USER_AGENT = `verified-image/${VERSION}`

const PROGRESS_EVERY_MS = 5000

/** Runs the action and publishes what came of it. Resolves to the exit code. */
export const runAction = async (machine: Machine): Promise<number> => {
  const runner = createRunner(machine.environment, machine.write)
  const run: Run = {machine, runner, warnings: [], stop: new AbortController()}
  const startedAt = machine.wallClock().toISOString()
  const startedMs = machine.clock.nowMs()
  let acquisitions: readonly Acquisition[] = []
  let placing: Placing = {placeOf: () => undefined}
  let pinning: Pick<Report, 'lock' | 'advice'> = {}
  let failure: Failure | undefined
  let isDone = false
  try {
    const acquired = await withinTimeout(run, () =>
      acquireAll(run, (images, places) => {
        acquisitions = images
        placing = places
      })
    )
    pinning = await renewPins(run, acquired)
    isDone = true
  } catch (error) {
    failure =
      error instanceof Cancelled
        ? undefined
        : error instanceof VerifiedImageError
          ? error.failure
          : {kind: 'bug', detail: error instanceof Error ? (error.stack ?? error.message) : String(error)}
    if (failure !== undefined) publishFailure(runner, failure)
  }
  const images = acquisitions.map(acquisition =>
    reportImage(acquisition, startedMs, placing.placeOf(acquisition), renderUsed(acquisition)?.message)
  )
  const isVerified = isDone && images.every(({outcome}) => outcome === 'verified')
  return publish(run, {
    schemaVersion: 1,
    action: {name: 'verified-image', version: VERSION},
    startedAt,
    elapsedMs: machine.clock.nowMs() - startedMs,
    outcome: isVerified ? 'verified' : run.stop.signal.reason instanceof Cancelled ? 'cancelled' : 'failed',
    images,
    inputFaults: failure?.kind === 'invalid-input' ? failure.faults : [],
    warnings: run.warnings,
    ...pinning,
    ...(isVerified && placing.layout !== undefined ? {layout: placing.layout} : {}),
    ...(failure === undefined ? {} : {failure: reportFailure(failure)})
  })
}

class Cancelled extends Error {}

/** What was acquired for the outputs, and what was looked at for the lock file only. */
type Acquired = {readonly pins: Pins; readonly images: readonly Acquisition[]; readonly forLock: readonly Acquisition[]}

/** Where load and layout put the images. */
type Placing = {
  readonly placeOf: (acquisition: Acquisition) => Placement | 'unplaced' | undefined
  readonly layout?: string
}

// The files are read before the other inputs, and within the same time.
const withinTimeout = async <T>(run: Run, work: () => Promise<T>): Promise<T> => {
  run.machine.onStop(signal => {
    run.stop.abort(new Cancelled(`called off by ${signal}`))
  })
  const done = new AbortController()
  keepTime(run, readTimeout(run.machine.environment), done.signal)
  try {
    return await work()
  } finally {
    done.abort()
  }
}

/** Tells what it has as soon as it has it: what comes later may fail. */
const acquireAll = async (
  run: Run,
  tell: (images: readonly Acquisition[], places: Placing) => void
): Promise<Acquired> => {
  const {machine, runner} = run
  const inputs = readInputs(machine.environment, machine.platform(), whyNotLayout, await findInFiles(run))
  const pins = await openPins(inputs, machine.environment, text => {
    warn(run, 'Pins', text)
  })
  for (const rule of unmatchedRules(
    inputs.images.map(({reference}) => reference),
    inputs.mirrors
  )) {
    warn(run, 'A mirror without use', `mirrors: ${JSON.stringify(rule.text)} matches none of the images`)
  }
  const registry = openRegistries(run, inputs)
  const hands = await openHands(run, inputs)
  const blobs = createBlobPool(registry, hands?.keeper)
  const shared = new Map<string, SharedByEndpoint>()
  const done = new AbortController()
  const statusPages = openStatusPages(run, inputs)
  showProgress(run, blobs, done.signal)
  try {
    const openPage = openLogBook(runner)
    const acquire = (image: WantedImage, fallbacks: readonly WantedImage[]): Promise<Acquisition> =>
      acquireOne(run, inputs, image, {
        registry,
        blobs,
        shared,
        hands,
        statusPages,
        fallbacks,
        page: openPage(image.asked)
      })
    const [images, forLock] = await Promise.all([
      Promise.all(pins.images.map(image => acquire(image, pins.fallbacks.get(image) ?? []))),
      Promise.all(pins.forLock.map(image => acquire(image, [])))
    ])
    checkPins(pins, images)
    await Promise.all(images.map(async ({stories, image}) => statusPages?.addWords(stories, image === undefined)))
    tell(images, {placeOf: () => (hands === undefined ? undefined : 'unplaced')})
    publishImages(run, images)
    const places = await hands?.handOn(images)
    const layout = inputs.layout === undefined ? {} : {layout: inputs.layout}
    if (places !== undefined) tell(images, {placeOf: image => places.get(image) ?? 'unplaced', ...layout})
    return {pins, images, forLock}
  } finally {
    done.abort()
    registry.close()
    statusPages?.close()
    await hands?.close()
  }
}

// A run that keeps nothing loads nothing of what keeps it.
const openHands = async ({machine, runner, stop}: Run, inputs: Inputs): Promise<Hands | undefined> => {
  if (!inputs.load && inputs.layout === undefined) return undefined
  const hands = await import('./hand-on.ts')
  return hands.openHands(inputs, {machine, stop, print: runner.print})
}

// A run without files loads nothing that reads them.
const findInFiles = async (run: Run): Promise<FilesFound | undefined> => {
  const {environment, platform} = run.machine
  const {patterns, platforms, variables} = readFilePatterns(environment, platform())
  if (patterns.length === 0) return undefined
  const files = await import('./adapters/files-thread.ts')
  const workspace = environment['GITHUB_WORKSPACE'] ?? ''
  const options = {patterns, platforms, variables, workspace, machine: platform()}
  const found = await files.findInFiles(options, {signal: run.stop.signal})
  for (const {text, why, place} of found.gaps)
    warn(
      run,
      'Left out of files',
      `${place === undefined ? '' : `${formatPlace(place)}: `}${text} is left out: ${why}`,
      place
    )
  return found
}

type Sources = {
  readonly registry: RegistryPort
  readonly blobs: BlobPool
  readonly shared: Map<string, SharedByEndpoint>
  readonly hands: Hands | undefined
  readonly statusPages: StatusPages | undefined
  readonly fallbacks: readonly WantedImage[]
  readonly page: Page
}

const acquireOne = async (
  {machine, stop}: Run,
  inputs: Inputs,
  image: WantedImage,
  {registry, blobs, shared, hands, statusPages, fallbacks, page}: Sources
): Promise<Acquisition> => {
  const {clock, random} = machine
  const acquire = (wanted: WantedImage): Promise<Acquisition> => {
    if (wanted !== image)
      page.line(`Nothing serves ${image.asked}. Trying ${wanted.asked}, as fallback-tags allows`, 'bad')
    return acquireImage(
      {
        image: wanted,
        candidates: planCandidates(wanted.reference, inputs.mirrors, inputs.prefer),
        platforms: image.platforms ?? inputs.platforms,
        level: inputs.level
      },
      {
        ...{registry, blobs, clock, random, shared, signal: stop.signal, hedgeAfterMs: inputs.hedgeAfterMs},
        ...(hands === undefined ? {} : {keeper: hands.keeper}),
        backoff: {attempts: inputs.attempts, firstMs: inputs.backoffMs, maxMs: inputs.backoffMaxMs},
        log: event => {
          const line = renderEvent(event)
          if (line !== undefined) page.line(line, toneOf(event))
          for (const text of renderDebug(event)) page.debug(text)
          if (event.type === 'candidate-failed') statusPages?.ask(event.story)
        }
      }
    )
  }
  const acquisition = await acquireOrFallBack(image, fallbacks, stop.signal, acquire)
  if (acquisition.image === undefined) page.end(`${image.asked}: not verified`, 'bad')
  else page.end(renderVerified(acquisition, acquisition.image, hands === undefined ? undefined : 'unplaced'), 'good')
  return acquisition
}

const openRegistries = (run: Run, inputs: Inputs): RegistryPort => {
  const {machine, runner} = run
  return createRegistryHttp({
    ...inputs,
    environment: machine.environment,
    credentialsOf: createCredentials({
      given: inputs.credentials,
      githubToken: inputs.githubToken,
      environment: machine.environment,
      home: machine.home(),
      conceal: runner.conceal,
      signal: run.stop.signal,
      warn: text => {
        warn(run, 'Docker credentials', text)
      }
    }),
    conceal: runner.conceal,
    nowMs: machine.clock.nowMs,
    wallClockMs: () => machine.wallClock().getTime(),
    userAgent: USER_AGENT
  })
}

const openStatusPages = ({machine, stop}: Run, {usesStatusPages}: Inputs): StatusPages | undefined => {
  if (!usesStatusPages) return undefined
  const limits = {connectTimeoutMs: STATUS_LIMIT_MS, stallTimeoutMs: STATUS_LIMIT_MS}
  const wire = createWire(limits, machine.environment)
  return createStatusPages({wire, userAgent: USER_AGENT, signal: stop.signal})
}

const keepTime = ({machine, stop}: Run, timeoutMs: number, done: AbortSignal): void => {
  const late = new VerifiedImageError({
    kind: 'timed-out',
    phase: 'everything',
    limit: {input: 'timeout', afterMs: timeoutMs}
  })
  machine.clock.wait(timeoutMs, done).then(
    () => {
      stop.abort(late)
    },
    () => undefined
  )
}

const showProgress = ({machine, runner}: Run, blobs: BlobPool, done: AbortSignal): void => {
  const tick = async (bytesBefore: number): Promise<void> => {
    await machine.clock.wait(PROGRESS_EVERY_MS, done)
    const progress = blobs.progress()
    if (progress.bytesDone < progress.bytes) runner.print(renderProgress(progress, bytesBefore, PROGRESS_EVERY_MS))
    await tick(progress.bytesDone)
  }
  tick(0).catch(() => undefined)
}

const renewPins = (run: Run, {pins, images, forLock}: Acquired): Promise<Pick<Report, 'lock' | 'advice'>> => {
  const {machine, runner, stop} = run
  // What was called off was not looked at.
  const isWhole = !(stop.signal.reason instanceof Cancelled)
  return closePins(pins, isWhole ? images : [], isWhole ? forLock : [], {
    ...{clock: machine.clock, signal: stop.signal, print: runner.print},
    warn: (title, text) => {
      warn(run, title, text)
    }
  })
}
