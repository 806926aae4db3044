// The weekly workflow as a whole, on loopback: the lock file is renewed, the mirror is filled, and the audit finds nothing. Then the
// registry loses the image, and the audit says where it still is.

import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterEach, beforeEach, expect, it, jest} from '@jest/globals'
import {runAuditAction, type AuditRun} from './support/audit-run.ts'
import {type DockerRegistry, startDockerRegistry} from './support/docker-registry.ts'
import {makePublished} from './support/images.ts'
import {describeWith} from './support/programs.ts'
import {runAction} from './support/run-action.ts'

jest.setTimeout(120_000)

const MIRROR = fileURLToPath(new URL('../dist/mirror/index.js', import.meta.url))
const PUBLISHED = makePublished({seed: 990})

describeWith(['docker-registry', 'registry'], 'lock, mirror, and audit', () => {
  let workspace: string
  let hub: DockerRegistry
  let own: DockerRegistry

  beforeEach(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'verified-image-recipe-'))
    ;[hub, own] = await Promise.all([startDockerRegistry(), startDockerRegistry({program: 'registry'})])
    await hub.push('acme/app', '1.2.3', PUBLISHED)
    await writeFile(join(workspace, 'Dockerfile'), `FROM ${hub.host}/acme/app:1.2.3\n`)
  })
  afterEach(async () => {
    await Promise.all([hub, own].map(registry => registry.close()))
    await rm(workspace, {recursive: true, force: true})
  })

  function audit(): Promise<AuditRun> {
    return runAuditAction({files: 'Dockerfile', mirrors: `${hub.host}=${own.host}`, verify: 'full'}, {cwd: workspace})
  }

  it('agree with each other', async () => {
    const shared = {files: 'Dockerfile', 'public-mirrors': ''}
    const lock = await runAction({...shared, platform: 'all', lock: 'update'}, {cwd: workspace})
    expect(lock.exitCode).toBe(0)
    expect((await audit()).findings).toEqual({'mirror-lacks': 1})
    const mirror = await runAction({...shared, to: `${hub.host}=${own.host}`}, {cwd: workspace, entry: MIRROR})
    expect(mirror.exitCode).toBe(0)
    const clean = await audit()
    expect([clean.exitCode, clean.findings]).toEqual([0, {}])
    await rm(hub.blobPath(PUBLISHED.index.digest))
    const gone = await audit()
    expect(gone.findings).toEqual({'digest-gone': 1})
    expect(gone.report.findings[0]?.message).toContain(`${own.host}/acme/app has it`)
  })
})
