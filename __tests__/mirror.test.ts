// The action mirror as a process: killed at any point, two runs at once, an upstream that was tampered with, and many images.

import {readFileSync} from 'node:fs'
import {describe, expect, it} from '@jest/globals'
import {Ajv2020} from 'ajv/dist/2020.js'
import {type FaultRegistry, type FaultRegistryOptions, startFaultRegistry} from './support/fault-registry.ts'
import {healthyImage} from './support/fault-table.ts'
import {makeImage} from './support/images.ts'
import {attach, expectWhole, rootOf, runMirrorAction, TARGET} from './support/mirror-fixture.ts'
import {publish} from './support/registry-content.ts'

const REPOSITORY = 'acme/app'
const TAG = '1.2.3'
const {digest} = rootOf(healthyImage)

type Pair = {readonly source: FaultRegistry; readonly target: FaultRegistry; readonly inputs: Record<string, string>}

async function withPair(
  {source: ofSource = {}, target: ofTarget = {}}: {source?: FaultRegistryOptions; target?: FaultRegistryOptions},
  test: (pair: Pair) => Promise<void>
): Promise<void> {
  const source = await startFaultRegistry({
    content: [publish(REPOSITORY, TAG, healthyImage), attach(REPOSITORY, healthyImage)],
    expectsMissing: true,
    ...ofSource
  })
  const target = await startFaultRegistry({push: {}, expectsMissing: true, ...ofTarget})
  try {
    const to = `${source.host}/${REPOSITORY}=${target.host}/${TARGET}`
    await test({source, target, inputs: {image: `${source.host}/${REPOSITORY}:${TAG}`, to, backoff: '5ms'}})
  } finally {
    await Promise.all([source.close(), target.close()])
  }
}

function writesTo({journal}: FaultRegistry): readonly string[] {
  return journal
    .filter(({method}) => method !== 'GET' && method !== 'HEAD')
    .map(({method, object}) => `${method} ${object}`)
}

describe('mirror', () => {
  it('sends blobs, children, the index, attachments, and the tag last', async () => {
    await withPair({}, async ({target, inputs}) => {
      const run = await runMirrorAction(inputs)
      expect(run.exitCode).toBe(0)
      const order = writesTo(target).map(write => write.replace(/^\w+ /, ''))
      const puts = order.filter(object => object.endsWith('-put'))
      expect(puts.lastIndexOf('upload-put')).toBeLessThan(puts.indexOf('manifest-put'))
      expect(puts.at(-1)).toBe('tag-put')
      const byTag = target.journal.filter(({object}) => object === 'tag-put').map(({reference}) => reference)
      expect(byTag.at(-1)).toBe(TAG)
      expectWhole(target, TARGET, TAG)
    })
  })

  it('reads back manifests by GET and blobs by HEAD, and no blob by GET', async () => {
    await withPair({}, async ({target, inputs}) => {
      await runMirrorAction(inputs)
      const blobReads = target.journal.filter(({path, method}) => /\/blobs\/sha256:/.test(path) && method !== 'PUT')
      expect(new Set(blobReads.map(({method}) => method))).toEqual(new Set(['HEAD']))
    })
  })

  it('asks for the right to push before it downloads a layer', async () => {
    await withPair({target: {push: {repositories: []}}}, async ({source, inputs}) => {
      const run = await runMirrorAction(inputs)
      expect(run.exitCode).toBe(1)
      expect(source.journal.filter(({object}) => object.startsWith('layer['))).toEqual([])
    })
  })

  it.each([
    {name: 'a corrupt layer', on: 'layer[1]' as const},
    {name: 'a corrupt config', on: 'config' as const},
    {name: 'a corrupt child', on: 'child' as const}
  ])('sends nothing of an image whose upstream has $name', async ({on}) => {
    const faults = [{on, do: {kind: 'corrupt' as const}, times: 'always' as const}]
    await withPair({source: {faults}}, async ({target, inputs}) => {
      const run = await runMirrorAction(inputs)
      expect(run.exitCode).toBe(1)
      // An upload that was opened to see whether this run may push.
      expect(writesTo(target).filter(write => write !== 'POST upload')).toEqual([])
      expect(target.contentOf(TARGET)).toMatchObject({tags: {}, manifests: [], blobs: []})
      expect(run.outputs['references']).toBeUndefined()
    })
  })

  it('copies the healthy bytes of a mirror when the primary is corrupt', async () => {
    const healthy = await startFaultRegistry({content: [publish(REPOSITORY, TAG, healthyImage)], expectsMissing: true})
    const faults = [{on: 'layer[1]' as const, do: {kind: 'corrupt' as const}, times: 'always' as const}]
    try {
      await withPair({source: {faults}}, async ({source, target, inputs}) => {
        const run = await runMirrorAction({...inputs, mirrors: `${source.host}=${healthy.host}`})
        expect(run.exitCode).toBe(0)
        expectWhole(target, TARGET, TAG)
      })
    } finally {
      await healthy.close()
    }
  })

  it('writes nothing with dry-run, and says what it would', async () => {
    await withPair({}, async ({source, target, inputs}) => {
      const run = await runMirrorAction({...inputs, 'dry-run': 'true'})
      expect([run.exitCode, writesTo(target), run.outputs['copied']]).toEqual([0, [], undefined])
      expect(run.report).toMatchObject({
        outcome: 'planned',
        images: [{targets: [{outcome: 'planned', blobs: {present: 0}}]}]
      })
      expect(run.log.join('\n')).toMatch(/would get \d+ blobs \([\d.]+ kB\)/)
      expect(source.journal.filter(({object}) => object.startsWith('layer['))).toEqual([])
    })
  })

  it('leaves attachments out where they are not wanted', async () => {
    await withPair({}, async ({target, inputs}) => {
      await runMirrorAction({...inputs, attachments: 'false'})
      expect(Object.keys(target.contentOf(TARGET).tags)).toEqual([TAG])
    })
  })

  it('mends what the target lacks, and sends nothing else', async () => {
    await withPair({target: {content: [publish(TARGET, TAG, healthyImage)], push: {}}}, async ({target, inputs}) => {
      const [child] = healthyImage.children
      target.remove(TARGET, child?.layers[0]?.digest ?? '')
      const run = await runMirrorAction({...inputs, attachments: 'false'})
      expect(run.exitCode).toBe(0)
      expect(writesTo(target)).toEqual(['POST upload', 'PUT upload-put'])
      expectWhole(target, TARGET, TAG)
    })
  })

  it('mounts blobs within one registry', async () => {
    const registry = await startFaultRegistry({
      content: [publish(REPOSITORY, TAG, healthyImage)],
      push: {},
      expectsMissing: true
    })
    try {
      const run = await runMirrorAction({
        image: `${registry.host}/${REPOSITORY}:${TAG}`,
        to: `${registry.host}/${REPOSITORY}=${registry.host}/${TARGET}`
      })
      expect(run.exitCode).toBe(0)
      expect(writesTo(registry).filter(write => write === 'PUT upload-put')).toEqual([])
      expectWhole(registry, TARGET, TAG)
    } finally {
      await registry.close()
    }
  })

  it.each(['no', 'refused'] as const)('uploads where a mount is answered with: %s', async mounts => {
    const registry = await startFaultRegistry({
      content: [publish(REPOSITORY, TAG, healthyImage)],
      push: {mounts},
      expectsMissing: true
    })
    try {
      const run = await runMirrorAction({
        image: `${registry.host}/${REPOSITORY}:${TAG}`,
        to: `${registry.host}/${REPOSITORY}=${registry.host}/${TARGET}`
      })
      expect(run.exitCode).toBe(0)
      expectWhole(registry, TARGET, TAG)
    } finally {
      await registry.close()
    }
  })

  it('copies the other images when one fails, and fails in the end', async () => {
    await withPair({}, async ({source, target, inputs}) => {
      source.addContent(publish('acme/other', TAG, makeImage()))
      const run = await runMirrorAction({
        ...inputs,
        image: [`${source.host}/acme/missing:1`, `${source.host}/acme/other:${TAG}`].join('\n'),
        to: `${source.host}=${target.host}/all`
      })
      expect(run.exitCode).toBe(1)
      expectWhole(target, 'all/acme/other', TAG)
      expect(Object.keys(JSON.parse(run.outputs['copied'] ?? '{}') as object)).toEqual([
        `${source.host}/acme/other:${TAG}`
      ])
      expect(run.annotations.filter(({level}) => level === 'error').map(({title}) => title)).toEqual([
        `Could not copy ${source.host}/acme/missing:1`
      ])
    })
  })

  it('gives an image without a tag one that is made of its digest', async () => {
    await withPair({}, async ({source, target, inputs}) => {
      const run = await runMirrorAction({...inputs, image: `${source.host}/${REPOSITORY}@${digest}`})
      expect(run.exitCode).toBe(0)
      expectWhole(target, TARGET, `digest-${digest.slice('sha256:'.length).slice(0, 12)}`)
    })
  })
})

describe('mirror-report.schema.json', () => {
  const read = (path: string): object => JSON.parse(readFileSync(path, 'utf8')) as object
  const matches = new Ajv2020({strict: false, allErrors: true, formats: {'date-time': true}})
    .addSchema(read('report.schema.json'))
    .compile(read('mirror-report.schema.json'))

  it.each([
    {name: 'a copy', inputs: {}, outcome: 'copied'},
    {name: 'a dry run', inputs: {'dry-run': 'true'}, outcome: 'planned'},
    {name: 'invalid inputs', inputs: {to: 'nowhere'}, outcome: 'failed'},
    {
      name: 'a missing image',
      inputs: {image: '127.0.0.1:1/acme/app:1', to: '127.0.0.1:1=127.0.0.1:2', attempts: '1'},
      outcome: 'failed'
    },
    {name: 'a target that refuses', inputs: {}, outcome: 'failed', repositories: []}
  ])('has the report of $name', async ({inputs, outcome, repositories}) => {
    const push = repositories === undefined ? {} : {repositories}
    await withPair({target: {push}}, async pair => {
      const run = await runMirrorAction({...pair.inputs, ...inputs})
      expect(run.report).toMatchObject({outcome})
      expect([matches(run.report), matches.errors]).toEqual([true, null])
      expect(run.summary).toMatch(/^### (?:✅|❌) verified-image mirror: /)
    })
  })

  it('refuses another outcome', () => {
    expect(matches({schemaVersion: 1, outcome: 'perhaps'})).toBe(false)
  })
})

describe('mirror that is killed', () => {
  it.each([0, 3, 6, 9, 12, 15, 18, 21, 24, 27])(
    'after %i writes leaves nothing half done, and the next run finishes',
    async after => {
      await withPair({}, async ({target, inputs}) => {
        const killed = runMirrorAction(inputs, {
          signalAfter: {signal: 'SIGKILL', when: target.untilRequests(count => count > after, isWrite)}
        })
        await killed.catch(() => undefined)
        for (const tag of Object.keys(target.contentOf(TARGET).tags)) expectWhole(target, TARGET, tag)
        const next = await runMirrorAction(inputs)
        expect(next.exitCode).toBe(0)
        expectWhole(target, TARGET, TAG)
      })
    }
  )
})

function isWrite({method}: {readonly method: string}): boolean {
  return method === 'PUT' || method === 'POST'
}

describe('two runs at once', () => {
  it('both end well, and the target has everything of both', async () => {
    await withPair({}, async ({target, inputs}) => {
      const runs = await Promise.all([runMirrorAction(inputs), runMirrorAction(inputs), runMirrorAction(inputs)])
      expect(runs.map(({exitCode}) => exitCode)).toEqual([0, 0, 0])
      expectWhole(target, TARGET, TAG)
      const index = target.contentOf(TARGET)
      const listed = index.bytesOf(index.tags[digest.replace(':', '-')] ?? '')?.toString() ?? ''
      expect(listed).toContain('application/vnd.example.sbom+json')
    })
  })
})

describe('invalid inputs of mirror', () => {
  it.each([
    {name: 'no target', inputs: {to: ''}, says: 'to: is required'},
    {name: 'a target with a scheme', inputs: {to: 'https://x.example'}, says: 'is not a registry'},
    {name: 'an update of the lock file', inputs: {lock: 'update'}, says: 'only reads the lock file'},
    {
      name: 'a password without a name',
      inputs: {'target-password': 'pass-word-1'},
      says: 'is required with target-password'
    },
    {
      name: 'one login for two registries',
      inputs: {to: 'docker.io=a.example\nghcr.io=b.example', 'target-username': 'u', 'target-password': 'pass-word-1'},
      says: 'is for one registry'
    }
  ])('are reported before anything is sent: $name', async ({inputs, says}) => {
    const run = await runMirrorAction({image: 'php:8.3', to: 'docker.io=x.example', ...inputs})
    expect([run.exitCode, run.stdout.includes('pass-word-1\n')]).toEqual([1, run.masks.includes('pass-word-1')])
    expect(run.annotations.map(({message}) => message).join('\n')).toContain(says)
  })
})
