// The digest of a layer at the end of each range that came. When the whole was wrong, it is fetched again over one connection, and the
// first mark that differs names the range that was changed, and the server that sent it. No part has a digest of its own.

import type {Digest} from '../oci/digest.ts'
import type {ByteRange} from '../registry/registry.ts'
import type {ReceivedRange} from './split-context.ts'

/** Bytes that came differently before, and who sent them then. */
export type DifferentRange = ByteRange & {
  readonly host?: string
  readonly requestIds: Readonly<Record<string, string>>
}

type Mark = {readonly range: ReceivedRange; readonly digest: Digest}

export class PartMarks {
  readonly #marks: Mark[] = []

  get end(): number {
    return this.#marks.at(-1)?.range.end ?? 0
  }

  /** `digest`: of all bytes up to the end of the range. */
  add(range: ReceivedRange, digest: Digest): void {
    if (range.end > this.end) this.#marks.push({range, digest})
  }

  /** The end of the next range after a position; undefined after the last one. */
  endAfter(position: number): number | undefined {
    return this.#marks.find(({range}) => range.end > position)?.range.end
  }

  /** The range that ends at a position, if the bytes up to there had another digest. */
  differenceAt(position: number, digestSoFar: () => Digest): DifferentRange | undefined {
    const mark = this.#marks.find(({range}) => range.end === position)
    return mark === undefined || mark.digest === digestSoFar() ? undefined : describe(mark.range)
  }
}

function describe({start, end, exchange}: ReceivedRange): DifferentRange {
  return {start, end, requestIds: exchange?.requestIds ?? {}, ...(exchange === undefined ? {} : {host: exchange.host})}
}
