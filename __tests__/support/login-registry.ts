// A registry with one image that notes who asks: every login that a client sends, in words. Its challenge, its token server's answer and
// what it says to somebody without a login are a test's to choose, so that the same registry plays Harbor, GitLab, Artifactory or ACR.

import type {IncomingMessage, ServerResponse} from 'node:http'
import type {Image} from './images.ts'
import {listen} from './listener.ts'

export type TokenAsked = {
  readonly method: string
  readonly query: URLSearchParams
  readonly form: URLSearchParams
  /** `user:password` of a Basic header; undefined without one. */
  readonly login: string | undefined
}

export type PlainAnswer = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string
}

export type LoginRegistryOptions = {
  readonly repository: string
  readonly tag: string
  readonly image: Image
  /** WWW-Authenticate for this host; several lines are several headers; none when undefined. */
  readonly challenge: (host: string) => string | readonly string[] | undefined
  /** `login` is what an Authorization header holds: `Basic user:password` or `Bearer token`. */
  readonly isAllowed: (login: string | undefined) => boolean
  readonly answerToken?: (asked: TokenAsked) => PlainAnswer
  /** What somebody who is not allowed in gets for manifests and blobs; 401 with the challenge where it says nothing. */
  readonly refusal?: (login: string | undefined) => PlainAnswer | undefined
  /** Whether manifests are handed out without a login too, so that only blobs need one. */
  readonly hasOpenManifests?: true
  /** `/v2/` answers 200 to everybody, and so tells no client that there are logins. */
  readonly hasOpenPing?: true
}

export type LoginRegistry = {
  /** `127.0.0.1:PORT`. */
  readonly host: string
  readonly port: number
  /** Each request: `GET /v2/`, `GET manifest`, `GET blob`, `GET token`, and who asked: `Basic user:password`, `Bearer token`, `-`. */
  readonly requests: readonly string[]
  /** Each login that came, once, without tokens: `user:password`, `refresh TOKEN`, `Bearer TOKEN` where none was issued. */
  readonly logins: () => readonly string[]
  readonly tokens: readonly TokenAsked[]
  readonly close: () => Promise<void>
}

export async function startLoginRegistry(options: LoginRegistryOptions): Promise<LoginRegistry> {
  const requests: string[] = []
  const logins = new Set<string>()
  const tokens: TokenAsked[] = []
  const issued = new Set<string>()
  const listener = await listen({
    connections: {count: 0},
    onRequest: async (request, response) => {
      const url = new URL(request.url ?? '/', `http://${listener.host}`)
      const login = loginOf(request)
      const body = await textOf(request)
      const note = (what: string): void => void requests.push(`${request.method ?? ''} ${what} ${login ?? '-'}`)
      if (login?.startsWith('Basic ') === true) logins.add(login.slice('Basic '.length))
      if (login?.startsWith('Bearer ') === true && !issued.has(login)) logins.add(login)
      if (url.pathname === '/token') {
        const asked = {
          ...{method: request.method ?? '', query: url.searchParams, form: new URLSearchParams(body)},
          login: login?.startsWith('Basic ') === true ? login.slice('Basic '.length) : undefined
        }
        const refresh = asked.form.get('refresh_token')
        if (refresh !== null) logins.add(`refresh ${refresh}`)
        if (asked.form.get('grant_type') === 'password')
          logins.add(`${asked.form.get('username') ?? ''}:${asked.form.get('password') ?? ''}`)
        note('token')
        tokens.push(asked)
        const answer = options.answerToken?.(asked) ?? {status: 404}
        for (const [, token] of (answer.body ?? '').matchAll(/"(?:access_)?token"\s*:\s*"([^"]+)"/gi))
          issued.add(`Bearer ${token ?? ''}`)
        send(response, answer)
        return
      }
      serve(options, listener.host, url.pathname, login, request, response, note)
    }
  })
  return {...listener, requests, logins: () => [...logins], tokens}
}

function serve(
  options: LoginRegistryOptions,
  host: string,
  path: string,
  login: string | undefined,
  request: IncomingMessage,
  response: ServerResponse,
  note: (what: string) => void
): void {
  const challenge = options.challenge(host)
  const wantsLogin = {
    ...{status: 401, body: '{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}'},
    headers: challenge === undefined ? {} : {'www-authenticate': challenge}
  }
  const isIn = options.isAllowed(login)
  if (path === '/v2/') {
    note('/v2/')
    send(response, isIn || options.hasOpenPing === true ? {status: 200, body: '{}'} : wantsLogin)
    return
  }
  const found = storedAt(options, path)
  note(found?.kind ?? path)
  const isOpen = options.hasOpenManifests === true && found?.kind === 'manifest'
  if (!isIn && !isOpen) send(response, options.refusal?.(login) ?? wantsLogin)
  else if (found === undefined) send(response, {status: 404, body: '{"errors":[{"code":"MANIFEST_UNKNOWN"}]}'})
  else {
    response.writeHead(200, {'content-type': found.mediaType, 'content-length': String(found.bytes.length)})
    response.end(request.method === 'HEAD' ? undefined : found.bytes)
  }
}

type Stored = {readonly kind: 'manifest' | 'blob'; readonly mediaType: string; readonly bytes: Buffer}

function storedAt({repository, tag, image}: LoginRegistryOptions, path: string): Stored | undefined {
  const {manifest, config, layers} = image
  if ([tag, manifest.digest].some(name => path === `/v2/${repository}/manifests/${name}`))
    return {kind: 'manifest', mediaType: manifest.mediaType, bytes: manifest.bytes}
  const blob = [config, ...layers].find(({digest}) => path === `/v2/${repository}/blobs/${digest}`)
  return blob === undefined
    ? undefined
    : {kind: 'blob', mediaType: 'application/octet-stream', bytes: Buffer.from(blob.bytes)}
}

function send(response: ServerResponse, {status, headers = {}, body = ''}: PlainAnswer): void {
  response.statusCode = status
  response.setHeader('content-type', 'application/json')
  response.setHeader('content-length', String(Buffer.byteLength(body)))
  for (const [name, value] of Object.entries(headers))
    response.setHeader(name, typeof value === 'string' ? value : [...value])
  response.end(body)
}

function loginOf({headers}: IncomingMessage): string | undefined {
  const [, scheme = '', text = ''] = /^(\S+) (.*)$/.exec(headers.authorization ?? '') ?? []
  if (scheme === '') return undefined
  return scheme.toLowerCase() === 'basic' ? `Basic ${Buffer.from(text, 'base64').toString()}` : `Bearer ${text}`
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
