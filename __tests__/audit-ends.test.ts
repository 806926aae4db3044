// How an audit ends, as a process: cut short by the time limit or a signal, with nothing to check, without any answer, and with files that
// cannot be written. It says what it did not do, and the exit code is 1.

import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it, jest} from '@jest/globals'
import {runAuditAction, type AuditRun} from './support/audit-run.ts'
import {type FaultRegistry, type FaultRegistryOptions, startFaultRegistry} from './support/fault-registry.ts'
import {ociError} from './support/fault.ts'
import {makePublished} from './support/images.ts'
import {publish} from './support/registry-content.ts'
import type {RunActionOptions} from './support/run-action.ts'

jest.setTimeout(60_000)

const TAG = '1.2.3'
const PUBLISHED = makePublished({seed: 980, platforms: ['linux/amd64']})
const NAMES = ['acme/one', 'acme/two', 'acme/slow']

let workspace: string
const started: FaultRegistry[] = []
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'verified-image-audit-'))
})
afterEach(async () => {
  await Promise.all(started.splice(0).map(registry => registry.close()))
  await rm(workspace, {recursive: true, force: true})
})

async function start(options: FaultRegistryOptions = {}): Promise<FaultRegistry> {
  const registry = await startFaultRegistry({content: NAMES.map(name => publish(name, TAG, PUBLISHED)), ...options})
  started.push(registry)
  return registry
}

function audit(inputs: Readonly<Record<string, string>>, options: RunActionOptions = {}): Promise<AuditRun> {
  return runAuditAction(inputs, {cwd: workspace, ...options})
}

function imagesAt({host}: FaultRegistry): string {
  return NAMES.map(name => `${host}/${name}:${TAG}`).join('\n')
}

const SILENT = {on: 'any', repository: 'acme/slow', times: 'always', do: {kind: 'hang'}} as const
const LOST = {on: 'config', repository: 'acme/two', times: 'always', do: ociError(404, 'BLOB_UNKNOWN')} as const

describe('an audit that is cut short', () => {
  it('by the time limit reports what it found, names the images that it did not check, and writes no SARIF', async () => {
    const registry = await start({faults: [SILENT, LOST]})
    const run = await audit({image: imagesAt(registry), timeout: '3s', sarif: 'audit.sarif'})
    expect([run.exitCode, run.report.outcome, run.report.failure?.kind]).toEqual([1, 'failed', 'timed-out'])
    expect(run.findings).toEqual({'child-gone': 1})
    expect(run.report.images.map(({image}) => image)).toHaveLength(2)
    expect(run.report.notChecked).toEqual([`${registry.host}/acme/slow:${TAG}`])
    expect(run.summary).toContain('2 of 3 images were checked.')
    expect(run.summary).toContain('1 image not checked')
    expect(run.outputs['sarif']).toBeUndefined()
  })

  it('by a signal says that it was canceled', async () => {
    const registry = await start({faults: [SILENT]})
    // The cost is said before the first request.
    const signalAfter = {signal: 'SIGINT', line: /HEAD for every other object/} as const
    const run = await audit({image: imagesAt(registry), sarif: 'audit.sarif'}, {signalAfter})
    expect([run.exitCode, run.report.outcome]).toEqual([1, 'cancelled'])
    expect(run.report.notChecked).toContain(`${registry.host}/acme/slow:${TAG}`)
    expect(run.summary).toContain('The job was canceled before everything was checked.')
    expect(run.outputs['sarif']).toBeUndefined()
  })
})

describe('an audit without a result', () => {
  it('fails when files has no image', async () => {
    await writeFile(join(workspace, 'Dockerfile'), '# FROM nothing\nFROM scratch\n')
    const run = await audit({files: 'Dockerfile'})
    expect([run.exitCode, run.report.outcome]).toEqual([1, 'failed'])
    expect(run.report.inputFaults.map(({input}) => input)).toEqual(['files'])
  })

  it('fails when files matches no file', async () => {
    const run = await audit({files: 'missing/**'})
    expect([run.exitCode, run.report.outcome]).toEqual([1, 'failed'])
    expect(run.report.inputFaults.map(({input}) => input)).toEqual(['files'])
  })

  it('fails when every registry denies access, and does not say that none answered', async () => {
    const registry = await start({faults: [{on: 'any', times: 'always', do: ociError(401, 'UNAUTHORIZED')}]})
    const run = await audit({image: imagesAt(registry), 'fail-on': ''})
    expect([run.exitCode, run.report.outcome]).toEqual([1, 'failed'])
    expect(run.findings).toEqual({denied: 3})
    expect(run.report.failure?.message).toBe('nothing could be checked: no registry said what it has of 3 images')
  })

  it('is complete when one of its images was answered for, by HTTP 404 too', async () => {
    const registry = await start()
    const run = await audit({image: `${registry.host}/acme/never:${TAG}`})
    expect([run.exitCode, run.report.outcome, run.findings]).toEqual([0, 'findings', {'tag-gone': 1}])
    // Nothing says that it was ever there.
    expect(run.report.findings[0]?.message).toContain('does not have the tag')
  })
})

describe('files', () => {
  it('that name one image have a line each', async () => {
    const registry = await start({faults: [LOST]})
    await mkdir(join(workspace, 'web app'))
    const name = `${registry.host}/acme/two:${TAG}`
    await writeFile(join(workspace, 'Dockerfile'), `FROM ${name}\n`)
    await writeFile(join(workspace, 'web app', 'compose.yaml'), `services:\n  web:\n    image: ${name}\n`)
    const run = await audit({files: 'Dockerfile\nweb app/compose.yaml', sarif: 'reports/audit 1.sarif'})
    expect(run.report.findings.map(({locations}) => locations)).toEqual([
      [
        {file: 'Dockerfile', line: 1},
        {file: 'web app/compose.yaml', line: 3}
      ]
    ])
    expect(run.annotations.filter(({level}) => level === 'error')).toMatchObject([
      {file: 'Dockerfile', line: '1', message: expect.stringContaining('web app/compose.yaml:3') as unknown}
    ])
    const sarif = await readFile(run.outputs['sarif'] ?? '', 'utf8')
    expect(sarif).toContain('"uri": "web%20app/compose.yaml"')
    expect(run.outputs['sarif']).toBe(join(workspace, 'reports/audit 1.sarif'))
  })

  it('that cannot be written fail the step, and the summary says so', async () => {
    const registry = await start()
    await mkdir(join(workspace, 'audit.sarif'))
    const run = await audit({image: imagesAt(registry), sarif: 'audit.sarif'})
    expect([run.exitCode, run.report.outcome, run.findings]).toEqual([1, 'clean', {}])
    expect(run.summary).toMatch(/^### ❌/)
    expect(run.summary).toContain('audit.sarif cannot be written')
  })
})

describe('fail-on', () => {
  it.each(['none', 'all', 'digest-gone,unknown-kind', 'Digest-Gone'])('is no kind of finding: %s', async value => {
    const registry = await start()
    const run = await audit({image: imagesAt(registry), 'fail-on': value})
    expect([run.exitCode, run.report.inputFaults.map(({input}) => input)]).toEqual([1, ['fail-on']])
    expect(registry.journal).toEqual([])
  })

  it('takes lines and commas, and a kind twice', async () => {
    const registry = await start({faults: [LOST]})
    const run = await audit({image: imagesAt(registry), 'fail-on': 'tag-gone, tag-gone\n\n child-gone'})
    expect([run.exitCode, run.report.failOn]).toEqual([1, ['tag-gone', 'child-gone']])
  })
})
