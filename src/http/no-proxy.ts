// NO_PROXY as Go's net/http/httpproxy reads it, which `docker pull` uses. As in curl, entries may be separated by spaces, an IPv6
// address may have brackets and no port, and a name may end with a dot. Pure.

import {BlockList, isIP} from 'node:net'

/** Whether `url` is requested without a proxy. */
export function isExempt(noProxy: string, {hostname, port, protocol}: URL): boolean {
  const host = plain(hostname)
  const effectivePort = port === '' ? (protocol === 'https:' ? '443' : '80') : port
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .some(entry => entry !== '' && matches(entry, host, effectivePort))
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true
  if (entry.includes('/')) return isInNetwork(entry, host)
  const {name, port: requiredPort} = splitPort(entry)
  if (name === '' || (requiredPort !== undefined && requiredPort !== port)) return false
  if (isIP(name) !== 0) return isSameAddress(name, host)
  // A name never matches the end of an address. curl does the same, Go does not.
  return isIP(host) === 0 && isSameOrBelow(name, host)
}

// A name matches itself and all names below it. With a leading dot or `*.` it matches only those below it.
function isSameOrBelow(name: string, host: string): boolean {
  const suffix = name.replace(/^\*\./, '.')
  return suffix.startsWith('.') ? host.endsWith(suffix) : host === suffix || host.endsWith(`.${suffix}`)
}

/** Splits `host:port`. An IPv6 address with a port has brackets. */
function splitPort(entry: string): {readonly name: string; readonly port: string | undefined} {
  const match = isIP(entry) === 6 ? null : /^(.*):(\d+)$/.exec(entry)
  return {name: plain(match?.[1] ?? entry), port: match?.[2]}
}

/** Removes brackets and the final dot of a full name. */
function plain(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/(?<=[^.])\.$/, '')
}

// A network matches hosts that are written as an address. Names are not looked up, as in Go and curl.
function isInNetwork(network: string, host: string): boolean {
  const [, base = '', prefix = ''] = /^\[?([^\]/]+)\]?\/(\d{1,3})$/.exec(network) ?? []
  return Number(prefix) <= (isIP(base) === 4 ? 32 : 128) && contains(base, Number(prefix), host)
}

function isSameAddress(address: string, host: string): boolean {
  return contains(address, isIP(address) === 4 ? 32 : 128, host)
}

function contains(base: string, prefix: number, host: string): boolean {
  if (isIP(base) === 0 || isIP(host) === 0) return false
  const list = new BlockList()
  list.addSubnet(base, prefix, isIP(base) === 4 ? 'ipv4' : 'ipv6')
  return list.check(host, isIP(host) === 4 ? 'ipv4' : 'ipv6')
}
