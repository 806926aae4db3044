// A correct registry on loopback with scripted faults on top, for tests of HTTP: registry, token server, and CDN, optionally on ports of
// their own. assertQuiet throws for requests that match nothing, and for faults that no request met.

import type {IncomingMessage, ServerResponse} from 'node:http'
import {type Applied, createFaultScript, type Fault, type RequestFacts, type ServerName} from './fault.ts'
import {type JournalEntry, summaryOf} from './journal.ts'
import {listen, type Listener, type TlsPair} from './listener.ts'
import {type FakeResponse, errorResponse} from './registry-responses.ts'
import {type RequestHandlerOptions, createRequestHandler, loopFrom} from './request-handler.ts'
import {createReadLag, type ReadLag} from './read-lag.ts'
import {createPushHandler, pushObjectOf, type PushOptions} from './push-handler.ts'
import {addContent, type Repositories, type RepositoryContent} from './registry-content.ts'
import {CDN_SIGNATURE, routeOf, type Route} from './registry-routes.ts'
import {applyFault} from './apply-fault.ts'
import {type Auth, createFakeTokenServer} from './fake-token-server.ts'
import {sendResponse} from './send-response.ts'

export type FaultRegistryOptions = RequestHandlerOptions & {
  readonly content?: readonly RepositoryContent[]
  /** The default is none. */
  readonly auth?: Auth
  /** Blobs come from the registry itself (the default), or from a CDN on another port behind a 307 with a signed URL. */
  readonly blobs?: 'direct' | 'redirect'
  /** The origin of the CDN in Location, if it differs from its address: `https://production.cloudflare.docker.com`. */
  readonly cdnOrigin?: string
  readonly faults?: readonly Fault[]
  /** It takes pushes. Without it, a push is an unexpected request. */
  readonly push?: PushOptions
  readonly tls?: TlsPair
  /** Called for each request, before its response. */
  readonly onRequest?: (entry: JournalEntry) => void
}

export type FaultRegistry = {
  /** `127.0.0.1:PORT`. */
  readonly host: string
  readonly ports: Readonly<Record<ServerName, number>>
  readonly journal: readonly JournalEntry[]
  /** The requests as summaryOf writes them, of all servers or of one. */
  readonly requests: (server?: ServerName) => string[]
  /** The number of TCP connections to all its servers. */
  readonly connections: () => number
  readonly unusedFaults: () => Fault[]
  readonly unexpected: () => JournalEntry[]
  /** Throws when no request met a fault, or a request matched nothing. */
  readonly assertQuiet: () => void
  /** The issued tokens and the signature of the CDN, which must not be in any log. */
  readonly secrets: () => string[]
  readonly addFault: (fault: Fault) => void
  /** From now on, everything is correct. */
  readonly stopFaults: () => void
  readonly addContent: (content: RepositoryContent) => void
  /** What a repository has: digests by tag, and the digests of its manifests and blobs. */
  readonly contentOf: (repository: string) => RepositoryView
  /** Loses a blob or manifest. */
  readonly remove: (repository: string, digest: string) => void
  /** Resolves once this holds for the number of requests of a kind. */
  readonly untilRequests: (
    isEnough: (count: number) => boolean,
    isCounted: (entry: JournalEntry) => boolean
  ) => Promise<void>
  readonly setTag: (repository: string, tag: string, digest: string) => void
  readonly revokeTokens: () => void
  readonly close: () => Promise<void>
}

export type RepositoryView = {
  readonly tags: Readonly<Record<string, string>>
  readonly manifests: readonly string[]
  readonly blobs: readonly string[]
  readonly bytesOf: (digest: string) => Buffer | undefined
}

export async function startFaultRegistry(options: FaultRegistryOptions = {}): Promise<FaultRegistry> {
  const {auth = 'none'} = options
  const repositories: Repositories = new Map()
  for (const content of options.content ?? []) addContent(repositories, content)
  const script = createFaultScript(options.faults ?? [])
  const journal: JournalEntry[] = []
  const watchers: ((entry: JournalEntry) => void)[] = options.onRequest === undefined ? [] : [options.onRequest]
  const connections = {count: 0}
  const scheme = options.tls === undefined ? 'http' : 'https'
  const bearer = typeof auth === 'object' && auth.kind === 'bearer' ? auth : undefined

  const realm = (): string => bearer?.realm ?? `${scheme}://${(tokenServer ?? registry).host}/token`
  const tokens = createFakeTokenServer(auth, repositories, realm)
  const cdnOrigin = (): string | undefined =>
    cdn === undefined ? undefined : (options.cdnOrigin ?? `${scheme}://${cdn.host}`)
  const realmPath = (server: ServerName): string | undefined =>
    bearer !== undefined && server === (tokenServer === undefined ? 'registry' : 'token')
      ? new URL(realm()).pathname
      : undefined

  const lag = createReadLag(options.push?.lag ?? 0)
  const handle = createRequestHandler({options, tokens, cdnOrigin})
  const push =
    options.push === undefined
      ? undefined
      : createPushHandler(options.push, repositories, {
          lag,
          uploadOrigin: () => (uploads === undefined ? '' : `${scheme}://${uploads.host}`)
        })

  async function answerPush(
    request: IncomingMessage,
    response: ServerResponse,
    entry: JournalEntry,
    url: URL
  ): Promise<void> {
    journal.push(entry)
    for (const watch of watchers) watch(entry)
    const refusal = entry.server === 'cdn' ? refuseCredentials(entry) : tokens.refuse(entry.headers, entry.repository)
    const stage = refusal === undefined ? 'serving' : 'challenge'
    const early = script.take(factsOf(entry, stage), 'early')
    if (early !== undefined) {
      await respondWithFault(response, entry, errorResponse(500, 'EARLY', 'before the body'), early)
      return
    }
    const body = await bytesOf(request)
    if (!request.complete || push === undefined) return
    const {method = '', headers} = request
    const {correct, apply} =
      refusal === undefined
        ? push({method, url, contentType: headers['content-type'], body})
        : {correct: refusal, apply: () => undefined}
    const applied = script.take(factsOf(entry, stage))
    if (applied?.stores !== false) apply()
    await respondWithFault(response, entry, correct, applied)
  }
  const open = (server: ServerName): Promise<Listener> =>
    listen({
      connections,
      ...(options.tls === undefined ? {} : {tls: options.tls}),
      onRequest: async (request, response, connection) => {
        const url = new URL(request.url ?? '/', `${scheme}://${request.headers.host ?? 'localhost'}`)
        const pushed = push === undefined ? undefined : pushObjectOf(request.method ?? '', url)
        if (pushed !== undefined) {
          const base = {server, method: request.method ?? '', path: url.pathname, query: url.searchParams}
          const {headers} = request
          const counted = {connection, atMs: performance.now(), bytesSent: 0, expected: true}
          await answerPush(request, response, {...base, headers, ...pushed, ...counted}, url)
          return
        }
        const route = shownBy(lag, routeOf(server, url.pathname, repositories, realmPath(server)), repositories)
        const entry = await record(server, request, url, route, connection)
        journal.push(entry)
        for (const watch of watchers) watch(entry)
        const {correct, stage} = handle(entry, route)
        await respondWithFault(response, entry, correct, script.take(factsOf(entry, stage)))
      }
    })
  const registry = await open('registry')
  const tokenServer = bearer?.realmHost === 'separate' ? await open('token') : undefined
  const cdn = options.blobs === 'redirect' ? await open('cdn') : undefined
  const uploads = options.push?.uploads === undefined ? undefined : await open('cdn')
  const listeners = [registry, tokenServer, cdn, uploads].filter(listener => listener !== undefined)

  const unexpected = (): JournalEntry[] => journal.filter(({expected}) => !expected)
  return {
    host: registry.host,
    ports: {registry: registry.port, token: (tokenServer ?? registry).port, cdn: (cdn ?? registry).port},
    journal,
    requests: server => journal.filter(entry => server === undefined || entry.server === server).map(summaryOf),
    connections: () => connections.count,
    unusedFaults: script.unused,
    unexpected,
    assertQuiet: () => {
      const problems = [
        ...script.unused().map(fault => `no request met this fault, or too few did: ${JSON.stringify(fault)}`),
        ...unexpected().map(
          ({method, path, status}) => `unexpected request: ${method} ${path}, answered ${String(status)}`
        )
      ]
      if (problems.length > 0) throw new Error(problems.join('\n'))
    },
    secrets: () => [...tokens.issued, CDN_SIGNATURE],
    addFault: script.add,
    stopFaults: script.stop,
    addContent: content => {
      addContent(repositories, content)
    },
    contentOf: repository => {
      const known = repositories.get(repository)
      return {
        tags: Object.fromEntries(known?.tags ?? []),
        manifests: [...(known?.manifests.keys() ?? [])],
        blobs: [...(known?.blobs.keys() ?? [])],
        bytesOf: digest => (known?.manifests.get(digest) ?? known?.blobs.get(digest))?.bytes
      }
    },
    remove: (repository, digest) => {
      repositories.get(repository)?.blobs.delete(digest)
      repositories.get(repository)?.manifests.delete(digest)
    },
    untilRequests: (isEnough, isCounted) =>
      new Promise(resolve => {
        watchers.push(() => {
          if (isEnough(journal.filter(isCounted).length)) resolve()
        })
      }),
    setTag: (repository, tag, digest) => void repositories.get(repository)?.tags.set(tag, digest),
    revokeTokens: tokens.revoke,
    close: async () => {
      await Promise.all(listeners.map(listener => listener.close()))
    }
  }
}

/** What a read shows while the last write is hidden from it. */
function shownBy(lag: ReadLag, route: Route, repositories: Repositories): Route {
  if (!('stored' in route)) return route
  const hidden = lag.read(route.repository, route.reference)
  if (hidden === undefined) return route
  return {...route, stored: repositories.get(route.repository)?.manifests.get(hidden.former ?? '')}
}

/** Like S3: a signed URL and credentials do not go together. */
function refuseCredentials({headers}: JournalEntry): FakeResponse | undefined {
  return headers.authorization === undefined
    ? undefined
    : errorResponse(400, 'InvalidArgument', 'Only one auth mechanism allowed')
}

async function record(
  server: ServerName,
  request: IncomingMessage,
  url: URL,
  route: Route,
  connection: number
): Promise<JournalEntry> {
  const {method = 'GET', headers} = request
  const form = method === 'POST' ? {form: new URLSearchParams(await textOf(request))} : {}
  return {
    server,
    method,
    path: url.pathname,
    query: url.searchParams,
    headers,
    ...form,
    object: route.object,
    ...('repository' in route ? {repository: route.repository, reference: route.reference} : {}),
    ...('stored' in route && route.stored !== undefined ? {digest: route.stored.digest} : {}),
    connection,
    atMs: performance.now(),
    bytesSent: 0,
    expected: true
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  return (await bytesOf(request)).toString()
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer)
  } catch {
    // The client went away: the request is not complete.
  }
  return Buffer.concat(chunks)
}

function factsOf(entry: JournalEntry, stage: RequestFacts['stage']): RequestFacts {
  return {
    server: entry.server,
    method: entry.method,
    object: entry.object,
    stage,
    ranged: entry.headers.range !== undefined,
    ...(entry.repository === undefined ? {} : {repository: entry.repository}),
    ...(entry.reference === undefined ? {} : {reference: entry.reference}),
    ...(entry.digest === undefined ? {} : {digest: entry.digest})
  }
}

async function respondWithFault(
  response: ServerResponse,
  entry: JournalEntry,
  correct: FakeResponse,
  applied: Applied | undefined
): Promise<void> {
  if (applied === undefined) return sendResponse(response, entry, correct, undefined)
  const {action} = applied
  entry.fault = action.kind
  entry.expected = true
  return sendResponse(response, entry, faultyResponse(entry, correct, applied), action)
}

function faultyResponse({headers}: JournalEntry, correct: FakeResponse, applied: Applied): FakeResponse {
  const {action} = applied
  if (action.kind === 'redirect-loop') return loopFrom('/loop/b')
  if (action.kind === 'echo')
    return errorResponse(action.status, 'DENIED', `you sent ${headers.authorization ?? 'nothing'}`)
  return applyFault(correct, applied)
}
