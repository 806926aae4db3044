// What a run knows of each registry, shared by all images: its throttle, its requests, and what is left of its pull limit.
// Docker Hub counts each manifest that is downloaded by GET, and no HEAD.

import {type Clock, type Random} from '../concurrency/clock.ts'
import {createRateLimiter, type RateLimiter} from '../concurrency/rate-limiter.ts'
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
  readonly use: () => RegistryUse
}

export type RegistryStates = {
  readonly stateOf: (registry: string) => RegistryState
  readonly all: () => readonly RegistryState[]
}

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
  return {
    registry,
    throttle: createThrottle(clock, backoff, random),
    headIsRefused: false,
    record: exchange => {
      requests++
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
    use: () => omitUndefined({registry, requests, downloads, pullLimit, partialImages})
  }
}

/** `100;w=21600` is a count, and the seconds that it counts in. */
function pullLimitOf(headers: Exchange['rateLimit']): RegistryUse['pullLimit'] {
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
