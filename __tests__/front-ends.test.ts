// Real programs in front of a real registry, configured as in their manuals: limits, compression, and a proxy that rewrites responses.

import {afterAll, afterEach, beforeAll, expect, it, jest} from '@jest/globals'
import {type DockerRegistry, startDockerRegistry} from './support/docker-registry.ts'
import {type FrontEnd, startHaproxy, startMitmproxy, startNginx} from './support/front-ends.ts'
import {makeImage} from './support/images.ts'
import {describeWith} from './support/programs.ts'
import {act, NAME, type Outcome, TAG} from './support/world.ts'

jest.setTimeout(120_000)

const IMAGE = makeImage({layers: [1, 2, 3, 4].map(seed => ({content: {seed, size: 400_000}}))})

let registry: DockerRegistry
const open: FrontEnd[] = []
beforeAll(async () => {
  registry = await startDockerRegistry()
  await registry.push(NAME, TAG, IMAGE)
})
afterEach(async () => {
  await Promise.all(open.splice(0).map(front => front.close()))
})
afterAll(async () => {
  await registry.close()
})

/** With the defaults: only what has nothing to do with patience is set. */
async function run(front: Promise<FrontEnd>): Promise<Outcome> {
  const started = await front
  open.push(started)
  return act(started, {backoff: ''}, {timeoutMs: 100_000})
}

/** The limit was met, and did not matter. */
function expectServedAfter(status: number, outcome: Outcome): void {
  expect(outcome).toMatchObject({exitCode: 0, verified: 'full'})
  expect(JSON.stringify(outcome.run.report)).toContain(`"status":${String(status)}`)
}

describeWith(['docker-registry', 'nginx'], 'nginx', () => {
  const nginx = (http: string, location: string): Promise<Outcome> =>
    run(startNginx({upstream: registry.host, http, location}))
  const CONNECTIONS = 'limit_conn_zone $binary_remote_addr zone=one:1m;'
  const REQUESTS = 'limit_req_zone $binary_remote_addr zone=two:1m rate=2r/s;'

  it.each([503, 429])('with limit_conn 1 serves in the end: %d', async status => {
    const slow = `limit_conn one 1; limit_conn_status ${String(status)}; limit_rate 400k;`
    expectServedAfter(status, await nginx(CONNECTIONS, slow))
  })

  it.each([503, 429])('with limit_req serves in the end: %d', async status => {
    const few = `limit_req zone=two burst=1 nodelay; limit_req_status ${String(status)};`
    expectServedAfter(status, await nginx(REQUESTS, few))
  })

  it('with limit_req that delays serves', async () => {
    expect(await nginx(REQUESTS, 'limit_req zone=two burst=20;')).toMatchObject({exitCode: 0, verified: 'full'})
  })

  it.each([
    'gzip on; gzip_types *; gzip_proxied any; gzip_min_length 1;',
    'gunzip on;',
    'chunked_transfer_encoding off;'
  ])('with compression leaves us alone: %s', async settings => {
    expect(await nginx(settings, '')).toMatchObject({exitCode: 0, verified: 'full'})
  })
})

describeWith(['docker-registry', 'haproxy'], 'haproxy', () => {
  it.each([429, 503])('that counts requests serves in the end: %d', async status => {
    const rules = [
      'stick-table type ip size 1k expire 10s store http_req_rate(2s)',
      'http-request track-sc0 src',
      `http-request deny deny_status ${String(status)} if { sc_http_req_rate(0) gt 4 }`
    ]
    expectServedAfter(status, await run(startHaproxy({upstream: registry.host, frontend: rules})))
  })

  it('with compression leaves us alone', async () => {
    const rules =
      'filter compression\ncompression algo gzip\ncompression type application/json application/octet-stream'
    expect(await run(startHaproxy({upstream: registry.host, frontend: rules.split('\n')}))).toMatchObject({
      exitCode: 0,
      verified: 'full'
    })
  })
})

describeWith(['docker-registry', 'mitmdump'], 'mitmproxy', () => {
  it.each(['gzip', 'deflate', 'br', 'zstd'])('that encodes every answer serves right bytes: %s', async coding => {
    expect(await run(startMitmproxy(registry.host, responding(`flow.response.encode('${coding}')`)))).toMatchObject({
      ...{exitCode: 0, verified: 'full'}
    })
  })

  it('that calls every blob a web page serves right bytes', async () => {
    const script = "if '/blobs/' in flow.request.path: flow.response.headers['Content-Type'] = 'text/html'"
    expect(await run(startMitmproxy(registry.host, responding(script)))).toMatchObject({exitCode: 0, verified: 'full'})
  })
})

/** A script of mitmproxy with this body. */
function responding(body: string): string {
  return `def response(flow):\n    ${body}\n`
}
