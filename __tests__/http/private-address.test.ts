// Addresses that are not public, in each spelling that a URL may have. registry-redirect.test.ts has the rows that both share.

import {describe, expect, it} from '@jest/globals'
import {isLinkLocalHost, isLoopbackHost, isPrivateHost, isPrivateRegistry} from '../../src/http/private-address.ts'

function hostOf(host: string): string {
  return new URL(`http://${host}`).hostname
}

describe('isLoopbackHost', () => {
  it.each(['localhost', 'localhost.', '127.0.0.1', '127.9.9.9', '127.1', '[::1]', '[::ffff:127.0.0.1]'])(
    'is %s',
    host => {
      expect(isLoopbackHost(hostOf(host))).toBe(true)
    }
  )

  it.each(['128.0.0.1', '10.0.0.1', 'localhost.test', 'a.localhost', '[::2]', '127.0.0.1.test'])('is not %s', host => {
    expect(isLoopbackHost(hostOf(host))).toBe(false)
  })
})

describe('isLinkLocalHost', () => {
  it('knows the ends of its networks', () => {
    expect(['169.253.255.255', '169.254.0.0', '169.254.255.255', '169.255.0.0'].map(isLinkLocalHost)).toEqual([
      ...[false, true, true, false]
    ])
    expect(['[fe7f::1]', '[fe80::1]', '[febf::1]', '[fec0::1]'].map(isLinkLocalHost)).toEqual([
      false,
      true,
      true,
      false
    ])
  })
})

describe('isPrivateHost', () => {
  it.each([
    ['9.255.255.255', '10.0.0.0', '10.255.255.255', '11.0.0.0'],
    ['172.15.255.255', '172.16.0.0', '172.31.255.255', '172.32.0.0'],
    ['192.167.255.255', '192.168.0.0', '192.168.255.255', '192.169.0.0'],
    ['100.63.255.255', '100.64.0.0', '100.127.255.255', '100.128.0.0'],
    ['198.17.255.255', '198.18.0.0', '198.19.255.255', '198.20.0.0']
  ])('begins behind %s and ends before %4$s', (...hosts) => {
    expect(hosts.map(isPrivateHost)).toEqual([false, true, true, false])
  })
})

describe('isPrivateRegistry', () => {
  it.each([
    ...[
      ['127.0.0.1:5000', true],
      ['localhost', true],
      ['10.0.0.1', true],
      ['[::1]:5000', true]
    ],
    ...[
      ['docker.io', false],
      ['registry.test:5000', false],
      ['', false],
      [':::', false]
    ]
  ] as const)('of %s is %s', (registry, isPrivate) => {
    expect(isPrivateRegistry(registry)).toBe(isPrivate)
  })
})
