// Targets of a Bake file with `inherits` and `matrix` applied, as buildx does (bake/bake.go).
// https://docs.docker.com/build/bake/inheritance/, https://docs.docker.com/build/bake/matrices/

import {rejectFile} from '../language/file-entry.ts'
import type {BakeFile, BakeTarget} from './bake-file.ts'
import type {Expression} from './hcl-template.ts'
import {evaluate, isList, isMap, type Scope, textOf, type Value} from './hcl-value.ts'

export type BakeInheritance = {
  readonly basesOf: ReadonlyMap<BakeTarget, readonly BakeTarget[]>
  /** Targets that others inherit from. */
  readonly inherited: ReadonlySet<BakeTarget>
}

/** An attribute's value, and the expression that it comes from. */
export type AttributeValue = {readonly value: Value; readonly expression: Expression}

/** A value of an attribute that is a map, and its line. */
export type EntryValue = {readonly value: Value; readonly line: number}

export function resolveInheritance({targets}: BakeFile, scope: Scope): BakeInheritance {
  // The first of several targets of one name.
  const byName = new Map(targets.toReversed().map(target => [target.name, target]))
  const basesOf = new Map(
    targets.map(target => [target, namesOfBases(target, scope).flatMap(name => byName.get(name) ?? [])])
  )
  const inherited = new Set([...basesOf].flatMap(([target, bases]) => bases.filter(base => base !== target)))
  return {basesOf, inherited}
}

function namesOfBases({attributes}: BakeTarget, scope: Scope): readonly string[] {
  const inherits = attributes.get('inherits')
  const names = inherits === undefined ? [] : evaluate(inherits, scope)
  return isList(names) ? names.flatMap(name => textOf(name) ?? []) : []
}

/** The target, and the targets that it inherits from, by precedence: of several bases, the last one wins. */
export function layersOf(target: BakeTarget, {basesOf}: BakeInheritance, scope: Scope): readonly BakeTarget[] {
  const layers = new Set<BakeTarget>()
  const pending = [target]
  for (let layer = pending.pop(); layer !== undefined; layer = pending.pop()) {
    if (layers.has(layer)) continue
    layers.add(layer)
    scope.spend(target.line)
    pending.push(...(basesOf.get(layer) ?? []))
  }
  return [...layers]
}

const MAX_COMBINATIONS = 1000

/** Returns one scope per combination of the matrix's values: each is a target of its own. */
export function scopesOfMatrix({attributes, line}: BakeTarget, scope: Scope, file: string): readonly Scope[] {
  const matrix = attributes.get('matrix')
  if (matrix === undefined) return [scope]
  const value = evaluate(matrix, scope)
  let combinations: readonly ReadonlyMap<string, Value>[] = [new Map()]
  for (const [name, values] of isMap(value) ? value : []) {
    combinations = combinations.flatMap(combination =>
      (isList(values) ? values : [values]).map(item => new Map([...combination, [name, item]]))
    )
    if (combinations.length > MAX_COMBINATIONS)
      rejectFile({
        value: 'matrix',
        reason: `the matrix has more than ${String(MAX_COMBINATIONS)} combinations`,
        example: 'matrix = { tag = ["8.3", "8.4"] }',
        location: {file, line}
      })
  }
  return combinations.map(bound => ({...scope, valueOf: name => bound.get(name) ?? scope.valueOf(name)}))
}

/** The value of the first layer that has the attribute and does not set it to null. */
export function readAttribute(layers: readonly BakeTarget[], name: string, scope: Scope): AttributeValue | undefined {
  for (const {attributes, line} of layers) {
    scope.spend(line)
    const expression = attributes.get(name)
    const value = expression === undefined ? null : evaluate(expression, scope)
    if (expression !== undefined && value !== null) return {value, expression}
  }
  return undefined
}

/** Merges the maps of all layers by key. */
export function readMapAttribute(
  layers: readonly BakeTarget[],
  name: string,
  scope: Scope
): ReadonlyMap<string, EntryValue> {
  const entries = new Map<string, EntryValue>()
  for (const {attributes, line} of layers.toReversed()) {
    scope.spend(line)
    const expression = attributes.get(name)
    if (expression?.kind === 'object')
      // Entry by entry: each has a line of its own.
      for (const [key, value] of expression.entries) {
        const text = textOf(evaluate(key, scope))
        if (text !== undefined) entries.set(text, {value: evaluate(value, scope), line: value.line})
      }
    else if (expression !== undefined) {
      const map = evaluate(expression, scope)
      if (isMap(map)) for (const [key, value] of map) entries.set(key, {value, line: expression.line})
    }
  }
  return entries
}
