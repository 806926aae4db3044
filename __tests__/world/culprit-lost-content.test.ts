// A manifest that is there and a part of it that is not: the registry lost it, as after a garbage collection at the wrong time. The name is
// spelled right, and the image is published.

import {rm} from 'node:fs/promises'
import {afterEach, describe, expect, it} from '@jest/globals'
import {type DockerRegistry, type RegistryProgram, startDockerRegistry} from '../support/docker-registry.ts'
import {type FaultRegistry, startFaultRegistry} from '../support/fault-registry.ts'
import {ociError} from '../support/fault.ts'
import {makePublished} from '../support/images.ts'
import {describeWith} from '../support/programs.ts'
import {publish} from '../support/registry-content.ts'
import {type ActionRun, runAction} from '../support/run-action.ts'
import {verdictOf} from '../support/verdict.ts'

const PUBLISHED = makePublished({seed: 4711})
const [AMD64] = PUBLISHED.children
if (AMD64 === undefined) throw new Error('no image was made')
const PARTS: Readonly<Record<string, string>> = {
  'the config': AMD64.config.digest,
  'a layer': AMD64.layers[1]?.digest ?? '',
  'the manifest of the platform': AMD64.manifest.digest
}

const endings: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(endings.splice(0).map(end => end()))
})

function run(image: string, inputs: Readonly<Record<string, string>> = {}): Promise<ActionRun> {
  return runAction({image, mirrors: '', platform: 'linux/amd64', backoff: '5ms', attempts: '2', ...inputs})
}

function expectRegistryBlamed(ran: ActionRun, digest: string): void {
  const {kind, cause, advice, said, evidence} = verdictOf(ran)
  expect({kind, cause}).toEqual({kind: 'not-found', cause: 'registry'})
  expect(advice).not.toMatch(/spel(?:t|led|ling)|still published|typo/i)
  expect(advice).toMatch(/report/i)
  expect(evidence).toMatchObject({status: 404, path: expect.stringContaining(digest)})
  expect(said).toMatch(/evidence/i)
}

describeWith(['docker-registry', 'registry'], 'a real registry whose storage lost something', () => {
  const programs: readonly RegistryProgram[] = ['docker-registry', 'registry']
  it.each(programs.flatMap(program => Object.keys(PARTS).map(part => ({program, part}))))(
    '$program without $part is to blame, with evidence',
    async ({program, part}) => {
      const registry: DockerRegistry = await startDockerRegistry({program})
      endings.push(registry.close)
      await registry.push('acme/app', '1', PUBLISHED)
      await rm(registry.blobPath(PARTS[part] ?? ''))
      expectRegistryBlamed(await run(`${registry.host}/acme/app:1`), PARTS[part] ?? '')
    }
  )
})

describe('a registry that lost something', () => {
  const start = async (faults: Parameters<typeof startFaultRegistry>[0]): Promise<FaultRegistry> => {
    const registry = await startFaultRegistry({content: [publish('acme/app', '1', PUBLISHED)], ...faults})
    endings.push(registry.close)
    return registry
  }
  const gone = {
    kind: 'respond',
    status: 404,
    headers: {'content-type': 'application/xml'},
    body: '<Error><Code>NoSuchKey</Code></Error>'
  } as const

  it('at its CDN is to blame', async () => {
    const {host} = await start({blobs: 'redirect', faults: [{on: 'config', server: 'cdn', times: 'always', do: gone}]})
    expectRegistryBlamed(await run(`${host}/acme/app:1`), AMD64.config.digest)
  })

  it('for an image that is named by its digest is to blame', async () => {
    const {host} = await start({faults: [{on: 'config', times: 'always', do: ociError(404, 'BLOB_UNKNOWN')}]})
    expectRegistryBlamed(await run(`${host}/acme/app@${PUBLISHED.index.digest}`), AMD64.config.digest)
  })

  it('is to blame when a mirror has it, and the build goes on', async () => {
    const primary = await start({faults: [{on: 'layer', times: 'always', do: ociError(404, 'BLOB_UNKNOWN')}]})
    const mirror = await start({})
    const ran = await run(`${primary.host}/acme/app:1`, {mirrors: `${primary.host}=${mirror.host}`})
    expect(ran.outputs).toMatchObject({source: 'mirror'})
    expect(verdictOf(ran).cause).toBe('registry')
  })

  it('that a mirror lost is not said of the registry that is down', async () => {
    const primary = await start({faults: [{on: 'layer', times: 'always', do: ociError(503, 'UNAVAILABLE')}]})
    const mirror = await start({faults: [{on: 'layer', times: 'always', do: ociError(404, 'BLOB_UNKNOWN')}]})
    const ran = await run(`${primary.host}/acme/app:1`, {mirrors: `${primary.host}=${mirror.host}`})
    expect(verdictOf(ran).cause).toBe('outage')
  })
})

describe('an image that was never there', () => {
  it('is still missing', async () => {
    const registry = await startFaultRegistry({content: [], absent: ['acme/app']})
    endings.push(registry.close)
    const {kind, cause} = verdictOf(await run(`${registry.host}/acme/app:1`))
    expect({kind, cause}).toEqual({kind: 'not-found', cause: 'missing'})
  })
})
