// GitHub's REST API for issues of one repository, on loopback, as its documentation describes it: lists with labels, states, and pages;
// issues with state_reason; labels that only members may set; 401, 403, 404, 410, and 422; primary and secondary rate limits.
// `faults` answers the next requests instead.

import type {IncomingMessage, ServerResponse} from 'node:http'
import {listen} from './listener.ts'

export type ServerIssue = {
  readonly number: number
  title: string
  body: string
  state: 'open' | 'closed'
  state_reason: string | null
  labels: {name: string}[]
  readonly user: {readonly login: string; readonly type: 'Bot' | 'User'}
  readonly author_association: string
  readonly pull_request?: object
}

export type ServerAnswer = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

export type GitHubServer = {
  /** GITHUB_API_URL. */
  readonly url: string
  readonly issues: ServerIssue[]
  /** `GET /repos/acme/app/issues?…`, with what was sent. */
  readonly requests: {readonly method: string; readonly path: string; readonly token: string; readonly body: unknown}[]
  /** The answers to the next requests; undefined answers as usual. */
  readonly faults: (ServerAnswer | undefined)[]
  /** Adds an issue of a stranger, or of a member. */
  readonly add: (issue: Partial<ServerIssue>) => ServerIssue
  readonly close: () => Promise<void>
}

export const GITHUB_TOKEN = 'ghs_0123456789abcdefghijABCDEFGHIJ012345'
export const GITHUB_REPOSITORY = 'acme/app'

const BASE = '/api/v3'

export async function startGitHubServer(): Promise<GitHubServer> {
  const issues: ServerIssue[] = []
  const requests: GitHubServer['requests'] = []
  const faults: GitHubServer['faults'] = []
  const add: GitHubServer['add'] = issue => {
    const added: ServerIssue = {
      ...{number: issues.length + 1, title: '', body: '', state: 'open', state_reason: null, labels: []},
      ...{user: {login: 'github-actions[bot]', type: 'Bot'}, author_association: 'NONE'},
      ...issue
    }
    issues.push(added)
    return added
  }
  const listener = await listen({
    connections: {count: 0},
    onRequest: async (request, response) => {
      const body = await readJson(request)
      const token = request.headers.authorization ?? ''
      const url = new URL(request.url ?? '', 'http://localhost')
      requests.push({method: request.method ?? '', path: url.pathname.slice(BASE.length) + url.search, token, body})
      const fault = faults.shift()
      send(
        response,
        fault ?? answer({issues, add, origin: `http://${listener.host}`}, request.method ?? '', url, token, body)
      )
    }
  })
  return {url: `http://${listener.host}${BASE}`, issues, requests, faults, add, close: listener.close}
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString('utf8')
  return text === '' ? undefined : (JSON.parse(text) as unknown)
}

function send(response: ServerResponse, {status, headers = {}, body}: ServerAnswer): void {
  response.writeHead(status, {'content-type': 'application/json; charset=utf-8', ...headers})
  response.end(body === undefined ? '' : JSON.stringify(body))
}

type Repository = {readonly issues: ServerIssue[]; readonly add: GitHubServer['add']; readonly origin: string}

const NOT_FOUND: ServerAnswer = {
  status: 404,
  body: {message: 'Not Found', documentation_url: 'https://docs.github.com/rest'}
}

function answer(repository: Repository, method: string, url: URL, token: string, body: unknown): ServerAnswer {
  const base = `${BASE}/repos/${GITHUB_REPOSITORY}/issues`
  if (token !== `Bearer ${GITHUB_TOKEN}`) return {status: 401, body: {message: 'Bad credentials'}}
  if (url.pathname === base && method === 'GET') return listIssues(repository, url)
  if (url.pathname === base && method === 'POST') return createIssue(repository, body as Partial<Sent>)
  const number = Number(new RegExp(`^${base}/(\\d+)$`).exec(url.pathname)?.[1])
  const issue = repository.issues.find(found => found.number === number)
  return issue === undefined || method !== 'PATCH' ? NOT_FOUND : editIssue(repository, issue, body as Partial<Sent>)
}

type Sent = {
  readonly title: string
  readonly body: string
  readonly labels: readonly string[]
  readonly state: string
  readonly state_reason: string
}

function listIssues({issues, origin}: Repository, url: URL): ServerAnswer {
  const labels = (url.searchParams.get('labels') ?? '').split(',').filter(label => label !== '')
  const state = url.searchParams.get('state') ?? 'open'
  const size = Math.min(100, Number(url.searchParams.get('per_page') ?? '30'))
  const page = Number(url.searchParams.get('page') ?? '1')
  const matching = issues.filter(
    issue =>
      (state === 'all' || issue.state === state) && labels.every(label => issue.labels.some(({name}) => name === label))
  )
  const ordered = url.searchParams.get('direction') === 'asc' ? matching : matching.toReversed()
  const shown = ordered.slice((page - 1) * size, page * size)
  const next = new URL(url.pathname + url.search, origin)
  next.searchParams.set('page', String(page + 1))
  const link = ordered.length > page * size ? {link: `<${next.href}>; rel="next"`} : {}
  return {status: 200, headers: link, body: shown.map(issue => shownIssue(issue, origin))}
}

function createIssue({add, origin}: Repository, {title, body, labels = []}: Partial<Sent>): ServerAnswer {
  if (title === undefined || title === '' || (body ?? '').length > 65_536)
    return {
      status: 422,
      body: {message: 'Validation Failed', errors: [{resource: 'Issue', field: 'title', code: 'invalid'}]}
    }
  const issue = add({title, body: body ?? '', labels: labels.map(name => ({name}))})
  return {status: 201, body: shownIssue(issue, origin)}
}

function editIssue({origin}: Repository, issue: ServerIssue, edit: Partial<Sent>): ServerAnswer {
  const {title, body, state, state_reason: reason} = edit
  const isValid =
    (body ?? '').length <= 65_536 &&
    (state === undefined || state === 'open' || state === 'closed') &&
    (reason === undefined || ['completed', 'not_planned', 'reopened'].includes(reason))
  if (!isValid) return {status: 422, body: {message: 'Validation Failed'}}
  issue.title = title ?? issue.title
  issue.body = body ?? issue.body
  if (state !== undefined && state !== issue.state) {
    issue.state = state
    issue.state_reason = reason ?? (state === 'open' ? 'reopened' : 'completed')
  }
  return {status: 200, body: shownIssue(issue, origin)}
}

function shownIssue(issue: ServerIssue, origin: string): unknown {
  return {...issue, html_url: `${origin}/${GITHUB_REPOSITORY}/issues/${String(issue.number)}`}
}
