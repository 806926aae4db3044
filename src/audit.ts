// The entry point of the action `audit`: runs it on this runtime, and exits with its code.
// Everything else is imported, so that it can be tested.

import './check-node.ts'
import {runAudit} from './audit/audit.ts'
import {nodeRuntime} from './runner/runtime.ts'

const runtime = nodeRuntime()
void runAudit(runtime).then(runtime.exit)
