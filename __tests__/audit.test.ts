// The audit as a process, against real registries: each finding, and its healthy twin; five places; sixty images of which three are ill.

import {mkdtemp, readFile, rm, symlink, truncate, writeFile} from 'node:fs/promises'
import {createServer} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, afterEach, beforeAll, beforeEach, expect, it, jest} from '@jest/globals'
import {runAuditAction, type AuditRun} from './support/audit-run.ts'
import {type DockerRegistry, type RegistryProgram, startDockerRegistry} from './support/docker-registry.ts'
import {type Index, makeImage, makePublished} from './support/images.ts'
import {describeWith} from './support/programs.ts'
import {runAction} from './support/run-action.ts'

// Each test is several processes, one after the other.
jest.setTimeout(120_000)

const TAG = '1.2.3'
let seed = 500

describeWith(['docker-registry', 'registry'], 'the audit', () => {
  let workspace: string
  const registries: DockerRegistry[] = []

  async function start(program: RegistryProgram): Promise<DockerRegistry> {
    const registry = await startDockerRegistry({program})
    registries.push(registry)
    return registry
  }

  afterAll(async () => {
    await Promise.all(registries.splice(0).map(registry => registry.close()))
  })
  beforeEach(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'verified-image-audit-'))
  })
  afterEach(async () => {
    await rm(workspace, {recursive: true, force: true})
  })

  type World = {
    readonly primary: DockerRegistry
    readonly mirror: DockerRegistry
    readonly repository: string
    readonly index: Index
    readonly image: string
    readonly audit: (inputs?: Readonly<Record<string, string>>) => Promise<AuditRun>
    readonly lock: () => Promise<void>
  }

  let published = 0
  async function publish(primary: DockerRegistry, mirror: DockerRegistry): Promise<World> {
    const repository = `acme/app-${String(++published)}`
    const index = makePublished({seed: ++seed})
    for (const registry of [primary, mirror]) await registry.push(repository, TAG, index)
    const image = `${primary.host}/${repository}:${TAG}`
    const mirrors = `${primary.host}=${mirror.host}`
    return {
      ...{primary, mirror, repository, index, image},
      audit: (inputs = {}) => runAuditAction({image, mirrors, ...inputs}, {cwd: workspace}),
      lock: async () => {
        const {exitCode} = await runAction(
          {image, 'public-mirrors': '', platform: 'all', lock: 'update'},
          {cwd: workspace}
        )
        expect(exitCode).toBe(0)
      }
    }
  }

  function childOf({children}: Index, at: number): Index['children'][number] {
    const child = children[at]
    if (child === undefined) throw new Error('the image has no such platform')
    return child
  }

  type Case = {
    readonly name: string
    readonly found: (world: World) => readonly string[]
    readonly exitCode: number
    readonly make: (world: World) => Promise<void>
    readonly inputs?: (world: World) => Readonly<Record<string, string>>
    /** Whether the lock file is written before the image becomes ill. */
    readonly isLocked?: true
  }

  const at = (registry: DockerRegistry, {repository}: World): string => `${registry.host}/${repository}`
  const tagFolder = ({storage}: DockerRegistry, {repository}: World): string =>
    join(storage, 'content/docker/registry/v2/repositories', repository, '_manifests/tags', TAG)

  const CASES: readonly Case[] = [
    {
      name: 'a pinned digest that is gone at its registry',
      isLocked: true,
      make: ({primary, index}) => rm(primary.blobPath(index.index.digest)),
      found: world => [`digest-gone error ${at(world.primary, world)}`],
      exitCode: 1
    },
    {
      name: 'a platform that one registry lost',
      make: ({primary, index}) => rm(primary.blobPath(childOf(index, 1).manifest.digest)),
      found: world => [`child-gone error ${at(world.primary, world)}`],
      exitCode: 1
    },
    {
      name: 'a layer that a mirror lost',
      make: ({mirror, index}) => rm(mirror.blobPath(childOf(index, 0).layers[1]?.digest ?? '')),
      found: world => [`child-gone error ${at(world.mirror, world)}`],
      exitCode: 1
    },
    {
      name: 'a config that became empty, without a download of what is right',
      make: ({primary, index}) => truncate(primary.blobPath(childOf(index, 0).config.digest), 0),
      found: world => [`content-corrupt error ${at(world.primary, world)}`],
      exitCode: 1
    },
    {
      name: 'a manifest whose bytes are others',
      make: async ({mirror, index}) => {
        const path = mirror.blobPath(childOf(index, 0).manifest.digest)
        const text = await readFile(path, 'utf8')
        await writeFile(path, text.replace('"schemaVersion":2', '"schemaVersion":2 '))
      },
      found: world => [`content-corrupt error ${at(world.mirror, world)}`],
      exitCode: 1
    },
    {
      name: 'with verify: full, a config with one wrong byte, as on 4 June 2025',
      inputs: () => ({verify: 'full'}),
      make: async ({primary, index}) => {
        const path = primary.blobPath(childOf(index, 0).config.digest)
        const bytes = await readFile(path)
        bytes[10] = (bytes[10] ?? 0) ^ 1
        await writeFile(path, bytes)
      },
      found: world => [`content-corrupt error ${at(world.primary, world)}`],
      exitCode: 1
    },
    {
      name: 'a mirror that lacks the image',
      make: ({mirror, index}) => rm(mirror.blobPath(index.index.digest)),
      found: world => [`mirror-lacks warning ${at(world.mirror, world)}`],
      exitCode: 0
    },
    {
      name: 'a mirror with another image under a tag that nothing pins',
      make: ({mirror, repository}) => mirror.push(repository, TAG, makePublished({seed: ++seed})),
      found: world => [`mirror-disagrees error ${at(world.mirror, world)}`],
      exitCode: 1
    },
    {
      name: 'a mirror whose tag lags behind a locked digest',
      isLocked: true,
      make: ({mirror, repository}) => mirror.push(repository, TAG, makePublished({seed: ++seed})),
      found: world => [`mirror-disagrees warning ${at(world.mirror, world)}`],
      exitCode: 0
    },
    {
      name: 'a locked tag that moved, at both places',
      isLocked: true,
      make: async ({primary, mirror, repository}) => {
        const moved = makePublished({seed: ++seed, platforms: ['linux/amd64']})
        for (const registry of [primary, mirror]) await registry.push(repository, TAG, moved)
      },
      found: world => [`tag-moved error ${at(world.primary, world)}`],
      exitCode: 0
    },
    {
      name: 'a tag that is gone while the locked digest is there',
      isLocked: true,
      make: world => rm(tagFolder(world.primary, world), {recursive: true}),
      found: world => [`tag-gone warning ${at(world.primary, world)}`],
      exitCode: 0
    },
    {
      name: 'a platform that is requested and not in the image',
      inputs: () => ({platform: 'linux/amd64,linux/s390x'}),
      make: () => Promise.resolve(),
      found: () => ['platform-missing error image'],
      exitCode: 1
    },
    {
      name: 'a mirror that is down',
      inputs: ({primary, repository}) => ({
        mirrors: `${primary.host}=127.0.0.1:${String(closedPort)}`,
        image: `${primary.host}/${repository}:${TAG}`
      }),
      make: () => Promise.resolve(),
      found: world => [`unreachable warning 127.0.0.1:${String(closedPort)}/${world.repository}`],
      exitCode: 0
    },
    {
      name: 'an entry of the lock file that no image uses',
      isLocked: true,
      make: async () => {
        const path = join(workspace, 'image-lock.json')
        const lock = JSON.parse(await readFile(path, 'utf8')) as {images: Record<string, unknown>}
        const [[, entry] = []] = Object.entries(lock.images)
        lock.images['docker.io/library/unused:1'] = entry
        await writeFile(path, JSON.stringify(lock, undefined, 2))
      },
      found: () => ['lock-unused notice image'],
      exitCode: 0
    }
  ]

  let closedPort = 0
  beforeAll(async () => {
    const server = createServer()
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    closedPort = (server.address() as {port: number}).port
    await new Promise(resolve => server.close(resolve))
  })

  const PAIRS: readonly (readonly [RegistryProgram, RegistryProgram])[] = [
    ['docker-registry', 'registry'],
    ['registry', 'docker-registry']
  ]
  const pairs = new Map<RegistryProgram, {readonly primary: DockerRegistry; readonly mirror: DockerRegistry}>()
  beforeAll(async () => {
    for (const [first, second] of PAIRS) pairs.set(first, {primary: await start(first), mirror: await start(second)})
  })

  it.each(PAIRS.flatMap(([program]) => CASES.map(each => ({...each, program}))))(
    'finds $name, and nothing before ($program)',
    async ({program, make, found, exitCode, inputs, isLocked}) => {
      const pair = pairs.get(program)
      if (pair === undefined) throw new Error('the registries are not started')
      const world = await publish(pair.primary, pair.mirror)
      if (isLocked === true) await world.lock()
      const healthy = await world.audit()
      expect([healthy.found, healthy.exitCode, healthy.report.outcome]).toEqual([[], 0, 'clean'])

      await make(world)
      const ill = await world.audit(inputs?.(world))
      expect(ill.found).toEqual(found(world))
      expect(ill.exitCode).toBe(exitCode)
      expect(Object.values(ill.findings).reduce((sum, count) => sum + count, 0)).toBe(found(world).length)
      expect(ill.report.outcome).toBe('findings')
    }
  )

  it('compares five places, and says of each what it has', async () => {
    const places = [
      await start('docker-registry'),
      await start('registry'),
      await start('docker-registry'),
      await start('registry'),
      await start('docker-registry')
    ]
    const [primary, ...mirrors] = places
    if (primary === undefined) throw new Error('no registry was started')
    const index = makePublished({seed: ++seed})
    for (const registry of places.slice(0, 4)) await registry.push('acme/five', TAG, index)
    await rm(places[2]?.blobPath(childOf(index, 1).manifest.digest) ?? '')
    await places[3]?.push('acme/five', TAG, makePublished({seed: ++seed}))
    const run = await runAuditAction(
      {
        image: `${primary.host}/acme/five:${TAG}`,
        mirrors: mirrors.map(({host}) => `${primary.host}=${host}`).join('\n')
      },
      {cwd: workspace}
    )
    expect(run.report.images[0]?.places.map(({outcome}) => outcome)).toEqual([
      'right',
      'right',
      'error',
      'error',
      'warning'
    ])
    expect(run.findings).toEqual({'child-gone': 1, 'mirror-disagrees': 1, 'mirror-lacks': 1})
  })

  it('finds the three of sixty images that are ill, each at its line of a file', async () => {
    const pair = pairs.get('docker-registry')
    if (pair === undefined) throw new Error('the registries are not started')
    const {primary, mirror} = pair
    const images = Array.from({length: 60}, (_, number) => ({
      name: `fleet/app-${String(number)}`,
      index: makeImage({layers: [{content: {seed: ++seed, size: 500}}]})
    }))
    for (const {name, index} of images) for (const registry of [primary, mirror]) await registry.push(name, TAG, index)
    await writeFile(
      join(workspace, 'Dockerfile'),
      images.map(({name}) => `FROM ${primary.host}/${name}:${TAG}\n`).join('')
    )
    const audit = (): Promise<AuditRun> =>
      runAuditAction(
        {files: 'Dockerfile', mirrors: `${primary.host}=${mirror.host}`, sarif: 'audit.sarif'},
        {cwd: workspace}
      )
    const healthy = await audit()
    expect([healthy.exitCode, healthy.findings]).toEqual([0, {}])

    const ill = [7, 31, 59]
    for (const number of ill) await rm(primary.blobPath(images[number]?.index.config.digest ?? ''))
    const run = await audit()
    expect(run.exitCode).toBe(1)
    expect(run.findings).toEqual({'child-gone': 3})
    expect(run.report.findings.map(({locations}) => locations)).toEqual(
      ill.map(number => [{file: 'Dockerfile', line: number + 1}])
    )
    expect(run.annotations.filter(({level}) => level === 'error').map(({line}) => line)).toEqual(
      ill.map(number => String(number + 1))
    )
    expect(run.summary).toContain('3 images of 60 need attention')
    expect(run.outputs['sarif']).toBe(join(workspace, 'audit.sarif'))
  })

  it('fails when nothing could be checked, whatever fail-on says', async () => {
    const run = await runAuditAction(
      {image: `127.0.0.1:${String(closedPort)}/acme/app:1`, 'fail-on': '', sarif: 'audit.sarif'},
      {cwd: workspace}
    )
    expect(run.exitCode).toBe(1)
    expect(run.report.outcome).toBe('failed')
    expect(run.report.failure?.message).toContain('nothing could be checked')
    expect(run.findings).toEqual({unreachable: 1})
    expect(run.outputs['sarif']).toBeUndefined()
  })

  it('fails for what fail-on lists, and for nothing with an empty list', async () => {
    const pair = pairs.get('registry')
    if (pair === undefined) throw new Error('the registries are not started')
    const world = await publish(pair.primary, pair.mirror)
    await rm(world.mirror.blobPath(world.index.index.digest))
    expect((await world.audit({'fail-on': 'mirror-lacks, tag-moved'})).exitCode).toBe(1)
    await rm(world.primary.blobPath(childOf(world.index, 0).manifest.digest))
    const run = await world.audit({'fail-on': ''})
    expect([run.exitCode, run.findings]).toEqual([0, {'child-gone': 1, 'mirror-lacks': 1}])
  })

  it('reports all invalid inputs together, and requests nothing', async () => {
    const run = await runAuditAction(
      {image: 'acme/app:', 'fail-on': 'tag-moved, nonsense', verify: 'deep', timeout: '5'},
      {cwd: workspace}
    )
    expect(run.exitCode).toBe(1)
    expect(run.report.inputFaults.map(({input}) => input)).toEqual(['image', 'verify', 'fail-on', 'timeout'])
    expect(run.report.registries).toEqual([])
  })

  it('changes no lock file, and does not write SARIF through a link that leads out', async () => {
    const pair = pairs.get('docker-registry')
    if (pair === undefined) throw new Error('the registries are not started')
    const world = await publish(pair.primary, pair.mirror)
    await world.lock()
    const before = await readFile(join(workspace, 'image-lock.json'), 'utf8')
    const outside = await mkdtemp(join(tmpdir(), 'verified-image-outside-'))
    try {
      await writeFile(join(outside, 'victim'), 'untouched')
      await symlink(join(outside, 'victim'), join(workspace, 'audit.sarif'))
      await world.primary.push(world.repository, TAG, makePublished({seed: ++seed}))
      const run = await world.audit({sarif: 'audit.sarif'})
      expect(run.exitCode).toBe(1)
      expect(await readFile(join(outside, 'victim'), 'utf8')).toBe('untouched')
      expect(run.annotations.map(({message}) => message).join('\n')).toContain('a link may not leave that folder')
      expect(await readFile(join(workspace, 'image-lock.json'), 'utf8')).toBe(before)
    } finally {
      await rm(outside, {recursive: true, force: true})
    }
  })
})
