// Issues of one repository over GitHub's REST API. IssuesPort is what the rooms above ask for; tests implement it in memory.
// Anyone can open an issue in a public repository, so each issue says whether its author belongs to the repository.

import {fail} from '../failure/error.ts'
import {isObject} from '../oci/go-json.ts'
import type {GitHubApi} from './github-api.ts'

export type Issue = {
  readonly number: number
  readonly state: 'open' | 'closed'
  readonly title: string
  readonly body: string
  /** For people. */
  readonly url: string
  /** An app that is installed here, or a person who can write here, opened it. */
  readonly isByMember: boolean
}

export type IssueEdit = {
  readonly title?: string
  readonly body?: string
  readonly state?: 'open' | 'closed'
  /** Why it is closed. */
  readonly reason?: 'completed' | 'not_planned'
}

/** Each rejects with a VerifiedImageError. */
export type IssuesPort = {
  /** All issues with a label, open and closed, the oldest first. */
  readonly list: (label: string) => Promise<readonly Issue[]>
  readonly create: (issue: {readonly title: string; readonly body: string; readonly label: string}) => Promise<Issue>
  readonly edit: (number: number, edit: IssueEdit) => Promise<Issue>
}

/** What GitHub takes as the body of an issue. */
export const MAX_ISSUE_CHARACTERS = 65_536

// A label that people use for other things, too.
const MAX_PAGES = 10

/** `repository` is `OWNER/REPO`. */
export function createIssues(api: GitHubApi, repository: string): IssuesPort {
  const base = `/repos/${repository}/issues`
  return {
    list: async label => {
      const issues: Issue[] = []
      let path: string | undefined =
        `${base}?${new URLSearchParams({labels: label, state: 'all', sort: 'created', direction: 'asc', per_page: '100'}).toString()}`
      for (let page = 0; path !== undefined && page < MAX_PAGES; page++) {
        const {json, nextPath} = await api.send({method: 'GET', path})
        if (!Array.isArray(json)) return failShape()
        // GitHub lists pull requests as issues.
        issues.push(...json.filter(item => !(isObject(item) && 'pull_request' in item)).map(decodeIssue))
        path = nextPath
      }
      return issues
    },
    create: async ({title, body, label}) => {
      const {json} = await api.send({method: 'POST', path: base, body: {title, body, labels: [label]}})
      return decodeIssue(json)
    },
    edit: async (number, {reason, ...edit}) => {
      const body = {...edit, ...(reason === undefined ? {} : {state_reason: reason})}
      const {json} = await api.send({method: 'PATCH', path: `${base}/${String(number)}`, body})
      return decodeIssue(json)
    }
  }
}

const MEMBERS = ['OWNER', 'MEMBER', 'COLLABORATOR']

function decodeIssue(json: unknown): Issue {
  if (!isObject(json)) return failShape()
  const {
    number,
    state,
    title,
    body,
    html_url: url,
    user,
    author_association: association
  } = json as Record<string, unknown>
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 1) return failShape()
  if (state !== 'open' && state !== 'closed') return failShape()
  const isBot = isObject(user) && user['type'] === 'Bot'
  return {
    number,
    state,
    title: typeof title === 'string' ? title : '',
    body: typeof body === 'string' ? body : '',
    url: typeof url === 'string' ? url : '',
    isByMember: isBot || (typeof association === 'string' && MEMBERS.includes(association))
  }
}

function failShape(): never {
  return fail({kind: 'protocol', detail: "GitHub's API answered with something that is no issue", isHtml: false})
}
