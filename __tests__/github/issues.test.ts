// GitHub's API for issues over HTTP: pages, pull requests, rate limits, and errors, against a server that behaves by its documentation.

import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import {createGitHubApi, type GitHubApi} from '../../src/github/github-api.ts'
import {createIssues, type IssuesPort} from '../../src/github/issues.ts'
import {createHttpClient, type HttpClient} from '../../src/http/http-client.ts'
import {GITHUB_REPOSITORY, GITHUB_TOKEN, type GitHubServer, startGitHubServer} from '../support/github-server.ts'
import {startRecordingServer} from '../support/recording-server.ts'
import '../support/matchers.ts'

const NOW_MS = Date.parse('2026-03-02T05:00:00Z')
const LABEL = 'verified-image-audit'

let server: GitHubServer
let http: HttpClient
let waits: number[]

beforeEach(async () => {
  server = await startGitHubServer()
  http = createHttpClient({limits: {connectTimeoutMs: 1000, stallTimeoutMs: 5000, concurrency: 1}, environment: {}})
  waits = []
})
afterEach(async () => {
  http.close()
  await server.close()
})

function apiAt(apiUrl: string): GitHubApi {
  return createGitHubApi({
    http,
    apiUrl,
    token: GITHUB_TOKEN,
    userAgent: 'test',
    // The waits are recorded, and are over at once.
    clock: {
      nowMs: () => 0,
      wait: ms => {
        waits.push(ms)
        return Promise.resolve()
      }
    },
    wallClockMs: () => NOW_MS,
    signal: new AbortController().signal
  })
}

function issues(): IssuesPort {
  return createIssues(apiAt(server.url), GITHUB_REPOSITORY)
}

describe('list', () => {
  it('reads all pages, without pull requests, and says who opened an issue', async () => {
    const labels = [{name: LABEL}]
    for (let at = 0; at < 230; at++) server.add({title: String(at), labels})
    server.add({labels, pull_request: {}})
    server.add({labels, user: {login: 'eve', type: 'User'}, author_association: 'NONE', state: 'closed'})
    server.add({labels, user: {login: 'ann', type: 'User'}, author_association: 'MEMBER'})
    server.add({title: 'another label'})
    const found = await issues().list(LABEL)
    expect(found).toHaveLength(232)
    expect(server.requests).toHaveLength(3)
    expect(found.slice(-2).map(({isByMember, state}) => [isByMember, state])).toEqual([
      [false, 'closed'],
      [true, 'open']
    ])
  })

  it('does not follow a next page to another server', async () => {
    const elsewhere = await startRecordingServer(response => response.end('[]'))
    try {
      server.faults.push({status: 200, headers: {link: `<http://${elsewhere.host}/x>; rel="next"`}, body: []})
      expect(await issues().list(LABEL)).toEqual([])
      expect(elsewhere.requests).toEqual([])
    } finally {
      await elsewhere.close()
    }
  })
})

describe('create and edit', () => {
  it('create an issue with its label, close it, and open it again', async () => {
    const port = issues()
    const {number, state} = await port.create({title: 'Audit', body: 'text', label: LABEL})
    expect([number, state]).toEqual([1, 'open'])
    await port.edit(number, {state: 'closed', reason: 'completed', body: 'clean'})
    expect(server.issues[0]).toMatchObject({
      state: 'closed',
      state_reason: 'completed',
      body: 'clean',
      labels: [{name: LABEL}]
    })
    await port.edit(number, {state: 'open'})
    expect(server.issues[0]).toMatchObject({state: 'open', state_reason: 'reopened'})
  })
})

const RESET_S = NOW_MS / 1000 + 30

describe('rate limits', () => {
  it.each([
    [
      'a primary limit, until its reset',
      {status: 403, headers: {'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(RESET_S)}},
      30_000
    ],
    ['a secondary limit with Retry-After', {status: 403, headers: {'retry-after': '7'}, body: {message: 'x'}}, 7000],
    [
      'a secondary limit that names itself alone, for a minute',
      {status: 403, body: {message: 'You have exceeded a secondary rate limit'}},
      60_000
    ],
    ['a 429', {status: 429, headers: {'retry-after': '3'}}, 3000]
  ] as const)('waits for %s', async (_, fault, waitMs) => {
    server.faults.push(fault)
    expect(await issues().list(LABEL)).toEqual([])
    expect(waits).toEqual([waitMs])
  })

  it('does not wait for an hour', async () => {
    server.faults.push({
      status: 403,
      headers: {'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW_MS / 1000 + 3600)}
    })
    await expect(issues().list(LABEL)).toFailWith('throttled', {status: 403})
    expect(waits).toEqual([])
  })

  it('is limited to four attempts', async () => {
    for (let at = 0; at < 5; at++) server.faults.push({status: 429, headers: {'retry-after': '1'}})
    await expect(issues().list(LABEL)).toFailWith('throttled')
    expect(server.requests).toHaveLength(4)
  })
})

describe('errors', () => {
  it.each([
    [403, 'denied', {message: 'Resource not accessible by integration'}],
    [404, 'not-found', {message: 'Not Found'}],
    [410, 'not-found', {message: 'Issues are disabled for this repo'}],
    [422, 'protocol', {message: 'Validation Failed'}]
  ] as const)('are not retried: HTTP %d', async (status, kind, body) => {
    server.faults.push({status, body})
    await expect(issues().list(LABEL)).toFailWith(kind)
    expect([server.requests.length, waits]).toEqual([1, []])
  })

  it('retry a read after a server error, and no creation', async () => {
    server.faults.push({status: 502})
    expect(await issues().list(LABEL)).toEqual([])
    expect(waits).toEqual([1000])
    server.faults.push({status: 502})
    await expect(issues().create({title: 'a', body: 'b', label: LABEL})).toFailWith('server-error')
    expect(server.issues).toEqual([])
  })

  it('do not send the token to where a redirect leads', async () => {
    const elsewhere = await startRecordingServer(response => response.end('[]'))
    try {
      server.faults.push({status: 301, headers: {location: `http://${elsewhere.host}/repos/evil/app/issues`}})
      await expect(issues().list(LABEL)).toFailWith('not-found')
      expect(elsewhere.connections()).toBe(0)
    } finally {
      await elsewhere.close()
    }
  })

  it.each(['http://api.example.com', 'ftp://127.0.0.1/', 'https://user@api.example.com', 'nonsense'])(
    'refuse an API at %s',
    async url => {
      await expect(() => apiAt(url)).toFailWith('invalid-input')
    }
  )

  it.each([
    ['no JSON', 'x'],
    ['an object instead of a list', {}],
    ['a list of texts', ['x']]
  ])('name %s', async (_, body) => {
    server.faults.push({status: 200, body})
    await expect(issues().list(LABEL)).toFailWith('protocol')
  })
})
