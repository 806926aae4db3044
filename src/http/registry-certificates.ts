// The folder in which Docker keeps certificates for one registry: *.crt are CAs to trust, NAME.cert and NAME.key are the client's own.
// Root owns it. Its name is the registry of a reference, which the workflow wrote: no redirect or challenge chooses a folder.

import {platform} from 'node:os'
import {createSecureContext} from 'node:tls'
import {describeErrno, isErrno} from '../filesystem/errno.ts'
import {listFolder} from '../filesystem/list-folder.ts'
import {NotRegularFile} from '../filesystem/regular-file.ts'
import {certificatesIn, readPem} from './pem.ts'

export type ClientCertificate = {readonly cert: string; readonly key: string}

export type RegistryCertificates = {
  readonly registry: string
  readonly cas: readonly string[]
  readonly client: ClientCertificate | undefined
}

/** Docker's folder, and podman's on machines without Docker. On Windows, Docker's alone: any user may make C:\etc. */
export function certificateFolders(
  environment: Readonly<Record<string, string | undefined>>,
  system: NodeJS.Platform = platform()
): readonly string[] {
  if (system !== 'win32') return ['/etc/docker/certs.d', '/etc/containers/certs.d']
  const [, programData] = Object.entries(environment).find(([name]) => name.toLowerCase() === 'programdata') ?? []
  return programData === undefined || programData === '' ? [] : [`${programData}\\docker\\certs.d`]
}

/** The name of a registry's folder. No name on Windows has a colon, so that Docker leaves it out there. */
export function certificateFolderOf(registry: string, system: NodeJS.Platform = platform()): string {
  return system === 'win32' ? registry.replaceAll(':', '') : registry
}

export type CertificatePlaces = {
  /** With a folder for each registry. */
  readonly folders: readonly string[]
  /** Files with CAs for this registry. */
  readonly authorities: readonly string[]
}

const MAX_FILES = 100

type Note = (text: string) => void

/** Resolves to undefined if there are none, which most registries have. Files that are of no use are skipped with a note. */
export async function readRegistryCertificates(
  registry: string,
  {folders, authorities}: CertificatePlaces,
  note: Note
): Promise<RegistryCertificates | undefined> {
  const found = await Promise.all(folders.map(folder => readFolder(`${folder}/${certificateFolderOf(registry)}`, note)))
  const named = await Promise.all(authorities.map(path => readCas(path, note)))
  const cas = [...found.flatMap(folder => folder.cas), ...named.flat()]
  const client = found.find(folder => folder.client !== undefined)?.client
  return cas.length === 0 && client === undefined ? undefined : {registry, cas, client}
}

type Folder = Omit<RegistryCertificates, 'registry'>

async function readFolder(folder: string, note: Note): Promise<Folder> {
  const names = await listFolder(folder, MAX_FILES).catch(namesOfMissing)
  const cas: string[] = []
  let client: ClientCertificate | undefined
  for (const name of names) {
    if (name.endsWith('.crt')) cas.push(...(await readCas(`${folder}/${name}`, note)))
    if (name.endsWith('.cert')) client ??= await readClient(folder, name.slice(0, -'.cert'.length), note)
  }
  return {cas, client}
}

// A folder that only root can list is none to this process: whether it has anything for this registry cannot be seen.
function namesOfMissing(error: unknown): readonly string[] {
  if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES')) return []
  throw error
}

async function readCas(path: string, note: Note): Promise<readonly string[]> {
  const pem = await readNoted(path, note)
  const certificates = pem === undefined ? [] : certificatesIn(pem)
  if (pem !== undefined && certificates.length === 0) note(`${path} is ignored: it has no certificate in PEM form`)
  return certificates
}

async function readClient(folder: string, name: string, note: Note): Promise<ClientCertificate | undefined> {
  const cert = await readNoted(`${folder}/${name}.cert`, note)
  const key = await readNoted(`${folder}/${name}.key`, note)
  if (cert === undefined || key === undefined) return undefined
  try {
    createSecureContext({cert, key})
    return {cert, key}
  } catch {
    // OpenSSL's reason is not quoted: the file is a secret.
    note(`${folder}/${name}.cert is ignored: it and ${name}.key are not a certificate and its key without a passphrase`)
    return undefined
  }
}

async function readNoted(path: string, note: Note): Promise<string | undefined> {
  try {
    return await readPem(path)
  } catch (error) {
    note(`${path} is ignored: ${error instanceof NotRegularFile ? error.message : describeErrno(error)}`)
    return undefined
  }
}
