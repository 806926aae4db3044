// What is said of several measurements of one thing.

/** The upper one of the two in the middle of an even number of them. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}
