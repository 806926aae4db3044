// The fault registry is right when nothing is scripted, and each fault does what it says: seen with node's own HTTP client.

import {request as plainRequest, type IncomingHttpHeaders, type RequestOptions} from 'node:http'
import {request as tlsRequest} from 'node:https'
import {gunzipSync} from 'node:zlib'
import {afterEach, describe, expect, it} from '@jest/globals'
import {generate} from 'selfsigned'
import {type Action, dockerMessage, type Fault, htmlPage, ociError, tooManyRequests} from './fault.ts'
import {type FaultRegistry, type FaultRegistryOptions, startFaultRegistry} from './fault-registry.ts'
import {type Image, makePublished} from './images.ts'
import {publish} from './registry-content.ts'

const NAME = 'mlocati/php-extension-installer'
const PUBLISHED = makePublished()
const ACCEPT = {accept: [PUBLISHED.index.mediaType, PUBLISHED.children[0]?.manifest.mediaType].join(', ')}

function imageAt(at: number): Image {
  const image = PUBLISHED.children[at]
  if (image === undefined) throw new Error('no such child')
  return image
}
const {manifest: CHILD, config: CONFIG} = imageAt(0)
const LAYER = imageAt(0).layers[1] ?? CONFIG
const MANIFEST_PATH = `/v2/${NAME}/manifests/2.7.35`
const CHILD_PATH = `/v2/${NAME}/manifests/${CHILD.digest}`
const CONFIG_PATH = `/v2/${NAME}/blobs/${CONFIG.digest}`
const LAYER_PATH = `/v2/${NAME}/blobs/${LAYER.digest}`

let registry: FaultRegistry | undefined
afterEach(async () => registry?.close())

async function start(options: FaultRegistryOptions = {}): Promise<FaultRegistry> {
  registry = await startFaultRegistry({content: [publish(NAME, '2.7.35', PUBLISHED)], ...options})
  return registry
}

type Seen = {
  status?: number
  headers: IncomingHttpHeaders
  body: Buffer
  ended: 'whole' | 'early' | 'silent'
  error?: string
}

type Call = RequestOptions & {
  readonly silenceMs?: number
  readonly enoughBytes?: number
  readonly form?: string
  readonly ca?: string
}

/** Follows nothing, waits `silenceMs` for the next byte, and hangs up after `enoughBytes`. */
function call(url: string, {silenceMs = 2000, enoughBytes, form, ...options}: Call = {}): Promise<Seen> {
  return new Promise(resolve => {
    const seen: Seen = {headers: {}, body: Buffer.alloc(0), ended: 'early'}
    const request = (url.startsWith('https:') ? tlsRequest : plainRequest)(url, {agent: false, ...options})
    request.setTimeout(silenceMs, () => {
      seen.ended = 'silent'
      request.destroy()
    })
    request.on('error', (error: NodeJS.ErrnoException) => (seen.error = error.code ?? error.message))
    request.on('close', () => {
      resolve(seen)
    })
    request.on('response', response => {
      Object.assign(seen, {status: response.statusCode, headers: response.headers})
      response.on('error', () => undefined)
      response.on('data', (chunk: Buffer) => {
        seen.body = Buffer.concat([seen.body, chunk])
        if (enoughBytes !== undefined && seen.body.length >= enoughBytes) request.destroy()
      })
      response.on('end', () => (seen.ended = response.complete ? 'whole' : 'early'))
    })
    request.end(form)
  })
}

function at(path: string, options: Call = {}, host = registry?.host ?? ''): Promise<Seen> {
  return call(`http://${host}${path}`, options)
}

describe('a fault registry without faults', () => {
  it('serves index, child, config and layers with their digests', async () => {
    const {assertQuiet, requests} = await start()
    for (const [path, blob] of [
      [MANIFEST_PATH, PUBLISHED.index],
      [CHILD_PATH, CHILD],
      [CONFIG_PATH, CONFIG],
      [LAYER_PATH, LAYER]
    ] as const) {
      for (const method of ['GET', 'HEAD']) {
        const seen = await at(path, {method, headers: ACCEPT})
        expect(seen).toMatchObject({
          status: 200,
          ended: 'whole',
          headers: {
            'content-length': String(blob.size),
            'docker-content-digest': blob.digest,
            etag: `"${blob.digest}"`
          },
          body: method === 'GET' ? blob.bytes : Buffer.alloc(0)
        })
      }
    }
    expect(requests().filter(line => line.startsWith('GET'))).toEqual([
      'GET manifest 2.7.35',
      'GET child',
      'GET config',
      'GET layer[1]'
    ])
    assertQuiet()
  })

  it('answers 404 MANIFEST_UNKNOWN when the type is not accepted by name', async () => {
    await start()
    const seen = await at(MANIFEST_PATH, {headers: {accept: '*/*, application/vnd.oci.image.manifest.v1+json'}})
    expect(seen.status).toBe(404)
    expect(JSON.parse(seen.body.toString())).toMatchObject({errors: [{code: 'MANIFEST_UNKNOWN'}]})
  })

  it.each([
    {name: 'from an offset', range: 'bytes=100-', status: 206, from: 100, to: LAYER.size},
    {name: 'between offsets', range: 'bytes=3-9', status: 206, from: 3, to: 10},
    {name: 'of the last bytes', range: 'bytes=-5', status: 206, from: LAYER.size - 5, to: LAYER.size},
    {name: 'of several parts, which it ignores', range: 'bytes=0-1,4-5', status: 200, from: 0, to: LAYER.size}
  ])('answers a range request $name', async ({range, status, from, to}) => {
    await start()
    const seen = await at(LAYER_PATH, {headers: {range}})
    expect(seen.status).toBe(status)
    expect(seen.body.equals(LAYER.bytes.subarray(from, to))).toBe(true)
    if (status === 206) expect(seen.headers['content-range']).toBe(`bytes ${from}-${to - 1}/${LAYER.size}`)
  })

  it('answers 416 to a range past the end, and the whole blob to another If-Range', async () => {
    await start()
    const past = await at(LAYER_PATH, {headers: {range: `bytes=${LAYER.size}-`}})
    expect(past).toMatchObject({status: 416, headers: {'content-range': `bytes */${LAYER.size}`}})
    expect(await at(LAYER_PATH, {headers: {range: 'bytes=5-', 'if-range': '"x"'}})).toMatchObject({
      status: 200,
      body: LAYER.bytes
    })
  })

  it('records requests that match nothing as unexpected, unless the test lists them as absent', async () => {
    const {assertQuiet, unexpected} = await start({absent: ['missing/one', `${NAME}:2.7.0`]})
    expect(await at('/v2/missing/one/manifests/1', {headers: ACCEPT})).toMatchObject({status: 404})
    expect(await at(`/v2/${NAME}/manifests/2.7.0`, {headers: ACCEPT})).toMatchObject({status: 404})
    assertQuiet()
    expect(await at(`/v2/${NAME}/manifests/9`, {headers: ACCEPT})).toMatchObject({status: 404})
    expect(await at('/favicon.ico')).toMatchObject({status: 404})
    expect(unexpected().map(({path}) => path)).toEqual([`/v2/${NAME}/manifests/9`, '/favicon.ico'])
    expect(assertQuiet).toThrow('/favicon.ico')
  })

  it('serves TLS with a certificate', async () => {
    const {private: key, cert} = await generate([{name: 'commonName', value: '127.0.0.1'}], {
      extensions: [{name: 'subjectAltName', altNames: [{type: 7, ip: '127.0.0.1'}]}]
    })
    const {host} = await start({tls: {key, cert}})
    expect(await call(`https://${host}/v2/`, {ca: cert})).toMatchObject({status: 200})
    expect(await call(`https://${host}/v2/`)).toMatchObject({error: 'DEPTH_ZERO_SELF_SIGNED_CERT'})
  })

  it('closes with requests still open', async () => {
    const {close} = await start({faults: [{on: 'ping', do: {kind: 'hang'}}]})
    const open = at('/v2/')
    while (registry?.journal.length === 0) await new Promise(setImmediate)
    await close()
    expect(await open).toMatchObject({error: 'ECONNRESET'})
  })
})

describe('a CDN behind the registry', () => {
  it('serves the blob and its ranges at the signed URL only, and refuses Authorization', async () => {
    const {ports, requests, unexpected, secrets} = await start({blobs: 'redirect', signedUrlUses: 2})
    const {status, headers} = await at(LAYER_PATH)
    const location = headers.location ?? ''
    expect(status).toBe(307)
    expect(location).toContain(`http://127.0.0.1:${String(ports.cdn)}/`)
    expect(secrets().some(secret => location.includes(secret))).toBe(true)
    expect(await call(location)).toMatchObject({status: 200, body: LAYER.bytes})
    expect(await call(location, {headers: {range: 'bytes=7-'}})).toMatchObject({
      status: 206,
      body: LAYER.bytes.subarray(7)
    })
    expect(unexpected()).toEqual([])
    expect(await call(location)).toMatchObject({status: 403})
    expect(await call(location, {headers: {authorization: 'Bearer x'}})).toMatchObject({status: 400})
    expect(await call(location.replace(/\?.*/, ''))).toMatchObject({status: 403})
    expect(requests('cdn')).toHaveLength(5)
    expect(unexpected().map(entry => entry.status)).toEqual([403, 400, 403])
  })

  it('has the faults of blobs, unless a fault names the registry', async () => {
    const {assertQuiet} = await start({
      blobs: 'redirect',
      faults: [
        {on: 'layer[1]', do: {kind: 'empty'}},
        {on: 'redirect', do: htmlPage()},
        {on: 'config', server: 'registry', do: ociError(404, 'BLOB_UNKNOWN')}
      ]
    })
    const {headers} = await at(LAYER_PATH)
    expect(await call(headers.location ?? '')).toMatchObject({status: 200, body: Buffer.alloc(0)})
    expect(await call(headers.location ?? '')).toMatchObject({headers: {'content-type': 'text/html; charset=utf-8'}})
    expect(await at(CONFIG_PATH)).toMatchObject({status: 404})
    assertQuiet()
  })
})

function basic(text: string): string {
  return `Basic ${Buffer.from(text).toString('base64')}`
}
const SCOPE = `repository:${NAME}:pull`

describe('authentication', () => {
  const token = async (seen: Seen, options: Call = {}): Promise<Seen & {token: string}> => {
    const [, realm = '', service = '', scope = ''] =
      /realm="([^"]+)",service="([^"]+)",scope="([^"]+)"/.exec(seen.headers['www-authenticate'] ?? '') ?? []
    const answer = await call(`${realm}?service=${service}&scope=${scope}`, options)
    return {...answer, token: (JSON.parse(answer.body.toString()) as {token?: string}).token ?? ''}
  }

  it('has a challenge, a token, and the manifest, with an optional token server of its own', async () => {
    const {requests, ports, secrets} = await start({auth: {kind: 'bearer', realmHost: 'separate'}})
    const refused = await at(MANIFEST_PATH, {headers: ACCEPT})
    expect(refused.status).toBe(401)
    expect(refused.headers['www-authenticate']).toBe(
      `Bearer realm="http://127.0.0.1:${String(ports.token)}/token",service="registry.test",scope="${SCOPE}"`
    )
    const given = await token(refused)
    expect(secrets()).toContain(given.token)
    expect(await at(MANIFEST_PATH, {headers: {...ACCEPT, authorization: `Bearer ${given.token}`}})).toMatchObject({
      status: 200
    })
    expect(requests('token')).toEqual(['GET token'])
    expect(requests('registry')).toEqual(['GET manifest 2.7.35', 'GET manifest 2.7.35'])
  })

  it('ends when the token has expired or is revoked', async () => {
    const {revokeTokens} = await start({auth: {kind: 'bearer', expiresAfterRequests: 2}})
    const first = await token(await at(MANIFEST_PATH))
    const headers = {...ACCEPT, authorization: `Bearer ${first.token}`}
    const seen = [await at(MANIFEST_PATH, {headers}), await at(CONFIG_PATH, {headers}), await at(LAYER_PATH, {headers})]
    expect(seen.map(({status}) => status)).toEqual([200, 200, 401])
    expect(seen[2]?.headers['www-authenticate']).toContain('error="invalid_token"')
    const second = await token(await at(MANIFEST_PATH))
    revokeTokens()
    expect(await at(CONFIG_PATH, {headers: {authorization: `Bearer ${second.token}`}})).toMatchObject({status: 401})
  })

  it.each([
    {like: 'hub', tokenStatus: 200, manifestStatus: 401},
    {like: 'ghcr', tokenStatus: 403, manifestStatus: 401}
  ] as const)('hides a private repository as $like does', async ({like, tokenStatus, manifestStatus}) => {
    await start({
      auth: {kind: 'bearer', like, credentials: [{username: 'me', password: 'pass:word'}]},
      content: [publish(NAME, '2.7.35', PUBLISHED, {private: true})]
    })
    const refused = await at(MANIFEST_PATH)
    const anonymous = await token(refused)
    expect(anonymous.status).toBe(tokenStatus)
    const again = await at(MANIFEST_PATH, {headers: {...ACCEPT, authorization: `Bearer ${anonymous.token}`}})
    expect(again.status).toBe(manifestStatus)
    expect(await token(refused, {headers: {authorization: basic('me:wrong')}})).toMatchObject({status: 401})
    const known = await token(refused, {headers: {authorization: basic('me:pass:word')}})
    expect(await at(MANIFEST_PATH, {headers: {...ACCEPT, authorization: `Bearer ${known.token}`}})).toMatchObject({
      status: 200
    })
  })

  it('issues a token for an identity token by POST', async () => {
    const {host, journal} = await start({
      auth: {kind: 'bearer', identityToken: 'refresh-me'},
      content: [publish(NAME, '2.7.35', PUBLISHED, {private: true})]
    })
    const headers = {'content-type': 'application/x-www-form-urlencoded'}
    const form = (secret: string): string =>
      `grant_type=refresh_token&refresh_token=${secret}&service=registry.test&scope=${SCOPE}`
    const given = await call(`http://${host}/token`, {method: 'POST', headers, form: form('refresh-me')})
    const {access_token: bearer} = JSON.parse(given.body.toString()) as {access_token: string}
    expect(await at(CONFIG_PATH, {headers: {authorization: `Bearer ${bearer}`}})).toMatchObject({status: 200})
    expect(await call(`http://${host}/token`, {method: 'POST', headers, form: form('other')})).toMatchObject({
      status: 401
    })
    expect(journal[0]?.form?.get('grant_type')).toBe('refresh_token')
  })

  it('can be Basic on every request', async () => {
    await start({auth: {kind: 'basic', username: 'me', password: 'secret'}})
    expect(await at('/v2/')).toMatchObject({status: 401, headers: {'www-authenticate': 'Basic realm="fault registry"'}})
    expect(await at(CONFIG_PATH, {headers: {authorization: basic('me:secret')}})).toMatchObject({status: 200})
  })
})

const HALF = Math.floor(LAYER.size / 2)
const FROM_10 = {headers: {range: 'bytes=10-'}}
function flipped(difference: number): Buffer {
  const bytes = Buffer.from(LAYER.bytes)
  bytes[HALF] = (bytes[HALF] ?? 0) ^ difference
  return bytes
}

const ACTIONS: readonly {name: string; do: Action; call?: Call; sees: Record<string, unknown>}[] = [
  {name: 'respond', do: tooManyRequests('7'), sees: {status: 429, headers: {'retry-after': '7'}}},
  {
    name: 'respond as Docker does',
    do: dockerMessage(503, 'x'),
    sees: {status: 503, body: Buffer.from('{"message":"x"}')}
  },
  {name: 'hang', do: {kind: 'hang'}, call: {silenceMs: 50}, sees: {ended: 'silent', body: Buffer.alloc(0)}},
  {name: 'delay', do: {kind: 'delay', forMs: 30}, sees: {status: 200, body: LAYER.bytes}},
  {
    name: 'stall',
    do: {kind: 'stall', afterBytes: 99},
    call: {silenceMs: 100},
    sees: {status: 200, ended: 'silent', body: LAYER.bytes.subarray(0, 99)}
  },
  {
    name: 'stall at once',
    do: {kind: 'stall', afterBytes: 0},
    call: {silenceMs: 100},
    sees: {status: 200, ended: 'silent', body: Buffer.alloc(0)}
  },
  {
    name: 'trickle',
    do: {kind: 'trickle', bytesPerSecond: 40, afterBytes: 100},
    call: {enoughBytes: 102},
    sees: {status: 200, body: LAYER.bytes.subarray(0, 102)}
  },
  {
    name: 'truncate',
    do: {kind: 'truncate', afterBytes: 500},
    sees: {
      status: 200,
      ended: 'early',
      headers: {'content-length': String(LAYER.size)},
      body: LAYER.bytes.subarray(0, 500)
    }
  },
  {name: 'reset', do: {kind: 'reset'}, sees: {error: 'ECONNRESET', body: Buffer.alloc(0)}},
  {name: 'reset midway', do: {kind: 'reset', afterBytes: 500}, sees: {status: 200, ended: 'early'}},
  {name: 'close', do: {kind: 'close'}, sees: {error: 'ECONNRESET', body: Buffer.alloc(0)}},
  {name: 'not-http', do: {kind: 'not-http'}, sees: {error: 'HPE_INVALID_CONSTANT'}},
  {
    name: 'corrupt',
    do: {kind: 'corrupt'},
    sees: {status: 200, body: flipped(1), headers: {'docker-content-digest': LAYER.digest}}
  },
  {name: 'corrupt a part', do: {kind: 'corrupt'}, call: FROM_10, sees: {status: 206, body: flipped(1).subarray(10)}},
  {name: 'replace', do: {kind: 'replace', body: Buffer.from('{}')}, sees: {status: 200, body: Buffer.from('{}')}},
  {name: 'empty', do: {kind: 'empty'}, sees: {status: 200, body: Buffer.alloc(0), headers: {'content-length': '0'}}},
  {
    name: 'declare more',
    do: {kind: 'declare', contentLength: LAYER.size + 9},
    sees: {status: 200, ended: 'early', body: LAYER.bytes}
  },
  {
    name: 'declare less',
    do: {kind: 'declare', contentLength: 9},
    sees: {status: 200, body: LAYER.bytes.subarray(0, 9)}
  },
  {
    name: 'append',
    do: {kind: 'append', bytes: 1},
    sees: {status: 200, ended: 'whole', body: Buffer.concat([LAYER.bytes, Buffer.from('x')])}
  },
  {name: 'endless', do: {kind: 'endless'}, call: {enoughBytes: 5_000_000}, sees: {status: 200, ended: 'early'}},
  {
    name: 'headers',
    do: {kind: 'headers', set: {'Content-Type': 'text/plain'}, drop: ['ETag']},
    sees: {headers: expect.not.objectContaining({etag: expect.anything()})}
  },
  {
    name: 'redirect',
    do: {kind: 'redirect', to: 'http://192.0.2.1/x', status: 302},
    sees: {status: 302, headers: {location: 'http://192.0.2.1/x'}}
  },
  {name: 'redirect-loop', do: {kind: 'redirect-loop'}, sees: {status: 307, headers: {location: '/loop/a'}}},
  {name: 'range ignore', do: {kind: 'range', answer: 'ignore'}, call: FROM_10, sees: {status: 200, body: LAYER.bytes}},
  {
    name: 'range elsewhere',
    do: {kind: 'range', answer: 'elsewhere'},
    call: FROM_10,
    sees: {status: 206, headers: {'content-range': `bytes 0-${LAYER.size - 1}/${LAYER.size}`}, body: LAYER.bytes}
  },
  {
    name: 'range lie',
    do: {kind: 'range', answer: 'lie'},
    call: FROM_10,
    sees: {
      status: 206,
      headers: {'content-range': `bytes 10-${LAYER.size - 1}/${LAYER.size}`},
      body: LAYER.bytes.subarray(0, LAYER.size - 10)
    }
  },
  {
    name: 'range wrong-total',
    do: {kind: 'range', answer: 'wrong-total'},
    call: FROM_10,
    sees: {status: 206, headers: {'content-range': `bytes 10-${LAYER.size - 1}/${LAYER.size + 1}`}}
  },
  {
    name: 'range unsaid',
    do: {kind: 'range', answer: 'unsaid'},
    call: FROM_10,
    sees: {status: 206, headers: expect.not.objectContaining({'content-range': expect.anything()})}
  },
  {name: 'range refuse', do: {kind: 'range', answer: 'refuse'}, call: FROM_10, sees: {status: 416}},
  {
    name: 'range multipart',
    do: {kind: 'range', answer: 'multipart'},
    call: FROM_10,
    sees: {status: 206, headers: {'content-type': 'multipart/byteranges; boundary=PART'}}
  },
  {name: 'encode', do: {kind: 'encode'}, sees: {status: 200, headers: {'content-encoding': 'gzip'}}},
  {
    name: 'unsized, chunked',
    do: {kind: 'unsized'},
    sees: {ended: 'whole', headers: {'transfer-encoding': 'chunked'}, body: LAYER.bytes}
  },
  {
    name: 'unsized, chunked, cut',
    do: {kind: 'unsized', afterBytes: 500},
    sees: {ended: 'early', body: LAYER.bytes.subarray(0, 500)}
  },
  {
    name: 'unsized until the end',
    do: {kind: 'unsized', framing: 'close', afterBytes: 500},
    sees: {ended: 'whole', headers: {connection: 'close'}, body: LAYER.bytes.subarray(0, 500)}
  }
]

describe('a fault', () => {
  it.each(ACTIONS)('has its documented effect: $name', async ({do: action, call: options, sees}) => {
    const {assertQuiet, journal} = await start({faults: [{on: 'layer', do: action}]})
    expect(await at(LAYER_PATH, options)).toMatchObject(sees)
    expect(journal[0]).toMatchObject({fault: action.kind, object: 'layer[1]'})
    assertQuiet()
    expect(await at(LAYER_PATH)).toMatchObject({status: 200, body: LAYER.bytes})
  })

  it('corrupts with the same byte each time, or with another one', async () => {
    await start({
      faults: [
        {on: 'layer', times: 2, do: {kind: 'corrupt'}},
        {on: 'layer', times: 2, do: {kind: 'corrupt', each: 'other'}}
      ]
    })
    const bodies = []
    for (let round = 0; round < 4; round += 1) bodies.push((await at(LAYER_PATH)).body)
    expect(bodies).toEqual([flipped(1), flipped(1), flipped(1), flipped(2)])
  })

  it('encodes a body that decodes to the correct one', async () => {
    await start({faults: [{on: 'config', do: {kind: 'encode'}}]})
    expect(gunzipSync((await at(CONFIG_PATH)).body).equals(CONFIG.bytes)).toBe(true)
  })

  it('redirects in an endless loop', async () => {
    const {host, assertQuiet} = await start({faults: [{on: 'manifest', do: {kind: 'redirect-loop'}}]})
    let location = (await at(MANIFEST_PATH, {headers: ACCEPT})).headers.location ?? ''
    for (let round = 0; round < 12; round += 1)
      location = (await call(new URL(location, `http://${host}`).href)).headers.location ?? ''
    expect(location).toMatch(/^\/loop\/[ab]$/)
    assertQuiet()
  })

  it.each<{name: string; fault: Fault; path: string; headers?: Record<string, string>}>([
    {name: 'ping', fault: {on: 'ping', do: htmlPage(418)}, path: '/v2/'},
    {name: 'challenge', fault: {on: 'challenge', do: htmlPage(418)}, path: MANIFEST_PATH},
    {name: 'token', fault: {on: 'token', do: htmlPage(418)}, path: `/token?scope=${SCOPE}`}
  ])('applies to requests before authentication: $name', async ({fault, path}) => {
    const {assertQuiet} = await start({auth: {kind: 'bearer'}, faults: [fault]})
    expect(await at(path)).toMatchObject({status: 418})
    assertQuiet()
  })

  it('applies to manifest, child, or config, and lets `after` requests pass first', async () => {
    const {unusedFaults, assertQuiet} = await start({
      faults: [
        {on: 'manifest', do: htmlPage(410)},
        {on: 'child', do: htmlPage(411)},
        {on: 'config', after: 1, times: 'always', do: htmlPage(412)},
        {on: 'layer[7]', do: htmlPage(413)}
      ]
    })
    const statuses = []
    for (const path of [MANIFEST_PATH, CHILD_PATH, CONFIG_PATH, CONFIG_PATH, CONFIG_PATH, LAYER_PATH]) {
      statuses.push((await at(path, {headers: ACCEPT})).status)
    }
    expect(statuses).toEqual([410, 411, 200, 412, 412, 200])
    expect(unusedFaults().map(({on}) => on)).toEqual(['layer[7]'])
    expect(assertQuiet).toThrow('no request met this fault')
  })
})
