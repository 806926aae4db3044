// Finds the mutants of a source file in its syntax tree: small changes that a test should notice. All mutants of a file are compiled into
// one text, in which `$mutant(id)` selects the active one, so that one process can try them all.

import ts from 'typescript'

export type Mutant = {
  readonly path: string
  /** The names of the enclosing functions, the outermost first. */
  readonly within: string
  /** The changed expression or statement, on one line. */
  readonly was: string
  readonly becomes: string
  readonly line: number
  /** True outside of all functions: the mutated code runs while the module loads. */
  readonly isStatic: boolean
  /** True in an exported declaration, which other modules may read. */
  readonly isExported: boolean
}

/** Replaces the text between two positions. */
type Edit = {readonly start: number; readonly end: number; readonly text: string}

type Found = {readonly mutant: Mutant; readonly host: ts.Node; readonly edit: Edit}

const K = ts.SyntaxKind

const SWAPPED_OPERATORS: ReadonlyMap<ts.SyntaxKind, string> = new Map([
  [K.EqualsEqualsEqualsToken, '!=='],
  [K.ExclamationEqualsEqualsToken, '==='],
  [K.AmpersandAmpersandToken, '||'],
  [K.BarBarToken, '&&'],
  [K.PlusToken, '-'],
  [K.MinusToken, '+'],
  [K.AsteriskToken, '/'],
  [K.SlashToken, '*'],
  [K.PercentToken, '*'],
  [K.AsteriskAsteriskToken, '*'],
  [K.PlusEqualsToken, '-='],
  [K.MinusEqualsToken, '+='],
  [K.QuestionQuestionEqualsToken, '=']
])

/** The off-by-one bound, and the opposite. */
const SWAPPED_BOUNDS: ReadonlyMap<ts.SyntaxKind, readonly [string, string]> = new Map([
  [K.LessThanToken, ['<=', '>=']],
  [K.LessThanEqualsToken, ['<', '>']],
  [K.GreaterThanToken, ['>=', '<=']],
  [K.GreaterThanEqualsToken, ['>', '<']]
])

const SWAPPED_METHODS: Readonly<Record<string, string>> = {
  every: 'some',
  some: 'every',
  find: 'findLast',
  findLast: 'find',
  indexOf: 'lastIndexOf',
  lastIndexOf: 'indexOf',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
  min: 'max',
  max: 'min',
  push: 'unshift',
  unshift: 'push',
  shift: 'pop',
  pop: 'shift',
  floor: 'ceil',
  ceil: 'floor',
  replaceAll: 'replace'
}

/** Methods that return the type of their object, so that a mutant can remove the call. */
const LEFT_OUT = ['filter', 'slice', 'toSorted', 'sort', 'toReversed', 'trim', 'toLowerCase', 'toUpperCase', 'subarray']

/** Functions whose result depends on a string argument. */
const DECIDED_BY_STRING = ['includes', 'startsWith', 'endsWith', 'has', 'get', 'indexOf', 'split']

export type Mutated = {
  readonly mutants: readonly Mutant[]
  /** The text with all mutants. Ids count from `firstId`. */
  readonly instrument: (firstId: number) => string
}

export function mutate(path: string, text: string): Mutated {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const found: Found[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return
    if (!ts.isSourceFile(node))
      for (const [host, edit] of editsAt(node, source)) found.push({mutant: describe(source, host, edit), host, edit})
    ts.forEachChild(node, visit)
  }
  visit(source)
  return {mutants: found.map(({mutant}) => mutant), instrument: firstId => instrument(source, found, firstId)}
}

type HostedEdit = readonly [host: ts.Node, edit: Edit]

function editsAt(node: ts.Node, source: ts.SourceFile): readonly HostedEdit[] {
  const [start, end] = [node.getStart(source), node.end]
  const whole = (text: string): HostedEdit => [node, {start, end, text}]
  const edits: HostedEdit[] = []
  if (isCondition(node) && node.kind !== K.TrueKeyword && node.kind !== K.FalseKeyword)
    edits.push(whole('true'), whole('false'))
  if (ts.isBinaryExpression(node)) edits.push(...editsOfBinary(node, source))
  else if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    if (node.operator === K.ExclamationToken && !isCondition(node)) edits.push(whole(node.operand.getText(source)))
    if (node.operator === K.PlusPlusToken) edits.push(whole(node.getText(source).replace('++', '--')))
    if (node.operator === K.MinusMinusToken) edits.push(whole(node.getText(source).replace('--', '++')))
  } else if (ts.isNumericLiteral(node) && !isName(node)) {
    const value = Number(node.text)
    edits.push(whole(String(value + 1)))
    if (value !== 0) edits.push(whole(String(value - 1)))
  } else if (node.kind === K.TrueKeyword) edits.push(whole('false'))
  else if (node.kind === K.FalseKeyword) edits.push(whole('true'))
  else if (ts.isStringLiteral(node) && node.text !== '' && isDeciding(node)) edits.push(whole("''"))
  else if (ts.isRegularExpressionLiteral(node)) edits.push(...regexesLike(node.text).map(whole))
  else if (ts.isExpressionStatement(node) && isRemovable(node.expression)) edits.push(whole(''))
  else if (ts.isCallExpression(node)) edits.push(...editsOfCall(node, source))
  if (
    (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node) || ts.isCallExpression(node)) &&
    node.questionDotToken !== undefined
  ) {
    const token = node.questionDotToken
    const text = ts.isPropertyAccessExpression(node) ? '.' : ''
    edits.push([hostOf(node), {start: token.getStart(source), end: token.end, text}])
  }
  return edits
}

function isCondition(node: ts.Node): boolean {
  return (
    ((ts.isIfStatement(node.parent) || ts.isWhileStatement(node.parent)) && node.parent.expression === node) ||
    ((ts.isConditionalExpression(node.parent) || ts.isForStatement(node.parent)) && node.parent.condition === node)
  )
}

function isName(node: ts.NumericLiteral): boolean {
  return ts.isPropertyAssignment(node.parent) && node.parent.name === node
}

function editsOfBinary(node: ts.BinaryExpression, source: ts.SourceFile): readonly HostedEdit[] {
  const {operatorToken, left, right} = node
  const as = (text: string): HostedEdit => [node, {start: operatorToken.getStart(source), end: operatorToken.end, text}]
  const bounds = SWAPPED_BOUNDS.get(operatorToken.kind)
  // Conditions are already replaced with true and false.
  if (bounds !== undefined) return isCondition(node) ? [as(bounds[0])] : bounds.map(as)
  if (operatorToken.kind === K.QuestionQuestionToken) {
    // An empty string often only satisfies the type checker.
    if (ts.isStringLiteral(right) && right.text === '')
      return [[node, {start: left.getStart(source), end: right.end, text: `(${left.getText(source)}) && ''`}]]
    return [[node, {start: left.end, end: right.end, text: ''}]]
  }
  const swapped = SWAPPED_OPERATORS.get(operatorToken.kind)
  if (swapped === undefined || (operatorToken.kind === K.PlusToken && isText(node))) return []
  const isComparison =
    operatorToken.kind === K.EqualsEqualsEqualsToken || operatorToken.kind === K.ExclamationEqualsEqualsToken
  return isComparison && isCondition(node) ? [] : [as(swapped)]
}

/** True when the syntax shows that a `+` concatenates strings. */
function isText(node: ts.Expression): boolean {
  return (
    ts.isStringLiteral(node) ||
    ts.isTemplateExpression(node) ||
    ts.isNoSubstitutionTemplateLiteral(node) ||
    (ts.isParenthesizedExpression(node) && isText(node.expression)) ||
    (ts.isConditionalExpression(node) && isText(node.whenTrue)) ||
    (ts.isBinaryExpression(node) &&
      node.operatorToken.kind === K.PlusToken &&
      (isText(node.left) || isText(node.right)))
  )
}

function isDeciding(node: ts.StringLiteral): boolean {
  const {parent} = node
  if (ts.isCaseClause(parent)) return true
  return (
    ts.isCallExpression(parent) &&
    ts.isPropertyAccessExpression(parent.expression) &&
    parent.arguments.includes(node) &&
    DECIDED_BY_STRING.includes(parent.expression.name.text)
  )
}

/** Removes an anchor, removes or adds the flag `i`, or changes a repetition. */
function regexesLike(text: string): readonly string[] {
  const end = text.lastIndexOf('/')
  const [body, flags] = [text.slice(1, end), text.slice(end + 1)]
  const bodies = [
    body.startsWith('^') && !body.includes('|') ? body.slice(1) : body,
    body.endsWith('$') && !body.endsWith('\\$') && !body.includes('|') ? body.slice(0, -1) : body,
    body.replace(/\{(\d+),(\d+)\}/, (_, least: string, most: string) => `{${least},${String(Number(most) + 1)}}`)
  ]
  const like = bodies.filter(other => other !== body && other !== '').map(other => `/${other}/${flags}`)
  return flags.includes('i') ? [...like, `/${body}/${flags.replace('i', '')}`] : like
}

function isRemovable(node: ts.Expression): boolean {
  if (ts.isAwaitExpression(node)) return isRemovable(node.expression)
  if (ts.isCallExpression(node)) return node.expression.kind !== K.SuperKeyword
  if (ts.isDeleteExpression(node)) return true
  return ts.isBinaryExpression(node) && node.operatorToken.kind === K.EqualsToken
}

function editsOfCall(node: ts.CallExpression, source: ts.SourceFile): readonly HostedEdit[] {
  const called = node.expression
  if (!ts.isPropertyAccessExpression(called)) return []
  const host = hostOf(node)
  const name = called.name.text
  const renamed = Object.hasOwn(SWAPPED_METHODS, name) ? SWAPPED_METHODS[name] : undefined
  if (renamed !== undefined) return [[host, {start: called.name.getStart(source), end: called.name.end, text: renamed}]]
  if (LEFT_OUT.includes(name)) return [[host, {start: called.expression.end, end: node.end, text: ''}]]
  if (name === 'at') {
    const [argument] = node.arguments
    if (argument !== undefined && argument.getText(source) === '-1')
      return [[host, {start: argument.getStart(source), end: argument.end, text: '0'}]]
  }
  return []
}

// A part of an optional chain cannot be parenthesized: the rest of the chain would no longer be skipped.
function hostOf(node: ts.Expression): ts.Expression {
  const {parent} = node
  const isInner =
    (ts.isPropertyAccessExpression(parent) || ts.isElementAccessExpression(parent) || ts.isCallExpression(parent)) &&
    parent.expression === node
  const isChain = isInner && (parent.flags & ts.NodeFlags.OptionalChain) !== 0
  // A method cannot be separated from its object.
  const isMethod = isInner && ts.isCallExpression(parent)
  if (isChain || isMethod) return hostOf(parent)
  return ts.isNonNullExpression(parent) ? hostOf(parent) : node
}

function describe(source: ts.SourceFile, host: ts.Node, {start, end, text}: Edit): Mutant {
  // A literal alone does not identify its location.
  const shown =
    ts.isLiteralExpression(host) || host.kind === K.TrueKeyword || host.kind === K.FalseKeyword ? host.parent : host
  const original = source.text
  return {
    path: source.fileName,
    within: functionsAround(host, source),
    ...shorten(
      original.slice(shown.getStart(source), start),
      original.slice(start, end),
      text,
      original.slice(end, shown.end)
    ),
    line: source.getLineAndCharacterOfPosition(start).line + 1,
    isStatic: ts.findAncestor(host, ts.isFunctionLike) === undefined,
    isExported: ts.findAncestor(host, isExportedStatement) !== undefined
  }
}

function isExportedStatement(node: ts.Node): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({kind}) => kind === K.ExportKeyword)
}

const MOST_AROUND = 60

/** The change on one line, with as much context as is needed to find it. */
function shorten(before: string, was: string, becomes: string, after: string): Pick<Mutant, 'was' | 'becomes'> {
  const line = (text: string): string => text.replace(/\s+/g, ' ')
  const [head, tail] = [line(before), line(after)]
  const shownHead = head.length > MOST_AROUND ? `…${head.slice(-MOST_AROUND)}` : head
  const shownTail = tail.length > MOST_AROUND ? `${tail.slice(0, MOST_AROUND)}…` : tail
  return {was: shownHead + line(was) + shownTail, becomes: shownHead + line(becomes) + shownTail}
}

function functionsAround(node: ts.Node, source: ts.SourceFile): string {
  const names: string[] = []
  for (let at: ts.Node = node; !ts.isSourceFile(at); at = at.parent) {
    const name = nameOfFunction(at)
    if (name !== undefined) names.unshift(name.getText(source))
  }
  return names.join('.')
}

/** The name of a function or of a top-level constant. */
function nameOfFunction(node: ts.Node): ts.Node | undefined {
  if (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) || ts.isClassDeclaration(node)) return node.name
  if (ts.isPropertyAssignment(node) && isFunction(node.initializer)) return node.name
  const isNamed =
    ts.isVariableDeclaration(node) && (isFunction(node.initializer) || ts.isSourceFile(node.parent.parent.parent))
  return isNamed ? node.name : undefined
}

function isFunction(node: ts.Node | undefined): boolean {
  return node !== undefined && (ts.isArrowFunction(node) || ts.isFunctionExpression(node))
}

function instrument(source: ts.SourceFile, found: readonly Found[], firstId: number): string {
  const {text} = source
  const byHost = new Map<ts.Node, (readonly [id: number, edit: Edit])[]>()
  for (const [at, {host, edit}] of found.entries()) {
    const edits = byHost.get(host) ?? []
    edits.push([firstId + at, edit])
    byHost.set(host, edits)
  }
  const emit = (node: ts.Node): string => {
    const from = node.getStart(source)
    if (ts.isTypeNode(node)) return text.slice(from, node.end)
    let [out, at] = ['', from]
    ts.forEachChild(node, child => {
      out += text.slice(at, child.getStart(source)) + emit(child)
      at = child.end
    })
    out += text.slice(at, node.end)
    const edits = byHost.get(node) ?? []
    // In a block: a bracket at the start of a line would continue the previous line.
    if (ts.isExpressionStatement(node))
      return `{ ${edits.map(([id]) => `if (!$mutant(${String(id)}))`).join(' ')} {\n${out}\n} }`
    return edits.reduceRight(
      (rest, [id, edit]) => {
        const changed = text.slice(from, edit.start) + edit.text + text.slice(edit.end, node.end)
        return `($mutant(${String(id)}) ? (${changed}) : ${rest})`
      },
      edits.length === 0 ? out : `(${out})`
    )
  }
  return text.slice(0, source.getStart(source)) + emit(source)
}
