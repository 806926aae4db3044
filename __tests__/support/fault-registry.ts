// A correct registry on loopback with scripted faults on top: registry, token server and CDN, each on a port of its own where
// asked. Requests that match nothing and faults that nobody met are remembered, and assertQuiet throws for them.

import type {IncomingMessage, ServerResponse} from 'node:http'
import {type Applied, createFaultScript, type Fault, type RequestFacts, type ServerName} from './fault.ts'
import {type JournalEntry, summaryOf} from './journal.ts'
import {listen, type Listener, type TlsPair} from './listener.ts'
import {type Answer, errorAnswer} from './registry-responses.ts'
import {type ClerkOptions, createClerk, loopFrom} from './request-handler.ts'
import {addContent, type Repositories, type RepositoryContent} from './registry-content.ts'
import {CDN_SIGNATURE, locate, type Place} from './registry-routes.ts'
import {spoilAnswer} from './apply-fault.ts'
import {type Auth, createTokenDesk} from './fake-token-server.ts'
import {putOnWire} from './send-response.ts'

export type FaultRegistryOptions = ClerkOptions & {
  readonly content?: readonly RepositoryContent[]
  /** none unless told. */
  readonly auth?: Auth
  /** Blobs come from the registry itself, or from a CDN on another port behind a 307 with a signed URL. direct unless told. */
  readonly blobs?: 'direct' | 'redirect'
  /** Origin of the CDN as Location names it, when it is not its own (`https://production.cloudflare.docker.com`). */
  readonly cdnOrigin?: string
  readonly faults?: readonly Fault[]
  readonly tls?: TlsPair
}

export type FaultRegistry = {
  /** `127.0.0.1:PORT`. */
  readonly host: string
  readonly ports: Readonly<Record<ServerName, number>>
  readonly journal: readonly JournalEntry[]
  /** See summaryOf; of all servers, or of one. */
  readonly requests: (server?: ServerName) => string[]
  /** TCP connections that any of its servers took. */
  readonly connections: () => number
  readonly unusedFaults: () => Fault[]
  readonly unexpected: () => JournalEntry[]
  /** Throws when a fault was not met or a request matched nothing. */
  readonly assertQuiet: () => void
  /** Tokens handed out and the CDN's signature: what no log may show. */
  readonly secrets: () => string[]
  readonly addFault: (fault: Fault) => void
  readonly addContent: (content: RepositoryContent) => void
  readonly setTag: (repository: string, tag: string, digest: string) => void
  readonly revokeTokens: () => void
  readonly close: () => Promise<void>
}

export async function startFaultRegistry(options: FaultRegistryOptions = {}): Promise<FaultRegistry> {
  const {auth = 'none'} = options
  const repositories: Repositories = new Map()
  for (const content of options.content ?? []) addContent(repositories, content)
  const script = createFaultScript(options.faults ?? [])
  const journal: JournalEntry[] = []
  const connections = {count: 0}
  const scheme = options.tls === undefined ? 'http' : 'https'
  const bearer = typeof auth === 'object' && auth.kind === 'bearer' ? auth : undefined

  const realm = (): string => bearer?.realm ?? `${scheme}://${(tokenServer ?? registry).host}/token`
  const desk = createTokenDesk(auth, repositories, realm)
  const cdnOrigin = (): string | undefined =>
    cdn === undefined ? undefined : (options.cdnOrigin ?? `${scheme}://${cdn.host}`)
  const realmPath = (server: ServerName): string | undefined =>
    bearer !== undefined && server === (tokenServer === undefined ? 'registry' : 'token')
      ? new URL(realm()).pathname
      : undefined

  const clerk = createClerk({options, desk, cdnOrigin})
  const open = (server: ServerName): Promise<Listener> =>
    listen({
      connections,
      ...(options.tls === undefined ? {} : {tls: options.tls}),
      onRequest: async (request, response, connection) => {
        const url = new URL(request.url ?? '/', `${scheme}://${request.headers.host ?? 'localhost'}`)
        const place = locate(server, url.pathname, repositories, realmPath(server))
        const entry = await record(server, request, url, place, connection)
        journal.push(entry)
        const {right, stage} = clerk(entry, place)
        await meetFault(response, entry, right, script.take(factsOf(entry, stage)))
      }
    })
  const registry = await open('registry')
  const tokenServer = bearer?.realmHost === 'separate' ? await open('token') : undefined
  const cdn = options.blobs === 'redirect' ? await open('cdn') : undefined
  const listeners = [registry, tokenServer, cdn].filter(listener => listener !== undefined)

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
      const complaints = [
        ...script.unused().map(fault => `this fault was not met (often enough): ${JSON.stringify(fault)}`),
        ...unexpected().map(({method, path, status}) => `nobody expected ${method} ${path}: ${String(status)}`)
      ]
      if (complaints.length > 0) throw new Error(complaints.join('\n'))
    },
    secrets: () => [...desk.issued, CDN_SIGNATURE],
    addFault: script.add,
    addContent: content => {
      addContent(repositories, content)
    },
    setTag: (repository, tag, digest) => void repositories.get(repository)?.tags.set(tag, digest),
    revokeTokens: desk.revoke,
    close: async () => {
      await Promise.all(listeners.map(listener => listener.close()))
    }
  }
}

async function record(
  server: ServerName,
  request: IncomingMessage,
  url: URL,
  place: Place,
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
    object: place.object,
    ...('repository' in place ? {repository: place.repository, reference: place.reference} : {}),
    ...('stored' in place && place.stored !== undefined ? {digest: place.stored.digest} : {}),
    connection,
    atMs: performance.now(),
    bytesSent: 0,
    expected: true
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
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

async function meetFault(
  response: ServerResponse,
  entry: JournalEntry,
  right: Answer,
  applied: Applied | undefined
): Promise<void> {
  if (applied === undefined) return putOnWire(response, entry, right, undefined)
  const {action} = applied
  entry.fault = action.kind
  entry.expected = true
  return putOnWire(response, entry, spoiledAnswer(entry, right, applied), action)
}

function spoiledAnswer({headers}: JournalEntry, right: Answer, applied: Applied): Answer {
  const {action} = applied
  if (action.kind === 'redirect-loop') return loopFrom('/loop/b')
  if (action.kind === 'echo')
    return errorAnswer(action.status, 'DENIED', `you sent ${headers.authorization ?? 'nothing'}`)
  return spoilAnswer(right, applied)
}
