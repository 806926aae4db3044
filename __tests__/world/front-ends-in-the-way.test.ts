// Real front ends that stand in the way of a pull: limits on requests and connections, filters, and what rewrites answers.

import {describe, expect, it} from '@jest/globals'
import {startMitmproxy, startNginx} from '../support/front-ends.ts'
import {describeWith} from '../support/programs.ts'
import {LAYERED_IMAGE, PATIENCE_MS, useRegistryBehind} from '../support/registry-behind.ts'
import {verdictOf} from '../support/verdict.ts'

const VERIFIED = {source: 'primary', verified: 'full'}

const {upstream, behind, run} = useRegistryBehind()

describeWith(['docker-registry', 'nginx'], 'nginx', () => {
  const LIMITS = [
    {
      limit: '2 requests a second, as 429',
      http: 'limit_req_zone $binary_remote_addr zone=r:1m rate=2r/s;',
      location: 'limit_req zone=r burst=1 nodelay; limit_req_status 429;'
    },
    {
      limit: '2 requests a second, as 503',
      http: 'limit_req_zone $binary_remote_addr zone=r:1m rate=2r/s;',
      location: 'limit_req zone=r burst=1 nodelay;'
    },
    {
      limit: '1 request a second and no burst, as 429',
      http: 'limit_req_zone $binary_remote_addr zone=r:1m rate=1r/s;',
      location: 'limit_req zone=r; limit_req_status 429;'
    },
    {
      limit: '1 request a second and no burst, as 503',
      http: 'limit_req_zone $binary_remote_addr zone=r:1m rate=1r/s;',
      location: 'limit_req zone=r;'
    },
    {
      limit: '30 requests a minute, as 429',
      http: 'limit_req_zone $binary_remote_addr zone=r:1m rate=30r/m;',
      location: 'limit_req zone=r; limit_req_status 429;'
    },
    {
      limit: '5 requests a second, later ones held back',
      http: 'limit_req_zone $binary_remote_addr zone=r:1m rate=5r/s;',
      location: 'limit_req zone=r burst=20;'
    },
    {
      limit: 'one connection at a time, as 503',
      http: 'limit_conn_zone $binary_remote_addr zone=c:1m;',
      location: 'limit_conn c 1; limit_rate 2m;'
    },
    {
      limit: 'one connection at a time, as 429',
      http: 'limit_conn_zone $binary_remote_addr zone=c:1m;',
      location: 'limit_conn c 1; limit_rate 2m; limit_conn_status 429;'
    },
    {
      limit: 'two connections at a time, as 503',
      http: 'limit_conn_zone $binary_remote_addr zone=c:1m;',
      location: 'limit_conn c 2; limit_rate 2m;'
    }
  ]
  it.each(LIMITS)(
    'that allows $limit, serves in the end',
    async ({http, location}) => {
      const ran = await run(await behind(startNginx({upstream: upstream(), http, location})))
      expect(verdictOf(ran).cause).toBeUndefined()
      expect(ran.outputs).toMatchObject(VERIFIED)
    },
    PATIENCE_MS
  )

  it('that filters blobs is not called a private repository', async () => {
    const server = 'location ~ /blobs/ { return 403; }'
    const ran = await run(await behind(startNginx({upstream: upstream(), server})), {backoff: '5ms'})
    const {kind, said, advice} = verdictOf(ran)
    expect(kind).toBe('denied')
    expect(said).not.toMatch(/does not exist|is private/i)
    expect(advice).toMatch(/filter|firewall|proxy|block/i)
  })
})

describeWith(['docker-registry', 'mitmdump'], 'mitmproxy', () => {
  const onBlobs = (lines: string): string =>
    `import random, gzip\ndef response(flow):\n  if "/blobs/" in flow.request.path:\n${lines
      .split('\n')
      .map(line => `    ${line}\n`)
      .join('')}`
  const onAll = (lines: string): string =>
    `import gzip\ndef response(flow):\n${lines
      .split('\n')
      .map(line => `  ${line}\n`)
      .join('')}`

  it.each([
    {
      name: 'encodes what was not to be encoded',
      script: onAll(
        'flow.response.raw_content = gzip.compress(flow.response.raw_content)\nflow.response.headers["content-encoding"] = "gzip"\nflow.response.headers["content-length"] = str(len(flow.response.raw_content))'
      )
    },
    {name: 'says identity', script: onAll('flow.response.headers["content-encoding"] = "identity"')},
    {name: 'says Identity', script: onAll('flow.response.headers["content-encoding"] = "Identity"')},
    {name: 'says an encoding without a name', script: onAll('flow.response.headers["content-encoding"] = ""')},
    {name: 'says aws-chunked', script: onAll('flow.response.headers["content-encoding"] = "aws-chunked"')},
    {
      name: 'says gzip over bytes that are not encoded',
      script: onBlobs('flow.response.headers["content-encoding"] = "gzip"')
    },
    {name: 'calls blobs web pages', script: onBlobs('flow.response.headers["content-type"] = "text/html"')},
    {name: 'calls blobs JSON', script: onBlobs('flow.response.headers["content-type"] = "application/json"')},
    {name: 'takes away the digest', script: onAll('flow.response.headers.pop("docker-content-digest", None)')},
    {
      name: 'invents a digest of blobs',
      script: onBlobs('flow.response.headers["docker-content-digest"] = "sha256:" + "1" * 64')
    }
  ])(
    'that $name does not hide right bytes',
    async ({script}) => {
      const ran = await run(await behind(startMitmproxy(upstream(), script)), {backoff: '5ms'})
      expect(ran.outputs).toMatchObject(VERIFIED)
    },
    PATIENCE_MS
  )

  it.each([
    {name: 'other bytes', content: 'b"nothing of it"'},
    {name: 'bytes more', content: 'flow.response.raw_content + b"injected"'},
    {name: 'a byte changed', content: 'flow.response.raw_content[:-9] + b"?" + flow.response.raw_content[-8:]'}
  ])(
    'that encodes $name is interception',
    async ({content}) => {
      const script = onBlobs(
        `flow.response.raw_content = gzip.compress(${content})\nflow.response.headers["content-encoding"] = "gzip"\nflow.response.headers["content-length"] = str(len(flow.response.raw_content))`
      )
      const ran = await run(await behind(startMitmproxy(upstream(), script)), {backoff: '5ms', attempts: '2'})
      expect(verdictOf(ran).cause).toBe('interception')
    },
    PATIENCE_MS
  )
})

describe('the image of these tests', () => {
  it('has several layers that take some time', () => {
    expect(LAYERED_IMAGE.layers.map(({size}) => size > 500_000)).toEqual([true, true, true, true])
  })
})
