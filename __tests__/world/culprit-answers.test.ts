// Answers that are no registry's: who gave them is not known, but the registry is not down, and not one of them says that it is.

import {brotliCompressSync, deflateSync, gzipSync, zstdCompressSync} from 'node:zlib'
import {afterEach, describe, expect, it} from '@jest/globals'
import type {Fault} from '../support/fault.ts'
import {type FaultRegistry, type FaultRegistryOptions, startFaultRegistry} from '../support/fault-registry.ts'
import {type LoginRegistry, startLoginRegistry} from '../support/login-registry.ts'
import {makeImage} from '../support/images.ts'
import {publish} from '../support/registry-content.ts'
import {type ActionRun, runAction} from '../support/run-action.ts'
import {verdictOf} from '../support/verdict.ts'
import {startRecordingServer} from '../support/recording-server.ts'

const IMAGE = makeImage({layers: [{content: {seed: 9, size: 300_000}}]})

const endings: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(endings.splice(0).map(end => end()))
})

async function runWith(
  faults: readonly Fault[],
  inputs: Readonly<Record<string, string>> = {},
  options: FaultRegistryOptions = {}
): Promise<ActionRun> {
  const registry: FaultRegistry = await startFaultRegistry({
    content: [publish('acme/app', '1', IMAGE)],
    faults,
    ...options
  })
  endings.push(registry.close)
  const image = `${registry.host}/acme/app:1`
  return runAction({image, mirrors: '', platform: 'linux/amd64', backoff: '5ms', attempts: '3', ...inputs})
}

function always(on: Fault['on'], action: Fault['do']): readonly Fault[] {
  return [{on, times: 'always', do: action}]
}

describe('an answer that is no registry’s', () => {
  it.each<{name: string; faults: readonly Fault[]}>([
    {name: 'status 204 for a manifest', faults: always('manifest', {kind: 'respond', status: 204})},
    {name: 'status 204 for a blob', faults: always('blob', {kind: 'respond', status: 204})},
    {name: 'status 418', faults: always('manifest', {kind: 'respond', status: 418, body: 'teapot'})},
    {name: 'status 400', faults: always('manifest', {kind: 'respond', status: 400, body: 'Bad Request'})},
    {name: 'status 405', faults: always('manifest', {kind: 'respond', status: 405})},
    {name: 'a redirect to nowhere', faults: always('manifest', {kind: 'respond', status: 302})},
    {name: 'a redirect loop', faults: always('manifest', {kind: 'redirect-loop'})}
  ])('does not mean that it is down: $name', async ({faults}) => {
    const {cause, said} = verdictOf(await runWith(faults))
    expect(cause).not.toBe('outage')
    expect(said).not.toMatch(/is down|cannot be reached|could not be reached|status page/i)
  })

  it.each(['br', 'deflate', 'zstd'])(
    'is interception when it is encoded and nothing in it fits: %s',
    async encoding => {
      const body = gzipSync('<p>something else entirely</p>')
      const headers = {'content-type': 'application/octet-stream', 'content-encoding': encoding}
      const {cause, said} = verdictOf(await runWith(always('config', {kind: 'respond', status: 200, headers, body})))
      expect(cause).toBe('interception')
      expect(said).not.toMatch(/is down|cannot be reached|status page/i)
    }
  )

  it('is interception when it is JSON of something else', async () => {
    const headers = {'content-type': 'application/json'}
    const body = '{"login":"required","portal":"https://portal.test/"}'
    const {cause, said} = verdictOf(await runWith(always('blob', {kind: 'respond', status: 200, headers, body})))
    expect(['interception', 'registry']).toContain(cause)
    expect(said).not.toMatch(/status page/i)
  })
})

describe('bytes that something changed and encoded on their way', () => {
  const [LAYER] = IMAGE.layers
  const OBJECTS = [
    {on: 'manifest' as const, bytes: IMAGE.manifest.bytes, type: IMAGE.manifest.mediaType},
    {on: 'config' as const, bytes: IMAGE.config.bytes, type: 'application/octet-stream'},
    {on: 'layer[0]' as const, bytes: LAYER?.bytes ?? Buffer.of(), type: 'application/octet-stream'}
  ]
  const CHANGES: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
    'one byte': bytes => Buffer.from(bytes.map((byte, at) => (at === bytes.length - 9 ? byte ^ 1 : byte))),
    'bytes more': bytes => Buffer.concat([bytes, Buffer.from('injected')]),
    'bytes less': bytes => bytes.subarray(0, -20),
    'a space first': bytes => Buffer.concat([Buffer.from(' '), bytes])
  }
  const CODERS: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
    gzip: bytes => gzipSync(bytes),
    deflate: bytes => deflateSync(bytes),
    br: bytes => brotliCompressSync(bytes),
    zstd: bytes => zstdCompressSync(bytes)
  }
  const served = (coding: string, change: string, {on, bytes, type}: (typeof OBJECTS)[number]): readonly Fault[] => {
    const changed = CHANGES[change]?.(Buffer.from(bytes)) ?? Buffer.of()
    const body = CODERS[coding]?.(changed) ?? changed
    return always(on, {
      kind: 'respond',
      ...{status: 200, headers: {'content-type': type, 'content-encoding': coding}, body}
    })
  }
  const cases = OBJECTS.flatMap(object =>
    Object.keys(CHANGES).flatMap(change => Object.keys(CODERS).map(coding => ({object, change, coding})))
  )

  it.each(cases)('are interception: $object.on with $change, as $coding', async ({object, change, coding}) => {
    const registry = await startFaultRegistry({
      content: [publish('acme/app', '1', IMAGE)],
      faults: served(coding, change, object)
    })
    endings.push(registry.close)
    const image = `${registry.host}/acme/app@${IMAGE.manifest.digest}`
    const {cause, said} = verdictOf(
      await runAction({image, attempts: '2', mirrors: '', platform: 'linux/amd64', backoff: '5ms'})
    )
    expect(cause).toBe('interception')
    expect(said).not.toMatch(/serves corrupt|is down|publisher/i)
  })

  it('are interception at the first attempt too, while it is unclear which form was meant', async () => {
    const [, , layer = OBJECTS[0]] = OBJECTS
    const faults = layer === undefined ? [] : served('gzip', 'one byte', layer)
    expect(verdictOf(await runWith(faults, {attempts: '1'})).cause).toBe('interception')
  })

  it.each(Object.keys(CODERS))('once do not matter, since the object is requested again: %s', async coding => {
    const faults = OBJECTS.slice(1).flatMap(object =>
      served(coding, 'one byte', object).map((fault): Fault => ({...fault, times: 1}))
    )
    expect((await runWith(faults, {attempts: '2'})).outputs).toMatchObject({source: 'primary', verified: 'full'})
  })

  it("are the registry's when they are not encoded", async () => {
    const [, config] = OBJECTS
    const body = CHANGES['one byte']?.(Buffer.from(config?.bytes ?? Buffer.of())) ?? Buffer.of()
    const faults = always('config', {kind: 'respond', status: 200, headers: {}, body})
    expect(verdictOf(await runWith(faults)).cause).toBe('registry')
  })
})

describe('403 for a blob whose manifest was just read', () => {
  it.each([
    {name: 'with a web page', body: '<html><head><title>403 Forbidden</title></head></html>', type: 'text/html'},
    {name: 'without a word', body: '', type: 'text/plain'},
    {name: "in the form of a registry's error", body: '{"errors":[{"code":"DENIED"}]}', type: 'application/json'}
  ])('does not mean that the repository is missing or private: $name', async ({body, type}) => {
    const faults = always('blob', {kind: 'respond', status: 403, headers: {'content-type': type}, body})
    const {kind, advice, said} = verdictOf(await runWith(faults))
    expect(kind).toBe('denied')
    expect(said).not.toMatch(/does not exist|is private|private one/i)
    expect(advice).toMatch(/filter|firewall|proxy|block/i)
  })

  it('nor does 401 from the host that content lies at, which is named', async () => {
    const faults: readonly Fault[] = [
      {on: 'config', server: 'cdn', times: 'always', do: {kind: 'respond', status: 401}}
    ]
    const {advice, said} = verdictOf(await runWith(faults, {}, {blobs: 'redirect'}))
    expect(said).not.toMatch(/does not exist|is private/i)
    expect(advice).toMatch(/127\.0\.0\.1:\d+/)
  })
})

describe('an answer that ends early, each time at another place', () => {
  it('may be the registry or the network, and the advice names both', async () => {
    const faults = [4000, 9000, 6000].map((afterBytes): Fault => ({
      on: 'layer[0]',
      do: {kind: 'truncate', afterBytes}
    }))
    const {kind, advice} = verdictOf(
      await runWith([...faults, ...always('layer[0]', {kind: 'truncate', afterBytes: 5000})])
    )
    expect(kind).toBe('truncated')
    expect(advice).toMatch(/network|proxy|VPN/i)
    expect(advice).toMatch(/registry|127\.0\.0\.1:\d+[^.]*(?:storage|disk|cache|breaks)/i)
  })
})

describe('a token that the registry refuses', () => {
  const runWithToken = async (token: () => string, inputs: Readonly<Record<string, string>>): Promise<ActionRun> => {
    const registry: LoginRegistry = await startLoginRegistry({
      ...{repository: 'acme/app', tag: '1', image: IMAGE},
      challenge: host => `Bearer realm="http://${host}/token",service="registry",error="invalid_token"`,
      isAllowed: () => false,
      answerToken: () => ({status: 200, body: JSON.stringify({token: token()})})
    })
    endings.push(registry.close)
    return runAction({
      image: `${registry.host}/acme/app:1`,
      ...{mirrors: '', platform: 'linux/amd64', backoff: '5ms', attempts: '2', ...inputs}
    })
  }

  it.each([
    {name: 'without a login', inputs: {}},
    {name: 'with one', inputs: {username: 'bob', password: 'pw-of-bob'}}
  ])('and that comes again the same names the token server, and clocks: $name', async ({inputs}) => {
    const {cause, said, advice} = verdictOf(await runWithToken(() => 'the-same-Token-01234', inputs))
    expect(cause).toBe('access')
    expect(said).toMatch(/token server/i)
    expect(said).toMatch(/clock/i)
    expect(advice).not.toMatch(/sends to for its content|address that it signed/)
  })

  it('at a token server of another host is not called content that the registry sends to', async () => {
    const tokenServer = await startRecordingServer(response => response.end('{"token":"the-same-Token-01234"}'))
    endings.push(tokenServer.close)
    const registry = await startLoginRegistry({
      ...{repository: 'acme/app', tag: '1', image: IMAGE},
      challenge: () => `Bearer realm="http://${tokenServer.host}/token",service="registry",error="invalid_token"`,
      isAllowed: () => false
    })
    endings.push(registry.close)
    const {said, advice, cause} = verdictOf(
      await runAction({
        image: `${registry.host}/acme/app:1`,
        mirrors: '',
        platform: 'linux/amd64',
        attempts: '2',
        backoff: '5ms'
      })
    )
    expect(cause).toBe('access')
    expect(said).not.toMatch(/sends to for its content|address that it signed/)
    expect(advice).toContain(tokenServer.host)
    expect(advice).toMatch(/clock/i)
  })

  it('and that is another one each time names the token server, and clocks', async () => {
    let serial = 0
    const {cause, said} = verdictOf(await runWithToken(() => `Token-0123456789-${String(++serial)}`, {}))
    expect(cause).toBe('access')
    expect(said).toMatch(/clock/i)
  })
})
