// The tracking issue of an audit as a process, over runs: opened, kept, closed, opened again, one of two, and when GitHub refuses.
// The job's token is at GitHub's API alone.

import {afterEach, beforeEach, describe, expect, it, jest} from '@jest/globals'
import {isSignatureLookup, runAuditAction, type AuditRun} from './support/audit-run.ts'
import {type FaultRegistry, startFaultRegistry} from './support/fault-registry.ts'
import {GITHUB_REPOSITORY, GITHUB_TOKEN, type GitHubServer, startGitHubServer} from './support/github-server.ts'
import {makePublished} from './support/images.ts'
import {publish} from './support/registry-content.ts'

// Each test is several processes, one after the other.
jest.setTimeout(60_000)

const NAME = 'acme/app'
const TAG = '1.2'
const FIRST = makePublished({seed: 901, platforms: ['linux/amd64']})
const SECOND = makePublished({seed: 902, platforms: ['linux/amd64']})

let github: GitHubServer
let registry: FaultRegistry
let mirror: FaultRegistry

beforeEach(async () => {
  github = await startGitHubServer()
  registry = await startFaultRegistry({content: [publish(NAME, TAG, FIRST)]})
  mirror = await startFaultRegistry({content: [publish(NAME, TAG, FIRST)]})
})
afterEach(async () => {
  await Promise.all([github, registry, mirror].map(server => server.close()))
})

function audit(
  inputs: Readonly<Record<string, string>> = {},
  env: Readonly<Record<string, string>> = {}
): Promise<AuditRun> {
  return runAuditAction(
    {
      image: `${registry.host}/${NAME}:${TAG}`,
      mirrors: `${registry.host}=${mirror.host}`,
      issue: 'true',
      'github-token': GITHUB_TOKEN,
      ...inputs
    },
    {
      env: {
        GITHUB_API_URL: github.url,
        GITHUB_REPOSITORY,
        GITHUB_WORKFLOW_REF: `${GITHUB_REPOSITORY}/.github/workflows/audit.yml@refs/heads/main`,
        GITHUB_JOB: 'audit',
        ...env
      }
    }
  )
}

/** The mirror gets another image under the tag, so that audits find `mirror-disagrees`. */
function fallBehind(): void {
  registry.addContent(publish(NAME, TAG, SECOND))
}

describe('the tracking issue', () => {
  it('is created closed to remember the digest, opened, kept, and closed', async () => {
    const clean = await audit()
    expect([clean.exitCode, clean.report.outcome]).toEqual([0, 'clean'])
    expect(github.issues).toMatchObject([{state: 'closed', title: 'Container image audit'}])

    // The tag moves at the registry: a notice, and a mirror that lags and lacks it.
    fallBehind()
    const ill = await audit()
    expect(ill.findings).toEqual({'mirror-disagrees': 1, 'mirror-lacks': 1, 'tag-moved': 1})
    expect(ill.exitCode).toBe(1)
    expect(ill.report.issue).toMatchObject({number: 1, state: 'open'})
    expect(ill.report.findings.every(({since}) => since !== undefined)).toBe(true)
    expect(github.issues).toHaveLength(1)
    expect(github.issues[0]?.body).toContain('mirror-disagrees')

    // The move was said once. The mirror still lags.
    const still = await audit()
    expect(still.findings).toEqual({'mirror-disagrees': 1, 'mirror-lacks': 1})
    expect(still.report.findings.map(({runs}) => runs)).toEqual([2, 2])
    expect(github.issues[0]?.body).toMatch(/in 2 runs/)

    mirror.addContent(publish(NAME, TAG, SECOND))
    const fixed = await audit()
    expect([fixed.exitCode, fixed.findings]).toEqual([0, {}])
    expect(github.issues).toMatchObject([{state: 'closed', state_reason: 'completed'}])

    registry.setTag(NAME, TAG, FIRST.index.digest)
    await audit()
    expect(github.issues).toMatchObject([{state: 'open', state_reason: 'reopened'}])
  })

  it('is one: what two runs at the same time created, the next run closes', async () => {
    fallBehind()
    await audit()
    const [first] = github.issues
    github.add({title: first?.title ?? '', body: first?.body ?? '', labels: [...(first?.labels ?? [])]})
    await audit()
    expect(github.issues.map(({state, state_reason: reason}) => [state, reason])).toEqual([
      ['open', null],
      ['closed', 'not_planned']
    ])
  })

  it('is not that of a stranger, who copied its text', async () => {
    fallBehind()
    await audit()
    const [first] = github.issues
    const body = first?.body ?? ''
    github.issues.splice(0)
    github.add({
      body,
      labels: [...(first?.labels ?? [])],
      user: {login: 'eve', type: 'User'},
      author_association: 'NONE'
    })
    await audit()
    expect(github.issues.map(({body: text}) => text === body)).toEqual([true, false])
    expect(github.requests.filter(({method, path}) => method === 'PATCH' && path.endsWith('/1'))).toEqual([])
  })

  it('makes a registry that is away in three runs an error', async () => {
    await mirror.close()
    const severities = []
    for (let run = 0; run < 3; run++) severities.push((await audit()).report.findings.map(({severity}) => severity))
    expect(severities).toEqual([['warning'], ['warning'], ['error']])
  })

  it('is left alone by a run that could check nothing', async () => {
    await Promise.all([registry.close(), mirror.close()])
    const run = await audit()
    expect(run.exitCode).toBe(1)
    expect(github.requests.map(({method}) => method)).toEqual(['GET'])
  })

  it.each([
    [403, 'Give the job the permission `issues: write`'],
    [404, 'Check that github-token can read and write issues'],
    [410, 'Enable issues in the settings']
  ])('fails the step when GitHub answers %d, and everything else is published', async (status, advice) => {
    for (let at = 0; at < 4; at++) github.faults.push({status, body: {message: 'no'}})
    const run = await audit()
    expect(run.exitCode).toBe(1)
    expect(run.annotations.map(({message}) => message).join('\n')).toContain(advice)
    expect([run.outputs['findings'], run.report.outcome]).toEqual(['{}', 'clean'])
  })

  it('needs a token, a repository, and an address with https', async () => {
    expect((await audit({'github-token': ''})).report.inputFaults).toMatchObject([{input: 'issue'}])
    expect((await audit({}, {GITHUB_REPOSITORY: '../../x'})).report.inputFaults).toMatchObject([{input: 'issue'}])
    expect((await audit({}, {GITHUB_API_URL: 'http://api.example.com'})).report.inputFaults).toMatchObject([
      {input: 'issue'}
    ])
    expect(github.requests).toEqual([])
  })

  it('gets the token, and no registry, log, report, or summary does', async () => {
    fallBehind()
    const run = await audit({sarif: 'audit.sarif'})
    expect(github.requests.every(({token}) => token === `Bearer ${GITHUB_TOKEN}`)).toBe(true)
    const seen = [
      ...[registry, mirror].flatMap(({journal}) => journal.map(entry => JSON.stringify(entry))),
      ...run.log,
      ...run.annotations.map(({message}) => message),
      run.summary,
      JSON.stringify(run.report),
      JSON.stringify(run.outputs),
      ...github.issues.map(({body}) => body)
    ]
    expect(seen.filter(text => text.includes(GITHUB_TOKEN))).toEqual([])
    expect(registry.unexpected().filter(entry => !isSignatureLookup(entry))).toEqual([])
  })

  it('sends nothing to GitHub without issue: true', async () => {
    const run = await audit({issue: 'false'})
    expect([run.exitCode, github.requests]).toEqual([0, []])
  })
})

describe('texts of a registry', () => {
  it('stay text in the issue, the summary, the annotations, and SARIF', async () => {
    const evil = '<!-- verified-image-audit --> @octocat [x](https://evil.example) <img src=x> ::error::fake'
    const hostile = await startFaultRegistry({
      content: [publish(NAME, TAG, FIRST)],
      faults: [
        {
          on: 'any',
          times: 'always',
          do: {kind: 'respond', status: 403, body: JSON.stringify({errors: [{code: 'DENIED', message: evil}]})}
        }
      ]
    })
    try {
      const run = await audit({mirrors: `${registry.host}=${hostile.host}`})
      expect(run.findings).toEqual({denied: 1})
      const outsideCode = (text: string): string => text.replace(/`[^`]*`/g, '')
      for (const text of [run.summary, github.issues[0]?.body ?? '']) {
        expect(text).toContain('DENIED')
        expect(outsideCode(text)).not.toMatch(/<img|@octocat|\]\(https:\/\/evil/)
      }
      expect(github.issues[0]?.body.split('<!-- verified-image-audit')).toHaveLength(3)
      expect(run.annotations.filter(({message}) => message === 'fake')).toEqual([])
    } finally {
      await hostile.close()
    }
  })
})
