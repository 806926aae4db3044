// Real programs in front of a registry, each on a free loopback port: nginx and haproxy with configuration lines of the test, mitmproxy with
// a script. All exit with the test, even if it crashes.

import {spawn} from 'node:child_process'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {type AddressInfo, connect, createServer} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

export type FrontEnd = {
  /** `127.0.0.1:PORT`. */
  readonly host: string
  readonly close: () => Promise<void>
}

export type NginxOptions = {
  /** The address of the registry behind it. */
  readonly upstream: string
  /** Lines of `http {}`, such as zones. */
  readonly http?: string
  /** Lines of the location of the registry. */
  readonly location?: string
  /** Further locations. */
  readonly server?: string
}

export function startNginx({upstream, http = '', location = '', server = ''}: NginxOptions): Promise<FrontEnd> {
  return start('nginx', async (folder, port) => {
    const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      name => `${name}_temp_path ${folder}/${name};`
    )
    const config = await write(
      join(folder, 'nginx.conf'),
      `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;
      events {}
      http {
        access_log off; ${paths.join(' ')}
        ${http}
        server {
          listen 127.0.0.1:${String(port)};
          ${server}
          location / { proxy_pass http://${upstream}; proxy_set_header Host $http_host; ${location} }
        }
      }`
    )
    return ['-p', folder, '-c', config, '-e', `${folder}/start.log`]
  })
}

export type HaproxyOptions = {
  readonly upstream: string
  readonly frontend?: readonly string[]
  readonly backend?: readonly string[]
  /** Options after the address of the server, such as `maxconn 1`. */
  readonly server?: string
}

export function startHaproxy({upstream, frontend = [], backend = [], server = ''}: HaproxyOptions): Promise<FrontEnd> {
  return start('haproxy', async (folder, port) => {
    const lines = (of: readonly string[]): string => of.map(line => `  ${line}\n`).join('')
    const times = ['connect 5s', 'client 60s', 'server 60s', 'queue 60s'].map(time => `  timeout ${time}\n`).join('')
    const config = await write(
      join(folder, 'haproxy.cfg'),
      `global\n  maxconn 200\ndefaults\n  mode http\n${times}` +
        `frontend in\n  bind 127.0.0.1:${String(port)}\n${lines(frontend)}  default_backend out\n` +
        `backend out\n${lines(backend)}  server registry ${upstream} ${server}\n`
    )
    return ['-f', config, '-db']
  })
}

/** With a whole configuration file, which must listen on this port. */
export function startHaproxyWith(configOf: (port: number) => string): Promise<FrontEnd> {
  return start('haproxy', async (folder, port) => [
    ...['-f', await write(join(folder, 'haproxy.cfg'), configOf(port)), '-db']
  ])
}

/** `script` is Python: `def request(flow)`, `def response(flow)`. Without an upstream, it is a proxy that intercepts TLS with its own CA. */
export function startMitmproxy(upstream: string | undefined, script: string): Promise<FrontEnd> {
  return start('mitmdump', async (folder, port) => {
    const file = await write(join(folder, 'script.py'), script)
    const mode = upstream === undefined ? 'regular' : `reverse:http://${upstream}`
    const places = ['--set', `confdir=${folder}`, '--set', 'connection_strategy=lazy', '--set', 'keep_host_header=true']
    return ['--mode', mode, '--listen-host', '127.0.0.1', '--listen-port', String(port), ...places, '-q', '-s', file]
  })
}

// The shell kills the program when its own standard input closes.
const SHELL = `exec 3<&0
"$@" & program=$!
(read -r _ <&3; kill -9 $program) 2>/dev/null & reader=$!
wait $program
kill $reader`

async function start(
  program: string,
  prepare: (folder: string, port: number) => Promise<readonly string[]>
): Promise<FrontEnd> {
  const folder = await mkdtemp(join(tmpdir(), `verified-image-${program}-`))
  const port = await freePort()
  const args = await prepare(folder, port)
  const child = spawn('sh', ['-c', SHELL, 'sh', program, ...args], {stdio: ['pipe', 'pipe', 'pipe']})
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => (said += bytes.toString()))
  const state = {isGone: false}
  const gone = new Promise<void>(resolve =>
    child.once('close', () => {
      state.isGone = true
      resolve()
    })
  )
  const close = async (): Promise<void> => {
    child.stdin.end()
    await gone
    await rm(folder, {recursive: true, force: true})
  }
  while (!(await isListening(port))) {
    if (!state.isGone) continue
    await close()
    throw new Error(`${program} did not start:\n${said}`)
  }
  return {host: `127.0.0.1:${String(port)}`, close}
}

/** None of the three reports that it listens. Connecting in a loop is cheap, since a refused connection fails at once. */
export async function isListening(port: number): Promise<boolean> {
  const isOpen = await new Promise<boolean>(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.once('error', () => {
      resolve(false)
    })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
  if (!isOpen) await new Promise(resolve => setTimeout(resolve, 20))
  return isOpen
}

/** None of the three can choose a free port and report it. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const {port} = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}

async function write(path: string, text: string): Promise<string> {
  await writeFile(path, text)
  return path
}
