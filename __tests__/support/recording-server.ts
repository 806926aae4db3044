// A server that only looks on: it answers everything alike, and remembers who came with what.

import type {IncomingHttpHeaders, ServerResponse} from 'node:http'
import {listen, type TlsPair} from './listener.ts'

export type Witness = {
  /** `127.0.0.1:PORT`. */
  readonly host: string
  readonly port: number
  readonly requests: readonly {readonly path: string; readonly headers: IncomingHttpHeaders}[]
  /** TCP connections that it took, of which not every one has to bring a request. */
  readonly connections: () => number
  readonly close: () => Promise<void>
}

export async function startWitness(
  answer: (response: ServerResponse, path: string) => void,
  tls?: TlsPair
): Promise<Witness> {
  const connections = {count: 0}
  const requests: {path: string; headers: IncomingHttpHeaders}[] = []
  const listener = await listen({
    connections,
    onRequest: (request, response) => {
      const path = request.url ?? ''
      requests.push({path, headers: request.headers})
      answer(response, path)
      return Promise.resolve()
    },
    ...(tls === undefined ? {} : {tls})
  })
  return {...listener, requests, connections: () => connections.count}
}
