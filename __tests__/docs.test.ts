// Documents and code say the same: inputs, outputs and defaults of action.yml, the tables in README, the version.

import {readFileSync} from 'node:fs'
import {describe, expect, it} from '@jest/globals'
import {parse} from 'yaml'
import {readAction, renderDocuments} from '../scripts/docs.ts'
import {DEFAULTS} from '../src/adapters/inputs-written.ts'
import {VERSION} from '../src/version.ts'

describe('action.yml', () => {
  it('has the inputs that the code reads, with the same defaults', () => {
    const written = Object.entries(readAction().inputs).map(([name, {default: value = ''}]) => [name, value])
    // The token is what a runner puts in; without a runner there is none.
    expect(written).toEqual(
      Object.entries({...DEFAULTS, 'github-token': '${{ github.token }}'}).map(([name, value]) => [name, value])
    )
  })

  it('has what the Marketplace asks for', () => {
    const {name, description, branding} = parse(readFileSync('action.yml', 'utf8')) as Record<string, unknown>
    expect([name, branding]).toEqual(['verified-image', {icon: 'check-circle', color: 'blue'}])
    expect(String(description).length).toBeLessThanOrEqual(125)
  })

  it('has the version of package.json', () => {
    const {version} = JSON.parse(readFileSync('package.json', 'utf8')) as {version: string}
    expect(VERSION).toBe(version)
    expect(readFileSync('CHANGELOG.md', 'utf8')).toContain(`\n## ${version}\n`)
  })
})

describe('what is made by npm run docs', () => {
  it.each(Object.entries(renderDocuments()))('is up to date in %s', (path, text) => {
    expect(readFileSync(path, 'utf8')).toBe(text)
  })
})
