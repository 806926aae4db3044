// The CAs of the machine, where OpenSSL and Go look for them: SSL_CERT_FILE, SSL_CERT_DIR, or the system's store. Windows and macOS
// have a store instead of files.
// Node reads none of them by itself: it brings its own list, and adds the file in NODE_EXTRA_CA_CERTS.

import {platform} from 'node:os'
import {getCACertificates} from 'node:tls'
import {listFolder} from '../filesystem/list-folder.ts'
import {certificatesIn, readPem} from './pem.ts'

type Environment = Readonly<Record<string, string | undefined>>

// Go's lists (crypto/x509/root_linux.go). Of the files, the first that exists counts.
const FILES: readonly string[] = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem'
]
const FOLDERS: readonly string[] = ['/etc/ssl/certs', '/etc/pki/tls/certs']

// Debian has about 300 in its folder.
const MAX_FILES = 1000

/**
 * One variable replaces its own list and leaves the other one in force, as in Go and OpenSSL. Node's reader is used for the store alone:
 * it would wait for ever for a FIFO in SSL_CERT_FILE, and takes no list of folders.
 */
export async function readSystemCertificates(
  environment: Environment,
  system: NodeJS.Platform = platform()
): Promise<readonly string[]> {
  const {file, folders} = placesIn(environment, system)
  if (file === undefined && folders === undefined) return getCACertificates('system')
  if (system === 'win32' || system === 'darwin') {
    // The files of Linux are not looked for: any user may make C:\etc.
    const own = file === undefined || folders === undefined ? getCACertificates('system') : []
    const named = file === undefined ? [] : await readCertificates(file)
    return [...new Set([...own, ...named, ...(await Promise.all((folders ?? []).map(readCertificatesBelow))).flat()])]
  }
  const fromFiles = await Promise.all((file === undefined ? FILES : [file]).map(readCertificates))
  const fromFolders = await Promise.all((folders ?? FOLDERS).map(readCertificatesBelow))
  return [...new Set([...(fromFiles.find(found => found.length > 0) ?? []), ...fromFolders.flat()])]
}

/** What is wrong with the variables, one line each. Nothing fails for it: the CAs may not be needed. */
export async function checkCertificateVariables(
  environment: Environment,
  system: NodeJS.Platform = platform()
): Promise<readonly string[]> {
  const {file, folders} = placesIn(environment, system)
  const lines: string[] = []
  if (file !== undefined && (await readPem(file).catch(() => undefined)) === undefined)
    lines.push(`SSL_CERT_FILE has no effect: ${file} cannot be read`)
  if (folders !== undefined && (await Promise.all(folders.map(isFolder))).every(exists => !exists))
    lines.push(`SSL_CERT_DIR has no effect: ${folders.join(separatorOf(system))} cannot be read`)
  return lines
}

type Places = {readonly file: string | undefined; readonly folders: readonly string[] | undefined}

function separatorOf(system: NodeJS.Platform): string {
  return system === 'win32' ? ';' : ':'
}

function placesIn(environment: Environment, system: NodeJS.Platform): Places {
  const {SSL_CERT_FILE: file = '', SSL_CERT_DIR: folders = ''} = environment
  return {
    file: file === '' ? undefined : file,
    folders: folders === '' ? undefined : folders.split(separatorOf(system)).filter(folder => folder !== '')
  }
}

async function isFolder(folder: string): Promise<boolean> {
  return listFolder(folder, 1).then(
    () => true,
    () => false
  )
}

async function readCertificatesBelow(folder: string): Promise<readonly string[]> {
  const names = await listFolder(folder, MAX_FILES).catch(() => [])
  const certificates: string[] = []
  for (const name of names) certificates.push(...(await readCertificates(`${folder}/${name}`)))
  return certificates
}

// A store has links to files that are gone, and files of other kinds.
async function readCertificates(path: string): Promise<readonly string[]> {
  return readPem(path).then(certificatesIn, () => [])
}
