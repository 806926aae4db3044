// Real front ends before a real registry, as companies run them: limits, compression, filters, caches, and what rewrites on its way.

import {expect, it} from '@jest/globals'
import {startHaproxy, startMitmproxy, startNginx} from '../support/front-ends.ts'
import {describeWith} from '../support/programs.ts'
import {PATIENCE_MS, useRegistryBehind} from '../support/registry-behind.ts'
import {runAction} from '../support/run-action.ts'
import {verdictOf} from '../support/verdict.ts'

const VERIFIED = {source: 'primary', verified: 'full'}

const {upstream, behind, run} = useRegistryBehind()

describeWith(['docker-registry', 'nginx'], 'nginx', () => {
  it.each([
    {name: 'gzip on', http: 'gzip on; gzip_types *; gzip_proxied any; gzip_min_length 1;'},
    {
      name: 'gzip on for everybody',
      http: 'gzip on; gzip_types *; gzip_proxied any; gzip_http_version 1.0;',
      location: 'proxy_set_header Accept-Encoding gzip;'
    },
    {name: 'no buffers', location: 'proxy_buffering off;'},
    {name: 'connections for one request', http: 'keepalive_requests 1;'},
    {name: 'no kept connections', http: 'keepalive_timeout 0;'},
    {name: 'no Docker-Content-Digest', location: 'proxy_hide_header Docker-Content-Digest; proxy_hide_header ETag;'},
    {name: 'no ranges', location: 'max_ranges 0; proxy_set_header Range "";'},
    {name: 'a cookie', location: 'add_header Set-Cookie "affinity=1";'},
    {name: 'small buffers', location: 'proxy_buffer_size 2k; proxy_buffers 4 2k; proxy_busy_buffers_size 2k;'},
    {
      name: 'a redirect to another path',
      server:
        'location /v2/acme/ { return 307 /again$request_uri; } location /again/ { rewrite ^/again(/.*)$ $1 break; proxy_pass http://UPSTREAM; }'
    }
  ])('with $name serves', async ({server = '', ...options}) => {
    const lines = server.replace('UPSTREAM', upstream())
    const ran = await run(await behind(startNginx({upstream: upstream(), server: lines, ...options})))
    expect(ran.outputs).toMatchObject(VERIFIED)
  })

  it('before a registry that is down is an outage, not a web page', async () => {
    const ran = await run(await behind(startNginx({upstream: '127.0.0.1:9'})), {backoff: '5ms', attempts: '2'})
    expect(verdictOf(ran)).toMatchObject({kind: 'server-error', cause: 'outage'})
  })

  it('that answers with a page of its own is interception', async () => {
    const server = 'location /v2/ { default_type text/html; return 200 "<!DOCTYPE html><title>Sign in</title>"; }'
    const ran = await run(await behind(startNginx({upstream: upstream(), server})), {backoff: '5ms'})
    expect(verdictOf(ran)).toMatchObject({kind: 'protocol', cause: 'interception'})
  })
})

describeWith(['docker-registry', 'haproxy'], 'haproxy', () => {
  it.each([
    {
      name: 'compression',
      frontend: ['compression algo gzip', 'compression type application/octet-stream application/json']
    },
    {name: 'connections for one request', frontend: ['option httpclose']},
    {
      name: 'a limit of two requests a second, as 429 with Retry-After',
      frontend: [
        'stick-table type ip size 10 expire 30s store http_req_rate(1s)',
        'http-request track-sc0 src',
        'http-request return status 429 hdr Retry-After 2 if { sc_http_req_rate(0) gt 2 }'
      ]
    },
    {name: 'one connection to the registry', server: 'maxconn 1'},
    {name: 'one connection from the runner', frontend: ['maxconn 1']},
    {
      name: 'one in three requests refused',
      frontend: ['http-request return status 503 if { rand(3) 0 }'],
      inputs: {attempts: '12', backoff: '5ms'}
    }
  ])(
    'with $name serves',
    async ({inputs, ...options}) => {
      const ran = await run(await behind(startHaproxy({upstream: upstream(), ...options})), inputs)
      expect(ran.outputs).toMatchObject(VERIFIED)
    },
    PATIENCE_MS
  )

  it('before a registry that is down is an outage', async () => {
    const ran = await run(await behind(startHaproxy({upstream: '127.0.0.1:9'})), {backoff: '5ms', attempts: '2'})
    expect(verdictOf(ran)).toMatchObject({kind: 'server-error', cause: 'outage'})
  })
})

describeWith(['docker-registry', 'mitmdump'], 'mitmproxy', () => {
  const onBlobs = (lines: string): string =>
    `import random, gzip\ndef response(flow):\n  if "/blobs/" in flow.request.path:\n${lines
      .split('\n')
      .map(line => `    ${line}\n`)
      .join('')}`
  it.each([
    {
      name: 'puts a page in place of blobs',
      cause: ['interception'],
      script: onBlobs(
        'flow.response.text = "<!DOCTYPE html><title>Blocked</title>"\nflow.response.headers["content-type"] = "text/html"'
      )
    },
    {
      name: 'puts a page in place of blobs, under their type',
      cause: ['interception'],
      script: onBlobs('flow.response.text = "<!DOCTYPE html><title>Blocked</title>"')
    },
    {
      name: 'breaks a byte, each time another',
      cause: ['transit'],
      script: onBlobs(
        'b = bytearray(flow.response.raw_content)\nb[random.randrange(len(b))] ^= 1 + random.randrange(255)\nflow.response.raw_content = bytes(b)'
      )
    },
    {
      name: 'breaks the same byte each time',
      cause: ['registry'],
      script: onBlobs('b = bytearray(flow.response.raw_content)\nb[7] ^= 1\nflow.response.raw_content = bytes(b)')
    }
  ])(
    'that $name is told as what it is',
    async ({script, cause}) => {
      const ran = await run(await behind(startMitmproxy(upstream(), script)), {backoff: '5ms', attempts: '2'})
      expect(ran.exitCode).toBe(1)
      expect(cause).toContain(verdictOf(ran).cause)
    },
    PATIENCE_MS
  )

  it(
    'that opens TLS with a CA that is not known here is told as a proxy, and as a CA',
    async () => {
      const proxy = `http://${await behind(startMitmproxy(undefined, ''))}`
      const ran = await runAction(
        {image: 'registry.test/acme/app:1', mirrors: '', platform: 'linux/amd64', attempts: '1'},
        {env: {HTTPS_PROXY: proxy}}
      )
      const {advice, said} = verdictOf(ran)
      expect(advice).toMatch(/proxy/i)
      expect(advice).toMatch(/\bCA\b|certificate/)
      expect(said).toMatch(/NODE_EXTRA_CA_CERTS/)
    },
    PATIENCE_MS
  )
})
