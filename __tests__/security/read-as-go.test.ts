// Promise: what is verified is what engines run. A publisher cannot show this action one image and skopeo another under one
// digest, and no registry's Content-Type makes a right image unusable. The action runs as a process; skopeo pulls the same reference.

import {execFile} from 'node:child_process'
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import type {Fault} from '../support/fault.ts'
import {type FaultRegistry, startFaultRegistry} from '../support/fault-registry.ts'
import {blobOf, digestBytes, type Image, type Index, makeImage, makeIndex, mediaTypesOf} from '../support/images.ts'
import {publish} from '../support/registry-content.ts'
import {describeWith} from '../support/programs.ts'
import {type ActionRun, runAction} from '../support/run-action.ts'

const OCI = mediaTypesOf('oci')
const NAME = 'acme/tool'
const [GOOD, EVIL] = [1, 2].map(seed => makeImage({layers: [{content: {seed, size: 500}}]})) as [Image, Image]

let folder: string
const open: FaultRegistry[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verified-image-reading-'))
})
afterEach(async () => {
  await Promise.all(open.splice(0).map(registry => registry.close()))
  await rm(folder, {recursive: true})
})

async function serve(what: Image | Index, ...faults: readonly Fault[]): Promise<FaultRegistry> {
  const registry = await startFaultRegistry({content: [publish(NAME, '1.2.3', what)], faults})
  open.push(registry)
  return registry
}

function act(registry: FaultRegistry, more: Readonly<Record<string, string>> = {}): Promise<ActionRun> {
  return runAction({
    image: `${registry.host}/${NAME}:1.2.3`,
    platform: 'linux/amd64',
    ...{verify: 'full', backoff: '1ms', 'status-pages': 'false'},
    ...more
  })
}

/** The manifest that skopeo copies for linux/amd64, and the layers that it names. */
async function pullWithSkopeo(
  registry: FaultRegistry
): Promise<{readonly digest: string; readonly layers: readonly string[]}> {
  const place = ['--override-os', 'linux', '--override-arch', 'amd64', 'copy', '--src-tls-verify=false']
  const target = join(folder, 'copy')
  await promisify(execFile)('skopeo', [
    ...['--insecure-policy', ...place],
    ...[`docker://${registry.host}/${NAME}:1.2.3`, `dir:${target}`]
  ])
  const names = await promisify(execFile)('ls', [target])
  const layers = names.stdout.split('\n').filter(name => /^[0-9a-f]{64}$/.test(name))
  return {
    digest: digestBytes(await readFile(join(target, 'manifest.json'))),
    layers: layers.map(hex => `sha256:${hex}`)
  }
}

// The manifest of GOOD to a reader who knows one spelling, and of EVIL to Go. Both images can be fetched.
function twoFaced(write: (good: string, evil: string) => string): Index {
  const parts = (image: Image): string => image.manifest.bytes.toString()
  const manifest = blobOf(OCI.manifest, Buffer.from(write(parts(GOOD), parts(EVIL))))
  const right = makeIndex({children: [GOOD, EVIL]})
  return {...right, index: manifest}
}

function layersOf(text: string): string {
  return JSON.stringify((JSON.parse(text) as {readonly layers: unknown}).layers)
}
function configOf(text: string): string {
  return JSON.stringify((JSON.parse(text) as {readonly config: unknown}).config)
}
function opened(text: string): string {
  return text.slice(0, -1)
}

describeWith(['skopeo'], 'a manifest that Go reads otherwise', () => {
  it.each([
    {
      name: 'by keys in another case',
      key: 'Layers',
      write: (good: string, evil: string) => `${opened(good)},"Layers":${layersOf(evil)},"Config":${configOf(evil)}}`
    },
    {
      name: 'by a long s',
      key: 'layer\u017f',
      write: (good: string, evil: string) =>
        `${opened(good)},"layer\u017f":${layersOf(evil)},"con\\u0066IG":${configOf(evil)}}`
    },
    {
      name: 'by keys that are there twice',
      key: 'layers',
      write: (good: string, evil: string) => `${opened(good)},"layers":${layersOf(evil)},"config":${configOf(evil)}}`
    },
    {
      name: 'by keys in escapes',
      key: 'layers',
      write: (good: string, evil: string) =>
        `${opened(good)},"l\\u0061yers":${layersOf(evil)},"c\\u006fnfig":${configOf(evil)}}`
    }
  ])('is refused, $name, while skopeo pulls the other image', async ({key, write}) => {
    const registry = await serve(twoFaced(write))
    const evil = EVIL.layers.map(({digest}) => digest)
    const pulled = await pullWithSkopeo(registry)
    expect(pulled.layers).toEqual(expect.arrayContaining(evil))
    const run = await act(registry)
    expect(run).toMatchObject({exitCode: 1, outputs: expect.not.objectContaining({reference: expect.anything()})})
    expect(run.stdout).toContain(JSON.stringify(key).slice(1, -1))
  })

  it('is refused as an index and a manifest in one, in whatever case', async () => {
    const right = makeIndex({children: [EVIL]})
    const {manifests} = JSON.parse(right.index.bytes.toString()) as {readonly manifests: unknown}
    for (const key of ['manifests', 'Manifests', 'manifest\u017f']) {
      const text = `${opened(GOOD.manifest.bytes.toString())},${JSON.stringify(key)}:${JSON.stringify(manifests)}}`
      const run = await act(
        await serve({...makeIndex({children: [GOOD, EVIL]}), index: blobOf(OCI.manifest, Buffer.from(text))})
      )
      expect(run.exitCode).toBe(1)
      expect(run.outputs).not.toHaveProperty('reference')
    }
  })

  it('is refused as a config too', async () => {
    const twice = makeImage({editConfig: right => ({...right, Rootfs: {type: 'layers', diff_ids: []}})})
    const run = await act(await serve(twice))
    expect(run.exitCode).toBe(1)
    expect(run.stdout).toContain('Rootfs')
  })
})

describeWith(['skopeo'], 'an index with a child that looks like an attestation', () => {
  const marked = (image: Image, type: string, digest: string): Index =>
    makeIndex({
      children: [image, GOOD],
      editIndex: right => ({
        ...right,
        manifests: right.manifests.map((child, at) =>
          at === 0
            ? {...child, annotations: {'vnd.docker.reference.type': type, 'vnd.docker.reference.digest': digest}}
            : child
        )
      })
    })

  it.each(['x', 'attestation-manifest', 'Attestation-Manifest'])(
    'has it chosen for its platform, as skopeo chooses it: %s',
    async type => {
      const registry = await serve(marked(EVIL, type, GOOD.manifest.digest))
      const run = await act(registry)
      expect((await pullWithSkopeo(registry)).digest).toBe(EVIL.manifest.digest)
      expect(run).toMatchObject({exitCode: 0, outputs: {'image-id': EVIL.config.digest}})
    }
  )

  it('has it verified with platform: all', async () => {
    const broken = makeImage({
      layers: [{content: {seed: 3, size: 50}}],
      editConfig: right => ({...right, rootfs: {type: 'layers', diff_ids: [GOOD.config.digest]}})
    })
    const run = await act(await serve(marked(broken, 'attestation-manifest', GOOD.manifest.digest)), {platform: 'all'})
    expect(run.exitCode).toBe(1)
  })

  it('is verified with every child that a program would choose', async () => {
    const index = makeIndex({
      children: [EVIL, GOOD],
      editIndex: right => ({
        ...right,
        manifests: right.manifests.map((child, at) =>
          at === 0 ? {...child, platform: {os: 'Linux', architecture: 'x86_64'}} : child
        )
      })
    })
    const registry = await serve(index)
    expect((await pullWithSkopeo(registry)).digest).toBe(GOOD.manifest.digest)
    const run = await act(registry)
    expect(run.exitCode).toBe(0)
    const digests = (run.report as {images: {platforms: {digest: string}[]}[]}).images.flatMap(({platforms}) =>
      platforms.map(({digest}) => digest)
    )
    expect(digests).toContain(GOOD.manifest.digest)
  })
})

describe('a wrong Content-Type', () => {
  const untyped = makeImage({
    editManifest: ({schemaVersion, config, layers}) => ({schemaVersion, config, layers})
  })
  const wrong = (type: string): Fault => ({
    on: 'manifest',
    do: {kind: 'headers', set: {'content-type': type}},
    times: 'always'
  })

  it.each([OCI.index, 'text/html', 'application/octet-stream'])(
    'keeps no other registry from being asked: %s',
    async type => {
      const primary = await serve(untyped, wrong(type))
      const mirror = await serve(untyped)
      for (const reference of [`${primary.host}/${NAME}:1.2.3`, `${primary.host}/${NAME}@${untyped.manifest.digest}`]) {
        const run = await act(primary, {image: reference, mirrors: `${primary.host}=${mirror.host}`})
        expect(run.exitCode).toBe(0)
        expect(run.outputs['reference']).toBe(`${mirror.host}/${NAME}@${untyped.manifest.digest}`)
      }
    }
  )

  it('of a mirror that is preferred does not blame the image', async () => {
    const primary = await serve(untyped)
    const mirror = await serve(untyped, wrong(OCI.index))
    const run = await act(primary, {mirrors: `${primary.host}=${mirror.host}`, prefer: 'mirrors'})
    expect(run.outputs['reference']).toBe(`${primary.host}/${NAME}@${untyped.manifest.digest}`)
  })

  it('does not matter where the bytes are what is wanted', async () => {
    const primary = await serve(untyped, wrong('text/plain'))
    const run = await act(primary, {layout: 'image'})
    expect(run).toMatchObject({exitCode: 0, outputs: {digest: untyped.manifest.digest}})
  })
})

describe('a locked tag that moved', () => {
  it.each(['locked', 'other'] as const)(
    'counts as moved and not as corrupt, so that no older tag is used, when the header names the %s digest',
    async named => {
      const digest = named === 'locked' ? GOOD.manifest.digest : GOOD.config.digest
      const registry = await serve(EVIL, {
        on: 'manifest',
        do: {kind: 'headers', set: {'docker-content-digest': digest}},
        reference: '1.2.3',
        times: 'always'
      })
      registry.addContent(publish(NAME, '1.2.2', GOOD))
      const entry = (image: Image): object => ({
        digest: image.manifest.digest,
        mediaType: image.manifest.mediaType,
        size: image.manifest.size,
        platforms: {'linux/amd64': {digest: image.manifest.digest, imageId: image.config.digest}}
      })
      const gone = makeImage({layers: [{content: {seed: 9, size: 9}}]})
      await writeFile(
        join(folder, 'image-lock.json'),
        JSON.stringify({
          version: 1,
          images: {[`${registry.host}/${NAME}:1.2.2`]: entry(GOOD), [`${registry.host}/${NAME}:1.2.3`]: entry(gone)}
        })
      )
      const inputs = {
        image: `${registry.host}/${NAME}:1.2.3`,
        'fallback-tags': '1.2.2',
        ...{platform: 'linux/amd64', backoff: '1ms', 'status-pages': 'false'}
      }
      const run = await runAction(inputs, {cwd: folder})
      expect(run.exitCode).toBe(1)
      expect(run.outputs).not.toHaveProperty('reference')
      expect(JSON.stringify(run.report)).toContain('tag-moved')
    }
  )
})

describe('a manifest of 4 MB that is nested two million levels deep', () => {
  it('costs neither memory nor stack', async () => {
    const text = `{"schemaVersion":2,"x":${'['.repeat(2_000_000)}${']'.repeat(2_000_000)}}`
    const registry = await serve({...makeIndex({children: [GOOD]}), index: blobOf(OCI.manifest, Buffer.from(text))})
    const run = await act(registry)
    expect(run.exitCode).toBe(1)
    expect(run.stdout).toContain('nested more than 100 levels deep')
  })
})
