// A right registry with less patience or less luck than others: it takes so many requests at once, so many each second, or goes away
// in the middle of a layer and comes back.

import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http'
import type {AddressInfo, Socket} from 'node:net'
import {blobsOf, type Image, manifestsOf, type StoredBlob} from './images.ts'

export type Limits = {
  /** More requests at once are refused. */
  readonly atOnce?: number
  /** As nginx counts: `burst` requests may be early, and nothing is delayed. */
  readonly perSecond?: {readonly rate: number; readonly burst: number}
  /** What a refusal looks like: 503 and a page, as from nginx, unless given. */
  readonly refusal?: {readonly status: number; readonly headers?: Readonly<Record<string, string>>}
  /** How long a blob takes. */
  readonly blobMs?: number
  /** Once, when it has sent half of this many layers' bytes. */
  readonly away?: {readonly layers: number; readonly forMs: number; readonly how: 'refused' | 'reset' | 503 | 'silent'}
}

export type LimitedRegistry = {
  /** `127.0.0.1:PORT`. */
  readonly host: string
  /** Requests in the order in which they came, by the monotonic clock. */
  readonly requests: readonly {readonly path: string; readonly atMs: number; readonly isRefused: boolean}[]
  /** The most that were served at once after the first refusal was sent, those aside that were under way then. */
  readonly peakAfterRefusal: () => number
  readonly close: () => Promise<void>
}

const PAGE = '<html><head><title>503 Service Temporarily Unavailable</title></head></html>'
const TAG = '1.2.3'

export async function startLimitedRegistry(name: string, image: Image, limits: Limits): Promise<LimitedRegistry> {
  const objects = objectsOf(name, image)
  const layers = new Set<string>(image.layers.map(({digest}) => digest))
  const requests: {path: string; atMs: number; isRefused: boolean}[] = []
  const sockets = new Set<Socket>()
  const active = new Set<{readonly isOld: boolean}>()
  let [isRefusing, peak, halves] = [false, 0, 0]
  let [tokens, countedAtMs] = [1 + (limits.perSecond?.burst ?? 0), performance.now()]
  let outage: 'none' | 'now' | 'over' = 'none'

  function mayPass(): boolean {
    if (limits.atOnce !== undefined && active.size >= limits.atOnce) return false
    if (limits.perSecond === undefined) return true
    const {rate, burst} = limits.perSecond
    const nowMs = performance.now()
    tokens = Math.min(1 + burst, tokens + ((nowMs - countedAtMs) * rate) / 1000)
    countedAtMs = nowMs
    if (tokens < 1) return false
    tokens -= 1
    return true
  }

  function goAway(): void {
    const {forMs = 0, how} = limits.away ?? {}
    outage = 'now'
    for (const socket of sockets) socket.resetAndDestroy()
    if (how === 'refused') server.close()
    setTimeout(() => {
      outage = 'over'
      if (how === 'silent') for (const socket of sockets) socket.resetAndDestroy()
      if (how === 'refused') server.listen(port, '127.0.0.1')
    }, forMs)
  }

  function refuse(response: ServerResponse): void {
    const {status = 503, headers = {}} = limits.refusal ?? {}
    isRefusing = true
    response.writeHead(status, {'content-type': 'text/html', ...headers}).end(PAGE)
  }

  function serve(request: IncomingMessage, response: ServerResponse, object: StoredBlob): void {
    const {range} = request.headers
    const start = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0)
    const body = object.bytes.subarray(start)
    response.writeHead(range === undefined ? 200 : 206, {
      ...{'content-type': object.mediaType, 'content-length': body.length},
      ...(range === undefined
        ? {}
        : {'content-range': `bytes ${String(start)}-${String(object.size - 1)}/${String(object.size)}`})
    })
    const mayBreak = limits.away !== undefined && outage === 'none' && layers.has(object.digest)
    if (!mayBreak) {
      setTimeout(() => response.end(body), limits.blobMs ?? 0)
      return
    }
    // Those that are under way get half, and then nothing more before the outage.
    response.write(body.subarray(0, body.length / 2), () => {
      halves += 1
      if (halves === limits.away?.layers) goAway()
    })
  }

  const server: Server = createServer((request, response) => {
    response.on('error', () => undefined)
    const path = request.url ?? ''
    const isAway = outage === 'now'
    const isRefused = isAway || !mayPass()
    requests.push({path, atMs: performance.now(), isRefused})
    if (isAway) {
      if (limits.away?.how === 'reset') request.socket.resetAndDestroy()
      else if (limits.away?.how === 503) refuse(response)
      return
    }
    if (isRefused) {
      refuse(response)
      return
    }
    const entry = {isOld: !isRefusing}
    active.add(entry)
    response.on('close', () => active.delete(entry))
    if (isRefusing) peak = Math.max(peak, [...active].filter(({isOld}) => !isOld).length)
    const object = objects.get(path)
    if (object === undefined) response.writeHead(path === '/v2/' ? 200 : 404).end('{}')
    else serve(request, response, object)
  })
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const {port} = server.address() as AddressInfo
  return {
    host: `127.0.0.1:${String(port)}`,
    requests,
    peakAfterRefusal: () => peak,
    close: () =>
      new Promise(resolve => {
        server.close(() => {
          resolve()
        })
        for (const socket of sockets) socket.destroy()
      })
  }
}

function objectsOf(name: string, image: Image): ReadonlyMap<string, StoredBlob> {
  const manifests = manifestsOf(image).map(manifest => [`/v2/${name}/manifests/${manifest.digest}`, manifest] as const)
  const blobs = blobsOf(image).map(
    blob => [`/v2/${name}/blobs/${blob.digest}`, {...blob, mediaType: 'application/octet-stream'}] as const
  )
  return new Map([...manifests, [`/v2/${name}/manifests/${TAG}`, image.manifest] as const, ...blobs])
}
