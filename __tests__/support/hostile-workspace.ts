// A workspace that an attacker wrote, a folder beside it that the attacker must not read, and a registry of the attacker that records
// every byte.

import {execFileSync} from 'node:child_process'
import {mkdir, mkdtemp, rm, symlink, writeFile} from 'node:fs/promises'
import {createServer, type Server} from 'node:http'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {type ActionRun, runAction} from './run-action.ts'

/** Text, a link, or a pipe without a writer. `HOST` and `OUTSIDE` in them are replaced with the registry and the folder outside. */
export type Planted = string | {readonly link: string} | typeof PIPE

export const PIPE = {isPipe: true} as const

export type RecordingRegistry = {
  readonly host: string
  /** Request lines, headers and bodies. */
  readonly requestText: () => string
  readonly close: () => Promise<void>
}

export async function startRecordingRegistry(): Promise<RecordingRegistry> {
  let requestText = ''
  const server: Server = createServer((request, response) => {
    requestText += `${request.method ?? ''} ${request.url ?? ''}\n${request.rawHeaders.join('\n')}\n`
    request.on('data', (chunk: Buffer) => (requestText += chunk.toString('latin1')))
    response.writeHead(404, {'content-type': 'application/json'}).end('{"errors":[{"code":"MANIFEST_UNKNOWN"}]}')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    host: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    requestText: () => requestText,
    close: () =>
      new Promise(resolve => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      })
  }
}

export type HostileRun = ActionRun & {
  readonly requestText: string
  /** Everything of the run that people and other programs see. */
  readonly visibleText: string
}

export type HostileRunOptions = {
  readonly inside: Readonly<Record<string, Planted>>
  readonly outside?: Readonly<Record<string, Planted>>
  readonly inputs: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
}

/** Runs the action in the workspace. */
export async function runInHostileWorkspace({
  inside,
  outside = {},
  inputs,
  env = {}
}: HostileRunOptions): Promise<HostileRun> {
  const root = await mkdtemp(join(tmpdir(), 'verified-image-raid-'))
  const [workspace, elsewhere] = [join(root, 'workspace'), join(root, 'elsewhere')]
  const registry = await startRecordingRegistry()
  const fill = (text: string): string => text.replaceAll('HOST', registry.host).replaceAll('OUTSIDE', elsewhere)
  try {
    for (const [folder, planted] of [
      [elsewhere, outside],
      [workspace, inside]
    ] as const) {
      await mkdir(folder)
      for (const [name, content] of Object.entries(planted)) await plant(join(folder, name), content, fill)
    }
    const filled = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, fill(value)]))
    const run = await runAction(
      {'public-mirrors': '', mirrors: '', attempts: '1', 'status-pages': 'false', ...filled},
      {cwd: workspace, env}
    )
    const {stdout, stderr, summary, outputs, report} = run
    // The runner removes these commands from the log.
    const shown = stdout.replace(/^::add-mask::.*$/gm, '')
    return {
      ...run,
      requestText: registry.requestText(),
      visibleText: JSON.stringify({shown, stderr, summary, outputs, report})
    }
  } finally {
    await registry.close()
    await rm(root, {recursive: true, force: true})
  }
}

async function plant(path: string, content: Planted, fill: (text: string) => string): Promise<void> {
  await mkdir(dirname(path), {recursive: true})
  if (content === PIPE) execFileSync('mkfifo', [path])
  else if (typeof content === 'string') await writeFile(path, fill(content))
  else if ('link' in content) await symlink(fill(content.link), path)
}
