// Finds the right answer to each request at the registry, its token server and its CDN, and marks the requests that no
// correct client of this test would have sent. Knows no faults and no sockets.

import type {RequestFacts} from './fault.ts'
import type {StoredBlob} from './images.ts'
import type {JournalEntry} from './journal.ts'
import {type Answer, answerBlob, answerManifest, errorAnswer, jsonAnswer, xmlAnswer} from './registry-responses.ts'
import {CDN_SIGNATURE, type Place} from './registry-routes.ts'
import type {TokenDesk} from './fake-token-server.ts'

export type ClerkOptions = {
  /** How often one signed URL works; without end unless told. Then 403, as an expired one. */
  readonly signedUrlUses?: number
  /** On every answer of the registry: ratelimit-…, cf-ray, x-github-request-id. */
  readonly headers?: Readonly<Record<string, string>>
  readonly cdnHeaders?: Readonly<Record<string, string>>
  /** Repositories, or references in them (`name:tag`, `name@digest`), that a test knows to be missing: 404, and expected. */
  readonly absent?: readonly string[]
}

export type Found = {readonly right: Answer; readonly stage: RequestFacts['stage']}

export type Clerk = (entry: JournalEntry, place: Place) => Found

type ClerkParts = {
  readonly options: ClerkOptions
  readonly desk: TokenDesk
  /** Undefined when the registry serves its blobs itself. */
  readonly cdnOrigin: () => string | undefined
}

function served(right: Answer): Found {
  return {right, stage: 'serving'}
}

export function createClerk({options, desk, cdnOrigin}: ClerkParts): Clerk {
  const absent = new Set(options.absent ?? [])
  const miss: Miss = (entry, answer) => {
    const {repository = '', reference = ''} = entry
    const names = [repository, `${repository}:${reference}`, `${repository}@${reference}`]
    entry.expected = names.some(name => absent.has(name))
    return answer
  }
  const cdn = createCdn(options.signedUrlUses ?? Number.POSITIVE_INFINITY, miss)
  const registry: Clerk = (entry, place) => {
    const repository = 'repository' in place ? place.repository : undefined
    const refusal = place.object === 'unknown' ? undefined : desk.refuse(entry.headers, repository)
    if (refusal !== undefined) return {right: refusal, stage: 'challenge'}
    if (place.object === 'ping') return served(jsonAnswer(200, {}))
    if (!('stored' in place)) return served(miss(entry, errorAnswer(404, 'NOT_FOUND', 'not found')))
    const {stored, kind} = place
    if (stored === undefined) return served(miss(entry, unknownAnswer(kind)))
    if (kind === 'manifests') return served(answerManifest(stored, entry.headers))
    const origin = cdnOrigin()
    if (origin !== undefined) return {right: cdn.redirect(origin, entry.path), stage: 'redirecting'}
    return served(answerBlob(stored, entry.method, entry.headers, 'registry'))
  }
  return (entry, place) => {
    if (place.object === 'loop') return served(loopFrom(entry.path))
    if (place.object === 'token') return served(desk.answerToken(entry))
    if (entry.server === 'cdn') {
      return served(withHeaders(cdn.answer(entry, 'stored' in place ? place.stored : undefined), options.cdnHeaders))
    }
    const {right, stage} = registry(entry, place)
    return {right: withHeaders(right, {'docker-distribution-api-version': 'registry/2.0', ...options.headers}), stage}
  }
}

type Miss = (entry: JournalEntry, answer: Answer) => Answer

function withHeaders(answer: Answer, headers: Readonly<Record<string, string>> | undefined): Answer {
  return {
    ...answer,
    headers: {...answer.headers, ...headers}
  }
}

function unknownAnswer(kind: 'manifests' | 'blobs'): Answer {
  return kind === 'blobs'
    ? errorAnswer(404, 'BLOB_UNKNOWN', 'blob unknown to registry')
    : errorAnswer(404, 'MANIFEST_UNKNOWN', 'manifest unknown')
}

type Cdn = {
  readonly redirect: (origin: string, path: string) => Answer
  readonly answer: (entry: JournalEntry, stored: StoredBlob | undefined) => Answer
}

/** Each redirect signs a URL of its own. Authorization beside a signature is refused, as S3 and its kin do. */
function createCdn(usesOfOne: number, miss: Miss): Cdn {
  const uses = new Map<string, number>()
  let signed = 0
  return {
    redirect: (origin, path) => {
      signed += 1
      const query = `X-Signature=${CDN_SIGNATURE}&X-Serial=${String(signed)}`
      return {status: 307, headers: {location: `${origin}${path}?${query}`}, body: Buffer.alloc(0)}
    },
    answer: (entry, stored) => {
      const refuse = (status: number, code: string, why: string): Answer => miss(entry, xmlAnswer(status, code, why))
      const {headers, query, method} = entry
      if (headers.authorization !== undefined) return refuse(400, 'InvalidArgument', 'Only one auth mechanism allowed')
      if (query.get('X-Signature') !== CDN_SIGNATURE) return refuse(403, 'SignatureDoesNotMatch', 'no signature')
      const serial = query.get('X-Serial') ?? ''
      const used = (uses.get(serial) ?? 0) + 1
      uses.set(serial, used)
      if (used > usesOfOne) return refuse(403, 'AccessDenied', 'Request has expired')
      if (stored === undefined) return refuse(404, 'NoSuchKey', 'The specified key does not exist.')
      return answerBlob(stored, method, headers, 'cdn')
    }
  }
}

/** Two places that lead to each other. */
export function loopFrom(path: string): Answer {
  return {
    status: 307,
    headers: {location: path.endsWith('/a') ? '/loop/b' : '/loop/a'},
    body: Buffer.alloc(0)
  }
}
