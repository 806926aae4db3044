// The public status pages of registries: asked once each when a registry failed, beside the work. Nothing of the run is sent but
// that somebody asks; what goes wrong here is nobody's failure, and says nothing.

import type {Failure, FailureKind} from '../failure/failure.ts'
import {decodeStatus, type StatusTopic, type StatusNotice} from './status-format.ts'
import type {Candidate} from './candidate.ts'
import type {HttpBody} from '../http/body.ts'
import type {HttpClient} from '../http/http-client.ts'

/** What is known of a registry that failed. */
type FailedCandidate = {readonly candidate: Candidate; readonly failure?: Failure}

export type StatusPages = {
  /** A registry failed: asks its page, where it has one that was not asked yet. */
  readonly ask: (story: FailedCandidate) => void
  /** The notice for each registry, in the same order. Waits longer for pages that have not answered if the image is unavailable. */
  readonly noticesFor: (
    results: readonly FailedCandidate[],
    isUnavailable: boolean
  ) => Promise<readonly (StatusNotice | undefined)[]>
  readonly close: () => void
}

type StatusPage = StatusTopic & {readonly url: string}

/** A hint is not worth more than this. */
export const STATUS_LIMIT_MS = 3000

/** How long a build that goes on waits for it when its work is done. */
const GRACE_MS = 1000

// Google's list of incidents is the longest, about 100 kB on a quiet day.
const MAX_BYTES = 4 * 1024 * 1024

const MAX_REDIRECTS = 3

function statuspage(host: string, about: RegExp): StatusPage {
  return {
    ...{format: 'statuspage', matches: about},
    url: `https://${host}/api/v2/summary.json`
  }
}

const AWS: StatusPage = {
  ...{format: 'aws', matches: /^ecr|Container Registry/i},
  url: 'https://health.aws.amazon.com/public/currentevents'
}
const GOOGLE: StatusPage = {
  ...{format: 'google', matches: /Artifact Registry|Container Registry|Cloud Storage/},
  url: 'https://status.cloud.google.com/incidents.json'
}
const AZURE: StatusPage = {...{format: 'rss', matches: /./}, url: 'https://azure.status.microsoft/en-us/status/feed/'}

/** Whole names, or whole labels in front of a name: nobody else's host ends in them. */
const PAGES: readonly (readonly [RegExp, StatusPage])[] = [
  [
    /^docker\.io$/,
    {
      ...{format: 'status.io', matches: /registry|hub/i},
      url: 'https://www.dockerstatus.com/1.0/status/533c6539221ae15e3f000031'
    }
  ],
  [/^ghcr\.io$/, statuspage('www.githubstatus.com', /^Packages$/)],
  [/^quay\.io$/, statuspage('status.quay.io', /registry|quay\.io/i)],
  [
    /^registry\.gitlab\.com$/,
    {
      ...{format: 'status.io', matches: /^Container Registry$/},
      url: 'https://status.gitlab.com/1.0/status/5b36dc6502d06804c08349f7'
    }
  ],
  [/^(?:public\.ecr\.aws|\d+\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com)$/, AWS],
  [/^(?:(?:[a-z]+\.)?gcr\.io|[a-z0-9-]+-docker\.pkg\.dev)$/, GOOGLE],
  [/^(?:mcr\.microsoft\.com|[a-z0-9]+\.azurecr\.io)$/, AZURE],
  [/^[a-z0-9-]+\.jfrog\.io$/, statuspage('status.jfrog.io', /artifactory/i)],
  [/^registry\.cloudflare\.com$/, statuspage('www.cloudflarestatus.com', /Containers|R2/)]
]

/** Failures on which a status page may have a word. What is missing, private or wrongly published is not on one. */
function isForPage(kind: FailureKind): boolean {
  return [
    'unreachable',
    'timed-out',
    'throttled',
    'server-error',
    'protocol',
    'truncated',
    'corrupt',
    'too-large'
  ].includes(kind)
}

export type StatusPagesOptions = {
  readonly http: HttpClient
  readonly userAgent: string
  /** Ends what is being asked. */
  readonly signal: AbortSignal
}

export function createStatusPages({http, userAgent, signal}: StatusPagesOptions): StatusPages {
  const asked = new Map<string, Promise<StatusNotice | undefined>>()
  const fetchWord = async (page: StatusPage): Promise<StatusNotice | undefined> => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(STATUS_LIMIT_MS)])
    const headers = {'user-agent': userAgent, 'accept-encoding': 'identity'}
    try {
      let url = new URL(page.url)
      for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
        const {
          status,
          headers: answered,
          body
        } = await http.send({
          ...{method: 'GET', url, headers, signal: limit},
          freshConnection: false
        })
        const bytes = await readAll(body)
        const location = answered.get('location')
        if (status < 300 || status > 399 || location === undefined) {
          if (status !== 200 || bytes === undefined) return undefined
          const word = decodeStatus(bytes, page)
          return word === undefined ? undefined : {page: new URL(page.url).host, ...word}
        }
        url = new URL(location, url)
        if (url.protocol !== 'https:') return undefined
      }
      return undefined
    } catch {
      // A page that cannot be had is no news beside a registry that failed.
      return undefined
    }
  }
  // The page of a registry that failed in a way on which one may have a word.
  const pageOf = ({candidate, failure}: FailedCandidate): StatusPage | undefined =>
    failure !== undefined && isForPage(failure.kind)
      ? PAGES.find(([names]) => names.test(candidate.repository.registry))?.[1]
      : undefined
  return {
    ask: story => {
      const page = pageOf(story)
      if (page !== undefined && !asked.has(page.url)) asked.set(page.url, fetchWord(page))
    },
    noticesFor: async (results, isUnavailable) => {
      const {promise: late, resolve} = Promise.withResolvers<undefined>()
      const timer = setTimeout(
        () => {
          resolve(undefined)
        },
        isUnavailable ? STATUS_LIMIT_MS : GRACE_MS
      )
      const notices = await Promise.all(
        results.map(result => Promise.race([asked.get(pageOf(result)?.url ?? ''), late]))
      )
      clearTimeout(timer)
      return notices
    },
    close: http.close
  }
}

async function readAll(body: HttpBody): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = []
  let received = 0
  for await (const chunk of body) {
    received += chunk.length
    if (received > MAX_BYTES) return undefined
    // It is lent until the next one is asked for.
    chunks.push(Buffer.from(chunk))
  }
  return Buffer.concat(chunks)
}
