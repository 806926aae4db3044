// README's first command: 4 June 2025 over again, on this machine alone. Two registries on loopback have the same image; the
// first hands out a config whose bytes are not the ones that the manifest names. dist/index.js runs as a runner runs it.

import {once} from 'node:events'
import {createServer, type Server} from 'node:http'
import type {AddressInfo} from 'node:net'
import {blobsOf, makePublished, manifestsOf} from '../__tests__/support/images.ts'
import {runAction} from '../__tests__/support/run-action.ts'

const REPOSITORY = 'mlocati/php-extension-installer'
const TAG = '2.7.35'
const published = makePublished()
const [image] = published.children
if (image === undefined) throw new Error('no image was made')

const serve = async (spoil: (digest: string, bytes: Buffer) => Buffer): Promise<Server> => {
  const manifests = new Map([
    [TAG, published.index],
    ...manifestsOf(published).map(blob => [blob.digest, blob] as const)
  ])
  const blobs = new Map(blobsOf(published).map(blob => [blob.digest as string, blob]))
  const server = createServer((request, response) => {
    const [kind, name] = (request.url ?? '').split('/').slice(-2)
    const found = (kind === 'manifests' ? manifests : blobs).get(name ?? '')
    if (found === undefined) response.writeHead(404).end()
    else response.writeHead(200, {'content-type': found.mediaType}).end(spoil(found.digest, found.bytes))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

const hostOf = (server: Server): string => `127.0.0.1:${String((server.address() as AddressInfo).port)}`

const primary = await serve((digest, bytes) =>
  digest === image.config.digest ? Buffer.from(bytes.toString().replace('hello', 'HELLO')) : bytes
)
const mirror = await serve((_digest, bytes) => bytes)
const [primaryHost, mirrorHost] = [hostOf(primary), hostOf(mirror)]
const run = await runAction({
  image: `${primaryHost}/${REPOSITORY}:${TAG}`,
  mirrors: `${primaryHost}=${mirrorHost}`,
  platform: 'linux/amd64'
})
primary.close()
mirror.close()
console.log(run.stdout.replaceAll('%0A', '\n').replaceAll('%3A', ':'))
console.log('Outputs:')
for (const [name, value] of Object.entries(run.outputs)) console.log(`  ${name}=${value}`)
const isRight = run.exitCode === 0 && run.outputs['registry'] === mirrorHost && run.outputs['verified'] === 'full'
if (!isRight) console.error(`The replay did not end as it should. ${run.stderr}`)
process.exitCode = isRight ? 0 : 1
