// Where a redirect may lead: spellings of addresses, schemes, users, and who redirects.

import {describe, expect, it} from '@jest/globals'
import {isRedirect, redirectTarget, refusePrivateTarget} from '../../src/registry/redirect.ts'
import '../support/matchers.ts'

function target(location: string | undefined, from = 'https://registry.test/v2/a'): Promise<string> {
  return Promise.resolve().then(() => redirectTarget(new URL(from), location).href)
}

function refusal(location: string, registry: string): Promise<void> {
  return Promise.resolve().then(() => {
    refusePrivateTarget(new URL(location), registry)
  })
}

describe('isRedirect', () => {
  it('is true for the five statuses that have a target', () => {
    const statuses = Array.from({length: 100}, (_, at) => 300 + at)
    expect(statuses.filter(isRedirect)).toEqual([301, 302, 303, 307, 308])
  })
})

describe('redirectTarget', () => {
  it.each([
    {location: '/b?c', href: 'https://registry.test/b?c'},
    {location: 'b', href: 'https://registry.test/v2/b'},
    {location: '//cdn.test/x', href: 'https://cdn.test/x'},
    {location: 'HTTPS://CDN.test:8443/x', href: 'https://cdn.test:8443/x'}
  ])('resolves $location', async ({location, href}) => {
    expect(await target(location)).toBe(href)
  })

  it.each([
    undefined,
    'https://[',
    'http://cdn.test/',
    'ftp://cdn.test/',
    'file:///etc/passwd',
    'https://u:p@cdn.test/',
    'https://u@cdn.test/',
    'https://:p@cdn.test/'
  ])('refuses %s', async location => {
    await expect(target(location)).toFailWith('protocol')
  })

  it('follows from http to https', async () => {
    expect(await target('https://cdn.test/', 'http://registry.test/')).toBe('https://cdn.test/')
  })
})

const PRIVATE = [
  ...['10.1.2.3', '172.16.0.1', '192.168.0.1', '127.0.0.1', '0.0.0.0', '100.64.0.1', '198.18.0.1'],
  ...['2130706433', '0x7f000001', '0177.0.0.1', '127.1', '127.0.0.1.', '%31%32%37.0.0.1'],
  ...['localhost', 'LOCALHOST.', 'a.localhost', '[::1]', '[::]', '[fd12::1]', '[fec0::1]'],
  ...['[::ffff:10.0.0.1]', '[::10.0.0.1]', '[64:ff9b::a00:1]', '[2002:a00:1::]']
]
const LINK_LOCAL = ['169.254.169.254', '[fe80::1]', '[fd00:ec2::254]', '[::ffff:a9fe:a9fe]', '0xa9fea9fe']

describe('refusePrivateTarget', () => {
  it.each([...PRIVATE, ...LINK_LOCAL])('refuses a public registry the way to %s', async host => {
    for (const registry of ['docker.io', 'registry.test:5000', '8.8.8.8', '[2001:4860::1]:5000'])
      await expect(refusal(`http://${host}:8080/`, registry)).toFailWith('protocol')
  })

  it.each(PRIVATE)('lets a registry at a private address lead to %s', async host => {
    for (const registry of ['127.0.0.1:5000', 'localhost:5000', '10.0.0.5', '[fd00::1]:5000'])
      await expect(refusal(`http://${host}:8080/`, registry)).resolves.toBeUndefined()
  })

  it.each(LINK_LOCAL)('lets no registry lead to %s', async host => {
    for (const registry of ['127.0.0.1:5000', '10.0.0.5'])
      await expect(refusal(`http://${host}/`, registry)).toFailWith('protocol')
  })

  it.each([
    'cdn.test',
    '8.8.8.8',
    '172.32.0.1',
    '100.128.0.1',
    '[2001:4860::1]',
    'minio.corp.internal',
    'localhost.test',
    '11.0.0.1'
  ])('follows to %s', async host => {
    await expect(refusal(`https://${host}/`, 'docker.io')).resolves.toBeUndefined()
  })
})
