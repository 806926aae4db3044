// Measures the start of the action: the size of the bundle, and the time until the first request.

import {readdirSync, statSync} from 'node:fs'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {join} from 'node:path'
import {type Measured, runToItsEnd} from './programs.ts'
import type {Row} from './row.ts'

export function measureBundle(isWanted: (what: string) => boolean): readonly Row[] {
  const sizes = new Map(
    readdirSync('dist')
      .filter(name => name.endsWith('.js'))
      .map(name => [name, statSync(join('dist', name)).size / 1000])
  )
  const all = [...sizes.values()].reduce((sum, size) => sum + size, 0)
  const rows: readonly Row[] = [
    {what: 'bundle: the entry', against: '-', unit: 'kB', ours: sizes.get('index.js') ?? Number.NaN},
    {what: 'bundle: the thread for files', against: '-', unit: 'kB', ours: sizes.get('files-worker.js') ?? Number.NaN},
    {what: 'bundle: all files', against: '-', unit: 'kB', ours: all}
  ]
  return rows.filter(({what}) => isWanted(what))
}

/** The time from the start of the process until its first request arrives. */
export async function runToFirstRequest(): Promise<Measured> {
  let arrivedMs: number | undefined
  const server = createServer((_request, response) => {
    arrivedMs ??= performance.now()
    response.writeHead(404).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  try {
    const host = `127.0.0.1:${String((server.address() as AddressInfo).port)}`
    const startedMs = performance.now()
    await runToItsEnd({image: `${host}/bench/none:1.0.0`, mirrors: '', 'public-mirrors': '', 'status-pages': 'false'})
    if (arrivedMs === undefined) throw new Error('no request was sent')
    return {seconds: (arrivedMs - startedMs) / 1000}
  } finally {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  }
}
