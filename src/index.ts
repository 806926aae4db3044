// The entry point of the action: runs it on this runtime, and exits with its code.
// Everything else is imported, so that it can be tested.

import './check-node.ts'
import {runAction} from './action/action.ts'
import {nodeRuntime} from './runner/runtime.ts'

const runtime = nodeRuntime()
void runAction(runtime).then(runtime.exit)
