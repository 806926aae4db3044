// Configs: what is read of them, and what engines could not decode.

import {describe, expect, it} from '@jest/globals'
import {decodeConfig} from '../../src/oci/image-config.ts'
import {makeImage} from '../support/images.ts'

const DIGEST = `sha256:${'a'.repeat(64)}`

function bytesOf(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value))
}

describe('decodeConfig', () => {
  const ROOTFS = {type: 'layers', diff_ids: [DIGEST]}

  it('reads platform and diff_ids', () => {
    const {config, layers} = makeImage({platform: 'linux/arm/v6'})
    expect(decodeConfig(config.bytes)).toEqual({
      ok: true,
      value: {
        platform: {os: 'linux', architecture: 'arm', variant: 'v6'},
        diffIds: layers.map(({diffId}) => diffId),
        created: '2025-06-04T00:00:00Z'
      }
    })
  })

  it.each<{
    readonly name: string
    readonly created: unknown
    readonly version: unknown
    readonly kept: readonly string[]
  }>([
    {
      name: 'a date and a version',
      ...{created: '2025-06-04T00:00:00.123456789+02:00', version: '8.3.24-cli'},
      kept: ['created', 'version']
    },
    {name: 'a version that is free text', created: undefined, version: '8.3.24\n::error::x', kept: []},
    {
      name: 'as long as a date with nanoseconds and a version may be',
      ...{created: '2025-06-04T00:00:00.123456789+02:00', version: '1'.repeat(64)},
      kept: ['created', 'version']
    },
    {
      name: 'longer than that',
      ...{created: '2025-06-04T00:00:00.1234567890+02:00', version: '1'.repeat(65)},
      kept: []
    },
    {name: 'neither', created: undefined, version: '', kept: []},
    {name: 'no text in the label', created: '2025-06-04T00:00:00Z', version: {}, kept: ['created']}
  ])('keeps what it says of itself when that is $name', ({created, version, kept}) => {
    const document = {created, config: {Labels: {'org.opencontainers.image.version': version}}, rootfs: ROOTFS}
    const value = Object.fromEntries(Object.entries({created, version}).filter(([name]) => kept.includes(name)))
    expect(decodeConfig(bytesOf(document))).toEqual({ok: true, value: {diffIds: [DIGEST], ...value}})
  })

  it.each([
    {name: 'no platform', document: {rootfs: ROOTFS}, value: {diffIds: [DIGEST]}},
    {name: 'an os without an architecture', document: {os: 'linux', rootfs: ROOTFS}, value: {diffIds: [DIGEST]}},
    {
      name: 'an architecture without an os',
      document: {architecture: 'arm64', rootfs: ROOTFS},
      value: {diffIds: [DIGEST]}
    },
    {name: 'an empty platform', document: {os: '', architecture: '', rootfs: ROOTFS}, value: {diffIds: [DIGEST]}},
    {name: 'no layers', document: {rootfs: {diff_ids: []}}, value: {diffIds: []}},
    {name: 'no diff_ids', document: {rootfs: {type: 'layers'}}, value: {diffIds: []}},
    {name: 'diff_ids that are null', document: {rootfs: {diff_ids: null}}, value: {diffIds: []}},
    {
      name: 'labels that are no labels',
      document: {config: {Labels: 1, Cmd: 'x'}, rootfs: ROOTFS},
      value: {diffIds: [DIGEST]}
    }
  ])('takes $name', ({document, value}) => {
    expect(decodeConfig(bytesOf(document))).toEqual({ok: true, value})
  })

  it.each([
    {name: 'no rootfs', document: {os: 'linux'}, why: 'rootfs is missing'},
    {name: 'a rootfs that is a list', document: {rootfs: [ROOTFS]}, why: 'rootfs is a list'},
    {name: 'an os that is a number', document: {os: 1, rootfs: ROOTFS}, why: 'os is 1, not a string'},
    {name: 'no diff_id in the list', document: {rootfs: {diff_ids: [null]}}, why: 'rootfs.diff_ids[0] is null'},
    {name: 'a diff_id that is a number', document: {rootfs: {diff_ids: [DIGEST, 1]}}, why: 'rootfs.diff_ids[1] is 1'},
    {
      name: 'a diff_id that is a path',
      document: {rootfs: {diff_ids: ['sha256:../../x']}},
      why: 'rootfs.diff_ids[0] is "sha256:../../x"'
    },
    {name: 'the empty descriptor of an artifact', document: {}, why: 'rootfs is missing'}
  ])('refuses $name', ({document, why}) => {
    expect(decodeConfig(bytesOf(document))).toEqual({ok: false, reason: expect.stringContaining(why)})
  })

  // As Go's time.Time: neither image store pulls an image whose config has another.
  it.each(['', '4 June 2025', '2025-06-04', '2025-06-04T00:00:00', '2025-02-30T00:00:00Z', '2025-06-04T24:00:00Z'])(
    'refuses %j for the time of its creation',
    created => {
      expect(decodeConfig(bytesOf({created, rootfs: ROOTFS}))).toEqual({
        ok: false,
        reason: expect.stringContaining('RFC 3339')
      })
    }
  )

  it('takes a time of creation that is null', () => {
    expect(decodeConfig(bytesOf({created: null, rootfs: ROOTFS})).ok).toBe(true)
  })

  it('refuses a config that has its diff_ids twice', () => {
    const text = `{"rootfs":{"diff_ids":["${DIGEST}"],"diff_ids":[]}}`
    expect(decodeConfig(Buffer.from(text))).toEqual({ok: false, reason: expect.stringContaining('twice')})
  })
})
