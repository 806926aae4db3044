// The workflows, which run with this repository's permissions: actions are pinned, permissions are minimal, and actionlint reports nothing.

import {execFileSync} from 'node:child_process'
import {readdirSync, readFileSync} from 'node:fs'
import {matchesGlob} from 'node:path'
import {describe, expect, it} from '@jest/globals'
import {parse} from 'yaml'
import {EXAMPLES} from './support/examples.ts'
import {describeWith} from './support/programs.ts'

type Job = {
  readonly permissions?: Readonly<Record<string, string>>
  readonly environment?: string
  readonly 'timeout-minutes'?: number
  readonly steps: readonly {
    readonly uses?: string
    readonly run?: string
    readonly with?: Readonly<Record<string, unknown>>
  }[]
}
type Workflow = {readonly permissions?: Readonly<Record<string, string>>; readonly jobs: Readonly<Record<string, Job>>}

const FOLDER = '.github/workflows'
const workflows = readdirSync(FOLDER).map(name => {
  const text = readFileSync(`${FOLDER}/${name}`, 'utf8')
  return {name, text, workflow: parse(text) as Workflow}
})

describe.each(workflows)('$name', ({name, text, workflow}) => {
  const jobs = Object.values(workflow.jobs)
  const steps = jobs.flatMap(job => job.steps)

  it('pins every action by its commit, and says which version that is', () => {
    const used = steps.flatMap(({uses}) => (uses === undefined || uses === './' ? [] : [uses]))
    expect(used.filter(uses => !/^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/.test(uses))).toEqual([])
    for (const uses of used) expect(text).toMatch(new RegExp(`uses: ${uses} # v\\d+\\.\\d+\\.\\d+\\n`))
  })

  it('has one commit for one action', () => {
    const all = workflows.flatMap(({text: other}) => [...other.matchAll(/uses: ([\w./-]+)@([0-9a-f]{40})/g)])
    const commits = new Map<string, Set<string>>()
    for (const [, action = '', commit = ''] of all) commits.set(action, (commits.get(action) ?? new Set()).add(commit))
    expect([...commits.values()].filter(({size}) => size > 1)).toEqual([])
  })

  it('gives no more rights than are used', () => {
    expect(workflow.permissions).toEqual(name === 'ci.yml' ? {contents: 'read'} : {})
    const writes = jobs.flatMap(({permissions = {}}) =>
      Object.entries(permissions).flatMap(([right, level]) => (level === 'write' ? [right] : []))
    )
    const allowed: Readonly<Record<string, readonly string[]>> = {
      'release.yml': ['contents', 'id-token', 'attestations'],
      'codeql.yml': ['security-events']
    }
    expect(writes).toEqual(allowed[name] ?? [])
  })

  it('ends in time', () => {
    expect(jobs.filter(job => job['timeout-minutes'] === undefined)).toEqual([])
  })

  it('runs a job that can write to the repository behind a reviewed environment', () => {
    const writers = jobs.filter(({permissions = {}}) => permissions['contents'] === 'write')
    expect(writers.map(({environment}) => environment)).toEqual(writers.map(() => 'release'))
  })

  it('asks npm for known vulnerabilities where changes are checked', () => {
    const audits = steps.filter(({run}) => /^npm audit$/m.test(run ?? ''))
    expect(audits.length).toBe(name === 'ci.yml' ? 1 : 0)
  })

  it('installs Go programs by the hashes in a go.sum only', () => {
    expect(steps.filter(({run}) => /go (?:install|run) [^\n]*@/.test(run ?? ''))).toEqual([])
  })

  it('puts nothing from outside into a script', () => {
    expect(steps.filter(({run}) => run?.includes('${{') === true)).toEqual([])
  })
})

describe.each(EXAMPLES)('examples/%s', name => {
  const text = readFileSync(`examples/${name}`, 'utf8')
  const {permissions, jobs} = parse(text) as Workflow

  it('names its permissions and ends in time', () => {
    expect(permissions).toBeDefined()
    for (const job of Object.values(jobs)) expect(job['timeout-minutes']).toBeGreaterThan(0)
  })

  it('pins the actions of others by commit where a job can write', () => {
    const writers = Object.values(jobs).filter(job => Object.values(job.permissions ?? {}).includes('write'))
    const used = writers.flatMap(({steps}) => steps.flatMap(({uses}) => (uses === undefined ? [] : [uses])))
    expect(used.filter(uses => !/@[0-9a-f]{40}$/.test(uses))).toEqual(used.filter(uses => uses.startsWith('OWNER/')))
  })
})

describe('.ci', () => {
  it.each(readdirSync('.ci/tools'))('pins every module of the tool %s by hash', tool => {
    const [mod, sum] = ['go.mod', 'go.sum'].map(name => readFileSync(`.ci/tools/${tool}/${name}`, 'utf8'))
    const required = [...(mod ?? '').matchAll(/^\s*(?:require )?(\S+\.\S+) (v\S+)(?: \/\/ indirect)?$/gm)]
    expect(required.length).toBeGreaterThan(0)
    for (const [, module = '', version = ''] of required) expect(sum).toContain(`${module} ${version}`)
  })

  it('installs Go programs by those hashes only', () => {
    expect(readFileSync('.ci/run', 'utf8')).not.toMatch(/go install [^\n]*@/)
  })
})

describe('Dependabot', () => {
  type Update = {
    readonly 'package-ecosystem': string
    readonly directory?: string
    readonly directories?: readonly string[]
    readonly groups?: Readonly<
      Record<string, {readonly 'dependency-type'?: string; readonly patterns?: readonly string[]}>
    >
  }
  const {updates} = parse(readFileSync('.github/dependabot.yml', 'utf8')) as {updates: readonly Update[]}

  it('renews npm packages, actions, and Go programs, in groups', () => {
    expect(updates.map(update => update['package-ecosystem'])).toEqual(['npm', 'github-actions', 'gomod'])
    expect(updates.map(({groups}) => groups)).toEqual([
      {development: {'dependency-type': 'development'}},
      {actions: {patterns: ['*']}},
      {tools: {patterns: ['*']}}
    ])
  })

  it('looks at every go.mod', () => {
    const modules = execFileSync('git', ['ls-files', '*go.mod'], {encoding: 'utf8'}).trim().split('\n')
    const {directories = []} = updates.find(update => update['package-ecosystem'] === 'gomod') ?? {}
    const isSeen = (path: string): boolean =>
      directories.some(
        pattern => path === `${pattern.slice(1)}/go.mod` || matchesGlob(path, `${pattern.slice(1)}/go.mod`)
      )
    expect(modules.length).toBeGreaterThan(10)
    expect(modules.filter(path => !isSeen(path))).toEqual([])
  })
})

describe('SECURITY.md', () => {
  it('supports the major version of package.json, by its tag, and no other', () => {
    const {version} = JSON.parse(readFileSync('package.json', 'utf8')) as {version: string}
    const major = version.split('.')[0] ?? ''
    const [, table = ''] = readFileSync('SECURITY.md', 'utf8').split('## Supported versions\n')
    const rows = table.split('\n').filter(line => line.includes(' | ') && !line.startsWith('| Version'))
    expect(rows.filter(row => row.endsWith('| yes |'))).toEqual([
      `| the latest ${major}.x release, and the tag \`v${major}\`, which moves to it | yes |`
    ])
    expect(
      [...table.matchAll(/(\d+)\.x/g)].map(([, named]) => Number(named)).every(named => named <= Number(major))
    ).toBe(true)
  })
})

describeWith(['actionlint'], 'actionlint', () => {
  it('finds nothing', () => {
    expect(() => execFileSync('actionlint', {encoding: 'utf8', stdio: 'pipe'})).not.toThrow()
  })

  it('finds nothing in the examples', () => {
    const examples = EXAMPLES.map(name => `examples/${name}`)
    expect(() => execFileSync('actionlint', examples, {encoding: 'utf8', stdio: 'pipe'})).not.toThrow()
  })
})

describe('issue templates', () => {
  it.each(['bug.yml', 'registry.yml'])('%s asks for the report file', name => {
    const {body} = parse(readFileSync(`.github/ISSUE_TEMPLATE/${name}`, 'utf8')) as {
      body: readonly {readonly id?: string; readonly validations?: {readonly required?: boolean}}[]
    }
    expect(body.find(({id}) => id === 'report')?.validations).toEqual({required: true})
  })
})
