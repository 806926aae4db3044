// Two versions of the distribution registry, each also as a pull-through cache of the other: how they serve corrupt storage, and what the
// action does then.

import {readFile, rm, truncate, writeFile} from 'node:fs/promises'
import {afterEach, expect, it} from '@jest/globals'
import {type DockerRegistry, type RegistryProgram, startDockerRegistry} from './support/docker-registry.ts'
import {type Image, type Index, makePublished} from './support/images.ts'
import {describeWith} from './support/programs.ts'
import {type ActionRun, runAction} from './support/run-action.ts'

const REPOSITORY = 'acme/app'
const TAG = '1.2.3'
const PUBLISHED = makePublished({seed: 77})

// Programs start, and start again.
const PATIENCE_MS = 30_000

const started: DockerRegistry[] = []
afterEach(async () => {
  await Promise.all(started.splice(0).map(registry => registry.close()))
})

async function start(program: RegistryProgram, upstream?: DockerRegistry): Promise<DockerRegistry> {
  const proxy = upstream === undefined ? {} : {proxy: {remoteurl: `http://${upstream.host}`}}
  const registry = await startDockerRegistry({program, ...proxy})
  started.push(registry)
  return registry
}

function run(primary: DockerRegistry, mirror: DockerRegistry, more: Record<string, string> = {}): Promise<ActionRun> {
  return runAction({
    image: `${primary.host}/${REPOSITORY}:${TAG}`,
    mirrors: `${primary.host}=${mirror.host}`,
    ...{platform: 'linux/amd64', backoff: '10ms', 'status-pages': 'false', ...more}
  })
}

function amd64({children: [image]}: Index): Image {
  if (image === undefined) throw new Error('no image was made')
  return image
}

function blobOf(object: 'config' | 'layer[1]'): {readonly digest: string} {
  const {config, layers} = amd64(PUBLISHED)
  const blob = object === 'config' ? config : layers[1]
  if (blob === undefined) throw new Error('no layer was made')
  return blob
}

function firstStory({report}: ActionRun): unknown {
  return (report as {images: [{registries: readonly unknown[]}]}).images[0].registries[0]
}

type Spoil = (path: string) => Promise<void>
const flipFirst: Spoil = async path => {
  const bytes = await readFile(path)
  bytes[0] = (bytes[0] ?? 0) ^ 1
  await writeFile(path, bytes)
}

const SPOILS: readonly {name: string; object: 'config' | 'layer[1]'; spoil: Spoil; kind: string}[] = [
  {name: 'a config with a bit wrong', object: 'config', spoil: flipFirst, kind: 'corrupt'},
  {name: 'an overwritten config', object: 'config', spoil: path => writeFile(path, '{}'), kind: 'corrupt'},
  {name: 'an emptied config', object: 'config', spoil: path => truncate(path, 0), kind: 'corrupt'},
  {name: 'a deleted config', object: 'config', spoil: path => rm(path), kind: 'not-found'},
  {name: 'a layer with a bit wrong', object: 'layer[1]', spoil: flipFirst, kind: 'corrupt'},
  {name: 'a truncated layer', object: 'layer[1]', spoil: path => truncate(path, 1000), kind: 'corrupt'},
  {name: 'a deleted layer', object: 'layer[1]', spoil: path => rm(path), kind: 'not-found'}
]

const PAIRS = [
  {primary: 'registry', other: 'docker-registry'},
  {primary: 'docker-registry', other: 'registry'}
] as const

for (const {primary: program, other} of PAIRS) {
  describeWith([program, other], `${program}, with ${other} as its mirror`, () => {
    it(
      'serves what is well, and its mirror what it has spoilt',
      async () => {
        const [primary, mirror] = [await start(program), await start(other)]
        for (const registry of [primary, mirror]) await registry.push(REPOSITORY, TAG, PUBLISHED)
        expect((await run(primary, mirror)).outputs).toMatchObject({source: 'primary', verified: 'full'})
        for (const {object, spoil, kind} of SPOILS) {
          const path = primary.blobPath(blobOf(object).digest)
          const right = await readFile(path)
          await spoil(path)
          const ran = await run(primary, mirror)
          expect(firstStory(ran)).toMatchObject({object, failure: {kind}})
          expect(ran.outputs).toMatchObject({source: 'mirror', digest: PUBLISHED.index.digest, verified: 'full'})
          await writeFile(path, right)
        }
      },
      2 * PATIENCE_MS
    )
  })

  describeWith([program, other], `${other} as a pull-through cache of ${program}`, () => {
    it(
      'is asked first when mirrors are preferred, while the primary says what the tag is',
      async () => {
        const primary = await start(program)
        await primary.push(REPOSITORY, TAG, PUBLISHED)
        const cache = await start(other, primary)
        // The first run fills it, the second finds it full.
        for (const ordinal of [1, 2]) {
          const ran = await run(primary, cache, {prefer: 'mirrors'})
          expect([ordinal, ran.outputs]).toMatchObject([
            ordinal,
            {registry: cache.host, source: 'mirror', verified: 'full'}
          ])
          expect(ran.report).toMatchObject({images: [{decidedBy: 'primary'}]})
        }
      },
      PATIENCE_MS
    )

    it(
      'goes on serving, verified, when its primary is gone',
      async () => {
        const primary = await start(program)
        await primary.push(REPOSITORY, TAG, PUBLISHED)
        const cache = await start(other, primary)
        // A cache knows the tags that it was asked for, and only those.
        expect((await run(primary, cache, {prefer: 'mirrors'})).outputs).toMatchObject({registry: cache.host})
        await primary.kill()
        const ran = await run(primary, cache, {prefer: 'mirrors'})
        expect(ran.outputs).toMatchObject({registry: cache.host, digest: PUBLISHED.index.digest, verified: 'full'})
        expect(ran.report).toMatchObject({images: [{decidedBy: 'mirror'}]})
      },
      PATIENCE_MS
    )

    it(
      'is found out when it keeps wrong bytes, and the primary serves',
      async () => {
        const primary = await start(program)
        await primary.push(REPOSITORY, TAG, PUBLISHED)
        const cache = await start(other, primary)
        await run(primary, cache, {prefer: 'mirrors'})
        await flipFirst(cache.blobPath(blobOf('config').digest))
        const ran = await run(primary, cache, {prefer: 'mirrors'})
        expect(ran.outputs).toMatchObject({registry: primary.host, source: 'primary', verified: 'full'})
        expect(firstStory(ran)).toMatchObject({object: 'config', failure: {kind: 'corrupt'}})
      },
      PATIENCE_MS
    )

    it(
      'cannot make right what its primary hands out wrong, and nothing is used',
      async () => {
        const primary = await start(program)
        await primary.push(REPOSITORY, TAG, PUBLISHED)
        const cache = await start(other, primary)
        await flipFirst(primary.blobPath(blobOf('config').digest))
        const ran = await run(primary, cache)
        expect(ran.exitCode).toBe(1)
        expect(ran.outputs).toEqual({report: expect.anything()})
        expect(firstStory(ran)).toMatchObject({object: 'config', failure: {kind: 'corrupt'}})
      },
      PATIENCE_MS
    )
  })
}
