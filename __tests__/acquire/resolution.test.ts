// Which answer decides the digest of an image: the table of trust, row by row. No registry, no time.

import {describe, expect, it} from '@jest/globals'
import {type ImageRequest, parseImageRequest} from '../../src/acquire/plan.ts'
import {Resolution} from '../../src/acquire/resolution.ts'
import {type Failure} from '../../src/failure/failure.ts'
import type {Digest} from '../../src/oci/digest.ts'
import {type Candidate, type Role} from '../../src/registry/candidate.ts'

const [A, B, C] = ['a', 'b', 'c'].map(letter => `sha256:${letter.repeat(64)}` as Digest) as [Digest, Digest, Digest]

function candidateAt(registry: string, role: Role): Candidate {
  return {role, repository: {registry, path: 'a/b'}, mayResolve: role !== 'public-mirror'}
}

const PRIMARY = candidateAt('docker.io', 'primary')
const FIRST = candidateAt('first.example.com', 'mirror')
const SECOND = candidateAt('second.example.com', 'mirror')
const DOWN: Failure = {kind: 'server-error', status: 503, detail: ''}
const FAILED = {kind: 'failed', failure: DOWN} as const
const SILENT = {kind: 'silent', forMs: 20_000} as const

function resolutionOf(text = 'a/b:1', more: Partial<ImageRequest> = {}): Resolution {
  const image = parseImageRequest(text)
  if (!image.ok) throw new Error(image.reason)
  return new Resolution({...image.value, ...more}, [PRIMARY, FIRST, SECOND])
}

describe('Resolution', () => {
  it('has the digest of the reference from the start, whatever registries answer', () => {
    const resolution = resolutionOf(`a/b:1@${A}`, {locked: {digest: B, mayBeUpdated: false}})
    resolution.recordAnswer(PRIMARY, C)
    resolution.recordUnresolved(FAILED)
    resolution.recordAnswer(FIRST, C)
    expect(resolution.resolved).toEqual({digest: A, decidedBy: 'reference', registry: 'docker.io'})
  })

  it('has the locked digest from the start, whatever registries answer', () => {
    const resolution = resolutionOf('a/b:1', {locked: {digest: A, mayBeUpdated: false}})
    resolution.recordAnswer(PRIMARY, B)
    expect(resolution.resolved).toEqual({digest: A, decidedBy: 'lock', registry: 'docker.io'})
  })

  it('is decided by the primary', () => {
    const resolution = resolutionOf()
    expect([resolution.resolved, resolution.digestToRequest]).toEqual([undefined, undefined])
    resolution.recordAnswer(PRIMARY, A)
    resolution.recordAnswer(PRIMARY, B)
    expect(resolution.resolved).toEqual({digest: A, decidedBy: 'primary', registry: 'docker.io'})
  })

  it.each([FAILED, SILENT])('is not decided by a mirror before the primary is $kind', unresolved => {
    const resolution = resolutionOf()
    resolution.recordAnswer(SECOND, B)
    resolution.recordAnswer(FIRST, A)
    expect(resolution.resolved).toBeUndefined()
    resolution.recordUnresolved(unresolved)
    // The first in the order of the candidates counts, not the first that answered.
    expect(resolution.resolved).toEqual({digest: A, decidedBy: 'mirror', registry: 'first.example.com', unresolved})
  })

  it('is decided by the first mirror that answers after the primary has failed', () => {
    const resolution = resolutionOf()
    resolution.recordUnresolved(FAILED)
    expect(resolution.resolved).toBeUndefined()
    resolution.recordAnswer(SECOND, B)
    resolution.recordAnswer(FIRST, A)
    expect(resolution.resolved).toMatchObject({digest: B, decidedBy: 'mirror', registry: 'second.example.com'})
  })

  it('is replaced by a late answer of the primary', () => {
    const resolution = resolutionOf()
    resolution.recordUnresolved(SILENT)
    resolution.recordAnswer(FIRST, A)
    resolution.recordAnswer(PRIMARY, B)
    expect(resolution.resolved).toEqual({digest: B, decidedBy: 'primary', registry: 'docker.io'})
  })

  it('names the failure of the primary rather than its silence', () => {
    const resolution = resolutionOf()
    resolution.recordUnresolved(SILENT)
    resolution.recordUnresolved(FAILED)
    resolution.recordUnresolved(SILENT)
    resolution.recordAnswer(FIRST, A)
    expect(resolution.resolved?.unresolved).toBe(FAILED)
  })

  it('takes the lock that is to be updated, and no mirror, when the primary has failed', () => {
    const resolution = resolutionOf('a/b:1', {locked: {digest: A, mayBeUpdated: true}})
    expect([resolution.resolved, resolution.digestToRequest]).toEqual([undefined, A])
    resolution.recordAnswer(FIRST, B)
    resolution.recordUnresolved(FAILED)
    expect(resolution.resolved).toEqual({digest: A, decidedBy: 'lock', registry: 'docker.io', unresolved: FAILED})
  })

  it('takes the answer of the primary over the lock that is to be updated', () => {
    const resolution = resolutionOf('a/b:1', {locked: {digest: A, mayBeUpdated: true}})
    resolution.recordAnswer(PRIMARY, B)
    expect([resolution.resolved?.decidedBy, resolution.digestToRequest]).toEqual(['primary', B])
  })

  it('takes the answer of another mirror when that of the deciding one is dismissed', () => {
    const resolution = resolutionOf()
    resolution.recordUnresolved(FAILED)
    resolution.recordAnswer(FIRST, A)
    resolution.dismissAnswer(FIRST)
    expect(resolution.resolved).toBeUndefined()
    resolution.recordAnswer(SECOND, B)
    expect(resolution.resolved).toMatchObject({digest: B, registry: 'second.example.com'})
    resolution.dismissAnswer(FIRST)
    expect(resolution.resolved).toMatchObject({digest: B})
  })

  it('takes the answer that another mirror has given already when that of the deciding one is dismissed', () => {
    const resolution = resolutionOf()
    resolution.recordAnswer(FIRST, A)
    resolution.recordUnresolved(FAILED)
    resolution.recordAnswer(SECOND, B)
    expect(resolution.resolved).toMatchObject({digest: A, registry: 'first.example.com'})
    resolution.dismissAnswer(FIRST)
    expect(resolution.resolved).toMatchObject({digest: B, registry: 'second.example.com', unresolved: FAILED})
  })

  it('forgets a dismissed answer that has not decided', () => {
    const resolution = resolutionOf()
    resolution.recordAnswer(FIRST, A)
    resolution.recordAnswer(SECOND, B)
    resolution.dismissAnswer(FIRST)
    resolution.recordUnresolved(FAILED)
    expect(resolution.resolved).toMatchObject({digest: B, registry: 'second.example.com'})
  })

  it('keeps what the primary decided when an answer of a mirror is dismissed', () => {
    const resolution = resolutionOf()
    resolution.recordUnresolved(SILENT)
    resolution.recordAnswer(FIRST, A)
    resolution.recordAnswer(PRIMARY, B)
    resolution.dismissAnswer(FIRST)
    expect(resolution.resolved).toMatchObject({digest: B, decidedBy: 'primary'})
  })
})
