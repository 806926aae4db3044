// The entry point of the action `mirror`: runs it on this runtime, and exits with its code.
// Everything else is imported, so that it can be tested.

import './check-node.ts'
import {runMirror} from './mirror/mirror.ts'
import {nodeRuntime} from './runner/runtime.ts'

const runtime = nodeRuntime()
void runMirror(runtime).then(runtime.exit)
