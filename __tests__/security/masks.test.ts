// Masks: what is secret is hidden in every spelling and at every cut; what a server chooses is no mask for the job's own words.

import {chmod, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {readFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {delimiter, join} from 'node:path'
import {afterEach, describe, expect, it} from '@jest/globals'
import {Ajv2020} from 'ajv/dist/2020.js'
import type {Action, Fault} from '../support/fault.ts'
import {ociError} from '../support/fault.ts'
import {type FaultRegistry, startFaultRegistry} from '../support/fault-registry.ts'
import {type HostileServer, startHostileServer} from '../support/hostile-server.ts'
import {makeImage} from '../support/images.ts'
import {publish} from '../support/registry-content.ts'
import {type ActionRun, runAction} from '../support/run-action.ts'
import {leakedParts, visibleOutput} from '../support/visible-output.ts'

const PASSWORD = 'Zq7/kW"3x\\Lm9+vBt2p é8Jd'
const LOGIN = {username: 'bob', password: PASSWORD}
const IMAGE = makeImage()
const OPTIONS = {mirrors: '', platform: 'linux/amd64', attempts: '1', 'hedge-after': '0'}

const open: {readonly close: () => Promise<void>}[] = []
afterEach(() => Promise.all(open.splice(0).map(registry => registry.close())))

async function start(options: Parameters<typeof startFaultRegistry>[0]): Promise<FaultRegistry> {
  const registry = await startFaultRegistry({content: [publish('acme/app', '1', IMAGE)], ...options})
  open.push(registry)
  return registry
}

const validate = new Ajv2020({strict: false, validateFormats: false}).compile(
  JSON.parse(readFileSync('report.schema.json', 'utf8')) as object
)

function expectReport(run: ActionRun): void {
  expect([validate(run.report), validate.errors]).toEqual([true, null])
}

describe('a token that anybody gets', () => {
  it.each(['sha256', '"images":', 'stands', 'e', 'a-token-of-twenty-letters', `sha256:${'a'.repeat(64)}`])(
    'is no mask, and changes no word: %s',
    async token => {
      const registry = await start({
        auth: {kind: 'bearer'},
        faults: [{on: 'token', times: 'always', do: {kind: 'replace', body: Buffer.from(JSON.stringify({token}))}}]
      })
      const run = await runAction({image: `${registry.host}/acme/app:1`, ...OPTIONS})
      expect(run.masks).toEqual([])
      // The registry refuses it, and the words for that are what they are without it.
      expect(run.annotations).toHaveLength(1)
      expect(visibleOutput(run)).not.toContain('***')
      expectReport(run)
    }
  )
})

/** A registry that gives this token to any login, and then serves the image, or sends the token back. */
async function startTokenRegistry(token: (host: string) => string, echoes: boolean): Promise<HostileServer> {
  const blobs = new Map<string, Uint8Array>(
    [IMAGE.manifest, IMAGE.config, ...IMAGE.layers].map(({digest, bytes}) => [digest, bytes])
  )
  const server = await startHostileServer(({url, headers}, response) => {
    const own = token(server.host)
    if (url.startsWith('/token')) response.end(JSON.stringify({token: own}))
    else if (headers.authorization !== `Bearer ${own}`)
      response.writeHead(401, {'www-authenticate': `Bearer realm="http://${server.host}/token",service="s"`}).end()
    else if (echoes) response.writeHead(403).end(`${'x'.repeat(185)}${own}`)
    else if (url.endsWith('/manifests/1'))
      response.writeHead(200, {'content-type': IMAGE.manifest.mediaType}).end(IMAGE.manifest.bytes)
    else response.end(blobs.get(url.slice(url.lastIndexOf('/') + 1)))
  })
  open.push(server)
  return server
}

describe('a token that came for credentials', () => {
  it('is a mask, and nowhere to be seen when the registry sends it back', async () => {
    const token = 'eyJhbGciOi.Vb5Xz2Mn7Kp4Tw8.Hd6Fs3Lq9Wc1Ye5'
    const registry = await startTokenRegistry(() => token, true)
    const run = await runAction({image: `${registry.host}/acme/app:1`, ...OPTIONS, ...LOGIN})
    expect(run.exitCode).toBe(1)
    expect(run.masks).toContain(token)
    expect(leakedParts(visibleOutput(run), token)).toEqual([])
    expectReport(run)
  })

  it.each([
    {what: 'a digest that is put out', token: () => IMAGE.manifest.digest},
    {what: 'the bare digest', token: () => IMAGE.manifest.digest.slice(7)},
    {what: 'the digest of a config', token: () => IMAGE.config.digest},
    {what: 'a part of a reference', token: () => '/acme/app@sha256:'},
    {what: 'the name of a build context', token: (host: string) => `${host}/acme/app:1`},
    {what: 'the beginning of a build context', token: () => '=docker-image://'},
    {what: 'a word of ours', token: () => 'verified'},
    {what: 'a letter', token: () => 'e'}
  ])('is no mask when it is $what, and the outputs are what they are without it', async ({token}) => {
    const registry = await startTokenRegistry(token, false)
    const run = await runAction({image: `${registry.host}/acme/app:1`, ...OPTIONS, ...LOGIN})
    expect(run).toMatchObject({exitCode: 0, annotations: [], outputs: {digest: IMAGE.manifest.digest}})
    expect(run.masks).not.toContain(token(registry.host))
    expect(visibleOutput(run)).not.toContain('***')
    expectReport(run)
  })
})

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
/** Bytes as many as those that they stand for. */
function fill(text: string, {length}: Uint8Array = new Uint8Array()): Buffer {
  return Buffer.concat([Buffer.from(text), Buffer.alloc(length, ' ')]).subarray(0, length)
}
function percent(text: string): string {
  return Array.from(Buffer.from(text), byte => `%${byte.toString(16).padStart(2, '0')}`).join('')
}

/** Ways in which a registry that was given the password sends it back, at places where texts are cut. */
const ECHOES: readonly {readonly how: string; readonly echo: Action; readonly on?: Fault['on']}[] = [
  {how: 'in a message', echo: ociError(403, 'DENIED', `you sent ${PASSWORD}, really`)},
  ...[170, 180, 188].map(length => ({
    how: `in a message that is cut in the middle of it (${String(length)})`,
    echo: ociError(403, 'DENIED', 'x'.repeat(length - 8) + PASSWORD)
  })),
  {how: 'in a message, as a URL writes it', echo: ociError(403, 'DENIED', `at /login/${encodeURIComponent(PASSWORD)}`)},
  {
    how: 'in a message, all of it escaped',
    echo: ociError(403, 'DENIED', `at ${percent(PASSWORD)} and ${percent(PASSWORD).toUpperCase()}`)
  },
  {how: 'in a message, as JSON in JSON', echo: ociError(403, 'DENIED', JSON.stringify({password: PASSWORD}))},
  {how: 'in a message, in Base64', echo: ociError(403, 'DENIED', `Authorization: Basic ${base64(`bob:${PASSWORD}`)}`)},
  ...['', 'x', 'xx'].map(before => ({
    how: `in a message, in the Base64 of something else (${String(before.length)})`,
    echo: ociError(403, 'DENIED', base64(`${before}${PASSWORD} more`))
  })),
  {
    how: 'as the title of a web page',
    echo: {
      kind: 'respond',
      status: 403,
      headers: {'content-type': 'text/html'},
      body: `<title>${'y'.repeat(185)}${PASSWORD}</title>`
    }
  },
  {how: 'as plain text', echo: {kind: 'respond', status: 403, body: PASSWORD}},
  {
    how: 'as a header by which a request is found',
    echo: {
      kind: 'respond',
      status: 403,
      headers: {
        'cf-ray': encodeURIComponent(PASSWORD),
        'x-request-id': `${'z'.repeat(190)}${encodeURIComponent(PASSWORD)}`
      }
    }
  },
  {
    how: 'as the first bytes of a config',
    on: 'config',
    echo: {kind: 'replace', body: fill(PASSWORD, IMAGE.config.bytes)}
  },
  {
    how: 'as first bytes that are cut in the middle of it',
    on: 'config',
    echo: {kind: 'replace', body: fill(`${'x'.repeat(80)}${PASSWORD}`, IMAGE.config.bytes)}
  },
  {
    how: 'as the first bytes of a layer',
    on: 'layer[0]',
    echo: {
      kind: 'replace',
      body: fill(`${'x'.repeat(84)}${PASSWORD}`, IMAGE.layers[0]?.bytes)
    }
  },
  {
    how: 'as a manifest that is none',
    on: 'manifest',
    echo: {kind: 'replace', body: Buffer.from(`${'x'.repeat(76)}${PASSWORD}`)}
  },
  {
    how: 'as the type of a manifest',
    on: 'manifest',
    echo: {kind: 'headers', set: {'content-type': `text/${encodeURIComponent(PASSWORD)}`}}
  },
  {
    how: 'as a digest',
    on: 'manifest',
    echo: {kind: 'headers', set: {'docker-content-digest': encodeURIComponent(PASSWORD)}}
  },
  {how: 'as the path of a redirect', echo: {kind: 'redirect', to: `/else/${encodeURIComponent(PASSWORD)}/where`}},
  {how: 'as the path of a redirect, in small digits', echo: {kind: 'redirect', to: `/else/${percent(PASSWORD)}`}},
  {
    how: 'as the host of a redirect',
    echo: {kind: 'redirect', to: `http://${PASSWORD.replace(/[^a-z0-9]/gi, '')}.invalid/`}
  },
  {
    how: 'as an encoding',
    echo: {kind: 'respond', status: 200, headers: {'content-encoding': encodeURIComponent(PASSWORD)}}
  }
]

describe('a password that a registry sends back', () => {
  it.each(ECHOES)('is hidden $how', async ({echo, on = 'manifest', how}) => {
    const registry = await start({
      auth: {kind: 'basic', ...LOGIN},
      faults: [{on, times: 'always', do: echo}]
    })
    const run = await runAction(
      {image: `${registry.host}/acme/app:1`, ...OPTIONS, ...LOGIN},
      {env: {RUNNER_DEBUG: '1'}}
    )
    // A host has no room for the letters of this password: what is left of it is another text.
    if (!how.includes('host')) expect(leakedParts(visibleOutput(run), PASSWORD)).toEqual([])
    expect(run.masks).toContain(PASSWORD)
    expectReport(run)
  })

  it.each(['x', 'e4', 'pw', '0'])(
    'is hidden and masked also when it is short, and leaves the report whole: %s',
    async password => {
      const registry = await start({
        auth: {kind: 'basic', username: 'bob', password},
        faults: [{on: 'manifest', times: 'always', do: ociError(403, 'DENIED', `<${password}>`)}]
      })
      const run = await runAction({image: `${registry.host}/acme/app:1`, ...OPTIONS, username: 'bob', password})
      expect(run.masks[0]).toBe(password)
      expect(JSON.stringify(run.report)).not.toContain(`<${password}>`)
      expectReport(run)
    }
  )
})

describe('the first thing that is said', () => {
  it.each([
    {name: 'inputs that are not valid', inputs: {image: 'php', attempts: 'x'}, env: {}},
    {name: 'a warning about the environment', inputs: {image: 'php'}, env: {NODE_TLS_REJECT_UNAUTHORIZED: '0'}},
    {name: 'the secret in another input', inputs: {image: `php:${PASSWORD}`}, env: {}}
  ])('is each secret input, as a mask, before $name', async ({inputs, env}) => {
    const token = 'ghs_Rj4Nc8Yd1Hs6Gf0Q'
    const run = await runAction({...inputs, ...LOGIN, 'github-token': token}, {env})
    const lines = run.stdout.split('\n')
    expect(lines.slice(0, 2)).toEqual(['::add-mask::' + PASSWORD, `::add-mask::${token}`])
    expect(leakedParts(visibleOutput(run), PASSWORD)).toEqual([])
  })
})

describe('an output that contains a secret', () => {
  it('is put out as it is, with a warning that jobs that need this one do not get it', async () => {
    const registry = await start({auth: {kind: 'basic', username: 'acme', password: 'acme'}})
    const run = await runAction({image: `${registry.host}/acme/app:1`, ...OPTIONS, username: 'acme', password: 'acme'})
    expect(run.exitCode).toBe(0)
    expect(run.outputs['reference']).toBe(`${registry.host}/acme/app@${IMAGE.manifest.digest}`)
    const [warning, ...others] = run.annotations
    expect(others).toEqual([])
    expect(warning?.message).toContain('outputs reference, references, build-contexts')
    expect(warning?.message).toContain('GitHub drops job outputs that contain a secret')
    expectReport(run)
  })
})

const onUnix = process.platform === 'win32' ? describe.skip : describe

onUnix('a secret of a credential helper', () => {
  it('is masked and hidden like an input', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'verified-image-masks-'))
    try {
      await writeFile(join(folder, 'answer'), JSON.stringify({Username: 'bob', Secret: PASSWORD}))
      await writeFile(join(folder, 'docker-credential-own'), `#!/bin/sh\ncat ${join(folder, 'answer')}\n`)
      await chmod(join(folder, 'docker-credential-own'), 0o755)
      await writeFile(join(folder, 'config.json'), JSON.stringify({credsStore: 'own'}))
      const registry = await start({
        auth: {kind: 'basic', ...LOGIN},
        faults: [{on: 'manifest', times: 'always', do: ociError(403, 'DENIED', 'x'.repeat(175) + PASSWORD)}]
      })
      const run = await runAction(
        {image: `${registry.host}/acme/app:1`, ...OPTIONS},
        {env: {DOCKER_CONFIG: folder, PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}`}}
      )
      expect(run.masks).toContain(PASSWORD)
      expect(leakedParts(visibleOutput(run), PASSWORD)).toEqual([])
    } finally {
      await rm(folder, {recursive: true})
    }
  })
})
