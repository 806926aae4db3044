import {mkdirSync, writeFileSync} from 'node:fs'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import {readRegularFileIfPresent} from '../../src/pins/present-file.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verified-image-present-'))
})
afterEach(async () => {
  await rm(folder, {recursive: true, force: true})
})

describe('readRegularFileIfPresent', () => {
  it('tells a file, nothing, and what is no file', () => {
    const path = join(folder, 'file')
    expect(readRegularFileIfPresent(path, 3)).toBeUndefined()
    writeFileSync(path, 'abc')
    expect(readRegularFileIfPresent(path, 3)).toEqual({bytes: Buffer.from('abc')})
    expect(readRegularFileIfPresent(path, 2)).toEqual({reason: 'it has 3 bytes, more than the 2 that are read'})
    mkdirSync(join(folder, 'below'))
    expect(readRegularFileIfPresent(join(folder, 'below'), 3)).toEqual({reason: 'it is a folder, not a regular file'})
  })

  it('throws the error of the file system, which says nothing about the content', () => {
    writeFileSync(join(folder, 'file'), 'abc')
    expect(() => readRegularFileIfPresent(join(folder, 'file', 'below'), 3)).toThrow('ENOTDIR')
  })
})
