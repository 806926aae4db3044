// A hostile workspace and Bake: the program is not taken from the workspace, and it gets no secret, no file of the workspace, and no way
// to the network.

import {chmod, mkdtemp, rm, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, it, jest} from '@jest/globals'
import {runBakeProgram} from '../../src/files/bake-program.ts'
import {runInHostileWorkspace} from '../support/hostile-workspace.ts'
import {describeWith} from '../support/programs.ts'

// Processes, on a machine that may have other things to do.
jest.setTimeout(120_000)

const GOOD = 'target "good" {\n  dockerfile-inline = "FROM HOST/good:1"\n}\n'

describeWith(['bake'], 'Bake in a hostile workspace', () => {
  it.each([
    {name: 'a Git repository as a context', attributes: 'context = "http://HOST/leak/x.git"'},
    {name: 'an archive as a context', attributes: 'context = "http://HOST/leak/x.tar.gz"'},
    {name: 'a remote Dockerfile', attributes: 'dockerfile = "http://HOST/leak/Dockerfile"'},
    {
      name: 'remote build contexts',
      attributes:
        'contexts = { a = "http://HOST/leak/x.git#main", b = "https://HOST/leak/x.tar", c = "oci-layout:///leak@sha256:0" }\n  dockerfile-inline = "FROM HOST/good:2"'
    },
    {
      name: 'caches and outputs in registries',
      attributes:
        'cache-from = ["type=registry,ref=HOST/leak"]\n  cache-to = ["type=registry,ref=HOST/leak"]\n  output = ["type=registry"]\n  tags = ["HOST/leak:1"]\n  attest = ["type=sbom,generator=HOST/leak"]\n  dockerfile-inline = "FROM HOST/good:2"'
    }
  ])('requests nothing for $name', async ({attributes}) => {
    const {requestText, report} = await runInHostileWorkspace({
      inside: {'docker-bake.hcl': `${GOOD}target "bad" {\n  ${attributes}\n}\n`},
      inputs: {files: 'docker-bake.hcl'}
    })
    expect(requestText).not.toContain('leak')
    expect(requestText).toContain('/v2/good/manifests/1')
    expect(report).not.toMatchObject({failure: {kind: 'bug'}})
  })

  it('is not read with a Compose file or a .env beside it, which could name files outside of the workspace', async () => {
    const {requestText} = await runInHostileWorkspace({
      inside: {
        'docker-bake.hcl': `${GOOD}variable "TOKEN" { default = "none" }\ntarget "bad" {\n  dockerfile-inline = "FROM HOST/good:\${TOKEN}"\n}\n`,
        '.env': {link: 'OUTSIDE/.env'},
        'compose.yaml': 'include: [{path: x.yaml, env_file: OUTSIDE/.env}]\nservices: {}\n'
      },
      outside: {'.env': 'TOKEN=secret-of-the-machine\n'},
      inputs: {files: 'docker-bake.hcl'}
    })
    expect(requestText).not.toContain('secret')
    expect(requestText).toContain('/v2/good/manifests/none')
  })

  it('leaves no file behind', async () => {
    const {leftBehind} = await runInHostileWorkspace({
      inside: {'docker-bake.hcl': GOOD},
      inputs: {files: 'docker-bake.hcl'}
    })
    expect(leftBehind.filter(path => path.includes('bake'))).toEqual([])
  })

  it('quotes what Bake says about its own files, and nothing of a file that is none, such as a link to one with a token', async () => {
    const inputs = {files: 'docker-bake.hcl'}
    const own = await runInHostileWorkspace({
      inside: {'docker-bake.hcl': `${GOOD}target "a" {\n  args = { A = MISSING }\n}\n`},
      inputs
    })
    expect(own.annotations).toContainEqual(
      expect.objectContaining({
        ...{level: 'error', file: 'docker-bake.hcl', line: '5'},
        message: expect.stringContaining(
          'not a valid Bake file: Unknown variable; There is no variable named "MISSING"'
        )
      })
    )
    const linked = await runInHostileWorkspace({
      inside: {'docker-bake.hcl': GOOD, '.npmrc': 'token = c2VjcmV0\n', 'docker-bake.override.hcl': {link: '.npmrc'}},
      inputs
    })
    expect(linked.visibleText).not.toContain('c2VjcmV0')
    expect(linked.annotations).toContainEqual(
      expect.objectContaining({level: 'error', file: 'docker-bake.override.hcl', line: '1'})
    )
  })

  it.each([
    {name: 'a command of the runner', text: '\\n::warning::planted\\n##[error]planted\\r\\n::stop-commands::x\\n'},
    {name: 'colors', text: '\\u001b[31mplanted\\u001b[0m\\u0007\\u202e'},
    {name: 'Markdown and HTML', text: '[planted](http://HOST/x) <img src=x onerror=1> | `a` **b**'},
    {name: 'a long text', text: 'planted '.repeat(10_000)}
  ])('quotes a message of the author as text on one line: $name', async ({text}) => {
    const condition = `validation {\n    condition = V == "2"\n    error_message = "${text}"\n  }`
    const {stdout, summary, annotations} = await runInHostileWorkspace({
      inside: {'docker-bake.hcl': `${GOOD}variable "V" {\n  default = "1"\n  ${condition}\n}\n`},
      inputs: {files: 'docker-bake.hcl'}
    })
    const message = annotations.map(annotation => annotation.message).join('\n')
    expect(message).toContain('Validation failed')
    expect(message).not.toMatch(/(?!\n)\p{C}/u)
    expect(stdout.split('\n').filter(line => /^(?:::warning|##\[|::stop)/.test(line))).toEqual([])
    expect(summary).toContain('Validation failed')
    expect(summary).not.toMatch(/<img|\]\(http/)
    expect(stdout.length).toBeLessThan(10_000)
  })

  it('ends what an expression would make of the memory of the machine', async () => {
    const doubled = Array.from(
      {length: 50},
      (_, at) => `variable "A${String(at + 1)}" { default = "\${A${String(at)}}\${A${String(at)}}" }`
    )
    const {annotations, report} = await runInHostileWorkspace({
      inside: {'docker-bake.hcl': `variable "A0" { default = "aaaaaaaaaa" }\n${doubled.join('\n')}\n${GOOD}`},
      inputs: {files: 'docker-bake.hcl'}
    })
    expect(report).toMatchObject({failure: {kind: 'invalid-input'}})
    expect(annotations[0]?.message).toContain('GiB of memory')
  })
})

describe('runBakeProgram', () => {
  const request = {texts: [''], target: 'x', variables: new Map([['GIVEN', 'value']])}
  const signal = new AbortController().signal

  // It prints its environment, its arguments, and what is in its folder.
  const SPY = '#!/bin/sh\nenv\necho "args $*"\nls\n'

  async function inFolders(use: (folders: {workspace: string; elsewhere: string}) => Promise<void>): Promise<void> {
    const [workspace, elsewhere] = await Promise.all(
      ['workspace', 'elsewhere'].map(name => mkdtemp(join(tmpdir(), `verified-image-${name}-`)))
    )
    try {
      await use({workspace: workspace ?? '', elsewhere: elsewhere ?? ''})
    } finally {
      for (const folder of [workspace, elsewhere]) await rm(folder ?? '', {recursive: true})
    }
  }

  async function plant(file: string): Promise<void> {
    await writeFile(file, SPY)
    await chmod(file, 0o755)
  }

  it.each(['docker-buildx', 'buildx'])('starts no %s of the workspace, not even through a link', async name => {
    await inFolders(async ({workspace, elsewhere}) => {
      await plant(join(workspace, name))
      await symlink(join(workspace, name), join(elsewhere, name))
      for (const PATH of [workspace, elsewhere, '.', '', `${workspace}/../${workspace.split('/').at(-1) ?? ''}`]) {
        const environment = {PATH, HOME: workspace}
        const answer = await runBakeProgram(request, {environment, workspace, signal})
        // A plugin of this machine may be there, and refuses the empty file.
        expect(answer.kind).not.toBe('printed')
      }
    })
  })

  it('gives the program the variables of files, and nothing else of the job', async () => {
    await inFolders(async ({workspace, elsewhere}) => {
      await plant(join(elsewhere, 'docker-buildx'))
      const environment = {PATH: elsewhere, DOCKER_CONFIG: elsewhere, HOME: '/root', SECRET: 'of-the-job'}
      const config = join(elsewhere, 'cli-plugins')
      const answer = await runBakeProgram(request, {environment, workspace, signal})
      if (answer.kind !== 'printed') throw new Error(JSON.stringify({answer, config}))
      expect(answer.text).toContain('GIVEN=value')
      expect(answer.text).not.toContain('SECRET')
      expect(answer.text).not.toMatch(/^HOME=/m)
      expect(/^DOCKER_CONFIG=(.*)$/m.exec(answer.text)?.[1]).toMatch(/verified-image-bake-/)
      expect(answer.text).toMatch(/^args bake --file=\S+0\.hcl --progress=plain --print -- x$/m)
      expect(answer.text.trim().split('\n').at(-1)).toBe('0.hcl')
    })
  })

  it('rejects with the reason of the signal', async () => {
    const late = new Error('late')
    await inFolders(async ({workspace, elsewhere}) => {
      await plant(join(elsewhere, 'docker-buildx'))
      const aborted = {environment: {PATH: elsewhere}, workspace, signal: AbortSignal.abort(late)}
      await expect(runBakeProgram(request, aborted)).rejects.toBe(late)
    })
  })

  it('says what to install when there is no program', async () => {
    await inFolders(async ({workspace}) => {
      const answer = await runBakeProgram(request, {environment: {PATH: ''}, workspace, signal})
      // A plugin of this machine may be there.
      expect(['refused', 'unavailable']).toContain(answer.kind)
      if (answer.kind === 'unavailable')
        expect(answer.reason).toMatch(/Docker Buildx 0\.13 or later.*setup-buildx-action/)
    })
  })
})
