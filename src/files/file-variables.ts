// The variables that files see: those of the `file-variables` input, and a few that every workflow has.
// A file of a pull request can put a variable into the name of an image, and so send its value to any registry.

import {invalid, type Parsed, valid} from '../oci/parsed.ts'
import type {Lookup} from './language/variables.ts'

/** Plain data: it is sent to another thread. */
export type Variables = {
  readonly given: ReadonlyMap<string, string>
  /** Names of the job's variables that files do not see. */
  readonly withheld: ReadonlySet<string>
}

/** The variables of the job. */
export type JobVariables = {
  /** Without the variables that may hold a secret. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The names of all variables, with those that `environment` lacks. */
  readonly names: readonly string[]
  /** The values of this step's secrets and of the job's tokens. */
  readonly secrets: readonly string[]
}

/** A line of `file-variables`. Without a value, the variable has the job's value. */
export type FileVariable = {readonly name: string; readonly value?: string}

/** Parses `NAME` or `NAME=value`. */
export function parseFileVariable(text: string): Parsed<FileVariable> {
  const equals = text.indexOf('=')
  const name = (equals < 0 ? text : text.slice(0, equals)).trimEnd()
  if (!/^[A-Za-z_][A-Za-z0-9_-]*$/.test(name))
    return invalid(
      'write NAME or NAME=VALUE. A name has letters, digits, "_", and "-", and does not begin with a digit'
    )
  if (isSecretName(name))
    return invalid(`${name} is never given to files: the runner or a tool keeps a secret under this name`)
  return valid(equals < 0 ? {name} : {name, value: text.slice(equals + 1).trimStart()})
}

/** The `username` and `password` inputs, which a registry receives as one text. */
export type BasicCredentials = {readonly username: string; readonly password: string}

/** The reason why files must not see a listed variable; undefined when they may. */
export function checkFileVariable(
  {name, value}: FileVariable,
  {environment, names, secrets}: JobVariables,
  basic: BasicCredentials
): string | undefined {
  const isWithheld = value === undefined && environment[name] === undefined && names.includes(name)
  const text = value ?? environment[name] ?? ''
  if (isWithheld || encodingsOf(secrets, basic).some(secret => containsSecret(text, secret)))
    return 'its value contains a secret of this step, and a file could send it to any registry'
  if (/:\/\/[^/?#\s]*:[^/?#\s]*@/.test(text)) return 'its value is a URL with a password'
  return undefined
}

/** The variables that files see. A listed value overrides the job's. */
export function variablesFor(listed: readonly FileVariable[], {environment, names}: JobVariables): Variables {
  const given = new Map<string, string>()
  for (const {name, value = environment[name]} of [...ALWAYS.map(name => ({name})), ...listed] as FileVariable[])
    if (value !== undefined) given.set(name, value)
  // A listed variable that the job does not set is not set in the build either.
  return {given, withheld: new Set(names.filter(name => !given.has(name)))}
}

/** A variable that the build sees and files do not is unknown, with the reason. */
export function lookupOf({given, withheld}: Variables): Lookup {
  return name => {
    if (isSecretName(name))
      return {unknown: `${name} is never given to files, since the runner or a tool keeps a secret under this name.`}
    const value = given.get(name)
    if (value !== undefined) return value
    if (withheld.has(name))
      return {
        unknown: `The job sets ${name}, but files do not see it. Add the line ${name} to the \`file-variables\` input.`
      }
    // A shell sets these itself: the build has them even if this step does not.
    if (SET_BY_SHELLS.has(name))
      return {
        unknown: `The shell of the build sets ${name}. Add the line ${name}=VALUE to the \`file-variables\` input.`
      }
    return undefined
  }
}

// Set in every workflow, not secret, and often part of an image's name.
const ALWAYS = [
  'GITHUB_SHA',
  'GITHUB_REF_NAME',
  'GITHUB_REPOSITORY',
  'GITHUB_REPOSITORY_OWNER',
  'GITHUB_RUN_ID',
  'GITHUB_RUN_NUMBER'
] as const

const SET_BY_SHELLS: ReadonlySet<string> = new Set(['PWD', 'OLDPWD', 'SHLVL', '_'])

// The runner passes inputs, state, and its tokens to an action under these prefixes. A `run` step of the job does not see them.
const SECRET_PREFIXES = ['INPUT_', 'STATE_', 'ACTIONS_']

// Names under which the documentation of GitHub, its CLI, npm, and Docker keeps a credential.
const SECRET_NAMES: ReadonlySet<string> = new Set([
  'GITHUB_TOKEN',
  'GH_TOKEN',
  'GITHUB_ENTERPRISE_TOKEN',
  'GH_ENTERPRISE_TOKEN',
  'NODE_AUTH_TOKEN',
  'NPM_TOKEN',
  'DOCKER_AUTH_CONFIG'
])

// Names of variables are case-insensitive on Windows.
function isSecretName(name: string): boolean {
  const upper = name.toUpperCase()
  return SECRET_NAMES.has(upper) || SECRET_PREFIXES.some(prefix => upper.startsWith(prefix))
}

function encodingsOf(secrets: readonly string[], {username, password}: BasicCredentials): readonly string[] {
  const plain = secrets.filter(text => text !== '')
  const basic = password === '' ? [] : [base64(`${username}:${password}`)]
  return [...plain, ...plain.map(text => encodeURIComponent(text.toWellFormed())), ...plain.map(base64), ...basic]
}

function base64(text: string): string {
  const bytes = new TextEncoder().encode(text)
  return btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join('')).replace(/=+$/, '')
}

// A secret of three characters is part of too many words.
const SHORTEST_PART = 4

function containsSecret(text: string, secret: string): boolean {
  return secret.length < SHORTEST_PART ? text === secret : text.includes(secret)
}
