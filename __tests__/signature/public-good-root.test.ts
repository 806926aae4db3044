// The built-in trust root: it can be used, and it does not run out before the next release.

import {describe, expect, it} from '@jest/globals'
import {decodeJsonObject} from '../../src/oci/json.ts'
import {publicGoodRoot} from '../../src/signature/public-good-root.ts'
import {openTrustRoot} from '../../src/signature/sigstore-root.ts'

const DAY_MS = 86_400_000

describe('publicGoodRoot', () => {
  it('opens, with authorities, logs, and timestamps', () => {
    const document = decodeJsonObject(Buffer.from(publicGoodRoot()))
    const root = document.ok ? openTrustRoot(document.value) : document
    expect(root.ok).toBe(true)
    if (!root.ok) return
    expect(root.value.authorities.length).toBeGreaterThan(1)
    expect(root.value.root.tlogs.length).toBeGreaterThan(0)
    expect(root.value.root.ctlogs.length).toBeGreaterThan(0)
    expect(root.value.root.timestampAuthorities.length).toBeGreaterThan(0)
  })

  // A new signature needs one authority of each kind that is valid when it is made. If this fails, update @sigstore/tuf.
  it('is valid for 90 more days', () => {
    const root = JSON.parse(publicGoodRoot()) as Record<string, readonly Validity[]>
    const until = Date.now() + 90 * DAY_MS
    const lists = [
      ...['certificateAuthorities', 'timestampAuthorities'].map(name =>
        (root[name] ?? []).map(({validFor}) => validFor)
      ),
      ...['tlogs', 'ctlogs'].map(name => (root[name] ?? []).map(({publicKey}) => publicKey?.validFor))
    ]
    for (const list of lists)
      expect(list.some(validFor => validFor?.end === undefined || Date.parse(validFor.end) > until)).toBe(true)
  })
})

type Validity = {
  readonly validFor?: {readonly end?: string}
  readonly publicKey?: {readonly validFor?: {readonly end?: string}}
}
