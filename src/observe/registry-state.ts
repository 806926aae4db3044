// What a run knows of each registry, shared by all images: its throttle, its requests, and what is left of its pull limit.
// Docker Hub counts each manifest that is downloaded by GET, and no HEAD.

import {type Clock, type Random} from '../concurrency/clock.ts'
import {createRateLimiter, type RateLimiter} from '../concurrency/rate-limiter.ts'
import type {Failure} from '../failure/failure.ts'
import type {BackoffPolicy} from '../fetch/backoff.ts'
import {createThrottle, type RegistryThrottle} from '../fetch/throttle.ts'
import type {RegistryUse} from '../findings/judge-run.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import type {RateLimit} from '../registry/exchange.ts'
import type {Exchange} from '../registry/registry.ts'

// GitHub's container registry answers 429 above about 2,000 requests a minute, the lowest documented limit of the registries that the
// defaults name. A limit that is met costs more time than this rate does.
const REQUESTS_PER_MINUTE = 1200
const BURST = 200

// An audit leaves this part of a pull limit to the builds on the same address.
const RESERVE = 0.2

export type RegistryState = {
  readonly registry: string
  readonly throttle: RegistryThrottle
  readonly record: (exchange: Exchange) => void
  /** Whether one more manifest may be downloaded. */
  readonly mayDownload: () => boolean
  readonly countDownload: () => void
  readonly countPartialImage: () => void
  /** The registry refuses HEAD for blobs at its storage, so that blobs are requested by GET, and not read. */
  headIsRefused: boolean
  /** An image got no response within the time limits of all attempts. */
  readonly countSilence: (failure: Failure) => void
  /** Why one more image does not wait for the registry: it was silent for several in a row. */
  readonly silence: () => Failure | undefined
  readonly use: () => RegistryUse
}

export type RegistryStates = {
  readonly stateOf: (registry: string) => RegistryState
  readonly all: () => readonly RegistryState[]
}

// Each image waits for a silent registry as long as all attempts take, 80 s by default. With 1,000 images, that is longer than the time
// limit of the run. One image tries again each minute. (The throttle does the same for a registry that refuses connections.)
const SILENT_IMAGES = 3
const SILENCE_MS = 60_000

type Options = {readonly clock: Clock; readonly random: Random; readonly backoff: BackoffPolicy}

export function createRegistryStates(options: Options): RegistryStates {
  const states = new Map<string, RegistryState>()
  return {
    stateOf: registry => {
      const state = states.get(registry) ?? createState(registry, options)
      states.set(registry, state)
      return state
    },
    all: () => [...states.values()]
  }
}

function createState(registry: string, {clock, random, backoff}: Options): RegistryState {
  let requests = 0
  let downloads = 0
  let partialImages = 0
  let pullLimit: RegistryUse['pullLimit']
  let silentImages = 0
  let silence: {readonly failure: Failure; readonly untilMs: number} | undefined
  return {
    registry,
    throttle: createThrottle(clock, backoff, random),
    headIsRefused: false,
    record: exchange => {
      requests++
      if (exchange.status !== undefined) silentImages = 0
      pullLimit = pullLimitOf(exchange.rateLimit) ?? pullLimit
    },
    mayDownload: () => {
      if (pullLimit === undefined) return true
      return pullLimit.remaining > Math.ceil((pullLimit.limit ?? 0) * RESERVE)
    },
    countDownload: () => {
      downloads++
      // Until the next response says what is left.
      if (pullLimit !== undefined) pullLimit = {...pullLimit, remaining: Math.max(0, pullLimit.remaining - 1)}
    },
    countPartialImage: () => {
      partialImages++
    },
    countSilence: failure => {
      silentImages++
      silence = {failure, untilMs: clock.nowMs() + SILENCE_MS}
    },
    silence: () => {
      if (silence === undefined || silentImages < SILENT_IMAGES) return undefined
      if (clock.nowMs() < silence.untilMs) return silence.failure
      silence = {...silence, untilMs: clock.nowMs() + SILENCE_MS}
      return undefined
    },
    use: () => omitUndefined({registry, requests, downloads, pullLimit, partialImages})
  }
}

// A limit for a shorter time is one of requests, and is over when the next build starts. Docker Hub's is for six hours.
const SHORTEST_PULL_LIMIT_S = 600

/** `100;w=21600` is a count, and the seconds that it counts in. */
function pullLimitOf(headers: Exchange['rateLimit']): RegistryUse['pullLimit'] {
  const seconds = /;\s*w=(\d{1,9})/.exec(headers?.['ratelimit-remaining'] ?? '')?.[1]
  if (seconds !== undefined && Number(seconds) < SHORTEST_PULL_LIMIT_S) return undefined
  const remaining = countIn(headers?.['ratelimit-remaining'])
  const limit = countIn(headers?.['ratelimit-limit'])
  return remaining === undefined ? undefined : omitUndefined({remaining, limit})
}

function countIn(header: string | undefined): number | undefined {
  const digits = /^\d{1,9}/.exec(header ?? '')?.[0]
  return digits === undefined ? undefined : Number(digits)
}

/** Limits the requests to each host, tokens and redirects included. */
export function createRateLimit(clock: Clock): RateLimit {
  const limiters = new Map<string, RateLimiter>()
  return (host, signal) => {
    const limiter = limiters.get(host) ?? createRateLimiter(clock, {perMinute: REQUESTS_PER_MINUTE, burst: BURST})
    limiters.set(host, limiter)
    return limiter.take(signal)
  }
}

/** The most requests that a host sees in a minute. */
export const MOST_REQUESTS_PER_MINUTE = REQUESTS_PER_MINUTE + BURST
