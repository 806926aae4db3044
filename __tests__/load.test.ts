// `load` with real engines of both image stores: the verified image runs, and builds use it, when no registry is reachable.

import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {connect, createServer, type Socket} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, afterEach, beforeAll, describe, expect, it} from '@jest/globals'
import {type DockerRegistry, startDockerRegistry} from './support/docker-registry.ts'
import {type Engine, findEngines} from './support/engines.ts'
import {helloProgramFor} from './support/hello-program.ts'
import {type Compression, type Image, type Index, makeImage, makeIndex, type MediaTypes} from './support/images.ts'
import {type Internet, startInternet} from './support/internet.ts'
import {describeWith} from './support/programs.ts'
import {type ActionRun, runAction} from './support/run-action.ts'

const PLATFORM = process.arch === 'arm64' ? 'linux/arm64' : 'linux/amd64'
const OTHER = process.arch === 'arm64' ? 'linux/amd64' : 'linux/arm64'
const TAG = '2.7.35'

let hub: DockerRegistry
let internet: Internet
let tools: string
let seed = Date.now()
let name: string

/** A name and an image that no engine has seen. */
async function publish(compression: Compression = 'gzip', mediaTypes: MediaTypes = 'oci'): Promise<Index> {
  name = `acme/app-${String(++seed)}`
  const make = (platform: string): Image =>
    makeImage({
      platform,
      mediaTypes,
      layers: [
        {content: {files: {hello: helloProgramFor(process.arch, `hello from ${String(seed)}`)}}, compression},
        {content: {seed, size: 20_000}, compression}
      ],
      editConfig: right => ({...right, config: {Cmd: ['/hello']}})
    })
  const index = makeIndex({children: [make(PLATFORM), make(OTHER)], attestations: true, mediaTypes})
  await hub.push(name, TAG, index)
  return index
}

beforeAll(async () => {
  ;[hub, tools] = await Promise.all([startDockerRegistry(), mkdtemp(join(tmpdir(), 'verified-image-tools-'))])
  internet = await startInternet({'registry-1.docker.io': Number(hub.host.split(':')[1])})
})

afterAll(async () => {
  await Promise.all([hub.close(), internet.close(), rm(tools, {recursive: true})])
})

function run(
  {env}: Pick<Engine, 'env'>,
  image: string,
  more: Readonly<Record<string, string>> = {},
  environment: Readonly<Record<string, string>> = {}
): Promise<ActionRun> {
  return runAction(
    {image, mirrors: '', 'public-mirrors': '', load: 'true', backoff: '10ms', ...more},
    {env: {...internet.environment, RUNNER_TOOL_CACHE: tools, ...env, ...environment}}
  )
}

// No registry answers there.
const OFFLINE = {HTTPS_PROXY: 'http://127.0.0.1:9', HTTP_PROXY: 'http://127.0.0.1:9'}

describeWith(['docker-registry', 'docker', 'buildx'], 'load', () => {
  it('is tested with at least one engine', () => {
    expect(findEngines()).not.toEqual([])
  })

  for (const engine of findEngines())
    describe(`into an engine with the ${engine.store} image store`, () => {
      const {docker, store} = engine
      const loaded: string[] = []

      afterEach(async () => {
        await docker('image', 'rm', '--force', ...loaded.splice(0)).catch(() => '')
      })

      // runc sometimes loses the pipe to the process that it has just started, on a busy machine and whatever the image is:
      // "waiting for init preliminary setup: read init-p: connection reset by peer". That says nothing of the image: once more.
      const runOffline = async (image: string): Promise<string> => {
        const start = (): Promise<string> => docker('run', '--rm', '--network', 'none', image)
        return start().catch((error: unknown) => {
          if (!String(error).includes('read init-p: connection reset by peer')) throw error
          return start()
        })
      }

      it.each<{readonly compression: Compression; readonly mediaTypes: MediaTypes}>([
        {compression: 'gzip', mediaTypes: 'oci'},
        {compression: 'zstd', mediaTypes: 'oci'},
        {compression: 'gzip', mediaTypes: 'docker'}
      ])('loads an image that runs: $mediaTypes, $compression', async ({compression, mediaTypes}) => {
        const index = await publish(compression, mediaTypes)
        const ran = await run(engine, `${name}:${TAG}`)
        loaded.push(`${name}:${TAG}`)
        expect(ran).toMatchObject({exitCode: 0, stderr: '', leftBehind: [expect.stringMatching(/report\.json$/)]})
        expect(ran.outputs).toMatchObject({
          reference: `docker.io/${name}:${TAG}`,
          digest: index.index.digest,
          registry: 'docker.io',
          source: 'primary',
          'build-contexts': `${name}:${TAG}=docker-image://docker.io/${name}:${TAG}`
        })
        await expect(runOffline(`${name}:${TAG}`)).resolves.toBe(`hello from ${String(seed)}`)
        await expect(runOffline(ran.outputs['reference'] ?? '')).resolves.toBe(`hello from ${String(seed)}`)
        const id = await docker('image', 'inspect', '--format', '{{.Id}}', name + ':' + TAG)
        expect(id).toBe(store === 'classic' ? index.children[0]?.config.digest : index.index.digest)
      })

      it('lets FROM NAME build, and FROM NAME@DIGEST with the build contexts, when no registry has the name', async () => {
        const {index} = await publish()
        const ran = await run(engine, `${name}:${TAG}@${index.digest}`)
        loaded.push(`${name}:${TAG}`)
        const folder = await mkdtemp(join(tmpdir(), 'verified-image-build-'))
        try {
          await writeFile(join(folder, 'Dockerfile'), `FROM ${name}:${TAG}\nRUN ["/hello"]\n`)
          await expect(docker('buildx', 'build', '--network', 'none', folder)).resolves.toEqual(expect.any(String))
          await writeFile(join(folder, 'Dockerfile'), `FROM ${name}:${TAG}@${index.digest}\nLABEL built=yes\n`)
          const contexts = ran.outputs['build-contexts'] ?? ''
          await expect(docker('buildx', 'build', '--build-context', contexts, folder)).resolves.toEqual(
            expect.any(String)
          )
        } finally {
          await rm(folder, {recursive: true})
        }
      })

      it('loads from the cache without a request when the digest is known', async () => {
        const {index} = await publish()
        const image = `${name}:${TAG}@${index.digest}`
        await run(engine, image)
        await docker('image', 'rm', '--force', `${name}:${TAG}`)
        const ran = await run(engine, image, {attempts: '1'}, OFFLINE)
        loaded.push(`${name}:${TAG}`)
        expect(ran).toMatchObject({exitCode: 0, annotations: []})
        expect(ran.report).toMatchObject({images: [{origins: ['cache'], registries: [{attempts: []}]}]})
        expect(ran.outputs).toMatchObject({verified: 'full'})
        expect(ran.outputs['registry']).toBeUndefined()
        await expect(runOffline(`${name}:${TAG}`)).resolves.toBe(`hello from ${String(seed)}`)
      })

      it('loads an image without a tag under the name that the engine uses for a digest', async () => {
        const {index, children} = await publish()
        const ran = await run(engine, `${name}@${index.digest}`)
        const reference = ran.outputs['reference'] ?? ''
        loaded.push(reference)
        expect(reference).toBe(
          store === 'containerd' ? `docker.io/${name}@${index.digest}` : (children[0]?.config.digest ?? '')
        )
        await expect(runOffline(reference)).resolves.toBe(`hello from ${String(seed)}`)
      })

      it('loads the platform of the engine when several are requested', async () => {
        await publish()
        await run(engine, `${name}:${TAG}`, {platform: `${OTHER}, ${PLATFORM}`})
        loaded.push(`${name}:${TAG}`)
        await expect(runOffline(`${name}:${TAG}`)).resolves.toBe(`hello from ${String(seed)}`)
      })

      it('loads several images at once', async () => {
        await publish()
        const [first, text] = [name, `hello from ${String(seed)}`]
        await publish()
        const ran = await run(engine, `${first}:${TAG}\n${name}:${TAG}`)
        loaded.push(`${first}:${TAG}`, `${name}:${TAG}`)
        expect(JSON.parse(ran.outputs['references'] ?? '')).toEqual({
          [`${first}:${TAG}`]: `docker.io/${first}:${TAG}`,
          [`${name}:${TAG}`]: `docker.io/${name}:${TAG}`
        })
        await expect(runOffline(`${first}:${TAG}`)).resolves.toBe(text)
        await expect(runOffline(`${name}:${TAG}`)).resolves.toBe(`hello from ${String(seed)}`)
      })

      it('loads nothing when one of several images is not available', async () => {
        await publish()
        const ran = await run(engine, `${name}:${TAG}\nacme/absent:1`)
        expect(ran.exitCode).toBe(1)
        expect(ran.outputs['reference']).toBeUndefined()
        await expect(docker('image', 'inspect', `${name}:${TAG}`)).rejects.toThrow(/no such image/i)
      })

      it.each(['unix', 'tcp'] as const)(
        'says so when the engine at its %s socket stops halfway, and loads all of it next time',
        async kind => {
          await publish()
          const wire = await startWire(kind, engine.env['DOCKER_HOST'], 12_000)
          try {
            const ran = await run(engine, `${name}:${TAG}`, {}, {DOCKER_HOST: wire.host})
            expect(ran.exitCode).toBe(1)
            expect(ran.outputs['reference']).toBeUndefined()
            expect(ran.report).toMatchObject({failure: {kind: 'docker'}})
            expect(ran.leftBehind).toEqual([expect.stringMatching(/report\.json$/)])
          } finally {
            await wire.close()
          }
          await expect(docker('image', 'inspect', `${name}:${TAG}`)).rejects.toThrow(/no such image/i)
          await run(engine, `${name}:${TAG}`)
          loaded.push(`${name}:${TAG}`)
          await expect(runOffline(`${name}:${TAG}`)).resolves.toBe(`hello from ${String(seed)}`)
        }
      )

      it.each(['unix', 'tcp'] as const)(
        'leaves no image and no files when the job is canceled while the engine reads from its %s socket',
        async kind => {
          await publish()
          const wire = await startWire(kind, engine.env['DOCKER_HOST'], 12_000, 'silent')
          try {
            const ran = await runAction(
              {image: `${name}:${TAG}`, mirrors: '', load: 'true'},
              {
                env: {...internet.environment, RUNNER_TOOL_CACHE: tools, ...engine.env, DOCKER_HOST: wire.host},
                signalAfter: {signal: 'SIGTERM', when: wire.reached}
              }
            )
            expect(ran.exitCode).not.toBe(0)
            expect(ran.outputs['reference']).toBeUndefined()
            expect(ran.leftBehind.filter(path => !path.endsWith('report.json'))).toEqual([])
          } finally {
            await wire.close()
          }
          await expect(docker('image', 'inspect', `${name}:${TAG}`)).rejects.toThrow(/no such image/i)
        }
      )

      it.each(['unix', 'tcp'] as const)('loads through a %s socket', async kind => {
        const {index} = await publish()
        const wire = await startWire(kind, engine.env['DOCKER_HOST'], Infinity)
        try {
          const ran = await run(engine, `${name}:${TAG}`, {}, {DOCKER_HOST: wire.host})
          loaded.push(`${name}:${TAG}`)
          expect(ran).toMatchObject({exitCode: 0, outputs: {digest: index.digest}})
        } finally {
          await wire.close()
        }
        await expect(runOffline(`${name}:${TAG}`)).resolves.toBe(`hello from ${String(seed)}`)
      })

      it.each(['unix', 'tcp'] as const)("reports the engine's own error when it refuses an image: %s", async kind => {
        name = `acme/app-${String(++seed)}`
        const index = makeIndex({
          children: [
            makeImage({
              platform: PLATFORM,
              layers: [{content: {seed, size: 20_000}}],
              editConfig: right => ({...right, rootfs: {type: 'layers', diff_ids: [`sha256:${'a'.repeat(64)}`]}})
            })
          ]
        })
        await hub.push(name, TAG, index)
        const wire = await startWire(kind, engine.env['DOCKER_HOST'], Infinity)
        try {
          // What it inflates to is not looked at here.
          const ran = await run(engine, `${name}:${TAG}`, {verify: 'layers'}, {DOCKER_HOST: wire.host})
          expect(ran.exitCode).toBe(1)
          expect(ran.outputs['reference']).toBeUndefined()
          expect(ran.annotations.map(({message}) => message).join('\n')).toMatch(
            /the Docker Engine rejected the image: .*diff ?id/i
          )
        } finally {
          await wire.close()
        }
      })

      it.each([100, 150, 190, 230, 270])('succeeds in the next run when one was killed after %i ms', async afterMs => {
        await publish()
        const image = {image: `${name}:${TAG}`, mirrors: '', load: 'true'}
        const env = {...internet.environment, RUNNER_TOOL_CACHE: tools, ...engine.env}
        await runAction(image, {env, signalAfter: {signal: 'SIGKILL', afterMs}})
        const ran = await runAction(image, {env})
        loaded.push(`${name}:${TAG}`)
        expect(ran).toMatchObject({exitCode: 0, annotations: []})
        await expect(runOffline(`${name}:${TAG}`)).resolves.toBe(`hello from ${String(seed)}`)
      })
    })
})

describeWith(['docker-registry'], 'load without an engine', () => {
  it.each([
    {name: 'no engine answers', env: {PATH: process.env['PATH'] ?? '', DOCKER_HOST: 'unix:///nowhere/docker.sock'}},
    {name: 'there is no docker program', env: {PATH: '/nowhere'}}
  ])('fails with a message and leaves no files when $name', async ({env}) => {
    await publish()
    const ran = await run({env}, `${name}:${TAG}`)
    expect(ran.exitCode).toBe(1)
    expect(ran.outputs).toEqual({report: expect.anything()})
    expect(JSON.stringify(ran.report)).toContain('"kind":"docker"')
    expect(ran.annotations.map(({message}) => message).join('\n')).toMatch(
      /load: true` needs (?:a|the program docker and a) Docker Engine/
    )
    expect(ran.leftBehind).toEqual([expect.stringMatching(/report\.json$/)])
  })
})

type Wire = {
  readonly host: string
  /** Resolves when the limit is reached. */
  readonly reached: Promise<void>
  readonly close: () => Promise<void>
}

/** Another socket of an engine, that is gone or silent after so many bytes of a request for an upload. */
async function startWire(
  kind: 'unix' | 'tcp',
  engine: string | undefined,
  bytes: number,
  end: 'gone' | 'silent' = 'gone'
): Promise<Wire> {
  const path = (engine ?? 'unix:///var/run/docker.sock').replace(/^unix:\/\//, '')
  const folder = await mkdtemp(join(tmpdir(), 'verified-image-wire-'))
  let reach = (): void => undefined
  const reached = new Promise<void>(resolve => (reach = resolve))
  const sockets = new Set<Socket>()
  const server = createServer({allowHalfOpen: true}, client => {
    const upstream = connect({path, allowHalfOpen: true})
    let passed = 0
    client.on('data', (chunk: Buffer) => {
      passed += chunk.length
      if (passed >= bytes) {
        reach()
        if (end === 'silent') client.pause()
        else for (const socket of [client, upstream]) socket.destroy()
      } else if (!upstream.write(chunk)) {
        client.pause()
        upstream.once('drain', () => client.resume())
      }
    })
    client.on('end', () => upstream.end())
    upstream.pipe(client)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        client.destroy()
        upstream.destroy()
      })
    }
  })
  const socket = join(folder, 'sock')
  await new Promise<void>(resolve =>
    kind === 'unix' ? server.listen(socket, resolve) : server.listen(0, '127.0.0.1', resolve)
  )
  return {
    reached,
    host: kind === 'unix' ? `unix://${socket}` : `tcp://127.0.0.1:${String((server.address() as {port: number}).port)}`,
    close: async () => {
      server.close()
      for (const socket of sockets) socket.destroy()
      await rm(folder, {recursive: true})
    }
  }
}
