// A large layer on a line from real registries, caches that do not have it yet, and real front ends.

import {afterAll, afterEach, beforeAll, expect, it, jest} from '@jest/globals'
import {type DockerRegistry, type RegistryProgram, startDockerRegistry} from './support/docker-registry.ts'
import {startHaproxy, startNginx} from './support/front-ends.ts'
import {makeImage} from './support/images.ts'
import {startLine} from './support/line.ts'
import {describeWith} from './support/programs.ts'
import {runAction} from './support/run-action.ts'

jest.setTimeout(120_000)

const IMAGE = makeImage({layers: [{content: {seed: 1, size: 48 * 1024 * 1024}, compression: 'none'}]})

type Closing = {readonly close: () => Promise<unknown>}
type Seen = {readonly exitCode: number | null; readonly verified: string | undefined; readonly parts: number}

const open: Closing[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

function keep<T extends Closing>(one: T): T {
  open.push(one)
  return one
}

async function see({host}: {readonly host: string}): Promise<Seen> {
  const line = keep(await startLine(() => host, {roundTripMs: 20, bytesPerSecond: 20e6}))
  const {exitCode, outputs, report} = await runAction({
    image: `${line.host}/acme/app:1`,
    ...{platform: 'linux/amd64', 'public-mirrors': ''}
  })
  const [, count = '0'] = /"parts":\{"count":(\d+)/.exec(JSON.stringify(report)) ?? []
  return {exitCode, verified: outputs['verified'], parts: Number(count)}
}

const PROGRAMS: readonly RegistryProgram[] = ['docker-registry', 'registry']

for (const program of PROGRAMS)
  describeWith([program], `${program}, with a large layer on a line`, () => {
    let registry: DockerRegistry
    beforeAll(async () => {
      registry = await startDockerRegistry({program})
      await registry.push('acme/app', '1', IMAGE)
    })
    afterAll(async () => {
      await registry.close()
    })

    it('serves it in parts', async () => {
      const {parts, ...seen} = await see(registry)
      expect(seen).toEqual({exitCode: 0, verified: 'full'})
      expect(parts).toBeGreaterThan(2)
    })

    it('serves it through a pull-through cache that does not have it yet, and again when it has', async () => {
      const cache = keep(await startDockerRegistry({program, proxy: {remoteurl: `http://${registry.host}`}}))
      expect(await see(cache)).toMatchObject({exitCode: 0, verified: 'full'})
      expect(await see(cache)).toMatchObject({exitCode: 0, verified: 'full'})
    })
  })

const FRONT_ENDS = [
  {name: 'nginx', start: startNginx},
  {name: 'haproxy', start: startHaproxy}
] as const

for (const program of PROGRAMS)
  describeWith([program, 'nginx', 'haproxy'], `a front end of ${program}, with a large layer on a line`, () => {
    let registry: DockerRegistry
    beforeAll(async () => {
      registry = await startDockerRegistry({program})
      await registry.push('acme/app', '1', IMAGE)
    })
    afterAll(async () => {
      await registry.close()
    })

    it.each(FRONT_ENDS)('of $name passes its parts on', async ({start}) => {
      const {parts, ...seen} = await see(keep(await start({upstream: registry.host})))
      expect(seen).toEqual({exitCode: 0, verified: 'full'})
      expect(parts).toBeGreaterThan(2)
    })

    it.each(FRONT_ENDS)('of $name serves it from a pull-through cache that does not have it yet', async ({start}) => {
      const cache = keep(await startDockerRegistry({program, proxy: {remoteurl: `http://${registry.host}`}}))
      expect(await see(keep(await start({upstream: cache.host})))).toMatchObject({exitCode: 0, verified: 'full'})
    })
  })
