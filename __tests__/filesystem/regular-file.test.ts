// Everything that can lie where a regular file is expected, on a real file system: each is refused at once, and by its name.

import {execFileSync} from 'node:child_process'
import {mkdir, mkdtemp, rm, symlink, writeFile} from 'node:fs/promises'
import {createServer, type Server} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import {
  NotRegularFile,
  openRegularFile,
  readRegularFile,
  readRegularFileSync
} from '../../src/filesystem/regular-file.ts'

let folder: string
let server: Server | undefined

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verified-image-regular-'))
})

afterEach(async () => {
  await new Promise(resolve => (server ?? createServer()).close(resolve))
  server = undefined
  await rm(folder, {recursive: true})
})

const OTHERS: readonly {
  readonly name: string
  readonly make: (path: string) => Promise<unknown>
}[] = [
  {name: 'symbolic link', make: path => symlink(join(folder, 'target'), path)},
  {name: 'symbolic link', make: path => symlink('/dev/zero', path)},
  {name: 'symbolic link', make: path => symlink('nowhere', path)},
  {name: 'folder', make: path => mkdir(path)},
  {name: 'FIFO', make: path => Promise.resolve(execFileSync('mkfifo', [path]))},
  {
    name: 'socket',
    make: path =>
      new Promise<void>(resolve => {
        server = createServer().listen(path, resolve)
      })
  }
]

describe.each([
  {name: 'readRegularFile', read: readRegularFile},
  {
    name: 'readRegularFileSync',
    // eslint-disable-next-line @typescript-eslint/require-await -- so that what is thrown rejects
    read: async (...args: Parameters<typeof readRegularFileSync>) => readRegularFileSync(...args)
  }
])('$name', ({read}) => {
  it.each(OTHERS)('refuses a $name, and says that it is one', async ({name, make}) => {
    await writeFile(join(folder, 'target'), 'secret')
    const path = join(folder, 'file')
    await make(path)
    const reading = read(path, {maxBytes: 100})
    await expect(reading).rejects.toThrow(NotRegularFile)
    await expect(reading).rejects.toThrow(`it is a ${name}, not a regular file`)
  })

  it.each(['/dev/zero', '/dev/null'])('refuses the device %s behind a link that may be followed', async device => {
    await symlink(device, join(folder, 'file'))
    await expect(read(join(folder, 'file'), {maxBytes: 100, links: 'follow'})).rejects.toThrow('it is a device')
  })

  it('follows a link to a regular file where links may be followed', async () => {
    await writeFile(join(folder, 'target'), 'text')
    await symlink('target', join(folder, 'file'))
    const bytes = await read(join(folder, 'file'), {maxBytes: 100, links: 'follow'})
    expect(bytes.toString()).toBe('text')
  })

  it('reads a file of just the allowed size, and refuses one byte more', async () => {
    const path = join(folder, 'file')
    await writeFile(path, 'x'.repeat(100))
    expect((await read(path, {maxBytes: 100})).toString()).toBe('x'.repeat(100))
    await expect(read(path, {maxBytes: 99})).rejects.toThrow('it has 100 bytes, more than the 99 that are read')
  })

  it('leaves it to the file system to say that nothing is there', async () => {
    await expect(read(join(folder, 'file'), {maxBytes: 100})).rejects.toMatchObject({code: 'ENOENT'})
  })
})

describe('openRegularFile', () => {
  it('gives the size of what it opened', async () => {
    await writeFile(join(folder, 'file'), 'x'.repeat(7))
    const {file, bytes} = await openRegularFile(join(folder, 'file'))
    await file.close()
    expect(bytes).toBe(7)
  })
})
