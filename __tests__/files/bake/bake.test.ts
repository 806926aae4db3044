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
