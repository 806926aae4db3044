// Connections that are kept, and the way to a host: straight, or through the proxy that the environment names.
// Knows nothing of a request but its URL.

import {Agent, type AgentOptions, type ClientRequest, request, type RequestOptions} from 'node:http'
import {VerifiedImageError} from '../acquire/failure.ts'
import {isLoopback} from './registry-scheme.ts'
import {readIntoOwnBuffers} from './registry-socket.ts'

export type Way = 'direct' | 'proxied'

export type Line = {
  readonly way: Way
  readonly request: (options: RequestOptions) => ClientRequest
  /** No later request goes out on what is connected now. */
  readonly forget: () => void
}

export type Connections = {
  /** `fresh`: nothing that is connected now is used for it, or later. */
  readonly lineTo: (url: URL, fresh: boolean) => Promise<Line>
  /** Ends all of them, those in use as well. */
  readonly close: () => void
}

type Environment = Readonly<Record<string, string | undefined>>

export const createConnections = (environment: Environment): Connections => {
  const open: Agent[] = []
  const current = new Map<string, Promise<Agent>>()
  // A proxy is not the way to this machine itself, whatever NO_PROXY says.
  const proxyTo = ({protocol, host}: URL): string | undefined =>
    isLoopback(host) ? undefined : proxyFor(protocol, environment)
  const create = async (protocol: string, proxy: string | undefined): Promise<Agent> => {
    const agent = await (proxy === undefined
      ? directAgent(protocol)
      : proxiedAgent(protocol, proxy, exceptions(environment)))
    open.push(agent)
    return agent
  }
  return {
    lineTo: async (url, fresh) => {
      const proxy = proxyTo(url)
      const way = proxy === undefined ? 'direct' : 'proxied'
      const key = `${way} ${url.protocol}`
      // A new agent has no connections to use again. The old one goes on with what it has begun.
      const chosen = (fresh ? undefined : current.get(key)) ?? create(url.protocol, proxy)
      current.set(key, chosen)
      const agent = await chosen
      return {
        way,
        request: options => request(url, {...options, agent}),
        forget: () => {
          if (current.get(key) === chosen) current.delete(key)
        }
      }
    },
    close: () => {
      for (const agent of open) agent.destroy()
    }
  }
}

/** As curl and Go read it: lower case first, and `host:port` is a proxy that speaks HTTP. */
const proxyFor = (protocol: string, environment: Environment): string | undefined => {
  const written = valueOf(environment, protocol === 'http:' ? 'http_proxy' : 'https_proxy')
  return written === undefined || /^[a-z\d]+:\/\//i.test(written) ? written : `http://${written}`
}

/** In lower case or else in upper case; undefined when both are empty. */
const valueOf = (environment: Environment, name: string): string | undefined =>
  [environment[name], environment[name.toUpperCase()]].find(value => value !== undefined && value !== '')

/** As curl and Go read NO_PROXY: a domain stands for what is below it too. Node wants a dot before it for that. */
const exceptions = (environment: Environment): string =>
  (valueOf(environment, 'no_proxy') ?? '')
    .split(/[\s,]+/)
    .map(entry => (/^[a-z\d][a-z\d.-]*[a-z]$/i.test(entry) ? `.${entry}` : entry))
    .join(',')

const directAgent = async (protocol: string): Promise<Agent> => {
  const agent = await newAgent(protocol, {keepAlive: true})
  readIntoOwnBuffers(agent)
  return agent
}

const proxiedAgent = async (protocol: string, proxy: string, noProxy: string): Promise<Agent> => {
  // What Node does not take for a proxy, it passes over in silence.
  if (!/^https?:\/\//.test(proxy)) return refuseProxy()
  try {
    const proxyEnv = {http_proxy: proxy, https_proxy: proxy, no_proxy: noProxy}
    return await newAgent(protocol, {keepAlive: true, proxyEnv})
  } catch (error) {
    return refuseProxy(error)
  }
}

// Most of the module for TLS is TLS itself, which takes longer to load than a registry on loopback takes to answer.
const newAgent = async (protocol: string, options: AgentOptions): Promise<Agent> =>
  protocol === 'https:' ? new (await import('node:https')).Agent(options) : new Agent(options)

// What is written there may hold a password.
const refuseProxy = (cause?: unknown): never => {
  const detail = 'the proxy in http_proxy or https_proxy is not one: it is written http://host:port'
  throw new VerifiedImageError({kind: 'unreachable', reason: 'proxy', detail}, {cause})
}
