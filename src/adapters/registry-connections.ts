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
  const proxies = {'http:': proxyFor('http', environment), 'https:': proxyFor('https', environment)}
  // A proxy is not the way to this machine itself, whatever NO_PROXY says.
  const wayTo = ({protocol, host}: URL): Way => {
    const proxy = protocol === 'http:' ? proxies['http:'] : proxies['https:']
    return proxy !== undefined && !isLoopback(host) ? 'proxied' : 'direct'
  }
  const create = async (protocol: string, way: Way): Promise<Agent> => {
    const agent = await createAgent(
      protocol,
      way === 'direct'
        ? undefined
        : {http_proxy: proxies['http:'], https_proxy: proxies['https:'], no_proxy: exceptions(environment)}
    )
    open.push(agent)
    return agent
  }
  return {
    lineTo: async (url, fresh) => {
      const way = wayTo(url)
      const key = `${way} ${url.protocol}`
      // A new agent has no connections to use again. The old one goes on with what it has begun.
      const chosen = (fresh ? undefined : current.get(key)) ?? create(url.protocol, way)
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
const proxyFor = (scheme: string, environment: Environment): string | undefined => {
  const name = `${scheme}_proxy`
  const written = valueOf(environment, name)
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

const createAgent = async (protocol: string, proxyEnv: AgentOptions['proxyEnv']): Promise<Agent> => {
  if (proxyEnv === undefined) {
    const agent = await newAgent(protocol, {keepAlive: true})
    readIntoOwnBuffers(agent)
    return agent
  }
  const proxy = protocol === 'https:' ? proxyEnv.https_proxy : proxyEnv.http_proxy
  // What Node does not take for a proxy, it passes over in silence.
  if (proxy === undefined || !/^https?:\/\//.test(proxy)) return refuseProxy()
  try {
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
