// The lock file is what was reviewed, or it is refused: its digests, its platforms, its place. The action as a process.

import {execFileSync} from 'node:child_process'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import type {Fault} from '../support/fault.ts'
import {type FaultRegistry, startFaultRegistry} from '../support/fault-registry.ts'
import {messagesOf} from '../support/hub-and-mirrors.ts'
import {type Index, jsonBlob, makePublished, mediaTypesOf} from '../support/images.ts'
import {publish} from '../support/registry-content.ts'
import {type ActionRun, runAction} from '../support/run-action.ts'

const REVIEWED = makePublished({seed: 21})
const EVIL = makePublished({seed: 22})
const OLDER = makePublished({seed: 23})
const NAME = 'acme/app'

let cwd: string
let elsewhere: string
let registry: FaultRegistry
beforeEach(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'verified-image-locked-'))
  elsewhere = mkdtempSync(join(tmpdir(), 'verified-image-elsewhere-'))
  registry = await startFaultRegistry({content: [publish(NAME, '1.2.3', REVIEWED), publish(NAME, '1.2.2', OLDER)]})
})
afterEach(async () => {
  await registry.close()
  for (const folder of [cwd, elsewhere]) rmSync(folder, {recursive: true})
})

const LOCK = 'image-lock.json'
function lockPath(): string {
  return join(cwd, LOCK)
}
function run(inputs: Readonly<Record<string, string>> = {}): Promise<ActionRun> {
  return runAction({image: `${registry.host}/${NAME}:1.2.3`, platform: 'linux/amd64', backoff: '5ms', ...inputs}, {cwd})
}
async function lockFor(inputs: Readonly<Record<string, string>> = {}): Promise<string> {
  expect((await run({lock: 'update', ...inputs})).exitCode).toBe(0)
  return readFileSync(lockPath(), 'utf8')
}
/** The tag is another image from now on; the reviewed one stays, without a tag. */
function move(to: Index = EVIL): void {
  registry.addContent(publish(NAME, '1.2.3', to))
}

type Locked = {readonly images: Record<string, {digest: string; size: number; platforms: Record<string, object>}>}

describe('a lock file whose digest alone was changed', () => {
  const platformOf = ({children}: Index, at: number): object => ({
    digest: children[at]?.manifest.digest,
    imageId: children[at]?.config.digest
  })

  it.each<{readonly name: string; readonly platforms: Record<string, object>}>([
    {name: 'with what was reviewed of the other image', platforms: {'linux/amd64': platformOf(REVIEWED, 0)}},
    {name: 'and platforms emptied', platforms: {}},
    {name: 'and platforms named for another one', platforms: {'linux/s390x': platformOf(EVIL, 0)}},
    {name: 'and only one of two platforms left', platforms: {'linux/arm64': platformOf(EVIL, 1)}},
    {name: 'and a platform that is a key of objects', platforms: {['__proto__']: platformOf(EVIL, 0)}}
  ])('is refused $name', async ({platforms}) => {
    const before = JSON.parse(await lockFor()) as Locked
    const [name = ''] = Object.keys(before.images)
    const entry = before.images[name]
    if (entry === undefined) throw new Error('it was locked')
    const {index} = EVIL
    const forged = {...entry, digest: index.digest, size: index.size}
    // Written as text, since an object has no __proto__ of its own.
    const text = JSON.stringify({version: 1, images: {[name]: {...forged, platforms: 0}}})
    const written = Object.entries(platforms).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`)
    writeFileSync(lockPath(), text.replace('"platforms":0', `"platforms":{${written.join(', ')}}`))
    move()
    const refused = await run()
    expect(refused.exitCode).toBe(1)
    expect(refused.outputs['reference']).toBeUndefined()
    expect(messagesOf(refused)).toContain(`images["${name}"].platforms`)
    expect(messagesOf(refused)).toContain('Run this step once with lock: update')
  })

  it('is taken when all of it is that of the other image: then it was reviewed as such', async () => {
    move()
    await lockFor()
    expect((await run()).outputs).toMatchObject({digest: EVIL.index.digest})
  })

  it.each(['manifest', 'config', 'layers', 'full'])(
    'needs no more than the platforms, with verify: %s',
    async level => {
      await lockFor({verify: level})
      for (const verify of ['manifest', 'full']) expect((await run({verify})).exitCode).toBe(0)
    }
  )
})

describe('a lock file that is not there', () => {
  it('is an error with lock: require', async () => {
    const refused = await run({lock: 'require'})
    expect(refused.exitCode).toBe(1)
    expect(messagesOf(refused)).toContain('lock: require needs it')
    expect(registry.requests()).toEqual([])
  })

  it('is said with lock: enforce and a name that somebody wrote, and not with the default one', async () => {
    expect(messagesOf(await run({'lock-file': 'pins.json'}))).toContain(
      'With lock: require, a missing file is an error'
    )
    expect((await run()).annotations).toEqual([])
  })
})

describe('a locked tag that moved', () => {
  const lie = (digest: string): Fault => ({
    ...{on: 'manifest', reference: '1.2.3', times: 'always'},
    do: {kind: 'headers', set: {'docker-content-digest': digest}}
  })
  const third = makePublished({seed: 29}).index.digest

  it.each([
    {name: 'the locked one', digest: REVIEWED.index.digest},
    {name: 'a third one', digest: third}
  ])('has moved also when its registry calls its digest $name: no older tag is used', async ({digest}) => {
    await lockFor({'fallback-tags': '1.2.2'})
    await registry.close()
    const text = readFileSync(lockPath(), 'utf8')
    const host = registry.host
    registry = await startFaultRegistry({
      content: [publish(NAME, '1.2.3', EVIL), publish(NAME, '1.2.2', OLDER)],
      faults: [lie(digest)]
    })
    writeFileSync(lockPath(), text.replaceAll(host, registry.host))
    const refused = await run({'fallback-tags': '1.2.2'})
    expect(refused.exitCode).toBe(1)
    expect(refused.outputs['reference']).toBeUndefined()
    expect(messagesOf(refused)).toContain('Cause: tag-moved')
    expect(JSON.stringify(refused.report)).not.toContain('fallbacks')
  })
})

describe('a locked tag that is no image any more', () => {
  it('has moved: no older tag is used, though nothing serves the locked digest', async () => {
    await lockFor({'fallback-tags': '1.2.2'})
    await registry.close()
    const text = readFileSync(lockPath(), 'utf8')
    const host = registry.host
    const {manifest: mediaType} = mediaTypesOf('oci')
    const empty = {mediaType: 'application/vnd.oci.empty.v1+json', digest: EVIL.index.digest, size: 2}
    const artifact = jsonBlob(mediaType, {schemaVersion: 2, mediaType, config: empty, layers: []})
    registry = await startFaultRegistry({
      content: [
        {repository: NAME, tags: {'1.2.3': artifact.digest}, manifests: [artifact], blobs: []},
        publish(NAME, '1.2.2', OLDER)
      ]
    })
    writeFileSync(lockPath(), text.replaceAll(host, registry.host))
    const refused = await run({'fallback-tags': '1.2.2'})
    expect(refused.exitCode).toBe(1)
    expect(refused.outputs['reference']).toBeUndefined()
    expect(JSON.stringify(refused.report)).not.toContain('fallbacks')
  })
})

describe('another thing in place of the lock file', () => {
  it.each(['update', 'enforce', 'require'])('is not followed out of the workspace, with lock: %s', async mode => {
    for (const isThere of [false, true]) {
      const target = join(elsewhere, 'lock.json')
      const text = '{"version": 1, "images": {}}'
      if (isThere) writeFileSync(target, text)
      symlinkSync(target, lockPath())
      const refused = await run({lock: mode})
      expect(refused.exitCode).toBe(1)
      expect(messagesOf(refused)).toContain('a link may not leave that folder')
      expect(readdirSync(elsewhere)).toEqual(isThere ? ['lock.json'] : [])
      if (isThere) expect(readFileSync(target, 'utf8')).toBe(text)
      rmSync(lockPath())
    }
  })

  it('is not followed out of the workspace by its folder', async () => {
    symlinkSync(elsewhere, join(cwd, 'locks'))
    const refused = await run({lock: 'update', 'lock-file': 'locks/image-lock.json'})
    expect(refused.exitCode).toBe(1)
    expect(readdirSync(elsewhere)).toEqual([])
  })

  it('is a file of its own after lock: update, and nothing lies beside it', async () => {
    mkdirSync(join(cwd, 'locks'))
    symlinkSync('locks/image-lock.json', lockPath())
    await lockFor()
    expect(lstatSync(join(cwd, 'locks', LOCK)).isFile()).toBe(true)
    expect(readdirSync(join(cwd, 'locks'))).toEqual([LOCK])
  })

  it.each([LOCK, `${LOCK}.lock`])('does not hang the step when it is a FIFO: %s', async name => {
    execFileSync('mkfifo', [join(cwd, name)])
    const ran = await run({lock: 'update', timeout: '10s'})
    expect(ran.exitCode).toBe(name === LOCK ? 1 : 0)
    expect(ran.elapsedMs).toBeLessThan(10_000)
    expect(existsSync(join(cwd, `${LOCK}.lock`))).toBe(false)
  })
})
