// Observes all images of an audit, several at a time, and says how far it is. The clients of the run are open for just as long.
// An image that was not observed before the run ended is left out.

import type {RunContext} from '../action/publish.ts'
import {openRegistries} from '../action/open-registries.ts'
import {loadJudge} from '../action/open-signature-checks.ts'
import {createSemaphore} from '../concurrency/semaphore.ts'
import {createBlobFetcher} from '../fetch/blob-fetcher.ts'
import {createDocumentBudget} from '../fetch/limits.ts'
import type {History} from '../findings/history.ts'
import {baselineKey} from '../findings/judge-image.ts'
import type {RegistryUse} from '../findings/judge-run.ts'
import type {ImageObservation} from '../findings/observation.ts'
import type {SignaturePort} from '../findings/signature-port.ts'
import {withSignatures} from '../observe/observe-signatures.ts'
import type {AuditPlan, PlannedImage} from './plan-audit.ts'
import {createProgress} from './progress.ts'
import {observeImage, type ObserveDeps} from '../observe/observe-image.ts'
import {createRateLimit, createRegistryStates} from '../observe/registry-state.ts'
import {createSignatureInspector} from './signature-inspector.ts'

export type Observed = {
  /** In the order of the plan; an image is missing if the run ended before it was observed. */
  readonly observations: readonly ImageObservation[]
  readonly uses: readonly RegistryUse[]
}

// As many as keep the connections of a few registries busy. Each holds the manifests of one image.
const IMAGES_AT_ONCE = 16

// Documents are dropped with their image, and the results of single-flight downloads stay.
const MAX_HELD_BYTES = 512 * 1024 * 1024

/** Resolves also when the run ended before everything was observed. */
export async function observeAll(
  run: RunContext,
  {inputs, images}: AuditPlan,
  history: History | undefined
): Promise<Observed> {
  const {clock, random} = run.runtime
  const {signal} = run.stop
  const limitRate = createRateLimit(clock)
  const {registry, access} = openRegistries(run, inputs, limitRate)
  const backoff = {attempts: inputs.attempts, firstMs: inputs.backoffMs, maxMs: inputs.backoffMaxMs}
  const states = createRegistryStates({clock, random, backoff})
  const blobs = createBlobFetcher(registry, undefined, inputs.concurrency, createDocumentBudget(MAX_HELD_BYTES))
  const deps: ObserveDeps = {registry, access, blobs, clock, random, backoff, signal, states}
  const permits = createSemaphore(IMAGES_AT_ONCE)
  const countChecked = createProgress({clock, print: run.runner.print}, images.length)

  async function observeOne({image, candidates}: PlannedImage, signatures: SignaturePort): Promise<ImageObservation> {
    const release = await permits.acquire(1, signal)
    try {
      const lastRun = history?.digests.get(baselineKey({image}) ?? '')
      const platforms = image.platforms ?? inputs.platforms
      const observed = await observeImage({image, candidates, platforms, level: inputs.level, lastRun}, deps)
      const checked = await withSignatures(observed, signatures, signal)
      countChecked()
      return checked
    } finally {
      release()
    }
  }

  let signatures: ClosablePort | undefined
  try {
    const judge = await loadJudge(inputs)
    const port = (signatures = createSignatureInspector(run, inputs, {...deps, registry, limitRate, judge}))
    const settled = await Promise.allSettled(images.map(image => observeOne(image, port)))
    const broken = settled.find(result => result.status === 'rejected')
    if (broken !== undefined && !signal.aborted) throw broken.reason
    const observations = settled.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
    return {observations, uses: states.all().map(state => state.use())}
  } finally {
    signatures?.close()
    registry.close()
    access.close()
  }
}

type ClosablePort = SignaturePort & {readonly close: () => void}
