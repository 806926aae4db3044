// GitHub's API for attestations (REST, "Repository attestations"): the bundles that a repository has for a digest.
// The job's token goes to the API alone. A bundle may be at another host, under a signed address that needs no token.

import {fail} from '../failure/error.ts'
import type {HttpClient} from '../http/http-client.ts'
import {isPrivateHost} from '../http/private-address.ts'
import type {Digest} from '../oci/digest.ts'
import {decodeJsonObject, isObject, stringAt} from '../oci/json.ts'
import {exchange, followRedirects, type RateLimit} from '../registry/exchange.ts'
import {isLoopback} from '../registry/plain-http.ts'
import type {FetchRequest} from '../registry/registry.ts'
import {failureOfStatus, MAX_ERROR_BYTES} from '../registry/response.ts'
import {readLimited} from '../http/read-limited.ts'
import type {HttpBody} from '../http/body.ts'

/** A bundle as JSON, or the address of one. */
export type Attestation =
  {readonly kind: 'bundle'; readonly json: Uint8Array} | {readonly kind: 'address'; readonly url: URL}

export type GithubRequest = Omit<FetchRequest, 'repository'>

export type AttestationsPort = {
  /** The host, for messages. */
  readonly host: string
  /** Attestations of a repository, or of an owner, for a digest. None where GitHub knows no such owner, repository, or digest. */
  readonly list: (
    request: GithubRequest & {readonly owner: string; readonly repository: string | undefined; readonly digest: Digest}
  ) => Promise<readonly Attestation[]>
  /** The bytes behind an address: a block of Snappy. */
  readonly fetchBundle: (request: GithubRequest & {readonly url: URL}) => Promise<Uint8Array>
}

export type AttestationsOptions = {
  readonly http: HttpClient
  /** GITHUB_API_URL, or that of github.com. */
  readonly apiUrl: string
  readonly token: string | undefined
  readonly userAgent: string
  readonly nowMs: () => number
  readonly wallClockMs: () => number
  /** The most bytes of one bundle. */
  readonly maxBundleBytes: number
  /** The most attestations to list. */
  readonly limit: number
  /** Waits until the next request may be sent to a host. Absent where requests are not limited. */
  readonly limitRate?: RateLimit | undefined
}

const DEFAULT_API = 'https://api.github.com'

// A page of a hundred bundles of 20 kB each has 2 MB. Provenance of large matrices has more.
const MAX_PAGE_BYTES = 16 * 1024 * 1024

export function createAttestationsPort(options: AttestationsOptions): AttestationsPort {
  const api = apiOf(options.apiUrl)
  return {
    host: api.host,
    list: async ({owner, repository, digest, ...request}) => {
      // An owner is an organization or a user, and each has a path of its own.
      const paths = repository === undefined ? [`orgs/${owner}`, `users/${owner}`] : [`repos/${owner}/${repository}`]
      for (const path of paths) {
        const bytes = await send(options, request, {
          url: new URL(`${api.href}/${path}/attestations/${digest}?per_page=${String(Math.min(100, options.limit))}`),
          headers: headersOf(options),
          maxBytes: MAX_PAGE_BYTES
        })
        if (bytes !== undefined) return attestationsIn(bytes).slice(0, options.limit)
      }
      return []
    },
    fetchBundle: async ({url, ...request}) => {
      if (url.protocol !== 'https:' && !isLoopback(api.host)) refuse(`the bundle is not at an https address`)
      if (isPrivateHost(url.hostname) && !isPrivateHost(api.hostname))
        refuse(`the bundle is at the private address ${url.host}`)
      const bytes = await send(options, request, {url, headers: {}, maxBytes: options.maxBundleBytes})
      return bytes ?? fail({kind: 'not-found', status: 404, detail: ''})
    }
  }
}

type Api = {readonly href: string; readonly host: string; readonly hostname: string}

/** A runner sets GITHUB_API_URL, and so can an earlier step: the token is not sent in the clear. */
function apiOf(text: string): Api {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isSafe = url !== undefined && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.host)))
  const used = isSafe ? url : new URL(DEFAULT_API)
  return {href: used.href.replace(/\/+$/, ''), host: used.host, hostname: used.hostname}
}

function headersOf({token}: AttestationsOptions): Readonly<Record<string, string>> {
  return {
    accept: 'application/vnd.github+json',
    'x-github-api-version': '2022-11-28',
    ...(token === undefined ? {} : {authorization: `Bearer ${token}`})
  }
}

type Outgoing = {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly maxBytes: number
}

/** The body; undefined where there is nothing. Headers are for the first origin alone. */
async function send(
  {http, userAgent, nowMs, wallClockMs, limitRate}: AttestationsOptions,
  request: GithubRequest,
  {url: first, headers, maxBytes}: Outgoing
): Promise<Uint8Array | undefined> {
  const from = {...request, repository: {registry: first.host, path: ''}}
  const answer = await followRedirects(first, {
    send: ({url, isDirect}) =>
      exchange({http, userAgent, nowMs, limitRate}, from, url, {method: 'GET', headers: isDirect ? headers : {}}),
    checkTarget: target => {
      if (isPrivateHost(target.hostname) && !isPrivateHost(first.hostname))
        refuse(`a redirect to the private address ${target.host}`)
    }
  })
  const {status, body, isDirect} = answer
  if (status === 200) return readWhole(body, maxBytes)
  const error = await readLimited(body, MAX_ERROR_BYTES)
  // 422: the digest is of a kind that GitHub does not know.
  if (status === 404 || status === 422) return undefined
  const author = isDirect ? 'registry' : 'elsewhere'
  const response = {status, headers: answer.headers, body: error, author} as const
  return fail(failureOfStatus(response, {credentials: 'none', nowMs: wallClockMs()}))
}

async function readWhole(body: HttpBody, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let received = 0
  for await (const chunk of body) {
    received += chunk.length
    if (received > maxBytes)
      fail({kind: 'too-large', limitBytes: maxBytes, detail: `more than ${String(maxBytes)} bytes of attestations`})
    chunks.push(Buffer.from(chunk))
  }
  return Buffer.concat(chunks)
}

function attestationsIn(bytes: Uint8Array): readonly Attestation[] {
  const json = decodeJsonObject(bytes)
  const list = json.ok ? json.value['attestations'] : undefined
  if (!Array.isArray(list)) return refuse('the list of attestations is not valid')
  return list.filter(isObject).flatMap((entry): readonly Attestation[] => {
    const bundle = entry['bundle']
    if (isObject(bundle)) return [{kind: 'bundle', json: Buffer.from(JSON.stringify(bundle))}]
    const url = stringAt(entry, 'bundle_url') ?? ''
    return URL.canParse(url) ? [{kind: 'address', url: new URL(url)}] : []
  })
}

function refuse(detail: string): never {
  return fail({kind: 'protocol', detail, isHtml: false})
}
