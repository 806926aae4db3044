// The name of a private image, and public mirrors: the race asks before it sends the name.

import {describe, expect, it} from '@jest/globals'
import type {Access, AccessPort} from '../../src/registry/registry.ts'
import {
  acquire,
  acquireFixture,
  IMAGE,
  late,
  NOT_FOUND,
  OTHER,
  outcomes,
  publishAt,
  requestsTo,
  SERVER_ERROR
} from '../support/acquire-fixture.ts'
import {silent} from '../support/memory-registry.ts'

const PINNED = `a/b:1@${IMAGE.manifest.digest}`

/** Access that the test sets, and the references that it was asked with. */
function accessWith(access: Access): {readonly port: AccessPort; readonly references: string[]} {
  const references: string[] = []
  return {
    references,
    port: {
      anonymousAccess: ({reference}) => {
        references.push(reference)
        return Promise.resolve(access)
      }
    }
  }
}

function noteTexts(events: ReturnType<typeof acquireFixture>['events']): readonly string[] {
  return events.flatMap(event => (event.type === 'note' ? [event.text] : []))
}

describe('a public mirror', () => {
  it.each([
    {access: 'private', reason: 'The image is not public'},
    {access: 'unknown', reason: 'It is not known whether the image is public'}
  ] as const)('is not sent the name of an image whose access is $access', async ({access, reason}) => {
    const {registry, clock, deps, events} = acquireFixture()
    publishAt(registry, 'ghcr.io')
    registry.failAlways('docker.io', SERVER_ERROR)
    const {port, references} = accessWith(access)
    const acquisition = await clock.until(acquire({...deps, access: port}, {image: PINNED, mirrors: ['public']}))
    expect(requestsTo(registry, 'ghcr.io')).toEqual([])
    expect(references).toEqual([IMAGE.manifest.digest])
    expect(acquisition.image).toBeUndefined()
    expect(acquisition.results[1]).toMatchObject({outcome: 'not-asked', withheld: access})
    expect(noteTexts(events)).toEqual([
      `ghcr.io: skipped. ${reason}, and names of private images are not disclosed to public mirrors`
    ])
  })

  it('serves an image that everyone can read', async () => {
    const {registry, clock, deps} = acquireFixture()
    publishAt(registry, 'ghcr.io')
    registry.failAlways('docker.io', SERVER_ERROR)
    const acquisition = await clock.until(acquire(deps, {image: PINNED, mirrors: ['public']}))
    expect(acquisition.image?.candidate.role).toBe('public-mirror')
    expect(acquisition.results[1]).not.toHaveProperty('withheld')
  })

  it('is not sent the name of an image that its registry refuses to anyone', async () => {
    const {registry, clock, deps} = acquireFixture()
    publishAt(registry, 'ghcr.io')
    registry.failAlways('docker.io', {kind: 'denied', status: 403, detail: '', credentials: 'none'})
    const {port, references} = accessWith('public')
    const acquisition = await clock.until(acquire({...deps, access: port}, {image: PINNED, mirrors: ['public']}))
    expect([requestsTo(registry, 'ghcr.io'), references]).toEqual([[], []])
    expect(acquisition.results[1]).toMatchObject({withheld: 'private'})
  })

  it('leaves the image to a mirror that the workflow names, which may know it', async () => {
    const {registry, clock, deps} = acquireFixture()
    publishAt(registry, 'ghcr.io', 'b.io')
    registry.failAlways('docker.io', SERVER_ERROR)
    registry.failNext('b.io', 'config', NOT_FOUND)
    const {port} = accessWith('private')
    const acquisition = await clock.until(
      acquire({...deps, access: port}, {image: PINNED, mirrors: ['b.io', 'public'], level: 'config'})
    )
    expect(requestsTo(registry, 'b.io')).toEqual(['manifest @digest', 'config'])
    expect(outcomes(acquisition)[2]).toEqual(['ghcr.io', 'not-asked', undefined, undefined])
  })

  it('is decided about once, with the tag while the lock may still be updated', async () => {
    const {registry, clock, controller, deps} = acquireFixture(3000)
    registry.publish('docker.io/a/b', '1', OTHER)
    registry.failNext('docker.io', 'manifest', late(clock, 10_000))
    registry.failNext('docker.io', 'config', silent)
    const {port, references} = accessWith('private')
    const done = acquire(
      {...deps, access: port},
      {mirrors: ['public'], locked: {digest: IMAGE.manifest.digest, mayBeUpdated: true}}
    )
    await clock.advance(9999)
    expect(references).toEqual(['1'])
    await clock.advance(9999)
    expect(references).toEqual(['1'])
    expect(requestsTo(registry, 'ghcr.io')).toEqual([])
    controller.abort(new Error('canceled'))
    expect((await done).results[1]).toMatchObject({withheld: 'private'})
  })
})
