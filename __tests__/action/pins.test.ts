// The lock file in the flow of a run: what is read before it, compared in it, and written after it. Files in a folder of its own.

import {mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import {loadPins, type Pins, updateLock, verifyPins} from '../../src/action/pins.ts'
import type {RunContext} from '../../src/action/publish.ts'
import {Cancelled} from '../../src/action/time-limit.ts'
import {type Acquisition} from '../../src/acquire/acquisition.ts'
import {newResult} from '../../src/acquire/candidate-result.ts'
import {type ImageRequest, parseImageRequest, planCandidates, type ResolvedDigest} from '../../src/acquire/plan.ts'
import type {InputIssue} from '../../src/failure/failure.ts'
import type {VerifiedImage} from '../../src/fetch/verified-image.ts'
import type {Digest} from '../../src/oci/digest.ts'
import {parseFallbackTag} from '../../src/pins/fallback-tags.ts'
import {type LockMode} from '../../src/pins/lock-policy.ts'
import type {Inputs} from '../../src/runner/inputs.ts'
import {createManualClock} from '../support/manual-clock.ts'

const [A, B] = ['a', 'b'].map(letter => `sha256:${letter.repeat(64)}` as Digest) as [Digest, Digest]
const MEDIA_TYPE = 'application/vnd.oci.image.manifest.v1+json'
const ENTRY = {digest: A, mediaType: MEDIA_TYPE, size: 7, platforms: {'linux/amd64': {digest: A, imageId: B}}}

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verified-image-pins-'))
})
afterEach(async () => {
  await rm(folder, {recursive: true})
})

function requestOf(text: string): ImageRequest {
  const image = parseImageRequest(text)
  if (!image.ok) throw new Error(image.reason)
  return image.value
}

function writeLock(images: object, name = 'image-lock.json'): Promise<void> {
  return writeFile(join(folder, name), JSON.stringify({version: 1, images}))
}

function load(
  lock: LockMode,
  {
    images = ['php:8.3.8'],
    fallbacks = [],
    lockFile = 'image-lock.json',
    issues = []
  }: {
    readonly images?: readonly string[]
    readonly fallbacks?: readonly string[]
    readonly lockFile?: string
    readonly issues?: readonly InputIssue[]
  } = {}
): Promise<Pins> {
  const fallbackTags = fallbacks.map(text => {
    const tag = parseFallbackTag(text)
    if (!tag.ok) throw new Error(tag.reason)
    return tag.value
  })
  const inputs = {images: images.map(requestOf), fallbackTags, lock, lockFile} as unknown as Inputs
  return loadPins(inputs, issues, {GITHUB_WORKSPACE: folder})
}

type Run = {
  readonly context: RunContext
  readonly printed: string[]
  readonly warned: {readonly title: string; readonly message: string}[]
}

function runContext(): Run {
  const printed: string[] = []
  const warned: {readonly title: string; readonly message: string}[] = []
  const context = {
    runtime: {clock: createManualClock()},
    runner: {
      print: (line: string) => printed.push(line),
      warning: (annotation: {readonly title: string; readonly message: string}) => warned.push(annotation)
    },
    warnings: {messages: [], counts: new Map()},
    stop: new AbortController()
  } as unknown as RunContext
  return {context, printed, warned}
}

function acquired(image: ImageRequest, resolved: ResolvedDigest | undefined, size = 7): Acquisition {
  const candidates = planCandidates(image.reference, {mirrors: [], publicMirrors: []}, 'primary')
  const [candidate] = candidates
  const verified = {
    candidate,
    origins: ['docker.io'],
    digest: A,
    mediaType: MEDIA_TYPE,
    size,
    platforms: [
      {platform: {os: 'linux', architecture: 'amd64'}, digest: A, imageId: B, layers: [], level: 'full', warnings: []}
    ]
  } as unknown as VerifiedImage
  return {
    request: {image, candidates, platforms: {kind: 'all'}, level: 'full'},
    results: candidates.map(newResult),
    resolved,
    image: resolved === undefined ? undefined : verified,
    runError: undefined,
    elapsedMs: 1
  }
}

const BY_PRIMARY: ResolvedDigest = {digest: A, decidedBy: 'primary', registry: 'docker.io'}
const BY_MIRROR: ResolvedDigest = {
  digest: A,
  decidedBy: 'mirror',
  registry: 'ghcr.io',
  unresolved: {kind: 'failed', failure: {kind: 'not-found', status: 404, detail: ''}}
}

describe('loadPins', () => {
  it('adds the locked digests to the images and their fallbacks', async () => {
    await writeLock({'docker.io/library/php:8.3.8': ENTRY, 'docker.io/library/php:8.3.7': {...ENTRY, digest: B}})
    const pins = await load('enforce', {fallbacks: ['8.3.7']})
    expect(pins.images.map(({locked}) => locked?.digest)).toEqual([A])
    expect([...pins.fallbacks.values()].flat().map(({locked}) => locked?.digest)).toEqual([B])
    expect([pins.warnings, pins.lockOnlyImages]).toEqual([[], []])
  })

  it('rejects a tag that the lock file lacks', async () => {
    await writeLock({})
    await expect(load('enforce')).rejects.toMatchObject({
      failure: {kind: 'invalid-input', faults: [{input: 'image', value: 'php:8.3.8'}]}
    })
  })

  it('rejects a missing lock file with lock: require', async () => {
    await expect(load('require')).rejects.toMatchObject({
      failure: {
        kind: 'invalid-input',
        faults: [{input: 'lock-file', value: 'image-lock.json', example: 'lock: update'}]
      }
    })
  })

  it.each<{readonly mode: LockMode; readonly lockFile: string; readonly warnings: number}>([
    {mode: 'enforce', lockFile: 'image-lock.json', warnings: 0},
    {mode: 'enforce', lockFile: 'pins.json', warnings: 1},
    {mode: 'update', lockFile: 'pins.json', warnings: 0},
    {mode: 'off', lockFile: 'pins.json', warnings: 0}
  ])('warns $warnings times about a missing $lockFile with lock: $mode', async ({mode, lockFile, warnings}) => {
    const pins = await load(mode, {lockFile})
    expect(pins.warnings).toHaveLength(warnings)
    for (const warning of pins.warnings) expect(warning).toContain(join(folder, 'pins.json'))
    expect(pins.lock).toBeUndefined()
  })

  it('does not read the lock file with lock: off', async () => {
    await writeFile(join(folder, 'image-lock.json'), 'broken')
    expect((await load('off')).images.map(({locked}) => locked)).toEqual([undefined])
  })

  it('acquires fallbacks for the lock with lock: update alone, each once, and not those that are images', async () => {
    const options = {images: ['php:8.3.8', 'php:8.3.7'], fallbacks: ['8.3.7', '8.3.6']}
    expect((await load('update', options)).lockOnlyImages.map(({input}) => input)).toEqual(['php:8.3.6'])
    await writeLock({
      'docker.io/library/php:8.3.8': ENTRY,
      'docker.io/library/php:8.3.7': ENTRY,
      'docker.io/library/php:8.3.6': ENTRY
    })
    expect((await load('enforce', options)).lockOnlyImages).toEqual([])
  })
})

describe('loadPins, with inputs that are invalid', () => {
  function issueOf(input: InputIssue['input']): InputIssue {
    return {input, value: 'x', reason: 'it is wrong', example: 'y'}
  }

  it('rejects with the issues of the inputs, and those of the lock file after them', async () => {
    await writeLock({})
    await expect(load('enforce', {issues: [issueOf('mirrors')]})).rejects.toMatchObject({
      failure: {kind: 'invalid-input', faults: [{input: 'mirrors'}, {input: 'image', value: 'php:8.3.8'}]}
    })
    await writeFile(join(folder, 'image-lock.json'), 'broken')
    await expect(load('enforce', {issues: [issueOf('mirrors')]})).rejects.toMatchObject({
      failure: {kind: 'invalid-input', faults: [{input: 'mirrors'}, {input: 'lock-file'}]}
    })
  })

  it('rejects with the issues of the inputs alone when the lock file has none', async () => {
    await writeLock({'docker.io/library/php:8.3.8': ENTRY})
    const issues = [issueOf('mirrors')]
    await expect(load('enforce', {issues})).rejects.toMatchObject({failure: {kind: 'invalid-input', faults: issues}})
  })

  it.each<readonly [InputIssue['input']]>([['lock'], ['lock-file']])(
    'does not read the lock file when the input %s is invalid',
    async input => {
      await writeFile(join(folder, 'image-lock.json'), 'broken')
      const issues = [issueOf('mirrors'), issueOf(input)]
      await expect(load('enforce', {issues})).rejects.toMatchObject({failure: {kind: 'invalid-input', faults: issues}})
    }
  )

  it('does not report a lock file that this machine cannot read as an invalid input', async () => {
    await writeFile(join(folder, 'file'), '')
    const lockFile = 'file/image-lock.json'
    await expect(load('enforce', {lockFile})).rejects.toMatchObject({failure: {kind: 'local-io'}})
    const issues = [issueOf('mirrors')]
    await expect(load('enforce', {lockFile, issues})).rejects.toMatchObject({
      failure: {kind: 'invalid-input', faults: issues}
    })
  })

  it('hides no error of its own code', async () => {
    const inputs = {
      get images(): never {
        throw new TypeError('a defect')
      }
    }
    await expect(loadPins(inputs as unknown as Inputs, [issueOf('mirrors')], {})).rejects.toThrow('a defect')
  })
})

describe('verifyPins', () => {
  it.each<{readonly mode: LockMode; readonly size: number; readonly issues: number}>([
    {mode: 'enforce', size: 7, issues: 0},
    {mode: 'enforce', size: 8, issues: 1},
    {mode: 'require', size: 8, issues: 1},
    {mode: 'update', size: 8, issues: 0}
  ])('finds $issues issues in an image of $size bytes with lock: $mode', async ({mode, size, issues}) => {
    await writeLock({'docker.io/library/php:8.3.8': ENTRY})
    const pins = await load(mode)
    expect(
      verifyPins(
        pins,
        pins.images.map(image => acquired(image, BY_PRIMARY, size))
      )
    ).toHaveLength(issues)
  })

  it('finds nothing without a lock file', async () => {
    const pins = await load('enforce')
    expect(
      verifyPins(
        pins,
        pins.images.map(image => acquired(image, BY_PRIMARY, 8))
      )
    ).toEqual([])
  })
})

describe('updateLock', () => {
  it('writes what the primary resolved, images and fallbacks, with lock: update', async () => {
    const pins = await load('update', {fallbacks: ['8.3.7']})
    const {context, printed, warned} = runContext()
    const update = await updateLock(
      context,
      pins,
      pins.images.map(image => acquired(image, BY_PRIMARY)),
      pins.lockOnlyImages.map(image => acquired(image, BY_PRIMARY))
    )
    const names = ['docker.io/library/php:8.3.7', 'docker.io/library/php:8.3.8']
    expect(update).toEqual({
      lock: {
        file: 'image-lock.json',
        mode: 'update',
        changes: names.map(name => ({name, change: 'added', to: A}))
      }
    })
    const written = JSON.parse(await readFile(join(folder, 'image-lock.json'), 'utf8')) as {readonly images: object}
    expect(Object.keys(written.images)).toEqual(names)
    expect(printed).toEqual(names.map(name => `image-lock.json: ${name} added: ${A}`))
    expect(warned).toEqual([])
  })

  it('writes a single image', async () => {
    const pins = await load('update')
    const images = pins.images.map(image => acquired(image, BY_PRIMARY))
    const name = 'docker.io/library/php:8.3.8'
    expect(await updateLock(runContext().context, pins, images, [])).toEqual({
      lock: {file: 'image-lock.json', mode: 'update', changes: [{name, change: 'added', to: A}]}
    })
  })

  it('warns about what it does not write, and makes no folder for it', async () => {
    const pins = await load('update', {fallbacks: ['8.3.7'], lockFile: 'locks/image-lock.json'})
    const {context, printed, warned} = runContext()
    const update = await updateLock(
      context,
      pins,
      pins.images.map(image => acquired(image, BY_MIRROR)),
      pins.lockOnlyImages.map(image => acquired(image, undefined))
    )
    expect(update).toEqual({lock: {file: 'locks/image-lock.json', mode: 'update', changes: []}})
    expect(warned.map(({title, message}) => [title.includes('php:8.3.7'), message.split('\n')[0]])).toEqual([
      [true, 'Could not verify php:8.3.7: no registry returned a valid copy.'],
      [false, expect.stringContaining('locks/image-lock.json: ')]
    ])
    expect(printed).toEqual([])
    expect(await readdir(folder)).toEqual([])
  })

  it('writes and warns about nothing when the job was cancelled', async () => {
    const pins = await load('update', {fallbacks: ['8.3.7']})
    const {context, printed, warned} = runContext()
    context.stop.abort(new Cancelled('cancelled by SIGTERM'))
    const update = await updateLock(
      context,
      pins,
      pins.images.map(image => acquired(image, BY_PRIMARY)),
      pins.lockOnlyImages.map(image => acquired(image, undefined))
    )
    expect([update, printed, warned]).toEqual([{lock: {file: 'image-lock.json', mode: 'update', changes: []}}, [], []])
  })

  it('advises on a tag that may move, and reports the lock file that was read', async () => {
    const unlocked = await load('enforce', {images: ['php:8.3']})
    const {context, printed} = runContext()
    const update = await updateLock(
      context,
      unlocked,
      unlocked.images.map(image => acquired(image, BY_PRIMARY)),
      []
    )
    expect(update).toEqual({advice: [expect.stringContaining('php:8.3')]})
    expect(printed).toEqual(update.advice)
    await writeLock({'docker.io/library/php:8.3.8': ENTRY})
    const locked = await load('enforce')
    const second = runContext()
    expect(await updateLock(second.context, locked, [], [])).toEqual({
      lock: {file: 'image-lock.json', mode: 'enforce', changes: []}
    })
    expect(second.printed).toHaveLength(0)
  })

  it('does not advise when the job was cancelled, or with lock: off', async () => {
    const pins = await load('enforce', {images: ['php:8.3']})
    const {context} = runContext()
    context.stop.abort(new Cancelled('cancelled by SIGTERM'))
    const images = pins.images.map(image => acquired(image, BY_PRIMARY))
    expect(await updateLock(context, pins, images, [])).toEqual({})
    expect(await updateLock(runContext().context, await load('off', {images: ['php:8.3']}), images, [])).toEqual({})
  })
})
