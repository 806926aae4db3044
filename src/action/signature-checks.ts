// The signatures of a run's images, looked up beside their layers. Loaded only for a run with a rule for one of its images.
// An image without a rule is not looked up. The result goes onto the acquisition, and with `enforce` it decides.

import {endpointState} from '../acquire/active-candidate.ts'
import {type AcquireDeps, type AcquireRequest, type Acquisition} from '../acquire/acquisition.ts'
import {type Event, type Log} from '../acquire/candidate-result.ts'
import {knownDigest} from '../acquire/plan.ts'
import {createSemaphore} from '../concurrency/semaphore.ts'
import {VerifiedImageError} from '../failure/error.ts'
import {type RetryContext} from '../fetch/retry.ts'
import type {AttestationsPort} from '../github/attestations.ts'
import type {Digest} from '../oci/digest.ts'
import {formatRepository, type Repository} from '../oci/reference.ts'
import {type Candidate} from '../registry/candidate.ts'
import type {ReferrersPort, RegistryPort} from '../registry/registry.ts'
import {renderCheck} from '../report/log-lines.ts'
import type {Inputs} from '../runner/inputs.ts'
import {
  concludeCheck,
  type SearchResult,
  searchSignature,
  type SignaturePlace
} from '../signature-lookup/check-signatures.ts'
import {type RegistryPlace} from '../signature-lookup/registry-signatures.ts'
import {describeCheck} from '../signature/describe-check.ts'
import {rulesFor, type SignerRule} from '../signature/signer-rule.ts'
import {type RunContext} from './publish.ts'
import {attestationSources, createGithubAttestations, openTrustRoots} from './signature-sources.ts'

export type SignatureChecks = {
  /** Undefined for an image without a rule. */
  readonly start: (request: AcquireRequest, log: Log) => ImageSignature | undefined
  readonly close: () => void
}

export type ImageSignature = {
  /** The lookup begins once a registry has answered, so that it does not delay the image. */
  readonly onEvent: (event: Event) => void
  /** Ends the lookup, and returns the acquisition with its result. Rejects only for a bug. */
  readonly conclude: (acquisition: Acquisition) => Promise<Acquisition>
}

export type SignatureDeps = Pick<AcquireDeps, 'clock' | 'random' | 'backoff' | 'shared' | 'signal'> & {
  readonly registry: RegistryPort & ReferrersPort
}

// Each lookup holds up to one signature in memory, which may have 8 MiB.
const LOOKUPS_AT_ONCE = 4

/** Rejects with 'invalid-input' for a trust root that cannot be used. */
export function createSignatureChecks(run: RunContext, inputs: Inputs, deps: SignatureDeps): SignatureChecks {
  const {rules, keys, isEnforced} = inputs.signatures
  const roots = openTrustRoots(inputs)
  const slots = createSemaphore(LOOKUPS_AT_ONCE)
  const github = createGithubAttestations(run, inputs)
  return {
    start: (request, log) => {
      const own = rulesFor(request.image.reference, rules)
      if (own.length === 0) return undefined
      const lookup = new Lookup(request, own, {
        deps,
        log,
        attestations: github.port,
        requirement: {rules: own, keys, roots},
        slots
      })
      return {
        onEvent: event => {
          lookup.onEvent(event)
        },
        conclude: acquisition => concludeImage(lookup, acquisition, {isEnforced, log})
      }
    },
    close: github.close
  }
}

async function concludeImage(
  lookup: Lookup,
  acquisition: Acquisition,
  {isEnforced, log}: {readonly isEnforced: boolean; readonly log: Log}
): Promise<Acquisition> {
  const {image, elapsedMs} = acquisition
  if (image === undefined) {
    lookup.cancel()
    return acquisition
  }
  const {deps} = lookup.context
  const startedMs = deps.clock.nowMs()
  try {
    const check = await lookup.check(acquisition, image)
    log({type: 'note', text: renderCheck(check)})
    const signature = {...acquisition, signature: check, elapsedMs: elapsedMs + deps.clock.nowMs() - startedMs}
    const words = describeCheck(check)
    if (words === undefined || check.outcome === 'signed' || !isEnforced) return signature
    const runError = new VerifiedImageError({kind: 'signature', problem: check.outcome, ...words})
    return {...signature, image: undefined, runError}
  } catch (error) {
    const {aborted, reason} = deps.signal as {aborted: boolean; reason: unknown}
    if (!aborted) throw error
    // Time is up, or the job is canceled: an image whose signature is not known is not used.
    const runError = reason instanceof VerifiedImageError ? reason : undefined
    return {...acquisition, image: undefined, runError}
  }
}

type LookupContext = {
  readonly deps: SignatureDeps
  readonly log: Log
  readonly attestations: () => AttestationsPort
  readonly requirement: Parameters<typeof searchSignature>[1]['requirement']
  readonly slots: ReturnType<typeof createSemaphore>
}

type Started = {readonly digest: Digest; readonly cancellation: AbortController; readonly result: Promise<SearchResult>}

/** The lookup of one image. It starts over if another digest is decided than the one that it started with. */
class Lookup {
  readonly context: LookupContext
  readonly #request: AcquireRequest
  readonly #rules: readonly SignerRule[]
  #digest: Digest | undefined
  #servedBy: Candidate | undefined
  #started: Started | undefined

  constructor(request: AcquireRequest, rules: readonly SignerRule[], context: LookupContext) {
    this.#request = request
    this.#rules = rules
    this.#digest = knownDigest(request.image)?.digest
    this.context = context
  }

  onEvent(event: Event): void {
    if (event.type === 'pinned') this.#digest = event.pin.digest
    if (event.type === 'attempted' && event.attempt.object === 'manifest' && event.attempt.outcome === 'verified')
      this.#servedBy ??= event.candidate
    if (this.#digest !== undefined && this.#servedBy !== undefined && this.#started === undefined)
      this.#start(this.#digest, this.#servedBy)
  }

  cancel(): void {
    this.#started?.cancellation.abort(new Error('the image was not verified'))
  }

  async check(
    {results}: Acquisition,
    {digest, root, platforms, candidate}: NonNullable<Acquisition['image']>
  ): ReturnType<typeof concludeCheck> {
    if (this.#started?.digest !== digest) {
      this.cancel()
      this.#start(digest, candidate)
    }
    const started = this.#started
    if (started === undefined) throw new TypeError('a lookup was started')
    const children = root.document.kind === 'index' ? [...new Set(platforms.map(platform => platform.digest))] : []
    // A registry that did not have the image is not asked for its signature.
    const lacking = results.filter(({failure}) => failure?.kind === 'not-found').map(result => result.candidate)
    return concludeCheck(await started.result, children, {
      rules: this.#rules.map(({source}) => source),
      search: child => this.#search(child, this.#places(candidate, started.cancellation.signal, lacking))
    })
  }

  #start(digest: Digest, servedBy: Candidate): void {
    const cancellation = new AbortController()
    const result = this.#search(digest, this.#places(servedBy, cancellation.signal, []))
    // It is awaited when the image is verified; until then nothing else handles it.
    result.catch(() => undefined)
    this.#started = {digest, cancellation, result}
  }

  async #search(digest: Digest, {places, origin}: Places): Promise<SearchResult> {
    const {slots, requirement} = this.context
    const release = await slots.acquire(1, origin.retry.signal)
    try {
      return await searchSignature(digest, {places, origin, requirement})
    } finally {
      release()
    }
  }

  /** The registry that serves the image, the one that the reference names, and the mirrors; then GitHub. */
  #places(servedBy: Candidate, own: AbortSignal, lacking: readonly Candidate[]): Places {
    const {deps} = this.context
    const signal = AbortSignal.any([deps.signal, own])
    const at = this.#rules.flatMap(rule => rule.at ?? [])
    const {candidates} = this.#request
    const asked = [servedBy, ...candidates.filter(({role}) => role !== 'public-mirror')]
    const beside = at.length === this.#rules.length ? [] : asked.filter(candidate => !lacking.includes(candidate))
    const origin = this.#registryPlace(servedBy.repository, signal)
    const named = at.map(repository => ({repository, role: 'primary' as const}))
    const registries = uniqueBy([...named, ...beside], ({repository}) => formatRepository(repository)).map(
      ({repository, role}): SignaturePlace => ({
        kind: 'registry',
        place: this.#registryPlace(repository, signal),
        // A public mirror need not have what is attached to an image.
        matters: role !== 'public-mirror'
      })
    )
    return {places: [...registries, ...this.#githubPlaces(signal)], origin}
  }

  #githubPlaces(signal: AbortSignal): readonly SignaturePlace[] {
    const {attestations} = this.context
    return attestationSources(this.#rules).map(source => {
      const port = attestations()
      const retry = this.#retry({registry: port.host, path: source.owner}, signal)
      return {kind: 'github', place: {...source, attestations: port, retry}}
    })
  }

  #registryPlace(repository: Repository, signal: AbortSignal): RegistryPlace {
    return {repository, registry: this.context.deps.registry, retry: this.#retry(repository, signal)}
  }

  #retry(repository: Repository, signal: AbortSignal): RetryContext {
    const {deps, log} = this.context
    const candidate: Candidate = {role: 'primary', repository, mayResolve: false}
    return {
      clock: deps.clock,
      random: deps.random,
      backoff: deps.backoff,
      signal,
      record: attempt => {
        log({type: 'attempted', candidate, attempt})
      },
      addBytes: () => undefined,
      throttle: endpointState(candidate, deps).throttle
    }
  }
}

type Places = {readonly places: readonly SignaturePlace[]; readonly origin: RegistryPlace}

function uniqueBy<T>(all: readonly T[], keyOf: (item: T) => string): readonly T[] {
  const seen = new Set<string>()
  return all.filter(item => !seen.has(keyOf(item)) && seen.add(keyOf(item)).size > 0)
}
