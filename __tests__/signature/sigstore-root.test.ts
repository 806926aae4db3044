// What is added to Sigstore's libraries: roots that are refused, and names as they are compared.

import {describe, expect, it} from '@jest/globals'
import type {JsonObject} from '../../src/oci/json.ts'
import {openTrustRoot, organizationOf} from '../../src/signature/sigstore-root.ts'
import {openAuthorities} from '../support/authorities.ts'

describe('openTrustRoot', () => {
  it('refuses a root whose log has no start of its validity: the library reads that as always', async () => {
    const root = (await openAuthorities()).root()
    expect(openTrustRoot(root).ok).toBe(true)
    for (const list of ['tlogs', 'ctlogs']) {
      const [log] = root[list] as readonly JsonObject[]
      const publicKey = {...(log?.['publicKey'] as JsonObject), validFor: {}}
      expect(openTrustRoot({...root, [list]: [{...log, publicKey}]})).toMatchObject({
        ok: false,
        reason: expect.stringContaining('start of its validity')
      })
    }
  })

  it.each<readonly [string, JsonObject]>([
    ['nothing', {}],
    ['an authority without a certificate', {certificateAuthorities: [{}]}],
    ['an authority with an empty chain', {certificateAuthorities: [{certChain: {certificates: []}}]}],
    ['a certificate that is none', {certificateAuthorities: [{certChain: {certificates: [{rawBytes: 'AAAA'}]}}]}],
    ['lists that are none', {certificateAuthorities: 'x', tlogs: 1}]
  ])('refuses %s, and throws nothing', (_name, document) => {
    expect(openTrustRoot(document).ok).toBe(false)
  })
})

describe('organizationOf', () => {
  it.each([
    ['O=GitHub\\, Inc.\nCN=Fulcio Intermediate l2', 'GitHub, Inc.'],
    ['O=sigstore.dev\nCN=sigstore-intermediate', 'sigstore.dev'],
    ['CN=O=GitHub', undefined]
  ])('reads %j as %s', (name, organization) => {
    expect(organizationOf(name)).toBe(organization)
  })
})
