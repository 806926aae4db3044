// Real programs in front of a registry, as children on free loopback ports.

import {type ChildProcess, spawn} from 'node:child_process'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {connect, createServer, type AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

export type FrontEnd = {
  /** `127.0.0.1:PORT`. */
  readonly host: string
  readonly close: () => Promise<void>
}

/** `http` stands in the block of that name, `location` in the one that leads to the registry. */
export function startNginx(upstream: string, http: string, location: string): Promise<FrontEnd> {
  return start('nginx', (port, folder) => ({
    args: ['-p', folder, '-c', join(folder, 'config'), '-e', 'stderr'],
    config: `
      daemon off; master_process off; pid ${folder}/pid; worker_processes 1; user root;
      events {}
      http {
        access_log off;
        client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
        uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
        ${http}
        server {
          listen 127.0.0.1:${String(port)};
          location / { ${location} proxy_pass http://${upstream}; proxy_set_header Host $http_host; }
        }
      }`
  }))
}

/** `rules` stand in the part that faces the client. */
export function startHaproxy(upstream: string, rules: string): Promise<FrontEnd> {
  return start('haproxy', (port, folder) => ({
    args: ['-f', join(folder, 'config')],
    config: [
      ...['defaults', 'mode http', 'timeout client 30s', 'timeout server 30s', 'timeout connect 5s'],
      ...['frontend front', `bind 127.0.0.1:${String(port)}`, ...rules.split('\n'), 'default_backend registry'],
      ...['backend registry', `server one ${upstream}`, '']
    ].join('\n')
  }))
}

/** `script` is the body of the function \`response(flow)\`, in Python. */
export function startMitmproxy(upstream: string, script: string): Promise<FrontEnd> {
  return start('mitmdump', (port, folder) => ({
    args: [
      ...[
        '--quiet',
        '--mode',
        `reverse:http://${upstream}`,
        '--listen-host',
        '127.0.0.1',
        '--listen-port',
        String(port)
      ],
      ...['--set', `confdir=${folder}`, '--set', 'keep_host_header=true', '--scripts', join(folder, 'config')]
    ],
    config: `def response(flow):\n    ${script}\n`
  }))
}

// The shell ends the program when its own standard input ends, so that it ends with the test however that ends.
const SHELL = `exec 3<&0
"$@" & program=$!
(read -r _ <&3; kill $program) 2>/dev/null & reader=$!
wait $program
kill $reader`

type Set = {readonly args: readonly string[]; readonly config: string}

async function start(program: string, set: (port: number, folder: string) => Set): Promise<FrontEnd> {
  const folder = await mkdtemp(join(tmpdir(), 'verified-image-front-'))
  const port = await freePort()
  const {args, config} = set(port, folder)
  await writeFile(join(folder, 'config'), config)
  const child = spawn('sh', ['-c', SHELL, 'sh', program, ...args], {stdio: ['pipe', 'ignore', 'pipe']})
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  const gone = new Promise<void>(resolve =>
    child.once('close', () => {
      resolve()
    })
  )
  const close = async (): Promise<void> => {
    child.stdin.end()
    await gone
    await rm(folder, {recursive: true, force: true})
  }
  try {
    await untilListening(port, child)
  } catch (error) {
    await close()
    throw new Error(`${program} does not start: ${said}`, {cause: error})
  }
  return {host: `127.0.0.1:${String(port)}`, close}
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const {port} = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}

async function untilListening(port: number, child: ChildProcess): Promise<void> {
  const isOpen = (): Promise<boolean> =>
    new Promise(resolve => {
      const socket = connect(port, '127.0.0.1')
      const end = (open: boolean) => (): void => {
        socket.destroy()
        resolve(open)
      }
      socket.once('connect', end(true)).once('error', end(false))
    })
  while (!(await isOpen())) {
    if (child.exitCode !== null) throw new Error(`it ended with ${String(child.exitCode)}`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}
