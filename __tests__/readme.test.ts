// The examples of README and of the pages that it leads to are run as they are written: each step that uses the action, with Docker
// Hub and its mirrors on loopback. An output that an example reads must be set.

import {execFileSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from '@jest/globals'
import {marked} from 'marked'
import {parse} from 'yaml'
import {readAction} from '../scripts/docs.ts'
import {parseReference, type Repository} from '../src/oci/reference.ts'
import {type FaultRegistry, startFaultRegistry} from './support/fault-registry.ts'
import {makePublished} from './support/images.ts'
import {type Internet, startInternet} from './support/internet.ts'
import {publish, type RepositoryContent} from './support/registry-content.ts'
import {describeWith} from './support/programs.ts'
import {type ActionRun, runAction} from './support/run-action.ts'

type Step = {readonly uses?: string; readonly id?: string; readonly with?: Readonly<Record<string, unknown>>}

const DOCUMENTS = ['README.md', 'docs/recipes.md', 'docs/fallback-tags.md', 'docs/migrate-from-retry.md']

function textOf(document: string): string {
  return readFileSync(document, 'utf8')
}

function examplesIn(document: string): readonly unknown[] {
  return marked
    .lexer(textOf(document))
    .flatMap(token => (token.type === 'code' && token.lang === 'yaml' ? [parse(token.text as string) as unknown] : []))
}

function stepsIn(value: unknown): readonly Step[] {
  if (Array.isArray(value)) return value.flatMap(stepsIn)
  if (typeof value !== 'object' || value === null) return []
  return 'uses' in value || 'run' in value ? [value as Step] : Object.values(value).flatMap(stepsIn)
}

function inputsOf(step: Step): Record<string, string> {
  return Object.fromEntries(Object.entries(step.with ?? {}).map(([name, value]) => [name, String(value)]))
}

// Registries and secrets of an example are not here. examples/ has whole workflows of these.
function needsNothing(step: Step): boolean {
  return Object.entries(inputsOf(step)).every(([name, value]) => name !== 'mirrors' && !value.includes('${{'))
}

const named = DOCUMENTS.flatMap(document =>
  stepsIn(examplesIn(document))
    .filter(step => step.uses?.startsWith('OWNER/verified-image@') === true && needsNothing(step))
    .map((step, at) => ({document, name: step.id ?? `step ${String(at + 1)}, without an id,`, step}))
)

// What the examples that name files find.
const DOCKERFILE = 'php:8.3.8-cli'

function imagesOf(step: Step): readonly (Repository & {readonly tag?: string})[] {
  return (inputsOf(step)['image'] ?? DOCKERFILE).split('\n').flatMap(line => {
    const reference = parseReference(line.trim())
    return reference.ok ? [reference.value] : []
  })
}

let hub: FaultRegistry
let internet: Internet
beforeAll(async () => {
  const content = named
    .flatMap(({step}) => imagesOf(step))
    .map(({path, tag}): RepositoryContent => publish(path, tag ?? [], makePublished()))
  hub = await startFaultRegistry({
    content,
    auth: {kind: 'bearer', service: 'registry.docker.io', realmHost: 'separate', realm: 'https://auth.docker.io/token'}
  })
  internet = await startInternet({'registry-1.docker.io': hub.ports.registry, 'auth.docker.io': hub.ports.token})
})
afterAll(async () => {
  await Promise.all([hub.close(), internet.close()])
})

async function runStep(step: Step): Promise<ActionRun> {
  const cwd = await mkdtemp(join(tmpdir(), 'verified-image-readme-'))
  try {
    await writeFile(join(cwd, 'Dockerfile'), `FROM ${DOCKERFILE}\n`)
    return await runAction(
      {platform: 'linux/amd64', ...inputsOf(step)},
      {
        cwd,
        env: {...internet.environment, DOCKER_HOST: process.env['DOCKER_HOST'] ?? ''}
      }
    )
  } finally {
    await rm(cwd, {recursive: true})
  }
}

function needsEngine({step}: {readonly step: Step}): boolean {
  return inputsOf(step)['load'] === 'true'
}

async function expectToRun({document, name, step}: (typeof named)[number]): Promise<ActionRun> {
  expect(Object.keys(readAction().inputs)).toEqual(expect.arrayContaining(Object.keys(inputsOf(step))))
  const run = await runStep(step)
  expect(run).toMatchObject({exitCode: 0, annotations: [], stderr: ''})
  const used = [...textOf(document).matchAll(/steps\.([\w-]+)\.outputs\.([\w-]+)/g)].flatMap(([, id, output = '']) =>
    id === name ? [output] : []
  )
  expect(used.length > 0).toBe(step.id !== undefined)
  for (const output of used) expect(run.outputs[output]).toBeTruthy()
  return run
}

describe('examples in the documents', () => {
  it.each(DOCUMENTS)('are steps that use the action: %s', document => {
    expect(named.some(example => example.document === document)).toBe(true)
  })

  it.each(named.filter(step => !needsEngine(step)))('$document: $name runs as it is written', async step => {
    await expectToRun(step)
  })

  it('of README read no output of a step that is missing', () => {
    const ids = new Set([...textOf('README.md').matchAll(/steps\.([\w-]+)\.outputs\./g)].map(([, id]) => id))
    expect([...ids].filter(id => !named.some(({document, name}) => document === 'README.md' && name === id))).toEqual(
      []
    )
  })
})

describeWith(['docker'], 'examples in the documents that load an image', () => {
  it.each(named.filter(needsEngine))('$document: $name runs as it is written', async step => {
    const {outputs} = await expectToRun(step)
    const references = Object.values(JSON.parse(outputs['references'] ?? '{}') as Record<string, string>)
    for (const reference of references) execFileSync('docker', ['image', 'rm', '--force', reference], {stdio: 'ignore'})
  })
})
