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

async function serve(spoil: (digest: string, bytes: Buffer) => Buffer): Promise<Server> {
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

function hostOf(server: Server): string {
  return `127.0.0.1:${String((server.address() as AddressInfo).port)}`
}

const primary = await serve((digest, bytes) =>
  digest === image.config.digest ? Buffer.from(bytes.toString().replace('hello', 'HELLO')) : bytes
)
const mirror = await serve((_digest, bytes) => bytes)
const [primaryHost, mirrorHost] = [hostOf(primary), hostOf(mirror)]
const run = await runAction(
  {
    image: `${primaryHost}/${REPOSITORY}:${TAG}`,
    mirrors: `${primaryHost}=${mirrorHost}`,
    platform: 'linux/amd64'
  },
  process.stdout.isTTY ? {} : {env: {NO_COLOR: '1'}}
)
primary.close()
mirror.close()
// As a runner shows it: groups by their titles, annotations by their level.
for (const line of run.stdout.split('\n')) {
  const [, command, properties = '', message = ''] = /^::(\w+)( [^:]*)?::(.*)$/.exec(line) ?? []
  const shown = (text: string): string => text.replaceAll('%0A', '\n').replaceAll('%3A', ':')
  if (command === undefined) console.log(line)
  else if (command === 'group') console.log(`▼ ${message}`)
  else if (command !== 'endgroup')
    console.log(`\n${command}: ${shown(properties.replace(/^ title=/, ''))}\n${shown(message)}`)
}
console.log('\nThe job summary begins:')
console.log(`  ${run.summary.split('\n')[2] ?? ''}`)
console.log('\nOutputs:')
// The report was in a folder that is gone by now.
for (const [name, value] of Object.entries(run.outputs)) if (name !== 'report') console.log(`  ${name}=${value}`)
const isRight = run.exitCode === 0 && run.outputs['registry'] === mirrorHost && run.outputs['verified'] === 'full'
if (!isRight) console.error(`The replay did not end as it should. ${run.stderr}`)
process.exitCode = isRight ? 0 : 1
