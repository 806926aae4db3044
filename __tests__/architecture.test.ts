// The laws of the house, as a test: imports go down only, each outside thing is touched in one room, and rooms have plain names.
// Reads src/ as TypeScript does; what a law allows is a row in a table, with its reason.

import {readdirSync, readFileSync} from 'node:fs'
import {dirname, join, normalize} from 'node:path'
import {describe, expect, it} from '@jest/globals'
import ts from 'typescript'

type Import = {readonly from: string; readonly isType: boolean}
type Room = {
  readonly path: string
  readonly text: string
  readonly source: ts.SourceFile
  readonly imports: readonly Import[]
}

const importsOf = (path: string, source: ts.SourceFile): readonly Import[] => {
  const found: Import[] = []
  const add = (specifier: ts.Node | undefined, isType: boolean): void => {
    if (specifier === undefined || !ts.isStringLiteral(specifier)) return
    const {text} = specifier
    found.push({from: text.startsWith('.') ? normalize(join(dirname(path), text)) : text, isType})
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      const clause = node.importClause
      const named = clause?.namedBindings
      const isNamedTypes =
        clause?.name === undefined &&
        named !== undefined &&
        ts.isNamedImports(named) &&
        named.elements.every(({isTypeOnly}) => isTypeOnly)
      add(node.moduleSpecifier, clause?.phaseModifier === ts.SyntaxKind.TypeKeyword || isNamedTypes)
    }
    if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly)
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0], false)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

const rooms: readonly Room[] = readdirSync('src', {recursive: true, encoding: 'utf8'})
  .filter(name => name.endsWith('.ts') && !name.endsWith('.d.ts'))
  .sort()
  .map(name => {
    const path = join('src', name)
    const text = readFileSync(path, 'utf8')
    const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
    return {path, text, source, imports: importsOf(path, source)}
  })

const floorOf = (path: string): string =>
  path.startsWith('src/') ? (/^src\/(oci|acquire|files|process|adapters)\//.exec(path)?.[1] ?? path) : path

/** What a floor may import of ours. */
const BELOW: Readonly<Record<string, readonly string[]>> = {
  'src/index.ts': ['src/action.ts', 'adapters'],
  'src/action.ts': [
    'src/hand-on.ts',
    'src/open-registries.ts',
    'src/open-run.ts',
    'src/pins.ts',
    'src/publish.ts',
    'src/time-limit.ts',
    'src/version.ts',
    'acquire',
    'adapters',
    'oci'
  ],
  'src/open-run.ts': ['src/publish.ts', 'adapters', 'process'],
  'src/open-registries.ts': ['src/publish.ts', 'src/version.ts', 'acquire', 'adapters'],
  'src/time-limit.ts': ['src/publish.ts', 'acquire'],
  'src/version.ts': [],
  // What is told, in the end and along the way.
  'src/publish.ts': ['acquire', 'adapters', 'files'],
  // What becomes of the bytes on this machine.
  'src/hand-on.ts': ['acquire', 'adapters', 'oci'],
  // What is read before everything and written after it; action.ts would not fit on any screen with it.
  'src/pins.ts': ['acquire', 'adapters', 'oci'],
  adapters: ['adapters', 'acquire', 'files', 'oci', 'process'],
  // Other programs, and what they get to see.
  process: ['process'],
  // What stands in Dockerfiles, Compose and Bake files: pure, between the adapter that reads them and the images they name.
  files: ['files', 'acquire', 'oci'],
  acquire: ['acquire', 'oci'],
  oci: ['oci']
}

/** What a room may import that is not ours. Adapters may use Node. */
const OUTSIDE: Readonly<Record<string, readonly string[]>> = {
  'src/oci/digest.ts': ['node:crypto'],
  // Inflating is a computation, though Node does it beside the main thread.
  'src/acquire/inflate.ts': ['node:zlib'],
  // The runner's own library, in the two rooms that speak with the runner.
  'src/adapters/runner.ts': ['@actions/core'],
  'src/adapters/inputs-taken.ts': ['@actions/core'],
  'src/process/run-program.ts': ['node:child_process', 'node:events', 'node:stream'],
  'src/adapters/docker-archive.ts': ['tar-stream'],
  // Every HTTP request goes over undici: through http-client, or over the engine's socket.
  'src/adapters/http-client.ts': ['undici'],
  'src/adapters/http-connections.ts': ['undici'],
  'src/adapters/docker-socket.ts': ['undici'],
  'src/adapters/blob-cache.ts': ['@actions/tool-cache'],
  // Knows lines and columns; loaded for a lock file that is broken.
  'src/adapters/lock-file.ts': ['jsonc-parser'],
  // Joining paths is a computation; posix, as the paths in these files are.
  'src/files/compose.ts': ['node:path'],
  'src/files/bake.ts': ['node:path'],
  'src/files/tree.ts': ['yaml'],
  'src/adapters/files-match.ts': ['tinyglobby']
}

describe.each(rooms)('$path', ({path, text, source, imports}) => {
  const floor = floorOf(path)

  it('imports nothing from above', () => {
    const ours = imports.filter(({from}) => from.startsWith('src/')).map(({from}) => from)
    expect(ours.filter(from => BELOW[floor]?.includes(floorOf(from)) !== true)).toEqual([])
  })

  it('touches nothing that another room is there for', () => {
    const others = imports.filter(({from}) => !from.startsWith('src/')).map(({from}) => from)
    const allowed = (from: string): boolean =>
      (floor === 'adapters' && from.startsWith('node:')) || OUTSIDE[path]?.includes(from) === true
    expect(others.filter(from => !allowed(from))).toEqual([])
  })

  it('knows no other adapter, unless both are about registries, blobs, inputs, outputs, files, the runner, the engine or the process', () => {
    // A type says what is handed over and brings no code along.
    const others = imports.filter(
      ({from, isType}) => floor === 'adapters' && from.startsWith('src/adapters/') && !isType
    )
    const isFamily = (from: string): boolean =>
      [
        'src/adapters/registry-',
        'src/adapters/blob-',
        'src/adapters/inputs',
        'src/adapters/outputs',
        'src/adapters/runner',
        'src/adapters/files',
        'src/adapters/docker'
      ].some(name => path.startsWith(name) && from.startsWith(name))
    // What an error means, what an address is and how a file is opened safely is the same for all. The client
    // is what registries are spoken to with.
    const isShared = (from: string): boolean =>
      ['local-io', 'private-address', 'real-path', 'regular-file'].some(name => from === `src/adapters/${name}.ts`) ||
      (from.startsWith('src/adapters/http-') && /^src\/adapters\/(?:http|registry)-/.test(path)) ||
      (from === 'src/adapters/proxy.ts' && path.startsWith('src/adapters/http-')) ||
      (from === 'src/adapters/no-proxy.ts' && path === 'src/adapters/proxy.ts')
    // The machine is this process, and how it ends.
    const isOfProcess = (from: string): boolean =>
      path === 'src/adapters/machine.ts' &&
      ['exit-hang', 'parser-tiering'].includes(from.slice('src/adapters/'.length, -3))
    expect(others.filter(({from}) => !isFamily(from) && !isShared(from) && !isOfProcess(from))).toEqual([])
  })

  it('has its clock, chance and environment handed in', () => {
    const code = text.replace(/^\s*(?:\/\/|\/?\*).*$/gm, '')
    const isFree = ['src/adapters/machine.ts', 'src/adapters/watchdog.ts'].includes(path)
    expect(
      isFree ? [] : (code.match(/\b(?:Math\.random|Date\.now|new Date\(\)|process\.\w+|console\.\w+)/g) ?? [])
    ).toEqual([])
  })

  it('opens with two to five lines that say what it is for', () => {
    expect(/^(?:\/\/ .*\n){2,5}(?!\/\/)/.test(text)).toBe(true)
  })

  it('is named in the words of the field, and exports by name', () => {
    expect(
      /\b(?:utils?|helpers?|common|constants|types|manager|handler|service|data|info|impl|index)\b/.test(path)
    ).toBe(path === 'src/index.ts')
    const isBarrel = source.statements.some(
      statement =>
        ts.isExportAssignment(statement) ||
        (ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined)
    )
    expect(isBarrel).toBe(false)
  })

  it('does nothing when it is imported', () => {
    const acts = source.statements.filter(statement => ts.isExpressionStatement(statement)).length
    // The two that are run: the action, and the thread that reads files.
    expect(acts).toBe(['src/index.ts', 'src/adapters/files-worker.ts'].includes(path) ? 1 : 0)
  })
})

describe('the tests of a room', () => {
  const names = readdirSync('__tests__', {recursive: true, encoding: 'utf8'}).filter(name =>
    /^(?:oci|acquire|files|process|adapters)\/.*\.test\.ts$/.test(name)
  )

  it.each(names)('%s is named after its room', name => {
    expect(rooms.map(({path}) => path)).toContain(join('src', name.replace('.test.ts', '.ts')))
  })
})

describe('imports', () => {
  it('go in no circle', () => {
    const state = new Map<string, 'open' | 'done'>()
    const circles: string[] = []
    const visit = (path: string, way: readonly string[]): void => {
      if (state.get(path) === 'open') circles.push([...way, path].join(' -> '))
      if (state.has(path)) return
      state.set(path, 'open')
      for (const {from, isType} of rooms.find(room => room.path === path)?.imports ?? [])
        if (!isType) visit(from, [...way, path])
      state.set(path, 'done')
    }
    for (const {path} of rooms) visit(path, [])
    expect(circles).toEqual([])
  })
})
