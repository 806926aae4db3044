// The documents of a fuzz run: correct ones with up to three mutations each.

import {createHash} from 'node:crypto'
import {bytesOf, type Node, nodeOf} from './document.ts'
import {type Material, mutate} from './mutations.ts'
import {createDice, type Dice} from './random.ts'

export type Kind = 'manifest' | 'index' | 'config'
export type Case = {readonly kind: Kind; readonly bytes: Buffer; readonly seed: number}
export type Blob = {readonly bytes: Buffer; readonly mediaType: string; readonly digest: string}

const OCI = 'application/vnd.oci.image'
const DOCKER = 'application/vnd.docker'

/** Existing manifests and configs, to which a mutated document can point. */
export const MANIFESTS: readonly Blob[] = Array.from({length: 5}, (_, at) => {
  const config = CONFIGS()[at]
  if (config === undefined) throw new RangeError('there is a config for each manifest')
  const mediaType = `${OCI}.manifest.v1+json`
  return blobOf(mediaType, {schemaVersion: 2, mediaType, config: describe(config), layers: []})
})

export function CONFIGS(): readonly Blob[] {
  return Array.from({length: 5}, (_, at) =>
    blobOf(`${OCI}.config.v1+json`, {
      ...{architecture: 'amd64', os: 'linux', created: `2025-06-0${String(at + 1)}T00:00:00Z`, config: {}},
      rootfs: {type: 'layers', diff_ids: []}
    })
  )
}

export function caseOf(seed: number): Case {
  const dice = createDice(seed)
  const kind = dice.pick(['manifest', 'index', 'index', 'config'] as const)
  const node = nodeOf(
    kind === 'index' ? indexDocument(dice) : kind === 'manifest' ? manifestDocument(dice) : configDocument(dice)
  )
  mutate(node, dice, MATERIAL[kind])
  return {kind, seed, bytes: spoilt(node, dice)}
}

function spoilt(node: Node, dice: Dice): Buffer {
  const bytes = bytesOf(node, dice)
  if (!dice.chance(40)) return bytes
  const cut = dice.below(bytes.length)
  return dice.pick([
    Buffer.concat([Buffer.from('\ufeff'), bytes]),
    Buffer.concat([bytes, Buffer.from(dice.pick([' ', '{}', '\0', ',']))]),
    bytes.subarray(0, cut),
    Buffer.concat([bytes.subarray(0, cut), Buffer.of(dice.below(256)), bytes.subarray(cut + 1)])
  ])
}

const ARCHITECTURES = [
  'amd64',
  'amd64',
  'amd64',
  'x86_64',
  'AMD64',
  'arm64',
  'aarch64',
  'arm',
  'armhf',
  '386',
  'x64',
  'unknown',
  ''
]
const VARIANTS = [
  undefined,
  undefined,
  undefined,
  '',
  'v1',
  'v2',
  'v3',
  'v5',
  'v6',
  'v7',
  'v8',
  '8',
  'v8.1',
  'v9',
  'V7'
]
const SYSTEMS = ['linux', 'linux', 'linux', 'linux', 'Linux', 'windows', 'unknown', '']

const PLATFORMS: readonly object[] = ARCHITECTURES.flatMap(architecture =>
  SYSTEMS.flatMap(os =>
    VARIANTS.map((variant, at) => ({
      ...(os === '' ? {} : {os}),
      ...(architecture === '' ? {} : {architecture}),
      ...(variant === undefined ? {} : {variant}),
      ...(at === 3 ? {'os.features': ['x']} : {}),
      ...(at === 5 ? {'os.version': '10.0.20348.1'} : {})
    }))
  )
)

const LAYERS: readonly object[] = Array.from({length: 4}, (_, at) => ({
  mediaType: `${OCI}.layer.v1.tar+gzip`,
  digest: digestOf(`layer ${String(at)}`),
  size: 100 + at
}))

const MATERIAL: Readonly<Record<Kind, Material>> = {
  manifest: {descriptors: [...LAYERS, ...CONFIGS().map(describe)], platforms: PLATFORMS},
  index: {descriptors: MANIFESTS.map(describe), platforms: PLATFORMS},
  config: {descriptors: LAYERS, platforms: PLATFORMS}
}

function indexDocument(dice: Dice): object {
  const mediaType = dice.pick([
    `${OCI}.index.v1+json`,
    `${OCI}.index.v1+json`,
    `${DOCKER}.distribution.manifest.list.v2+json`
  ])
  return {
    schemaVersion: 2,
    ...(dice.chance(5) ? {} : {mediaType}),
    manifests: MANIFESTS.slice(0, 1 + dice.below(4)).map(manifest => ({
      ...describe(manifest),
      ...(dice.chance(8)
        ? {}
        : {platform: dice.chance(2) ? {os: 'linux', architecture: 'amd64'} : dice.pick(PLATFORMS)})
    }))
  }
}

function manifestDocument(dice: Dice): object {
  const mediaType = `${OCI}.manifest.v1+json`
  return {
    schemaVersion: 2,
    ...(dice.chance(3) ? {} : {mediaType}),
    config: describe(dice.pick(CONFIGS())),
    layers: LAYERS.slice(0, dice.below(4)),
    ...(dice.chance(3) ? {annotations: {a: 'b'}} : {})
  }
}

function configDocument(dice: Dice): object {
  return {
    ...{architecture: 'amd64', os: 'linux', created: '2025-06-04T00:00:00Z', config: {Env: ['A=b'], Labels: {a: 'b'}}},
    rootfs: {
      type: 'layers',
      diff_ids: LAYERS.slice(0, dice.below(4)).map(layer => (layer as {readonly digest: string}).digest)
    },
    history: [{created_by: 'x'}]
  }
}

function blobOf(mediaType: string, document: object): Blob {
  const bytes = Buffer.from(JSON.stringify(document))
  return {bytes, mediaType, digest: digestOf(bytes)}
}

function describe({mediaType, digest, bytes}: Blob): object {
  return {mediaType, digest, size: bytes.length}
}

function digestOf(content: string | Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`
}
