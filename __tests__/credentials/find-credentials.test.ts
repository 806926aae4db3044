// Credentials from inputs, Docker configs and credential helpers, which may contain anything.

import {chmod, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {delimiter, join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from '@jest/globals'
import fc from 'fast-check'
import {type Credentials, loginCredentials} from '../../src/credentials/credentials.ts'
import type {Repository} from '../../src/oci/reference.ts'
import {createCredentials, type CredentialSources} from '../../src/credentials/find-credentials.ts'

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'verified-image-credentials-'))
})
afterEach(async () => {
  await rm(home, {recursive: true})
})

type Found = {readonly credentials: Credentials | undefined; readonly warnings: string[]; readonly concealed: string[]}

// Of a runner of github.com.
const GITHUB = {GITHUB_SERVER_URL: 'https://github.com'}

async function find(name: string, more: Partial<CredentialSources> = {}): Promise<Found> {
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
    setSecret: secret => concealed.push(secret),
    warn: text => warnings.push(text),
    note: () => undefined,
    ...more
  })
  return {credentials: await credentialsOf(repositoryOf(name)), warnings, concealed}
}

/** A registry stands for `acme/app` there. */
function repositoryOf(name: string): Repository {
  const slash = name.indexOf('/')
  return slash < 0 ? {registry: name, path: 'acme/app'} : {registry: name.slice(0, slash), path: name.slice(slash + 1)}
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

async function config(value: unknown): Promise<void> {
  await mkdir(join(home, '.docker'), {recursive: true})
  await writeFile(join(home, '.docker', 'config.json'), typeof value === 'string' ? value : JSON.stringify(value))
}

const PASSWORD = loginCredentials({username: 'u', password: 'p:w'})
const AUTH = {auth: base64('u:p:w')}

describe('createCredentials', () => {
  it('uses the inputs for their registry only', async () => {
    const given = {registry: 'docker.io', username: 'u', password: 'p:w'}
    const found = await find('docker.io', {fromInputs: given})
    expect(found).toEqual({credentials: PASSWORD, warnings: [], concealed: ['p:w', base64('u:p:w')]})
    expect((await find('ghcr.io', {fromInputs: given})).credentials).toBeUndefined()
  })

  it("uses the job's token for ghcr.io only, and after the user's own login", async () => {
    const job = {githubToken: 'ghs_1', environment: GITHUB}
    expect((await find('ghcr.io', job)).credentials).toMatchObject({login: {password: 'ghs_1'}, isJobToken: true})
    for (const registry of ['docker.io', 'ghcr.io.example.com', 'notghcr.io', 'ghcr.io:444'])
      expect((await find(registry, job)).credentials).toBeUndefined()
    await config({auths: {'ghcr.io': AUTH}})
    expect((await find('ghcr.io', job)).credentials).toEqual(PASSWORD)
  })

  it.each([
    ...['https://github.example.com', 'https://acme.ghe.com', 'https://codeberg.org', 'http://github.com'],
    ...['https://github.com.example.com', 'https://github.com@example.com', 'https://example.com/https://github.com'],
    ...['https://github.com:8443', 'https://notgithub.com', 'https://github.com\u3002example.com', 'github.com']
  ])('keeps the token of another server than github.com, and says so once: %s', async server => {
    const notes: string[] = []
    const job = {
      githubToken: 'ghs_1',
      environment: {GITHUB_SERVER_URL: server},
      note: (text: string) => notes.push(text)
    }
    expect((await find('ghcr.io', job)).credentials).toBeUndefined()
    expect(notes).toEqual([expect.stringMatching(/^github-token is not sent to ghcr\.io: .*docker\/login-action/)])
  })

  it.each(['https://github.com', 'https://github.com/', 'https://GitHub.com:443', '', undefined])(
    'sends the token of github.com, however it is spelled, and without a server: %s',
    async server => {
      const job = {githubToken: 'ghs_1', environment: {GITHUB_SERVER_URL: server}}
      expect((await find('ghcr.io', job)).credentials).toMatchObject({isJobToken: true})
    }
  )

  it("keeps the user's own login for ghcr.io at any server", async () => {
    await config({auths: {'ghcr.io': AUTH}})
    const job = {githubToken: 'ghs_1', environment: {GITHUB_SERVER_URL: 'https://github.example.com'}}
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
  ])('finds no credentials in $name', async ({auths}) => {
    await config({auths})
    expect(await find('ghcr.io')).toEqual({credentials: undefined, warnings: [], concealed: []})
  })

  it('reads identity tokens, and usernames and passwords in separate fields', async () => {
    await config({auths: {a: {identitytoken: 'refresh', auth: base64('00:x')}, b: {username: 'u', password: 'p:w'}}})
    expect(await find('a')).toMatchObject({
      credentials: {identityToken: 'refresh', login: {username: '00', password: 'x'}},
      concealed: ['x', base64('00:x'), 'refresh']
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
    expect((await find('a', {environment})).credentials).toMatchObject({login: {username: 'other'}})
    expect((await find('a')).credentials).toMatchObject({login: {username: 'home'}})
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
    const entry = fc.oneof(
      fc.jsonValue(),
      fc.record({
        auth: fc.oneof(
          fc.string(),
          fc.base64String(),
          fc.string().map(name => base64(`${name}:2`))
        )
      })
    )
    let found = 0
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.constantFrom('a', 'https://a/v1/', '__proto__', 'b'), entry), async auths => {
        const text = JSON.stringify({auths})
        const {credentials} = await find('a', {environment: {DOCKER_AUTH_CONFIG: text}})
        if (credentials === undefined) return
        found++
        const {login, identityToken, registryToken} = credentials
        for (const secret of [login?.username, login?.password, identityToken, registryToken])
          expect(secret).not.toBe('')
        expect([login, identityToken, registryToken].some(form => form !== undefined)).toBe(true)
      })
    )
    expect(found).toBeGreaterThan(0)
  })
})

describe("podman's files", () => {
  const B = {auth: base64('b:2')}

  async function authFile(path: string, auths: unknown): Promise<void> {
    await mkdir(join(home, path), {recursive: true})
    await writeFile(join(home, path, 'auth.json'), JSON.stringify({auths}))
  }

  it.each([
    {name: 'REGISTRY_AUTH_FILE', folder: 'named', variable: 'REGISTRY_AUTH_FILE', value: 'named/auth.json'},
    {name: 'XDG_RUNTIME_DIR', folder: 'run/containers', variable: 'XDG_RUNTIME_DIR', value: 'run'},
    {name: 'XDG_CONFIG_HOME', folder: 'conf/containers', variable: 'XDG_CONFIG_HOME', value: 'conf'},
    {name: 'the home folder', folder: '.config/containers', variable: 'UNUSED', value: ''}
  ])('are found by $name', async ({folder, variable, value}) => {
    await authFile(folder, {a: AUTH})
    expect(await find('a', {environment: {[variable]: join(home, value)}})).toMatchObject({
      credentials: PASSWORD,
      warnings: []
    })
  })

  it("count after Docker's file, for what that lacks", async () => {
    await config({auths: {a: AUTH}})
    await authFile('.config/containers', {a: B, b: B})
    expect((await find('a')).credentials).toEqual(PASSWORD)
    expect((await find('b')).credentials).toMatchObject({login: {username: 'b'}})
  })

  it('are warned about when REGISTRY_AUTH_FILE names none', async () => {
    const {credentials, warnings} = await find('a', {environment: {REGISTRY_AUTH_FILE: join(home, 'absent.json')}})
    expect(credentials).toBeUndefined()
    expect(warnings).toEqual([expect.stringContaining('absent.json cannot be read')])
  })
})

describe('a bearer token of the registry', () => {
  it('is read and masked', async () => {
    await config({auths: {a: {registrytoken: 'rt'}}})
    expect(await find('a')).toMatchObject({credentials: {registryToken: 'rt', login: undefined}, concealed: ['rt']})
  })
})

async function helper(script: string): Promise<void> {
  const file = join(home, 'docker-credential-test')
  await writeFile(file, `#!/bin/sh\n${script}\n`)
  await chmod(file, 0o755)
}

const onUnix = process.platform === 'win32' ? describe.skip : describe

onUnix('a credential helper', () => {
  it('receives the registry, and the old key of Docker Hub', async () => {
    await config({credsStore: 'test'})
    await helper(`read -r server; printf '{"Username":"u","Secret":"%s"}' "$server"`)
    expect((await find('docker.io')).credentials).toMatchObject({login: {password: 'https://index.docker.io/v1/'}})
    expect((await find('ghcr.io')).credentials).toMatchObject({login: {password: 'ghcr.io'}})
  })

  it('of one registry is used for it, and the file is the fallback', async () => {
    await config({credHelpers: {a: 'test'}, auths: {a: AUTH, b: AUTH}})
    await helper(`echo 'credentials not found in native keychain'; exit 1`)
    expect(await find('a')).toMatchObject({credentials: PASSWORD, warnings: []})
    expect((await find('b')).credentials).toEqual(PASSWORD)
  })

  it("is asked for podman's name of Docker Hub when it does not know Docker's", async () => {
    await config({credsStore: 'test'})
    await helper(
      `read -r server; [ "$server" = docker.io ] && echo '{"Username":"u","Secret":"p:w"}' || { echo 'credentials not found'; exit 1; }`
    )
    expect(await find('docker.io')).toMatchObject({credentials: PASSWORD, warnings: []})
  })

  it('of a path is not asked', async () => {
    await config({credHelpers: {'a/acme': 'test', 'b/v2/': 'test'}})
    await helper(`echo '{"Username":"u","Secret":"p:w"}'`)
    expect((await find('a')).credentials).toBeUndefined()
    expect((await find('b')).credentials).toEqual(PASSWORD)
  })

  it('may give an identity token', async () => {
    await config({credsStore: 'test'})
    await helper(`echo '{"Username":"<token>","Secret":"refresh"}'`)
    expect((await find('a')).credentials).toMatchObject({login: undefined, identityToken: 'refresh'})
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
      expect((await find('a', {programEnvironment})).credentials).toMatchObject({login: {password: '/home/me/'}})
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
