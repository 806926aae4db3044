// Who signed an image, for an audit: the port of signatures over registries and GitHub's API.
// With a rule, all registries are searched as a build does. Without one, the signers at one registry are reported.

import {attestationSources, openGithubAttestations} from '../action/github-attestations.ts'
import type {RunContext} from '../action/publish.ts'
import {createSemaphore} from '../concurrency/semaphore.ts'
import type {RetryContext} from '../fetch/retry.ts'
import type {
  ObservedSigner,
  SignatureObservation,
  SignaturePort,
  SignatureRequest,
  UnansweredPlace
} from '../findings/signature-port.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import {formatRepository, type Repository} from '../oci/reference.ts'
import type {RateLimit} from '../registry/exchange.ts'
import type {ReferrersPort, RegistryPort} from '../registry/registry.ts'
import type {Inputs} from '../runner/inputs.ts'
import {
  concludeCheck,
  type SearchRequest,
  type SearchResult,
  searchSignature,
  type SignaturePlace
} from '../signature-lookup/check-signatures.ts'
import type {RegistryPlace} from '../signature-lookup/signature-manifest.ts'
import {describeCheck} from '../signature/describe-check.ts'
import type {Judge} from '../signature/judge.ts'
import {type JudgedCandidate, problemOf, type SignatureCheck} from '../signature/outcome.ts'
import {rulesFor, type SignerRule} from '../signature/signer-rule.ts'
import type {FoundSigner} from '../signature/signer.ts'
import type {PlaceDeps} from '../observe/place.ts'
import type {RegistryStates} from '../observe/registry-state.ts'

export type InspectorDeps = Pick<PlaceDeps, 'clock' | 'random' | 'backoff'> & {
  readonly registry: RegistryPort & ReferrersPort
  readonly states: RegistryStates
  readonly limitRate: RateLimit
  readonly judge: Judge
}

// Each lookup holds up to one signature in memory, which may have 8 MiB.
const LOOKUPS_AT_ONCE = 4

// No certificate and no key satisfies it, so that every signer that is found is reported.
const UNSATISFIED: SignerRule = {source: '', signer: {kind: 'key', path: '', requiresLog: false}, predicates: []}

const NO_PULLS_LEFT = 'its pull limit is low, so this audit did not ask it'

/** Where an image is searched for signatures, and where it cannot be. */
type Places = Omit<SearchRequest, 'judge'> & {readonly unanswered: readonly UnansweredPlace[]}

/** Fails with 'invalid-input' for an address of GitHub's API that the token must not be sent to. */
export function createSignatureInspector(
  run: RunContext,
  inputs: Inputs,
  deps: InspectorDeps
): SignaturePort & {readonly close: () => void} {
  const {rules} = inputs.signatures
  const github = openGithubAttestations(run, inputs, deps.limitRate)
  const slots = createSemaphore(LOOKUPS_AT_ONCE)

  async function search(digest: SignatureRequest['digest'], request: SearchRequest): Promise<SearchResult> {
    const {signal} = request.origin.retry
    const release = await slots.acquire(1, signal)
    try {
      return await searchSignature(digest, request)
    } finally {
      release()
    }
  }

  function judgeBy(own: readonly SignerRule[]): SearchRequest['judge'] {
    return (candidate, subject) => deps.judge(candidate, subject, own)
  }

  function githubPlaces(own: readonly SignerRule[], signal: AbortSignal): readonly SignaturePlace[] {
    return attestationSources(own).map(source => {
      const attestations = github.port(source.host)
      return {kind: 'github', place: {...source, attestations, retry: retryAt(attestations.host, signal, deps)}}
    })
  }

  async function judgeRules(own: readonly SignerRule[], request: SignatureRequest): Promise<SignatureObservation> {
    const {places, origin, unanswered} = placesFor(own, request, deps)
    const all = {places: [...places, ...githubPlaces(own, request.signal)], origin, judge: judgeBy(own)}
    const root = withUnanswered(await search(request.digest, all), unanswered)
    const check = await concludeCheck(root, request.platforms, {
      rules: own.map(({source}) => source),
      search: digest => search(digest, all)
    })
    return observationOf(check)
  }

  async function reportSigners(request: SignatureRequest): Promise<SignatureObservation> {
    const {places, origin, unanswered} = placesFor([], request, deps)
    const found = await search(request.digest, {places: places.slice(0, 1), origin, judge: judgeBy([UNSATISFIED])})
    // A registry that did not answer is no loss if another one was searched.
    return reportOf(places.length === 0 ? withUnanswered(found, unanswered) : found)
  }

  return {
    inspect: request => {
      const own = rulesFor(request.image.reference, rules)
      return own.length === 0 ? reportSigners(request) : judgeRules(own, request)
    },
    close: github.close
  }
}

/** The repositories that rules name, and those that have the image. A registry whose pull limit is low is not asked. */
function placesFor(rules: readonly SignerRule[], request: SignatureRequest, deps: InspectorDeps): Places {
  const {candidates, signal} = request
  const named = rules.flatMap(rule => rule.at ?? [])
  const isBesideImage = rules.length === 0 || named.length < rules.length
  const complete = candidates.filter(({role}) => role !== 'public-mirror')
  const beside = complete.length === 0 ? candidates : complete
  const repositories = uniqueByName([
    ...named.map(repository => ({repository, matters: true})),
    ...(isBesideImage ? beside.map(({repository, role}) => ({repository, matters: role !== 'public-mirror'})) : [])
  ])
  const isOpen = ({repository}: {readonly repository: Repository}): boolean =>
    deps.states.stateOf(repository.registry).mayDownload()
  const [origin] = beside
  if (origin === undefined) throw new TypeError('an image that no registry has is not looked up')
  return {
    places: repositories
      .filter(isOpen)
      .map(({repository, matters}) => ({kind: 'registry', place: placeAt(repository, signal, deps), matters})),
    origin: placeAt(origin.repository, signal, deps),
    unanswered: [
      ...(isBesideImage ? request.unanswered : []),
      ...repositories
        .filter(place => place.matters && !isOpen(place))
        .map(({repository}) => ({repository, detail: NO_PULLS_LEFT}))
    ]
  }
}

function uniqueByName<T extends {readonly repository: Repository}>(all: readonly T[]): readonly T[] {
  // The first of each name counts.
  return [...new Map(all.toReversed().map(each => [formatRepository(each.repository), each])).values()].toReversed()
}

/** Manifests count against a pull limit, and those of signatures too. */
function placeAt(repository: Repository, signal: AbortSignal, deps: InspectorDeps): RegistryPlace {
  const state = deps.states.stateOf(repository.registry)
  const registry: RegistryPlace['registry'] = {
    ...deps.registry,
    openManifest: async request => {
      const response = await deps.registry.openManifest(request)
      state.countDownload()
      return response
    }
  }
  return {repository, registry, retry: retryAt(repository.registry, signal, deps)}
}

function retryAt(host: string, signal: AbortSignal, {states, clock, random, backoff}: InspectorDeps): RetryContext {
  const state = states.stateOf(host)
  return {
    ...{clock, random, backoff, signal},
    throttle: state.throttle,
    addBytes: () => undefined,
    record: ({exchanges}) => {
      for (const exchange of exchanges) state.record(exchange)
    }
  }
}

function withUnanswered(result: SearchResult, unanswered: readonly UnansweredPlace[]): SearchResult {
  const {subject, places} = result
  const failed = unanswered.map(({repository, detail}) => ({
    ...{place: formatRepository(repository), subject, detail},
    kind: 'registry' as const,
    outcome: 'failed' as const
  }))
  return {...result, places: [...places, ...failed]}
}

function observationOf(check: SignatureCheck): SignatureObservation {
  const rule = check.rules.join(' or ')
  if (check.outcome === 'signed')
    return {
      ...{verdict: 'signed', rule, detail: 'the required signature was found'},
      signers: unique(check.signers.map(signer => observedSigner(signer, signer.place)))
    }
  const words = describeCheck(check)
  return omitUndefined({
    verdict: check.outcome,
    rule,
    detail: words?.detail ?? check.outcome,
    advice: words?.advice,
    signers: signersIn(check.candidates)
  })
}

/** What is there, without a rule that asks for it. */
function reportOf({candidates, places}: SearchResult): SignatureObservation {
  const signers = signersIn(candidates)
  const outcome = problemOf(candidates, places)
  if (signers.length > 0) return {verdict: 'reported', detail: 'no rule in signed-by is for this image', signers}
  const hasNotation = candidates.some(({verdict}) => verdict.outcome === 'notation')
  const notation = hasNotation ? '; it is signed with notation (Notary Project), which is not verified' : ''
  const words = describeCheck({outcome, rules: [], signers: [], candidates, places})
  return {
    verdict: 'reported',
    detail: outcome === 'unsigned' || words === undefined ? `no signature was found${notation}` : words.detail,
    signers
  }
}

function signersIn(candidates: readonly JudgedCandidate[]): readonly ObservedSigner[] {
  return unique(
    candidates.flatMap(({verdict, place}) =>
      verdict.outcome === 'signed-by-another' || verdict.outcome === 'signed'
        ? [observedSigner(verdict.signer, place)]
        : []
    )
  )
}

function observedSigner({kind, identity, issuer, repository, key}: FoundSigner, foundAt: string): ObservedSigner {
  return omitUndefined({kind, identity, issuer, repository, key, foundAt})
}

/** A publisher signs each release again, and its provenance beside. */
function unique(signers: readonly ObservedSigner[]): readonly ObservedSigner[] {
  return [...new Map(signers.map(signer => [JSON.stringify(signer), signer])).values()]
}
