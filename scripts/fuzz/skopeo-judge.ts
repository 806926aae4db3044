// Skopeo as the second judge: it copies a document from a loopback registry. Its next request shows the image that it would run.

import {execFile} from 'node:child_process'
import {createHash} from 'node:crypto'
import {createServer, type Server} from 'node:http'
import type {AddressInfo} from 'node:net'
import {decodeManifest} from '../../src/oci/manifest.ts'
import {type Blob, type Case, caseOf, CONFIGS, MANIFESTS} from './cases.ts'
import {chosen, parsed} from './compare.ts'

export type Pulled = {
  readonly documents: number
  readonly same: number
  /** Skopeo requested nothing after the document. */
  readonly refused: number
  readonly defects: readonly {
    readonly seed: number
    readonly text: string
    readonly ours: string
    readonly theirs: readonly string[]
  }[]
}

/** Runs skopeo on documents that the action accepts, up to a count. */
export async function fuzzWithSkopeo(firstSeed: number, documents: number): Promise<Pulled> {
  const registry = await openRegistry()
  const defects: Pulled['defects'][number][] = []
  let [same, refused] = [0, 0]
  try {
    for (let seed = firstSeed, shown = 0; shown < documents; seed++) {
      const each = caseOf(seed)
      const ours = chosenByUs(each)
      if (ours === undefined) continue
      shown++
      const {asked, isDone} = await registry.show(each.bytes, ours.mediaType)
      // Only documents that point to existing content: skopeo would fail at an invented digest.
      if (!asked.every(digest => ours.digests.includes(digest)))
        defects.push({seed, text: each.bytes.toString(), ours: ours.digests.join(', '), theirs: asked})
      else if (isDone) same++
      else refused++
    }
  } finally {
    registry.close()
  }
  return {documents, same, refused, defects}
}

/** The verified children of an index, or the config of a manifest: what a program may request. */
function chosenByUs({
  kind,
  bytes
}: Case): {readonly digests: readonly string[]; readonly mediaType: string} | undefined {
  const decoded = kind === 'config' ? undefined : decodeManifest(bytes, undefined)
  if (decoded?.ok !== true) return undefined
  const {mediaType} = decoded.value
  if (decoded.value.kind === 'manifest') return {digests: [decoded.value.config.digest], mediaType}
  const child = chosen(decoded.value, {kind: 'named', platforms: [parsed('linux/amd64')]})
  return child.ok && child.digests.length > 0 ? {digests: child.digests, mediaType} : undefined
}

type Registry = {
  readonly show: (
    bytes: Buffer,
    mediaType: string
  ) => Promise<{readonly asked: readonly string[]; readonly isDone: boolean}>
  readonly close: () => void
}

async function openRegistry(): Promise<Registry> {
  const configs = CONFIGS()
  const blobs = new Map([...MANIFESTS, ...configs].map(blob => [blob.digest, blob]))
  let asked: string[] = []
  const server = createServer((request, response) => {
    const [, place, digest = ''] = /^\/v2\/x\/(manifests|blobs)\/(.+)$/.exec(request.url ?? '') ?? []
    const blob = place === undefined ? undefined : blobs.get(digest)
    if (digest !== '') asked.push(digest)
    if (blob !== undefined) {
      response.writeHead(200, {'content-type': blob.mediaType, 'content-length': blob.bytes.length})
      response.end(request.method === 'HEAD' ? undefined : blob.bytes)
    } else {
      response.writeHead(request.url === '/v2/' ? 200 : 404, {'content-type': 'application/json'})
      response.end('{}')
    }
  })
  const host = await listen(server)
  return {
    show: async (bytes, mediaType) => {
      const shown: Blob = {bytes, mediaType, digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`}
      const isKnown = blobs.has(shown.digest)
      blobs.set(shown.digest, shown)
      asked = []
      const isDone = await inspect(`docker://${host}/x@${shown.digest}`)
      if (!isKnown) blobs.delete(shown.digest)
      // The request after the document is for the child or the config. The config of a child follows from the child's digest.
      const next = asked.filter(digest => digest !== shown.digest)
      return {asked: [...new Set(next.slice(0, 1))], isDone}
    },
    close: () => {
      server.close()
      server.closeAllConnections()
    }
  }
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return `127.0.0.1:${String((server.address() as AddressInfo).port)}`
}

function inspect(reference: string): Promise<boolean> {
  const place = ['--override-os', 'linux', '--override-arch', 'amd64']
  return new Promise(resolve => {
    execFile('skopeo', [...place, 'inspect', '--tls-verify=false', '--config', reference], {timeout: 30_000}, error => {
      resolve(error === null)
    })
  })
}
