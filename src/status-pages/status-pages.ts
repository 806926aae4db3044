// The public status pages of registries. Each is requested at most once, while the run continues, after a registry failed. The
// request contains nothing about the run. A page is a hint for people: whatever goes wrong with it is ignored.

import type {Failure, FailureKind} from '../failure/failure.ts'
import type {HttpClient} from '../http/http-client.ts'
import {readLimited} from '../http/read-limited.ts'
import type {Candidate} from '../registry/candidate.ts'
import {followRedirects} from '../registry/exchange.ts'
import {decodeStatus, type StatusNotice, type StatusTopic} from './status-format.ts'

export type StatusPagesOptions = {
  readonly http: HttpClient
  readonly userAgent: string
  /** Ends the requests. */
  readonly signal: AbortSignal
}

/** A candidate without a failure, or one whose failure no status page can explain, has no notice. */
export type FailedCandidate = {readonly candidate: Candidate; readonly failure?: Failure}

/** The notices of status pages by the name of the registry. */
export type StatusNotices = ReadonlyMap<string, StatusNotice>

export type StatusPages = {
  /** Starts to request the page of a registry that failed, unless it was requested before. */
  readonly request: (failed: FailedCandidate) => void
  /** The notices for these candidates that have arrived within `waitMs`. */
  readonly notices: (candidates: readonly FailedCandidate[], waitMs: number) => Promise<StatusNotices>
  readonly close: () => void
}

/** Time limit for one page, and for a run that has nothing else to report. */
export const STATUS_LIMIT_MS = 3000

/** How long a run that found a verified image waits for the pages. */
export const STATUS_GRACE_MS = 1000

export function createStatusPages(options: StatusPagesOptions): StatusPages {
  const requests = new Map<string, Promise<StatusNotice | undefined>>()
  return {
    request: failed => {
      const page = pageOf(failed)
      if (page !== undefined && !requests.has(page.url)) requests.set(page.url, fetchNotice(options, page))
    },
    notices: async (candidates, waitMs) => {
      const {promise: late, resolve} = Promise.withResolvers<undefined>()
      const timer = setTimeout(resolve, waitMs, undefined)
      const found = await Promise.all(
        candidates.map(async failed => {
          const notice = await Promise.race([requests.get(pageOf(failed)?.url ?? ''), late])
          return notice === undefined ? [] : [[failed.candidate.repository.registry, notice] as const]
        })
      )
      clearTimeout(timer)
      return new Map(found.flat())
    },
    close: options.http.close
  }
}

// Google's list of incidents is the longest, about 100 kB on a quiet day.
const MAX_BYTES = 4 * 1024 * 1024

async function fetchNotice(
  {http, userAgent, signal}: StatusPagesOptions,
  page: StatusPage
): Promise<StatusNotice | undefined> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(STATUS_LIMIT_MS)])
  const headers = {'user-agent': userAgent, 'accept-encoding': 'identity'}
  try {
    const first = new URL(page.url)
    const {status, body} = await followRedirects(first, {
      send: ({url}) => http.send({method: 'GET', url, headers, signal: limit, freshConnection: false}),
      checkTarget: () => undefined
    })
    // A page of this length was cut.
    const bytes = await readLimited(body, MAX_BYTES)
    const notice = status === 200 && bytes.length < MAX_BYTES ? decodeStatus(bytes, page) : undefined
    return notice === undefined ? undefined : {page: first.host, ...notice}
  } catch {
    return undefined
  }
}

type StatusPage = StatusTopic & {readonly url: string}

function pageOf({candidate, failure}: FailedCandidate): StatusPage | undefined {
  // Behind a proxy that failed, the registry was not asked.
  if (failure?.kind === 'unreachable' && failure.reason === 'proxy') return undefined
  return failure !== undefined && EXPLAINABLE.has(failure.kind)
    ? PAGES.find(([names]) => names.test(candidate.repository.registry))?.[1]
    : undefined
}

/** Failures that a status page can explain. What is missing, private or published wrongly is not on one. */
const EXPLAINABLE: ReadonlySet<FailureKind> = new Set([
  'unreachable',
  'timed-out',
  'throttled',
  'server-error',
  'protocol',
  'truncated',
  'corrupt',
  'too-large'
])

const AWS: StatusPage = {
  format: 'aws',
  matches: /^ecr|Container Registry/i,
  url: 'https://health.aws.amazon.com/public/currentevents'
}
const GOOGLE: StatusPage = {
  format: 'google',
  matches: /Artifact Registry|Container Registry|Cloud Storage/,
  url: 'https://status.cloud.google.com/incidents.json'
}
const AZURE: StatusPage = {format: 'rss', matches: /./, url: 'https://azure.status.microsoft/en-us/status/feed/'}

/** By patterns that match a whole name, or whole labels before one: a host of another owner matches none. */
const PAGES: readonly (readonly [RegExp, StatusPage])[] = [
  [
    /^docker\.io$/,
    {
      format: 'status.io',
      matches: /registry|hub/i,
      url: 'https://www.dockerstatus.com/1.0/status/533c6539221ae15e3f000031'
    }
  ],
  [/^ghcr\.io$/, statuspage('www.githubstatus.com', /^Packages$/)],
  [/^quay\.io$/, statuspage('status.quay.io', /registry|quay\.io/i)],
  [
    /^registry\.gitlab\.com$/,
    {
      format: 'status.io',
      matches: /^Container Registry$/,
      url: 'https://status.gitlab.com/1.0/status/5b36dc6502d06804c08349f7'
    }
  ],
  [/^(?:public\.ecr\.aws|\d+\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com)$/, AWS],
  [/^(?:(?:[a-z]+\.)?gcr\.io|[a-z0-9-]+-docker\.pkg\.dev)$/, GOOGLE],
  [/^(?:mcr\.microsoft\.com|[a-z0-9]+\.azurecr\.io)$/, AZURE],
  [/^[a-z0-9-]+\.jfrog\.io$/, statuspage('status.jfrog.io', /artifactory/i)],
  [/^registry\.cloudflare\.com$/, statuspage('www.cloudflarestatus.com', /Containers|R2/)]
]

function statuspage(host: string, matches: RegExp): StatusPage {
  return {format: 'statuspage', matches, url: `https://${host}/api/v2/summary.json`}
}
