// Promise: an image that Docker takes is taken, whatever tool made it, and one that is refused is refused in words that are true.
// What is right here was seen with Docker Engine's two stores, skopeo and crane: __tests__/differential.test.ts asks them again.

import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {zstdCompressSync} from 'node:zlib'
import {afterAll, beforeAll, describe, expect, it} from '@jest/globals'
import {
  type ChildShape,
  DOCKER,
  type Encoding,
  type Json,
  OCI,
  type Published,
  publishImage,
  publishIndex
} from '../../scripts/differential/images.ts'
import {openRegistry, type Registry} from '../../scripts/differential/registry.ts'
import {casesOf} from '../../scripts/differential/cases.ts'
import {blobOf, descriptorOf, jsonBlob, makeImage} from '../support/images.ts'
import {tarOf} from '../support/tar.ts'
import {act, NAME, type Outcome, TAG} from '../support/world.ts'

let registry: Registry
let folder: string
beforeAll(async () => {
  ;[registry, folder] = await Promise.all([openRegistry(), mkdtemp(join(tmpdir(), 'verified-image-world-'))])
})
afterAll(async () => {
  registry.close()
  await rm(folder, {recursive: true})
})

let counter = 0
/** Every image has a repository of its own. */
async function run(published: Published, more: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  const repository = `${NAME}-${String(++counter)}`
  registry.add(repository, TAG, published)
  return act(registry, {image: `${registry.host}/${repository}:${TAG}`, ...more}, {cwd: folder})
}

const SALT = 'world'
const SHAPES = new Map(casesOf(0, 1).map(each => [each.name, each]))
function shape(name: string): {readonly published: Published; readonly inputs: Readonly<Record<string, string>>} {
  const found = SHAPES.get(name)
  if (found === undefined) throw new Error(`no image is called ${name}`)
  return {
    published: found.publish(SALT),
    inputs: found.platform === undefined ? {} : {platform: found.platform}
  }
}
function bothFamilies(names: readonly string[]): readonly string[] {
  return names.flatMap(name => [`oci: ${name}`, `docker: ${name}`])
}

async function expectTaken(name: string, taken = 'image'): Promise<Outcome> {
  const {published, inputs} = shape(name)
  const outcome = await run(published, inputs)
  expect(outcome).toMatchObject({exitCode: 0, verified: 'full'})
  expect(published.names.get(outcome.imageId ?? '')).toBe(taken)
  return outcome
}

// What the first line says when a publisher has made a mistake.
const BLAMES = /contradicts itself|tell its publisher/

function layered(label: string, encoding: Encoding): Published {
  return publishImage({name: 'image', salt: SALT, layers: [{encoding, label}]})
}

describe('a layer under the media type of another compression', () => {
  it.each([
    ...['v1.tar+gzip over plain', 'v1.tar+gzip over zstd', 'v1.tar+zstd over gzip', 'v1.tar+zstd over plain'].map(
      name => `oci: ${name}`
    ),
    ...[
      ...['diff.tar over gzip', 'diff.tar over zstd', 'diff.tar.gzip over plain', 'diff.tar.gzip over zstd'],
      ...['diff.tar.zstd over gzip', 'diff.tar.zstd over plain']
    ].map(name => `docker: ${name}`)
  ])('is verified by its first bytes, and a line says so: %s', async name => {
    const outcome = await expectTaken(name)
    const bytes = name.replace(/.* over (?:plain)?/, '')
    expect(outcome.said).toMatch(new RegExp(`layer\\[1\\].*${bytes === '' ? 'tar' : bytes}`))
  })

  it.each([
    'oci: v1.tar+gzip over gzip',
    'oci: v1.tar+zstd over zstd',
    'oci: v1.tar over plain',
    'docker: diff.tar over plain'
  ])('is not said of one that fits: %s', async name => {
    expect((await expectTaken(name)).run.annotations).toEqual([])
  })

  it.each([
    ...['v1.tar+gzip over zstd, wrong diff_id', 'v1.tar+gzip over plain, wrong diff_id'].map(name => `oci: ${name}`),
    ...['diff.tar.gzip over zstd, wrong diff_id', 'diff.tar.gzip over plain, wrong diff_id'].map(
      name => `docker: ${name}`
    )
  ])('is refused when its diff_id is wrong, as any other: %s', async name => {
    const outcome = await run(shape(name).published)
    expect(outcome).toMatchObject({exitCode: 1, kind: 'unusable', cause: 'publisher'})
    expect(outcome.said).toContain('diff_id')
  })

  it.each([OCI.gzip, OCI.zstd, DOCKER.none])('is used at the level layers as well: %s', async label => {
    expect(await run(layered(label, 'plain'), {verify: 'layers'})).toMatchObject({exitCode: 0, verified: 'layers'})
  })
})

describe('a layer that engines refuse', () => {
  it.each<[string, string]>([
    ['oci: v1.tar over gzip', 'gzip'],
    ['oci: v1.tar over zstd', 'zstd'],
    ...['oci: v1.tar+gzip', 'oci: v1.tar+zstd', 'oci: v1.tar', 'docker: diff.tar', 'docker: diff.tar.gzip'].flatMap(
      (label): [string, string][] => [
        [`${label} over bzip2`, 'bzip2'],
        [`${label} over xz`, 'xz']
      ]
    )
  ])('is refused for its compression, in words that are true: %s', async (name, bytes) => {
    const outcome = await run(shape(name).published)
    expect(outcome).toMatchObject({exitCode: 1, kind: 'unusable'})
    expect(outcome.said).toMatch(new RegExp(`layer 2.*${bytes}`))
    expect(outcome.said).not.toMatch(/contradicts itself|it has the digest|incorrect header check/)
  })
})

describe('a layer that is gzip or zstd', () => {
  it.each([
    ...['v1.tar+gzip over gzip in two members', 'v1.tar+zstd over zstd in two frames'].map(name => `oci: ${name}`),
    ...['v1.tar+zstd over zstd behind a skippable frame', 'v1.tar+zstd over zstd before a skippable frame'].map(
      name => `oci: ${name}`
    ),
    'oci: v1.tar+zstd over zstd with a window of 128 MiB',
    'docker: diff.tar.gzip over gzip in two members'
  ])('is read to its end: %s', async name => {
    await expectTaken(name)
  })

  it.each(['256 MiB', '512 MiB'])('is taken with a window of %s, as Docker takes it', async window => {
    const {published} = shape(`oci: v1.tar+zstd over zstd with a window of ${window}`)
    expect(await run(published)).toMatchObject({exitCode: 0})
  })

  it('is refused with a window that Docker refuses', async () => {
    const outcome = await run(shape('oci: v1.tar+zstd over zstd with a window of 1 GiB').published)
    expect(outcome).toMatchObject({exitCode: 1, kind: 'unusable'})
    expect(outcome.said).toContain('window')
  })

  it.each([64_000_000, 1_000_000_000])('of %d zeros is verified', async size => {
    const tar = Buffer.concat([tarOf({zeros: ''}).subarray(0, 512), Buffer.alloc(size)])
    const image = makeImage({layers: [{content: tar, compression: 'zstd'}]})
    expect(zstdCompressSync(tar).length).toBeLessThan(size / 10_000)
    const published = {
      ...{top: image.manifest, manifests: [image.manifest], names: new Map<string, string>()},
      blobs: [image.config, ...image.layers]
    }
    expect(await run(published)).toMatchObject({exitCode: 0, verified: 'full'})
  })

  it.each(['zstd', 'zstd in two frames', 'gzip', 'plain'] as const)(
    "with Docker's type for zstd is taken, with a warning that the containerd store does not run it: %s",
    async encoding => {
      const {zstd, gzip} = DOCKER
      const layers = [
        {encoding: 'gzip' as const, label: gzip},
        {encoding, label: zstd}
      ]
      const outcome = await run(publishImage({name: 'image', salt: SALT, family: 'docker', layers}))
      expect(outcome).toMatchObject({exitCode: 0, verified: 'full'})
      expect(outcome.said).toMatch(/zstd.*containerd|containerd.*zstd/)
    }
  )
})

describe('an image without layers', () => {
  it.each(
    bothFamilies([
      ...['layers null, diff_ids []', 'no layers, diff_ids []', 'layers [], diff_ids []', 'layers [], diff_ids null'],
      ...['layers [], no diff_ids', 'layers null, diff_ids null', 'layers [], rootfs {}']
    ])
  )('is verified: %s', async name => {
    await expectTaken(name)
  })
})

describe('what Go writes for nothing', () => {
  it.each(
    bothFamilies(['history null', 'no history', 'config null', 'Env and Labels null', 'annotations null', 'no created'])
  )('is taken: %s', async name => {
    await expectTaken(name)
  })

  // Go refuses to decode it, so that neither store can run such an image.
  it.each(bothFamilies(['a created that is no date']))('is refused where Docker refuses it: %s', async name => {
    expect(await run(shape(name).published)).toMatchObject({exitCode: 1, kind: 'unusable'})
  })
})

describe('a config of an old type', () => {
  const OLD = [
    "of type 'application/octet-stream'",
    "of type 'application/json'",
    "of type 'text/html'",
    "of type ''",
    'without a type'
  ]
  it.each(OLD)('is taken in a schema 2 manifest: %s', async type => {
    await expectTaken(`docker: config ${type}`)
  })

  it.each(OLD)('is refused in an OCI manifest, where it never was: %s', async type => {
    expect(await run(shape(`oci: config ${type}`).published)).toMatchObject({exitCode: 1, kind: 'unusable'})
  })
})

const EMPTY = blobOf('application/vnd.oci.empty.v1+json', Buffer.from('{}'))
function artifact(config: string, layer: string, more: Json = {}): Published {
  const [configBlob, content] = [blobOf(config, Buffer.from('{}')), blobOf(layer, Buffer.from(`content of ${layer}`))]
  const top = jsonBlob(OCI.manifest, {
    ...{schemaVersion: 2, mediaType: OCI.manifest, config: descriptorOf(configBlob), layers: [descriptorOf(content)]},
    ...more
  })
  return {top, manifests: [top], blobs: [configBlob, content], names: new Map()}
}

describe('an artifact that is asked for as an image', () => {
  it.each<[string, Published, RegExp]>([
    [
      'a Helm chart',
      artifact('application/vnd.cncf.helm.config.v1+json', 'application/vnd.cncf.helm.chart.content.v1.tar+gzip'),
      /Helm chart/
    ],
    ['a WebAssembly module', artifact('application/vnd.wasm.config.v0+json', 'application/wasm'), /WebAssembly|Wasm/],
    [
      'an older WebAssembly module',
      artifact('application/vnd.wasm.config.v1+json', 'application/vnd.wasm.content.layer.v1+wasm'),
      /WebAssembly|Wasm/
    ],
    [
      'a Sigstore bundle',
      artifact(EMPTY.mediaType, 'application/vnd.dev.sigstore.bundle.v0.3+json', {
        artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json'
      }),
      /signature|attestation|Sigstore/
    ],
    ['a Notary signature', artifact('application/vnd.cncf.notary.signature', 'application/jose+json', {}), /signature/],
    [
      'a Docker plugin',
      artifact('application/vnd.docker.plugin.v1+json', 'application/vnd.docker.image.rootfs.diff.tar.gzip'),
      /plugin/
    ],
    [
      'a BuildKit cache',
      artifact('application/vnd.buildkit.cacheconfig.v0', 'application/vnd.oci.image.layer.v1.tar+gzip'),
      /[Bb]uild ?([Kk]it)? ?cache/
    ],
    [
      'a Flux source',
      artifact('application/vnd.cncf.flux.config.v1+json', 'application/vnd.cncf.flux.content.v1.tar+gzip'),
      /application\/vnd\.cncf\.flux/
    ],
    ['what oras pushes', artifact('application/vnd.unknown.config.v1+json', 'text/plain'), /application\/vnd\.unknown/],
    [
      'what newer oras pushes',
      artifact(EMPTY.mediaType, 'text/plain', {artifactType: 'application/vnd.example.thing'}),
      /application\/vnd\.example\.thing/
    ],
    [
      'a config of an unknown type',
      artifact('application/vnd.example.config.v1+json', 'a/b'),
      /application\/vnd\.example/
    ]
  ])('is called what it is, and its publisher is not blamed: %s', async (_name, published, words) => {
    const outcome = await run(published)
    expect(outcome).toMatchObject({exitCode: 1, kind: 'unusable'})
    expect(outcome.cause).not.toBe('publisher')
    expect(outcome.said).toMatch(words)
    expect(outcome.said).not.toMatch(BLAMES)
  })
})

describe('an index', () => {
  it.each(
    bothFamilies([
      ...['one child', 'a child that is not there', 'the same child twice', 'another child of the platform behind'],
      ...['an unknown digest', 'a digest that is none', 'an empty digest', 'a child without a size'].map(
        name => `${name} beside`
      ),
      ...['a child of size -1', 'a child without a type', 'an artifact', 'an artifact of an unknown type'].map(
        name => `${name} beside`
      ),
      ...['schema 1', 'an unknown platform', 'an empty object', 'a null'].map(name => `${name} beside`),
      ...['an attestation', 'a child described with the other family', 'a child of the other family'],
      ...['a child with annotations null', 'a child with an artifactType', 'an artifactType of the index'],
      ...['an index within, without a platform', 'an index within, with a platform']
    ])
  )('is read as far as it is needed: %s', async name => {
    await expectTaken(name)
  })

  it.each(
    bothFamilies([
      ...['a child without a type', 'a child of an unknown type', 'a child described as an index'],
      ...['a child without a size', 'a child of a wrong size']
    ])
  )('is refused when the child that is wanted is described wrong: %s', async name => {
    expect(await run(shape(name).published)).toMatchObject({exitCode: 1, kind: 'unusable'})
  })

  it.each(bothFamilies(['no children', 'manifests null', 'no manifests']))(
    'without children lacks the platform: %s',
    async name => {
      expect(await run(shape(name).published)).toMatchObject({exitCode: 1, kind: 'platform-missing'})
    }
  )

  const AMD64 = {os: 'linux', architecture: 'amd64'}
  const image = publishImage({name: 'image', salt: SALT})
  const blake3: ChildShape = {
    platform: {os: 'linux', architecture: 'riscv64'},
    edit: right => ({...right, digest: `blake3:${'0'.repeat(64)}`})
  }

  it.each(['linux/riscv64', 'all'])('says that a digest cannot be verified here, with platform: %s', async platform => {
    const outcome = await run(publishIndex([blake3, {of: image, platform: AMD64}]), {platform})
    expect(outcome).toMatchObject({exitCode: 1, kind: 'unusable'})
    expect(outcome.said).toContain('blake3')
  })

  it.each<[string, Published]>([
    [
      'an index of SOCI',
      artifact(EMPTY.mediaType, 'application/octet-stream', {artifactType: 'application/vnd.amazon.soci.index.v2+json'})
    ],
    ['a signature', artifact(EMPTY.mediaType, 'application/vnd.dev.sigstore.bundle.v0.3+json')],
    [
      'a chart',
      artifact('application/vnd.cncf.helm.config.v1+json', 'application/vnd.cncf.helm.chart.content.v1.tar+gzip')
    ]
  ])('with platform: all is its images, and %s is left as it was published', async (_name, other) => {
    const outcome = await run(
      publishIndex([
        {of: image, platform: AMD64},
        {of: other, edit: right => ({...right, artifactType: 'application/vnd.example'})},
        {edit: right => ({...right, mediaType: 'application/vnd.example.thing'})}
      ]),
      {platform: 'all'}
    )
    expect(outcome).toMatchObject({exitCode: 0, verified: 'full'})
  })

  it('with platform: all does not leave out an image that says it is an artifact', async () => {
    const broken = publishImage({
      ...{name: 'broken', salt: SALT},
      layers: [{encoding: 'gzip', label: OCI.gzip, hasWrongDiffId: true}]
    })
    const outcome = await run(
      publishIndex([
        {of: image, platform: AMD64},
        {of: broken, platform: {os: 'linux', architecture: 'arm64'}, edit: right => ({...right, artifactType: 'a/b'})}
      ]),
      {platform: 'all'}
    )
    expect(outcome).toMatchObject({exitCode: 1, kind: 'unusable'})
  })
})

describe('a platform', () => {
  it.each(
    bothFamilies([
      ...[
        'x86_64 alone',
        'AMD64 alone',
        'Linux alone',
        'amd64/v1',
        'no os',
        'empty platform',
        'platform {}',
        'platform null'
      ],
      ...['no platform', 'no platform before amd64', 'amd64/v2 before amd64', '386 before amd64', 'os.features null'],
      ...[
        'os.features []',
        'os.features before',
        'os.features alone',
        'os.version alone',
        'windows before linux',
        'arm64 wanted, aarch64 there'
      ],
      ...['arm64 wanted, arm64/v8 there', 'arm64/v8 wanted, arm64 there', 'arm/v7 wanted, arm/v6 there'],
      ...[
        'arm/v7 wanted, arm there',
        'arm wanted, v6 and v7 there',
        '386 wanted, 386 there',
        'amd64/v3 wanted, v2 there'
      ],
      ...['amd64/v3 wanted, amd64 there']
    ])
  )('is found as containerd finds it: %s', async name => {
    await expectTaken(name)
  })

  it.each(bothFamilies(['os.features behind', 'os.version before', 'no platform twice']))(
    'is the first of those that are equal: %s',
    async name => {
      await expectTaken(name, 'offer 0')
    }
  )

  it.each([
    ...bothFamilies(['386 alone', 'i386 alone', 'amd64/v3 and 386']).map(name => [name, 'image'] as const),
    ...bothFamilies(['386 and arm64', 'no platform behind 386']).map(name => [name, 'offer 0'] as const)
  ])('that runs here though it is another one is taken, with a word, if none was named: %s', async (name, taken) => {
    expect((await expectTaken(name, taken)).said).toContain('386')
  })

  it.each(
    bothFamilies([
      ...['amd64 wanted, 386 there', 'arm64 wanted, arm/v7 there', '386 wanted, amd64 there'],
      ...['arm/v6 wanted, arm/v7 there', 'riscv64 wanted, not there', 'amd64/v2', 'amd64/v3', 'arm64 alone'],
      ...['windows alone', 'unknown alone', 'no architecture']
    ])
  )('that is not there is missing, and the error lists what is: %s', async name => {
    const {published, inputs} = shape(name)
    expect(await run(published, inputs)).toMatchObject({exitCode: 1, kind: 'platform-missing'})
  })
})

describe('a repository of 64 hexadecimal digits', () => {
  it('is a name like any other behind a registry', async () => {
    const repository = '8c2d5a48'.repeat(8)
    const published = publishImage({name: 'image', salt: SALT})
    registry.add(repository, '1', published)
    expect(await act(registry, {image: `${registry.host}/${repository}:1`})).toMatchObject({exitCode: 0})
  })
})
