// Whether Docker and skopeo get an image with a login that a user gave them.

import {execFile} from 'node:child_process'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import type {LoginRegistry} from './login-registry.ts'

type Login = {readonly username: string; readonly password: string}

function succeeds(program: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<boolean> {
  return promisify(execFile)(program, [...args], {env, timeout: 30_000}).then(
    () => true,
    () => false
  )
}

/** Whether an engine pulls `acme/app:1` from it. What it pulled is removed. */
export async function dockerLoginAt(registry: LoginRegistry, {username, password}: Login): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'verified-image-docker-'))
  try {
    const auth = Buffer.from(`${username}:${password}`).toString('base64')
    await writeFile(join(folder, 'config.json'), JSON.stringify({auths: {[registry.host]: {auth}}}))
    const env = {
      ...{PATH: process.env['PATH'] ?? '', DOCKER_HOST: process.env['DOCKER_HOST'] ?? ''},
      ...{DOCKER_CONFIG: folder, HOME: folder}
    }
    const image = `${registry.host}/acme/app:1`
    const isPulled = await succeeds('docker', ['pull', '--quiet', image], env)
    await succeeds('docker', ['image', 'rm', image], env)
    return isPulled
  } finally {
    await rm(folder, {recursive: true, force: true})
  }
}

export function skopeoReads(image: string, {username, password}: Login): Promise<boolean> {
  const args = ['inspect', '--no-tags', '--tls-verify=false', `--creds=${username}:${password}`, `docker://${image}`]
  return succeeds('skopeo', args, {PATH: process.env['PATH'] ?? '', HOME: '/nonexistent'})
}
