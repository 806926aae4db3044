// Keeps V8 from optimizing undici's HTTP parser, which is WebAssembly, within the first requests.
// Its one large function uses V8's budget up while a handful of answers are read. Optimizing it takes other threads more processor
// time than the run of a small image has left, and memory that is not returned: for an image of 16 kB, 173 ms of processor time and
// 101 MB with V8's budget, 135 ms and 80 MB with this one; for 120 MB in 8 layers, 113 MB and 99 MB (medians in turn).

import {setFlagsFromString} from 'node:v8'

// V8 counts, roughly, the bytes that it runs, and optimizes at 13,000,000. A run with many blobs still gets there.
const BUDGET_BYTES = 1_000_000_000

/** To be called before the first connection: undici makes its parser with that. */
export function delayOptimizingTheParser(): void {
  setFlagsFromString(`--wasm-tiering-budget=${String(BUDGET_BYTES)}`)
}
