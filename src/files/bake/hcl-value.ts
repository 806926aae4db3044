// Evaluates HCL expressions of a Bake file. A value that depends on an unknown value is unknown too, with the same reason.
// Supports the functions that image names are made with; buildx has many more.

import type {Expression, ForExpression} from './hcl-template.ts'

/** A value that only the build knows, with the reason in whole sentences. */
export type Unknown = {readonly unknown: string}
export type Value = string | number | boolean | null | readonly Value[] | ReadonlyMap<string, Value> | Unknown

export type Scope = {
  readonly valueOf: (name: string) => Value | undefined
  readonly functionOf: (name: string) => ((args: readonly Value[]) => Value) | undefined
  /** Counts a step. Throws 'invalid-input' when the file takes too many steps. */
  readonly spend: (line: number) => void
}

export function isUnknown(value: Value): value is Unknown {
  return typeof value === 'object' && value !== null && 'unknown' in value
}

export function isMap(value: Value): value is ReadonlyMap<string, Value> {
  return value instanceof Map
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value)
}

function unknown(reason: string): Unknown {
  return {unknown: reason}
}

/** The value as a template inserts it; undefined for a list, a map, null, and an unknown value. */
export function textOf(value: Value): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined
}

export function evaluate(expression: Expression, scope: Scope): Value {
  scope.spend(expression.line)
  switch (expression.kind) {
    case 'value':
      return expression.value
    case 'template': {
      const parts = expression.parts.map(part => evaluate(part, scope))
      // A template of one part keeps the type of the part: `"${list}"` is a list.
      if (parts.length === 1 && parts[0] !== undefined) return parts[0]
      return known(parts, () => limitLength(parts.map(part => textOf(part) ?? '').join('')))
    }
    case 'name':
      return scope.valueOf(expression.name) ?? unknown(`${expression.name} is not a variable of this file.`)
    case 'member':
      return memberOf(evaluate(expression.of, scope), evaluate(expression.key, scope))
    case 'call':
      return call(expression, scope)
    case 'list':
      return expression.items.map(item => evaluate(item, scope))
    case 'object':
      return objectOf(expression.entries.map(([key, value]) => [evaluate(key, scope), evaluate(value, scope)]))
    case 'operation':
      return operate(expression.operator, expression.operands, scope)
    case 'for':
      return loop(expression, scope)
    case 'unsupported':
      return unknown(`${expression.what} is not evaluated by this action.`)
  }
}

// As in language/variables.ts: names of images and files are far shorter.
const MAX_LENGTH = 64 * 1024

function limitLength(value: Value): Value {
  return (typeof value === 'string' || isList(value)) && value.length > MAX_LENGTH
    ? unknown(`Its value is longer than ${String(MAX_LENGTH / 1024)} KiB.`)
    : value
}

/** The first unknown value, or the result of `make` when all values are known. */
function known(values: readonly Value[], make: () => Value): Value {
  return values.find(value => isUnknown(value)) ?? make()
}

function objectOf(entries: readonly (readonly [Value, Value])[]): Value {
  return known(
    entries.map(([key]) => key),
    () => new Map(entries.map(([key, value]) => [textOf(key) ?? '', value]))
  )
}

function memberOf(of: Value, key: Value): Value {
  return known([of, key], () => {
    const member = isMap(of) ? of.get(textOf(key) ?? '') : isList(of) ? of[Number(textOf(key))] : undefined
    return member ?? unknown(`The value has no member ${textOf(key) ?? ''}.`)
  })
}

function call({name, args, isSpread}: Extract<Expression, {kind: 'call'}>, scope: Scope): Value {
  const called = scope.functionOf(name) ?? (Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined)
  if (called === undefined) return unknown(`The function ${name} is not evaluated by this action.`)
  const values = args.map(arg => evaluate(arg, scope))
  const last = values.at(-1)
  const spread = isSpread && last !== undefined && isList(last) ? [...values.slice(0, -1), ...last] : values
  return known(spread, () => limitLength(called(spread)))
}

function text(value: Value | undefined): string {
  return value === undefined ? '' : (textOf(value) ?? '')
}

function isTrue(value: Value | undefined): boolean {
  return value === true || value === 'true'
}

const FUNCTIONS: Readonly<Record<string, (args: readonly Value[]) => Value>> = {
  and: ([a, b]) => isTrue(a) && isTrue(b),
  or: ([a, b]) => isTrue(a) || isTrue(b),
  not: ([a]) => !isTrue(a),
  equal: ([a, b]) => text(a) === text(b),
  notequal: ([a, b]) => text(a) !== text(b),
  coalesce: args => args.find(arg => arg !== null && arg !== '') ?? null,
  concat: args => args.flatMap(arg => (isList(arg) ? arg : [arg])),
  format: ([pattern, ...args]) => {
    const verbs = text(pattern).match(/%[^a-z%]*[a-z%]/gi) ?? []
    if (verbs.some(verb => !['%s', '%d', '%v', '%%'].includes(verb)))
      return unknown('A verb of format other than %s, %d, and %v is not evaluated by this action.')
    const rest = [...args]
    return text(pattern).replace(/%[sdv%]/g, verb => (verb === '%%' ? '%' : text(rest.shift())))
  },
  join: ([separator, list]) =>
    list !== undefined && isList(list) ? known(list, () => list.map(text).join(text(separator))) : '',
  split: ([separator, whole]) => text(whole).split(text(separator)),
  length: ([of]) => (of === undefined ? 0 : isList(of) ? of.length : isMap(of) ? of.size : text(of).length),
  contains: ([list, value]) => list !== undefined && isList(list) && list.some(item => text(item) === text(value)),
  lookup: ([map, key, otherwise]) =>
    (map !== undefined && isMap(map) ? map.get(text(key)) : undefined) ?? otherwise ?? null,
  merge: args => new Map(args.flatMap(arg => (isMap(arg) ? [...arg] : []))),
  lower: ([of]) => text(of).toLowerCase(),
  upper: ([of]) => text(of).toUpperCase(),
  replace: ([of, from, to]) => text(of).replaceAll(text(from), text(to)),
  trimprefix: ([of, prefix]) => (text(of).startsWith(text(prefix)) ? text(of).slice(text(prefix).length) : text(of)),
  trimsuffix: ([of, suffix]) =>
    text(suffix) !== '' && text(of).endsWith(text(suffix)) ? text(of).slice(0, -text(suffix).length) : text(of),
  trimspace: ([of]) => text(of).trim(),
  substr: ([of, from, length]) =>
    Number(text(length)) < 0
      ? text(of).slice(Number(text(from)))
      : text(of).slice(Number(text(from)), Number(text(from)) + Number(text(length)))
}

function operate(operator: string, operands: readonly Expression[], scope: Scope): Value {
  const [first, second, third] = operands
  const value = (operand: Expression | undefined): Value => (operand === undefined ? null : evaluate(operand, scope))
  const left = value(first)
  if (operator === '?') return known([left], () => value(isTrue(left) ? second : third))
  const right = value(second)
  return known([left, right], () => {
    const [a, b] = [Number(text(left)), Number(text(right))]
    switch (operator) {
      case '!':
        return !isTrue(left)
      case '==':
        return left === null || right === null ? left === right : text(left) === text(right)
      case '!=':
        return left === null || right === null ? left !== right : text(left) !== text(right)
      case '&&':
        return isTrue(left) && isTrue(right)
      case '||':
        return isTrue(left) || isTrue(right)
      case '>':
        return a > b
      case '<':
        return a < b
      case '>=':
        return a >= b
      case '<=':
        return a <= b
      case '+':
        return a + b
      case '-':
        return operands.length === 1 ? -a : a - b
      case '*':
        return a * b
      case '/':
        return a / b
      default:
        return a % b
    }
  })
}

function loop({names, over, key, value, condition}: ForExpression, scope: Scope): Value {
  const source = evaluate(over, scope)
  if (isUnknown(source)) return source
  const entries: readonly (readonly [Value, Value])[] = isMap(source)
    ? [...source]
    : isList(source)
      ? source.map((item, at) => [at, item])
      : []
  const [one, two] = names
  const made = entries.flatMap(([at, item]): readonly (readonly [Value, Value])[] => {
    const bound = new Map<string | undefined, Value>(
      two === undefined
        ? [[one, item]]
        : [
            [one, at],
            [two, item]
          ]
    )
    const inner: Scope = {...scope, valueOf: name => bound.get(name) ?? scope.valueOf(name)}
    const isIncluded = condition === undefined ? true : evaluate(condition, inner)
    if (isUnknown(isIncluded)) return [[isIncluded, isIncluded]]
    if (!isTrue(isIncluded)) return []
    return [[key === undefined ? '' : evaluate(key, inner), evaluate(value, inner)]]
  })
  return key === undefined ? made.map(([, item]) => item) : objectOf(made)
}
