// The first step of a run: masks secrets and takes them out of the environment, before anything is read, started, or printed.
// What the later steps share is made here.

import {type ActionInputs, createInputReader} from '../runner/input-reader.ts'
import {takeInputs} from '../runner/take-inputs.ts'
import type {Runtime} from '../runner/runtime.ts'
import {createRunner} from '../runner/runner.ts'
import {describeRuntimeWeakness} from '../runner/runtime-weakness.ts'
import {environmentWithoutSecrets} from '../process/environment.ts'
import {type RunContext, warn} from './publish.ts'

/** Opens a run of an action on this runtime; by default, of the one in the root of this repository. */
export function openRun(runtime: Runtime, inputs?: ActionInputs): RunContext {
  const {environment} = runtime
  const runner = createRunner(environment)
  const names = Object.keys(environment).filter(name => environment[name] !== undefined)
  const {written, secrets, tokens} = takeInputs(environment, inputs)
  for (const secret of secrets) runner.setSecret(secret)
  for (const token of tokens) runner.setTokenSecret(token)
  const programEnvironment = environmentWithoutSecrets(environment, [...secrets, ...tokens])
  const run: RunContext = {
    runtime,
    reader: createInputReader(written, inputs),
    job: {environment: programEnvironment, names, secrets: [...secrets, ...tokens]},
    programEnvironment,
    runner,
    warnings: {messages: [], counts: new Map()},
    stop: new AbortController()
  }
  const weakness = describeRuntimeWeakness(environment)
  if (weakness !== undefined) warn(run, 'The environment weakens this step', weakness)
  return run
}
