// NO_PROXY as Go's net/http/httpproxy reads it, which `docker pull` uses, with what curl takes besides: spaces between entries,
// an IPv6 address in brackets without a port, a dot at the end of a name. Pure.

import {BlockList, isIP} from 'node:net'

/** Whether `url` is to be asked without a proxy. */
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
  const {name, port: wantedPort} = splitPort(entry)
  if (name === '' || (wantedPort !== undefined && wantedPort !== port)) return false
  if (isIP(name) !== 0) return isSameAddress(name, host)
  // The end of an address is no domain; curl sees it so, and Go does not.
  return isIP(host) === 0 && isSameOrBelow(name, host)
}

// A name stands for itself and for all names below it; with a dot or `*.` in front, for those below it alone.
function isSameOrBelow(name: string, host: string): boolean {
  const suffix = name.replace(/^\*\./, '.')
  return suffix.startsWith('.') ? host.endsWith(suffix) : host === suffix || host.endsWith(`.${suffix}`)
}

/** `host:port`; an IPv6 address has its port behind brackets, or none. */
function splitPort(entry: string): {readonly name: string; readonly port: string | undefined} {
  const match = isIP(entry) === 6 ? null : /^(.*):(\d+)$/.exec(entry)
  return {name: plain(match?.[1] ?? entry), port: match?.[2]}
}

/** Without brackets and without the dot that ends a full name. */
function plain(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/(?<=[^.])\.$/, '')
}

// Networks are for hosts that are written as an address. Names are not looked up for it: Go and curl do not either.
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
