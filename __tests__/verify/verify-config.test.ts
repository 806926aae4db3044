// A config swept: every byte flipped and every length cut, and all of them refused.

import {describe, expect, it} from '@jest/globals'
import {MAX_CONFIG_BYTES, checkConfigSize, verifyConfig} from '../../src/verify/verify-config.ts'
import {makeImage} from '../support/images.ts'
import '../support/matchers.ts'
import {flippedAt, responseWith} from '../support/responses.ts'

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
