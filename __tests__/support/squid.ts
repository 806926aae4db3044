// A real squid on free loopback ports, one plain and one with TLS. The names of the test resolve to 127.0.0.1, and others do not resolve.
// Its log has the requests and their users.

import {execFileSync, spawn} from 'node:child_process'
import {chmod, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {createServer} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {createInterface} from 'node:readline'

export type SquidOptions = {
  /** Names that resolve to 127.0.0.1. */
  readonly names: readonly string[]
  /** For its TLS port on 127.0.0.1. */
  readonly tls: {readonly key: string; readonly cert: string}
  readonly login?: {readonly username: string; readonly password: string}
  /** Configuration lines before the rule that allows everything. */
  readonly rules?: readonly string[]
}

export type Squid = {
  /** `127.0.0.1:PORT` each. */
  readonly plain: string
  readonly tls: string
  /** `CONNECT registry.test:443 200 bob`, `GET http://registry.test/v2/ 407 -`, in the order of their ends. */
  readonly requests: () => Promise<readonly string[]>
  readonly close: () => Promise<void>
}

// The shell kills squid when its own standard input closes, so that squid exits with the test, even if the test crashes.
const SHELL = `exec 3<&0
"$@" & squid=$!
(read -r _ <&3; kill -9 $squid) 2>/dev/null & reader=$!
wait $squid
kill $reader`

const LOGIN_PROGRAM = '/usr/lib/squid/basic_ncsa_auth'

export async function startSquid({names, tls, login, rules = []}: SquidOptions): Promise<Squid> {
  const folder = await mkdtemp(join(tmpdir(), 'verified-image-squid-'))
  // Started by root, squid runs as another user.
  await chmod(folder, 0o777)
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text, {mode: 0o644})
    return join(folder, name)
  }
  const [plain, encrypted] = await freePorts(2)
  const key = await file('key.pem', tls.key)
  const cert = await file('cert.pem', tls.cert)
  const hosts = await file('hosts', names.map(name => `127.0.0.1 ${name}\n`).join(''))
  const passwords = await file('passwords', login === undefined ? '' : passwordLine(login))
  const config = await file(
    'squid.conf',
    [
      `http_port 127.0.0.1:${String(plain)}`,
      `https_port 127.0.0.1:${String(encrypted)} tls-cert=${cert} tls-key=${key}`,
      ...[
        'pid_filename none',
        'netdb_filename none',
        'pinger_enable off',
        'cache deny all',
        'visible_hostname squid.test'
      ],
      ...[`coredump_dir ${folder}`, `cache_log ${join(folder, 'cache.log')}`, 'shutdown_lifetime 0 seconds'],
      `hosts_file ${hosts}`,
      'logformat short %rm %ru %>Hs %un',
      `access_log stdio:${join(folder, 'access.log')} logformat=short`,
      'buffered_logs off',
      ...(login === undefined
        ? []
        : [
            `auth_param basic program ${LOGIN_PROGRAM} ${passwords}`,
            'acl known proxy_auth REQUIRED',
            'http_access deny !known'
          ]),
      ...rules,
      'http_access allow all',
      ''
    ].join('\n')
  )
  const child = spawn('sh', ['-c', SHELL, 'sh', 'squid', '-N', '-d', '1', '-n', `t${String(plain)}`, '-f', config], {
    stdio: ['pipe', 'ignore', 'pipe']
  })
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
  const said: string[] = []
  let ready = 0
  for await (const line of createInterface({input: child.stderr})) {
    said.push(line)
    if (line.includes('Accepting HTTP') && ++ready === 2) break
  }
  if (ready < 2) {
    await close()
    throw new Error(`squid did not start:\n${said.join('\n')}`)
  }
  child.stderr.resume()
  return {
    plain: `127.0.0.1:${String(plain)}`,
    tls: `127.0.0.1:${String(encrypted)}`,
    requests: async () => {
      const log = await readFile(join(folder, 'access.log'), 'utf8').catch(() => '')
      return log.split('\n').filter(line => line !== '')
    },
    close
  }
}

// squid cannot choose free ports itself.
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({length: count}, async () => {
      const server = createServer()
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
      return server
    })
  )
  return Promise.all(
    servers.map(async server => {
      const address = server.address()
      await new Promise(resolve => server.close(resolve))
      return address === null || typeof address === 'string' ? 0 : address.port
    })
  )
}

function passwordLine({username, password}: {readonly username: string; readonly password: string}): string {
  const hash = execFileSync('openssl', ['passwd', '-apr1', '-stdin'], {input: password, encoding: 'utf8'}).trim()
  return `${username}:${hash}\n`
}
