import {execFileSync} from 'node:child_process'
import {mkdir, mkdtemp, rm, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeAll, beforeEach, describe, expect, it} from '@jest/globals'
import {
  certificateFolderOf,
  certificateFolders,
  readRegistryCertificates,
  type RegistryCertificates
} from '../../src/http/registry-certificates.ts'
import {makePki, type Pki} from '../support/ca-locations.ts'

const REGISTRY = 'registry.test:5000'

let pki: Pki
let other: Pki
beforeAll(async () => {
  ;[pki, other] = await Promise.all([makePki('one'), makePki('two')])
})

let root: string
let folder: string
let notes: string[]
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'verified-image-certs-'))
  folder = join(root, REGISTRY)
  await mkdir(folder)
  notes = []
})
afterEach(() => rm(root, {recursive: true}))

async function fill(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
}

function read(
  folders: readonly string[] = [root],
  authorities: readonly string[] = []
): Promise<RegistryCertificates | undefined> {
  return readRegistryCertificates(REGISTRY, {folders, authorities}, note => notes.push(note))
}

describe('readRegistryCertificates', () => {
  it('finds nothing where there is no folder, without a note', async () => {
    await expect(read([join(root, 'missing')])).resolves.toBeUndefined()
    await expect(read()).resolves.toBeUndefined()
    expect(notes).toEqual([])
  })

  it('reads files that are named besides, and says why one is of no use', async () => {
    await fill({'named.pem': pki.ca, 'empty.pem': 'no certificate'})
    const files = ['named.pem', 'empty.pem', 'missing.pem'].map(name => join(folder, name))
    const found = await read([], files)
    expect(found).toEqual({registry: REGISTRY, cas: [expect.stringContaining(pki.ca.trim())], client: undefined})
    expect(notes.toSorted()).toEqual([
      expect.stringContaining('empty.pem is ignored: it has no certificate'),
      expect.stringContaining('missing.pem is ignored')
    ])
  })

  it('reads every .crt, of every folder', async () => {
    await fill({'a.crt': pki.ca, 'ca.pem': other.ca, 'README.md': 'certificates'})
    const second = join(root, 'second')
    await mkdir(join(second, REGISTRY), {recursive: true})
    await symlink(join(folder, 'ca.pem'), join(second, REGISTRY, 'ca.crt'))
    const found = await read([root, second])
    expect(found?.cas).toHaveLength(2)
    expect(found).toMatchObject({registry: REGISTRY, client: undefined})
    expect(notes).toEqual([])
  })

  it('reads the first NAME.cert with its NAME.key', async () => {
    const {key, cert} = other.tls
    await fill({'a.cert': String(cert), 'b.cert': String(cert), 'b.key': String(key)})
    await expect(read()).resolves.toMatchObject({cas: [], client: {cert, key}})
    expect(notes).toEqual([expect.stringMatching(/a\.key is ignored: .*ENOENT/)])
  })

  it('ignores a key of another certificate, and quotes nothing of it', async () => {
    await fill({'a.cert': String(other.tls.cert), 'a.key': String(pki.tls.key), 'b.cert': 'x', 'b.key': 'hunter2'})
    await expect(read()).resolves.toBeUndefined()
    expect(notes).toEqual([
      `${folder}/a.cert is ignored: it and a.key are not a certificate and its key without a passphrase`,
      `${folder}/b.cert is ignored: it and b.key are not a certificate and its key without a passphrase`
    ])
  })

  it('ignores what is no file with a certificate, with a note each, and reads the rest', async () => {
    await fill({'a.crt': 'no certificate', 'z.crt': pki.ca, 'large.crt': 'x'.repeat(1024 * 1024 + 1)})
    await mkdir(join(folder, 'folder.crt'))
    execFileSync('mkfifo', [join(folder, 'fifo.crt')])
    await symlink('/dev/zero', join(folder, 'device.crt'))
    await symlink('loop.crt', join(folder, 'loop.crt'))
    const found = await read()
    expect(found?.cas).toHaveLength(1)
    expect(notes.map(note => note.replace(`${folder}/`, ''))).toEqual([
      'a.crt is ignored: it has no certificate in PEM form',
      'device.crt is ignored: it is a device, not a regular file',
      'fifo.crt is ignored: it is a FIFO, not a regular file',
      'folder.crt is ignored: it is a folder, not a regular file',
      expect.stringMatching(/^large\.crt is ignored: it has 1048577 bytes/),
      expect.stringMatching(/^loop\.crt is ignored: /)
    ])
  })
})

describe('certificateFolders', () => {
  it.each([
    {
      system: 'linux',
      environment: {ProgramData: 'C:\\ProgramData'},
      folders: ['/etc/docker/certs.d', '/etc/containers/certs.d']
    },
    {system: 'darwin', environment: {}, folders: ['/etc/docker/certs.d', '/etc/containers/certs.d']},
    {system: 'win32', environment: {ProgramData: 'D:\\Data'}, folders: ['D:\\Data\\docker\\certs.d']},
    {system: 'win32', environment: {PROGRAMDATA: 'D:\\Data'}, folders: ['D:\\Data\\docker\\certs.d']},
    // Any user may make C:\etc, and so a CA that this process would trust.
    {system: 'win32', environment: {}, folders: []},
    {system: 'win32', environment: {ProgramData: ''}, folders: []}
  ] as const)('are $folders on $system with $environment', ({system, environment, folders}) => {
    expect(certificateFolders(environment, system)).toEqual(folders)
  })

  it('have a folder for each registry, which has no colon on Windows', () => {
    expect(certificateFolderOf('registry.example.com:5000', 'linux')).toBe('registry.example.com:5000')
    expect(certificateFolderOf('registry.example.com:5000', 'win32')).toBe('registry.example.com5000')
  })
})
