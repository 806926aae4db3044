// The variables that a Compose file sees: those of the run, and those of environment files, which are `.env` unless `include` says
// otherwise. https://docs.docker.com/compose/how-tos/environment-variables/envvars-precedence/

import {parseEnv} from 'node:util'
import type {ReadFile} from './language/file-entry.ts'
import {expand, type Lookup} from './language/variables.ts'

/** Returns the variables of environment files, of which later ones override earlier ones. Variables of `outer` override all. */
export type ReadVariables = (envFiles: readonly string[], outer: Lookup) => Lookup

/** `run` are the variables of the run. */
export function createComposeVariables(read: ReadFile, run: Lookup): ReadVariables {
  const setting = ['COMPOSE_ENV_FILES', 'COMPOSE_DISABLE_ENV_FILE'].find(name => run(name) !== undefined)
  return (envFiles, outer) => {
    if (setting !== undefined)
      return name =>
        outer(name) ?? {unknown: `The job sets ${setting}, so that ${name} may not come from ${envFiles.join(', ')}.`}
    let lookup: Lookup = () => undefined
    for (const file of envFiles) lookup = withEnvFile(file, read, {outer, earlier: lookup})
    return name =>
      outer(name) ?? lookup(name) ?? (name === 'COMPOSE_PROJECT_NAME' ? {unknown: SET_BY_COMPOSE} : undefined)
  }
}

const SET_BY_COMPOSE =
  'Compose sets COMPOSE_PROJECT_NAME itself. Add the line COMPOSE_PROJECT_NAME=VALUE to the `file-variables` input.'

type Layers = {readonly outer: Lookup; readonly earlier: Lookup}

/** A value may use the variables of earlier lines. */
function withEnvFile(file: string, read: ReadFile, {outer, earlier}: Layers): Lookup {
  const text = read(file) ?? ''
  if (typeof text !== 'string') return name => ({unknown: `${name} may be set in ${file}. ${text.blocked}`})
  const values = new Map<string, string | {readonly unknown: string}>()
  const lookup: Lookup = name => values.get(name) ?? earlier(name)
  const seen: Lookup = name => outer(name) ?? lookup(name)
  for (const [name, value = ''] of Object.entries(parseEnv(withEqualsSigns(text)))) {
    const expanded = expand(value, seen, {escape: undefined, describeUnset: unset => `${unset} is not set.`})
    values.set(name, expanded.ok ? expanded.value : {unknown: expanded.reason})
  }
  return lookup
}

// compose-go/dotenv accepts `NAME: value`, which Node's parser does not.
/** The text with `=` for such colons, outside of values over several lines. */
function withEqualsSigns(text: string): string {
  let quote = ''
  return text
    .split('\n')
    .map(line => {
      const value = quote === '' ? /^[ \t]*(?:export[ \t]+)?[A-Za-z_][\w.-]*[ \t]*[=:][ \t]*(["'])?/.exec(line) : null
      const isInside = quote !== ''
      if (isInside) quote = line.includes(quote) ? '' : quote
      else if (value?.[1] !== undefined && !line.slice(value[0].length).includes(value[1])) quote = value[1]
      return isInside ? line : line.replace(/^([ \t]*(?:export[ \t]+)?[A-Za-z_][\w.-]*)[ \t]*:[ \t]*/, '$1=')
    })
    .join('\n')
}
