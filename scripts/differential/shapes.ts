// What images differ in, one thing at a time. A name says what is unlike an ordinary image.

import type {MediaTypes} from '../../__tests__/support/images.ts'
import type {Case} from './cases.ts'
import {
  type ChildShape,
  DOCKER,
  type Encoding,
  ENCODINGS,
  type ImageShape,
  type Json,
  OCI,
  type Published,
  publishImage,
  publishIndex
} from './images.ts'

/** A case that can hold another image in place of its own. */
export type Frame = Case & {readonly around: (salt: string, image: Published) => Published}

const PLAIN: readonly Encoding[] = ['plain', 'gzip', 'zstd', 'bzip2', 'xz']
const NO_TARS = ['application/octet-stream', 'application/vnd.example.layer', 'application/vnd.in-toto+json']
const ABROAD = {
  oci: 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
  docker: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip'
}

export function layers(family: MediaTypes): readonly Case[] {
  const {none, gzip, zstd} = family === 'oci' ? OCI : DOCKER
  const crossed = [none, gzip, zstd].flatMap(label => PLAIN.map(encoding => ({encoding, label})))
  const odd = ENCODINGS.filter(encoding => !PLAIN.includes(encoding)).map(encoding => ({
    encoding,
    label: encoding.startsWith('zstd') ? zstd : gzip
  }))
  const unknown = [...NO_TARS, ABROAD[family]].map(label => ({encoding: 'gzip' as const, label}))
  const wrong = [
    {encoding: 'gzip' as const, label: gzip, hasWrongDiffId: true},
    {encoding: 'plain' as const, label: gzip, hasWrongDiffId: true},
    {encoding: 'zstd' as const, label: gzip, hasWrongDiffId: true}
  ]
  return [...crossed, ...odd, ...unknown, ...wrong].map(layer => {
    const isWrong = 'hasWrongDiffId' in layer
    const label = layer.label.replace(/^.*(?:image\.layer\.|image\.rootfs\.)/, '')
    return imageCase(family, `${label} over ${layer.encoding}${isWrong ? ', wrong diff_id' : ''}`, {
      features: ['layer', `label ${label}`, `bytes ${layer.encoding}`, ...(isWrong ? ['wrong diff_id'] : [])],
      layers: [{encoding: 'gzip', label: gzip}, layer]
    })
  })
}

function without(...keys: readonly string[]) {
  return (right: Json): Json => Object.fromEntries(Object.entries(right).filter(([key]) => !keys.includes(key)))
}

function withRootfs(rootfs: unknown) {
  return (right: Json) => ({...right, rootfs})
}
function listIn(right: Json, edit: (list: readonly unknown[]) => unknown): Json {
  const rootfs = right['rootfs'] as {readonly diff_ids: readonly unknown[]}
  return {...right, rootfs: {type: 'layers', diff_ids: edit(rootfs.diff_ids)}}
}

type Edits = Pick<ImageShape, 'editConfig' | 'editManifest' | 'layers'>

const MANIFESTS: Readonly<Record<string, Edits>> = {
  'nothing odd': {},
  'no mediaType': {editManifest: without('mediaType')},
  'empty mediaType': {editManifest: right => ({...right, mediaType: ''})},
  'schemaVersion 3': {editManifest: right => ({...right, schemaVersion: 3})},
  'no schemaVersion': {editManifest: without('schemaVersion')},
  'layers null, diff_ids []': {layers: [], editManifest: right => ({...right, layers: null})},
  'no layers, diff_ids []': {layers: [], editManifest: without('layers')},
  'layers [], diff_ids []': {layers: []},
  'layers [], diff_ids null': {layers: [], editConfig: withRootfs({type: 'layers', diff_ids: null})},
  'layers [], no diff_ids': {layers: [], editConfig: withRootfs({type: 'layers'})},
  'layers null, diff_ids null': {
    layers: [],
    editManifest: right => ({...right, layers: null}),
    editConfig: withRootfs({type: 'layers', diff_ids: null})
  },
  'layers [], rootfs {}': {layers: [], editConfig: withRootfs({})},
  'layers [], rootfs null': {layers: [], editConfig: withRootfs(null)},
  'layers [], no rootfs': {layers: [], editConfig: without('rootfs')},
  'rootfs without a type': {editConfig: right => ({...right, rootfs: without('type')(right['rootfs'] as Json)})},
  'rootfs of another type': {
    editConfig: right => ({...right, rootfs: {...(right['rootfs'] as Json), type: 'other'}})
  },
  'a diff_id more': {editConfig: right => listIn(right, list => [...list, ...list.slice(0, 1)])},
  'a diff_id less': {editConfig: right => listIn(right, list => list.slice(1))},
  'history null': {editConfig: right => ({...right, history: null})},
  'no history': {editConfig: without('history')},
  'config null': {editConfig: right => ({...right, config: null})},
  'Env and Labels null': {editConfig: right => ({...right, config: {Env: null, Labels: null}})},
  'no created': {editConfig: without('created')},
  'a created that is no date': {editConfig: right => ({...right, created: ''})},
  'annotations null': {editManifest: right => ({...right, annotations: null})},
  'an artifactType': {editManifest: right => ({...right, artifactType: 'application/vnd.example'})},
  'a subject': {
    editManifest: right => ({...right, subject: {mediaType: OCI.manifest, digest: `sha256:${'0'.repeat(64)}`, size: 9}})
  },
  'unknown keys': {editManifest: right => ({...right, x: {y: [1]}}), editConfig: right => ({...right, x: [null]})},
  'config for arm64': {editConfig: right => ({...right, architecture: 'arm64'})},
  'config for 386': {editConfig: right => ({...right, architecture: '386'})},
  'config for x86_64': {editConfig: right => ({...right, architecture: 'x86_64'})},
  'config for windows': {editConfig: right => ({...right, os: 'windows', 'os.version': '10.0.20348.1'})},
  'config without a platform': {editConfig: without('os', 'architecture')},
  'config with an empty platform': {editConfig: right => ({...right, os: '', architecture: ''})},
  'config for amd64/v3': {editConfig: right => ({...right, variant: 'v3'})},
  'config for Linux': {editConfig: right => ({...right, os: 'Linux'})}
}

export function manifests(family: MediaTypes): readonly Case[] {
  return Object.entries(MANIFESTS).map(([name, edits]) =>
    imageCase(family, name, {features: ['manifest', name], ...edits})
  )
}

const CONFIG_TYPES = [
  OCI.config,
  DOCKER.config,
  'application/octet-stream',
  'application/json',
  'text/html',
  'text/plain',
  'application/vnd.example.config.v1+json',
  'application/vnd.oci.empty.v1+json',
  'application/vnd.cncf.helm.config.v1+json',
  'application/vnd.wasm.config.v0+json',
  'application/vnd.docker.plugin.v1+json',
  'application/vnd.docker.plugin.image.v0+json',
  'application/vnd.buildkit.cacheconfig.v0',
  ''
]

export function configTypes(family: MediaTypes): readonly Case[] {
  const typed = (mediaType: string | undefined): Edits => ({
    editManifest: right => {
      const config = without('mediaType')(right['config'] as Json)
      return {...right, config: mediaType === undefined ? config : {mediaType, ...config}}
    }
  })
  return [...CONFIG_TYPES, undefined].map(mediaType => {
    const name = mediaType === undefined ? 'config without a type' : `config of type '${mediaType}'`
    return imageCase(family, name, {features: ['config type', name], ...typed(mediaType)})
  })
}

const AMD64 = {os: 'linux', architecture: 'amd64'}
const RISCV64 = {os: 'linux', architecture: 'riscv64'}
const OTHER_FAMILY = {oci: DOCKER, docker: OCI}

type Framing = {
  readonly children: (image: Published, salt: string, family: MediaTypes) => readonly ChildShape[]
  readonly editIndex?: (right: Json) => unknown
}

function beside(other: ChildShape): Framing {
  return {children: image => [other, {of: image, platform: AMD64}]}
}
function chosen(edit: (right: Json, family: MediaTypes) => unknown): Framing {
  return {
    children: (image, _salt, family) => [{of: image, platform: AMD64, edit: right => edit(right, family)}]
  }
}
function odd(change: Json): ChildShape {
  return {platform: RISCV64, edit: right => ({...right, ...change})}
}

const INDEXES: Readonly<Record<string, Framing>> = {
  'one child': {children: image => [{of: image, platform: AMD64}]},
  'a child that is not there': beside({platform: RISCV64}),
  'an unknown digest beside': beside(odd({digest: `blake3:${'0'.repeat(64)}`})),
  'a digest that is none beside': beside(odd({digest: 'x'})),
  'an empty digest beside': beside(odd({digest: ''})),
  'a child without a size beside': beside({platform: RISCV64, edit: without('size')}),
  'a child of size -1 beside': beside(odd({size: -1})),
  'a child without a type beside': beside({platform: RISCV64, edit: without('mediaType')}),
  'an artifact beside': beside(odd({artifactType: 'application/vnd.amazon.soci.index.v2+json'})),
  'an artifact of an unknown type beside': beside(odd({mediaType: 'application/vnd.example.thing'})),
  'schema 1 beside': beside(odd({mediaType: 'application/vnd.docker.distribution.manifest.v1+prettyjws'})),
  'an unknown platform beside': beside({platform: {os: 'unknown', architecture: 'unknown'}}),
  'an attestation': {
    children: image => [
      {of: image, platform: AMD64},
      {
        platform: {os: 'unknown', architecture: 'unknown'},
        edit: right => ({
          ...right,
          annotations: {
            'vnd.docker.reference.type': 'attestation-manifest',
            'vnd.docker.reference.digest': image.top.digest
          }
        })
      }
    ]
  },
  'an empty object beside': beside({edit: () => ({})}),
  'a null beside': beside({edit: () => null}),
  'the same child twice': {
    children: image => [
      {of: image, platform: AMD64},
      {of: image, platform: AMD64}
    ]
  },
  'another child of the platform behind': {
    children: (image, salt, family) => [
      {of: image, platform: AMD64},
      {of: publishImage({name: 'second', salt, family}), platform: AMD64}
    ]
  },
  'a child described with the other family': chosen((right, family) => ({
    ...right,
    mediaType: OTHER_FAMILY[family].manifest
  })),
  'a child without a type': chosen(without('mediaType')),
  'a child of an unknown type': chosen(right => ({...right, mediaType: 'application/octet-stream'})),
  'a child described as an index': chosen(right => ({...right, mediaType: OCI.index})),
  'a child without a size': chosen(without('size')),
  'a child of a wrong size': chosen(right => ({...right, size: Number(right['size']) + 1})),
  'a child with annotations null': chosen(right => ({...right, annotations: null, urls: null})),
  'a child with an artifactType': chosen(right => ({...right, artifactType: 'application/vnd.example'})),
  'a child of the other family': {
    children: (_image, salt, family) => [
      {of: publishImage({name: 'image', salt, family: family === 'oci' ? 'docker' : 'oci'}), platform: AMD64}
    ]
  },
  'an index within, without a platform': {
    children: (image, _salt, family) => [{of: publishIndex([{of: image, platform: AMD64}], family)}]
  },
  'an index within, with a platform': {
    children: (image, _salt, family) => [{of: publishIndex([{of: image, platform: AMD64}], family), platform: AMD64}]
  },
  'no children': {children: () => []},
  'manifests null': {children: () => [], editIndex: right => ({...right, manifests: null})},
  'no manifests': {children: () => [], editIndex: without('manifests')},
  'no mediaType of the index': {
    children: image => [{of: image, platform: AMD64}],
    editIndex: without('mediaType')
  },
  'an artifactType of the index': {
    children: image => [{of: image, platform: AMD64}],
    editIndex: right => ({...right, artifactType: 'application/vnd.example', annotations: null})
  }
}

export function indexes(family: MediaTypes): readonly Frame[] {
  return Object.entries(INDEXES).map(([name, framing]) => frameCase(family, name, ['index', name], framing))
}

function linux(architecture: string, more: Json = {}): Json {
  return {os: 'linux', architecture, ...more}
}

/** What an index offers, in order, and the platform that is asked for where it is not the runner's. */
const OFFERS: readonly (readonly [name: string, offered: readonly unknown[], wanted?: string])[] = [
  ['386 alone', [linux('386')]],
  ['386 and arm64', [linux('386'), linux('arm64')]],
  ['386 before amd64', [linux('386'), linux('amd64')]],
  ['i386 alone', [linux('i386')]],
  ['x86_64 alone', [linux('x86_64')]],
  ['AMD64 alone', [linux('AMD64')]],
  ['Linux alone', [{os: 'Linux', architecture: 'amd64'}]],
  ['amd64/v1', [linux('amd64', {variant: 'v1'})]],
  ['amd64/v2', [linux('amd64', {variant: 'v2'})]],
  ['amd64/v3', [linux('amd64', {variant: 'v3'})]],
  ['amd64/v3 and 386', [linux('amd64', {variant: 'v3'}), linux('386')]],
  ['amd64/v2 before amd64', [linux('amd64', {variant: 'v2'}), linux('amd64')]],
  ['os.features alone', [linux('amd64', {'os.features': ['nydus.remoteimage.v1']})]],
  ['os.features before', [linux('amd64', {'os.features': ['nydus.remoteimage.v1']}), linux('amd64')]],
  ['os.features behind', [linux('amd64'), linux('amd64', {'os.features': ['nydus.remoteimage.v1']})]],
  ['os.features null', [linux('amd64', {'os.features': null})]],
  ['os.features []', [linux('amd64', {'os.features': []})]],
  ['os.version alone', [linux('amd64', {'os.version': '10.0'})]],
  ['os.version before', [linux('amd64', {'os.version': '10.0'}), linux('amd64')]],
  ['features of a list', [linux('amd64', {features: ['sse4']})]],
  ['no os', [{architecture: 'amd64'}]],
  ['no architecture', [{os: 'linux'}]],
  ['empty platform', [{os: '', architecture: ''}]],
  ['platform {}', [{}]],
  ['platform null', [null]],
  ['no platform', [undefined]],
  ['no platform before amd64', [undefined, linux('amd64')]],
  ['no platform behind 386', [linux('386'), undefined]],
  ['no platform twice', [undefined, undefined]],
  ['arm64 alone', [linux('arm64')]],
  ['windows alone', [{os: 'windows', architecture: 'amd64', 'os.version': '10.0.20348.1'}]],
  ['windows before linux', [{os: 'windows', architecture: 'amd64'}, linux('amd64')]],
  ['unknown alone', [{os: 'unknown', architecture: 'unknown'}]],
  ['arm64 wanted, arm64/v8 there', [linux('amd64'), linux('arm64', {variant: 'v8'})], 'linux/arm64'],
  ['arm64/v8 wanted, arm64 there', [linux('amd64'), linux('arm64')], 'linux/arm64/v8'],
  ['arm64 wanted, aarch64 there', [linux('aarch64')], 'linux/arm64'],
  ['arm64 wanted, arm/v7 there', [linux('arm', {variant: 'v7'})], 'linux/arm64'],
  ['arm/v7 wanted, arm/v6 there', [linux('arm', {variant: 'v6'})], 'linux/arm/v7'],
  ['arm/v6 wanted, arm/v7 there', [linux('arm', {variant: 'v7'})], 'linux/arm/v6'],
  ['arm/v7 wanted, arm there', [linux('arm')], 'linux/arm/v7'],
  ['arm wanted, v6 and v7 there', [linux('arm', {variant: 'v6'}), linux('arm', {variant: 'v7'})], 'linux/arm'],
  ['386 wanted, amd64 there', [linux('amd64')], 'linux/386'],
  ['386 wanted, 386 there', [linux('amd64'), linux('386')], 'linux/386'],
  ['amd64 wanted, 386 there', [linux('386')], 'linux/amd64'],
  ['amd64/v3 wanted, v2 there', [linux('amd64', {variant: 'v2'})], 'linux/amd64/v3'],
  ['amd64/v3 wanted, amd64 there', [linux('amd64')], 'linux/amd64/v3'],
  ['riscv64 wanted, not there', [linux('amd64')], 'linux/riscv64']
]

export function platforms(family: MediaTypes): readonly Frame[] {
  return OFFERS.map(([name, offered, platform]) =>
    frameCase(
      family,
      name,
      ['platform', name],
      {
        children: (image, salt) =>
          offered.map((each, at) => ({
            of: at === offered.length - 1 ? image : publishImage({name: `offer ${String(at)}`, salt, family}),
            ...(each === undefined ? {} : {platform: each})
          }))
      },
      platform
    )
  )
}

function imageCase(
  family: MediaTypes,
  name: string,
  {features, ...edits}: Edits & {readonly features: readonly string[]}
): Case {
  return {
    name: `${family}: ${name}`,
    features: [family, ...features],
    publish: salt => publishImage({name: 'image', salt, family, ...edits})
  }
}

function frameCase(
  family: MediaTypes,
  name: string,
  features: readonly string[],
  {children, editIndex}: Framing,
  platform?: string
): Frame {
  const around = (salt: string, image: Published): Published =>
    publishIndex(children(image, salt, family), family, editIndex)
  return {
    name: `${family}: ${name}`,
    features: [family, ...features],
    around,
    publish: salt => around(salt, publishImage({name: 'image', salt, family})),
    ...(platform === undefined ? {} : {platform})
  }
}
