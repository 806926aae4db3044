// One part of a layer: its request, the memory that it fills, and what is asked for again when a connection fails it.
// Bytes that came are kept. They are not verified here.

import {VerifiedImageError} from '../failure/error.ts'
import type {ByteRange, Exchange, RegistryResponse} from '../registry/registry.ts'
import {isOfConnection} from './part-failure.ts'
import {PartBytes} from './part-bytes.ts'
import type {Blocks} from './part-memory.ts'

export type PartRequest = {
  readonly range: ByteRange
  readonly memory: Blocks
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
  readonly #request: PartRequest
  readonly #bytes: PartBytes
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
    this.#bytes = new PartBytes(request.memory)
    this.#startedMs = request.nowMs()
    void this.#run()
  }

  /** The end of the bytes that came, in the layer. */
  get position(): number {
    return this.range.start + this.#bytes.length
  }

  get isComplete(): boolean {
    return this.position === this.range.end
  }

  /** Whether more bytes may come. */
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

  /** Ends the request. Nothing is written any more. */
  stop(): void {
    this.#isStopped = true
    this.#connection.abort(new DOMException('the part is not needed', 'AbortError'))
  }

  /** The bytes from `position` on that came, at most a block of them. They are valid until they are released. */
  bytesFrom(position: number): Uint8Array {
    return this.#bytes.from(position - this.range.start)
  }

  /** Gives the memory in front of `position` back: nothing reads it any more. */
  release(position: number): void {
    this.#bytes.release(position - this.range.start)
  }

  /** Ends the request, and gives all memory back. Nothing reads it any more. */
  drop(): void {
    this.stop()
    this.#bytes.releaseAll()
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
        // The memory of a part that is not needed has been given to another one.
        if (this.#isStopped) return {error: this.#connection.signal.reason}
        this.#bytes.append(chunk)
        onBytes(chunk.length)
        onChange()
      }
      return this.isComplete ? undefined : {error: cutShort(this.#bytes.length, this.range)}
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
