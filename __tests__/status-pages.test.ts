// The status page of a registry that failed: the action as a process, with registries and pages under their real names on loopback.

import {once} from 'node:events'
import {createServer, type RequestListener} from 'node:http'
import type {AddressInfo} from 'node:net'
import {afterEach, describe, expect, it, jest} from '@jest/globals'
import {ociError} from './support/fault.ts'
import {startFaultRegistry} from './support/fault-registry.ts'
import {makePublished} from './support/images.ts'
import {type Internet, startInternet} from './support/internet.ts'
import {publish} from './support/registry-content.ts'
import {type ActionRun, runAction} from './support/run-action.ts'

jest.setTimeout(30_000)

const REPOSITORY = 'acme/app'
const CONTENT = [publish(REPOSITORY, '1.2.3', makePublished())]
const PAGE = 'www.dockerstatus.com'

const endings: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(endings.splice(0).map(end => end()))
})

type Answer = (...listened: Parameters<RequestListener>) => unknown

type Asked = {readonly url: string; readonly headers: Readonly<Record<string, unknown>>}

async function startPage(answer: RequestListener): Promise<{readonly port: number; readonly asked: readonly Asked[]}> {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    asked.push({url: request.url ?? '', headers: request.headers})
    answer(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  endings.push(async () => {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  })
  return {port: (server.address() as AddressInfo).port, asked}
}

function json(value: unknown, status = 200): RequestListener {
  return (_request, response) => {
    response.writeHead(status, {'content-type': 'application/json'}).end(JSON.stringify(value))
  }
}

const DISRUPTED = {
  result: {
    status_overall: {updated: '2025-06-04T14:10:00.000Z', status: 'Service Disruption', status_code: 500},
    status: [
      {name: 'Docker Hub Registry', status: 'Service Disruption', status_code: 500, updated: '2025-06-04T14:09:00.000Z'}
    ],
    incidents: []
  }
}

type World = {readonly internet: Internet; readonly page: Awaited<ReturnType<typeof startPage>>}

/** Docker Hub is down for good; ghcr.io has the image, or is down too. */
async function startWorld(answer: Answer, isLost = false): Promise<World> {
  const down = [{on: 'any', times: 'always', do: ociError(503, 'UNAVAILABLE')}] as const
  const hub = await startFaultRegistry({content: CONTENT, faults: down})
  const ghcr = await startFaultRegistry({content: CONTENT, faults: isLost ? down : []})
  const page = await startPage(answer)
  const internet = await startInternet({
    'registry-1.docker.io': hub.ports.registry,
    'ghcr.io': ghcr.ports.registry,
    [PAGE]: page.port
  })
  endings.push(hub.close, ghcr.close, internet.close)
  return {internet, page}
}

function run({internet}: World, more: Readonly<Record<string, string>> = {}): Promise<ActionRun> {
  return runAction(
    {
      ...{image: `${REPOSITORY}:1.2.3`, mirrors: 'docker.io/acme=ghcr.io/acme', platform: 'linux/amd64', attempts: '1'},
      ...more
    },
    {env: {...internet.environment, GITHUB_TOKEN: 'ghs_secret'}}
  )
}

function wordsOf({report}: ActionRun): readonly unknown[] {
  return (report as {images: [{registries: {statusPage?: unknown}[]}]}).images[0].registries.map(
    ({statusPage}) => statusPage
  )
}

describe('the status page of a registry that failed', () => {
  it('is quoted below the cause with its time, and receives no information about the run', async () => {
    const world = await startWorld(json(DISRUPTED))
    const ran = await run(world, {'github-token': 'ghs_secret'})
    expect(ran.outputs).toMatchObject({source: 'mirror'})
    expect(ran.annotations[0]?.message).toMatch(/\nHint: [^\n]*\nNo action needed for this build\. .*#outage$/)
    expect(ran.annotations[0]?.message).toContain(
      `Hint: ${PAGE} says: Docker Hub Registry: Service Disruption (2025-06-04T14:09:00.000Z)`
    )
    expect(wordsOf(ran)[0]).toMatchObject({page: PAGE})
    expect(world.page.asked.map(({url}) => url)).toEqual(['/1.0/status/533c6539221ae15e3f000031'])
    expect(Object.keys(world.page.asked[0]?.headers ?? {}).toSorted()).toEqual(
      ['accept-encoding', 'connection', 'host', 'user-agent'].toSorted()
    )
    expect(JSON.stringify(world.page.asked)).not.toContain('acme')
  })

  it('is read completely when it is long and arrives in chunks', async () => {
    const text = JSON.stringify({...DISRUPTED, padding: 'x'.repeat(700_000)})
    const world = await startWorld(async (_request, response) => {
      for (let at = 0; at < text.length; at += 90_000)
        await new Promise(resolve => response.write(text.slice(at, at + 90_000), resolve))
      response.end()
    })
    expect(wordsOf(await run(world))[0]).toMatchObject({says: 'Docker Hub Registry: Service Disruption'})
  })

  it('is not requested with status-pages: false, nor when nothing failed', async () => {
    const world = await startWorld(json(DISRUPTED))
    const ran = await run(world, {'status-pages': 'false'})
    expect(ran.outputs).toMatchObject({source: 'mirror'})
    expect(world.page.asked).toEqual([])
    const preferred = await run(world, {image: `ghcr.io/${REPOSITORY}:1.2.3`, mirrors: ''})
    expect(preferred.outputs).toMatchObject({source: 'primary'})
    expect(world.internet.refused).toEqual([])
  })

  it.each<{readonly name: string; readonly answer: RequestListener}>([
    {name: 'answers something else', answer: json({hello: 'world'})},
    {
      name: 'is a web page',
      answer: (_request, response) => response.writeHead(200, {'content-type': 'text/html'}).end('<html>')
    },
    {name: 'is down itself', answer: json({}, 503)},
    {name: 'hangs up', answer: request => request.socket.destroy()},
    {
      name: 'sends others around in circles',
      answer: (_request, response) => response.writeHead(302, {location: '/'}).end()
    },
    {
      name: 'sends others to plain HTTP',
      answer: (_request, response) => response.writeHead(302, {location: 'http://127.0.0.1:1/'}).end()
    }
  ])('has no effect when it $name', async ({answer}) => {
    const world = await startWorld(answer)
    const ran = await run(world)
    expect(ran).toMatchObject({exitCode: 0, stderr: ''})
    expect(ran.annotations).toHaveLength(1)
    expect(ran.annotations[0]?.message).not.toContain('Hint')
    // Docker Hub, the mirror, and a public mirror that was not queried.
    expect(wordsOf(ran)).toEqual([undefined, undefined, undefined])
  })

  it('delays a successful step by at most 1 s and a failed one by 3 s when it does not respond', async () => {
    const silence: RequestListener = () => undefined
    const goes = await run(await startWorld(silence))
    expect(goes.exitCode).toBe(0)
    expect(goes.elapsedMs).toBeLessThan(3000)
    const lost = await run(await startWorld(silence, true))
    expect(lost.exitCode).toBe(1)
    expect(lost.elapsedMs).toBeLessThan(6000)
    for (const {annotations} of [goes, lost]) expect(annotations[0]?.message).not.toContain('Hint')
  })

  it('is not mentioned when it does not exist', async () => {
    const world = await startWorld(json(DISRUPTED), true)
    const lost = await run(world)
    expect(lost.annotations[0]?.message).toContain(`Hint: ${PAGE}`)
    // GitHub's page leads nowhere here.
    expect(world.internet.refused).toEqual(['www.githubstatus.com:443'])
  })
})
