// The one request to an engine's API that is worth more than its command line: an archive for its socket, without a second program
// that copies it (POST /images/load; the answer is JSON in lines, and an error in it comes with status 200).

import {type ClientRequest, type IncomingMessage, request} from 'node:http'
import {isObject} from '../oci/json.ts'
import {type ArchiveFile, writeArchive} from './docker-archive.ts'

// What an engine says is kept up to here.
const MAX_SAID = 16 * 1024

/** Resolves to what is wrong in the engine's words, undefined when it has taken the archive. Rejects when it is not there to say. */
export const loadOverSocket = async (
  socketPath: string,
  files: readonly ArchiveFile[],
  signal: AbortSignal
): Promise<string | undefined> => {
  const sent = request({
    ...{socketPath, method: 'POST', path: '/images/load?quiet=1', agent: false, signal},
    headers: {host: 'docker', 'content-type': 'application/x-tar'}
  })
  const answered = answerTo(sent)
  // It is waited for below; an engine that ends early says why.
  answered.catch(() => undefined)
  try {
    await writeArchive(files, sent)
    sent.end()
    return await answered
  } finally {
    sent.destroy()
  }
}

const answerTo = (sent: ClientRequest): Promise<string | undefined> =>
  new Promise((resolve, reject) => {
    sent.on('error', reject)
    sent.on('response', (response: IncomingMessage) => {
      let said = ''
      response.setEncoding('utf8').on('data', (text: string) => {
        said = (said + text).slice(-MAX_SAID)
      })
      response.on('error', reject)
      response.on('end', () => {
        resolve(faultIn(said) ?? (response.statusCode === 200 ? undefined : `status ${String(response.statusCode)}`))
      })
    })
  })

const faultIn = (said: string): string | undefined => {
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
