// The port to `docker buildx bake`.
// The program runs outside of the thread that reads files (bake-program.ts).

export type BakeRequest = {
  /** Texts of files, in the order in which Bake merges them. */
  readonly texts: readonly string[]
  /** The target or group to print. */
  readonly target: string
  /** The variables that the files may read. */
  readonly variables: ReadonlyMap<string, string>
}

export type BakeAnswer =
  | {readonly kind: 'printed'; readonly text: string}
  /** Bake refuses the files, at a line of one of them if it names one: `at` is its index. */
  | {readonly kind: 'refused'; readonly at: number | undefined; readonly line: number}
  /** No program, one that cannot be started, or one that used up its time or memory: `reason` continues a sentence. */
  | {readonly kind: 'unavailable' | 'exhausted'; readonly reason: string}

/** Plain data goes in and comes out: it is sent between threads. */
export type RunBake = (request: BakeRequest) => Promise<BakeAnswer>
