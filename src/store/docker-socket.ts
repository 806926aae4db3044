// Loads an archive over the Docker Engine's socket (POST /images/load), without a second program that copies it.
// The response is one JSON document per line, and an error in it comes with HTTP 200.

import {PassThrough, type Readable} from 'node:stream'
import {Client} from 'undici'
import {isObject} from '../oci/json.ts'
import {BUFFER_BYTES} from './blob-file.ts'
import {type ArchiveFile, writeArchive} from './docker-archive.ts'

// The error comes last.
const MAX_OUTPUT = 16 * 1024

/** Resolves to the engine's error message, or to undefined when it took the archive. Rejects when it cannot be reached. */
export async function loadOverSocket(
  socketPath: string,
  files: readonly ArchiveFile[],
  signal: AbortSignal
): Promise<string | undefined> {
  // Loading takes as long as the disk takes: the `timeout` input bounds it.
  const engine = new Client('http://docker', {socketPath, headersTimeout: 0, bodyTimeout: 0})
  const archive = new PassThrough({highWaterMark: BUFFER_BYTES})
  archive.on('error', () => undefined)
  const response = postArchive(engine, archive, signal)
  // It is awaited below. An engine that stops reading early says why.
  response.catch(() => undefined)
  try {
    await writeArchive(files, archive)
    archive.end()
    return await response
  } finally {
    archive.destroy()
    await engine.destroy()
  }
}

async function postArchive(engine: Client, body: Readable, signal: AbortSignal): Promise<string | undefined> {
  const headers = {'content-type': 'application/x-tar'}
  const response = await engine.request({method: 'POST', path: '/images/load?quiet=1', headers, body, signal})
  let output = ''
  for await (const text of response.body.setEncoding('utf8') as AsyncIterable<string>)
    output = (output + text).slice(-MAX_OUTPUT)
  return errorIn(output) ?? (response.statusCode === 200 ? undefined : `HTTP ${String(response.statusCode)}`)
}

function errorIn(output: string): string | undefined {
  for (const line of output.split('\n')) {
    try {
      const message: unknown = JSON.parse(line)
      if (!isObject(message)) continue
      const error = message['error'] ?? message['message']
      if (typeof error === 'string') return error
    } catch {
      // An empty line, or one that was cut.
    }
  }
  return undefined
}
