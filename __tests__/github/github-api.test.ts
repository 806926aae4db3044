// The address of GitHub's API: where the token may be sent.

import {describe, expect, it} from '@jest/globals'
import {parseApiUrl} from '../../src/github/github-api.ts'

describe('parseApiUrl', () => {
  it.each(['https://ghes.corp.example', 'https://acme.ghe.com', 'https://github.com.evil.example', 'nonsense'])(
    'does not lead from the server %s to github.com',
    server => {
      expect(parseApiUrl({GITHUB_SERVER_URL: server})).toMatchObject({ok: false})
      const own = 'https://ghes.corp.example/api/v3'
      expect(parseApiUrl({GITHUB_SERVER_URL: server, GITHUB_API_URL: own})).toEqual({ok: true, value: new URL(own)})
    }
  )

  it.each([
    [undefined, 'https://api.github.com/'],
    ['', 'https://api.github.com/'],
    ['https://api.octo.ghe.com', 'https://api.octo.ghe.com/'],
    ['https://ghes.example.com/api/v3', 'https://ghes.example.com/api/v3'],
    ['http://127.0.0.1:3000/api/v3/', 'http://127.0.0.1:3000/api/v3/']
  ])('takes %j', (text, url) => {
    const parsed = parseApiUrl({GITHUB_API_URL: text, GITHUB_SERVER_URL: 'https://github.com'})
    expect(parsed.ok ? parsed.value.href : parsed.reason).toBe(url)
  })

  it.each([
    'http://api.example.com',
    'http://127.0.0.1.evil.test',
    'ftp://127.0.0.1/',
    'https://user@api.example.com',
    'https://api.example.com/?x=1',
    'nonsense'
  ])('refuses %j, so that the token is not sent in the clear', text => {
    expect(parseApiUrl({GITHUB_API_URL: text, GITHUB_SERVER_URL: 'https://github.com'})).toEqual({
      ok: false,
      reason: expect.stringContaining('GITHUB_API_URL')
    })
  })
})
