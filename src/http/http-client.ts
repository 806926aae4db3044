// An HTTP client with a bounded number of connections to each origin. undici keeps connections, TLS and proxies; the queue, fresh
// connections and the minimum speed are ours. Retries, redirects and tokens live above.

import {VerifiedImageError} from '../failure/error.ts'
import {createSemaphore, type Semaphore} from '../concurrency/semaphore.ts'
import {type Connections, openConnections} from './connections.ts'
import type {Certificates} from './certificates.ts'
import {isUnknownCa} from './network-error.ts'
import {proxyFor} from './proxy.ts'
import type {RegistryCertificates} from './registry-certificates.ts'
import {
  ConnectionClosed,
  type HttpLimits,
  type HttpRequest,
  type HttpResponse,
  isStreamed,
  sendRequest
} from './send-request.ts'

export type HttpClient = {
  /** Resolves when the response begins. Rejects with a VerifiedImageError, or with the signal's reason. */
  readonly send: (request: HttpRequest) => Promise<HttpResponse>
  /**
   * The variable of the proxy that sends a request to this URL; undefined without one. Fails for a value that is not a proxy.
   */
  readonly proxyVariable: (url: URL) => string | undefined
  /** Ends all requests. */
  readonly close: () => void
}

export type HttpClientOptions = {
  readonly limits: HttpLimits
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Those of Node alone unless given. */
  readonly certificates?: Certificates | undefined
}

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const origins = new Map<string, Origin>()
  return {
    send: async request => {
      const {url, registry} = request
      const isSecure = url.protocol === 'https:' && registry !== undefined
      const own = isSecure ? await options.certificates?.ofRegistry(registry) : undefined
      // Two registries may share a token server. The certificates of one do not count for the other.
      const key = own === undefined ? url.origin : `${url.origin} for ${own.registry}`
      const origin = origins.get(key) ?? new Origin(url, options, own)
      origins.set(key, origin)
      return origin.send(request)
    },
    proxyVariable: url => proxyFor(url, options.environment)?.variable,
    close: () => {
      for (const origin of origins.values()) origin.close()
    }
  }
}

/** The connections to one origin. A permit is held until the body ends, so that no more than `concurrency` are open. */
class Origin {
  readonly #url: URL
  readonly #options: HttpClientOptions
  readonly #own: RegistryCertificates | undefined
  readonly #permits: Semaphore
  readonly #opened: Connections[] = []
  #current: Connections | undefined

  constructor(url: URL, options: HttpClientOptions, own: RegistryCertificates | undefined) {
    this.#url = url
    this.#options = options
    this.#own = own
    this.#permits = createSemaphore(options.limits.concurrency)
  }

  async send(request: HttpRequest): Promise<HttpResponse> {
    const release = await this.#permits.acquire(1, request.signal)
    try {
      if (request.freshConnection) this.#retire(this.#current)
      return await this.#sendOnce(request, release).catch((error: unknown) => {
        // A server may close an idle connection at the moment when it is reused. The request got no response, so it is sent again.
        if (error instanceof ConnectionClosed && error.isReused && !isStreamed(request.body))
          return this.#sendOnce(request, release)
        throw error
      })
    } catch (error) {
      release()
      throw error instanceof ConnectionClosed ? error.error : error
    }
  }

  async #sendOnce(request: HttpRequest, release: () => void): Promise<HttpResponse> {
    const connections = this.#current ?? this.#open()
    try {
      const sent = sendRequest(connections, request, {limits: this.#options.limits, release})
      connections.prepare(request.spare ?? 0)
      return await sent
    } catch (error) {
      // The other idle connections to this server are probably closed too.
      if (error instanceof ConnectionClosed) this.#retire(connections)
      if (!(await this.#canTrustMore(connections, error))) throw error
      this.#retire(connections)
      return this.#sendOnce(request, release)
    }
  }

  // Nothing was sent yet: the handshake failed.
  async #canTrustMore({trust}: Connections, error: unknown): Promise<boolean> {
    const {certificates} = this.#options
    if (certificates === undefined || trust === undefined) return false
    return error instanceof VerifiedImageError && isUnknownCa(error.cause) && certificates.addSystem(trust)
  }

  #open(): Connections {
    const {limits, environment, certificates} = this.#options
    const proxy = proxyFor(this.#url, environment)
    const connections = openConnections(this.#url.origin, limits, proxy, certificates?.trustFor(this.#url, this.#own))
    this.#opened.push(connections)
    this.#current = connections
    return connections
  }

  #retire(connections: Connections | undefined): void {
    connections?.retire()
    if (this.#current === connections) this.#current = undefined
  }

  close(): void {
    for (const connections of this.#opened) connections.destroy()
  }
}
