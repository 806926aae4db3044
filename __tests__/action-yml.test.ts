// action.yml, README and the code name the same inputs, outputs and defaults.

import {readFileSync} from 'node:fs'
import {describe, expect, it} from '@jest/globals'
import {VERSION} from '../src/action.ts'
import {INPUT_NAMES} from '../src/adapters/inputs.ts'

const [head = '', tail = ''] = readFileSync('action.yml', 'utf8').split('\noutputs:\n')
const namesIn = (text: string): readonly string[] =>
  [...text.matchAll(/^ {2}([a-z-]+):$/gm)].map(([, name]) => name ?? '')
const readme = readFileSync('README.md', 'utf8')

describe('action.yml', () => {
  it('has the inputs that the code reads', () => {
    expect(namesIn(head)).toEqual(INPUT_NAMES)
  })

  it.each([...namesIn(head), ...namesIn(tail)])('has %s, which README describes', name => {
    expect(readme).toContain(`\n| \`${name}\` |`)
  })

  it('has the version of package.json', () => {
    const {version} = JSON.parse(readFileSync('package.json', 'utf8')) as {version: string}
    expect(VERSION).toBe(version)
  })
})
