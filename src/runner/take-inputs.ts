// Takes the inputs from the environment before anything else runs.
// Secrets are then only in this record, and no program or file sees them.

import * as core from '@actions/core'
import {isTokenName} from '../process/environment.ts'
import {type ActionInputs, type InputName, MAIN_INPUTS, SECRET_INPUTS, type WrittenInputs} from './input-reader.ts'

export type TakenInputs = {
  readonly written: WrittenInputs
  /** Values of secret inputs, which have to be masked. */
  readonly secrets: readonly string[]
  /** Tokens of the job and the runner, which the runner masks. */
  readonly tokens: readonly string[]
}

/**
 * Reads all inputs of an action, and deletes secret inputs and all tokens of the job and the runner from `environment`, which is the environment of
 * this process. Programs and files see at most what is left.
 */
export function takeInputs(
  environment: Record<string, string | undefined>,
  {defaults}: ActionInputs = MAIN_INPUTS
): TakenInputs {
  const isThere = (name: string): boolean => environment[variableOf(name)] !== undefined
  const names = (Object.keys(defaults) as InputName[]).filter(isThere)
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
