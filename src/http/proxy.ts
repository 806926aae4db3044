// The proxy that the environment names for a URL, as curl and Go choose it.
// A proxy's URL may contain a username and password.
import {isExempt} from './no-proxy.ts'
import {isLoopbackHost} from './private-address.ts'
import {fail} from '../failure/error.ts'

/** `variable` is the environment variable, which messages name. */
export type Proxy = {readonly url: URL; readonly variable: string}

type Environment = Readonly<Record<string, string | undefined>>

/** Undefined for a direct connection. Fails for a value that is not the URL of an http or https proxy. */
export function proxyFor(url: URL, environment: Environment): Proxy | undefined {
  // Like Go, never sends requests for this machine to another one, whatever NO_PROXY says.
  if (isLoopbackHost(url.hostname)) return undefined
  const found = firstSet(environment, variablesFor(url.protocol, environment))
  if (found === undefined) return undefined
  if (isExempt(firstSet(environment, ['no_proxy', 'NO_PROXY'])?.value ?? '', url)) return undefined
  return parseProxy(found.value, found.variable)
}

// Lower case first, as in curl; Go reads upper case first. A machine where the two differ is misconfigured either way. ALL_PROXY is
// curl's. Under CGI, a client sets HTTP_PROXY with a header (httpoxy, CVE-2016-5385): Go ignores it there, curl never reads it.
function variablesFor(protocol: string, environment: Environment): readonly string[] {
  return [
    ...(protocol === 'https:' ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy']),
    ...(protocol === 'https:' || environment['REQUEST_METHOD'] !== undefined ? [] : ['HTTP_PROXY']),
    'all_proxy',
    'ALL_PROXY'
  ]
}

function firstSet(
  environment: Environment,
  variables: readonly string[]
): {readonly variable: string; readonly value: string} | undefined {
  for (const variable of variables) {
    const value = environment[variable]?.trim()
    if (value !== undefined && value !== '') return {variable, value}
  }
  return undefined
}

/** `host:port` is an http proxy. The value is never quoted: it may contain a password. */
function parseProxy(value: string, variable: string): Proxy {
  const text = /^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || url.hostname === '' || !isDecodable(url))
    return refuse(`${variable} is not the URL of a proxy. Write http://host:port or https://host:port`)
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return refuse(
      `${variable} names a ${url.protocol.slice(0, -1)} proxy, and only http and https proxies are supported. Write http://host:port or https://host:port`
    )
  return {url, variable}
}

function isDecodable({username, password}: URL): boolean {
  try {
    decodeURIComponent(username + password)
    return true
  } catch {
    return false
  }
}

function refuse(detail: string): never {
  fail({kind: 'unreachable', reason: 'proxy', detail})
}
