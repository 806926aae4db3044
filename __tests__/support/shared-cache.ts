// The shared cache of docs/caches.md: two replicas of distribution 3 as a pull-through cache, with one storage and Redis, behind haproxy.
// It runs the files of examples/caches/distribution, with other addresses and folders in them.

import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {generate} from 'selfsigned'
import {type DockerRegistry, startDockerRegistry} from './docker-registry.ts'
import {freePort, startHaproxyWith} from './front-ends.ts'
import {startRedis} from './redis.ts'

export type SharedCache = {
  /** `127.0.0.1:PORT`, with TLS. */
  readonly host: string
  /** What a client needs to trust its certificate. */
  readonly environment: Readonly<Record<'NODE_EXTRA_CA_CERTS', string>>
  /** The file of a blob or manifest in the storage of both replicas. */
  readonly blobPath: (digest: string) => string
  readonly killReplica: (at: 0 | 1) => Promise<void>
  readonly startReplica: (at: 0 | 1) => Promise<void>
  readonly killRedis: () => Promise<void>
  readonly close: () => Promise<void>
}

const FOLDER = 'examples/caches'

/** A file of examples/caches with texts replaced. Each of them must be there. */
export async function readExample(name: string, texts: Readonly<Record<string, string>>): Promise<string> {
  let text = await readFile(join(FOLDER, name), 'utf8')
  for (const [was, becomes] of Object.entries(texts)) {
    if (!text.includes(was)) throw new Error(`${FOLDER}/${name} has no ${was}`)
    text = text.replaceAll(was, () => becomes)
  }
  return text
}

/** A cache of `upstream` (`127.0.0.1:PORT`). `maxFileBlocks`: its disk is full, as startDockerRegistry has it. */
export async function startSharedCache(
  upstream: string,
  disk: {readonly maxFileBlocks?: number} = {}
): Promise<SharedCache> {
  const folder = await mkdtemp(join(tmpdir(), 'verified-image-shared-cache-'))
  const storage = await mkdtemp(join(tmpdir(), 'verified-image-shared-cache-storage-'))
  const redis = await startRedis()
  const ports = [await freePort(), await freePort()] as const
  async function startReplica(at: 0 | 1): Promise<DockerRegistry> {
    const config = await readExample('distribution/config.yml', {
      '/var/lib/registry': join(storage, 'content'),
      'redis.internal:6379': redis.host,
      'addr: :5000': `addr: 127.0.0.1:${String(ports[at])}`,
      'https://registry-1.docker.io': `http://${upstream}`
    })
    return startDockerRegistry({program: 'registry', storage, config, ...disk})
  }
  const replicas = [await startReplica(0), await startReplica(1)]
  const pki = await generate([{name: 'commonName', value: '127.0.0.1'}], {
    keySize: 2048,
    extensions: [
      {name: 'basicConstraints', cA: true},
      {name: 'subjectAltName', altNames: [{type: 7 as const, ip: '127.0.0.1'}]}
    ]
  })
  const [pem, ca] = [join(folder, 'cache.pem'), join(folder, 'ca.pem')]
  await writeFile(pem, `${pki.cert}\n${pki.private}`)
  await writeFile(ca, pki.cert)
  const config = await readExample('distribution/haproxy.cfg', {
    '/etc/haproxy/cache.pem': pem,
    'cache-1.internal:5000': `127.0.0.1:${String(ports[0])}`,
    'cache-2.internal:5000': `127.0.0.1:${String(ports[1])}`
  })
  const haproxy = await startHaproxyWith(port => config.replace('bind :443', `bind 127.0.0.1:${String(port)}`))
  return {
    host: haproxy.host,
    environment: {NODE_EXTRA_CA_CERTS: ca},
    blobPath: digest => replicas[0]?.blobPath(digest) ?? '',
    killReplica: async at => replicas[at]?.kill(),
    startReplica: async at => {
      replicas[at] = await startReplica(at)
    },
    killRedis: redis.close,
    close: async () => {
      await Promise.all([haproxy, redis, ...replicas].map(server => server.close()))
      for (const path of [folder, storage]) await rm(path, {recursive: true, force: true})
    }
  }
}
