// A proxy that does not do its work is the proxy's outage. The registry behind it was never asked, so nothing is said of it: not that it is
// down, not to look at its status page.

import {type AddressInfo, createServer, type Socket} from 'node:net'
import {afterEach, describe, expect, it} from '@jest/globals'
import {type ActionRun, runAction} from '../support/run-action.ts'

const endings: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(endings.splice(0).map(end => end()))
})

/** What answers to every request, whatever it is; nothing when undefined. */
async function startProxy(answer: string | undefined, then: 'end' | 'hold' | 'destroy'): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('data', () => {
      if (then === 'destroy') socket.destroy()
      else if (then === 'end') socket.end(answer ?? '')
      else if (answer !== undefined) socket.write(answer)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  endings.push(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise(resolve => server.close(resolve))
  })
  return `127.0.0.1:${String((server.address() as AddressInfo).port)}`
}

const PAGE = '<!DOCTYPE html><html><head><title>Blocked by policy</title></head><body>No</body></html>'
function http(status: string, headers: readonly string[] = [], body = PAGE): string {
  return [
    `HTTP/1.1 ${status}`,
    'content-type: text/html',
    `content-length: ${String(body.length)}`,
    ...headers,
    '',
    body
  ].join('\r\n')
}

function run(proxy: string, inputs: Readonly<Record<string, string>> = {}): Promise<ActionRun> {
  return runAction(
    {
      image: 'registry.test/acme/app:1',
      ...{mirrors: '', platform: 'linux/amd64', attempts: '1', 'connect-timeout': '400ms', ...inputs}
    },
    {env: {HTTPS_PROXY: proxy, HTTP_PROXY: proxy}}
  )
}

type Told = {
  readonly images: readonly [
    {readonly diagnosis: {cause: string; advice: string}; readonly registries: readonly [{failure: {reason?: string}}]}
  ]
}

function expectBlamedOnProxy(ran: ActionRun): void {
  const {images} = ran.report as Told
  const [{diagnosis, registries}] = images
  expect(registries[0].failure).toMatchObject({kind: 'unreachable', reason: 'proxy'})
  expect(['outage', 'network', 'interception', 'access']).toContain(diagnosis.cause)
  expect(diagnosis.advice).toMatch(/proxy/i)
  const told = [...ran.annotations.map(({message}) => message), ran.summary].join('\n')
  expect(told).toMatch(/HTTPS?_PROXY/)
  expect(told).not.toMatch(
    /status page|registry\.test[`*]* (?:is down|is unavailable|(?:could not|cannot) be reached(?! through)|did not answer)/i
  )
  expect(told).not.toMatch(/the registry is down/i)
  expect(ran.annotations).toHaveLength(1)
}

describe('a proxy', () => {
  it.each([
    {name: 'at a closed port', proxy: () => Promise.resolve('http://127.0.0.1:9')},
    {name: 'whose name leads nowhere', proxy: () => Promise.resolve('http://proxy.invalid:3128')},
    {
      name: 'that is an SSH server',
      proxy: async () => `http://${await startProxy('SSH-2.0-OpenSSH_9.2p1\r\n', 'end')}`
    },
    {name: 'that hangs up', proxy: async () => `http://${await startProxy('', 'destroy')}`},
    {name: 'that says nothing', proxy: async () => `http://${await startProxy(undefined, 'hold')}`},
    {name: 'that is no TLS server', proxy: async () => `https://${await startProxy(http('400 Bad Request'), 'end')}`},
    {name: 'that answers 400', proxy: async () => `http://${await startProxy(http('400 Bad Request'), 'end')}`},
    {
      name: 'that answers 403 with a page',
      proxy: async () => `http://${await startProxy(http('403 Forbidden'), 'end')}`
    },
    {
      name: 'that wants a login',
      proxy: async () =>
        `http://${await startProxy(http('407 Proxy Authentication Required', ['proxy-authenticate: Basic realm="p"']), 'end')}`
    },
    {name: 'that answers 404', proxy: async () => `http://${await startProxy(http('404 Not Found'), 'end')}`},
    {
      name: 'that answers 500',
      proxy: async () => `http://${await startProxy(http('500 Internal Server Error'), 'end')}`
    },
    {name: 'that answers 502', proxy: async () => `http://${await startProxy(http('502 Bad Gateway'), 'end')}`},
    {
      name: 'that answers 503 with a page',
      proxy: async () => `http://${await startProxy(http('503 Service Unavailable'), 'end')}`
    },
    {name: 'that answers 504', proxy: async () => `http://${await startProxy(http('504 Gateway Timeout'), 'end')}`},
    {
      name: 'that answers 302',
      proxy: async () => `http://${await startProxy(http('302 Found', ['location: http://portal.test/']), 'end')}`
    },
    {name: 'of a kind that is not spoken', proxy: () => Promise.resolve('socks5://127.0.0.1:1080')},
    {name: 'that is no URL', proxy: () => Promise.resolve('http://:bad:port')}
  ])('$name is what the error speaks of', async ({proxy}) => {
    expectBlamedOnProxy(await run(await proxy()))
  })

  it.each([
    {name: 'at a closed port', proxy: () => Promise.resolve('http://127.0.0.1:9')},
    {
      name: 'that wants a login',
      proxy: async () =>
        `http://${await startProxy(http('407 Proxy Authentication Required', ['proxy-authenticate: Basic realm="p"']), 'end')}`
    },
    {name: 'that hangs up', proxy: async () => `http://${await startProxy('', 'destroy')}`}
  ])('$name, before a registry in plain HTTP, is what the error speaks of', async ({proxy}) => {
    expectBlamedOnProxy(await run(await proxy(), {'insecure-registries': 'registry.test'}))
  })

  it.each(['200 OK', '403 Forbidden', '502 Bad Gateway', '503 Service Unavailable'])(
    'that answers %s with a web page in place of a registry in plain HTTP is interception, or the proxy',
    async status => {
      const proxy = `http://${await startProxy(http(status), 'end')}`
      const ran = await run(proxy, {'insecure-registries': 'registry.test'})
      const {images} = ran.report as Told
      expect(['interception', 'outage', 'network', 'access']).toContain(images[0].diagnosis.cause)
      expect(images[0].diagnosis.advice).toMatch(/proxy/i)
    }
  )

  it('that opens a tunnel and then answers with a web page is interception, or the proxy', async () => {
    const proxy = `http://${await startProxy(`HTTP/1.1 200 OK\r\n\r\n${PAGE}`, 'hold')}`
    const ran = await run(proxy)
    const {images} = ran.report as Told
    expect(images[0].diagnosis.advice).toMatch(/proxy/i)
    expect(images[0].diagnosis.advice).not.toMatch(/status page/i)
  })

  it('that is down takes all registries with it, and is named once, in front', async () => {
    const ran = await run('http://127.0.0.1:9', {
      image: `registry.test/acme/app@sha256:${'0'.repeat(64)}`,
      mirrors: 'registry.test=one.test\nregistry.test=two.test'
    })
    expectBlamedOnProxy(ran)
    const message = ran.annotations[0]?.message ?? ''
    expect(message.split('\n').slice(0, 3).join(' ')).toMatch(/proxy/i)
  })

  it('that is down when a tag is asked for is not answered with advice on mirrors, which are behind it too', async () => {
    const ran = await run('http://127.0.0.1:9', {image: 'acme/app:1', 'public-mirrors': 'docker.io=ghcr.test'})
    const {images} = ran.report as Told
    expect(images[0].diagnosis.advice).not.toMatch(/mirror|lock/i)
  })
})
