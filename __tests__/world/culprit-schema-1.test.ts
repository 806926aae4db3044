// A manifest of schema 1 is old. Its header's digest is that of the payload without signatures, and some registries sign anew each time:
// neither is the network's doing. Docker calls it deprecated, and refuses it too.

import {createHash} from 'node:crypto'
import {afterEach, describe, expect, it} from '@jest/globals'
import {type HostileServer, startHostileServer} from '../support/hostile-server.ts'
import {runAction} from '../support/run-action.ts'
import {verdictOf} from '../support/verdict.ts'

const SIGNED = 'application/vnd.docker.distribution.manifest.v1+prettyjws'

const PAYLOAD = {
  ...{schemaVersion: 1, name: 'acme/app', tag: '1', architecture: 'amd64'},
  fsLayers: [{blobSum: 'sha256:a3ed95caeb02ffe68cdd9fd84406680ae93d633cb16422d00e8a7c22955b46d4'}],
  history: [{v1Compatibility: '{"id":"1","created":"2015-01-01T00:00:00Z"}'}]
}

let server: HostileServer | undefined
afterEach(() => server?.close())

describe('a manifest of schema 1', () => {
  it.each([
    {name: 'signed anew each time', type: SIGNED, isSigned: true, digest: 'payload'},
    {
      name: 'unsigned',
      type: 'application/vnd.docker.distribution.manifest.v1+json',
      isSigned: false,
      digest: 'payload'
    },
    {name: 'without a digest in the header', type: SIGNED, isSigned: true, digest: 'none'},
    {name: 'with another digest in the header', type: SIGNED, isSigned: true, digest: 'other'},
    {name: 'called plain JSON', type: 'application/json', isSigned: true, digest: 'payload'},
    {name: 'with a charset', type: `${SIGNED}; charset=utf-8`, isSigned: true, digest: 'payload'},
    {
      name: 'under the type of schema 2',
      ...{type: 'application/vnd.docker.distribution.manifest.v2+json', isSigned: true, digest: 'payload'}
    }
  ])('$name is unusable, because it is old', async ({type, isSigned, digest}) => {
    let serial = 0
    server = await startHostileServer((_request, response) => {
      const signatures = isSigned ? {signatures: [{signature: `s-${String(++serial)}`, protected: 'x'}]} : {}
      const payload = JSON.stringify(PAYLOAD, null, 3)
      const names = {
        payload: `sha256:${createHash('sha256').update(payload).digest('hex')}`,
        other: `sha256:${'1'.repeat(64)}`
      }
      const header = digest === 'none' ? {} : {'docker-content-digest': names[digest as 'payload' | 'other']}
      response
        .writeHead(200, {'content-type': type, ...header})
        .end(JSON.stringify({...PAYLOAD, ...signatures}, null, 3))
    })
    for (const verify of ['full', 'manifest']) {
      const image = `${server.host}/acme/app:1`
      const ran = await runAction({image, verify, mirrors: '', platform: 'linux/amd64', backoff: '5ms', attempts: '2'})
      const {kind, cause, said} = verdictOf(ran)
      expect(kind).toBe('unusable')
      expect(cause).not.toBe('transit')
      expect(said).toMatch(/schema (?:version )?1/i)
      expect(said).not.toMatch(/contradict|network|on their way|digest mismatch/i)
    }
  })
})
