// Promise: a manifest of the withdrawn schema 1 is told as what it is, old, and not as a network that breaks bytes. Registries sign
// such a manifest anew for each answer, so that its bytes are never the same, and name the digest of what is signed.

import {createHash, randomBytes} from 'node:crypto'
import {afterEach, describe, expect, it} from '@jest/globals'
import {type RawServer, startRawServer} from '../support/raw-server.ts'
import {act, NAME, TAG} from '../support/world.ts'

const SIGNED = 'application/vnd.docker.distribution.manifest.v1+prettyjws'
const BARE = 'application/vnd.docker.distribution.manifest.v1+json'
const PAYLOAD = {
  ...{schemaVersion: 1, name: NAME, tag: TAG, architecture: 'amd64'},
  fsLayers: [{blobSum: `sha256:${'0'.repeat(64)}`}],
  history: [{v1Compatibility: '{}'}]
}
const DIGEST = `sha256:${createHash('sha256').update(JSON.stringify(PAYLOAD)).digest('hex')}`

let server: RawServer | undefined
afterEach(async () => server?.close())

async function start(type: string, more: Readonly<Record<string, string>> = {}): Promise<RawServer> {
  server = await startRawServer(path => {
    const signatures = [{signature: randomBytes(64).toString('base64url')}]
    const body = JSON.stringify(type === SIGNED ? {...PAYLOAD, signatures} : PAYLOAD)
    return path.includes('/manifests/') ? {headers: {'content-type': type, ...more}, body} : {body: '{}'}
  })
  return server
}

const TOLD = {exitCode: 1, kind: 'unusable', cause: 'publisher'}

describe('a manifest of schema 1', () => {
  it.each([
    {type: SIGNED, digest: DIGEST},
    {type: SIGNED, digest: `sha256:${'a'.repeat(64)}`},
    {type: SIGNED, digest: ''},
    {type: BARE, digest: DIGEST},
    {type: `${SIGNED}; charset=utf-8`, digest: DIGEST},
    {type: 'application/json', digest: DIGEST},
    {type: 'text/plain', digest: DIGEST}
  ])('is told as that, with $type and the digest $digest', async ({type, digest}) => {
    const registry = await start(type, digest === '' ? {} : {'docker-content-digest': digest})
    const outcome = await act(registry)
    expect(outcome).toMatchObject(TOLD)
    expect(outcome.said).toContain('schema 1')
    expect(outcome.said).not.toMatch(/on their way|proxy|VPN|Docker-Content-Digest/)
    // Once is enough: it is no better the next time.
    expect(registry.requests.filter(head => head.includes('/manifests/'))).toHaveLength(1)
  })

  it.each(['manifest', 'config', 'full'])('is told as that at the level %s', async verify => {
    expect(await act(await start(SIGNED, {'docker-content-digest': DIGEST}), {verify})).toMatchObject(TOLD)
  })

  it('is told as that where the reference names the digest of what was signed', async () => {
    const {host} = await start(SIGNED, {'docker-content-digest': DIGEST})
    const outcome = await act({host}, {image: `${host}/${NAME}:${TAG}@${DIGEST}`})
    expect(outcome).toMatchObject({exitCode: 1, kind: 'unusable'})
    expect(outcome.said).toContain('schema 1')
    expect(outcome.said).not.toMatch(/on their way|VPN/)
  })
})
