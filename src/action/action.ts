// What the action does, in order: read the inputs, plan the candidates, acquire the images, report, publish.
// The only place where deciding and touching meet, and the only one that catches everything.

import {acquireImage} from '../acquire/acquire.ts'
import {renderVerified} from '../report/annotations.ts'
import {type BlobFetcher, createBlobFetcher} from '../fetch/blob-fetcher.ts'
import {type Failure} from '../failure/failure.ts'
import {acquireWithFallback} from '../acquire/fallback.ts'
import {renderDebug, renderEvent, renderProgress, levelOf} from '../report/log-lines.ts'
import {planCandidates, unusedMirrorRules, type ImageRequest} from '../acquire/plan.ts'
import type {AccessPort, RegistryPort} from '../registry/registry.ts'
import {type ExportResult, buildImageReport} from '../report/build-report.ts'
import type {Report} from '../report/report-document.ts'
import {reportFailure, reportInputFault} from '../report/report-fields.ts'
import {imageWarning} from '../report/fallback-warning.ts'
import type {FilesFound} from '../files/find-images.ts'
import {findImagesInThread as findInThread} from '../files/files-thread.ts'
import {type Inputs, readFilePatterns, readInputs, readTimeLimit} from '../runner/inputs.ts'
import {checkContextNames} from '../runner/context-names.ts'
import {createGroupedLog, type LogGroup} from '../runner/grouped-log.ts'
import {checkLayout} from '../store/layout-directory.ts'
import type {Runtime} from '../runner/runtime.ts'
import {outputsOf} from '../runner/outputs.ts'
import {evidenceOf, whyNotOutputs} from '../runner/outputs-check.ts'
import type {StatusPages} from '../registry/status-pages.ts'
import type {Exporter} from './export-images.ts'
import {openRun} from './open-run.ts'
import {endpointOf, formatReference, formatRepository} from '../oci/reference.ts'
import {openRegistries, openStatusPages, withNotices} from './open-registries.ts'
import {verifyPins, updateLock, loadPins, type Pins} from './pins.ts'
import {publish, publishFailure, publishImages, type RunContext, warn} from './publish.ts'
import {keepTime, overdue} from './time-limit.ts'
import {VERSION} from './version.ts'
import {formatLocation} from '../failure/format.ts'
import {describeFailure} from '../failure/describe-failure.ts'
import {VerifiedImageError} from '../failure/error.ts'
import {type Acquisition, type EndpointState} from '../acquire/acquisition.ts'

const PROGRESS_EVERY_MS = 5000

/** Runs the action and publishes what came of it. Resolves to the exit code. */
export async function runAction(machine: Runtime): Promise<number> {
  const run = openRun(machine)
  const {runner} = run
  const startedAt = machine.wallClock().toISOString()
  const startedMs = machine.clock.nowMs()
  let acquisitions: readonly Acquisition[] = []
  let exports: ExportResults = {exportOf: () => undefined}
  let pinning: Pick<Report, 'lock' | 'advice'> = {}
  let failure: Failure | undefined
  const progress = {isDone: false}
  const done = new AbortController()
  keepTime(run, readTimeLimit(run.written), done.signal)
  machine.onSignal(signal => {
    run.stop.abort(new Cancelled(`called off by ${signal}`))
  })
  let closeHands = (): Promise<void> => Promise.resolve()
  const work = async (): Promise<void> => {
    try {
      const acquired = await acquireAll(
        run,
        (images, exported) => {
          acquisitions = images
          exports = exported
        },
        hands => (closeHands = hands.close)
      )
      pinning = await renewPins(run, acquired)
      progress.isDone = true
    } finally {
      await closeHands()
    }
  }
  try {
    await Promise.race([work(), overdue(run, done.signal)])
  } catch (error) {
    failure =
      error instanceof Cancelled
        ? undefined
        : error instanceof VerifiedImageError
          ? error.failure
          : {kind: 'bug', detail: error instanceof Error ? (error.stack ?? error.message) : String(error)}
    if (failure !== undefined && progress.isDone) {
      warn(
        run,
        'Temporary files',
        `The images are in place, but what was kept for them is not put away: ${describeFailure(failure)}`
      )
      failure = undefined
    }
    if (failure !== undefined) publishFailure(runner, failure)
  }
  done.abort()
  const reportOf = ({exportOf, layout}: ExportResults, ended: Failure | undefined): Report => {
    const images = acquisitions.map(acquisition =>
      buildImageReport(acquisition, startedMs, exportOf(acquisition), imageWarning(acquisition)?.message)
    )
    const isVerified = progress.isDone && images.every(({outcome}) => outcome === 'verified')
    return {
      schemaVersion: 1,
      action: {name: 'verified-image', version: VERSION},
      startedAt,
      elapsedMs: machine.clock.nowMs() - startedMs,
      outcome: isVerified ? 'verified' : run.stop.signal.reason instanceof Cancelled ? 'cancelled' : 'failed',
      images,
      inputFaults: ended?.kind === 'invalid-input' ? ended.faults.map(reportInputFault) : [],
      warnings: run.warnings,
      ...pinning,
      ...(isVerified && layout !== undefined ? {layout} : {}),
      ...(ended === undefined ? {} : {failure: reportFailure(ended)})
    }
  }
  const report = reportOf(exports, failure)
  const why = whyNotOutputs(outputsOf(report), evidenceOf(acquisitions, exports.exportOf, exports.layout))
  if (why === undefined) return publish(run, report)
  const bug: Failure = {
    kind: 'bug',
    detail: `${why}. Nothing is put out. Report it as a bug, with the report of this run`
  }
  publishFailure(runner, bug)
  return publish(run, reportOf({exportOf: () => 'not-exported'}, bug))
}

class Cancelled extends Error {}

/** What was acquired for the outputs, and what was looked at for the lock file only. */
type Acquired = {readonly pins: Pins; readonly images: readonly Acquisition[]; readonly forLock: readonly Acquisition[]}

/** Where load and layout put the images. */
type ExportResults = {
  readonly exportOf: (acquisition: Acquisition) => ExportResult | undefined
  readonly layout?: string
}

/** Tells what it has as soon as it has it: what comes later may fail. */
async function acquireAll(
  run: RunContext,
  tell: (images: readonly Acquisition[], exported: ExportResults) => void,
  opened: (hands: Exporter) => void
): Promise<Acquired> {
  const {machine, runner} = run
  const inputs = readInputs(
    run.written,
    run.job,
    machine.platform(),
    {folder: workspaceOf(machine), checkLayout},
    await findInFiles(run)
  )
  const pins = await loadPins(inputs, machine.environment, text => {
    warn(run, 'Pins', text)
  })
  for (const {input, rule} of unusedMirrorRules(
    inputs.images.map(({reference}) => reference),
    inputs
  )) {
    warn(run, 'A mirror without use', `${input}: ${JSON.stringify(rule.source)} matches none of the images`)
  }
  const names = namesOf(inputs)
  for (const name of names) runner.addOwn(name)
  const given = inputs.credentials?.registry
  if (given !== undefined && !names.some(name => name.startsWith(`${given}/`)))
    warn(
      run,
      'Credentials without use',
      `registry: none of the images or mirrors is at ${given}, so that username and password are not used`
    )
  const {registry, access} = openRegistries(run, inputs)
  const hands = await openHands(run, inputs)
  if (hands !== undefined) opened(hands)
  const blobs = createBlobFetcher(registry, hands?.store, inputs.concurrency)
  const shared = new Map<string, EndpointState>()
  const done = new AbortController()
  const statusPages = openStatusPages(run, inputs)
  showProgress(run, blobs, done.signal)
  try {
    const openPage = createGroupedLog(runner)
    const acquire = (image: ImageRequest, fallbacks: readonly ImageRequest[]): Promise<Acquisition> =>
      acquireOne(run, inputs, image, {
        registry,
        access,
        blobs,
        shared,
        hands,
        statusPages,
        fallbacks,
        page: openPage(image.input)
      })
    const [acquired, forLock] = await Promise.all([
      Promise.all(pins.images.map(image => acquire(image, pins.fallbacks.get(image) ?? []))),
      Promise.all(pins.lockOnlyImages.map(image => acquire(image, [])))
    ])
    verifyPins(pins, acquired)
    const images = await Promise.all(acquired.map(acquisition => withNotices(acquisition, statusPages)))
    tell(images, {exportOf: () => (hands === undefined ? undefined : 'not-exported')})
    publishImages(run, images)
    const exported = await hands?.exportImages(images)
    const layout = inputs.layout === undefined ? {} : {layout: inputs.layout}
    if (exported !== undefined) tell(images, {exportOf: image => exported.get(image) ?? 'not-exported', ...layout})
    return {pins, images, forLock}
  } finally {
    done.abort()
    registry.close()
    access.close()
    statusPages?.close()
  }
}

// Loaded only for load and layout: it brings @actions/tool-cache, which takes longer to load than a small image to verify.
async function openHands(run: RunContext, inputs: Inputs): Promise<Exporter | undefined> {
  if (!inputs.load && inputs.layout === undefined) return undefined
  const {machine, runner, stop} = run
  const hands = await import('./export-images.ts')
  const warnOfCache = (text: string): void => {
    warn(run, 'The cache', text)
  }
  const {programEnvironment} = run
  return hands.openExporter(inputs, {machine, programEnvironment, stop, print: runner.print, warn: warnOfCache})
}

/** Every repository that may be asked, and each image as it was asked for. */
function namesOf({images, prefer, ...rules}: Inputs): readonly string[] {
  return images.flatMap(({input, reference}) => [
    ...planCandidates(reference, rules, prefer).flatMap(({repository}) => [
      formatRepository(repository),
      endpointOf(repository.registry)
    ]),
    input,
    formatReference(reference)
  ])
}

function workspaceOf({environment}: Runtime): string | undefined {
  return environment['GITHUB_WORKSPACE']
}

async function findInFiles(run: RunContext): Promise<FilesFound | undefined> {
  const {platform} = run.machine
  const {patterns, platforms, variables} = readFilePatterns(run.written, run.job, platform())
  if (patterns.length === 0) return undefined
  const workspace = workspaceOf(run.machine) ?? ''
  const options = {patterns, platforms, variables, workspace, machine: platform()}
  const found = checkContextNames(await findInThread(options, {signal: run.stop.signal}))
  for (const {text, why, location} of found.skipped)
    warn(
      run,
      'Left out of files',
      `${location === undefined ? '' : `${formatLocation(location)}: `}${text} is left out: ${why}`,
      location
    )
  return found
}

type Sources = {
  readonly registry: RegistryPort
  readonly access: AccessPort
  readonly blobs: BlobFetcher
  readonly shared: Map<string, EndpointState>
  readonly hands: Exporter | undefined
  readonly statusPages: StatusPages | undefined
  readonly fallbacks: readonly ImageRequest[]
  readonly page: LogGroup
}

async function acquireOne(
  {machine, stop}: RunContext,
  inputs: Inputs,
  image: ImageRequest,
  {registry, access, blobs, shared, hands, statusPages, fallbacks, page}: Sources
): Promise<Acquisition> {
  const {clock, random} = machine
  const acquire = (wanted: ImageRequest): Promise<Acquisition> => {
    if (wanted !== image)
      page.line(`Nothing serves ${image.input}. Trying ${wanted.input}, as fallback-tags allows`, 'bad')
    return acquireImage(
      {
        image: wanted,
        candidates: planCandidates(wanted.reference, inputs, inputs.prefer),
        platforms: image.platforms ?? inputs.platforms,
        level: inputs.level
      },
      {
        ...{
          registry,
          access,
          blobs,
          clock,
          random,
          shared,
          signal: stop.signal,
          hedgeAfterMs: inputs.hedgeAfterMs
        },
        stallTimeoutMs: inputs.stallTimeoutMs,
        ...(hands === undefined ? {} : {store: hands.store}),
        backoff: {attempts: inputs.attempts, firstMs: inputs.backoffMs, maxMs: inputs.backoffMaxMs},
        log: event => {
          const line = renderEvent(event)
          if (line !== undefined) page.line(line, levelOf(event))
          for (const text of renderDebug(event)) page.debug(text)
          if (event.type === 'candidate-failed') statusPages?.request(event.story)
        }
      }
    )
  }
  const acquisition = await acquireWithFallback(image, fallbacks, stop.signal, acquire)
  if (acquisition.image === undefined) page.close(`${image.input}: not verified`, 'bad')
  else
    page.close(renderVerified(acquisition, acquisition.image, hands === undefined ? undefined : 'not-exported'), 'good')
  return acquisition
}

function showProgress({machine, runner}: RunContext, blobs: BlobFetcher, done: AbortSignal): void {
  const tick = async (bytesBefore: number): Promise<void> => {
    await machine.clock.wait(PROGRESS_EVERY_MS, done)
    const progress = blobs.progress()
    if (progress.bytesDone < progress.bytes) runner.print(renderProgress(progress, bytesBefore, PROGRESS_EVERY_MS))
    await tick(progress.bytesDone)
  }
  tick(0).catch(() => undefined)
}

function renewPins(run: RunContext, {pins, images, forLock}: Acquired): Promise<Pick<Report, 'lock' | 'advice'>> {
  const {machine, runner, stop} = run
  // What was called off was not looked at.
  const isWhole = !(stop.signal.reason instanceof Cancelled)
  return updateLock(pins, isWhole ? images : [], isWhole ? forLock : [], {
    ...{clock: machine.clock, signal: stop.signal, print: runner.print},
    warn: (title, text) => {
      warn(run, title, text)
    }
  })
}
