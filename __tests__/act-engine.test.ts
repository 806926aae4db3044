// The examples, and the blocks of the documents, that load an image into an engine or run a job in a container: act starts the
// containers, and they run what was verified.

import {readFileSync} from 'node:fs'
import {afterAll, afterEach, beforeAll, describe, expect, it, jest} from '@jest/globals'
import {type ActWorld, PHP, startActWorld} from './support/act-world.ts'
import {type DockerRegistry, startDockerRegistry} from './support/docker-registry.ts'
import {type Engine, findEngines} from './support/engines.ts'
import {EXAMPLES} from './support/examples.ts'
import {describeWith} from './support/programs.ts'
import {needsEngine, workflowBlocks, workflowWith} from './support/workflow-blocks.ts'

jest.setTimeout(120_000)

const NAME = 'php:8.3.8-cli'
const engines = findEngines()
const examples = EXAMPLES.map(name => [name, readFileSync(`examples/${name}`, 'utf8')] as const)
const documents = workflowBlocks().map(block => [block.document, workflowWith(block)] as const)
const workflows = [...examples, ...documents].filter(([, workflow]) => needsEngine(workflow))
const inContainer = workflows.filter(([, workflow]) => workflow.includes('container:'))
const loading = workflows.filter(([, workflow]) => workflow.includes('load: true'))

let world: ActWorld
beforeAll(async () => {
  world = await startActWorld()
})
afterAll(() => world.close())

async function expectToRun(engine: Engine, workflow: string): Promise<void> {
  const ran = await world.act({workflow, dockerHost: engine.env['DOCKER_HOST'] ?? ''})
  if (ran.exitCode !== 0) throw new Error(ran.output)
  expect(ran.output).toContain('PHP 8.3.8 (cli)')
  expect(Object.values(ran.jobs).every(result => result === 'success')).toBe(true)
}

describe('workflows that need an engine', () => {
  it('are in the examples, and in the documents', () => {
    expect(inContainer.map(([name]) => name)).toEqual(['job-container.yml', 'docs/recipes.md'])
    expect(loading.map(([name]) => name)).toEqual(['load.yml', 'docs/migrate-from-retry.md', 'docs/recipes.md'])
  })
})

describeWith(['act', 'docker', 'docker-registry', 'busybox'], 'under act', () => {
  describe.each(engines)('with the $store image store', engine => {
    afterEach(() => engine.docker('image', 'rm', '--force', NAME))

    it.each(loading)('%s runs a container of the image that it loaded', async (...[, workflow]) => {
      await expectToRun(engine, workflow)
    })
  })

  // An image has a name with a digest in the classic store only if it was pulled from the registry of that name.
  describe.each(engines.filter(({store}) => store === 'containerd'))('with the $store image store', engine => {
    // A runner pulls the image of a job. Here it is in the engine already: docker.io is not on loopback for an engine.
    let registry: DockerRegistry
    const there = (): string => `${registry.host}/library/php@${PHP.index.digest}`
    beforeAll(async () => {
      registry = await startDockerRegistry()
      await registry.push('library/php', '8.3.8-cli', PHP)
      await engine.docker('pull', '--quiet', there())
      await engine.docker('tag', there(), NAME)
    })
    afterAll(async () => {
      await engine.docker('image', 'rm', '--force', there(), NAME)
      await registry.close()
    })

    it.each(inContainer)('%s runs its second job in the image that the first one verified', async (...[, workflow]) => {
      await expectToRun(engine, workflow)
    })
  })
})
