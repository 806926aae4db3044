// Bake files with the real Bake: what depends on a variable that files do not see is left out, and nothing else.

import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import {type FilesFound, findImages} from '../../../src/files/find-images.ts'
import {variablesFor} from '../../../src/files/file-variables.ts'
import type {RunBake} from '../../../src/files/bake/run-bake.ts'
import {runRealBake} from '../../support/bake.ts'
import {describeWith} from '../../support/programs.ts'

const AMD64 = {os: 'linux', architecture: 'amd64'}
let workspace: string

beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'verified-image-bake-files-'))
})
afterEach(async () => {
  await rm(workspace, {recursive: true})
})

async function look(
  files: Readonly<Record<string, string>>,
  {patterns = ['docker-bake.hcl'], runBake = runRealBake}: {patterns?: readonly string[]; runBake?: RunBake} = {}
): Promise<FilesFound> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(workspace, dirname(name)), {recursive: true})
    await writeFile(join(workspace, name), text)
  }
  // The job sets SEEN, which is listed, and HIDDEN, which is not.
  const variables = variablesFor([{name: 'SEEN'}], {
    environment: {SEEN: '2', HIDDEN: '9'},
    names: ['SEEN', 'HIDDEN'],
    secrets: []
  })
  const platforms = {kind: 'machine', platform: AMD64} as const
  return findImages({patterns, workspace, variables, hostPlatform: AMD64, platforms}, runBake)
}

const textsOf = ({images}: FilesFound): readonly string[] => images.map(({text}) => text)

describeWith(['bake'], 'a Bake file with a variable that the job sets and that files do not see', () => {
  const HIDDEN = 'variable "HIDDEN" { default = "1" }\n'

  it.each([
    {name: 'a tag', body: 'tags = ["x:${HIDDEN}"]\n  dockerfile-inline = "FROM a:1"', images: ['a:1'], lines: []},
    {
      name: 'a context',
      body: 'contexts = {\n b = "docker-image://b:${HIDDEN}"\n c = "docker-image://c:1" }\n  dockerfile-inline = "FROM c"',
      images: ['c:1'],
      lines: [4]
    },
    {name: 'an inline Dockerfile', body: 'dockerfile-inline = "FROM a:${HIDDEN}"', images: ['b:2'], lines: [3]},
    {
      name: 'an argument that FROM uses',
      body: 'args = { V = HIDDEN }\n  dockerfile-inline = "ARG V\\nFROM a:$${V}\\nFROM b:1"',
      images: ['b:1'],
      lines: [4]
    },
    {
      name: 'an argument that no FROM uses',
      body: 'args = { V = HIDDEN, W = 3 }\n  dockerfile-inline = "ARG W\\nFROM a:$${W}"',
      images: ['a:3'],
      lines: []
    },
    {
      name: 'arguments that are computed',
      body: 'args = merge({ V = 1 }, { W = HIDDEN })\n  dockerfile-inline = "ARG V\\nFROM a:$${V}\\nFROM b:1"',
      images: ['b:1'],
      lines: [4]
    },
    {
      name: 'a condition',
      body: 'dockerfile-inline = HIDDEN == "9" ? "FROM evil:1" : "FROM a:1"',
      images: ['b:2'],
      lines: [3]
    },
    {
      name: 'a matrix',
      body: 'name = "t-${x}"\n  matrix = { x = [HIDDEN] }\n  dockerfile-inline = "FROM a:1"',
      images: ['b:2'],
      lines: [4]
    }
  ])('leaves out what it decides: $name', async ({body, images, lines}) => {
    const other = images[0] === 'b:2' ? 'target "other" { dockerfile-inline = "FROM b:2" }\n' : ''
    const found = await look({'docker-bake.hcl': `${HIDDEN}target "t" {\n  ${body}\n}\n${other}`})
    expect(found.faults).toEqual([])
    expect(textsOf(found)).toEqual(images)
    expect(found.skipped.map(({location}) => location?.line)).toEqual(lines)
    for (const {reason} of found.skipped) expect(reason).toContain('Add the line HIDDEN')
  })

  it('follows it through variables, functions, attributes outside the blocks, and inheritance', async () => {
    const found = await look({
      'docker-bake.hcl': `${HIDDEN}variable "A" { default = "x\${HIDDEN}" }
B = upper(A)
function "c" {
  params = [x]
  result = "\${x}\${B}"
}
target "base" { args = { V = c("1") } }
target "t" {
  inherits = ["base"]
  dockerfile-inline = "ARG V\\nFROM a:$\${V}"
}
target "u" { dockerfile-inline = "FROM b:1" }
`
    })
    expect(textsOf(found)).toEqual(['b:1'])
    expect(found.skipped).toHaveLength(1)
  })

  it('uses the value of a variable that is listed', async () => {
    const found = await look({
      'docker-bake.hcl': 'variable "SEEN" { default = "1" }\ntarget "t" { dockerfile-inline = "FROM a:${SEEN}" }\n'
    })
    expect([textsOf(found), found.skipped]).toEqual([['a:2'], []])
  })
})

describeWith(['bake'], 'targets of a Bake file', () => {
  it('are those of all files that Bake merges, whichever of them is named', async () => {
    const files = {
      'docker-bake.hcl': 'target "t" { args = { V = TAG } \n dockerfile-inline = "ARG V\\nFROM a:$${V}" }\n',
      'docker-bake.override.json': '{"variable": {"TAG": {"default": "7"}}}\n'
    }
    for (const patterns of [['docker-bake.hcl'], ['docker-bake.override.json'], ['*']])
      expect(
        textsOf(
          await look({...files, 'docker-bake.hcl': files['docker-bake.hcl'].replace(' } \n', ' }\n')}, {patterns})
        )
      ).toEqual([])
    const merged = {
      ...files,
      'docker-bake.hcl': 'target "t" {\n  args = { V = TAG }\n  dockerfile-inline = "ARG V\\nFROM a:$${V}"\n}\n'
    }
    for (const patterns of [['docker-bake.hcl'], ['docker-bake.override.json'], ['*']])
      expect(textsOf(await look(merged, {patterns}))).toEqual(['a:7'])
  })

  it('with a missing Dockerfile are a warning, and an error when nothing else is left', async () => {
    const missing = 'target "gone" { dockerfile = "nowhere/Dockerfile" }\n'
    const found = await look({'docker-bake.hcl': `${missing}target "t" { dockerfile-inline = "FROM a:1" }\n`})
    expect(textsOf(found)).toEqual(['a:1'])
    expect(found.skipped).toMatchObject([{location: {line: 1}, reason: expect.stringContaining('nowhere/Dockerfile')}])
    expect((await look({'docker-bake.hcl': missing})).faults).toMatchObject([{location: {line: 1}}])
  })

  it('that only others inherit from, or that a group of the same name hides, need no Dockerfile', async () => {
    const found = await look({
      'docker-bake.hcl':
        'target "_common" { dockerfile = "nowhere" }\ntarget "t" {\n  inherits = ["_common"]\n  dockerfile-inline = "FROM a:1"\n}\ntarget "hidden" { dockerfile = "nowhere" }\ngroup "hidden" { targets = ["t"] }\n'
    })
    expect([textsOf(found), found.skipped, found.faults]).toEqual([['a:1'], [], []])
  })

  it('keep dollar signs and percent signs of Dockerfiles', async () => {
    const found = await look({
      'docker-bake.hcl': 'target "t" { dockerfile-inline = "ARG V=1\\nFROM a:$${V:-%%{}" }\n'
    })
    expect(textsOf(found)).toEqual(['a:1'])
  })
})

describe('a machine without Bake', () => {
  it('makes one error of a Bake file that says what to install', async () => {
    const runBake: RunBake = () => Promise.resolve({kind: 'unavailable', reason: 'Bake files need Docker Buildx'})
    const files = {'docker-bake.hcl': 'target "t" {}\n', 'a/docker-bake.hcl': 'target "t" {}\n'}
    const {faults} = await look(files, {runBake, patterns: ['docker-bake.hcl', 'a/docker-bake.hcl']})
    expect(faults).toMatchObject([{reason: 'Bake files need Docker Buildx'}])
    const globbed = await look(files, {runBake, patterns: ['**/*.hcl']})
    expect(globbed.faults).toMatchObject([{reason: 'Bake files need Docker Buildx'}])
  })
})

describeWith(['bake'], 'a Bake file beside a Compose file, which Bake merges without --file', () => {
  const COMPOSE =
    'services:\n  app: {build: {context: app, args: {V: "2"}}}\n  v1.web: {build: {dockerfile_inline: "FROM web:1"}}\n  plain: {build: .}\n  db: {image: "db:1"}\n'

  it.each([
    {
      name: 'has the name of a service',
      body: 'target "app" { args = { V = 1 } }',
      left: ['docker-bake.hcl:1 target app']
    },
    {
      name: 'inherits from a service',
      body: 'target "x" { inherits = ["v1_web"] }',
      left: ['docker-bake.hcl:1 target x']
    },
    {name: 'has a context of its own', body: 'target "app" { context = "." }', left: []},
    {
      name: 'has a Dockerfile of its own',
      body: 'target "x" {\n inherits = ["app"]\n dockerfile = "Dockerfile"\n}',
      left: []
    },
    {name: 'has the name of a service that builds the same', body: 'target "plain" {}', left: []},
    {name: 'inherits from a service that builds the same', body: 'target "x" { inherits = ["plain"] }', left: []},
    {name: 'has the name of a service without build', body: 'target "db" {}', left: []}
  ])('is read without it, and a target is left out that $name: $left', async ({body, left}) => {
    const found = await look({'docker-bake.hcl': `${body}\n`, 'compose.yaml': COMPOSE, Dockerfile: 'FROM a:1\n'})
    expect(found.faults).toEqual([])
    expect(textsOf(found)).toEqual(left.length === 0 ? ['a:1'] : [])
    expect(
      found.skipped.map(({location, text}) => `${location?.file ?? ''}:${String(location?.line)} ${text}`)
    ).toEqual(left)
    for (const {reason} of found.skipped) expect(reason).toContain('List compose.yaml in `files`')
  })

  it('is read alone when it has another name, since Bake then needs --file', async () => {
    const files = {'app.hcl': 'target "app" {}\n', 'compose.yaml': COMPOSE, Dockerfile: 'FROM a:1\n'}
    expect(textsOf(await look(files, {patterns: ['app.hcl']}))).toEqual(['a:1'])
  })

  it('is read beside a Compose file that is none', async () => {
    const files = {'docker-bake.hcl': 'target "app" {}\n', 'compose.yaml': 'services: {{{', Dockerfile: 'FROM a:1\n'}
    expect(textsOf(await look(files))).toEqual(['a:1'])
  })
})

describeWith(['bake'], 'paths and contexts of a target', () => {
  it('are followed in the workspace, from an absolute path and through .., and not out of it', async () => {
    const found = await look({
      'docker-bake.hcl': [
        `target "absolute" { dockerfile = "${workspace}/sub/Dockerfile" }`,
        'target "up" {\n  context = "sub"\n  dockerfile = "../Other"\n}',
        'target "out" { dockerfile = "../x" }'
      ].join('\n'),
      'sub/Dockerfile': 'FROM a:1\n',
      Other: 'FROM b:1\n'
    })
    expect(found.images.map(({text, location}) => [text, location.file])).toEqual([
      ['a:1', 'sub/Dockerfile'],
      ['b:1', 'Other']
    ])
    expect(found.skipped).toMatchObject([{text: '../x', reason: expect.stringContaining('outside of the workspace')}])
  })

  it('replace FROM and COPY --from, whether they are targets or images, also those of a matrix', async () => {
    const found = await look({
      'docker-bake.hcl': [
        'target "base" { dockerfile-inline = "FROM a:1" }',
        'target "app" {',
        '  name = "app-${v}"',
        '  matrix = { v = ["1", "2"] }',
        '  contexts = { base = "target:base", php = "docker-image://php:8.${v}" }',
        '  dockerfile-inline = "FROM base\\nFROM php\\nCOPY --from=php / /\\nCOPY --from=c:1 / /"',
        '}'
      ].join('\n')
    })
    // The name `php` stands for two images, so that neither gets it.
    expect([...textsOf(found)].sort()).toEqual(['a:1', 'c:1', 'php:8.1', 'php:8.2'])
    expect(found.faults).toEqual([])
  })
})

describe('the program', () => {
  it('gets those of the listed variables that the file declares: others could be settings of the program', async () => {
    const given: (readonly string[])[] = []
    const runBake: RunBake = ({variables}) => {
      given.push([...variables.keys()])
      return Promise.resolve({kind: 'exhausted', reason: 'none'})
    }
    await look({'docker-bake.hcl': 'target "a" {}\n'}, {runBake})
    await look({'docker-bake.hcl': 'variable "SEEN" {}\ntarget "a" {}\n'}, {runBake})
    await look({'docker-bake.hcl': 'SEEN = "1"\ntarget "a" {}\n'}, {runBake})
    expect(given).toEqual([[], ['SEEN'], ['SEEN']])
  })
})

describe('a Bake file without targets', () => {
  it('has no images, and is no error, when it has variables for other files', async () => {
    const found = await look(
      {'docker-bake.hcl': 'variable "V" { default = "1" }\n', Dockerfile: 'FROM a:1\n'},
      {
        patterns: ['docker-bake.hcl', 'Dockerfile']
      }
    )
    expect([textsOf(found), found.faults, found.skipped]).toEqual([['a:1'], [], []])
  })
})
