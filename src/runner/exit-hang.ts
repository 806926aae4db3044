// Keeps V8's background compilers from keeping the exit of this process waiting for ever.
// On exit, Node waits for its worker threads. A compile job in one of them may wait for a garbage collection, which the main thread
// no longer does (nodejs/node#54918; nodejs/node#64560 has the stacks; seen with 24.21, after all work was done).
// To be removed once Node no longer waits for such jobs on exit, and its test passes without the flags.

import {setFlagsFromString} from 'node:v8'

// The two compilers whose jobs allocate while they run beside the main thread.
const FLAGS = ['--no-concurrent-sparkplug', '--no-maglev'] as const

/** To be called before much code has run: a job that has started is not stopped. */
export function turnOffCompilersThatHangExits(): void {
  for (const flag of FLAGS) setFlagsFromString(flag)
}
