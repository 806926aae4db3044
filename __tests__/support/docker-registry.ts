// Debian's docker-registry (distribution 2.8) as a child process on a free port of loopback, with a storage folder of its own.
// It serves what lies in its storage without checking it: a blob's file that was overwritten is handed out with status 200.

import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdtempSync} from 'node:fs'
import {rm, writeFile} from 'node:fs/promises'
import {createServer, type AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {blobsOf, type Index, manifestsOf} from './images.ts'

export type DockerRegistry = {
  /** `127.0.0.1:PORT`. */
  readonly host: string
  readonly push: (repository: string, tag: string, published: Index) => Promise<void>
  /** The file that holds a blob. */
  readonly blobPath: (digest: string) => string
  readonly child: ChildProcess
  readonly close: () => Promise<void>
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const {port} = server.address() as AddressInfo
  server.close()
  return port
}

export const startDockerRegistry = async (): Promise<DockerRegistry> => {
  const storage = mkdtempSync(join(tmpdir(), 'verified-image-registry-'))
  const host = `127.0.0.1:${String(await freePort())}`
  const config = join(storage, 'config.yml')
  await writeFile(
    config,
    `version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\nstorage: {filesystem: {rootdirectory: ${storage}}}\nhttp: {addr: "${host}"}\n`
  )
  const child = spawn('docker-registry', ['serve', config], {stdio: 'ignore'})
  const end = (): void => {
    child.kill('SIGKILL')
  }
  process.once('exit', end)
  await untilUp(host, child)
  return {
    host,
    child,
    push: (repository, tag, published) => push(host, repository, tag, published),
    blobPath: digest => {
      const hex = digest.replace('sha256:', '')
      return join(storage, 'docker/registry/v2/blobs/sha256', hex.slice(0, 2), hex, 'data')
    },
    close: async () => {
      process.off('exit', end)
      if (child.exitCode === null && child.signalCode === null) {
        end()
        await once(child, 'exit')
      }
      await rm(storage, {recursive: true, force: true})
    }
  }
}

const untilUp = async (host: string, child: ChildProcess): Promise<void> => {
  let failed: Error | undefined
  child.once('error', error => (failed = error))
  for (const deadline = Date.now() + 10_000; Date.now() < deadline;) {
    if (failed !== undefined)
      throw new Error('docker-registry cannot be started; apt-get install docker-registry', {cause: failed})
    const answer = await fetch(`http://${host}/v2/`).catch(() => undefined)
    if (answer?.ok === true) return
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  throw new Error(`docker-registry does not answer at ${host}`)
}

const expectOk = (answer: Response): Response => {
  if (!answer.ok) throw new Error(`${answer.url}: ${String(answer.status)}`)
  return answer
}

const push = async (host: string, repository: string, tag: string, published: Index): Promise<void> => {
  const base = `http://${host}/v2/${repository}`
  for (const blob of blobsOf(published)) {
    const begun = expectOk(await fetch(`${base}/blobs/uploads/`, {method: 'POST'}))
    const url = new URL(begun.headers.get('location') ?? '', base)
    url.searchParams.set('digest', blob.digest)
    const headers = {'content-type': 'application/octet-stream'}
    expectOk(await fetch(url, {method: 'PUT', body: new Uint8Array(blob.bytes), headers}))
  }
  // A registry takes an index only when it has its children.
  for (const manifest of manifestsOf(published).toReversed()) {
    const reference = manifest === published.index ? tag : manifest.digest
    const headers = {'content-type': manifest.mediaType}
    expectOk(
      await fetch(`${base}/manifests/${reference}`, {method: 'PUT', body: new Uint8Array(manifest.bytes), headers})
    )
  }
}
