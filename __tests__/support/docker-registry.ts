// Debian's docker-registry (distribution 2.8.2) on a free loopback port, with its own storage folder. It serves its files without checking
// them, which support.test.ts verifies. It has no cache of blob descriptors, so that it reads the file for each request. A blob's file that was
// - overwritten with the same length: 200, wrong bytes, Docker-Content-Digest and ETag of the correct ones (as on 4 June 2025);
// - overwritten with another length, or truncated: the same, and Content-Length is the new length, so that the body seems complete;
// - emptied: 200, Content-Length 0, no bytes;
// - deleted: 404 BLOB_UNKNOWN.
// A manifest is parsed, but not hashed: other valid JSON is served with 200 and the header of the correct digest. Invalid JSON (truncated,
// emptied, a byte flipped) is 500 UNKNOWN, and a deleted file 404 MANIFEST_UNKNOWN.
// A pull-through cache serves its content, tags included, when its upstream is down.

import {type ChildProcess, spawn} from 'node:child_process'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {createInterface} from 'node:readline'
import {blobsOf, type Image, type Index, manifestsOf} from './images.ts'

/** Debian's distribution 2.8, or distribution 3 from `go install`. Both have the same configuration and storage layout. */
export type RegistryProgram = 'docker-registry' | 'registry'

export type DockerRegistryOptions = {
  /** The default is docker-registry. */
  readonly program?: RegistryProgram
  /** Makes it a pull-through cache of this registry (`http://127.0.0.1:PORT`), which accepts no pushes. */
  readonly proxy?: {
    readonly remoteurl: string
    /** `1s`. Version 2.8 ignores it, and keeps everything for seven days. */
    readonly ttl?: string
  }
  /** Asks for this login with Basic authentication. The password is `correct-horse-battery`. */
  readonly username?: string
  readonly tls?: {readonly key: string; readonly cert: string}
  /** The default is a free port. */
  readonly port?: number
  /** `127.0.0.1:PORT` of a Redis that keeps the descriptors of blobs, for several registries with one storage. Version 3 only. */
  readonly redis?: string
  /** A folder that is kept. The default is a temporary folder. */
  readonly storage?: string
  /** The text of a configuration file that is used as it is, with `/content` of the storage folder in it. */
  readonly config?: string
  /** Limits the size of all its files, in blocks of 512 bytes, as if the disk were full. */
  readonly maxFileBlocks?: number
}

export type DockerRegistry = {
  /** `127.0.0.1:PORT`. */
  readonly host: string
  /** The storage folder. */
  readonly storage: string
  /** Pushes blobs, then manifests, the root last and by tag. */
  readonly push: (repository: string, tag: string, what: Image | Index) => Promise<void>
  /** The file of a blob or manifest, which a test can overwrite. */
  readonly blobPath: (digest: string) => string
  /** Resolves when the process has exited. The default is SIGKILL. */
  readonly kill: (signal?: NodeJS.Signals) => Promise<void>
  /** Kills the process and removes its storage. May be called repeatedly. */
  readonly close: () => Promise<void>
}

// The shell kills the registry when its own standard input closes, so that the registry exits with the test, even if the test crashes.
// Under Jest, process.on('exit') belongs to a sandbox, and SIGKILL runs no hooks.
const SHELL = `exec 3<&0
limit=$1
shift
(trap '' XFSZ; ulimit -f "$limit"; exec "$@") & registry=$!
echo "pid $registry"
(read -r _ <&3; kill -9 $registry) 2>/dev/null & reader=$!
wait $registry
kill $reader`

export async function startDockerRegistry(options: DockerRegistryOptions = {}): Promise<DockerRegistry> {
  const storage = options.storage ?? (await mkdtemp(join(tmpdir(), 'verified-image-registry-')))
  const remove = async (): Promise<void> => {
    if (options.storage === undefined) await rm(storage, {recursive: true, force: true})
  }
  try {
    // JSON is valid YAML. With port 0 the system chooses a port, which the log reports.
    const config = join(storage, 'config.yml')
    if (options.username !== undefined) await writeFile(join(storage, 'htpasswd'), `${options.username}:${BCRYPT}\n`)
    if (options.tls !== undefined) {
      await writeFile(join(storage, 'tls.key'), options.tls.key)
      await writeFile(join(storage, 'tls.cert'), options.tls.cert)
    }
    await writeFile(config, options.config ?? JSON.stringify(configOf(storage, options)))
    const child = await launch(options, config)
    return {
      host: child.host,
      storage,
      push: (repository, tag, what) => push(child.host, repository, tag, what),
      blobPath: digest => blobPath(join(storage, 'content'), digest),
      kill: child.kill,
      close: async () => {
        await child.kill()
        await remove()
      }
    }
  } catch (error) {
    await remove()
    throw error
  }
}

// Of `correct-horse-battery`, with the lowest cost.
const BCRYPT = '$2b$05$abcdefghijklmnopqrstuuSnF5tLPqPFqc0z9CY0HcSLFbSRlL67u'

function configOf(storage: string, {proxy, username, tls, port = 0, redis}: DockerRegistryOptions): unknown {
  const rootdirectory = join(storage, 'content')
  return {
    version: '0.1',
    log: {level: 'info', accesslog: {disabled: true}},
    storage: {filesystem: {rootdirectory}, ...(redis === undefined ? {} : {cache: {blobdescriptor: 'redis'}})},
    ...(redis === undefined ? {} : {redis: {addrs: [redis]}}),
    http: {
      addr: `127.0.0.1:${String(port)}`,
      secret: 'of tests',
      ...(tls === undefined ? {} : {tls: {key: join(storage, 'tls.key'), certificate: join(storage, 'tls.cert')}})
    },
    ...(username === undefined ? {} : {auth: {htpasswd: {realm: 'tests', path: join(storage, 'htpasswd')}}}),
    ...(proxy === undefined ? {} : {proxy})
  }
}

function blobPath(root: string, digest: string): string {
  const [algorithm = '', hex = ''] = digest.split(':')
  return join(root, 'docker/registry/v2/blobs', algorithm, hex.slice(0, 2), hex, 'data')
}

type Launched = {readonly host: string; readonly kill: (signal?: NodeJS.Signals) => Promise<void>}

async function launch(
  {program = 'docker-registry', username, tls, maxFileBlocks}: DockerRegistryOptions,
  config: string
): Promise<Launched> {
  const child = spawn('sh', ['-c', SHELL, 'sh', String(maxFileBlocks ?? 'unlimited'), program, 'serve', config], {
    stdio: ['pipe', 'pipe', 'pipe']
  })
  const gone = new Promise<void>(resolve =>
    child.once('close', () => {
      resolve()
    })
  )
  const end = async (): Promise<void> => {
    child.stdin.end()
    await gone
  }
  try {
    const {pid, host} = await untilListening(program, child)
    const kill = async (signal: NodeJS.Signals = 'SIGKILL'): Promise<void> => {
      if (child.exitCode === null && child.signalCode === null) process.kill(pid, signal)
      await end()
    }
    // Over TLS, fetch does not know the CA of a test. The registry listens once it says so.
    const answer = tls === undefined ? await fetch(`http://${host}/v2/`) : undefined
    if (answer !== undefined && answer.status !== (username === undefined ? 200 : 401))
      throw new Error(`${program} answers its ping with ${String(answer.status)}`)
    return {host, kill}
  } catch (error) {
    await end()
    throw error
  }
}

function untilListening(program: RegistryProgram, child: ChildProcess): Promise<{pid: number; host: string}> {
  return new Promise((resolve, reject) => {
    const {stdout, stderr} = child
    if (stdout === null || stderr === null) {
      reject(new Error(`${program} has no pipes`))
      return
    }
    const said: string[] = []
    let pid = 0
    createInterface(stdout).on('line', line => (pid = Number(/^pid (\d+)$/.exec(line)?.[1] ?? pid)))
    createInterface(stderr).on('line', line => {
      const host = /msg="listening on ([^",]+)/.exec(line)?.[1]
      if (host !== undefined) resolve({pid, host})
      else said.push(line)
    })
    child.once('error', reject)
    child.once('close', () => {
      reject(new Error(`${program} does not start (is it installed?): ${said.join('\n')}`))
    })
  })
}

async function push(host: string, repository: string, tag: string, what: Image | Index): Promise<void> {
  const base = `http://${host}/v2/${repository}`
  for (const blob of blobsOf(what)) {
    const begun = await expectStatus(202, await fetch(`${base}/blobs/uploads/`, {method: 'POST'}))
    const place = new URL(begun.headers.get('location') ?? '', base)
    place.searchParams.set('digest', blob.digest)
    await put(place, blob.bytes, 'application/octet-stream')
  }
  // A registry accepts an index only after its children.
  const [top, ...children] = manifestsOf(what)
  if (top === undefined) throw new Error('there is nothing to push')
  for (const child of children) await put(`${base}/manifests/${child.digest}`, child.bytes, child.mediaType)
  await put(`${base}/manifests/${tag}`, top.bytes, top.mediaType)
}

async function put(url: string | URL, bytes: Buffer, contentType: string): Promise<void> {
  const body = new Uint8Array(bytes)
  await expectStatus(201, await fetch(url, {method: 'PUT', body, headers: {'content-type': contentType}}))
}

async function expectStatus(status: number, answer: Response): Promise<Response> {
  const text = await answer.text()
  if (answer.status !== status) throw new Error(`${answer.url} answers ${String(answer.status)}: ${text}`)
  return answer
}
