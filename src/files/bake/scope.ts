// The variables and functions of a Bake file, evaluated on demand: they may refer to each other in any order.
// A variable of the run overrides a default of the file. The steps of all evaluations are counted and limited.

import type {Platform} from '../../oci/platform.ts'
import {rejectFile} from '../language/file-entry.ts'
import type {Lookup} from '../language/variables.ts'
import {BAKE_EXAMPLE, type BakeFile, type BakeFunction} from './bake-file.ts'
import {evaluate, type Scope, type Value} from './hcl-value.ts'

export type BakeOptions = {
  readonly text: string
  readonly file: string
  /** The variables of the run. They override the defaults of the file. */
  readonly lookup: Lookup
  /** The platform of the host that builds. */
  readonly buildPlatform: Platform
}

// Three nested loops over 300 items each would take a minute. A real file takes some thousand steps.
const MAX_STEPS = 1_000_000

export function createBakeScope({variables, functions}: BakeFile, options: BakeOptions): Scope {
  const {lookup, buildPlatform, file} = options
  const values = new Map<string, Value>()
  const inProgress = new Set<string>()
  const scope: Scope = {
    spend: createStepLimit(file),
    valueOf: name => {
      const given = lookup(name)
      if (variables.has(name) && given !== undefined) return given
      if (name === 'BAKE_LOCAL_PLATFORM') return `${buildPlatform.os}/${buildPlatform.architecture}`
      const known = values.get(name)
      const expression = variables.get(name)
      if (known !== undefined || expression === undefined) return known
      if (expression === 'no-default') return {unknown: describeNoDefault(name)}
      const value = guarded(inProgress, name, () => evaluate(expression, scope))
      values.set(name, value)
      return value
    },
    functionOf: name => {
      const found = functions.get(name)
      if (found === undefined) return undefined
      return args => guarded(inProgress, `${name}()`, () => evaluate(found.result, withArgs(scope, found, args)))
    }
  }
  return scope
}

function createStepLimit(file: string): Scope['spend'] {
  let stepsLeft = MAX_STEPS
  return line => {
    stepsLeft -= 1
    if (stepsLeft < 0)
      rejectFile({
        value: file,
        reason: `its expressions and targets take more than ${String(MAX_STEPS)} steps`,
        example: BAKE_EXAMPLE,
        location: {file, line}
      })
  }
}

// Bake takes the empty string for a variable without a default. Here it is unknown: an image without its tag is another image.
function describeNoDefault(name: string): string {
  return (
    `The variable ${name} has no default, and is not set in \`file-variables\`. ` +
    `Add the line ${name}=VALUE to the \`file-variables\` input, or write a default.`
  )
}

/** Evaluates a variable or function; unknown when it refers to itself. */
function guarded(inProgress: Set<string>, name: string, evaluateIt: () => Value): Value {
  if (inProgress.has(name)) return {unknown: `${name} refers to itself.`}
  inProgress.add(name)
  const value = evaluateIt()
  inProgress.delete(name)
  return value
}

function withArgs(scope: Scope, {params, variadic}: BakeFunction, args: readonly Value[]): Scope {
  const bound = new Map<string, Value>(params.map((param, at) => [param, args[at] ?? null]))
  if (variadic !== undefined) bound.set(variadic, args.slice(params.length))
  return {...scope, valueOf: name => bound.get(name) ?? scope.valueOf(name)}
}
