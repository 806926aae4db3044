// Failures on the runner: files that cannot be written, and bugs. The step fails with the reason, and sets no reference.

import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import {type FaultRegistry, startFaultRegistry} from './support/fault-registry.ts'
import {makeImage} from './support/images.ts'
import {publish} from './support/registry-content.ts'
import {type ActionRun, runAction} from './support/run-action.ts'

let registry: FaultRegistry
let folder: string
beforeEach(async () => {
  registry = await startFaultRegistry({content: [publish('acme/app', '1', makeImage())]})
  folder = await mkdtemp(join(tmpdir(), 'verified-image-local-'))
})
afterEach(async () => {
  await registry.close()
  await rm(folder, {recursive: true})
})

function run(env: Readonly<Record<string, string>>): Promise<ActionRun> {
  return runAction({image: `${registry.host}/acme/app:1`, mirrors: '', platform: 'linux/amd64'}, {env})
}

describe('local-io', () => {
  it('fails the step when the outputs cannot be written, and names the file', async () => {
    const ran = await run({GITHUB_OUTPUT: join(folder, 'missing', 'output')})
    expect(ran).toMatchObject({exitCode: 1, outputs: {}, stderr: ''})
    expect(ran.annotations).toEqual([
      expect.objectContaining({level: 'error', message: expect.stringContaining(join(folder, 'missing', 'output'))})
    ])
  })

  it.each([
    {name: 'is not there', make: () => Promise.resolve()},
    {name: 'is a file', make: (path: string) => writeFile(path, '')}
  ])('fails the step when RUNNER_TEMP $name, so that there is no report', async ({make}) => {
    const temp = join(folder, 'temp')
    await make(temp)
    const ran = await run({RUNNER_TEMP: temp})
    expect(ran).toMatchObject({exitCode: 1, outputs: {}, stderr: '', leftBehind: []})
    expect(ran.annotations).toEqual([
      expect.objectContaining({level: 'error', message: expect.stringContaining('report.json cannot be written')})
    ])
  })
})

// Chance is asked for how long to wait: here it is out of order.
const BROKEN = `Math.random = () => { throw new TypeError('chance is out of order') }`

describe('bug', () => {
  it('is reported with its location in the code, and no other registry is requested', async () => {
    registry.addFault({on: 'manifest', do: {kind: 'respond', status: 503}})
    const ran = await run({NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(BROKEN)}`})
    expect(ran).toMatchObject({exitCode: 1, stderr: '', report: {outcome: 'failed', failure: {kind: 'bug'}}})
    expect(ran.outputs).toEqual({report: expect.anything()})
    // The other annotation is about NODE_OPTIONS.
    expect(ran.annotations.filter(({level}) => level === 'error').map(({message}) => message)).toEqual([
      expect.stringMatching(/TypeError: chance is out of order\n\s+at /)
    ])
    expect(registry.requests()).toEqual(['GET manifest 1'])
  })
})
