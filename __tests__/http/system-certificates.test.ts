import {execFileSync} from 'node:child_process'
import {mkdir, mkdtemp, rm, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {getCACertificates} from 'node:tls'
import {afterAll, beforeAll, describe, expect, it} from '@jest/globals'
import {certificatesIn} from '../../src/http/pem.ts'
import {checkCertificateVariables, readSystemCertificates} from '../../src/http/system-certificates.ts'
import {makePki} from '../support/ca-locations.ts'

let folder: string
let certificate: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verified-image-system-'))
  const {ca} = await makePki('company')
  ;[certificate = ''] = certificatesIn(ca)
  await mkdir(join(folder, 'store'))
  await writeFile(join(folder, 'ca.pem'), ca)
  await writeFile(join(folder, 'store/0a1b2c3d.0'), ca)
  await symlink('0a1b2c3d.0', join(folder, 'store/company.pem'))
  await symlink('gone', join(folder, 'store/dangling.pem'))
  execFileSync('mkfifo', [join(folder, 'store/fifo.pem'), join(folder, 'fifo')])
})
afterAll(() => rm(folder, {recursive: true}))

describe('readSystemCertificates', () => {
  it("reads the system's store where no variable is set, or an empty one", async () => {
    const store = getCACertificates('system')
    await expect(readSystemCertificates({})).resolves.toEqual(store)
    await expect(readSystemCertificates({SSL_CERT_FILE: '', SSL_CERT_DIR: ''})).resolves.toEqual(store)
  })

  it('reads each certificate of a folder once', async () => {
    const found = await readSystemCertificates({
      SSL_CERT_FILE: join(folder, 'missing'),
      SSL_CERT_DIR: `/nonexistent::${join(folder, 'store')}`
    })
    expect(found).toEqual([certificate])
  })

  it('reads the file, and the folders of the system beside it', async () => {
    await expect(readSystemCertificates({SSL_CERT_FILE: join(folder, 'ca.pem')})).resolves.toContain(certificate)
  })

  it.each(['win32', 'darwin'] as const)(
    'adds what one variable names to the store of %s, and reads no file of Linux',
    async system => {
      const store = getCACertificates('system')
      const file = join(folder, 'ca.pem')
      const both = new Set([...store, certificate])
      expect(new Set(await readSystemCertificates({SSL_CERT_FILE: file}, system))).toEqual(both)
      expect(new Set(await readSystemCertificates({SSL_CERT_DIR: join(folder, 'store')}, system))).toEqual(both)
      const named = {SSL_CERT_FILE: file, SSL_CERT_DIR: '/nonexistent'}
      await expect(readSystemCertificates(named, system)).resolves.toEqual([certificate])
      // Other than on Linux, where the files of the system hold beside a folder that is named.
      const empty = {SSL_CERT_FILE: '/nonexistent', SSL_CERT_DIR: '/nonexistent'}
      await expect(readSystemCertificates(empty, system)).resolves.toEqual([])
    }
  )

  it('splits SSL_CERT_DIR of Windows at semicolons: a drive has a colon', async () => {
    const folders = `C:\\nonexistent;${join(folder, 'store')}`
    const found = await readSystemCertificates({SSL_CERT_FILE: '/nonexistent', SSL_CERT_DIR: folders}, 'win32')
    expect(found).toEqual([certificate])
    const lines = await checkCertificateVariables({SSL_CERT_DIR: 'C:\\a;D:\\b'}, 'win32')
    expect(lines).toEqual(['SSL_CERT_DIR has no effect: C:\\a;D:\\b cannot be read'])
  })

  it.each(['/dev/zero', '/proc/self/mem', 'fifo', 'store'])('does not wait for %s', async name => {
    const file = name.startsWith('/') ? name : join(folder, name)
    await expect(readSystemCertificates({SSL_CERT_FILE: file, SSL_CERT_DIR: '/nonexistent'})).resolves.toEqual([])
    await expect(readSystemCertificates({SSL_CERT_FILE: file, SSL_CERT_DIR: file})).resolves.toEqual(
      name === 'store' ? [certificate] : []
    )
  })
})

describe('checkCertificateVariables', () => {
  it('is silent where they are not set, or name what is there', async () => {
    await expect(checkCertificateVariables({})).resolves.toEqual([])
    await expect(
      checkCertificateVariables({SSL_CERT_FILE: join(folder, 'ca.pem'), SSL_CERT_DIR: `/nonexistent:${folder}`})
    ).resolves.toEqual([])
  })

  it('names a path that cannot be read', async () => {
    await expect(checkCertificateVariables({SSL_CERT_FILE: '/nonexistent', SSL_CERT_DIR: '/a:/b'})).resolves.toEqual([
      'SSL_CERT_FILE has no effect: /nonexistent cannot be read',
      'SSL_CERT_DIR has no effect: /a:/b cannot be read'
    ])
    await expect(checkCertificateVariables({SSL_CERT_FILE: join(folder, 'fifo')})).resolves.toHaveLength(1)
  })
})
