// The rules of the architecture: imports between rooms go down only, types included; each package and Node module is used only in its rooms;
// files stay small. Each exception is a row in a table, with its reason.

import {readdirSync, readFileSync} from 'node:fs'
import {dirname, join, normalize} from 'node:path'
import {describe, expect, it} from '@jest/globals'
import ts from 'typescript'

/** From the bottom up: a room imports from rooms that stand before it. */
const ROOMS = [
  'oci',
  'concurrency',
  'failure',
  'signature',
  'filesystem',
  'process',
  'credentials',
  'http',
  'registry',
  // Uses what a host may be asked over plain HTTP.
  'mirror-files',
  'status-pages',
  'github',
  'store',
  'files/language',
  'files/dockerfile',
  'files/compose',
  'files/bake',
  'files/configuration',
  'files',
  'verify',
  'parts',
  'fetch',
  'signature-lookup',
  'acquire',
  'pins',
  'findings',
  'observe',
  'report',
  'summary',
  'audit-report',
  'runner',
  // Writing to a registry: mirror alone imports them.
  'push',
  'copy',
  'action',
  // It uses steps of the action in the root.
  'mirror',
  'audit',
  // The entries.
  ''
]

/** Rooms that know nothing of each other, though one stands before the other above. */
const APART: readonly (readonly [string, string])[] = [
  ['store', 'registry'],
  ['files', 'registry'],
  ['files', 'store'],
  ['files', 'http'],
  ['registry', 'signature'],
  ['github', 'signature'],
  ['summary', 'runner']
]

/** What a room or a file may use that is not ours. */
const OUTSIDE: Readonly<Record<string, readonly string[]>> = {
  'oci/digest.ts': ['node:crypto'],
  filesystem: ['node:fs', 'node:fs/promises', 'node:path', 'node:util'],
  // Waits while another program has a file open.
  'filesystem/rename-file.ts': ['node:os', 'node:timers/promises'],
  'process/run-program.ts': ['node:child_process', 'node:events', 'node:stream'],
  // Keys and certificates are parsed here; nothing is requested.
  signature: ['node:crypto'],
  'signature/sigstore.ts': ['@sigstore/bundle', '@sigstore/protobuf-specs', '@sigstore/verify'],
  'signature/sigstore-root.ts': ['@sigstore/core', '@sigstore/protobuf-specs', '@sigstore/verify'],
  // The trust root alone.
  'signature/public-good-root.ts': ['@sigstore/tuf/seeds.json'],
  'http/send-request.ts': ['undici'],
  'http/connections.ts': ['node:dns', 'node:net', 'node:stream', 'undici'],
  'http/spare-connection.ts': ['node:net', 'node:stream', 'undici'],
  'http/pem.ts': ['node:crypto'],
  // Which system it is: Windows and macOS have other places.
  'http/network-error.ts': ['node:os'],
  'http/registry-certificates.ts': ['node:os', 'node:tls'],
  'http/system-certificates.ts': ['node:os', 'node:tls'],
  'http/certificates.ts': ['node:tls'],
  'http/decode.ts': ['node:stream', 'node:zlib'],
  'http/private-address.ts': ['node:net'],
  'http/no-proxy.ts': ['node:net'],
  // Where docker login leaves credentials.
  'credentials/find-credentials.ts': ['node:path'],
  store: [
    'node:crypto',
    'node:fs',
    'node:fs/promises',
    'node:path',
    'node:stream',
    'node:stream/promises',
    'node:util'
  ],
  'store/blob-cache.ts': ['node:os', '@actions/tool-cache'],
  'store/docker-archive.ts': ['node:events', 'node:zlib', 'tar-stream'],
  'store/docker-socket.ts': ['undici'],
  // Decompressing is a computation, though Node does it beside the main thread.
  'verify/zlib-stream.ts': ['node:zlib'],
  'verify/zstd-decoder.ts': ['node:zlib'],
  // Joining paths is a computation; posix, as the paths in these files are.
  'files/compose': ['node:path'],
  'files/bake/bake.ts': ['node:path'],
  'files/configuration': ['node:path'],
  // devcontainer.json has comments.
  'files/configuration/jsonc-tree.ts': ['jsonc-parser'],
  'files/language/yaml-tree.ts': ['yaml'],
  // The folder for Bake's copies.
  'files/bake-program.ts': ['node:os'],
  files: ['node:events', 'node:fs', 'node:path', 'node:util', 'node:worker_threads'],
  'files/match-files.ts': ['tinyglobby'],
  'mirror-files/mirror-file-text.ts': ['node:fs', 'node:path'],
  // Joining paths is a computation.
  'mirror-files/read-mirror-files.ts': ['node:path'],
  'mirror-files/hosts-toml.ts': ['node:path'],
  'mirror-files/toml-tree.ts': ['toml-eslint-parser'],
  // jsonc-parser knows lines.
  'mirror-files/daemon-json.ts': ['jsonc-parser'],
  'action/plan-run.ts': ['node:path'],
  'pins/lock-file.ts': ['node:crypto', 'node:fs', 'node:path'],
  'pins/file-lock.ts': ['node:crypto', 'node:fs'],
  // jsonc-parser knows lines and columns; loaded for a lock file that is broken.
  'pins/lock-issue-location.ts': ['jsonc-parser'],
  runner: ['node:crypto', 'node:fs', 'node:os', 'node:path', 'node:process', 'node:v8', 'node:util'],
  // The runner's own library, in the two files that speak with the runner.
  'runner/runner.ts': ['@actions/core'],
  'runner/take-inputs.ts': ['@actions/core'],
  'push/upload-body.ts': ['node:fs'],
  'action/export-images.ts': ['node:path'],
  // The SARIF file, in the workspace.
  'audit/publish-audit.ts': ['node:fs', 'node:path']
}

/** The process itself: clock, chance, environment, and end; its version, before anything else loads; and the end of other programs. */
const PROCESS = ['src/runner/runtime.ts', 'src/check-node.ts', 'src/process/run-program.ts']

/** Run as they are: the actions, their first import, and the thread that reads files. */
const ENTRIES = ['src/index.ts', 'src/mirror.ts', 'src/audit.ts', 'src/check-node.ts', 'src/files/files-worker.ts']

const MAX_FILES = 16
const MAX_LINES = 330

type Import = {readonly from: string; readonly isType: boolean}
type File = {
  readonly path: string
  readonly room: string
  readonly text: string
  readonly source: ts.SourceFile
  readonly imports: readonly Import[]
}

const files: readonly File[] = readdirSync('src', {recursive: true, encoding: 'utf8'})
  .filter(name => name.endsWith('.ts'))
  .sort()
  .map(name => {
    const path = join('src', name)
    const text = readFileSync(path, 'utf8')
    const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
    return {path, room: roomOf(path), text, source, imports: importsOf(path, source)}
  })

function roomOf(path: string): string {
  const folder = dirname(path)
  return folder === 'src' ? '' : folder.slice('src/'.length)
}

function importsOf(path: string, source: ts.SourceFile): readonly Import[] {
  const found: Import[] = []
  const add = (specifier: ts.Node | undefined, isType: boolean): void => {
    if (specifier === undefined || !ts.isStringLiteral(specifier)) return
    const {text} = specifier
    found.push({from: text.startsWith('.') ? normalize(join(dirname(path), text)) : text, isType})
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node))
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword)
    if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly)
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0], false)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

describe('the rooms', () => {
  const rooms = [...new Set(files.map(({room}) => room))]

  it('are those of the plan', () => {
    expect(rooms.toSorted()).toEqual(ROOMS.toSorted())
  })

  it('form one graph: imports go down, types included', () => {
    const up = files.flatMap(({path, room, imports}) =>
      imports
        .filter(({from}) => from.startsWith('src/') && ROOMS.indexOf(roomOf(from)) > ROOMS.indexOf(room))
        .map(({from}) => `${path} -> ${from}`)
    )
    expect(up).toEqual([])
  })

  it('are apart where neither needs the other', () => {
    const together = files.flatMap(({path, room, imports}) =>
      imports
        .filter(({from}) => APART.some(([a, b]) => room.split('/')[0] === a && roomOf(from).split('/')[0] === b))
        .map(({from}) => `${path} -> ${from}`)
    )
    expect(together).toEqual([])
  })

  // The bundles are tested as well, once they are built; types are no code.
  it.each(['src/index.ts', 'src/audit.ts', 'src/mirror.ts'])(
    'that write to a registry are for mirror alone: %s',
    entry => {
      const reached = new Set<string>()
      const visit = (path: string): void => {
        if (reached.has(path)) return
        reached.add(path)
        for (const {from, isType} of files.find(file => file.path === path)?.imports ?? []) if (!isType) visit(from)
      }
      visit(entry)
      const writing = [...reached].filter(path => ['push', 'copy'].includes(roomOf(path)))
      expect(reached.size).toBeGreaterThan(100)
      expect(writing.length > 0).toBe(entry === 'src/mirror.ts')
    }
  )

  it.each(rooms)(`'%s' has at most ${String(MAX_FILES)} files`, room => {
    expect(files.filter(file => file.room === room).length).toBeLessThanOrEqual(MAX_FILES)
  })
})

describe('files', () => {
  it('import in no circle, types included', () => {
    const state = new Map<string, 'open' | 'done'>()
    const circles: string[] = []
    const visit = (path: string, way: readonly string[]): void => {
      if (state.get(path) === 'open') circles.push([...way, path].join(' -> '))
      if (state.has(path)) return
      state.set(path, 'open')
      for (const {from} of files.find(file => file.path === path)?.imports ?? []) visit(from, [...way, path])
      state.set(path, 'done')
    }
    for (const {path} of files) visit(path, [])
    expect(circles).toEqual([])
  })

  it('export names that are unique in the repository', () => {
    const names = files.flatMap(({source}) => source.statements.flatMap(exportedNames))
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
  })
})

describe.each(files)('$path', ({path, room, text, source, imports}) => {
  it('uses nothing from outside that another room is there for', () => {
    const allowed = [...(OUTSIDE[room] ?? []), ...(OUTSIDE[path.slice('src/'.length)] ?? [])]
    const outside = imports.filter(({from}) => !from.startsWith('src/')).map(({from}) => from)
    expect(outside.filter(from => !allowed.includes(from))).toEqual([])
  })

  it('gets its clock, random numbers, and environment from its caller', () => {
    const code = text.replace(/^\s*(?:\/\/|\/?\*).*$/gm, '')
    expect(
      PROCESS.includes(path)
        ? []
        : (code.match(/\b(?:Math\.random|Date\.now|new Date\(\)|process\.\w+|console\.\w+)/g) ?? [])
    ).toEqual([])
  })

  it('opens with two to five lines that say what it provides', () => {
    expect(/^(?:\/\/ .*\n){2,5}(?!\/\/)/.test(text)).toBe(true)
  })

  it(`has at most ${String(MAX_LINES)} lines`, () => {
    expect(text.split('\n').length - 1).toBeLessThanOrEqual(MAX_LINES)
  })

  it('is named in the words of the field, and exports by name', () => {
    expect(
      /\b(?:adapters?|utils?|helpers?|common|constants|types|manager|handler|service|data|info|impl|index)\b/.test(path)
    ).toBe(path === 'src/index.ts')
    const isBarrel = source.statements.some(
      statement =>
        ts.isExportAssignment(statement) ||
        (ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined)
    )
    expect(isBarrel).toBe(false)
  })

  it('declares its top-level functions as functions', () => {
    const arrows = source.statements.flatMap(statement =>
      ts.isVariableStatement(statement)
        ? statement.declarationList.declarations
            .filter(({initializer}) => initializer !== undefined && ts.isArrowFunction(initializer))
            .map(({name}) => name.getText())
        : []
    )
    expect(arrows).toEqual([])
  })

  it('does nothing when it is imported', () => {
    const acts = source.statements.filter(statement => ts.isExpressionStatement(statement)).length
    expect(acts).toBe(ENTRIES.includes(path) ? 1 : 0)
  })
})

function exportedNames(statement: ts.Statement): readonly string[] {
  const isExported =
    ts.canHaveModifiers(statement) &&
    ts.getModifiers(statement)?.some(({kind}) => kind === ts.SyntaxKind.ExportKeyword) === true
  if (!isExported) return []
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.map(({name}) => name.getText())
  return ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement) || ts.isTypeAliasDeclaration(statement)
    ? [statement.name?.text ?? '']
    : []
}

/** Tests of acquireImage, which are too many for one file, by subject; and those of throttle and retry together. */
const SUBJECTS = [
  ...['hedge', 'prefer', 'private', 'race-end', 'retry-table', 'several-images', 'stored', 'trust'].map(
    subject => `acquire/${subject}.test.ts`
  ),
  'fetch/request-rate.test.ts'
]

describe('the tests of a room', () => {
  const rooms = ROOMS.filter(room => room !== '').map(room => `${room}/`)
  const names = readdirSync('__tests__', {recursive: true, encoding: 'utf8'}).filter(
    name => name.endsWith('.test.ts') && rooms.some(room => name.startsWith(room)) && !SUBJECTS.includes(name)
  )

  it.each(names)('%s is named after its file', name => {
    expect(files.map(({path}) => path)).toContain(join('src', name.replace('.test.ts', '.ts')))
  })
})
