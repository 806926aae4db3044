// The inputs as the runner passes them, taken out of the environment before anything else happens: secrets stay in this record.
// What they mean is inputs.ts's to know.

import * as core from '@actions/core'
import {isTokenName} from '../process/environment.ts'
import {DEFAULTS, type InputName, SECRET_INPUTS, type WrittenInputs} from './input-reader.ts'
export type TakenInputs = {
  readonly written: WrittenInputs
  /** Values of secret inputs: to be masked. */
  readonly secrets: readonly string[]
  /** The job's and the runner's own tokens, which the runner masks itself. */
  readonly tokens: readonly string[]
}

/**
 * Reads all inputs, and deletes the secret ones and all tokens of the job and the runner from the environment. `environment` is that of
 * this process, since @actions/core reads no other. What is left is the most that a program or a file can see.
 */
export function takeInputs(environment: Record<string, string | undefined>): TakenInputs {
  const isThere = (name: string): boolean => environment[variableOf(name)] !== undefined
  const names = (Object.keys(DEFAULTS) as InputName[]).filter(isThere)
  const written: WrittenInputs = Object.fromEntries(names.map(name => [name, core.getInput(name)]))
  const secrets = SECRET_INPUTS.filter(isThere).map(name => core.getInput(name))
  const tokenNames = Object.keys(environment).filter(isTokenName)
  const tokens = tokenNames.map(name => environment[name] ?? '')
  for (const name of [...SECRET_INPUTS.map(variableOf), ...tokenNames]) Reflect.deleteProperty(environment, name)
  return {
    written,
    secrets: secrets.filter(secret => secret !== ''),
    tokens: tokens.filter(token => token !== '' && !secrets.includes(token))
  }
}

function variableOf(name: string): string {
  return `INPUT_${name.toUpperCase()}`
}
