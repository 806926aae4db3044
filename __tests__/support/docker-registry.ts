// Debian's docker-registry (distribution 2.8.2) as a child on a free loopback port, with a storage folder of its own.
// It serves what lies in its storage unchecked; support.test.ts holds it to that. No cache of blob descriptors is configured,
// so it looks at the file for each request. What it does with a blob's file that was
// - overwritten, same length: 200 with the wrong bytes, Docker-Content-Digest and ETag of the right ones (4 June 2025);
// - overwritten with another length, or truncated: the same, and Content-Length is the new length, so nothing seems cut;
// - emptied: 200, Content-Length 0, no bytes;
// - deleted: 404 BLOB_UNKNOWN.
// A manifest's file is a blob's file too. It is parsed but not hashed: other valid JSON is served with 200 and the header of
// the right digest; what no longer parses (truncated, emptied, a byte flipped) is 500 UNKNOWN; deleted, 404 MANIFEST_UNKNOWN.
// As a pull-through cache it serves what it has when its upstream is gone, tags included.

import {type ChildProcess, spawn} from 'node:child_process'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {createInterface} from 'node:readline'
import {blobsOf, type Image, type Index, manifestsOf} from './images.ts'

/** Debian's distribution 2.8, or distribution 3 as Go installs it. Both take the same configuration and lay their storage out alike. */
export type RegistryProgram = 'docker-registry' | 'registry'

export type DockerRegistryOptions = {
  /** docker-registry unless told. */
  readonly program?: RegistryProgram
  /** Makes it a pull-through cache of this registry (`http://127.0.0.1:PORT`). It takes no pushes then. */
  readonly proxy?: {
    readonly remoteurl: string
    /** `1s`. Written to the config, but 2.8 does not know it and keeps everything for seven days. */
    readonly ttl?: string
  }
  /** A folder whose content is kept; one of its own, which is removed, unless told. */
  readonly storage?: string
}

export type DockerRegistry = {
  /** `127.0.0.1:PORT`. */
  readonly host: string
  /** The folder that everything lies in. */
  readonly storage: string
  /** Blobs, then manifests, the top one last and by its tag. */
  readonly push: (repository: string, tag: string, what: Image | Index) => Promise<void>
  /** The file that holds a blob or manifest: what a test overwrites. */
  readonly blobPath: (digest: string) => string
  /** Resolves when the registry is gone; SIGKILL unless told. */
  readonly kill: (signal?: NodeJS.Signals) => Promise<void>
  /** Kills it and removes its storage; as often as you like. */
  readonly close: () => Promise<void>
}

// The shell ends the registry when its own standard input ends, so the registry dies with the test however that dies:
// under Jest, process.on('exit') is a sandbox's and SIGKILL runs no hooks at all.
const SHELL = `exec 3<&0
"$@" & registry=$!
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
    // JSON is YAML. Port 0 lets the system choose; the log says what it chose.
    const config = join(storage, 'config.yml')
    await writeFile(config, JSON.stringify(configOf(join(storage, 'content'), options)))
    const child = await launch(options.program ?? 'docker-registry', config)
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

function configOf(rootdirectory: string, {proxy}: DockerRegistryOptions): unknown {
  return {
    version: '0.1',
    log: {level: 'info', accesslog: {disabled: true}},
    storage: {filesystem: {rootdirectory}},
    http: {addr: '127.0.0.1:0', secret: 'of tests'},
    ...(proxy === undefined ? {} : {proxy})
  }
}

function blobPath(root: string, digest: string): string {
  const [algorithm = '', hex = ''] = digest.split(':')
  return join(root, 'docker/registry/v2/blobs', algorithm, hex.slice(0, 2), hex, 'data')
}

type Launched = {readonly host: string; readonly kill: (signal?: NodeJS.Signals) => Promise<void>}

async function launch(program: RegistryProgram, config: string): Promise<Launched> {
  const child = spawn('sh', ['-c', SHELL, 'sh', program, 'serve', config], {
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
    const answer = await fetch(`http://${host}/v2/`)
    if (!answer.ok) throw new Error(`${program} answers its ping with ${String(answer.status)}`)
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
      const host = /msg="listening on ([^"]+)"/.exec(line)?.[1]
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
  // A registry takes an index only when it has its children.
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
