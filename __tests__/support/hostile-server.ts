// A server of an attacker: it answers as the test says, and records all requests.

import {once} from 'node:events'
import {createServer, type IncomingHttpHeaders, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'

export type Received = {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export type HostileServer = {
  /** `127.0.0.1:PORT`. */
  readonly host: string
  readonly received: readonly Received[]
  /** All requests as one text, with Basic credentials decoded. */
  readonly requestText: () => string
  readonly close: () => Promise<void>
}

export async function startHostileServer(
  answer: (request: Received, response: ServerResponse) => void
): Promise<HostileServer> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const {method = '', url = '', headers} = request
      const one = {method, url, headers, body: Buffer.concat(chunks).toString()}
      received.push(one)
      answer(one, response)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    host: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    received,
    requestText: () => received.map(one => JSON.stringify(one) + decoded(one.headers.authorization)).join('\n'),
    close: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    }
  }
}

/** Answers every request with a challenge. */
export function wantsLogin(challenge: string) {
  return (_request: Received, response: ServerResponse): void => {
    response.writeHead(401, {'www-authenticate': challenge}).end()
  }
}

function decoded(authorization = ''): string {
  return Buffer.from(/^Basic (.*)$/.exec(authorization)?.[1] ?? '', 'base64').toString()
}
