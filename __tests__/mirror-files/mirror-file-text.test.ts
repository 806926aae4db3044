// Paths of mirror files as messages name them, and the text of a file that may not be what it seems.

import {execFileSync} from 'node:child_process'
import {mkdir, mkdtemp, rm, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import {kindOfPath, machinePath, mirrorPathOf, readMirrorFileText} from '../../src/mirror-files/mirror-file-text.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'verified-image-mirror-file-text-'))
  await mkdir(join(root, 'a/b'), {recursive: true})
})
afterEach(() => rm(root, {recursive: true, force: true}))

describe('mirrorPathOf', () => {
  it('is relative in the workspace, and absolute elsewhere', () => {
    expect(mirrorPathOf('a/b/c.conf', root)).toMatchObject({file: 'a/b/c.conf', isInWorkspace: true, root})
    expect(mirrorPathOf('/etc/c.conf', root)).toMatchObject({file: '/etc/c.conf', isInWorkspace: false})
    expect(mirrorPathOf('/etc/c.conf', root).root).toBeUndefined()
  })
})

describe('readMirrorFileText', () => {
  it('reads a file of the machine through a link, and one of the workspace only inside of it', async () => {
    await writeFile(join(root, 'a/real'), 'text')
    await symlink(join(root, 'a/real'), join(root, 'a/b/link'))
    expect(readMirrorFileText(machinePath(join(root, 'a/b/link')))).toBe('text')
    expect(readMirrorFileText(mirrorPathOf('b/link', join(root, 'a')))).toBe('text')
    expect(() => readMirrorFileText(mirrorPathOf('link', join(root, 'a/b')))).toThrow(
      /a link may not leave that folder/
    )
  })

  it('has nothing where nothing is', () => {
    expect(readMirrorFileText(machinePath(join(root, 'none')))).toBeUndefined()
    expect(kindOfPath(machinePath(join(root, 'none')))).toBe('missing')
  })

  it('says what is not a file, and what the system says', () => {
    execFileSync('mkfifo', [join(root, 'pipe')])
    expect(() => readMirrorFileText(machinePath(join(root, 'pipe')))).toThrow(/^it cannot be read: it is a FIFO/)
    expect(() => kindOfPath(machinePath(join(root, 'x'.repeat(300))))).not.toThrow()
    expect(() => readMirrorFileText(machinePath(join(root, 'x'.repeat(300))))).toThrow(
      /^it cannot be read: .*ENAMETOOLONG/
    )
  })
})
