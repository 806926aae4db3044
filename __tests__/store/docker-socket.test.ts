// The engine's socket: what is sent to it, how its answer is read, and engines that answer early or not at all.

import {once} from 'node:events'
import {mkdtemp, rm} from 'node:fs/promises'
import {createServer, type RequestListener, type Server} from 'node:http'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import {extract} from 'tar-stream'
import {loadOverSocket} from '../../src/store/docker-socket.ts'

const FILES = [{path: 'manifest.json', content: Buffer.from('[]')}]
const {signal: NEVER} = new AbortController()

let folder: string
let path: string
let server: Server | undefined

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verified-image-socket-'))
  path = join(folder, 'docker.sock')
})

afterEach(async () => {
  server?.closeAllConnections()
  server?.close()
  server = undefined
  await rm(folder, {recursive: true})
})

async function listen(answer: RequestListener): Promise<Server> {
  server = createServer(answer).listen(path)
  await once(server, 'listening')
  return server
}

/** An engine that reads the archive, and then answers with these pieces. */
function answering(status: number, ...pieces: readonly string[]): RequestListener {
  return (request, response) => {
    request.resume().on('end', () => {
      response.writeHead(status)
      for (const piece of pieces) response.write(piece)
      response.end()
    })
  }
}

describe('loadOverSocket', () => {
  it('posts the archive, takes an answer without an error, and closes its connection', async () => {
    const names: string[] = []
    const seen: unknown[] = []
    const engine = await listen((request, response) => {
      seen.push([request.method, request.url, request.headers['content-type']])
      void (async () => {
        for await (const entry of request.pipe(extract())) {
          names.push(entry.header.name)
          entry.resume()
        }
        response.end('{"stream":"Loaded image: x"}\n')
      })()
    })
    await expect(loadOverSocket(path, FILES, NEVER)).resolves.toBeUndefined()
    expect(seen).toEqual([['POST', '/images/load?quiet=1', 'application/x-tar']])
    expect(names).toEqual(['manifest.json'])
    const closed = once(engine, 'close')
    engine.close()
    await closed
  })

  it.each<{readonly name: string; readonly engine: RequestListener; readonly error: string | undefined}>([
    {name: 'an error with HTTP 200', engine: answering(200, '{"error":"no space left"}\n'), error: 'no space left'},
    {
      name: 'an error after progress, in two pieces',
      engine: answering(200, '{"stream":"Loading"}\n\n{"err', 'or":"no space left"}\r\n'),
      error: 'no space left'
    },
    {
      name: 'an error after a lot of progress',
      engine: answering(200, '{"stream":"Loading"}\n'.repeat(5000), '{"error":"no space left"}\n'),
      error: 'no space left'
    },
    {name: 'the message of another status', engine: answering(500, '{"message":"broken"}'), error: 'broken'},
    {name: 'a status without a message', engine: answering(503, 'Service Unavailable'), error: 'HTTP 503'},
    {name: 'nothing', engine: answering(200), error: undefined},
    {name: 'what is not an error', engine: answering(200, 'null\n5\n"error"\n{"error":{"code":5}}\n'), error: undefined}
  ])('reads $name', async ({engine, error}) => {
    await listen(engine)
    await expect(loadOverSocket(path, FILES, NEVER)).resolves.toBe(error)
  })

  it.each([
    {characters: 16 * 1024, isRead: true},
    {characters: 16 * 1024 + 1, isRead: false}
  ])('keeps the last 16 KiB of an answer: $characters', async ({characters, isRead}) => {
    const error = 'x'.repeat(characters - '{"error":""}'.length)
    await listen(answering(500, '{"stream":"Loading"}\n'.repeat(1000), `{"error":"${error}"}`))
    await expect(loadOverSocket(path, FILES, NEVER)).resolves.toBe(isRead ? error : 'HTTP 500')
  })

  it('says why an engine has stopped to read', async () => {
    await listen((request, response) => {
      request.once('data', () => {
        response.writeHead(400, {connection: 'close'}).end('{"message":"not an archive"}')
      })
    })
    const large = {path: 'large', content: Buffer.alloc(20_000_000)}
    await expect(loadOverSocket(path, [large, ...FILES], NEVER)).resolves.toBe('not an archive')
  })

  it.each([
    {name: 'is absent', open: () => Promise.resolve(), error: {code: 'ENOENT'}},
    {
      name: 'closes its connections',
      open: () => listen(request => request.socket.destroy()),
      error: {code: expect.stringMatching(/^(?:ECONNRESET|EPIPE|UND_ERR_SOCKET)$/)}
    }
  ])('rejects, once, where the engine $name', async ({open, error}) => {
    await open()
    const unhandled: unknown[] = []
    const note = (reason: unknown): void => {
      unhandled.push(reason)
    }
    process.on('unhandledRejection', note)
    try {
      const large = {path: 'large', content: Buffer.alloc(20_000_000)}
      await expect(loadOverSocket(path, [large], NEVER)).rejects.toMatchObject(error)
      await new Promise(resolve => setImmediate(resolve))
    } finally {
      process.off('unhandledRejection', note)
    }
    expect(unhandled).toEqual([])
  })

  it('rejects for an archive that cannot be written, and leaves the engine without its end', async () => {
    const ended: string[] = []
    await listen(request => {
      request.resume().on('end', () => ended.push('whole'))
    })
    const absent = {path: 'absent', content: join(folder, 'absent')}
    await expect(loadOverSocket(path, [...FILES, absent], NEVER)).rejects.toThrow('ENOENT')
    expect(ended).toEqual([])
  })

  it('rejects with the reason of its signal', async () => {
    const controller = new AbortController()
    await listen(() => {
      controller.abort(new Error('time is up'))
    })
    await expect(loadOverSocket(path, FILES, controller.signal)).rejects.toThrow('time is up')
  })
})
