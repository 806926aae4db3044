// An HTTP client with a bounded number of connections to each origin. undici keeps connections, TLS and proxies; the queue, fresh
// connections and the minimum speed are ours. Retries, redirects and tokens live above.

import {createSemaphore, type Semaphore} from '../concurrency/semaphore.ts'
import {type Connections, openConnections} from './connections.ts'
import {proxyFor} from './proxy.ts'
import {ConnectionClosed, type HttpLimits, type HttpRequest, type HttpResponse, sendRequest} from './send-request.ts'

export type HttpClient = {
  /** Resolves when the response begins. Rejects with a VerifiedImageError, or with the signal's reason. */
  readonly send: (request: HttpRequest) => Promise<HttpResponse>
  /** Ends all requests. */
  readonly close: () => void
}

export function createHttpClient(
  limits: HttpLimits,
  environment: Readonly<Record<string, string | undefined>>
): HttpClient {
  const origins = new Map<string, Origin>()
  return {
    send: request => {
      const {url} = request
      const origin = origins.get(url.origin) ?? new Origin(url, limits, environment)
      origins.set(url.origin, origin)
      return origin.send(request)
    },
    close: () => {
      for (const origin of origins.values()) origin.close()
    }
  }
}

/** The connections to one origin. A permit is held until the body ends, so that no more than `concurrency` are open. */
class Origin {
  readonly #url: URL
  readonly #limits: HttpLimits
  readonly #environment: Readonly<Record<string, string | undefined>>
  readonly #permits: Semaphore
  readonly #opened: Connections[] = []
  #current: Connections | undefined

  constructor(url: URL, limits: HttpLimits, environment: Readonly<Record<string, string | undefined>>) {
    this.#url = url
    this.#limits = limits
    this.#environment = environment
    this.#permits = createSemaphore(limits.concurrency)
  }

  async send(request: HttpRequest): Promise<HttpResponse> {
    const release = await this.#permits.acquire(1, request.signal)
    try {
      if (request.freshConnection) this.#retire(this.#current)
      return await this.#sendOnce(request, release).catch((error: unknown) => {
        // A server may close an idle connection at the moment when it is reused. The request got no response, so it is sent again.
        if (error instanceof ConnectionClosed && error.isReused) return this.#sendOnce(request, release)
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
      return await sendRequest(connections, request, {limits: this.#limits, release})
    } catch (error) {
      // The other idle connections to this server are probably closed too.
      if (error instanceof ConnectionClosed) this.#retire(connections)
      throw error
    }
  }

  #open(): Connections {
    const connections = openConnections(this.#url.origin, proxyFor(this.#url, this.#environment), this.#limits)
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
