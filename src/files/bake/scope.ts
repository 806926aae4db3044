// What a Bake file says for the whole of it: its variables, in any order, and its functions. The work of its expressions is bounded.
// A variable of the job comes before the file's default.

import type {Platform} from '../../oci/platform.ts'
import type {Lookup} from '../language/variables.ts'
import {rejectFile} from '../language/file-entry.ts'
import type {Expression} from './hcl-template.ts'
import {evaluate, type Scope, type Value} from './hcl-value.ts'

export type BakeOptions = {
  readonly text: string
  readonly file: string
  /** Variables of the job: they come before the defaults of the file. */
  readonly lookup: Lookup
  /** Where bake runs. */
  readonly buildPlatform: Platform
}

export type Attributes = ReadonlyMap<string, Expression>
export type BakeFunction = {
  readonly params: readonly string[]
  readonly variadic: string | undefined
  readonly result: Expression
}

export type Definitions = {
  readonly variables: ReadonlyMap<string, Expression>
  readonly functions: ReadonlyMap<string, BakeFunction>
}

// Three loops in each other, over three hundred items each, are a minute's work; a file that people write takes some thousands.
const MAX_STEPS = 1_000_000

/** Variables may refer to each other in any order. */
export function scopeOf({variables, functions}: Definitions, {lookup, buildPlatform, file}: BakeOptions): Scope {
  let stepsLeft = MAX_STEPS
  const values = new Map<string, Value>()
  const open = new Set<string>()
  const scope: Scope = {
    spend: line => {
      stepsLeft -= 1
      if (stepsLeft < 0)
        rejectFile({
          value: file,
          reason: `its expressions and targets take more than ${String(MAX_STEPS)} steps`,
          example: 'target "app" { dockerfile = "Dockerfile" }',
          location: {file, line}
        })
    },
    valueOf: name => {
      const given = lookup(name)
      if (variables.has(name) && given !== undefined) return given
      if (name === 'BAKE_LOCAL_PLATFORM') return `${buildPlatform.os}/${buildPlatform.architecture}`
      const known = values.get(name)
      const expression = variables.get(name)
      if (known !== undefined || expression === undefined) return known
      const isCircle = open.has(name)
      open.add(name)
      const value: Value = isCircle
        ? {unknown: `${name} is made from itself`}
        : expression.kind === 'unsupported' && expression.what === ''
          ? {unknown: `the variable ${name} has no default, and the job sets none`}
          : evaluate(expression, scope)
      open.delete(name)
      values.set(name, value)
      return value
    },
    functionOf: name => {
      const found = functions.get(name)
      if (found === undefined) return undefined
      return args => {
        if (open.has(`${name}()`)) return {unknown: `the function ${name} calls itself`}
        const bound = new Map<string, Value>(found.params.map((param, at) => [param, args[at] ?? null]))
        if (found.variadic !== undefined) bound.set(found.variadic, args.slice(found.params.length))
        open.add(`${name}()`)
        const result = evaluate(found.result, {...scope, valueOf: of => bound.get(of) ?? scope.valueOf(of)})
        open.delete(`${name}()`)
        return result
      }
    }
  }
  return scope
}
