// The rest of the support: images, the docker-registry launcher, and the runner's place. fault-registry.test.ts has the others.

import {readFile, rm, stat, truncate, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {gunzipSync, zstdDecompressSync} from 'node:zlib'
import {afterAll, beforeAll, describe, expect, it} from '@jest/globals'
import {type DockerRegistry, startDockerRegistry} from './docker-registry.ts'
import {describeWith} from './programs.ts'
import {
  blobsOf,
  type ConfigDocument,
  digestBytes,
  type Image,
  type Index,
  type IndexDocument,
  makeImage,
  makeIndex,
  makePublished,
  type ManifestDocument,
  manifestsOf
} from './images.ts'
import {runAction} from './run-action.ts'
import {seededBytes} from './tar.ts'
import {parseFileCommands, parseSpoken} from './workflow-commands.ts'

const ACCEPT = {
  accept: 'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json'
}

function firstChild({children}: Index): Image {
  const [image] = children
  if (image === undefined) throw new Error('no image was made')
  return image
}

function json(bytes: Buffer): unknown {
  return JSON.parse(bytes.toString())
}

describe('images', () => {
  it('have the same digests in each run, and other digests with another seed', () => {
    expect(makePublished().index.digest).toBe(makePublished().index.digest)
    expect(makePublished({seed: 2}).index.digest).not.toBe(makePublished().index.digest)
    // A constant, so that a change of Node's zlib or of this file is seen as what it is.
    expect(digestBytes(seededBytes(7, 10_001))).toBe(
      'sha256:06581edb89dfa06a754d9a7359ab1f1131652d564f5ab0025bbebb9cbd5a48be'
    )
  })

  it.each(['oci', 'docker'] as const)('are consistent with %s media types, from tag to file', mediaTypes => {
    const {index, children, attestations} = makePublished({mediaTypes})
    const document = json(index.bytes) as IndexDocument
    expect(document.manifests.map(({digest}) => digest)).toEqual(
      [...children, ...attestations].map(({manifest}) => manifest.digest)
    )
    expect(document.manifests.map(({platform}) => platform?.['os'])).toEqual(['linux', 'linux', 'unknown', 'unknown'])
    expect(document.manifests[2]?.annotations).toEqual({
      'vnd.docker.reference.digest': children[0]?.manifest.digest,
      'vnd.docker.reference.type': 'attestation-manifest'
    })
    for (const {manifest, config, layers} of children) {
      const {config: descriptor, layers: descriptors} = json(manifest.bytes) as ManifestDocument
      expect(descriptor).toEqual({mediaType: config.mediaType, digest: config.digest, size: config.bytes.length})
      expect(descriptors.map(({digest}) => digest)).toEqual(layers.map(({bytes}) => digestBytes(bytes)))
      const {rootfs} = json(config.bytes) as ConfigDocument
      expect(rootfs.diff_ids).toEqual(layers.map(({bytes}) => digestBytes(gunzipSync(bytes))))
    }
    for (const {digest, size, bytes} of [
      ...manifestsOf({index, children, attestations}),
      ...blobsOf({index, children, attestations})
    ]) {
      expect([digest, size]).toEqual([digestBytes(bytes), bytes.length])
    }
  })

  it('have the requested compression, algorithm, and edited documents', () => {
    const content = {seed: 3, size: 5000}
    const {layers, config} = makeImage({
      algorithm: 'sha512',
      platform: 'linux/arm/v7',
      layers: [
        {content, compression: 'zstd'},
        {content, compression: 'none'},
        {content: Buffer.from('as it is'), compression: 'none'}
      ],
      editConfig: right => ({...right, rootfs: {...right.rootfs, diff_ids: []}})
    })
    expect(layers.map(({mediaType}) => mediaType.split('.').at(-1))).toEqual(['tar+zstd', 'tar', 'tar'])
    expect(layers[0] && zstdDecompressSync(layers[0].bytes)).toEqual(layers[1]?.bytes)
    expect(layers[2]?.bytes.toString()).toBe('as it is')
    expect(config.digest).toMatch(/^sha512:[0-9a-f]{128}$/)
    expect(json(config.bytes)).toMatchObject({os: 'linux', architecture: 'arm', variant: 'v7', rootfs: {diff_ids: []}})
    const edited = makeIndex({children: [], editIndex: () => ['nonsense']})
    expect(json(edited.index.bytes)).toEqual(['nonsense'])
  })
})

describeWith(['docker-registry'], 'docker-registry', () => {
  let registry: DockerRegistry
  let seed = 0
  beforeAll(async () => {
    registry = await startDockerRegistry()
  })
  afterAll(async () => registry.close())

  const push = async (): Promise<Index> => {
    const published = makePublished({seed: ++seed})
    await registry.push('team/app', '1', published)
    return published
  }
  const get = (path: string): Promise<Response> =>
    fetch(`http://${registry.host}/v2/team/app/${path}`, {headers: ACCEPT})
  const bytesOf = async (answer: Response): Promise<Buffer> => Buffer.from(await answer.arrayBuffer())

  it('serves the pushed image', async () => {
    const published = await push()
    expect(await bytesOf(await get('manifests/1'))).toEqual(published.index.bytes)
    for (const {digest, bytes} of manifestsOf(published))
      expect(await bytesOf(await get(`manifests/${digest}`))).toEqual(bytes)
    for (const {digest, bytes} of blobsOf(published)) expect(await bytesOf(await get(`blobs/${digest}`))).toEqual(bytes)
  })

  it.each([
    {
      name: 'overwritten with as many bytes',
      spoil: (path: string, right: Buffer) => writeFile(path, Buffer.alloc(right.length, 'x'))
    },
    {name: 'overwritten with fewer bytes', spoil: (path: string) => writeFile(path, '{}')},
    {name: 'truncated', spoil: (path: string) => truncate(path, 100)},
    {name: 'emptied', spoil: (path: string) => truncate(path, 0)}
  ])('serves a blob that was $name with 200 and the correct Docker-Content-Digest', async ({spoil}) => {
    const {config} = firstChild(await push())
    const path = registry.blobPath(config.digest)
    await spoil(path, config.bytes)
    const answer = await get(`blobs/${config.digest}`)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('docker-content-digest')).toBe(config.digest)
    expect(answer.headers.get('content-length')).toBe(String((await stat(path)).size))
    expect(await bytesOf(answer)).toEqual(await readFile(path))
  })

  it('answers 404 for a blob that was deleted', async () => {
    const {config} = firstChild(await push())
    await rm(registry.blobPath(config.digest))
    const answer = await get(`blobs/${config.digest}`)
    expect([answer.status, await answer.json()]).toMatchObject([404, {errors: [{code: 'BLOB_UNKNOWN'}]}])
  })

  it('serves a manifest that was overwritten with other JSON, and 500 for invalid JSON', async () => {
    const {index} = await push()
    const path = registry.blobPath(index.digest)
    await writeFile(path, index.bytes.toString().replace('arm64', 'amd64'))
    const answer = await get('manifests/1')
    expect([answer.status, answer.headers.get('docker-content-digest')]).toEqual([200, index.digest])
    expect(digestBytes(await bytesOf(answer))).not.toBe(index.digest)
    await truncate(path, 100)
    const broken = await get('manifests/1')
    expect([broken.status, await broken.json()]).toMatchObject([500, {errors: [{code: 'UNKNOWN'}]}])
  })

  it('is a pull-through cache of another registry, and removes its storage when it is closed', async () => {
    const published = await push()
    const cache = await startDockerRegistry({proxy: {remoteurl: `http://${registry.host}`}})
    try {
      const answer = await fetch(`http://${cache.host}/v2/team/app/manifests/1`, {headers: ACCEPT})
      expect(await bytesOf(answer)).toEqual(published.index.bytes)
      await cache.kill('SIGTERM')
      await expect(fetch(`http://${cache.host}/v2/`)).rejects.toThrow('fetch failed')
    } finally {
      await cache.close()
    }
    await expect(stat(cache.storage)).rejects.toThrow('ENOENT')
  })
})

const SCRIPT = `
import {appendFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
const {env} = process
console.log(JSON.stringify({...env, cwd: process.cwd()}))
console.log('::add-mask::s3cret')
console.log('::warning title=A%3A b,file=x,line=3::50%25 of it%0Aand more')
console.error('to stderr')
writeFileSync(join(env.RUNNER_TEMP, 'r.json'), '{"a":1}')
writeFileSync(join(env.HOME, 'left'), '')
appendFileSync(env.GITHUB_OUTPUT, 'report=' + join(env.RUNNER_TEMP, 'r.json') + '\\nlines<<E\\none\\ntwo\\nE\\n')
appendFileSync(env.GITHUB_STEP_SUMMARY, '# done')
if (env.INPUT_WAIT) setInterval(() => {}, 1000)
else process.exitCode = 3
`

describe('runAction', () => {
  const entry = join(tmpdir(), `verified-image-script-${String(process.pid)}.mjs`)
  beforeAll(() => writeFile(entry, SCRIPT))
  afterAll(() => rm(entry))

  it('runs the process like a runner, and returns its outputs', async () => {
    const run = await runAction(
      {'connect-timeout': '5s', 'two words': ''},
      {entry, env: {HTTPS_PROXY: 'http://127.0.0.1:1'}}
    )
    const [environment = '', ...log] = run.log
    expect(log).toEqual(['to stderr'])
    const seen = JSON.parse(environment) as Record<string, string>
    expect(Object.keys(seen).sort()).toEqual(
      [
        ...['GITHUB_ACTIONS', 'GITHUB_ENV', 'GITHUB_OUTPUT', 'GITHUB_PATH', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY'],
        ...[
          'GITHUB_WORKSPACE',
          'HOME',
          'HTTPS_PROXY',
          'INPUT_CONNECT-TIMEOUT',
          'INPUT_TWO_WORDS',
          'PATH',
          'RUNNER_ARCH'
        ],
        ...['RUNNER_OS', 'RUNNER_TEMP', 'RUNNER_TOOL_CACHE', 'cwd']
      ].sort()
    )
    expect(seen['cwd']).toBe(seen['GITHUB_WORKSPACE'])
    expect(run).toMatchObject({
      exitCode: 3,
      signal: null,
      annotations: [{level: 'warning', title: 'A: b', file: 'x', line: '3', message: '50% of it\nand more'}],
      masks: ['s3cret'],
      summary: '# done',
      report: {a: 1},
      outputs: {lines: 'one\ntwo'},
      leftBehind: ['temp/r.json', 'home/left']
    })
    await expect(stat(seen['HOME'] ?? '')).rejects.toThrow('ENOENT')
  })

  it('sends a signal when a line appears', async () => {
    const signalAfter = {signal: 'SIGTERM', line: /add-mask/} as const
    expect(await runAction({wait: 'yes'}, {entry, signalAfter})).toMatchObject({exitCode: null, signal: 'SIGTERM'})
  })

  it('throws at the time limit', async () => {
    await expect(runAction({wait: 'yes'}, {entry, timeoutMs: 300})).rejects.toThrow('did not end within 300 ms')
  })
})

describe('workflow commands', () => {
  it('are parsed with colons and commas, and groups are not log lines', () => {
    const spoken = parseSpoken('::group::x\nplain ::error::no\n::endgroup::\n::error::a: b, c::d%253A\n')
    expect(spoken).toEqual({
      annotations: [{level: 'error', message: 'a: b, c::d%3A'}],
      log: ['plain ::error::no'],
      masks: []
    })
  })

  it('in files are parsed in both forms, and rejected when a delimiter is missing', () => {
    expect(parseFileCommands('a=b<<c\nd<<E\n1=2\n\nE\n')).toEqual({a: 'b<<c', d: '1=2\n'})
    expect(() => parseFileCommands('d<<E\n1\n')).toThrow("Matching delimiter not found 'E'")
  })
})
