// The variables that a Compose file sees: those of the run, and the `.env` in its folder.
// https://docs.docker.com/compose/how-tos/environment-variables/envvars-precedence/

import {posix} from 'node:path'
import {parseEnv} from 'node:util'
import type {ReadFile} from './language/file-entry.ts'
import {expand, type Lookup} from './language/variables.ts'

/** Returns the variables of a file. Each `.env` is read once. */
export function createComposeVariables(read: ReadFile, variables: Lookup): (file: string) => Lookup {
  const known = new Map<string, Lookup>()
  return file => {
    const envFile = posix.join(posix.dirname(file), '.env')
    const lookup = known.get(envFile) ?? lookupWithEnvFile(envFile, read, variables)
    known.set(envFile, lookup)
    return lookup
  }
}

/** A variable of the run overrides one of `.env`. */
function lookupWithEnvFile(envFile: string, read: ReadFile, variables: Lookup): Lookup {
  const setting = ['COMPOSE_ENV_FILES', 'COMPOSE_DISABLE_ENV_FILE'].find(name => variables(name) !== undefined)
  if (setting !== undefined)
    return name =>
      variables(name) ?? {unknown: `The job sets ${setting}, so that ${name} may not come from ${envFile}.`}
  const text = read(envFile) ?? ''
  if (typeof text !== 'string')
    return name => variables(name) ?? {unknown: `${name} may be set in ${envFile}. ${text.blocked}`}
  const lookup = parseEnvFile(text, variables)
  return name => lookup(name) ?? (name === 'COMPOSE_PROJECT_NAME' ? {unknown: SET_BY_COMPOSE} : undefined)
}

const SET_BY_COMPOSE =
  'Compose sets COMPOSE_PROJECT_NAME itself. Add the line COMPOSE_PROJECT_NAME=VALUE to the `file-variables` input.'

/** A value may use the variables of earlier lines. */
function parseEnvFile(text: string, variables: Lookup): Lookup {
  const values = new Map<string, string | {readonly unknown: string}>()
  const lookup: Lookup = name => variables(name) ?? values.get(name)
  for (const [name, value = ''] of Object.entries(parseEnv(text))) {
    const expanded = expand(value, lookup, {escape: undefined, describeUnset: unset => `${unset} is not set.`})
    values.set(name, expanded.ok ? expanded.value : {unknown: expanded.reason})
  }
  return lookup
}
