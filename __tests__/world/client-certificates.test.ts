// A registry that wants a certificate of its client, which Docker reads from the registry's folder: NAME.cert with NAME.key.

import {createServer, type Server} from 'node:https'
import type {AddressInfo} from 'node:net'
import {afterEach, beforeEach, expect, it} from '@jest/globals'
import {type Image, makeImage} from '../support/images.ts'
import {fillCertsD, makePki, type Pki} from '../support/places-of-cas.ts'
import {describeWith} from '../support/programs.ts'
import {runAction} from '../support/run-action.ts'

function serve(image: Image, pki: Pki, client: Pki): Server {
  return createServer({...pki.tls, ca: client.ca, requestCert: true, rejectUnauthorized: true}, (request, response) => {
    const {manifest, config, layers} = image
    const found = [manifest, config, ...layers].find(({digest}) => request.url?.endsWith(digest) === true)
    const answer = request.url === '/v2/acme/app/manifests/1' ? manifest : found
    if (answer === undefined) response.writeHead(404).end()
    else response.writeHead(200, {'content-type': answer.mediaType}).end(answer.bytes)
  })
}

const endings: (() => unknown)[] = []
let pki: Pki
let client: Pki
beforeEach(async () => {
  ;[pki, client] = await Promise.all([makePki('registry'), makePki('client')])
})
afterEach(async () => {
  await Promise.all(endings.splice(0).map(end => end()))
})

describeWith([], 'a registry that wants a certificate of its client', () => {
  it("gets the one in Docker's folder for it", async () => {
    const server = serve(makeImage(), pki, client)
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    endings.push(() => {
      server.closeAllConnections()
      return new Promise(resolve => server.close(resolve))
    })
    const host = `127.0.0.1:${String((server.address() as AddressInfo).port)}`
    const {key, cert} = client.tls
    endings.push(await fillCertsD(host, {'ca.crt': pki.ca, 'client.cert': String(cert), 'client.key': String(key)}))
    const ran = await runAction({image: `${host}/acme/app:1`, mirrors: '', platform: 'linux/amd64', attempts: '1'})
    expect(ran.outputs).toMatchObject({source: 'primary', verified: 'full'})
    expect(ran.stdout).not.toContain(String(key).slice(40, 80))
  })
})
