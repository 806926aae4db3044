// The registry of the benchmark (Debian's docker-registry), pushes to it, and a TCP proxy that counts and limits bytes.

import {createReadStream} from 'node:fs'
import {readFile} from 'node:fs/promises'
import {request} from 'node:http'
import {type AddressInfo, connect, createServer, type Socket} from 'node:net'
import {pipeline} from 'node:stream/promises'
import {mediaTypesOf} from '../../__tests__/support/images.ts'
import type {BenchImage, File} from './images.ts'

const TAG = '1.0.0'

export function referenceOf(host: string, {name}: BenchImage): string {
  return `${host}/bench/${name}:${TAG}`
}

async function hasBlob(base: string, {digest}: File): Promise<boolean> {
  return (await fetch(`${base}/blobs/${digest}`, {method: 'HEAD'})).status === 200
}

async function pushBlob(base: string, blob: File): Promise<void> {
  if (await hasBlob(base, blob)) return
  const begun = await fetch(`${base}/blobs/uploads/`, {method: 'POST'})
  const place = new URL(begun.headers.get('location') ?? '', base)
  place.searchParams.set('digest', blob.digest)
  const headers = {'content-type': 'application/octet-stream', 'content-length': blob.size}
  const put = request(place, {method: 'PUT', headers})
  const answered = new Promise<number>((resolve, reject) => {
    put.on('error', reject).on('response', response => {
      response.resume().on('end', () => {
        resolve(response.statusCode ?? 0)
      })
    })
  })
  await pipeline(createReadStream(blob.path, {highWaterMark: 1024 * 1024}), put)
  if ((await answered) !== 201) throw new Error(`the registry does not take ${blob.digest}: ${String(await answered)}`)
}

export async function push(host: string, image: BenchImage): Promise<void> {
  const base = `http://${host}/v2/bench/${image.name}`
  for (const blob of [image.config, ...image.layers]) await pushBlob(base, blob)
  const types = mediaTypesOf('oci')
  const manifests = [
    [image.manifest, image.manifest.digest, types.manifest],
    [image.index, TAG, types.index]
  ] as const
  for (const [manifest, reference, mediaType] of manifests) {
    const body = await readFile(manifest.path)
    const answer = await fetch(`${base}/manifests/${reference}`, {
      ...{method: 'PUT', body: new Uint8Array(body), headers: {'content-type': mediaType}}
    })
    if (answer.status !== 201) throw new Error(`the registry does not take ${reference}: ${await answer.text()}`)
  }
}

export type Wire = {
  readonly host: string
  /** Bytes of responses that were forwarded. */
  readonly passed: () => number
  readonly close: () => Promise<void>
}

const TICK_MS = 5

/** Forwards everything. Responses of all connections together are limited to `bytesPerSecond`. */
export async function startWire(target: string, bytesPerSecond = Number.POSITIVE_INFINITY): Promise<Wire> {
  const [hostname = '', port = ''] = target.split(':')
  const sockets = new Set<Socket>()
  const waiting: (() => void)[] = []
  let passed = 0
  // The bytes that this tick may forward. Unused bytes expire with the tick, as on a real network link.
  let allowance = Number.POSITIVE_INFINITY
  let lastMs = performance.now()
  const isThrottled = Number.isFinite(bytesPerSecond)
  const timer = isThrottled
    ? setInterval(() => {
        const nowMs = performance.now()
        allowance = Math.min(allowance, 0) + ((nowMs - lastMs) / 1000) * bytesPerSecond
        lastMs = nowMs
        while (allowance > 0 && waiting.length > 0) waiting.shift()?.()
      }, TICK_MS)
    : undefined
  if (isThrottled) allowance = 0
  const server = createServer(client => {
    const upstream = connect(Number(port), hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    }
    client.pipe(upstream)
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.end())
    upstream.on('data', (chunk: Buffer) => {
      const pass = (): void => {
        passed += chunk.length
        allowance -= chunk.length
        if (client.write(chunk)) upstream.resume()
        else client.once('drain', () => upstream.resume())
      }
      upstream.pause()
      if (allowance > 0) pass()
      else waiting.push(pass)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    host: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    passed: () => passed,
    close: async () => {
      clearInterval(timer)
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    }
  }
}
