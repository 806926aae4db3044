// A CA for tests, and the folders where Docker looks for CAs, which only root can write.

import {execFile} from 'node:child_process'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {generate} from 'selfsigned'
import type {TlsPair} from './listener.ts'

export type Pki = {readonly tls: TlsPair; readonly ca: string}

/** A certificate for 127.0.0.1, registry.test, and all names below corp.example that is its own CA. */
export async function makePki(name: string): Promise<Pki> {
  const pki = await generate([{name: 'commonName', value: name}], {
    keySize: 2048,
    extensions: [
      {name: 'basicConstraints', cA: true},
      {
        name: 'subjectAltName',
        altNames: [
          {type: 7, ip: '127.0.0.1'},
          {type: 2, value: 'registry.test'},
          {type: 2, value: '*.corp.example'}
        ]
      }
    ]
  })
  return {tls: {key: pki.private, cert: pki.cert}, ca: pki.cert}
}

const CERTS_D = '/etc/docker/certs.d'

/** Writes files to Docker's folder for a registry. Returns a function that removes the folder. */
export async function fillCertsD(
  host: string,
  files: Readonly<Record<string, string>>
): Promise<() => Promise<unknown>> {
  const staging = await mkdtemp(join(tmpdir(), 'verified-image-certs-'))
  const folder = join(CERTS_D, host)
  for (const [name, text] of Object.entries(files)) await writeFile(join(staging, name), text, {mode: 0o644})
  await asRoot('mkdir', '-p', folder)
  await asRoot('cp', ...Object.keys(files).map(name => join(staging, name)), folder)
  await rm(staging, {recursive: true})
  return () => asRoot('rm', '-r', folder)
}

async function asRoot(program: string, ...args: readonly string[]): Promise<unknown> {
  const isRoot = process.getuid?.() === 0
  return isRoot
    ? promisify(execFile)(program, [...args])
    : promisify(execFile)('sudo', ['--non-interactive', program, ...args])
}
