// The action's entry point. Does one thing: runs the action on this machine.
// Everything else is imported, so that everything else can be tested.

import './check-node.ts'
import {runAction} from './action/action.ts'
import {nodeRuntime} from './runner/runtime.ts'

const machine = nodeRuntime()
void runAction(machine).then(machine.exit)
