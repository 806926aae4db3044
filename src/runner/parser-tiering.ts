// Keeps V8 from optimizing undici's HTTP parser, which is WebAssembly.
// It is one large function. Optimizing it takes other threads more processor time than the run of a small image has left, and 24 MB of
// memory that is not returned: for an image of 16 kB, 173 ms of processor time and 101 MB with V8's defaults, 135 ms and 80 MB
// without; for 367 MB in 3 layers that come in parts, 138 and 119 MB. A large image gains nothing from it: the parser passes bodies on as
// they come.

import {setFlagsFromString} from 'node:v8'

/** To be called before the first connection: undici makes its parser with that. */
export function neverOptimizeTheParser(): void {
  setFlagsFromString('--no-wasm-tier-up')
  setFlagsFromString('--no-wasm-dynamic-tiering')
}
