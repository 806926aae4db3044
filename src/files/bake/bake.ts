// The images that a Bake file needs from outside, and the Dockerfiles that its targets build: HCL or JSON, every target.
// Follows buildx's bake in inherits, variables and matrix; a value that only the build knows is left out, and said.

import {posix} from 'node:path'
import type {SourceLocation} from '../../failure/failure.ts'
import {parsePlatform, type Platform} from '../../oci/platform.ts'
import {type Attributes, type BakeOptions, type Definitions, type BakeFunction, scopeOf} from './scope.ts'
import {type Build, excerpt, type FileEntry, isRemote, rejectFile} from '../language/file-entry.ts'
import {type Body, parseHcl} from './hcl.ts'
import {parseTemplate} from './hcl-expression.ts'
import type {Expression} from './hcl-template.ts'
import {evaluate, isList, isMap, isUnknown, type Scope, textOf, type Value} from './hcl-value.ts'
import {childOf, entriesOf, readTrees, type Tree} from '../language/yaml-tree.ts'

type Target = {readonly name: string; readonly line: number; readonly attributes: Attributes}

type File = Definitions & {readonly targets: readonly Target[]}

export function isBakeTree(trees: readonly Tree[]): boolean {
  return trees.some(tree => ['target', 'group', 'variable'].some(name => childOf(tree, name)?.kind === 'map'))
}

export function findInBake(options: BakeOptions): readonly FileEntry[] {
  const {text, file} = options
  const read = /^\s*\{/.test(text) ? readJson(text, file) : readHcl(parseHcl(text, file))
  if (read.targets.length === 0 && read.variables.size === 0)
    rejectFile({
      value: file,
      reason: 'a Bake file has targets',
      example: 'target "app" { dockerfile = "Dockerfile" }',
      location: {file, line: 1}
    })
  const scope = scopeOf(read, options)
  const byName = new Map(read.targets.toReversed().map(target => [target.name, target]))
  const basesOf = new Map(
    read.targets.map(target => [target, namesOfBases(target, scope).flatMap(name => byName.get(name) ?? [])])
  )
  const inherited = new Set([...basesOf].flatMap(([target, bases]) => bases.filter(base => base !== target)))
  const reading: Reading = {options, file: read, scope, basesOf, inherited}
  return read.targets.flatMap(target => findInTarget(target, reading))
}

function namesOfBases({attributes}: Target, scope: Scope): readonly string[] {
  const inherits = attributes.get('inherits')
  const names = inherits === undefined ? [] : evaluate(inherits, scope)
  return isList(names) ? names.flatMap(name => textOf(name) ?? []) : []
}

function readHcl({attributes, blocks}: Body): File {
  const of = (type: string): Body['blocks'] => blocks.filter(block => block.type === type)
  const variables = of('variable').map(
    ({labels: [name = ''], body, line}) => [name, defaultOf(body.attributes, line)] as const
  )
  return {
    // What stands at the top beside the blocks is a variable too.
    variables: new Map([...attributes, ...variables]),
    functions: new Map(of('function').map(({labels: [name = ''], body}) => [name, functionOf(body.attributes)])),
    targets: of('target').map(({labels: [name = ''], body, line}) => ({name, line, attributes: body.attributes}))
  }
}

// A variable without default is the empty string to bake, and here a thing that is not known.
function defaultOf(attributes: Attributes, line: number): Expression {
  return attributes.get('default') ?? {kind: 'unsupported', what: '', line}
}

function functionOf(attributes: Attributes): BakeFunction {
  return {
    params: namesIn(attributes.get('params')),
    variadic: namesIn(attributes.get('variadic_params'))[0],
    result: attributes.get('result') ?? {kind: 'value', value: null, line: 1}
  }
}

// Parameters are bare words; in JSON they are strings.
function namesIn(expression: Expression | undefined): readonly string[] {
  return (expression?.kind === 'list' ? expression.items : expression === undefined ? [] : [expression]).flatMap(
    item =>
      item.kind === 'name'
        ? [item.name]
        : item.kind === 'template' && item.parts[0]?.kind === 'value'
          ? [String(item.parts[0].value)]
          : []
  )
}

function readJson(text: string, file: string): File {
  const [tree] = readTrees(text, file)
  const attributesOf = (part: Tree): Attributes =>
    new Map(entriesOf(part).map(([name, child]) => [name, expressionOf(child, file)]))
  return {
    variables: new Map(
      entriesOf(childOf(tree, 'variable')).map(([name, part]) => [name, defaultOf(attributesOf(part), part.line)])
    ),
    functions: new Map(
      entriesOf(childOf(tree, 'function')).map(([name, part]) => [name, functionOf(attributesOf(part))])
    ),
    targets: entriesOf(childOf(tree, 'target')).map(([name, part]) => ({
      name,
      line: part.line,
      attributes: attributesOf(part)
    }))
  }
}

function expressionOf(tree: Tree, file: string): Expression {
  const {line} = tree
  if (tree.kind === 'text') return parseTemplate(tree.text, file, line)
  if (tree.kind === 'list') return {kind: 'list', line, items: tree.items.map(item => expressionOf(item, file))}
  if (tree.kind === 'nothing') return {kind: 'value', line, value: null}
  const entries = [...tree.entries].map(
    ([key, child]) => [parseTemplate(key, file, line), expressionOf(child, file)] as const
  )
  return {kind: 'object', line, entries}
}

type Reading = {
  readonly options: BakeOptions
  readonly file: File
  readonly scope: Scope
  readonly basesOf: ReadonlyMap<Target, readonly Target[]>
  /** Targets that others inherit from. */
  readonly inherited: ReadonlySet<Target>
}

function findInTarget(target: Target, reading: Reading): readonly FileEntry[] {
  const layers = layersOf(target, reading)
  return combinationsOf(target, reading).flatMap(bound => {
    const scope: Scope = {...reading.scope, valueOf: name => bound.get(name) ?? reading.scope.valueOf(name)}
    return findBuild(target, layers, {...reading, scope})
  })
}

// The target itself and those that it inherits from, the one that counts most first: the last that is named.
function layersOf(target: Target, {basesOf, scope}: Reading): readonly Target[] {
  const layers = new Set<Target>()
  const waiting = [target]
  for (let layer = waiting.pop(); layer !== undefined; layer = waiting.pop()) {
    if (layers.has(layer)) continue
    layers.add(layer)
    scope.spend(target.line)
    waiting.push(...(basesOf.get(layer) ?? []))
  }
  return [...layers]
}

const MAX_COMBINATIONS = 1000

// A matrix makes one target for each combination of its values.
function combinationsOf(
  {attributes, line}: Target,
  {scope, options: {file}}: Reading
): readonly ReadonlyMap<string, Value>[] {
  const matrix = attributes.get('matrix')
  if (matrix === undefined) return [new Map()]
  const value = evaluate(matrix, scope)
  let combinations: readonly ReadonlyMap<string, Value>[] = [new Map()]
  for (const [name, values] of isMap(value) ? value : []) {
    combinations = combinations.flatMap(combination =>
      (isList(values) ? values : [values]).map(item => new Map([...combination, [name, item]]))
    )
    if (combinations.length > MAX_COMBINATIONS)
      rejectFile({
        value: 'matrix',
        reason: `it makes more than ${String(MAX_COMBINATIONS)} targets`,
        example: 'matrix = { tag = ["8.3", "8.4"] }',
        location: {file, line}
      })
  }
  return combinations
}

type Read = {readonly value: Value; readonly expression: Expression}

function read(layers: readonly Target[], name: string, {scope}: Reading): Read | undefined {
  for (const {attributes, line} of layers) {
    scope.spend(line)
    const expression = attributes.get(name)
    const value = expression === undefined ? null : evaluate(expression, scope)
    if (expression !== undefined && value !== null) return {value, expression}
  }
  return undefined
}

/** Maps are put together, key by key; `line` is the one of the key's value. */
function readMap(
  layers: readonly Target[],
  name: string,
  {scope}: Reading
): ReadonlyMap<string, {readonly value: Value; readonly line: number}> {
  const entries = new Map<string, {readonly value: Value; readonly line: number}>()
  for (const {attributes, line} of layers.toReversed()) {
    scope.spend(line)
    const expression = attributes.get(name)
    if (expression === undefined) continue
    const written = expression.kind === 'object' ? expression.entries : []
    for (const [key, value] of written) {
      const text = textOf(evaluate(key, scope))
      if (text !== undefined) entries.set(text, {value: evaluate(value, scope), line: value.line})
    }
    const whole = expression.kind === 'object' ? null : evaluate(expression, scope)
    if (isMap(whole)) for (const [key, value] of whole) entries.set(key, {value, line: expression.line})
  }
  return entries
}

function findBuild(target: Target, layers: readonly Target[], reading: Reading): readonly FileEntry[] {
  const {file} = reading.options
  const locationOf = (part: Read | undefined): SourceLocation => ({file, line: part?.expression.line ?? target.line})
  const [context, named, inline] = ['context', 'dockerfile', 'dockerfile-inline'].map(name =>
    read(layers, name, reading)
  )
  const contexts = readMap(layers, 'contexts', reading)
  const images = findContexts(contexts, file)
  for (const part of inline === undefined ? [context, named] : [inline])
    if (part !== undefined && isUnknown(part.value))
      return [
        ...images,
        {type: 'skipped', text: `target ${target.name}`, reason: part.value.unknown, location: locationOf(part)}
      ]
  const folder = context === undefined ? '.' : (textOf(context.value) ?? '.')
  const says = ['context', 'dockerfile', 'dockerfile-inline'].some(name => target.attributes.has(name))
  if (inline === undefined && isRemote(folder))
    return [
      ...images,
      {
        type: 'skipped',
        text: excerpt(`context = ${folder}`),
        reason: 'its Dockerfile is not in the workspace',
        location: locationOf(context)
      }
    ]
  const isBlock = inline?.expression.kind === 'template' && inline.expression.isBlock
  return [
    ...images,
    {
      type: 'build',
      location: locationOf(inline ?? named ?? context),
      dockerfile:
        inline === undefined
          ? {path: named === undefined ? 'Dockerfile' : (textOf(named.value) ?? 'Dockerfile')}
          : {text: textOf(inline.value) ?? '', firstLine: inline.expression.line + (isBlock ? 1 : 0), isBlock},
      context: folder,
      // Bake's paths are relative to where it runs: the workspace most often, else the file's own folder.
      contextRoots: ['.', posix.dirname(file)],
      ...argsOf(layers, reading),
      // Bake hands names on as they are written, so that only a familiar form is ever found (buildx bake/bake.go).
      contexts: new Set(contexts.keys()),
      platforms: platformsOf(layers, reading),
      isInheritedOnly: reading.inherited.has(target) && !says
    }
  ]
}

function findContexts(
  contexts: ReadonlyMap<string, {readonly value: Value; readonly line: number}>,
  file: string
): readonly FileEntry[] {
  return [...contexts].flatMap(([name, {value, line}]): readonly FileEntry[] => {
    const location = {file, line}
    if (isUnknown(value))
      return [{type: 'skipped', text: `contexts ${excerpt(JSON.stringify(name))}`, reason: value.unknown, location}]
    const text = textOf(value) ?? ''
    if (!text.startsWith('docker-image://')) return []
    return [{type: 'image', text: text.slice('docker-image://'.length), location, platform: 'target', context: name}]
  })
}

// An argument that is null keeps the Dockerfile's default.
function argsOf(layers: readonly Target[], reading: Reading): Pick<Build, 'args' | 'unknownArgs'> {
  const args = new Map<string, string>()
  const unknownArgs = new Map<string, string>()
  for (const [name, {value}] of readMap(layers, 'args', reading)) {
    const text = textOf(value)
    if (isUnknown(value)) unknownArgs.set(name, value.unknown)
    else if (text !== undefined) args.set(name, text)
  }
  return {args, unknownArgs}
}

function platformsOf(layers: readonly Target[], reading: Reading): readonly Platform[] {
  const value = read(layers, 'platforms', reading)?.value ?? []
  return (isList(value) ? value : [value]).flatMap(item => {
    const text = textOf(item) ?? ''
    if (text === 'local') return [reading.options.buildPlatform]
    const platform = parsePlatform(text)
    return platform.ok ? [platform.value] : []
  })
}
