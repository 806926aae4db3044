// Whether anyone can read a repository: when a registry is asked at all, and what each answer says.

import {afterEach, describe, expect, it} from '@jest/globals'
import {type Credentials, loginCredentials} from '../../src/credentials/credentials.ts'
import {createRegistryAccess, type RegistryAccess} from '../../src/registry/anonymous-access.ts'
import type {Access} from '../../src/registry/registry.ts'
import type {Action} from '../support/fault.ts'
import {type FaultRegistry, type FaultRegistryOptions, startFaultRegistry} from '../support/fault-registry.ts'
import {makeImage} from '../support/images.ts'
import {publish} from '../support/registry-content.ts'

const PASSWORD: Credentials = loginCredentials({username: 'robot', password: 'correct-horse'})

const endings: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(endings.splice(0).map(end => end()))
})

type Setup = {
  readonly server: FaultRegistry
  readonly access: RegistryAccess
  readonly ask: (path?: string, signal?: AbortSignal) => Promise<Access>
}

async function setup(options: FaultRegistryOptions, credentials: Credentials | undefined): Promise<Setup> {
  const server = await startFaultRegistry({content: [publish('acme/app', '1', makeImage())], ...options})
  const access = createRegistryAccess({
    ...{connectTimeoutMs: 2000, stallTimeoutMs: 2000, concurrency: 1, environment: {}, insecureRegistries: []},
    ...{tokenHosts: [], userAgent: 'test/1', nowMs: () => performance.now(), wallClockMs: () => 0},
    credentialsOf: () => Promise.resolve(credentials),
    setSecret: () => undefined
  })
  endings.push(() => {
    access.close()
    return server.close()
  })
  return {
    server,
    access,
    ask: (path = 'acme/app', signal = new AbortController().signal) =>
      access.anonymousAccess({repository: {registry: server.host, path}, reference: '1', signal})
  }
}

function answering(action: Action): FaultRegistryOptions {
  return {faults: [{on: 'any', do: action, times: 'always'}]}
}

describe('createRegistryAccess', () => {
  it('says that a repository is public, without a request, where there are no credentials', async () => {
    const {server, ask} = await setup({}, undefined)
    expect(await ask()).toBe('public')
    expect(server.requests()).toEqual([])
  })

  it('asks once for each repository, without credentials', async () => {
    const {server, ask} = await setup({content: ['a', 'b'].map(path => publish(path, '1', makeImage()))}, PASSWORD)
    expect(await Promise.all([ask('a'), ask('a'), ask('b')])).toEqual(['public', 'public', 'public'])
    expect(server.requests()).toEqual(['HEAD manifest 1', 'HEAD manifest 1'])
    expect(server.journal.map(({headers}) => headers.authorization)).toEqual([undefined, undefined])
  })

  it('learns the challenge of a registry once, and asks nothing after it is closed', async () => {
    const content = ['a', 'b', 'c'].map(path => publish(path, '1', makeImage()))
    const {server, access, ask} = await setup({content, auth: {kind: 'bearer'}}, PASSWORD)
    for (const path of ['a', 'b']) expect(await ask(path)).toBe('public')
    const both = ['HEAD manifest 1', 'GET token', 'HEAD manifest 1', 'GET token', 'HEAD manifest 1']
    expect(server.requests()).toEqual(both)
    access.close()
    await ask('c').catch(() => undefined)
    expect(server.requests()).toEqual(both)
  })

  it.each<{readonly status: number; readonly access: Access}>([
    {status: 401, access: 'private'},
    {status: 403, access: 'private'},
    {status: 404, access: 'unknown'},
    {status: 500, access: 'unknown'}
  ])('takes HTTP $status for $access', async ({status, access}) => {
    const {ask} = await setup(answering({kind: 'respond', status}), PASSWORD)
    expect(await ask()).toBe(access)
  })

  it('rejects with the reason of its signal, and with nothing else', async () => {
    const {ask} = await setup({}, PASSWORD)
    const waiting = ask('acme/app', AbortSignal.abort(new Error('time is up')))
    await expect(waiting).rejects.toThrow('time is up')
  })

  it('does not know of a registry that cannot be reached', async () => {
    const {server, ask} = await setup({}, PASSWORD)
    await server.close()
    expect(await ask()).toBe('unknown')
  })

  it('closes what it never opened', async () => {
    const {access} = await setup({}, PASSWORD)
    expect(() => {
      access.close()
    }).not.toThrow()
  })
})
