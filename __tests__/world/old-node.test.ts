// A runner that starts the action with an older Node than action.yml asks for, as act does with the one that is first in PATH.

import {spawnSync} from 'node:child_process'
import {existsSync, realpathSync} from 'node:fs'
import {delimiter, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {describe, expect, it} from '@jest/globals'

const ENTRY = fileURLToPath(new URL('../../dist/index.js', import.meta.url))

function started(program: string, args: readonly string[]): {readonly code: number | null; readonly said: string} {
  const {status, stdout, stderr} = spawnSync(program, [...args, ENTRY], {
    encoding: 'utf8',
    env: {PATH: process.env['PATH'] ?? '', GITHUB_ACTIONS: 'true', INPUT_IMAGE: '127.0.0.1:1/acme/app:1'},
    timeout: 30_000
  })
  return {code: status, said: stdout + stderr}
}

// The version, and what that version lacks.
function pretend(version: string): readonly string[] {
  const versions = `Object.defineProperty(process, 'versions', {value: {...process.versions, node: '${version}'}})`
  const code = `Object.defineProperty(process, 'version', {value: 'v${version}'}); ${versions}; ${Number.parseInt(version, 10) < 22 ? 'delete Promise.withResolvers' : ''}`
  return ['--import', `data:text/javascript,${encodeURIComponent(code)}`]
}

function expectOneSentence({code, said}: ReturnType<typeof started>, version: string): void {
  expect(code).toBe(1)
  expect(said.split('\n').filter(line => line !== '')).toEqual([expect.stringMatching(/^::error.*Node(?:\.js)? 24/)])
  expect(said).toContain(version)
}

describe('an older Node', () => {
  it.each(['12.22.12', '16.20.2', '18.20.8', '20.20.2', '21.7.3', '22.22.0', '23.11.1'])(
    '%s is told in one sentence',
    version => {
      expectOneSentence(started(process.execPath, pretend(version)), version)
    }
  )

  it('is not a later one than 24.0.0', () => {
    for (const version of ['24.0.0', '25.1.0', '100.0.0']) {
      const {code, said} = started(process.execPath, pretend(version))
      expect(code).toBe(1)
      expect(said).not.toMatch(/Node(?:\.js)? 24/)
    }
  })

  // Those of this machine: real ones lack more than can be taken from a newer one.
  const real = (process.env['PATH'] ?? '').split(delimiter).map(folder => join(folder, 'node'))
  const old = [...new Set(real.filter(existsSync).map(path => realpathSync(path)))].flatMap(program => {
    const version = spawnSync(program, ['-p', 'process.versions.node'], {encoding: 'utf8'}).stdout.trim()
    return Number.parseInt(version, 10) < 24 ? [{program, version}] : []
  })
  for (const {program, version} of old)
    it(`${program} is told in one sentence`, () => {
      expectOneSentence(started(program, []), version)
    })
})
