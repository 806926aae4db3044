// A stand-in for what Spegel and Dragonfly run on each node: one address for the content of many registries. It decides by the parameter
// `ns` which one is meant, as their sources do, and takes the content from a registry of the test.
// - Spegel answers with 404 without `ns`, for a digest too (since version 0.5).
// - Dragonfly takes the header X-Dragonfly-Registry, else `ns`, else its default, which is Docker Hub.

import {createServer, request} from 'node:http'
import type {AddressInfo} from 'node:net'

export type NodeMirror = {
  /** `127.0.0.1:PORT`. */
  readonly host: string
  /** Path and query of each request. */
  readonly requests: readonly string[]
  readonly close: () => Promise<void>
}

/** `content`: `127.0.0.1:PORT` of a registry that has what the node has. */
export async function startNodeMirror(program: 'spegel' | 'dragonfly', content: string): Promise<NodeMirror> {
  const [hostname = '', port = ''] = content.split(':')
  const requests: string[] = []
  const server = createServer((incoming, response) => {
    const url = new URL(incoming.url ?? '', 'http://node')
    requests.push(url.pathname + url.search)
    const namespace = url.searchParams.get('ns') ?? incoming.headers['x-dragonfly-registry']
    if (namespace === undefined) {
      const error = {code: 'MANIFEST_UNKNOWN', message: `${program} knows no registry of this request`}
      response.writeHead(404, {'content-type': 'application/json'}).end(JSON.stringify({errors: [error]}))
      return
    }
    const {method, headers} = incoming
    const onward = request({hostname, port, path: url.pathname, method, headers}, answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    incoming.pipe(onward)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    host: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    requests,
    close: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    }
  }
}
