// Promise: a header says something about bytes, and the bytes decide. Where the digest is known, no header refuses right bytes, and
// none has a network blamed that did nothing. The action runs as a process; each header is the only thing that is odd.

import {brotliCompressSync, deflateSync, gzipSync, zstdCompressSync} from 'node:zlib'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import type {Action, Fault, FaultTarget} from '../support/fault.ts'
import {type FaultRegistry, type FaultRegistryOptions, startFaultRegistry} from '../support/fault-registry.ts'
import {type Image, type Index, makeImage, makeIndex} from '../support/images.ts'
import {publish} from '../support/registry-content.ts'
import {act, NAME, TAG} from '../support/world.ts'

const IMAGE = makeImage({layers: [{content: {seed: 1, size: 100_000}}, {content: {seed: 2, size: 400_000}}]})
const INDEX = makeIndex({children: [IMAGE]})
const [FIRST, SECOND] = IMAGE.layers

let folder: string
const open: FaultRegistry[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verified-image-headers-'))
})
afterEach(async () => {
  await Promise.all(open.splice(0).map(registry => registry.close()))
  await rm(folder, {recursive: true})
})

async function serve(
  faults: readonly Fault[],
  what: Image | Index = INDEX,
  more: FaultRegistryOptions = {}
): Promise<FaultRegistry> {
  const registry = await startFaultRegistry({content: [publish(NAME, TAG, what)], faults, ...more})
  open.push(registry)
  return registry
}

function headers(set: Readonly<Record<string, string>>, drop: readonly string[] = []): Action {
  return {
    kind: 'headers',
    ...{set, drop}
  }
}
function always(on: FaultTarget, action: Action): Fault {
  return {on, do: action, times: 'always'}
}

/** Index, child, config and two layers: each asked for once. */
const REQUESTS = 5

async function expectServed(registry: FaultRegistry, more: Readonly<Record<string, string>> = {}): Promise<void> {
  const outcome = await act(registry, more, {cwd: folder})
  expect(outcome).toMatchObject({exitCode: 0, verified: 'full', imageId: IMAGE.config.digest})
  // Not by a second try, and without a word.
  expect(outcome.run.annotations).toEqual([])
  expect(registry.requests()).toHaveLength(REQUESTS)
  registry.assertQuiet()
}

function BY_DIGEST(registry: FaultRegistry): Readonly<Record<string, string>> {
  return {
    image: `${registry.host}/${NAME}@${INDEX.index.digest}`
  }
}

describe('a Content-Type that fits nothing, over a blob', () => {
  const TYPES = [
    'text/html',
    'text/html; charset=utf-8',
    'TEXT/HTML',
    'application/xml',
    'image/png',
    'x',
    '',
    'a/b/c;;='
  ]
  it.each(TYPES)('is ignored: %j', async type => {
    await expectServed(
      await serve(['config', 'layer'].map(on => always(on as FaultTarget, headers({'content-type': type}))))
    )
  })

  it('is ignored when there is none', async () => {
    await expectServed(await serve([always('blob', headers({}, ['content-type']))]))
  })

  it.each(['text/html', 'application/json'])('is ignored at a host that a redirect leads to: %s', async type => {
    const registry = await serve([always('redirect', headers({'content-type': type}))], INDEX, {blobs: 'redirect'})
    expect(await act(registry)).toMatchObject({exitCode: 0, verified: 'full'})
  })
})

describe('a web page in place of a blob', () => {
  it.each(['text/html', 'application/octet-stream'])('is still seen as one, with the type %s', async type => {
    const body = '<!DOCTYPE html><html><title>Sign in</title></html>'
    const page: Action = {kind: 'respond', status: 200, headers: {'content-type': type}, body}
    expect(await act(await serve([always('config', page)]))).toMatchObject({exitCode: 1, cause: 'interception'})
  })
})

describe('a Content-Type that engines refuse, over a manifest', () => {
  const TYPES = [
    'text/html',
    'text/html; charset=utf-8',
    'application/octet-stream',
    'application/json',
    'text/plain',
    ''
  ]

  it.each(TYPES)('keeps the bytes from no layout: %j', async type => {
    const registry = await serve([always('manifest', headers({'content-type': type}))])
    await expectServed(registry, {...BY_DIGEST(registry), layout: 'image'})
  })

  it.each(TYPES)('keeps a child from no layout: %j', async type => {
    await expectServed(await serve([always('child', headers({'content-type': type}))]), {layout: 'image'})
  })

  it.each(TYPES)('makes the next registry serve the reference: %j', async type => {
    const [primary, mirror] = [await serve([always('manifest', headers({'content-type': type}))]), await serve([])]
    const outcome = await act(primary, {...BY_DIGEST(primary), mirrors: `${primary.host}=${mirror.host}`})
    expect(outcome.run.outputs['reference']).toBe(`${mirror.host}/${NAME}@${INDEX.index.digest}`)
  })

  it.each(TYPES)('is said as what it is, and is neither a web page nor an outage: %j', async type => {
    const registry = await serve([always('manifest', headers({'content-type': type}))])
    const outcome = await act(registry, BY_DIGEST(registry))
    expect(outcome).toMatchObject({exitCode: 1, kind: 'protocol', cause: 'registry'})
    expect(outcome.said).toContain('Content-Type')
    expect(outcome.said).not.toMatch(/HTML|web page|captive|is down|cannot be reached/)
  })
})

describe('a Content-Encoding over bytes that are right as they are', () => {
  const CODINGS = [
    '',
    ' ',
    'identity',
    'Identity',
    'IDENTITY',
    'aws-chunked',
    'none',
    'binary',
    'utf-8',
    'gzip',
    'x-gzip',
    'zstd',
    'br'
  ]
  it.each(CODINGS)('is ignored over blobs: %j', async coding => {
    await expectServed(await serve([always('blob', headers({'content-encoding': coding}))]))
  })

  it.each(CODINGS)('is ignored over manifests: %j', async coding => {
    const faults = (['manifest', 'child'] as const).map(on => always(on, headers({'content-encoding': coding})))
    const registry = await serve(faults)
    await expectServed(registry, BY_DIGEST(registry))
  })

  it.each(['', 'identity', 'IDENTITY', 'aws-chunked', 'identity, identity'])(
    'that says nothing is ignored over a tag: %j',
    async coding => {
      await expectServed(await serve([always('index', headers({'content-encoding': coding}))]))
    }
  )
})

describe('bytes that something encoded on their way', () => {
  const CODERS: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
    gzip: bytes => gzipSync(bytes),
    'x-gzip': bytes => gzipSync(bytes),
    GZIP: bytes => gzipSync(bytes),
    'identity, gzip': bytes => gzipSync(bytes),
    'aws-chunked, gzip': bytes => gzipSync(bytes),
    deflate: bytes => deflateSync(bytes),
    br: bytes => brotliCompressSync(bytes),
    zstd: bytes => zstdCompressSync(bytes)
  }
  const encoded = (coding: string, bytes: Buffer, type: string): Action => ({
    kind: 'respond',
    ...{
      status: 200,
      headers: {'content-type': type, 'content-encoding': coding},
      body: CODERS[coding]?.(bytes) ?? bytes
    }
  })
  const [CONFIG, CHILD, TOP] = [IMAGE.config, IMAGE.manifest, INDEX.index]

  it.each(Object.keys(CODERS))('are right when decoded they have the digest: %s', async coding => {
    const registry = await serve([
      always('index', encoded(coding, TOP.bytes, TOP.mediaType)),
      always('child', encoded(coding, CHILD.bytes, CHILD.mediaType)),
      always('config', encoded(coding, CONFIG.bytes, 'application/octet-stream')),
      always('layer[0]', encoded(coding, FIRST?.bytes ?? Buffer.of(), 'application/octet-stream')),
      always('layer[1]', encoded(coding, SECOND?.bytes ?? Buffer.of(), 'application/octet-stream'))
    ])
    await expectServed(registry, BY_DIGEST(registry))
  })

  it('are right for a tag too, where the header names the digest of what was encoded', async () => {
    await expectServed(await serve([always('index', {kind: 'encode'})]))
  })

  it('resume after they broke off', async () => {
    const registry = await serve([
      {on: 'layer[1]', do: {kind: 'truncate', afterBytes: 50_000}},
      always('layer[1]', {kind: 'encode'})
    ])
    expect(await act(registry)).toMatchObject({exitCode: 0, verified: 'full'})
  })

  it('are interception, not an outage, when neither they nor what they decode to have the digest', async () => {
    const wrong = {...CONFIG, bytes: Buffer.from(CONFIG.bytes.toString().replace('hello', 'hullo'))}
    const registry = await serve([always('config', encoded('gzip', wrong.bytes, 'application/octet-stream'))])
    const outcome = await act(registry)
    expect(outcome).toMatchObject({exitCode: 1, cause: 'interception'})
    expect(outcome.said).not.toMatch(/is down|cannot be reached/)
  })

  it('are interception when they do not decode', async () => {
    const junk: Action = {kind: 'respond', status: 200, headers: {'content-encoding': 'gzip'}, body: 'junk'}
    expect(await act(await serve([always('layer[0]', junk)]))).toMatchObject({exitCode: 1, cause: 'interception'})
  })

  it('decode to no byte more than the descriptor says', async () => {
    const bomb: Action = {
      kind: 'respond',
      ...{status: 200, headers: {'content-encoding': 'gzip'}, body: gzipSync(Buffer.alloc(300_000_000))}
    }
    const outcome = await act(
      await serve([always('config', bomb)]),
      {},
      {env: {NODE_OPTIONS: '--max-old-space-size=200'}}
    )
    expect(outcome).toMatchObject({exitCode: 1, kind: 'too-large'})
  })
})

describe('a Content-Range', () => {
  const size = SECOND?.size ?? 0
  const at = 100_000
  const last = String(size - 1)
  const cut: Fault = {on: 'layer[1]', do: {kind: 'truncate', afterBytes: at}}

  it.each([
    `Bytes ${String(at)}-${last}/${String(size)}`,
    `BYTES ${String(at)}-${last}/${String(size)}`,
    `bytes ${String(at)}-${last}/*`,
    ` bytes ${String(at)}-${last}/${String(size)} `
  ])('is read as RFC 9110 says, and the download goes on from where it broke: %j', async range => {
    const registry = await serve([cut, always('layer[1]', headers({'content-range': range}))])
    expect(await act(registry)).toMatchObject({exitCode: 0, verified: 'full'})
    expect(registry.requests().length).toBe(REQUESTS + 1)
  })

  it.each([`bytes=${String(at)}-${last}/${String(size)}`, `bytes ${String(at)} - ${last} / ${String(size)}`, 'x', ''])(
    'that cannot be read costs the bytes that came before, and no more: %j',
    async range => {
      const registry = await serve([cut, {on: 'layer[1]', after: 0, do: headers({'content-range': range})}])
      expect(await act(registry)).toMatchObject({exitCode: 0, verified: 'full'})
      expect(registry.requests().length).toBeLessThanOrEqual(REQUESTS + 2)
    }
  )

  it('on a whole answer is ignored', async () => {
    await expectServed(await serve([always('blob', headers({'content-range': 'bytes 5-9/10'}))]))
  })

  it('of another size than the layer has is one more word about right bytes', async () => {
    const registry = await serve([cut, {on: 'layer[1]', do: {kind: 'range', answer: 'wrong-total'}}])
    expect(await act(registry)).toMatchObject({exitCode: 0, verified: 'full'})
  })

  it.each(['unsaid', 'elsewhere', 'ignore', 'refuse', 'multipart', 'half'] as const)(
    'that does not help does no harm: %s',
    async answer => {
      const registry = await serve([cut, {on: 'layer[1]', do: {kind: 'range', answer}}])
      expect(await act(registry)).toMatchObject({exitCode: 0, verified: 'full'})
    }
  )
})

describe('a Docker-Content-Digest', () => {
  const OTHER = `sha256:${'a'.repeat(64)}`
  const DIGESTS = [OTHER, `sha512:${'a'.repeat(128)}`, 'sha256:x', 'md5:0', '', INDEX.index.digest.toUpperCase()]

  it.each(DIGESTS)('is ignored beside a known digest: %j', async digest => {
    const faults = (['manifest', 'child', 'blob'] as const).map(on =>
      always(on, headers({'docker-content-digest': digest}))
    )
    const registry = await serve(faults)
    await expectServed(registry, BY_DIGEST(registry))
  })

  it.each(['sha256:x', 'md5:0', '', 'blake3:00'])('that is none is ignored beside a tag: %j', async digest => {
    await expectServed(await serve([always('index', headers({'docker-content-digest': digest}))]))
  })

  it('that names another digest beside a tag makes that answer corrupt', async () => {
    const outcome = await act(await serve([always('index', headers({'docker-content-digest': OTHER}))]))
    expect(outcome).toMatchObject({exitCode: 1, kind: 'corrupt'})
  })

  it('that is absent is not missed', async () => {
    await expectServed(await serve([always('any', headers({}, ['docker-content-digest', 'etag']))]))
  })
})

describe('a Content-Length', () => {
  const longer = (on: FaultTarget, bytes: number): Fault => always(on, {kind: 'declare', contentLength: bytes + 7})

  // Nothing tells the size of a manifest beside a tag.
  it.each<readonly [FaultTarget, number]>([
    ['child', IMAGE.manifest.size],
    ['config', IMAGE.config.size],
    ['layer[0]', FIRST?.size ?? 0]
  ])('that announces more than comes does not refuse right bytes: %s', async (on, bytes) => {
    expect(await act(await serve([longer(on, bytes)]))).toMatchObject({exitCode: 0, verified: 'full'})
  })

  it.each(['chunked', 'close'] as const)('that is absent is not missed: %s', async framing => {
    await expectServed(await serve([always('any', {kind: 'unsized', framing})]))
  })
})

describe('any other header', () => {
  it('is ignored', async () => {
    const odd = {
      ...{etag: '', 'content-md5': 'x', digest: 'sha-256=x', 'content-disposition': 'attachment; filename=x'},
      ...{'accept-ranges': 'none', 'content-language': 'de', 'last-modified': 'never', warning: '199 - "x"'},
      ...{
        'cache-control': 'no-store',
        'content-security-policy': 'x',
        'docker-distribution-api-version': 'registry/1.0'
      }
    }
    await expectServed(await serve([always('any', headers(odd))]))
  })
})
