// Every situation that push-faults.test.ts shows: what a target does while an image is copied to it, for how long, and what is left there.
// Expectations are written by hand here, from CONTRACT's promise: nothing half done is visible under a tag, and the next run finishes.

import type {FailureKind} from '../../src/failure/failure.ts'
import {type Action, type Fault, type FaultTarget, htmlPage, ociError, tooManyRequests} from './fault.ts'
import type {Auth} from './fake-token-server.ts'
import type {PushOptions} from './push-handler.ts'

export type PushOutcome = {
  readonly result: 'copied' | 'failed'
  /** Of the failure, `-` for none. */
  readonly kind: FailureKind | '-'
  /** What the tag leads to afterwards. */
  readonly left: 'the image' | 'no tag' | 'the former image'
}

export type PushSituation = {
  readonly what: string
  readonly where: string
  readonly lasts: 'once' | 'twice' | 'always' | 'as set up'
  readonly faults: readonly Fault[]
  readonly expected: PushOutcome
  /** Words of the advice or the warning. */
  readonly says?: RegExp
  readonly push?: PushOptions
  readonly auth?: Auth
  readonly inputs?: Readonly<Record<string, string>>
  /** The target has another image under the tag. */
  readonly hasFormer?: boolean
  /** The next run meets the same, and ends the same. */
  readonly lastsForever?: boolean
}

export const PUSH_USERNAME = 'pusher'
export const PUSH_PASSWORD = 'correct-horse-battery'

const WRITES = ['upload', 'upload-put', 'manifest-put', 'tag-put'] as const

const COPIED: PushOutcome = {result: 'copied', kind: '-', left: 'the image'}

function failed(kind: FailureKind): PushOutcome {
  return {result: 'failed', kind, left: 'no tag'}
}

type Kind = {
  readonly what: string
  readonly do: Action
  readonly once?: PushOutcome
  readonly always?: PushOutcome
  readonly says?: RegExp
  readonly only?: readonly (typeof WRITES)[number][]
  readonly fault?: Partial<Fault>
  readonly inputs?: Readonly<Record<string, string>>
}

const QUOTA = ociError(403, 'DENIED', 'adding 12 MiB will exceed the configured quota of 10 MiB')

const KINDS: readonly Kind[] = [
  {
    what: 'answers 503',
    do: ociError(503, 'UNAVAILABLE'),
    once: COPIED,
    always: failed('server-error'),
    says: /Run the step again when .* works/
  },
  {what: 'answers 500', do: ociError(500, 'UNKNOWN'), once: COPIED},
  {what: 'answers 429', do: tooManyRequests(), once: COPIED, always: failed('throttled'), says: /limits requests/},
  {
    what: 'answers 429 with a Retry-After of an hour',
    do: tooManyRequests('3600'),
    always: failed('throttled'),
    says: /Run the step again later/,
    only: ['upload-put', 'tag-put']
  },
  {
    what: "answers 403 with GitHub's secondary rate limit",
    do: ociError(403, 'DENIED', 'You have exceeded a secondary rate limit'),
    once: COPIED,
    always: failed('throttled'),
    says: /limits requests/,
    only: ['upload', 'manifest-put']
  },
  {
    what: 'resets the connection',
    do: {kind: 'reset'},
    once: COPIED,
    always: failed('unreachable'),
    says: /Check that this runner reaches/
  },
  {what: 'closes the connection without an answer', do: {kind: 'close'}, once: COPIED},
  {
    what: 'closes the connection in the middle of the request',
    do: {kind: 'close'},
    once: COPIED,
    only: ['upload-put', 'manifest-put'],
    fault: {early: true}
  },
  {
    what: 'stores what it got, and its answer is lost',
    do: {kind: 'close'},
    once: COPIED,
    only: ['upload-put', 'manifest-put', 'tag-put'],
    fault: {stores: true}
  },
  {
    what: 'does not answer',
    do: {kind: 'hang'},
    always: failed('timed-out'),
    says: /Run the step again/,
    inputs: {'stall-timeout': '2s', attempts: '1'}
  },
  {
    what: 'answers 401 without a challenge',
    do: ociError(401, 'UNAUTHORIZED'),
    once: COPIED,
    only: ['upload', 'tag-put']
  },
  {
    what: 'answers 403',
    do: ociError(403, 'DENIED', 'requested access to the resource is denied'),
    once: COPIED,
    always: failed('denied'),
    says: /Log in to .* with an account that may push/
  },
  {
    what: 'answers 404 NAME_UNKNOWN',
    do: ociError(404, 'NAME_UNKNOWN', 'The repository does not exist'),
    always: failed('not-found'),
    says: /Create the repository/,
    only: ['upload', 'manifest-put']
  },
  {
    what: 'answers with a web page',
    do: htmlPage(),
    once: COPIED,
    always: failed('protocol'),
    says: /a web page came where a registry should answer/,
    only: ['upload', 'upload-put']
  },
  {
    what: 'answers 403, a quota is used up',
    do: QUOTA,
    always: failed('denied'),
    says: /raise its quota/,
    only: ['upload-put', 'manifest-put']
  },
  {
    what: 'answers 507, its storage is full',
    do: ociError(507, 'UNKNOWN', 'insufficient storage'),
    always: failed('server-error'),
    says: /raise its quota/,
    only: ['upload-put']
  },
  {
    what: 'answers 413 before the body came, as nginx does',
    do: {...htmlPage(413)},
    always: failed('protocol'),
    says: /client_max_body_size/,
    only: ['upload-put'],
    fault: {early: true}
  },
  {
    what: 'answers 400 MANIFEST_BLOB_UNKNOWN',
    do: ociError(400, 'MANIFEST_BLOB_UNKNOWN', 'blob unknown to registry'),
    once: COPIED,
    always: failed('protocol'),
    says: /Check whether/,
    only: ['manifest-put']
  },
  {
    what: 'answers 400 DIGEST_INVALID',
    do: ociError(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content'),
    once: COPIED,
    always: failed('protocol'),
    says: /Check whether/,
    only: ['upload-put']
  },
  {
    what: 'answers 404 BLOB_UPLOAD_UNKNOWN, the session has expired',
    do: ociError(404, 'BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry'),
    always: failed('not-found'),
    says: /Create the repository/,
    only: ['upload-put']
  },
  {
    what: 'answers 415, it does not take the media type',
    do: ociError(415, 'MANIFEST_INVALID', 'manifest invalid'),
    always: failed('protocol'),
    says: /takes images of this type/,
    only: ['manifest-put']
  },
  {
    what: 'redirects with 303',
    do: {kind: 'redirect', to: '/elsewhere', status: 303},
    always: failed('protocol'),
    says: /Check whether/,
    only: ['upload', 'manifest-put']
  },
  {
    what: 'opens an upload without a Location',
    do: {kind: 'headers', drop: ['location']},
    always: failed('protocol'),
    only: ['upload']
  },
  {
    what: 'opens an upload at a link-local address',
    do: {kind: 'headers', set: {location: 'http://169.254.169.254/latest'}},
    always: failed('protocol'),
    only: ['upload']
  },
  {
    what: 'opens an upload at an address of another scheme',
    do: {kind: 'headers', set: {location: 'file:///etc/passwd'}},
    always: failed('protocol'),
    only: ['upload']
  }
]

function rowsOf({
  what,
  once,
  always,
  only = WRITES,
  fault = {},
  says,
  inputs,
  ...kind
}: Kind): readonly PushSituation[] {
  return only.flatMap(where => {
    const on = {on: where, do: kind.do, ...fault} as const
    const row = {what, where, ...(inputs === undefined ? {} : {inputs})}
    return [
      ...(once === undefined ? [] : [{...row, lasts: 'once' as const, faults: [on], expected: once}]),
      ...(always === undefined
        ? []
        : [
            {
              ...row,
              lasts: 'always' as const,
              faults: [{...on, times: 'always' as const}],
              expected: always,
              ...(says === undefined ? {} : {says})
            }
          ])
    ]
  })
}

const BEARER: Auth = {
  kind: 'bearer',
  realmHost: 'separate',
  credentials: [{username: PUSH_USERNAME, password: PUSH_PASSWORD}]
}
const LOGIN = {'target-username': PUSH_USERNAME, 'target-password': PUSH_PASSWORD}

function reading(on: FaultTarget, doing: Action, fault: Partial<Fault> = {}): Fault {
  return {on, do: doing, ...fault}
}

const OTHERS: readonly PushSituation[] = [
  {
    what: 'answers 503 to a HEAD',
    where: 'blob',
    lasts: 'once',
    faults: [reading('blob', ociError(503, 'UNAVAILABLE'), {method: 'HEAD'})],
    expected: COPIED
  },
  {
    what: 'answers 503 to what is there',
    where: 'manifest',
    lasts: 'always',
    faults: [reading('manifest', ociError(503, 'UNAVAILABLE'), {times: 'always'})],
    expected: failed('server-error'),
    says: /Run the step again when/
  },
  {
    what: 'lists no referrers, and answers 404 for the API',
    where: 'referrers',
    lasts: 'as set up',
    faults: [],
    expected: COPIED
  },
  {
    what: 'has the referrers API',
    where: 'referrers',
    lasts: 'as set up',
    faults: [],
    push: {referrers: true},
    expected: COPIED
  },
  {
    what: 'has another image under the tag',
    where: 'tag',
    lasts: 'as set up',
    faults: [],
    hasFormer: true,
    expected: COPIED
  },
  {
    what: 'has another image under the tag, and tags are immutable',
    where: 'tag',
    lasts: 'as set up',
    faults: [],
    hasFormer: true,
    push: {immutableTags: true},
    expected: {result: 'copied', kind: '-', left: 'the former image'},
    says: /is immutable .* keeps its digest; the image is at/,
    lastsForever: true
  },
  {
    what: 'has another image under the tag, and answers 503',
    where: 'tag-put',
    lasts: 'always',
    faults: [reading('tag-put', ociError(503, 'UNAVAILABLE'), {times: 'always'})],
    hasFormer: true,
    expected: {result: 'failed', kind: 'server-error', left: 'the former image'}
  },
  {
    what: 'has no such repository, and makes none',
    where: 'repository',
    lasts: 'as set up',
    faults: [],
    push: {repositories: []},
    expected: failed('not-found'),
    says: /Create the repository/,
    lastsForever: true
  },
  {
    what: 'takes uploads at another port, which gets no credentials',
    where: 'upload',
    lasts: 'as set up',
    faults: [],
    auth: BEARER,
    inputs: LOGIN,
    push: {uploads: 'elsewhere'},
    expected: COPIED
  },
  {
    what: 'asks for a token, and the login is right',
    where: 'token',
    lasts: 'as set up',
    faults: [],
    auth: BEARER,
    inputs: LOGIN,
    expected: COPIED
  },
  {
    what: 'asks for a password, and it is right',
    where: 'token',
    lasts: 'as set up',
    faults: [],
    auth: {kind: 'basic', username: PUSH_USERNAME, password: PUSH_PASSWORD},
    inputs: LOGIN,
    expected: COPIED
  },
  {
    what: 'asks for a password, and it is wrong',
    where: 'token',
    lasts: 'as set up',
    faults: [],
    auth: {kind: 'basic', username: PUSH_USERNAME, password: PUSH_PASSWORD},
    inputs: {...LOGIN, 'target-password': 'wrong-horse-battery'},
    expected: failed('unauthorized'),
    says: /check target-username and target-password/,
    lastsForever: true
  },
  {
    what: 'asks for a password, and there is none',
    where: 'token',
    lasts: 'as set up',
    faults: [],
    auth: {kind: 'basic', username: PUSH_USERNAME, password: PUSH_PASSWORD},
    expected: failed('unauthorized'),
    says: /set target-username and target-password/,
    lastsForever: true
  },
  {
    what: 'answers 503 to a token request',
    where: 'token',
    lasts: 'once',
    faults: [reading('token', ociError(503, 'UNAVAILABLE'))],
    auth: BEARER,
    inputs: LOGIN,
    expected: COPIED
  },
  {
    what: 'rejects a token in the middle: it has expired',
    where: 'token',
    lasts: 'as set up',
    faults: [],
    auth: {...BEARER, expiresAfterRequests: 20},
    inputs: LOGIN,
    expected: COPIED
  },
  {
    what: 'quotes the password in its answer',
    where: 'upload',
    lasts: 'always',
    faults: [reading('upload', {kind: 'echo', status: 403}, {times: 'always'})],
    auth: BEARER,
    inputs: LOGIN,
    expected: failed('denied'),
    says: /Give the account the right to push/
  }
]

export const PUSH_SITUATIONS: readonly PushSituation[] = [...KINDS.flatMap(rowsOf), ...OTHERS]
