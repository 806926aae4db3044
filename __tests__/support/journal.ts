// Who asked the fault registry for what, and what came of it. Keeps everything, Authorization included: tests ask who got it.

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
  /** Tag or digest as it was asked for. */
  readonly reference?: string
  /** What the reference means, when that is known. */
  readonly digest?: string
  /** Of the connections of all servers, from 1. */
  readonly connection: number
  readonly atMs: number
  /** Unset when no answer was sent. */
  status?: number
  /** Of the body, handed to the socket. */
  bytesSent: number
  fault?: Action['kind']
  /** False for what a correct client of this test would not have asked. */
  expected: boolean
}

/** `GET manifest 2.7.35`, `GET index`, `GET child`, `GET config`, `GET layer[0] at cdn`, `GET token`, `GET ping`. */
export function summaryOf({server, method, object, reference}: JournalEntry): string {
  const byTag = reference !== undefined && !reference.includes(':')
  const what = byTag && (object === 'index' || object === 'manifest') ? `manifest ${reference}` : object
  return `${method} ${what}${server === 'cdn' ? ' at cdn' : ''}`
}
