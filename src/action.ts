// What the action does, in order: read the inputs, plan the candidates, acquire the images, report, publish.
// The only place where deciding and touching meet, and the only one that catches everything.

import {acquireImage, type Acquisition, type SharedByEndpoint} from './acquire/acquire.ts'
import {type BlobPool, createBlobPool} from './acquire/blob-pool.ts'
import {describeFault, type Failure, VerifiedImageError} from './acquire/failure.ts'
import {renderEvent, renderProgress} from './acquire/log-lines.ts'
import {planCandidates, unmatchedRules, type WantedImage} from './acquire/plan.ts'
import type {RegistryPort} from './acquire/ports.ts'
import {
  type Placement,
  renderFailover,
  renderLost,
  renderVerified,
  type Report,
  reportFailure,
  reportImage
} from './acquire/report.ts'
import {createCredentials} from './adapters/credentials.ts'
import {type Inputs, readInputs} from './adapters/inputs.ts'
import {openLogBook, type Page} from './adapters/log-book.ts'
import {whyNotLayout} from './adapters/layout.ts'
import type {Machine} from './adapters/machine.ts'
import {outputsOf} from './adapters/outputs.ts'
import {createRegistryHttp} from './adapters/registry-http.ts'
import {createRunner, type Runner} from './adapters/runner.ts'
import {type Hands, openHands} from './hand-on.ts'

export const VERSION = '0.1.0'

const PROGRESS_EVERY_MS = 5000

/** Runs the action and publishes what came of it. Resolves to the exit code. */
export const runAction = async (machine: Machine): Promise<number> => {
  const runner = createRunner(machine.environment, machine.write)
  const run: Run = {machine, runner, warnings: [], stop: new AbortController()}
  const startedAt = machine.wallClock().toISOString()
  const startedMs = machine.clock.nowMs()
  let acquired: Acquired = {acquisitions: [], placeOf: () => undefined}
  let failure: Failure | undefined
  let isDone = false
  try {
    await acquireAll(run, so => (acquired = so))
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
  const images = acquired.acquisitions.map(acquisition => reportImage(acquisition, acquired.placeOf(acquisition)))
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
    ...(isVerified && acquired.layout !== undefined ? {layout: acquired.layout} : {}),
    ...(failure === undefined ? {} : {failure: reportFailure(failure)})
  })
}

type Run = {
  readonly machine: Machine
  readonly runner: Runner
  readonly warnings: string[]
  /** Ends everything: time is up, or the job is called off. */
  readonly stop: AbortController
}

class Cancelled extends Error {}

type Acquired = {
  readonly acquisitions: readonly Acquisition[]
  readonly placeOf: (acquisition: Acquisition) => Placement | 'unplaced' | undefined
  readonly layout?: string
}

/** Says what it has as soon as it has it: what comes later may fail. */
const acquireAll = async (run: Run, tell: (acquired: Acquired) => void): Promise<void> => {
  const {machine, runner, stop} = run
  const inputs = readInputs(machine.environment, machine.platform(), whyNotLayout)
  for (const rule of unmatchedRules(
    inputs.images.map(({reference}) => reference),
    inputs.mirrors
  )) {
    warn(run, 'A mirror without use', `mirrors: ${JSON.stringify(rule.text)} matches none of the images`)
  }
  machine.onStop(signal => {
    stop.abort(new Cancelled(`called off by ${signal}`))
  })
  const registry = openRegistries(run, inputs)
  const hands = await openHands(inputs, {machine, stop, print: runner.print})
  const blobs = createBlobPool(registry, hands?.keeper)
  const shared = new Map<string, SharedByEndpoint>()
  const done = new AbortController()
  keepTime(run, inputs.timeoutMs, done.signal)
  showProgress(run, blobs, done.signal)
  try {
    const openPage = openLogBook(runner)
    const acquisitions = await Promise.all(
      inputs.images.map(image =>
        acquireOne(run, inputs, image, {registry, blobs, shared, hands, page: openPage(image.asked)})
      )
    )
    tell({acquisitions, placeOf: () => (hands === undefined ? undefined : 'unplaced')})
    publishImages(run, acquisitions)
    const places = await hands?.handOn(acquisitions)
    const layout = inputs.layout === undefined ? {} : {layout: inputs.layout}
    if (places !== undefined) tell({acquisitions, placeOf: one => places.get(one) ?? 'unplaced', ...layout})
  } finally {
    done.abort()
    await Promise.all([registry.close(), hands?.close()])
  }
}

type Sources = {
  readonly registry: RegistryPort
  readonly blobs: BlobPool
  readonly shared: Map<string, SharedByEndpoint>
  readonly hands: Hands | undefined
  readonly page: Page
}

const acquireOne = async (
  {machine, stop}: Run,
  inputs: Inputs,
  image: WantedImage,
  {registry, blobs, shared, hands, page}: Sources
): Promise<Acquisition> => {
  const {clock, random} = machine
  const startedMs = clock.nowMs()
  const acquisition = await acquireImage(
    {
      image,
      candidates: planCandidates(image.reference, inputs.mirrors, inputs.prefer),
      platforms: inputs.platforms,
      level: inputs.level
    },
    {
      ...{registry, blobs, clock, random, shared, signal: stop.signal, hedgeAfterMs: inputs.hedgeAfterMs},
      ...(hands === undefined ? {} : {keeper: hands.keeper}),
      backoff: {attempts: inputs.attempts, firstMs: inputs.backoffMs, maxMs: inputs.backoffMaxMs},
      log: event => {
        const line = renderEvent(event)
        if (line !== undefined) page.line(line)
      }
    }
  )
  page.end(
    acquisition.image === undefined
      ? `${image.asked}: not verified`
      : renderVerified(
          acquisition,
          acquisition.image,
          clock.nowMs() - startedMs,
          hands === undefined ? undefined : 'unplaced'
        )
  )
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
    userAgent: `verified-image/${VERSION}`
  })
}

const warn = ({warnings, runner}: Run, title: string, message: string): void => {
  warnings.push(message)
  runner.warn({title, message})
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

const publishImages = (run: Run, acquisitions: readonly Acquisition[]): void => {
  for (const acquisition of acquisitions) {
    const {image} = acquisition
    const failover = image === undefined ? undefined : renderFailover(acquisition, image)
    if (failover !== undefined) warn(run, failover.title, failover.message)
    for (const note of image?.platforms.flatMap(({notes}) => notes) ?? [])
      warn(run, acquisition.wanted.image.asked, note)
    if (image === undefined) run.runner.error(renderLost(acquisition))
  }
}

const publishFailure = (runner: Runner, failure: Failure): void => {
  if (failure.kind !== 'invalid-input')
    runner.error({title: 'verified-image failed', message: reportFailure(failure).message})
  else for (const fault of failure.faults) runner.error({title: `Input ${fault.input}`, message: describeFault(fault)})
}

/** The report first, so that it is there whatever the outputs come to. Resolves to the exit code. */
const publish = ({runner}: Run, report: Report): number => {
  try {
    const path = runner.keepFile('report.json', `${JSON.stringify(report, undefined, 2)}\n`)
    runner.setOutputs({...outputsOf(report), report: path})
    return report.outcome === 'verified' ? 0 : 1
  } catch (error) {
    runner.error({title: 'verified-image failed', message: error instanceof Error ? error.message : String(error)})
    return 1
  }
}
