// Input from the network is bounded for the whole run, whatever an image is made of: connections, manifests, memory, words.
// The action as a process from dist, before a registry that counts. Memory itself is measured by the benchmark.

import {describe, expect, it} from '@jest/globals'
import {type HostedImage, largeWindows, manyChildren} from '../support/hostile-images.ts'
import {type HostileRegistry, startHostileRegistry} from '../support/hostile-registry.ts'
import {type ActionRun, runAction} from '../support/run-action.ts'

type Report = {
  readonly warnings: readonly string[]
  readonly images: readonly {readonly registries: readonly {readonly failure?: {readonly kind: string}}[]}[]
}

const SETTINGS = {mirrors: '', 'public-mirrors': '', 'status-pages': 'false'}

async function run(
  images: Readonly<Record<string, HostedImage>>,
  inputs: Readonly<Record<string, string>> = {}
): Promise<{readonly action: ActionRun; readonly registry: HostileRegistry; readonly report: Report}> {
  const registry = await startHostileRegistry(images)
  try {
    const image = Object.keys(images).map(registry.image).join('\n')
    const action = await runAction({...SETTINGS, image, platform: 'all', ...inputs}, {timeoutMs: 120_000})
    return {action, registry, report: action.report as Report}
  } finally {
    await registry.close()
  }
}

function kindOf({images}: Report): string | undefined {
  return images[0]?.registries[0]?.failure?.kind
}

describe('connections to one registry', () => {
  it('are eight at most for an index of 500 manifests, and as few requests wait', async () => {
    const {action, registry} = await run({many: manyChildren({count: 500})})
    expect(action.exitCode).toBe(0)
    // The index, its manifests, their config and two layers, each once.
    expect(registry.requests()).toBe(504)
    expect(registry.peakConnections()).toBeLessThanOrEqual(8)
    expect(registry.peakRequests()).toBeLessThanOrEqual(8)
  }, 120_000)

  it('are eight at most for thirty images together, of which none waits for ever', async () => {
    const images = Array.from({length: 30}, (_, at) => [
      `image-${String(at)}`,
      manyChildren({count: 10, bytes: 3000 + at})
    ])
    const {action, registry} = await run(Object.fromEntries(images) as Record<string, HostedImage>)
    expect(action.exitCode).toBe(0)
    expect(registry.peakConnections()).toBeLessThanOrEqual(8)
    expect(registry.peakRequests()).toBeLessThanOrEqual(8)
  }, 120_000)

  it('are fewer for manifests of 4 MiB, of which two are read at a time', async () => {
    const {action, registry} = await run({large: manyChildren({count: 12, bytes: 4 * 1024 * 1024})})
    expect(action.exitCode).toBe(0)
    // The registry notices a moment later that an answer was read.
    expect(registry.peakRequests()).toBeLessThanOrEqual(4)
  }, 120_000)
})

describe('manifests of one image', () => {
  it.each([
    {what: 'an index of 4000 manifests', image: () => manyChildren({count: 4000}), requests: 1},
    {
      what: 'forty indexes of forty manifests, the same ones each time',
      image: () => manyChildren({count: 40, nested: 40}),
      // What 25 of them lead to is too much; more of them may be under way.
      requests: 1200
    }
  ])(
    'are a thousand at most: $what is unusable, in words',
    async ({image, requests}) => {
      const {action, registry, report} = await run({many: image()})
      expect(action.exitCode).toBe(1)
      expect(kindOf(report)).toBe('unusable')
      expect(action.stdout).toMatch(/its indexes lead to at least \d+ manifests, and the limit is 1000/)
      expect(registry.requests()).toBeLessThanOrEqual(requests)
      expect(registry.peakConnections()).toBeLessThanOrEqual(8)
    },
    120_000
  )
})

describe('zstd layers', () => {
  it('with windows of 128 MiB are verified in turn', async () => {
    const {action} = await run({windows: largeWindows(3, 128)})
    expect(action.outputs['verified']).toBe('full')
  }, 120_000)

  it('of 160 MiB in 5 kB, nearly all of it the same, are verified', async () => {
    const {action} = await run({shrunk: largeWindows(1, 8)})
    expect(action.outputs['verified']).toBe('full')
  }, 120_000)
})

describe('words', () => {
  it('about 300 platforms that contradict their configs are one warning, and one line of the report', async () => {
    const {action, report} = await run({
      liar: manyChildren({count: 300, platform: {os: 'linux', architecture: 'riscv64'}})
    })
    expect(action.exitCode).toBe(0)
    const warnings = action.annotations.filter(({level}) => level === 'warning')
    expect(warnings.map(({message}) => message)).toEqual([
      'linux/riscv64: the index says linux/riscv64, its config says linux/amd64'
    ])
    expect(report.warnings).toEqual(warnings.map(({message}) => message))
    expect(action.log.every(line => line.length < 1000)).toBe(true)
  }, 120_000)

  it('about images of which there are many are ten of a kind, and one that counts the others', async () => {
    const images = Array.from({length: 25}, (_, at) => [
      `image-${String(at)}`,
      manyChildren({count: 2 + at, platform: {os: 'linux', architecture: 'riscv64'}})
    ])
    const {action, report} = await run(Object.fromEntries(images) as Record<string, HostedImage>)
    const warnings = action.annotations.filter(({level}) => level === 'warning')
    expect(warnings).toHaveLength(11)
    expect(warnings.at(-1)?.message).toBe('Notes on images: 15 more warnings of this kind')
    expect(report.warnings).toHaveLength(11)
  }, 120_000)

  it('about images that cannot be had are ten errors at most, and the last counts and names the others', async () => {
    const image = Array.from({length: 25}, (_, at) => `127.0.0.1:9/image-${String(at)}:1.2.3`).join('\n')
    const action = await runAction({...SETTINGS, image, attempts: '1'})
    const errors = action.annotations.filter(({level}) => level === 'error')
    expect(errors).toHaveLength(10)
    expect(errors.at(-1)?.message).toMatch(
      /^16 more images could not be verified:\nCould not verify .*image-9:1\.2\.3\n/
    )
  })
})
