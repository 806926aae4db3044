// The lock file on disk: faults with their places, whole or not at all, and many who write at once. In a folder of its own.

import {execFileSync} from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {setImmediate, setTimeout} from 'node:timers/promises'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import type {LockedImage} from '../../src/pins/lock.ts'
import {type LockFile, resolveLockFile, readLockFile, updateLockFile} from '../../src/pins/lock-file.ts'
import type {Digest} from '../../src/oci/digest.ts'
import '../support/matchers.ts'
import {type Clock} from '../../src/concurrency/clock.ts'
import {VerifiedImageError} from '../../src/failure/error.ts'

// Modes, devices, and links that anybody may make are not Windows's.
const itOnPosix = process.platform === 'win32' ? it.skip : it

const INDEX = 'application/vnd.oci.image.index.v1+json'
function image(letter: string): LockedImage {
  return {
    digest: `sha256:${letter.repeat(64)}` as Digest,
    ...{mediaType: INDEX, size: 1, platforms: new Map()}
  }
}

const clock: Clock = {
  nowMs: () => performance.now(),
  wait: async (ms, signal) => {
    await setTimeout(ms, undefined, {signal})
  }
}
const outside = {clock, signal: new AbortController().signal}

let folder: string
let file: LockFile
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verified-image-lock-'))
  file = resolveLockFile('image-lock.json', {GITHUB_WORKSPACE: folder})
})
afterEach(async () => {
  await rm(folder, {recursive: true, force: true})
})

async function rulesOf(text: string | Uint8Array): Promise<readonly string[]> {
  writeFileSync(file.path, text)
  try {
    await readLockFile(file)
    return []
  } catch (error) {
    if (!(error instanceof VerifiedImageError) || error.failure.kind !== 'invalid-input') throw error
    return error.failure.faults.map(({reason}) => reason)
  }
}

const NAME = 'docker.io/library/php:8.3.8'
const ENTRY = `{"digest": "sha256:${'a'.repeat(64)}", "mediaType": "${INDEX}", "size": 1, "platforms": {}}`

describe('lockFileAt', () => {
  it('is in the workspace, or the working directory without one, or where an absolute path says', () => {
    expect(file.path).toBe(join(folder, 'image-lock.json'))
    expect(resolveLockFile('a.json', {}).path).toBe(join(process.cwd(), 'a.json'))
    expect(resolveLockFile('a.json', {GITHUB_WORKSPACE: ''}).path).toBe(join(process.cwd(), 'a.json'))
    expect(resolveLockFile('/b/a.json', {GITHUB_WORKSPACE: folder}).path).toBe(resolve('/b/a.json'))
  })
})

describe('readLockFile', () => {
  it('is nothing where there is none', async () => {
    expect(await readLockFile(file)).toBeUndefined()
  })

  it.each([
    {
      name: 'a comma too many',
      text: '{\n  "version": 1,\n}',
      reason: 'line 3, column 1: it is not JSON (property name expected)'
    },
    {name: 'a comment', text: '// mine\n{}', reason: 'line 1, column 1: it is not JSON (invalid comment token)'},
    {
      name: 'a file that ends early',
      text: '{\n  "version": 1',
      reason: 'line 2, column 15: it is not JSON (close brace expected)'
    },
    {
      name: 'lines that end as on Windows',
      text: `{\r\n  "version": 1,\r\n  "images": {\r\n    "php:8": ${ENTRY}\r\n  }\r\n}`,
      reason: 'line 4, column 5: images["php:8"]: the full name is required: docker.io/library/php:8'
    },
    {
      name: 'a mark at its beginning',
      text: `\uFEFF{"version": 1, "images": 1}`,
      reason: 'line 1, column 17: images: images is not an object'
    },
    {
      name: 'a mark in the middle, where two files were joined',
      text: '{"version": 1,\n\uFEFF"images": {}}',
      reason: 'line 2, column 1: it is not JSON (invalid symbol)'
    },
    {name: 'a list', text: '[\n]', reason: 'line 1, column 1: it is not a JSON object'},
    {
      name: 'a version that is missing',
      text: '\n {"images":\n {}}',
      reason: 'line 2, column 2: version: version is missing'
    },
    {
      name: 'an image twice',
      text: `{"version": 1, "images": {\n "${NAME}": ${ENTRY},\n "${NAME}": ${ENTRY}}}`,
      reason: `line 3, column 2: it has the key "${NAME}" twice in one object`
    },
    {
      name: 'a digest that is missing',
      text: `{"version": 1, "images": {\n  "${NAME}": ${ENTRY.replace('digest', 'digets')}}}`,
      reason: `line 2, column 3: images["${NAME}"].digest: digest is not a digest`
    },
    {
      name: 'a merge that was not finished',
      text: '{\n<<<<<<< ours\n',
      reason: 'line 2, column 1: it contains merge conflict markers'
    },
    {name: 'bytes that are no text', text: Buffer.from([0x7b, 0xff, 0xfe]), reason: 'it is not UTF-8'}
  ])('says the place of $name', async ({text, reason}) => {
    expect(await rulesOf(text)).toContainEqual(expect.stringContaining(reason))
  })

  it('reads a file with a mark at its beginning', async () => {
    expect(await rulesOf(`\uFEFF{"version": 1, "images": {"${NAME}": ${ENTRY}}}`)).toEqual([])
  })

  it('does not read what is too long, or no file', async () => {
    expect(await rulesOf(' '.repeat(5_000_000))).toEqual([expect.stringContaining('more than the 4194304')])
    await rm(file.path)
    mkdirSync(file.path)
    await expect(readLockFile(file)).toFailWith('invalid-input')
  })

  itOnPosix('does not read a device, which may have no end', async () => {
    await expect(readLockFile({name: 'x', path: '/dev/zero', root: '/dev'})).toFailWith('invalid-input')
  })

  it('says at most twenty of many faults', async () => {
    const images = Array.from({length: 50}, (_, at) => `"php:${String(at)}": ${ENTRY}`).join(',')
    expect(await rulesOf(`{"version": 1, "images": {${images}}}`)).toHaveLength(20)
  })
})

describe('a link in place of the file', () => {
  let elsewhere: string
  beforeEach(async () => {
    elsewhere = await mkdtemp(join(tmpdir(), 'verified-image-elsewhere-'))
  })
  afterEach(() => rm(elsewhere, {recursive: true}))

  const TEXT = `{"version": 1, "images": {"${NAME}": ${ENTRY}}}`

  itOnPosix.each([
    {name: 'to a file elsewhere', isThere: true},
    {name: 'to nothing elsewhere', isThere: false}
  ])('$name is neither read nor written', async ({isThere}) => {
    const target = join(elsewhere, 'x.json')
    if (isThere) writeFileSync(target, TEXT)
    symlinkSync(target, file.path)
    await expect(readLockFile(file)).toFailWith('invalid-input')
    await expect(updateLockFile(file, new Map([[NAME, image('a')]]), outside)).toFailWith('invalid-input')
    expect(readdirSync(elsewhere)).toEqual(isThere ? ['x.json'] : [])
    if (isThere) expect(readFileSync(target, 'utf8')).toBe(TEXT)
    expect(readdirSync(folder)).toEqual(['image-lock.json'])
  })

  itOnPosix('is refused in its folder too, and by way of a second one', async () => {
    symlinkSync(elsewhere, join(folder, 'locks'))
    const below = resolveLockFile('locks/a.json', {GITHUB_WORKSPACE: folder})
    await expect(readLockFile(below)).toFailWith('invalid-input')
    symlinkSync('locks/a.json', file.path)
    await expect(updateLockFile(file, new Map([[NAME, image('a')]]), outside)).toFailWith('invalid-input')
    expect(readdirSync(elsewhere)).toEqual([])
  })

  itOnPosix('is followed inside the workspace, also when the workspace is one', async () => {
    mkdirSync(join(folder, 'locks'))
    symlinkSync('locks/a.json', file.path)
    symlinkSync(folder, join(elsewhere, 'workspace'))
    const linked = resolveLockFile('image-lock.json', {GITHUB_WORKSPACE: join(elsewhere, 'workspace')})
    await updateLockFile(linked, new Map([[NAME, image('a')]]), outside)
    expect((await readLockFile(file))?.images.get(NAME)).toEqual(image('a'))
    expect(readdirSync(join(folder, 'locks'))).toEqual(['a.json'])
  })

  itOnPosix('that leads to itself is refused', async () => {
    symlinkSync('image-lock.json', file.path)
    await expect(readLockFile(file)).toFailWith('invalid-input')
  })

  itOnPosix('is followed out of the workspace when the workflow itself names a file there', async () => {
    writeFileSync(join(elsewhere, 'x.json'), TEXT)
    const named = resolveLockFile(join(elsewhere, 'x.json'), {GITHUB_WORKSPACE: folder})
    expect((await readLockFile(named))?.images.size).toBe(1)
  })
})

describe('a FIFO', () => {
  itOnPosix('in place of the file is refused at once', async () => {
    execFileSync('mkfifo', [file.path])
    await expect(readLockFile(file)).toFailWith('invalid-input')
    await expect(updateLockFile(file, new Map([[NAME, image('a')]]), outside)).toFailWith('invalid-input')
  })

  itOnPosix.each(['a FIFO', 'a link to nothing', 'a link to a device'])(
    'or another thing, %s, in place of the file that keeps two steps apart counts as left behind',
    async what => {
      const aside = `${file.path}.lock`
      if (what === 'a FIFO') execFileSync('mkfifo', [aside])
      else symlinkSync(what === 'a link to nothing' ? join(folder, 'nothing') : '/dev/zero', aside)
      await updateLockFile(file, new Map([[NAME, image('a')]]), outside)
      expect((await readLockFile(file))?.images.get(NAME)).toEqual(image('a'))
      expect(readdirSync(folder)).toEqual(['image-lock.json'])
    }
  )
})

describe('updateLockFile', () => {
  const update = (name: string, letter: string): ReturnType<typeof updateLockFile> =>
    updateLockFile(file, new Map([[name, image(letter)]]), outside)

  it('makes the file, and its folder', async () => {
    file = resolveLockFile('locks/here/image-lock.json', {GITHUB_WORKSPACE: folder})
    expect(await update(NAME, 'a')).toEqual([{name: NAME, change: 'added', to: image('a').digest}])
    expect((await readLockFile(file))?.images.get(NAME)).toEqual(image('a'))
    expect(readdirSync(join(folder, 'locks/here'))).toEqual(['image-lock.json'])
  })

  it('does not touch the file when nothing changes, however it is written', async () => {
    const text = `{"images": {"${NAME}":\n${ENTRY}}, "version": 1}`
    writeFileSync(file.path, text)
    const {ino} = statSync(file.path)
    expect(await update(NAME, 'a')).toEqual([{name: NAME, change: 'unchanged', to: image('a').digest}])
    expect([readFileSync(file.path, 'utf8'), statSync(file.path).ino]).toEqual([text, ino])
  })

  itOnPosix('keeps its mode, and the ends of its lines', async () => {
    writeFileSync(file.path, '{"version": 1,\r\n"images": {}}')
    chmodSync(file.path, 0o751)
    await update(NAME, 'a')
    expect(statSync(file.path).mode & 0o777).toBe(0o751)
    expect(readFileSync(file.path, 'utf8')).toContain('{\r\n  "version": 1,\r\n')
  })

  it('writes what is new beside what is unchanged', async () => {
    await update(NAME, 'a')
    const other = 'docker.io/library/php:8.3.9'
    const both = new Map([NAME, other].map(name => [name, image('a')]))
    expect((await updateLockFile(file, both, outside)).map(({change}) => change)).toEqual(['unchanged', 'added'])
    expect([...((await readLockFile(file))?.images.keys() ?? [])]).toEqual([NAME, other])
  })

  itOnPosix('leaves no temporary file when the file cannot be replaced', async () => {
    // A directory appears under the name of the file as soon as the temporary file is there, before that is renamed.
    let isDone = false
    const interfere = async (): Promise<void> => {
      while (!isDone && !existsSync(file.path)) {
        if (readdirSync(folder).some(name => name.startsWith('.image-lock.json.'))) mkdirSync(file.path)
        await setImmediate()
      }
    }
    const interference = interfere()
    await expect(update(NAME, 'a')).toFailWith('local-io', {
      detail: expect.stringContaining('image-lock.json cannot be written: E')
    })
    isDone = true
    await interference
    expect(readdirSync(folder)).toEqual(['image-lock.json'])
  })

  itOnPosix('follows a link, also one that leads nowhere yet', async () => {
    symlinkSync('target.json', file.path)
    await update(NAME, 'a')
    await update('docker.io/library/php:8.3.9', 'b')
    expect(readFileSync(join(folder, 'target.json'), 'utf8')).toContain('8.3.9')
    expect(readdirSync(folder)).toEqual(['image-lock.json', 'target.json'])
  })

  it('does not overwrite what it cannot read', async () => {
    writeFileSync(file.path, '{"version": 2}')
    await expect(update(NAME, 'a')).toFailWith('invalid-input')
    expect(readFileSync(file.path, 'utf8')).toBe('{"version": 2}')
    expect(readdirSync(folder)).toEqual(['image-lock.json'])
  })

  it('fails for a file below a file, and leaves nothing', async () => {
    writeFileSync(join(folder, 'plain'), '')
    file = resolveLockFile('plain/image-lock.json', {GITHUB_WORKSPACE: folder})
    await expect(update(NAME, 'a')).toFailWith('local-io', {detail: expect.stringContaining('plain/image-lock.json')})
    expect(readdirSync(folder)).toEqual(['plain'])
  })

  it('loses nobody of forty who write at once', async () => {
    const names = Array.from({length: 40}, (_, at) => `docker.io/library/php:8.3.${String(at)}`)
    await Promise.all(names.map(name => update(name, 'a')))
    expect([...((await readLockFile(file))?.images.keys() ?? [])].toSorted()).toEqual(names.toSorted())
    expect(readdirSync(folder)).toEqual(['image-lock.json'])
  })

  it('goes on after a step that died while it wrote, and so do others with it', async () => {
    writeFileSync(`${file.path}.lock`, 'dead')
    // Three seconds of the machine's time pass at once, as long as the dead step has the file: a living one may be slow to write.
    const isHeldByDead = (): boolean => readFileSync(`${file.path}.lock`, 'utf8') === 'dead'
    let passed = 0
    const hurried = {signal: outside.signal, clock: {nowMs: () => performance.now() + passed, wait: hurry}}
    async function hurry(_ms: number, signal: AbortSignal): Promise<void> {
      if (existsSync(`${file.path}.lock`) && isHeldByDead()) passed += 200
      await clock.wait(1, signal)
    }
    const names = ['docker.io/library/php:8.3.1', 'docker.io/library/php:8.3.2', 'docker.io/library/php:8.3.3']
    await Promise.all(names.map(name => updateLockFile(file, new Map([[name, image('a')]]), hurried)))
    expect([...((await readLockFile(file))?.images.keys() ?? [])]).toEqual(names)
    expect(readdirSync(folder)).toEqual(['image-lock.json'])
  })

  it('is called off while another one writes', async () => {
    writeFileSync(`${file.path}.lock`, 'alive')
    const controller = new AbortController()
    const late = updateLockFile(file, new Map([[NAME, image('a')]]), {
      signal: controller.signal,
      clock: {
        ...clock,
        wait: async (ms, signal) => {
          controller.abort(new VerifiedImageError({kind: 'bug', detail: 'called off'}))
          await clock.wait(ms, signal).catch(() => undefined)
          signal.throwIfAborted()
        }
      }
    })
    await expect(late).toFailWith('bug')
    expect(existsSync(file.path)).toBe(false)
  })

  it('fails with the reason of the signal when the run is canceled', async () => {
    writeFileSync(`${file.path}.lock`, 'alive')
    const reason = new Error('the job was canceled')
    await expect(
      updateLockFile(file, new Map([[NAME, image('a')]]), {clock, signal: AbortSignal.abort(reason)})
    ).rejects.toBe(reason)
  })
})
