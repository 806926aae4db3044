// Lock file and fallback tags in practice: the action as a process, real registries, a git repository, and tags that move.

import {shortenDigests} from '../src/failure/format.ts'
import {execFileSync} from 'node:child_process'
import {existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync, lstatSync} from 'node:fs'
import {mkdtemp, readdir, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest} from '@jest/globals'
import {type DockerRegistry, startDockerRegistry} from './support/docker-registry.ts'
import {type Index, makePublished} from './support/images.ts'
import {describeWith} from './support/programs.ts'
import {type ActionRun, runAction} from './support/run-action.ts'

// Each test is several processes, one after the other.
jest.setTimeout(60_000)

const LOCK = 'image-lock.json'
const TAG = '2.7.35'
let primary: DockerRegistry
let mirror: DockerRegistry
let workspace: string
let repository: string
let seed = 0

beforeAll(async () => {
  ;[primary, mirror] = await Promise.all([startDockerRegistry(), startDockerRegistry()])
})
afterAll(async () => {
  await Promise.all([primary.close(), mirror.close()])
})
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'verified-image-workspace-'))
  repository = `acme/app-${String(++seed)}`
})
afterEach(async () => {
  await rm(workspace, {recursive: true, force: true})
})

function git(...args: readonly string[]): string {
  return execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
    cwd: workspace,
    encoding: 'utf8'
  })
}

let published = 0
async function publish(
  registries: readonly DockerRegistry[],
  tag = TAG,
  created = '2025-06-04T00:00:00Z'
): Promise<Index> {
  const index = makePublished({seed: ++published + 100, editConfig: config => ({...config, created})})
  for (const registry of registries) await registry.push(repository, tag, index)
  return index
}

function nameOf(tag = TAG): string {
  return `${primary.host}/${repository}:${tag}`
}

function run(more: Readonly<Record<string, string>> = {}): Promise<ActionRun> {
  return runAction(
    {
      ...{image: nameOf(), mirrors: `${primary.host}=${mirror.host}`, platform: 'linux/amd64', backoff: '5ms'},
      ...more
    },
    {cwd: workspace}
  )
}

function lockPath(): string {
  return join(workspace, LOCK)
}
function lockText(): string {
  return readFileSync(lockPath(), 'utf8')
}
async function lockFor(): Promise<string> {
  expect((await run({lock: 'update'})).exitCode).toBe(0)
  return lockText()
}
function messages({annotations}: ActionRun): string {
  return annotations.map(({message}) => message).join('\n')
}
function causeOf({report}: ActionRun): unknown {
  return (report as {images: [{diagnosis?: {cause: string}}]}).images[0].diagnosis?.cause
}

describeWith(['docker-registry'], 'a lock file in a repository', () => {
  it('is written, keeps its digest when the tag moves, and is updated with a minimal diff', async () => {
    const first = await publish([primary])
    await primary.push(repository, '1.0.0', first)
    const written = await run({lock: 'update', image: `${nameOf('1.0.0')}\n${nameOf()}`})
    expect(written).toMatchObject({exitCode: 0, annotations: []})
    expect(written.report).toMatchObject({
      lock: {
        file: LOCK,
        mode: 'update',
        changes: [
          {name: nameOf('1.0.0'), change: 'added', to: first.index.digest},
          {name: nameOf(), change: 'added', to: first.index.digest}
        ]
      }
    })
    git('init', '-q')
    git('add', '.')
    git('commit', '-qm', 'lock')

    const second = await publish([primary], TAG, '2026-01-02T03:04:05Z')
    const held = await run()
    expect(held.exitCode).toBe(0)
    expect(held.outputs).toMatchObject({digest: first.index.digest, source: 'primary', tag: TAG})
    expect(held.annotations).toHaveLength(1)
    expect(held.annotations[0]?.level).toBe('warning')
    expect(messages(held)).toContain(
      [
        `locked  ${shortenDigests(first.index.digest)}  created 2025-06-04`,
        `current ${shortenDigests(second.index.digest)}  created 2026-01-02`
      ].join('\n')
    )
    expect(causeOf(held)).toBe('tag-moved')
    expect(git('status', '--porcelain')).toBe('')

    const renewed = await run({lock: 'update'})
    expect(renewed.outputs['digest']).toBe(second.index.digest)
    expect(renewed.log.join('\n')).toContain(
      `${LOCK}: ${nameOf()} changed: ${first.index.digest} -> ${second.index.digest}`
    )
    const diff = git('diff', '--unified=0', '--', LOCK)
      .split('\n')
      .filter(line => /^[-+] /.test(line))
    const child = (index: Index): {digest: string; imageId: string} => ({
      digest: index.children[0]?.manifest.digest ?? '',
      imageId: index.children[0]?.config.digest ?? ''
    })
    const lines = (index: Index): string[] => [index.index.digest, child(index).digest, child(index).imageId]
    expect(diff.filter(line => line.startsWith('-')).map(line => /sha256:\w+/.exec(line)?.[0])).toEqual(lines(first))
    expect(diff.filter(line => line.startsWith('+')).map(line => /sha256:\w+/.exec(line)?.[0])).toEqual(lines(second))
    expect(readFileSync(lockPath(), 'utf8')).toContain(nameOf('1.0.0'))
    expect(await readdir(workspace)).toEqual(expect.arrayContaining(['.git', LOCK]))
    expect(await readdir(workspace)).toHaveLength(2)

    const again = await run({lock: 'update'})
    expect(again.report).toMatchObject({lock: {changes: [{change: 'unchanged'}]}})
  })

  it('adds no requests to a healthy run', async () => {
    await publish([primary])
    const attemptsOf = ({report}: ActionRun): readonly string[] =>
      (report as {images: [{registries: [{attempts: {object: string}[]}]}]}).images[0].registries[0].attempts
        .map(({object}) => object)
        .toSorted()
    const without = attemptsOf(await run())
    await lockFor()
    const locked = await run()
    expect(attemptsOf(locked)).toEqual(without)
    expect(locked.annotations).toEqual([])
    expect(locked.report).toMatchObject({images: [{decidedBy: 'lock'}], lock: {mode: 'enforce', changes: []}})
  })

  it('pins the image of a mirror when primary and mirror disagree about the tag', async () => {
    const locked = await publish([primary])
    await lockFor()
    await publish([primary])
    // The mirror has another one under the tag, and the locked one without a tag.
    await mirror.push(repository, 'old', locked)
    await publish([mirror])
    rmSync(primary.blobPath(locked.index.digest))
    const held = await run()
    expect(held.outputs).toMatchObject({digest: locked.index.digest, source: 'mirror', registry: mirror.host})
    expect(messages(held)).toContain(`${primary.host} no longer has the locked image`)
    expect(causeOf(held)).toBe('tag-moved')
  })

  it('ends in an error with both digests when the locked one is gone everywhere, and uses no fallback tag', async () => {
    const locked = await publish([primary, mirror])
    await publish([primary, mirror], '2.7.34')
    await run({lock: 'update', 'fallback-tags': '2.7.34'})
    const now = await publish([primary])
    const other = await publish([mirror])
    for (const registry of [primary, mirror]) rmSync(registry.blobPath(locked.index.digest))
    const lost = await run({'fallback-tags': '2.7.34'})
    expect(lost.exitCode).toBe(1)
    expect(lost.outputs['reference']).toBeUndefined()
    for (const digest of [locked, now, other].map(({index}) => index.digest))
      expect(messages(lost)).toContain(shortenDigests(digest))
    expect(messages(lost)).toContain('To accept the new image, run once with lock: update')
    expect(causeOf(lost)).toBe('tag-moved')
    expect(JSON.stringify(lost.report)).not.toContain('fallbacks')
  })

  it('requests the locked digest when the tag was deleted, and logs it', async () => {
    const locked = await publish([primary])
    await lockFor()
    rmSync(join(primary.storage, 'content/docker/registry/v2/repositories', repository, '_manifests/tags', TAG), {
      recursive: true
    })
    const held = await run()
    expect(held.outputs).toMatchObject({digest: locked.index.digest, source: 'primary'})
    expect(held.log.join('\n')).toContain(`the tag ${TAG} no longer points to an image`)
  })

  it('fails for an image that it lacks, with the advice to add it', async () => {
    await publish([primary])
    await lockFor()
    await publish([primary], '2.7.36')
    const refused = await run({image: nameOf('2.7.36')})
    expect(refused.exitCode).toBe(1)
    expect(refused.annotations.map(({title}) => title)).toEqual(['The lock file does not match'])
    expect(messages(refused)).toContain(`${nameOf('2.7.36')} is not in ${LOCK}`)
    expect(messages(refused)).toContain('Example: lock: update')
    expect((await run({image: nameOf('2.7.36'), lock: 'off'})).exitCode).toBe(0)
  })

  it('does not override a digest in the reference, and warns when they differ', async () => {
    await publish([primary])
    await lockFor()
    const other = await publish([primary])
    const asked = await run({image: `${nameOf()}@${other.index.digest}`})
    expect(asked.outputs['digest']).toBe(other.index.digest)
    expect(messages(asked)).toContain('One of the two is out of date')
  })

  it('gets no entry for an image that was not verified when another one was', async () => {
    const broken = await publish([primary])
    writeFileSync(primary.blobPath(broken.children[0]?.config.digest ?? ''), '{}')
    const fine = await publish([primary], '1.0.0')
    const mixed = await run({lock: 'update', image: `${nameOf()}\n${nameOf('1.0.0')}`})
    expect(mixed.exitCode).toBe(1)
    expect(Object.keys((JSON.parse(lockText()) as {images: object}).images)).toEqual([nameOf('1.0.0')])
    expect(lockText()).toContain(fine.index.digest)
  })

  it('keeps an entry when the primary cannot resolve the tag, whatever a mirror resolves', async () => {
    const locked = await publish([primary, mirror])
    const down = {image: `127.0.0.1:1/${repository}:${TAG}`, mirrors: mirror.host}
    const first = await run({...down, lock: 'update'})
    expect(first.outputs['digest']).toBe(locked.index.digest)
    expect(messages(first)).toContain(`a digest that a mirror (${mirror.host}) resolved is never locked`)
    expect(existsSync(lockPath())).toBe(false)
    // Written as a run with the registry up would have.
    await lockFor()
    writeFileSync(lockPath(), lockText().replaceAll(primary.host, '127.0.0.1:1'))
    const before = lockText()
    await publish([mirror])
    const kept = await run({...down, lock: 'update'})
    expect(kept.outputs['digest']).toBe(locked.index.digest)
    expect(messages(kept)).toContain(`keeps its digest ${locked.index.digest}`)
    expect(lockText()).toBe(before)
  })

  it('has the verified platforms, and those of later runs', async () => {
    await publish([primary])
    await lockFor()
    const more = await run({lock: 'update', platform: 'linux/arm64'})
    expect(more.report).toMatchObject({lock: {changes: [{change: 'extended'}]}})
    const {images} = JSON.parse(lockText()) as {images: Record<string, {platforms: object}>}
    expect(Object.keys(images[nameOf()]?.platforms ?? {})).toEqual(['linux/amd64', 'linux/arm64'])
  })

  it('is refused when an entry was edited inconsistently by hand', async () => {
    const first = await publish([primary])
    await lockFor()
    const second = await publish([primary])
    writeFileSync(lockPath(), lockText().replace(first.index.digest, second.index.digest))
    const refused = await run()
    expect(refused.exitCode).toBe(1)
    expect(refused.outputs['reference']).toBeUndefined()
    expect(messages(refused)).toContain(
      `platforms["linux/amd64"].digest is ${first.children[0]?.manifest.digest ?? ''}`
    )
  })

  it('has the images of both steps when two steps write it simultaneously', async () => {
    const tags = ['1.0.0', '1.0.1', '1.0.2', '1.0.3']
    for (const tag of tags) await publish([primary], tag)
    const runs = await Promise.all(tags.map(tag => run({lock: 'update', image: nameOf(tag), verify: 'manifest'})))
    expect(runs.map(({exitCode}) => exitCode)).toEqual(tags.map(() => 0))
    expect(Object.keys((JSON.parse(lockText()) as {images: object}).images)).toEqual(tags.map(nameOf))
    expect(await readdir(workspace)).toEqual([LOCK])
  })

  it('stays a symbolic link, and the target is written', async () => {
    await publish([primary])
    mkdirSync(join(workspace, 'locks'))
    symlinkSync('locks/images.json', lockPath())
    await lockFor()
    expect(lstatSync(lockPath()).isSymbolicLink()).toBe(true)
    expect(existsSync(join(workspace, 'locks/images.json'))).toBe(true)
    await publish([primary])
    await lockFor()
    expect(lstatSync(lockPath()).isSymbolicLink()).toBe(true)
  })

  it.each([
    {
      name: 'a folder in its place',
      make: () => {
        mkdirSync(lockPath())
      },
      input: LOCK,
      says: 'it is a folder'
    },
    {
      name: 'a file where its folder should be',
      make: () => {
        writeFileSync(join(workspace, 'file'), '')
      },
      input: 'file/lock.json',
      says: 'file/lock.json cannot be'
    }
  ])('fails the step when it cannot be written because of $name', async ({make, input, says}) => {
    await publish([primary])
    make()
    const refused = await run({lock: 'update', 'lock-file': input})
    expect(refused.exitCode).toBe(1)
    expect(messages(refused)).toContain(says)
  })

  it('fails the step on a read-only file system, and sets the references all the same', async () => {
    await publish([primary])
    const refused = await run({lock: 'update', 'lock-file': '/proc/image-lock.json'})
    expect(refused.exitCode).toBe(1)
    expect(messages(refused)).toContain('/proc/image-lock.json cannot be written')
  })

  it('is recommended once in the log for floating tags, and not when it exists', async () => {
    await publish([primary], '8.3')
    await publish([primary], '8')
    const image = `${nameOf('8.3')}\n${nameOf('8')}`
    const advised = await run({image})
    expect(advised.annotations).toEqual([])
    const lines = advised.log.filter(line => line.startsWith('Advice: '))
    expect(lines).toEqual([expect.stringContaining(`${nameOf('8.3')}, ${nameOf('8')} may point to`)])
    expect(advised.report).toMatchObject({advice: lines})
    await run({image, lock: 'update'})
    expect((await run({image})).log.filter(line => line.startsWith('Advice: '))).toEqual([])
  })

  it('is reported when `lock-file` names it and it does not exist', async () => {
    await publish([primary])
    const unlocked = await run({'lock-file': 'other.json'})
    expect(unlocked.exitCode).toBe(0)
    expect(messages(unlocked)).toContain('so no tag is locked')
  })
})

describeWith(['docker-registry'], 'lock: require', () => {
  it('fails without the file, and otherwise behaves like lock: enforce', async () => {
    const first = await publish([primary])
    const missing = await run({lock: 'require'})
    expect(missing.exitCode).toBe(1)
    expect(missing.outputs['reference']).toBeUndefined()
    expect(messages(missing)).toContain(`${lockPath()} does not exist, and lock: require needs it`)
    await lockFor()
    await publish([primary])
    const held = await run({lock: 'require'})
    expect(held.outputs).toMatchObject({digest: first.index.digest})
    expect(held.report).toMatchObject({lock: {mode: 'require'}})
    const unlocked = await run({lock: 'require', image: nameOf('9.9.9')})
    expect(messages(unlocked)).toContain(`${nameOf('9.9.9')} is not in`)
  })
})

describeWith(['docker-registry'], 'fallback-tags', () => {
  it('are used when no registry serves the requested tag, which log, annotation, summary, and report state', async () => {
    const asked = await publish([primary])
    writeFileSync(primary.blobPath(asked.children[0]?.config.digest ?? ''), '{}')
    const older = await publish([primary, mirror], '2.7.34')
    const ran = await run({'fallback-tags': '2.7.33\n2.7.34'})
    expect(ran.exitCode).toBe(0)
    expect(ran.outputs).toMatchObject({
      tag: '2.7.34',
      digest: older.index.digest,
      reference: `${primary.host}/${repository}@${older.index.digest}`,
      references: JSON.stringify({[nameOf()]: `${primary.host}/${repository}@${older.index.digest}`}),
      'build-contexts': `${nameOf()}=docker-image://${primary.host}/${repository}@${older.index.digest}`
    })
    expect(ran.annotations).toHaveLength(1)
    expect(ran.annotations[0]).toMatchObject({
      level: 'warning',
      title: `Used fallback tag ${nameOf('2.7.34')} instead of ${nameOf()}`
    })
    expect(messages(ran)).toContain('troubleshooting.md#registry')
    expect(messages(ran)).toContain(`${nameOf('2.7.33')}: ${primary.host}  not found (HTTP 404)`)
    expect(ran.report).toMatchObject({
      images: [
        {
          tag: '2.7.34',
          digest: older.index.digest,
          fallbacks: [{outcome: 'failed'}, {outcome: 'verified', digest: older.index.digest}]
        }
      ]
    })
  })

  it('are not requested when the image is served, and fail when no registry serves them', async () => {
    await publish([primary])
    const served = await run({'fallback-tags': '2.7.34'})
    expect(served.outputs['tag']).toBe(TAG)
    expect(JSON.stringify(served.report)).not.toContain('fallbacks')
    const lost = await run({image: nameOf('9.9.9'), 'fallback-tags': '9.9.8'})
    expect(lost.exitCode).toBe(1)
    expect(lost.annotations).toHaveLength(1)
    expect(messages(lost)).toContain(`Fallback tag ${nameOf('9.9.8')} is not available`)
  })

  it('must be in the lock file if one exists, and lock: update adds them', async () => {
    await publish([primary])
    await lockFor()
    const older = await publish([primary], '2.7.34')
    const refused = await run({'fallback-tags': '2.7.34'})
    expect(refused.annotations.map(({title}) => title)).toEqual(['The lock file does not match'])
    const renewed = await run({lock: 'update', 'fallback-tags': '2.7.34'})
    expect(renewed.outputs).toMatchObject({tag: TAG})
    expect(lockText()).toContain(older.index.digest)
    expect((await run({'fallback-tags': '2.7.34'})).exitCode).toBe(0)
  })
})

describe('invalid lock inputs', () => {
  it('are reported together with their rules', async () => {
    const ran = await runAction({
      image: 'php:8.3.8\nredis:7.2.1',
      lock: 'on',
      'fallback-tags': '8.3.7\nphp=\nphp=-x\nphp@sha256:0=1\nredis=latest',
      'status-pages': 'maybe'
    })
    expect(ran.exitCode).toBe(1)
    expect(ran.annotations.map(({title}) => title)).toEqual(['7 invalid inputs'])
    const inputs = ran.annotations[0]?.message
      .split('\n')
      .slice(1)
      .map(line => line.slice(0, line.indexOf(' ')))
    expect(inputs).toEqual(['lock', ...Array.from({length: 5}, () => 'fallback-tags'), 'status-pages'])
  })

  it.each([
    {name: 'no JSON', text: '{\n  "version": 1,\n  "images": {,}\n}\n', says: 'line 3, column 14: it is not JSON'},
    {name: 'a newer version', text: '{"version": 2, "images": {}}', says: 'a newer release wrote it'},
    {
      name: 'the marks of a merge',
      text: '{\n<<<<<<< HEAD\n  "version": 1\n=======\n',
      says: 'line 2, column 1: it contains merge conflict markers'
    }
  ])('are reported with the line of a lock file with $name', async ({text, says}) => {
    const folder = await mkdtemp(join(tmpdir(), 'verified-image-lock-'))
    try {
      writeFileSync(join(folder, LOCK), text)
      const ran = await runAction({image: '127.0.0.1:1/a:1.2.3'}, {cwd: folder})
      expect(ran.exitCode).toBe(1)
      expect(ran.annotations).toHaveLength(1)
      expect(ran.annotations[0]?.message).toContain(says)
    } finally {
      await rm(folder, {recursive: true})
    }
  })
})
