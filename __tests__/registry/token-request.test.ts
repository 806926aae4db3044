// The scope that a token is requested for: to pull, whatever the registry wishes; to push only where the caller pushes.

import {describe, expect, it} from '@jest/globals'
import type {FetchRequest} from '../../src/registry/registry.ts'
import {scopeFor} from '../../src/registry/token-request.ts'

const repository = {registry: 'registry.example.com', path: 'acme/app'}
const request: FetchRequest = {
  repository,
  object: 'manifest',
  refresh: undefined,
  signal: new AbortController().signal,
  onExchange: () => undefined
}

function scope(params: Readonly<Record<string, string>>, grant?: FetchRequest['grant']): string {
  return scopeFor({scheme: 'bearer', params}, grant === undefined ? request : {...request, grant})
}

describe('scopeFor', () => {
  it.each(['repository:acme/app:pull,push', 'repository:acme/other:*', 'repository:acme/app:delete'])(
    'is to pull from the repository when the challenge wishes %s',
    wish => {
      expect(scope({scope: wish})).toBe('repository:acme/app:pull')
    }
  )

  it('is to push where the caller pushes, and to pull from where it mounts', () => {
    expect(scope({}, {mountFrom: undefined})).toBe('repository:acme/app:pull,push')
    expect(scope({}, {mountFrom: {...repository, path: 'acme/base'}})).toBe(
      'repository:acme/app:pull,push repository:acme/base:pull'
    )
  })

  it('keeps a scope without resource and action', () => {
    expect([scope({scope: 'aws'}), scope({scope: 'aws'}, {mountFrom: undefined})]).toEqual(['aws', 'aws'])
  })
})
