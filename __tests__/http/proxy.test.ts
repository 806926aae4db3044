// Which proxy a URL goes through: names of variables, kinds of proxies, and what a message may not say.

import {describe, expect, it} from '@jest/globals'
import {proxyFor} from '../../src/http/proxy.ts'
import '../support/matchers.ts'

const HTTPS = 'https://registry.test/v2/'
const HTTP = 'http://registry.test/v2/'

function chosen(url: string, environment: Readonly<Record<string, string>>): string | undefined {
  const proxy = proxyFor(new URL(url), environment)
  return proxy === undefined ? undefined : `${proxy.variable} ${proxy.url.href}`
}

describe('proxyFor', () => {
  it.each([
    {url: HTTPS, environment: {}, proxy: undefined},
    {url: HTTPS, environment: {https_proxy: ''}, proxy: undefined},
    {url: HTTPS, environment: {https_proxy: 'p.test:3128'}, proxy: 'https_proxy http://p.test:3128/'},
    {url: HTTPS, environment: {HTTPS_PROXY: 'http://p.test'}, proxy: 'HTTPS_PROXY http://p.test/'},
    {url: HTTPS, environment: {https_proxy: 'https://p.test'}, proxy: 'https_proxy https://p.test/'},
    {url: HTTPS, environment: {https_proxy: 'a.test', HTTPS_PROXY: 'b.test'}, proxy: 'https_proxy http://a.test/'},
    {url: HTTPS, environment: {https_proxy: '', HTTPS_PROXY: 'b.test'}, proxy: 'HTTPS_PROXY http://b.test/'},
    {url: HTTPS, environment: {http_proxy: 'p.test'}, proxy: undefined},
    {url: HTTPS, environment: {all_proxy: 'p.test'}, proxy: 'all_proxy http://p.test/'},
    {url: HTTPS, environment: {ALL_PROXY: 'p.test'}, proxy: 'ALL_PROXY http://p.test/'},
    {url: HTTPS, environment: {ALL_PROXY: 'a.test', HTTPS_PROXY: 'b.test'}, proxy: 'HTTPS_PROXY http://b.test/'},
    {url: HTTP, environment: {http_proxy: 'p.test'}, proxy: 'http_proxy http://p.test/'},
    {url: HTTP, environment: {HTTP_PROXY: 'p.test'}, proxy: 'HTTP_PROXY http://p.test/'},
    {url: HTTP, environment: {https_proxy: 'p.test'}, proxy: undefined},
    {url: HTTP, environment: {HTTP_PROXY: 'p.test', REQUEST_METHOD: 'GET'}, proxy: undefined},
    {url: HTTP, environment: {http_proxy: 'p.test', REQUEST_METHOD: 'GET'}, proxy: 'http_proxy http://p.test/'},
    {url: HTTPS, environment: {https_proxy: 'u:p%40@p.test'}, proxy: 'https_proxy http://u:p%40@p.test/'},
    {url: HTTPS, environment: {https_proxy: ' http://p.test '}, proxy: 'https_proxy http://p.test/'},
    {url: HTTPS, environment: {https_proxy: 'p.test', no_proxy: 'registry.test'}, proxy: undefined},
    {url: HTTPS, environment: {https_proxy: 'p.test', NO_PROXY: 'registry.test'}, proxy: undefined},
    {
      url: HTTPS,
      environment: {https_proxy: 'p.test', no_proxy: 'other.test', NO_PROXY: 'registry.test'},
      proxy: 'https_proxy http://p.test/'
    }
  ] as const)('of $url with $environment is $proxy', ({url, environment, proxy}) => {
    expect(chosen(url, environment)).toBe(proxy)
  })

  it.each(['localhost', '127.0.0.1', '127.8.9.1', '[::1]', '[::ffff:127.0.0.1]'])('is none for %s', host => {
    const environment = {http_proxy: 'p.test', https_proxy: 'p.test', all_proxy: 'p.test'}
    expect(chosen(`http://${host}:5000/`, environment)).toBeUndefined()
    expect(chosen(`https://${host}:5000/`, environment)).toBeUndefined()
  })

  it.each([
    {value: 'socks5://u:s3cret@p.test:1080', says: 'names a socks5 proxy'},
    {value: 'ftp://s3cret@p.test', says: 'names a ftp proxy'},
    {value: 'http://u:s3cret@:::', says: 'is not the URL of a proxy'},
    {value: 'http://u:s3cret%zz@p.test', says: 'is not the URL of a proxy'},
    {value: 'http://', says: 'is not the URL of a proxy'}
  ])('is refused in words that hold no password: $value', async ({value, says}) => {
    const asked = Promise.resolve().then(() => proxyFor(new URL(HTTPS), {all_proxy: value}))
    await expect(asked).toFailWith('unreachable', {
      reason: 'proxy',
      detail: expect.stringMatching(
        new RegExp(`^all_proxy (?!.*s3cret).*${says.replace('is not ', 'is not ')}|^all_proxy ${says}`)
      )
    })
    await expect(asked).rejects.not.toThrow('s3cret')
  })

  it('refuses nothing that is not used', () => {
    expect(chosen(HTTPS, {all_proxy: 'socks5://p.test', no_proxy: '*'})).toBeUndefined()
  })
})
