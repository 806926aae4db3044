// The journal of the fault registry: all requests with their headers, Authorization included, and their responses.

import type {IncomingHttpHeaders} from 'node:http'
import type {Action, ServerName} from './fault.ts'

export type JournalEntry = {
  readonly server: ServerName
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** Of a POST. */
  form?: URLSearchParams
  /** `ping`, `token`, `index`, `manifest`, `child`, `attestation`, `config`, `layer[0]`, `blob`, `loop` or `unknown`. */
  readonly object: string
  readonly repository?: string
  /** The requested tag or digest. */
  readonly reference?: string
  /** The digest of the reference, if the registry has it. */
  readonly digest?: string
  /** The number of the connection, counted from 1 over all servers. */
  readonly connection: number
  readonly atMs: number
  /** Undefined without a response. */
  status?: number
  /** The bytes of the body that were written to the socket. */
  bytesSent: number
  fault?: Action['kind']
  /** False for a request that a correct client would not send in this test. */
  expected: boolean
}

/** `GET manifest 2.7.35`, `GET index`, `GET child`, `GET config`, `GET layer[0] at cdn`, `GET token`, `GET ping`. */
export function summaryOf({server, method, object, reference}: JournalEntry): string {
  const byTag = reference !== undefined && !reference.includes(':')
  const what = byTag && (object === 'index' || object === 'manifest') ? `manifest ${reference}` : object
  return `${method} ${what}${server === 'cdn' ? ' at cdn' : ''}`
}
