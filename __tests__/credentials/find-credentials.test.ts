// Credentials as a user of Docker has them, from files and helpers that may hold anything.

import {chmod, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {delimiter, join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import type {Credentials} from '../../src/credentials/credentials.ts'
import {createCredentials, type CredentialSources} from '../../src/credentials/find-credentials.ts'

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'verified-image-credentials-'))
})
afterEach(async () => {
  await rm(home, {recursive: true})
})

type Found = {readonly credentials: Credentials | undefined; readonly warnings: string[]; readonly concealed: string[]}

async function find(registry: string, more: Partial<CredentialSources> = {}): Promise<Found> {
  const warnings: string[] = []
  const concealed: string[] = []
  const credentialsOf = createCredentials({
    ...{
      fromInputs: undefined,
      githubToken: undefined,
      environment: {},
      programEnvironment: {PATH: `${home}${delimiter}${process.env['PATH'] ?? ''}`},
      home,
      signal: new AbortController().signal
    },
    conceal: secret => concealed.push(secret),
    warn: text => warnings.push(text),
    ...more
  })
  return {credentials: await credentialsOf(registry), warnings, concealed}
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

async function config(value: unknown): Promise<void> {
  await mkdir(join(home, '.docker'), {recursive: true})
  await writeFile(join(home, '.docker', 'config.json'), typeof value === 'string' ? value : JSON.stringify(value))
}

const PASSWORD = {kind: 'password', username: 'u', password: 'p:w', isJobToken: false} as const
const AUTH = {auth: base64('u:p:w')}

describe('createCredentials', () => {
  it('takes the inputs for their registry alone', async () => {
    const given = {registry: 'docker.io', username: 'u', password: 'p:w'}
    const found = await find('docker.io', {fromInputs: given})
    expect(found).toEqual({credentials: PASSWORD, warnings: [], concealed: ['p:w', base64('u:p:w')]})
    expect((await find('ghcr.io', {fromInputs: given})).credentials).toBeUndefined()
  })

  it("gives the job's token to ghcr.io, to nobody else, and behind what the user logged in with", async () => {
    const job = {githubToken: 'ghs_1'}
    expect((await find('ghcr.io', job)).credentials).toMatchObject({password: 'ghs_1', isJobToken: true})
    for (const registry of ['docker.io', 'ghcr.io.example.com', 'notghcr.io', 'ghcr.io:444'])
      expect((await find(registry, job)).credentials).toBeUndefined()
    await config({auths: {'ghcr.io': AUTH}})
    expect((await find('ghcr.io', job)).credentials).toEqual(PASSWORD)
  })

  it.each([
    {registry: 'docker.io', key: 'https://index.docker.io/v1/'},
    {registry: 'docker.io', key: 'docker.io'},
    {registry: 'docker.io', key: 'https://registry-1.docker.io/v2/'},
    {registry: 'ghcr.io', key: 'https://ghcr.io'},
    {registry: 'ghcr.io', key: 'GHCR.io/v2/'},
    {registry: '127.0.0.1:5000', key: 'http://127.0.0.1:5000'}
  ])('finds $registry under $key', async ({registry, key}) => {
    await config({auths: {[key]: AUTH}})
    expect((await find(registry)).credentials).toEqual(PASSWORD)
  })

  it.each([
    {
      name: 'another registry',
      auths: {'evil-ghcr.io': AUTH, 'ghcr.io.evil.com': AUTH, 'https://evil.com/ghcr.io': AUTH}
    },
    {name: 'an entry without a password', auths: {'ghcr.io': {auth: base64('u:')}}},
    {name: 'an entry without a name', auths: {'ghcr.io': {auth: base64(':p')}}},
    {name: 'an empty entry', auths: {'ghcr.io': {}}},
    {name: 'an entry that is none', auths: {'ghcr.io': 'u:p'}},
    {name: 'no entries', auths: []}
  ])('finds nothing in $name', async ({auths}) => {
    await config({auths})
    expect(await find('ghcr.io')).toEqual({credentials: undefined, warnings: [], concealed: []})
  })

  it('reads identity tokens, and names and passwords in fields of their own', async () => {
    await config({auths: {a: {identitytoken: 'refresh', auth: base64('00:x')}, b: {username: 'u', password: 'p:w'}}})
    expect(await find('a')).toMatchObject({
      credentials: {kind: 'identity-token', token: 'refresh'},
      concealed: ['refresh']
    })
    expect((await find('b')).credentials).toEqual(PASSWORD)
  })

  it('prefers DOCKER_AUTH_CONFIG to the file, and DOCKER_CONFIG to the home folder', async () => {
    await config({auths: {a: {auth: base64('home:1')}}})
    const other = join(home, 'other')
    await mkdir(other)
    await writeFile(join(other, 'config.json'), JSON.stringify({auths: {a: {auth: base64('other:1')}}}))
    const environment = {DOCKER_CONFIG: other, DOCKER_AUTH_CONFIG: JSON.stringify({auths: {b: AUTH}})}
    expect((await find('b', {environment})).credentials).toEqual(PASSWORD)
    expect((await find('a', {environment})).credentials).toMatchObject({username: 'other'})
    expect((await find('a')).credentials).toMatchObject({username: 'home'})
  })

  it.each([
    {name: 'is no JSON', text: '{auths', says: 'it is not JSON'},
    {name: 'is a list', text: '[]', says: 'not a JSON object'}
  ])('goes without, and says so, when the file $name', async ({text, says}) => {
    await config(text)
    const {credentials, warnings} = await find('a')
    expect(credentials).toBeUndefined()
    expect(warnings).toEqual([expect.stringContaining(says)])
  })

  it.each([
    {name: 'in any case', text: `{"Auths":{"a":{"Auth":"${AUTH.auth}"}}}`},
    {
      name: 'in two places, one into the other',
      text: `{"auths":{"a":{"auth":"${AUTH.auth}"}},"Auths":{"b":{"auth":"eDp5"}}}`
    },
    {name: 'the last of two entries', text: `{"auths":{"a":{"auth":"eDp5"},"a":{"auth":"${AUTH.auth}"}}}`},
    {name: 'before trailing bytes', text: `{"auths":{"a":{"auth":"${AUTH.auth}"}}} {"auths":{}}`}
  ])('reads what Docker reads in a file: $name', async ({text}) => {
    await config(text)
    expect(await find('a')).toMatchObject({credentials: PASSWORD, warnings: []})
  })

  it('gives credentials or nothing, whatever a config says', async () => {
    const entry = fc.oneof(fc.jsonValue(), fc.record({auth: fc.oneof(fc.string(), fc.base64String())}))
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.constantFrom('a', 'https://a/v1/', '__proto__', 'b'), entry), async auths => {
        const text = JSON.stringify({auths})
        const {credentials} = await find('a', {environment: {DOCKER_AUTH_CONFIG: text}})
        expect([undefined, 'password', 'identity-token']).toContain(credentials?.kind)
      })
    )
  })
})

async function helper(script: string): Promise<void> {
  const file = join(home, 'docker-credential-test')
  await writeFile(file, `#!/bin/sh\n${script}\n`)
  await chmod(file, 0o755)
}

const onUnix = process.platform === 'win32' ? describe.skip : describe

onUnix('a credential helper', () => {
  it('is asked for the registry, Docker Hub under its old name', async () => {
    await config({credsStore: 'test'})
    await helper(`read -r server; printf '{"Username":"u","Secret":"%s"}' "$server"`)
    expect((await find('docker.io')).credentials).toMatchObject({password: 'https://index.docker.io/v1/'})
    expect((await find('ghcr.io')).credentials).toMatchObject({password: 'ghcr.io'})
  })

  it('of one registry is asked for that one, and what it lacks is looked for in the file', async () => {
    await config({credHelpers: {a: 'test'}, auths: {a: AUTH, b: AUTH}})
    await helper(`echo 'credentials not found in native keychain'; exit 1`)
    expect(await find('a')).toMatchObject({credentials: PASSWORD, warnings: []})
    expect((await find('b')).credentials).toEqual(PASSWORD)
  })

  it('may give an identity token', async () => {
    await config({credsStore: 'test'})
    await helper(`echo '{"Username":"<token>","Secret":"refresh"}'`)
    expect((await find('a')).credentials).toEqual({kind: 'identity-token', token: 'refresh'})
  })

  // What a helper prints may be the very secret, whether it fails before or after that.
  const ANSWER = '{"Username":"u","Secret":"hunter2-hunter2"}'

  it.each([
    {name: 'fails', script: 'echo broken >&2; exit 1', says: 'it ended with exit code 1'},
    {name: 'answers and fails', script: `echo '${ANSWER}'; exit 3`, says: 'it ended with exit code 3'},
    {name: 'answers no JSON', script: 'echo hunter2-hunter2', says: 'its answer is not a JSON object'},
    {name: 'answers half', script: `printf '{"Username":"u","Secret":"hunter2-hunter2'`, says: 'not a JSON object'},
    {name: 'shows it on its other stream', script: 'echo hunter2-hunter2 >&2; exit 1', says: 'exit code 1'},
    {name: 'dies before it reads', script: 'kill -9 $$', says: 'it was ended by SIGKILL'},
    {name: 'does not stop', script: 'yes hunter2-hunter2 | head -c 200000', says: 'its answer is longer than 65.5 kB'}
  ])('that $name is warned about without a word of what it said', async ({script, says}) => {
    await config({credsStore: 'test'})
    await helper(script)
    const {credentials, warnings} = await find('a')
    expect(credentials).toBeUndefined()
    expect(warnings).toEqual([expect.stringContaining(says)])
    expect(warnings.join()).not.toMatch(/hunter2|broken/)
    expect(warnings.join()).toContain('To see it, run: echo a | docker-credential-test get')
  })

  it('gets the environment that it is given, and nothing else', async () => {
    await config({credsStore: 'test'})
    await helper(`printf '{"Username":"u","Secret":"%s"}' "$HOME/$OURS"`)
    process.env['OURS'] = 'secret'
    try {
      const programEnvironment = {PATH: `${home}:/usr/bin:/bin`, HOME: '/home/me'}
      expect((await find('a', {programEnvironment})).credentials).toMatchObject({password: '/home/me/'})
    } finally {
      delete process.env['OURS']
    }
  })

  it.each(['missing-here', '../../bin/sh', 'a b'])('that is named "%s" is not run', async name => {
    await config({credsStore: name, auths: {a: AUTH}})
    const {credentials, warnings} = await find('a')
    expect(credentials).toEqual(PASSWORD)
    expect(warnings).toHaveLength(1)
  })
})
