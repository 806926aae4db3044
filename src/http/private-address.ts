// Hosts that are written as a non-public address: loopback, private networks, link-local. A registry that makes a client request such
// an address reaches services that only the runner can reach. Names are not looked up: the owner of a name can change its address
// between the check and the request.

import {BlockList, isIP} from 'node:net'

/** `host` is the `hostname` of a URL, in which decimal, octal and hexadecimal addresses are normalized. */
export function isPrivateHost(host: string): boolean {
  return isLocalName(host) || isIn(NOT_PUBLIC, host)
}

/**
 * Whether it is a link-local address, which no input can allow: cloud machines read their own credentials there. fd00:ec2::254 is
 * the IPv6 address of that service in AWS.
 */
export function isLinkLocalHost(host: string): boolean {
  return isIn(LINK_LOCAL, host)
}

/** Whether it is this machine: `localhost`, 127.0.0.0/8, ::1, and the IPv6 forms of 127.0.0.0/8. */
export function isLoopbackHost(host: string): boolean {
  return nameOf(host) === 'localhost' || isIn(LOOPBACK, host)
}

/** Whether a registry is written as a non-public address. Its redirects and token server may then have one too. */
export function isPrivateRegistry(registry: string): boolean {
  return URL.canParse(`https://${registry}`) && isPrivateHost(new URL(`https://${registry}`).hostname)
}

// RFC 6761 §6.3 keeps every name below localhost on this machine.
function isLocalName(host: string): boolean {
  return /(?:^|\.)localhost$/.test(nameOf(host))
}

function nameOf(host: string): string {
  return host.toLowerCase().replace(/\.$/, '')
}

function isIn(list: BlockList, host: string): boolean {
  const address = nameOf(host).replace(/^\[(.*)\]$/, '$1')
  const family = isIP(address)
  return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6')
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', prefix] = network.split('/')
    list.addSubnet(address, Number(prefix), isIP(address) === 4 ? 'ipv4' : 'ipv6')
  }
  return list
}

// An IPv4 network with each form that IPv6 has for it: mapped (::ffff:0:0/96, which BlockList knows by itself), compatible
// (::/96), NAT64 (64:ff9b::/96) and 6to4 (2002::/16).
function inBothFamilies(networks: readonly string[]): readonly string[] {
  return networks.flatMap(network => {
    const [address = '', prefix = ''] = network.split('/')
    const bytes = address.split('.').map(part => Number(part).toString(16).padStart(2, '0'))
    const groups = `${bytes.slice(0, 2).join('')}:${bytes.slice(2).join('')}`
    return [
      network,
      `::${groups}/${String(96 + Number(prefix))}`,
      `64:ff9b::${groups}/${String(96 + Number(prefix))}`,
      `2002:${groups}::/${String(16 + Number(prefix))}`
    ]
  })
}

const LOOPBACK = listOf([...inBothFamilies(['127.0.0.0/8']), '::1/128'])

const LINK_LOCAL_NETWORKS = [...inBothFamilies(['169.254.0.0/16']), 'fe80::/10', 'fd00:ec2::254/128']

const LINK_LOCAL = listOf(LINK_LOCAL_NETWORKS)

// IANA's registries of special-purpose addresses, without those at which no host can answer.
const NOT_PUBLIC = listOf([
  ...LINK_LOCAL_NETWORKS,
  ...inBothFamilies([
    '0.0.0.0/8',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '172.16.0.0/12',
    '192.0.0.0/24',
    '192.168.0.0/16',
    '198.18.0.0/15'
  ]),
  '::/127',
  '64:ff9b:1::/48',
  'fc00::/7',
  'fec0::/10'
])
