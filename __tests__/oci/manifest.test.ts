// Manifests, indexes and configs: what is well formed, and every way in which a document can contradict itself.

import {describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import {parseDigest} from '../../src/oci/digest.ts'
import {decodeConfig} from '../../src/oci/image-config.ts'
import {ACCEPT_MANIFEST, childrenOf, decodeManifest, type Descriptor, showJson} from '../../src/oci/manifest.ts'
import {formatPlatform} from '../../src/oci/platform.ts'
import {makeImage, makeIndex, makePublished, mediaTypesOf} from '../support/images.ts'

const OCI = mediaTypesOf('oci')
const DOCKER = mediaTypesOf('docker')
const DIGEST = `sha256:${'a'.repeat(64)}`

type Json = Readonly<Record<string, unknown>>

function bytesOf(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value))
}
function decode(value: unknown, announced?: string): ReturnType<typeof decodeManifest> {
  return decodeManifest(bytesOf(value), announced)
}

const CONFIG = {mediaType: OCI.config, digest: DIGEST, size: 2}
const LAYER = {mediaType: OCI.gzip, digest: DIGEST, size: 3}
const MANIFEST = {schemaVersion: 2, mediaType: OCI.manifest, config: CONFIG, layers: [LAYER]}
const CHILD = {mediaType: OCI.manifest, digest: DIGEST, size: 4, platform: {os: 'linux', architecture: 'amd64'}}
const INDEX = {schemaVersion: 2, mediaType: OCI.index, manifests: [CHILD]}

function without(object: Json, key: string): Json {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key))
}

describe('decodeManifest', () => {
  it.each(['oci', 'docker'] as const)('reads a manifest with the media types of %s', mediaTypes => {
    const {manifest, config, layers} = makeImage({mediaTypes})
    const descriptor = ({mediaType, digest, size}: Descriptor): Descriptor => ({mediaType, digest, size})
    expect(decodeManifest(manifest.bytes, undefined)).toEqual({
      ok: true,
      value: {
        kind: 'manifest',
        mediaType: mediaTypesOf(mediaTypes).manifest,
        namesItsType: true,
        config: descriptor(config),
        layers: layers.map(descriptor)
      }
    })
  })

  it.each(['oci', 'docker'] as const)(
    'reads an index with the media types of %s, and tells attestations',
    mediaTypes => {
      const decoded = decodeManifest(makePublished({mediaTypes}).index.bytes, undefined)
      if (!decoded.ok || decoded.value.kind !== 'index') throw new Error('it is no index')
      expect(decoded.value.mediaType).toBe(mediaTypesOf(mediaTypes).index)
      expect(
        childrenOf(decoded.value).map(({platform, isAttestation}) => [
          platform && formatPlatform(platform),
          isAttestation
        ])
      ).toEqual([
        ['linux/amd64', false],
        ['linux/arm64', false],
        ['unknown/unknown', true],
        ['unknown/unknown', true]
      ])
    }
  )

  it('reads sha512', () => {
    const {manifest, config} = makeImage({algorithm: 'sha512'})
    expect(decodeManifest(manifest.bytes, undefined)).toMatchObject({value: {config: {digest: config.digest}}})
  })

  it.each([
    {name: 'itself', document: MANIFEST, announced: DOCKER.index, mediaType: OCI.manifest},
    {
      name: 'itself, not from an empty text',
      document: {...MANIFEST, mediaType: ''},
      announced: OCI.manifest,
      mediaType: OCI.manifest
    },
    {
      name: 'its fields where it is null',
      document: {...INDEX, mediaType: null},
      announced: undefined,
      mediaType: OCI.index
    },
    {
      name: 'its descriptor',
      document: without(MANIFEST, 'mediaType'),
      announced: DOCKER.manifest,
      mediaType: DOCKER.manifest
    },
    {
      name: 'its fields: a manifest',
      document: without(MANIFEST, 'mediaType'),
      announced: 'application/json',
      mediaType: OCI.manifest
    },
    {name: 'its fields: an index', document: without(INDEX, 'mediaType'), announced: undefined, mediaType: OCI.index}
  ])('takes its media type from $name', ({document, announced, mediaType}) => {
    expect(decode(document, announced)).toMatchObject({ok: true, value: {mediaType}})
  })

  it.each([
    {name: 'unknown fields', document: {...MANIFEST, history: 1, tags: [], name: 7}},
    {name: 'no list of layers', document: without(MANIFEST, 'layers')},
    {name: 'layers that are null', document: {...MANIFEST, layers: null}},
    {name: 'an index without manifests', document: without(INDEX, 'manifests')},
    {name: 'no layers', document: {...MANIFEST, layers: []}},
    {name: 'an index without children', document: {...INDEX, manifests: []}},
    {name: 'a layer of an unknown type', document: {...MANIFEST, layers: [{...LAYER, mediaType: 'text/plain'}]}},
    {name: 'a size of nothing', document: {...MANIFEST, layers: [{...LAYER, size: 0}]}},
    {
      name: 'the largest size that can be counted',
      document: {...MANIFEST, config: {...CONFIG, size: Number.MAX_SAFE_INTEGER}}
    },
    {name: 'a child without a platform', document: {...INDEX, manifests: [without(CHILD, 'platform')]}},
    {
      name: 'a child whose platform has no architecture',
      document: {...INDEX, manifests: [{...CHILD, platform: {os: 'linux'}}]}
    },
    {
      name: 'a child for an architecture that all objects have',
      document: {...INDEX, manifests: [{...CHILD, platform: {os: 'linux', architecture: 'constructor'}}]}
    },
    {name: 'a child of an unknown type', document: {...INDEX, manifests: [{...CHILD, mediaType: 'application/x'}]}}
  ])('takes $name', ({document}) => {
    expect(decode(document).ok).toBe(true)
  })

  it.each([
    {name: 'no schemaVersion', document: without(MANIFEST, 'schemaVersion'), why: 'schemaVersion is missing'},
    {name: 'schema 3', document: {...MANIFEST, schemaVersion: 3}, why: 'schemaVersion is 3, not 2'},
    {name: 'a schemaVersion that is text', document: {...MANIFEST, schemaVersion: '2'}, why: 'schemaVersion is "2"'},
    {name: 'a media type that is no text', document: {...MANIFEST, mediaType: 2}, why: 'mediaType is 2, not a string'},
    {name: 'a subject that is no descriptor', document: {...MANIFEST, subject: 1}, why: 'subject is 1, not an object'},
    {
      name: 'annotations that are a list',
      document: {...MANIFEST, annotations: []},
      why: 'annotations is a list, not an object'
    },
    {
      name: 'an annotation that is no text',
      document: {...INDEX, manifests: [{...CHILD, annotations: {a: 1}}]},
      why: 'manifests[0].annotations.a is 1, not a string'
    },
    {
      name: 'a child whose platform is no object',
      document: {...INDEX, manifests: [{...CHILD, platform: 'linux/amd64'}]},
      why: 'manifests[0].platform is "linux/amd64", not an object'
    },
    {
      name: 'an unknown media type',
      document: {...MANIFEST, mediaType: 'application/x'},
      why: '"application/x" is not one'
    },
    {name: 'a manifest that also has manifests', document: {...MANIFEST, manifests: []}, why: 'also has manifests'},
    {name: 'an index that also has layers', document: {...INDEX, layers: []}, why: 'also has a config or layers'},
    {name: 'an index that also has a config', document: {...INDEX, config: CONFIG}, why: 'also has a config or layers'},
    {
      name: 'a manifest that calls itself an index',
      document: {...MANIFEST, mediaType: OCI.index},
      why: 'also has a config'
    },
    {
      name: 'an index that calls itself a manifest',
      document: {...INDEX, mediaType: OCI.manifest},
      why: 'also has manifests'
    },
    {name: 'no config', document: without(MANIFEST, 'config'), why: 'config is missing'},
    {name: 'a config that is a list', document: {...MANIFEST, config: [CONFIG]}, why: 'config is a list'},
    {name: 'a config that is null', document: {...MANIFEST, config: null}, why: 'config is null'},
    {
      name: 'a config without a media type',
      document: {...MANIFEST, config: without(CONFIG, 'mediaType')},
      why: 'config.mediaType is missing'
    },
    {
      name: 'layers that are an object',
      document: {...MANIFEST, layers: {'0': LAYER}},
      why: 'layers is an object, not a list'
    },
    {name: 'a layer that is text', document: {...MANIFEST, layers: [LAYER, 'x']}, why: 'layers[1] is "x"'},
    {
      name: 'a layer without a digest',
      document: {...MANIFEST, layers: [without(LAYER, 'digest')]},
      why: 'layers[0].digest is missing'
    },
    {
      name: 'a layer with a number for a digest',
      document: {...MANIFEST, layers: [{...LAYER, digest: 1}]},
      why: 'layers[0].digest is 1'
    },
    {
      name: 'a layer with an empty media type',
      document: {...MANIFEST, layers: [{...LAYER, mediaType: ''}]},
      why: 'layers[0].mediaType is ""'
    },
    {name: 'manifests that are text', document: {...INDEX, manifests: 'x'}, why: 'manifests is "x"'}
  ])('refuses $name', ({document, why}) => {
    expect(decode(document)).toEqual({ok: false, reason: expect.stringContaining(why)})
  })

  it.each([
    {name: 'schema 1', document: {schemaVersion: 1, fsLayers: []}, flaw: 'old'},
    {name: 'schema 1 by its version alone', document: {...MANIFEST, schemaVersion: 1}, flaw: 'old'},
    {name: 'schema 1 by its fields alone', document: {...MANIFEST, fsLayers: []}, flaw: 'old'},
    {
      name: 'an artifact',
      document: {...MANIFEST, config: {...CONFIG, mediaType: 'application/vnd.oci.empty.v1+json'}},
      flaw: 'artifact'
    },
    {
      name: 'a plugin',
      document: {...MANIFEST, config: {...CONFIG, mediaType: 'application/vnd.docker.plugin.v1+json'}},
      flaw: 'artifact'
    },
    {
      name: 'a cache of BuildKit',
      document: {...INDEX, manifests: [{...CHILD, mediaType: 'application/vnd.buildkit.cacheconfig.v0'}]},
      flaw: 'artifact'
    },
    {
      name: 'an artifact manifest of a draft',
      document: {mediaType: 'application/vnd.oci.artifact.manifest.v1+json', artifactType: 'application/x', blobs: []},
      flaw: 'artifact'
    }
  ])('tells $name from an image that contradicts itself', ({document, flaw}) => {
    expect(decode(document)).toMatchObject({ok: false, flaw})
  })

  it.each(['application/octet-stream', 'application/json', 'text/html', '', undefined])(
    'takes a config of the old type %j under schema 2, and under no OCI manifest',
    mediaType => {
      const config = {...without(CONFIG, 'mediaType'), ...(mediaType === undefined ? {} : {mediaType})}
      expect(decode({...MANIFEST, mediaType: DOCKER.manifest, config}).ok).toBe(true)
      expect(decode({...MANIFEST, config}).ok).toBe(false)
    }
  )

  it('refuses a config of an old type whose descriptor is wrong', () => {
    const config = {size: 2}
    expect(decode({...MANIFEST, mediaType: DOCKER.manifest, config})).toEqual({
      ok: false,
      reason: 'config.digest is missing, not a digest'
    })
  })

  it('names an artifact by its first layer when its config is empty', () => {
    const config = {...CONFIG, mediaType: 'application/vnd.oci.empty.v1+json'}
    const layers = [{...LAYER, mediaType: 'application/wasm'}]
    expect(decode({...MANIFEST, config, layers})).toMatchObject({
      reason: 'it is a WebAssembly module ("application/wasm"), not a container image'
    })
  })

  const places = [
    {place: 'config', put: (part: Json): Json => ({...MANIFEST, config: {...CONFIG, ...part}})},
    {place: 'layers[0]', put: (part: Json): Json => ({...MANIFEST, layers: [{...LAYER, ...part}]})}
  ]
  describe.each(places)('at $place', ({place, put}) => {
    it.each([
      {name: 'a path', digest: 'sha256:../../etc/passwd'},
      {name: 'an address', digest: 'https://example.com/'},
      {name: 'an unknown algorithm', digest: `md5:${'a'.repeat(32)}`},
      {name: 'capitals', digest: `sha256:${'A'.repeat(64)}`},
      {name: 'nothing', digest: ''}
    ])('refuses a digest that is $name', ({digest}) => {
      expect(decode(put({digest}))).toEqual({
        ok: false,
        reason: expect.stringContaining(`${place}.digest is ${JSON.stringify(digest)}`)
      })
    })

    it.each([
      {name: 'negative', size: '-1'},
      {name: 'a fraction', size: '1.5'},
      {name: 'more than can be counted', size: '9007199254740992'},
      {name: 'infinite', size: '1e999'},
      {name: 'text', size: '"12"'},
      {name: 'null', size: 'null'},
      {name: 'true', size: 'true'},
      {name: 'a list', size: '[1]'}
    ])('refuses a size that is $name', ({size}) => {
      const text = JSON.stringify(put({size: 'HERE'})).replace('"HERE"', size)
      expect(decodeManifest(Buffer.from(text), undefined)).toEqual({
        ok: false,
        reason: expect.stringContaining(`${place}.size is `)
      })
    })
  })

  it.each([
    {name: 'no bytes', bytes: Buffer.of()},
    {name: 'text', bytes: Buffer.from('Bad Gateway')},
    {name: 'a byte order mark', bytes: Buffer.concat([Buffer.from('\ufeff'), bytesOf(MANIFEST)])},
    {name: 'bytes that are not UTF-8', bytes: Buffer.concat([bytesOf(MANIFEST), Buffer.of(0xff)])},
    {name: 'a list', bytes: bytesOf([MANIFEST])}
  ])('refuses $name', ({bytes}) => {
    expect(decodeManifest(bytes, OCI.manifest)).toEqual({ok: false, reason: expect.stringContaining('it is not')})
  })

  it.each([
    {name: 'layers', key: 'layers', value: '[]'},
    {name: 'layers, once escaped', key: '\\u006cayers', value: '[]'},
    {name: 'config', key: 'config', value: JSON.stringify(CONFIG)}
  ])('refuses a manifest that has its $name twice', ({key, value}) => {
    const text = `${JSON.stringify(MANIFEST).slice(0, -1)},"${key}":${value}}`
    expect(decodeManifest(Buffer.from(text), undefined)).toEqual({ok: false, reason: expect.stringContaining('twice')})
  })

  it('refuses a descriptor that has its digest twice', () => {
    const text = JSON.stringify(MANIFEST).replace('"size":3', `"size":3,"digest":"${DIGEST}"`)
    expect(decodeManifest(Buffer.from(text), undefined)).toEqual({
      ok: false,
      reason: expect.stringContaining('"digest" twice')
    })
  })

  it('answers for what is nested too deep to be quoted', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    const text = JSON.stringify({...MANIFEST, schemaVersion: 'HERE'}).replace('"HERE"', deep)
    expect(decodeManifest(Buffer.from(text), undefined)).toEqual({
      ok: false,
      reason: 'schemaVersion is a list, not an integer'
    })
  })

  it('quotes little of what is long', () => {
    const decoded = decode({...MANIFEST, mediaType: 'x'.repeat(1_000_000)})
    expect(decoded.ok ? 0 : decoded.reason.length).toBeLessThan(200)
  })
})

describe('children of an index', () => {
  const childOf = (part: Json, ...siblings: readonly Json[]): unknown => {
    const decoded = decode({...INDEX, manifests: [{...CHILD, ...part}, ...siblings]})
    return decoded.ok && decoded.value.kind === 'index' ? decoded.value.entries[0] : decoded
  }

  const SIBLING = {...CHILD, digest: `sha256:${'b'.repeat(64)}`}
  const UNKNOWN = {os: 'unknown', architecture: 'unknown'}
  const marks = (type: unknown, digest: unknown): Json => ({
    'vnd.docker.reference.type': type,
    'vnd.docker.reference.digest': digest
  })
  const MARKED = marks('attestation-manifest', SIBLING.digest)

  it.each([
    {name: 'made as BuildKit makes them', part: {annotations: MARKED, platform: UNKNOWN}, is: true},
    {name: 'annotated as one, but for a real platform', part: {annotations: MARKED}, is: false},
    {name: 'annotated as one, without a platform', part: {annotations: MARKED, platform: undefined}, is: false},
    {
      name: 'annotated as another kind of reference',
      part: {annotations: marks('x', SIBLING.digest), platform: UNKNOWN},
      is: false
    },
    {
      name: 'annotated in another case',
      part: {annotations: marks('Attestation-Manifest', SIBLING.digest), platform: UNKNOWN},
      is: false
    },
    {
      name: 'about a manifest that the index lacks',
      part: {annotations: marks('attestation-manifest', `sha256:${'c'.repeat(64)}`), platform: UNKNOWN},
      is: false
    },
    {
      name: 'about themselves',
      part: {annotations: marks('attestation-manifest', DIGEST), platform: UNKNOWN},
      is: false
    },
    {
      name: 'about nothing',
      part: {annotations: marks('attestation-manifest', undefined), platform: UNKNOWN},
      is: false
    },
    {name: 'for no system alone', part: {platform: UNKNOWN}, is: false},
    {
      name: 'for no system, of a real architecture',
      part: {annotations: MARKED, platform: {...UNKNOWN, architecture: 'amd64'}},
      is: false
    },
    {name: 'annotated with something else', part: {annotations: {'org.opencontainers.image.title': 'x'}}, is: false},
    {name: 'without annotations', part: {}, is: false}
  ])('are attestations when $name: $is', ({part, is}) => {
    expect(childOf(part, SIBLING)).toMatchObject({isAttestation: is})
  })

  it.each([
    {name: 'a digest of an unknown algorithm', part: {digest: `blake3:${'0'.repeat(64)}`}, reason: 'blake3'},
    {name: 'a digest that is a path', part: {digest: 'sha256:../../etc/passwd'}, reason: '.digest is "sha256:../..'},
    {name: 'an empty digest', part: {digest: ''}, reason: '.digest is ""'},
    {name: 'no size', part: {size: undefined}, reason: '.size is missing'},
    {name: 'a size below 0', part: {size: -1}, reason: '.size is -1'},
    {name: 'no media type', part: {mediaType: undefined}, reason: '.mediaType is missing'}
  ])('are kept as broken, with their platform, when they have $name', ({part, reason}) => {
    expect(childOf(part, SIBLING)).toMatchObject({
      kind: 'broken',
      reason: expect.stringContaining(`manifests[0]${reason.startsWith('.') ? reason : ''}`),
      platform: {os: 'linux', architecture: 'amd64'}
    })
  })

  it.each([
    {platform: undefined, isEmpty: false},
    {platform: null, isEmpty: false},
    {platform: {}, isEmpty: true},
    {platform: {os: '', architecture: null}, isEmpty: true},
    {platform: {os: '', architecture: 'amd64'}, isEmpty: false},
    {platform: {os: 'linux', architecture: 'amd64'}, isEmpty: false}
  ])('have an empty platform when nothing is in it: $platform $isEmpty', ({platform, isEmpty}) => {
    expect(childOf({platform})).toMatchObject({kind: 'child', hasEmptyPlatform: isEmpty})
  })

  it('have the features of their platform, without those that are null', () => {
    const platform = {os: 'windows', architecture: 'amd64', 'os.features': [null, 'win32k']}
    expect(childOf({platform})).toMatchObject({platform: {osFeatures: ['win32k']}})
  })

  it('keep their media type when they are broken', () => {
    expect(childOf({size: -1})).toMatchObject({kind: 'broken', mediaType: OCI.manifest, isUntyped: false})
    expect(childOf({mediaType: ''})).toMatchObject({kind: 'broken', mediaType: '', isUntyped: true})
  })

  it.each([null, {}])('are kept as broken when they are %j', child => {
    const decoded = decode({...INDEX, manifests: [child, CHILD]})
    expect(decoded).toMatchObject({ok: true, value: {entries: [{kind: 'broken'}, {kind: 'child'}]}})
  })

  it('have their platform with variant and build, in normal form', () => {
    const platform = {
      os: 'windows',
      architecture: 'x86_64',
      variant: 'v1',
      'os.version': '10.0.20348.1',
      features: ['x']
    }
    expect(childOf({platform})).toMatchObject({
      platform: {os: 'windows', architecture: 'amd64', osVersion: '10.0.20348.1'}
    })
  })

  it('are all read, also those of unknown types', () => {
    const {index} = makeIndex({
      children: [makeImage()],
      editIndex: right => ({...right, manifests: [...right.manifests, {...CHILD, mediaType: 'application/x'}]})
    })
    const decoded = decodeManifest(index.bytes, undefined)
    expect(
      decoded.ok && decoded.value.kind === 'index' && childrenOf(decoded.value).map(({mediaType}) => mediaType)
    ).toEqual([OCI.manifest, 'application/x'])
  })
})

describe('decodeManifest and decodeConfig', () => {
  // A right document with one place in it replaced by anything: closest to what a broken publisher makes.
  const replaced = (document: unknown, pick: readonly number[], value: unknown): unknown => {
    if (pick.length === 0 || typeof document !== 'object' || document === null) return value
    const keys = Object.keys(document)
    const key = keys[(pick[0] ?? 0) % Math.max(keys.length, 1)]
    if (key === undefined) return value
    const inner = replaced((document as Json)[key], pick.slice(1), value)
    return Array.isArray(document)
      ? document.map((item, at) => (String(at) === key ? inner : (item as unknown)))
      : {...document, [key]: inner}
  }
  const oddities = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom<unknown>(null, -1, 1.5, 2 ** 53, '', '__proto__', 'constructor', DIGEST, 'sha256:..', CONFIG, [
      LAYER
    ])
  )
  const CONFIG_DOCUMENT = {
    os: 'linux',
    architecture: 'arm64',
    variant: 'v8',
    rootfs: {type: 'layers', diff_ids: [DIGEST, DIGEST]}
  }

  it('answer for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.option(fc.string(), {nil: undefined}), (bytes, announced) => {
        expect([decodeManifest(bytes, announced).ok, decodeConfig(bytes).ok]).toEqual([false, false])
      })
    )
  })

  it('answer for any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        for (const decoded of [decode(value), decodeConfig(bytesOf(value))])
          expect(decoded.ok ? 'taken' : decoded.reason).not.toBe('')
      })
    )
  })

  it('take nothing but sizes that count and digests that are digests, whatever is changed', () => {
    const documents = fc.constantFrom<unknown>(MANIFEST, INDEX)
    fc.assert(
      fc.property(documents, fc.array(fc.nat(7), {maxLength: 4}), oddities, (document, pick, value) => {
        const decoded = decode(replaced(document, pick, value))
        if (!decoded.ok) return
        const {value: found} = decoded
        const descriptors: readonly Descriptor[] =
          found.kind === 'index' ? childrenOf(found) : [found.config, ...found.layers]
        for (const {mediaType, digest, size} of descriptors) {
          expect(mediaType).not.toBe('')
          expect(parseDigest(digest).ok).toBe(true)
          expect(Number.isSafeInteger(size) && size >= 0).toBe(true)
        }
      }),
      {numRuns: 2000}
    )
  })

  it('take no diff_id that is no digest, whatever is changed', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(7), {maxLength: 4}), oddities, (pick, value) => {
        const decoded = decodeConfig(bytesOf(replaced(CONFIG_DOCUMENT, pick, value)))
        for (const diffId of decoded.ok ? decoded.value.diffIds : []) expect(parseDigest(diffId).ok).toBe(true)
      }),
      {numRuns: 1000}
    )
  })
})

describe('showJson', () => {
  it.each([
    {value: undefined, shown: 'missing'},
    {value: [1], shown: 'a list'},
    {value: {a: 1}, shown: 'an object'},
    {value: null, shown: 'null'},
    {value: 'a"b', shown: String.raw`"a\"b"`}
  ])('writes $value as $shown', ({value, shown}) => {
    expect(showJson(value)).toBe(shown)
  })
})

describe('ACCEPT_MANIFEST', () => {
  it('names every type that is decoded, since registries answer 404 to what they were not offered', () => {
    expect(ACCEPT_MANIFEST.split(', ')).toEqual([OCI.index, DOCKER.index, OCI.manifest, DOCKER.manifest])
  })
})
