// One part of a layer: its request, the buffer that it fills, and what is asked for again when a connection fails it.
// Bytes that came are kept. They are not verified here.

import {VerifiedImageError} from '../failure/error.ts'
import type {ByteRange, Exchange, RegistryResponse} from '../registry/registry.ts'
import {isOfConnection} from './part-failure.ts'

export type PartRequest = {
  readonly range: ByteRange
  readonly buffer: Uint8Array
  readonly signal: AbortSignal
  readonly open: OpenPart
  readonly nowMs: () => number
  /** Bytes arrived. */
  readonly onBytes: (bytes: number) => void
  /** The state of the part changed. */
  readonly onChange: () => void
}

export type OpenPart = (
  range: ByteRange,
  signal: AbortSignal,
  onExchange: (exchange: Exchange) => void
) => Promise<RegistryResponse>

/** What ended a part before it was complete. */
export type PartFailure = {readonly error: unknown}

export class Part {
  readonly range: ByteRange
  readonly buffer: Uint8Array
  readonly #request: PartRequest
  #received = 0
  #startedMs: number
  #cuts = 0
  #resumed = 0
  #isAnswered = false
  #isRunning = true
  #isStopped = false
  #failure: PartFailure | undefined
  #exchange: Exchange | undefined
  #connection = new AbortController()

  constructor(request: PartRequest) {
    this.#request = request
    this.range = request.range
    this.buffer = request.buffer
    this.#startedMs = request.nowMs()
    void this.#run()
  }

  /** The end of the bytes that came, in the layer. */
  get position(): number {
    return this.range.start + this.#received
  }

  get isComplete(): boolean {
    return this.position === this.range.end
  }

  /** Whether bytes may still be written to the buffer. */
  get isRunning(): boolean {
    return this.#isRunning
  }

  /** Whether the registry answered with the requested range. */
  get isAnswered(): boolean {
    return this.#isAnswered
  }

  get failure(): PartFailure | undefined {
    return this.#failure
  }

  /** Connections that were closed because they were too slow. */
  get cuts(): number {
    return this.#cuts
  }

  /** Requests that continued after a connection failed. */
  get resumed(): number {
    return this.#resumed
  }

  /** The last request and its response. */
  get exchange(): Exchange | undefined {
    return this.#exchange
  }

  /** How long its present connection has had. */
  elapsedMs(): number {
    return this.#request.nowMs() - this.#startedMs
  }

  /** Closes the connection. What came is kept, and the rest is requested again. */
  cut(): void {
    if (this.#connection.signal.aborted) return
    this.#cuts++
    this.#connection.abort(new DOMException('the part was too slow', 'AbortError'))
  }

  /** Ends the request. The rest is not needed. */
  stop(): void {
    this.#isStopped = true
    this.#connection.abort(new DOMException('the part is not needed', 'AbortError'))
  }

  /** The bytes from `position` on that came, at most this many. */
  bytesFrom(position: number, most: number): Uint8Array {
    const at = position - this.range.start
    return this.buffer.subarray(at, Math.min(at + most, this.#received))
  }

  async #run(): Promise<void> {
    const {onChange, signal} = this.#request
    try {
      for (;;) {
        const failure = await this.#receive()
        if (failure === undefined) return
        if (this.#isStopped) return
        if (signal.aborted || !this.#mayResume(failure)) {
          this.#failure = failure
          return
        }
        this.#connection = new AbortController()
        this.#startedMs = this.#request.nowMs()
        onChange()
      }
    } finally {
      this.#isRunning = false
      onChange()
    }
  }

  /** Resolves to the error that ended the response early. */
  async #receive(): Promise<PartFailure | undefined> {
    const {open, signal, onBytes, onChange} = this.#request
    const {end} = this.range
    try {
      const one = AbortSignal.any([signal, this.#connection.signal])
      const response = await open({start: this.position, end}, one, exchange => (this.#exchange = exchange))
      this.#isAnswered = true
      onChange()
      for await (const chunk of response.body) {
        if (this.position + chunk.length > end) return {error: tooLong(this.range)}
        this.buffer.set(chunk, this.#received)
        this.#received += chunk.length
        onBytes(chunk.length)
        onChange()
      }
      return this.isComplete ? undefined : {error: cutShort(this.#received, this.range)}
    } catch (error) {
      // All bytes came: how the connection ended does not matter.
      return this.isComplete ? undefined : {error}
    }
  }

  #mayResume({error}: PartFailure): boolean {
    if (this.#connection.signal.aborted) return true
    if (!(error instanceof VerifiedImageError) || !isOfConnection(error.failure) || this.#resumed > 0) return false
    this.#resumed++
    return true
  }
}

function tooLong({start, end}: ByteRange): VerifiedImageError {
  return new VerifiedImageError({
    kind: 'protocol',
    detail: `bytes ${String(start)}-${String(end - 1)} were requested, and the response has more`,
    isHtml: false
  })
}

function cutShort(gotBytes: number, {start, end}: ByteRange): VerifiedImageError {
  return new VerifiedImageError({kind: 'truncated', gotBytes, wantedBytes: end - start})
}
