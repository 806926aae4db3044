// A config swept: every byte flipped and every length cut, and all of them refused.

import {describe, expect, it} from '@jest/globals'
import type {ImageConfig} from '../../src/oci/image-config.ts'
import type {ImageManifest} from '../../src/oci/manifest.ts'
import {MAX_CONFIG_BYTES, checkConfigSize, checkLayerCount, verifyConfig} from '../../src/verify/verify-config.ts'
import {makeImage} from '../support/images.ts'
import '../support/matchers.ts'
import {descriptorFor, flippedAt, responseWith} from '../support/responses.ts'

const {config} = makeImage()

describe('verifyConfig', () => {
  it('takes the config, and refuses it with any byte flipped or cut at any length', async () => {
    expect((await verifyConfig(responseWith(config.bytes), config)).digest).toBe(config.digest)
    for (const at of config.bytes.keys()) {
      await expect(verifyConfig(responseWith(flippedAt(config.bytes, at)), config)).toFailWith('corrupt')
      const cut = responseWith(config.bytes.subarray(0, at))
      await expect(verifyConfig(cut, config)).toFailWith('corrupt', {gotBytes: at})
    }
  })
})

describe('verifyConfig, of a config that is what its publisher made', () => {
  it('refuses another size than the descriptor says', async () => {
    await expect(verifyConfig(responseWith(config.bytes), {...config, size: config.size + 1})).toFailWith('unusable', {
      detail: expect.stringContaining(`its descriptor says ${String(config.size + 1)}`)
    })
  })

  it('refuses what is not a config', async () => {
    const bytes = Buffer.from('[]')
    const expected = descriptorFor(bytes, config.mediaType)
    await expect(verifyConfig(responseWith(bytes), expected)).toFailWith('unusable', {
      detail: `it is not a JSON object (${expected.digest})`
    })
  })
})

describe('checkLayerCount', () => {
  const manifest = (count: number): ImageManifest =>
    ({layers: Array.from({length: count}, () => config)}) as unknown as ImageManifest
  const image = (count: number): ImageConfig => ({diffIds: Array.from({length: count}, () => config.digest)})

  it('refuses fewer and more diff_ids than layers', async () => {
    expect(() => {
      checkLayerCount(manifest(2), image(2))
    }).not.toThrow()
    for (const count of [1, 3])
      await expect(() => {
        checkLayerCount(manifest(2), image(count))
      }).toFailWith('unusable', {object: 'config', detail: `it has ${String(count)} diff_ids for 2 layers`})
  })
})

describe('checkConfigSize', () => {
  it('refuses a config with one byte over the limit as unusable', () => {
    expect(() => {
      checkConfigSize({...config, size: MAX_CONFIG_BYTES})
    }).not.toThrow()
    expect(() => {
      checkConfigSize({...config, size: MAX_CONFIG_BYTES + 1})
    }).toThrow('the limit is 4194304')
  })
})
