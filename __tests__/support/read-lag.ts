// A registry that shows what was written to it a few reads later, as one with several regions does.

export type ReadLag = {
  /** A write under a tag or digest. `former` is the digest that the tag had. */
  readonly wrote: (repository: string, reference: string, former: string | undefined) => void
  /** What a read shows instead of the last write: nothing, or the former digest. Undefined once the write is shown. */
  readonly read: (repository: string, reference: string) => {readonly former: string | undefined} | undefined
}

/** Each write is hidden from this many reads. */
export function createReadLag(reads: number): ReadLag {
  const hidden = new Map<string, {former: string | undefined; left: number}>()
  return {
    wrote: (repository, reference, former) => {
      if (reads > 0) hidden.set(`${repository}:${reference}`, {former, left: reads})
    },
    read: (repository, reference) => {
      const write = hidden.get(`${repository}:${reference}`)
      if (write === undefined || write.left === 0) return undefined
      write.left -= 1
      return {former: write.former}
    }
  }
}
