// A server that answers all requests alike and records them with their headers.

import type {IncomingHttpHeaders, ServerResponse} from 'node:http'
import {listen, type TlsPair} from './listener.ts'

export type RecordingServer = {
  /** `127.0.0.1:PORT`. */
  readonly host: string
  readonly port: number
  readonly requests: readonly {readonly path: string; readonly headers: IncomingHttpHeaders}[]
  /** The number of TCP connections. A connection may have no request. */
  readonly connections: () => number
  readonly close: () => Promise<void>
}

export async function startRecordingServer(
  answer: (response: ServerResponse, path: string) => void,
  tls?: TlsPair
): Promise<RecordingServer> {
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
