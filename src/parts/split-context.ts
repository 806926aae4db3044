// What a body in parts gets from its caller, and what it says about itself.
// `verify/` knows of none of it.

import {type Clock} from '../concurrency/clock.ts'
import type {ByteRange, Exchange, RegistryResponse} from '../registry/registry.ts'
import {type OpenPart} from './part.ts'
import {type PartMemory} from './part-memory.ts'
import {type PartRules} from './part-schedule.ts'
import type {RegistryParts} from './registry-parts.ts'

/** Bytes that were read in order, and the request that brought them. */
export type ReceivedRange = ByteRange & {readonly exchange: Exchange | undefined}

/** What became of the parts of one response. */
export type PartsEvidence = {
  /** Parts that came. */
  readonly count: number
  /** Most connections at a time. */
  readonly connections: number
  readonly bytes: number
  /** Connections that were closed because they were too slow. */
  readonly stragglers: number
  /** Connections that broke within a part. */
  readonly resumed: number
  /** Why no more parts were requested. */
  readonly ended?: string
}

export type SplitContext = {
  readonly rules: PartRules
  readonly memory: PartMemory
  readonly registry: RegistryParts
  /** The registry met no limit. */
  readonly isUnlimited: () => boolean
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Of the layer. */
  readonly size: number
  readonly open: OpenPart
  /** Bytes arrived, in any order. */
  readonly onBytes: (bytes: number) => void
  /** The reader has taken all bytes of a range. Called for each range in order, once there are parts. */
  readonly onRange: (range: ReceivedRange) => void
}

/** The one response that a layer begins with. */
export type WholeResponse = {
  readonly response: RegistryResponse
  /** How long it took to begin. */
  readonly firstByteMs: number
  readonly exchange: Exchange | undefined
  /** Closes its connection, also while it is being read. */
  readonly close: () => void
}

/** Whether the layer that a response begins may be split at all. */
export function maySplit(
  {acceptsRanges, mayBeCutShort, contentLength, offset}: RegistryResponse,
  size: number,
  rules: PartRules
): boolean {
  return acceptsRanges && !mayBeCutShort && contentLength === size && size - offset >= rules.minLayerBytes
}
