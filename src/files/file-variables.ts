// The variables that files may use: what the input `file-variables` lists, and the few that every workflow has.
// A file of a pull request can put a variable into the name of an image, and the name into a request to any registry.

import {invalid, type Parsed, valid} from '../oci/parsed.ts'
import type {Lookup} from './language/variables.ts'

/** Plain data: it goes to another thread. */
export type Variables = {
  readonly given: ReadonlyMap<string, string>
  /** Names, without values, that the job sets and files do not see. */
  readonly withheld: ReadonlySet<string>
}

/** The variables of the job, as far as this step may know them. */
export type JobVariables = {
  /** Values that a program may see: none of a secret. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Names of all of them, also of those without a value here. */
  readonly names: readonly string[]
  /** Values of this step's secrets and of the job's tokens. */
  readonly secrets: readonly string[]
}

/** One line of `file-variables`: without a value, it is the job's. */
export type FileVariable = {readonly name: string; readonly value?: string}

/** Parses `NAME` or `NAME=value`. */
export function parseFileVariable(text: string): Parsed<FileVariable> {
  const equals = text.indexOf('=')
  const name = (equals < 0 ? text : text.slice(0, equals)).trimEnd()
  if (!/^[A-Za-z_][A-Za-z0-9_-]*$/.test(name))
    return invalid('a line is NAME or NAME=value, and a name has letters, digits, "_" and "-" and begins with no digit')
  if (isSecretName(name))
    return invalid(`files never see ${name}: under this name the runner and its tools keep secrets`)
  return valid(equals < 0 ? {name} : {name, value: text.slice(equals + 1).trimStart()})
}

/** The user and password that a registry is sent, as one text. */
export type BasicCredentials = {readonly username: string; readonly password: string}

/** Why a listed variable must not be given to files. Undefined when it may. */
export function checkFileVariable(
  {name, value}: FileVariable,
  {environment, names, secrets}: JobVariables,
  basic: BasicCredentials
): string | undefined {
  const isWithheld = value === undefined && environment[name] === undefined && names.includes(name)
  const text = value ?? environment[name] ?? ''
  if (isWithheld || spellingsOf(secrets, basic).some(secret => holds(text, secret)))
    return 'its value holds a secret of this step, and a file can send it to any registry'
  if (/:\/\/[^/?#\s]*:[^/?#\s]*@/.test(text)) return 'its value is an address with a password'
  return undefined
}

/** What files see: `listed` comes before what the job sets. */
export function variablesFor(listed: readonly FileVariable[], {environment, names}: JobVariables): Variables {
  const given = new Map<string, string>()
  for (const {name, value = environment[name]} of [...ALWAYS.map(name => ({name})), ...listed] as FileVariable[])
    if (value !== undefined) given.set(name, value)
  // A name that is listed and that the job does not set is unset to the build too.
  return {given, withheld: new Set(names.filter(name => !given.has(name)))}
}

/** Unknown: what the build may see and this step may not. */
export function lookupOf({given, withheld}: Variables): Lookup {
  return name => {
    if (isSecretName(name)) return {unknown: `${name} is never given to files`}
    const value = given.get(name)
    if (value !== undefined) return value
    if (withheld.has(name))
      return {unknown: `the job sets ${name}, and files see it only if the input file-variables has the line ${name}`}
    // A shell sets these itself, so that the build has them when this step does not.
    if (SET_BY_SHELLS.has(name))
      return {unknown: `the shell of the build sets ${name}; add the line ${name}=value to the input file-variables`}
    return undefined
  }
}

// What every workflow has, and what images are named by.
const ALWAYS = [
  'GITHUB_SHA',
  'GITHUB_REF_NAME',
  'GITHUB_REPOSITORY',
  'GITHUB_REPOSITORY_OWNER',
  'GITHUB_RUN_ID',
  'GITHUB_RUN_NUMBER'
] as const

const SET_BY_SHELLS: ReadonlySet<string> = new Set(['PWD', 'OLDPWD', 'SHLVL', '_'])

// The runner hands inputs, state and its own tokens to an action under these prefixes; a `run` step of the job sees none of them.
const SECRET_PREFIXES = ['INPUT_', 'STATE_', 'ACTIONS_']

// Where the documentation of GitHub, its CLI, npm and Docker keeps a credential.
const SECRET_NAMES: ReadonlySet<string> = new Set([
  'GITHUB_TOKEN',
  'GH_TOKEN',
  'GITHUB_ENTERPRISE_TOKEN',
  'GH_ENTERPRISE_TOKEN',
  'NODE_AUTH_TOKEN',
  'NPM_TOKEN',
  'DOCKER_AUTH_CONFIG'
])

// Windows takes no notice of case.
function isSecretName(name: string): boolean {
  const upper = name.toUpperCase()
  return SECRET_NAMES.has(upper) || SECRET_PREFIXES.some(prefix => upper.startsWith(prefix))
}

function spellingsOf(secrets: readonly string[], {username, password}: BasicCredentials): readonly string[] {
  const plain = secrets.filter(text => text !== '')
  const basic = password === '' ? [] : [base64(`${username}:${password}`)]
  return [...plain, ...plain.map(text => encodeURIComponent(text.toWellFormed())), ...plain.map(base64), ...basic]
}

function base64(text: string): string {
  const bytes = new TextEncoder().encode(text)
  return btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join('')).replace(/=+$/, '')
}

// A secret of three letters is part of too many words.
const SHORTEST_PART = 4

function holds(text: string, secret: string): boolean {
  return secret.length < SHORTEST_PART ? text === secret : text.includes(secret)
}
