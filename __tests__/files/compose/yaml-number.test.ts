// Numbers of Compose files, as docker compose 5.6.0 prints them.
// `docker compose config` is the judge of each row.

import {describe, expect, it} from '@jest/globals'
import {formatYamlNumber} from '../../../src/files/compose/yaml-number.ts'

describe('formatYamlNumber', () => {
  it.each([
    ['1.10', '1.1'],
    ['0755', '493'],
    ['0o17', '15'],
    ['0x1F', '31'],
    ['0b101', '5'],
    ['1_000', '1000'],
    ['1e3', '1000'],
    ['1e1', '10'],
    ['1e21', '1e+21'],
    ['0.00001', '1e-05'],
    ['-3', '-3'],
    ['0', '0'],
    ['20.0', '20'],
    ['123456789012345678901234567890', '1.2345678901234568e+29'],
    ['8.3.8', '8.3.8'],
    ['08', '8'],
    ['true', 'true'],
    ['', '']
  ])('of %s is %s', (text, printed) => {
    expect(formatYamlNumber(text)).toBe(printed)
  })
})
