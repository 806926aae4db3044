// A registry that serves what it is given, to the byte, and checks nothing: registry programs refuse many of these images at the push.

import {createServer, type Server} from 'node:http'
import type {AddressInfo} from 'node:net'
import type {StoredBlob} from '../../__tests__/support/images.ts'
import type {Published} from './images.ts'

export type Registry = {
  /** `127.0.0.1:PORT`. */
  readonly host: string
  readonly add: (repository: string, tag: string, published: Published) => void
  readonly close: () => void
}

export async function openRegistry(): Promise<Registry> {
  // By path below /v2/.
  const objects = new Map<string, StoredBlob>()
  const server = createServer((request, response) => {
    const found = objects.get((request.url ?? '').slice('/v2/'.length))
    if (found === undefined) {
      response.writeHead(request.url === '/v2/' ? 200 : 404, {'content-type': 'application/json'})
      response.end('{}')
      return
    }
    const {mediaType, digest, bytes} = found
    response.writeHead(200, {
      ...{'content-type': mediaType, 'content-length': bytes.length},
      'docker-content-digest': digest
    })
    response.end(request.method === 'HEAD' ? undefined : bytes)
  })
  const host = await listen(server)
  return {
    host,
    add: (repository, tag, {top, manifests, blobs}) => {
      objects.set(`${repository}/manifests/${tag}`, top)
      for (const manifest of manifests) objects.set(`${repository}/manifests/${manifest.digest}`, manifest)
      for (const blob of blobs)
        objects.set(`${repository}/blobs/${blob.digest}`, {...blob, mediaType: 'application/octet-stream'})
    },
    close: () => {
      server.close()
      server.closeAllConnections()
    }
  }
}

// Node answers 400 to a TLS handshake, by which containerd finds out that this is plain HTTP.
async function listen(server: Server): Promise<string> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return `127.0.0.1:${String((server.address() as AddressInfo).port)}`
}
