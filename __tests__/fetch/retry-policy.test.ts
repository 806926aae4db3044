// The rows of the policy that depend on more than the kind of a failure.

import {describe, expect, it} from '@jest/globals'
import {retryPolicyOf} from '../../src/fetch/retry-policy.ts'

describe('retryPolicyOf', () => {
  it('tries the next registry after a manifest of schema 1 that does not have the requested digest', () => {
    const policy = retryPolicyOf({kind: 'unusable', reason: 'old-response', detail: ''})
    expect(policy).toMatchObject({retry: 'never', tryNextRegistry: true})
  })

  it.each(['artifact', 'old', 'unsupported'] as const)('stops at an image that is unusable everywhere: %s', reason => {
    expect(retryPolicyOf({kind: 'unusable', reason, detail: ''})).toMatchObject({
      retry: 'never',
      tryNextRegistry: false
    })
  })

  it('does not retry after a wrong certificate', () => {
    expect(retryPolicyOf({kind: 'unreachable', reason: 'tls-identity', detail: ''}).retry).toBe('never')
    expect(retryPolicyOf({kind: 'unreachable', reason: 'tls', detail: ''}).retry).toBe('attempts')
  })
})
