// Attestations in GitHub's API (REST, "Repository attestations"): the bundles that a repository has for a digest.
// A bundle may be at another host, under a signed address, which gets no token.

import {fail, VerifiedImageError} from '../failure/error.ts'
import {isPrivateHost} from '../http/private-address.ts'
import {readLimited} from '../http/read-limited.ts'
import type {Digest} from '../oci/digest.ts'
import {decodeJsonObject, isObject, stringAt} from '../oci/json.ts'
import {exchange, followRedirects} from '../registry/exchange.ts'
import {isLoopback} from '../registry/plain-http.ts'
import {failureOfStatus, MAX_ERROR_BYTES} from '../registry/response.ts'
import {
  createGitHubApi,
  type GitHubApiOptions,
  type GitHubAttempt,
  type GitHubResponse,
  readWhole
} from './github-api.ts'

/** A bundle as JSON, or the address of one. */
export type Attestation =
  {readonly kind: 'bundle'; readonly json: Uint8Array} | {readonly kind: 'address'; readonly url: URL}

/** `isCutShort`: there are more than are listed. */
export type AttestationList = {readonly attestations: readonly Attestation[]; readonly isCutShort: boolean}

export type AttestationsPort = {
  /** The host, for messages. */
  readonly host: string
  /** Attestations of a repository, or of an owner, for a digest. None where GitHub knows no such owner, repository, or digest. */
  readonly list: (
    request: GitHubAttempt & {readonly owner: string; readonly repository: string | undefined; readonly digest: Digest}
  ) => Promise<AttestationList>
  /** The bytes behind an address: a block of Snappy. */
  readonly fetchBundle: (request: GitHubAttempt & {readonly url: URL}) => Promise<Uint8Array>
}

export type AttestationsOptions = GitHubApiOptions & {
  /** The most bytes of one bundle. */
  readonly maxBundleBytes: number
  /** The most attestations to list. */
  readonly limit: number
}

export function createAttestationsPort(options: AttestationsOptions): AttestationsPort {
  const {url: base, limit} = options
  return {
    host: base.host,
    list: async ({owner, repository, digest, ...attempt}) => {
      // An owner is an organization or a user, and each has a path of its own.
      const paths = repository === undefined ? [`orgs/${owner}`, `users/${owner}`] : [`repos/${owner}/${repository}`]
      for (const path of paths) {
        const page = `/${path}/attestations/${digest}?per_page=${String(Math.min(100, limit))}`
        const response = await unlessMissing(() => listPage(options, attempt, page))
        if (response === undefined) continue
        const attestations = attestationsIn(response.body)
        return {
          attestations: attestations.slice(0, limit),
          isCutShort: attestations.length > limit || response.nextPath !== undefined
        }
      }
      return {attestations: [], isCutShort: false}
    },
    fetchBundle: async ({url, ...attempt}) => {
      if (url.protocol !== 'https:' && !isLoopback(base.host)) refuse(`the bundle is not at an https address`)
      checkTarget(url, base)
      return fetchFrom(options, attempt, url)
    }
  }
}

/** A token that may not read a public repository, or has expired, gets less than no token. */
async function listPage(options: AttestationsOptions, attempt: GitHubAttempt, path: string): Promise<GitHubResponse> {
  const request = {method: 'GET', path} as const
  try {
    return await createGitHubApi(options).send(attempt, request)
  } catch (error) {
    const kind = error instanceof VerifiedImageError ? error.failure.kind : undefined
    if (options.token === undefined || (kind !== 'unauthorized' && kind !== 'denied')) throw error
    const answer = createGitHubApi({...options, token: undefined}).send(attempt, request)
    // The refusal of the token says more than that of a stranger.
    return await answer.catch(() => {
      throw error
    })
  }
}

/** 422: the digest is of a kind that GitHub does not know. */
async function unlessMissing(list: () => Promise<GitHubResponse>): Promise<GitHubResponse | undefined> {
  try {
    return await list()
  } catch (error) {
    const failure = error instanceof VerifiedImageError ? error.failure : undefined
    if (failure !== undefined && 'status' in failure && [404, 422].includes(failure.status ?? 0)) return undefined
    throw error
  }
}

/** The answer of the API chooses the address of a bundle: it must not be one that only this runner can reach. */
function checkTarget(url: URL, base: URL): void {
  if (isPrivateHost(url.hostname) && !isPrivateHost(base.hostname))
    refuse(`the bundle is at the private address ${url.host}`)
}

async function fetchFrom(options: AttestationsOptions, attempt: GitHubAttempt, first: URL): Promise<Uint8Array> {
  const from = {...attempt, repository: {registry: first.host, path: ''}}
  const answer = await followRedirects(first, {
    send: ({url}) => exchange(options, from, url, {method: 'GET', headers: {}}),
    checkTarget: target => {
      checkTarget(target, options.url)
    }
  })
  const {status, headers, body} = answer
  if (status === 200) return readWhole(body, options.maxBundleBytes)
  const error = await readLimited(body, MAX_ERROR_BYTES)
  const nowMs = options.wallClockMs()
  return fail(failureOfStatus({status, headers, body: error, author: 'elsewhere'}, {credentials: 'none', nowMs}))
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
