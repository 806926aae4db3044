// The one request to an engine's API that is worth more than its command line: an archive for its socket, without a second program
// that copies it (POST /images/load; the answer is JSON in lines, and an error in it comes with status 200).

import {PassThrough, type Readable} from 'node:stream'
import {Client} from 'undici'
import {isObject} from '../oci/json.ts'
import {type ArchiveFile, writeArchive} from './docker-archive.ts'

// What an engine says is kept up to here.
const MAX_SAID = 16 * 1024

/** Resolves to what is wrong in the engine's words, undefined when it has taken the archive. Rejects when it is not there to say. */
export async function loadOverSocket(
  socketPath: string,
  files: readonly ArchiveFile[],
  signal: AbortSignal
): Promise<string | undefined> {
  // Loading takes as long as the disk takes: the step's own time limit ends it.
  const engine = new Client('http://docker', {socketPath, allowH2: false, headersTimeout: 0, bodyTimeout: 0})
  const archive = new PassThrough({highWaterMark: 1024 * 1024})
  archive.on('error', () => undefined)
  const answered = post(engine, archive, signal)
  // It is waited for below; an engine that ends early says why.
  answered.catch(() => undefined)
  try {
    await writeArchive(files, archive)
    archive.end()
    return await answered
  } finally {
    archive.destroy()
    await engine.destroy()
  }
}

async function post(engine: Client, body: Readable, signal: AbortSignal): Promise<string | undefined> {
  const headers = {'content-type': 'application/x-tar'}
  const answer = await engine.request({method: 'POST', path: '/images/load?quiet=1', headers, body, signal})
  let said = ''
  for await (const text of answer.body.setEncoding('utf8') as AsyncIterable<string>)
    said = (said + text).slice(-MAX_SAID)
  return faultIn(said) ?? (answer.statusCode === 200 ? undefined : `status ${String(answer.statusCode)}`)
}

function faultIn(said: string): string | undefined {
  for (const line of said.split('\n')) {
    try {
      const message: unknown = JSON.parse(line)
      if (!isObject(message)) continue
      const fault = message['error'] ?? message['message']
      if (typeof fault === 'string') return fault
    } catch {
      // An empty line, or one that was cut.
    }
  }
  return undefined
}
