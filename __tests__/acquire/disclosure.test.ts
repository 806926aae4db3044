// Which names a public mirror may learn: what is known without a request, and when the registry is asked.

import {describe, expect, it} from '@jest/globals'
import {newResult, type CandidateResult} from '../../src/acquire/candidate-result.ts'
import {accessOf} from '../../src/acquire/disclosure.ts'
import {type CredentialsOutcome, type Failure, type ObjectName} from '../../src/failure/failure.ts'
import {type Attempt} from '../../src/fetch/retry.ts'
import type {Access, AccessPort} from '../../src/registry/registry.ts'

function attempt(object: ObjectName, outcome: Attempt['outcome']): Attempt {
  return {object, number: 1, startedMs: 0, elapsedMs: 1, waitedMs: 0, bytes: 1, outcome, exchanges: []}
}

function refused(kind: 'unauthorized' | 'denied', credentials: CredentialsOutcome): Failure {
  return {kind, status: 401, detail: '', credentials}
}

function primaryAt(registry: string, path: string, more: Partial<CandidateResult> = {}): CandidateResult {
  return {...newResult({role: 'primary', repository: {registry, path}, mayResolve: true}), ...more}
}

async function ask(primary: CandidateResult, answer: Access = 'unknown'): Promise<readonly [Access, number]> {
  const requests: unknown[] = []
  const port: AccessPort = {
    anonymousAccess: request => {
      requests.push(request)
      return Promise.resolve(answer)
    }
  }
  const access = await accessOf({port, primary, reference: '1', signal: new AbortController().signal})
  return [access, requests.length]
}

describe('accessOf', () => {
  it("calls Docker's official images public, even if Docker Hub refuses them", async () => {
    const failure = refused('denied', 'none')
    expect(await ask(primaryAt('docker.io', 'library/php', {failure}))).toEqual(['public', 0])
  })

  it.each([
    ['docker.io', 'acme/library/php'],
    ['ghcr.io', 'library/php']
  ])('does not take %s/%s for an official image', async (registry, path) => {
    expect(await ask(primaryAt(registry, path))).toEqual(['unknown', 1])
  })

  it.each(['unauthorized', 'denied'] as const)('calls an image private that is %s without credentials', async kind => {
    expect(await ask(primaryAt('docker.io', 'acme/app', {failure: refused(kind, 'none')}))).toEqual(['private', 0])
  })

  it('calls an image private that is denied to a request without the credentials that are set', async () => {
    const failure = refused('denied', 'not-requested')
    expect(await ask(primaryAt('docker.io', 'acme/app', {failure}), 'public')).toEqual(['private', 0])
  })

  it('asks the registry when only the credentials were refused', async () => {
    const failure = refused('denied', 'refused')
    expect(await ask(primaryAt('docker.io', 'acme/app', {failure}), 'public')).toEqual(['public', 1])
  })

  it('asks the registry when it failed in another way', async () => {
    const failure: Failure = {kind: 'server-error', status: 503, detail: ''}
    expect(await ask(primaryAt('docker.io', 'acme/app', {failure}), 'private')).toEqual(['private', 1])
  })

  it.each<{readonly object: ObjectName; readonly outcome: Attempt['outcome']; readonly access: Access}>([
    {object: 'manifest', outcome: 'verified', access: 'public'},
    {object: 'manifest', outcome: 'failed', access: 'private'},
    {object: 'config', outcome: 'verified', access: 'private'}
  ])('calls an image $access that is refused after $object was $outcome', async ({object, outcome, access}) => {
    const more = {failure: refused('denied', 'none'), attempts: [attempt(object, outcome)]}
    const [found] = await ask(primaryAt('docker.io', 'acme/app', more), 'public')
    expect(found).toBe(access)
  })
})
