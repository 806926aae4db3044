// Sends a response, correctly or with a fault of the connection: silent, slow, truncated, reset, or endless.

import type {ServerResponse} from 'node:http'
import type {Socket} from 'node:net'
import type {Action} from './fault.ts'
import type {JournalEntry} from './journal.ts'
import type {FakeResponse} from './registry-responses.ts'

type Delivery = {
  /** Bytes of the body after which `then` happens. The default is the whole body. */
  readonly limit?: number
  readonly then: 'end' | 'stall' | 'destroy' | 'reset' | 'repeat'
  readonly bytesPerSecond?: number
  /** Bytes that are sent at once before the trickle. */
  readonly ahead?: number
}

const CHUNK_BYTES = 64 * 1024
const SLOWEST_TICK_MS = 1000
const TICK_MS = 50

// Unreferenced, so that the process of a test that forgets to close the registry can end.
function wait(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms).unref())
}

export async function sendResponse(
  response: ServerResponse,
  entry: JournalEntry,
  answer: FakeResponse,
  action: Action | undefined
): Promise<void> {
  const {socket} = response
  if (socket === null || action?.kind === 'hang') return
  if (action?.kind === 'close') return void socket.destroy()
  if (action?.kind === 'not-http') return void socket.end(action.text ?? 'SSH-2.0-OpenSSH_9.2p1\r\n')
  if (action?.kind === 'reset' && action.afterBytes === undefined) {
    reset(socket)
    return
  }
  if (action?.kind === 'delay') await wait(action.forMs)
  if (socket.destroyed) return
  writeHead(response, answer)
  entry.status = answer.status
  if (entry.method === 'HEAD') return void response.end()
  await deliver(response, socket, entry, answer.body, deliveryOf(action, answer))
}

function writeHead(response: ServerResponse, {status, headers, body, framing}: FakeResponse): void {
  if (framing === 'close') {
    response.useChunkedEncodingByDefault = false
    response.shouldKeepAlive = false
  }
  const length = framing === undefined ? {'content-length': String(body.length)} : {}
  response.writeHead(status, {...length, ...headers})
  response.flushHeaders()
}

function deliveryOf(action: Action | undefined, {headers, body}: FakeResponse): Delivery {
  switch (action?.kind) {
    case 'stall':
      return {limit: action.afterBytes, then: 'stall'}
    case 'truncate':
      return {limit: action.afterBytes, then: 'destroy'}
    case 'reset':
      return {limit: action.afterBytes ?? 0, then: 'reset'}
    case 'trickle':
      return {bytesPerSecond: action.bytesPerSecond, ahead: action.afterBytes ?? 0, then: 'end'}
    case 'unsized':
      return action.afterBytes === undefined ? {then: 'end'} : {limit: action.afterBytes, then: 'destroy'}
    case 'endless':
      return {then: 'repeat'}
    case 'hang-up':
      return {then: 'destroy'}
    default: {
      // With a wrong Content-Length, neither side can reuse the connection.
      const declared = headers['content-length']
      return {then: declared === undefined || Number(declared) === body.length ? 'end' : 'destroy'}
    }
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise(resolve => {
    const done = (): void => {
      response.off('drain', done).off('close', done)
      resolve()
    }
    response.on('drain', done).on('close', done)
  })
}

async function deliver(
  response: ServerResponse,
  socket: Socket,
  entry: JournalEntry,
  body: Buffer,
  delivery: Delivery
): Promise<void> {
  const write = async (chunk: Buffer): Promise<void> => {
    entry.bytesSent += chunk.length
    if (!response.write(chunk) && !socket.destroyed) await drained(response)
  }
  const content = body.subarray(0, delivery.limit ?? body.length)
  const ahead = delivery.bytesPerSecond === undefined ? content.length : (delivery.ahead ?? 0)
  for (let at = 0; at < ahead && !socket.destroyed; at += CHUNK_BYTES) {
    await write(content.subarray(at, Math.min(at + CHUNK_BYTES, ahead)))
  }
  const {bytesPerSecond = 1} = delivery
  const tickMs = Math.min(SLOWEST_TICK_MS, Math.max(TICK_MS, 1000 / bytesPerSecond))
  const step = Math.max(1, Math.round((bytesPerSecond * tickMs) / 1000))
  for (let at = ahead; at < content.length && !socket.destroyed; at += step) {
    await write(content.subarray(at, at + step))
    await wait(tickMs)
  }
  while (delivery.then === 'repeat' && !socket.destroyed) await write(Buffer.alloc(CHUNK_BYTES, 'x'))
  finish(response, socket, delivery.then)
}

function finish(response: ServerResponse, socket: Socket, then: Delivery['then']): void {
  if (socket.destroyed || then === 'stall') return
  if (then === 'end') return void response.end()
  // The callback of an empty write runs when all earlier bytes are sent.
  socket.write('', () => {
    if (then === 'reset') reset(socket)
    else socket.destroy()
  })
}

function reset(socket: Socket): void {
  // Node cannot reset a TLS socket. An end without close_notify is as abrupt for the client.
  if ('encrypted' in socket) socket.destroy()
  else socket.resetAndDestroy()
}
