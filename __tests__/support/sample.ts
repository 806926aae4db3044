// A part of a large table for each run of the tests: every `of`-th row, from one that the seed chooses. As many runs with seeds in a row
// take all rows. FULL=1 takes them at once, and so does UPDATE_DOCS=1, which writes what was seen.

const SEED = Number(process.env['SAMPLE_SEED'] ?? process.env['GITHUB_RUN_NUMBER'] ?? 1)

export const isFull = [process.env['FULL'], process.env['UPDATE_DOCS']].some(value => (value ?? '') !== '')

/** In the order of the table. `always` names rows that other tests need. */
export function sampleRows<T>(rows: readonly T[], of: number, always: (row: T) => boolean = () => false): readonly T[] {
  return rows.filter((row, at) => isFull || at % of === SEED % of || always(row))
}
