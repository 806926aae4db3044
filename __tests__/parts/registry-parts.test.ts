// Spare connections: only those that nothing waits for, in fair shares, and one first part at a time.

import {describe, expect, it} from '@jest/globals'
import {createSemaphore} from '../../src/concurrency/semaphore.ts'
import {createRegistryParts, type LayerShare} from '../../src/parts/registry-parts.ts'

const {signal} = new AbortController()

function connections(share: LayerShare | undefined): number {
  let count = 0
  while (share?.tryConnect() !== undefined) count++
  return count
}

describe('createRegistryParts', () => {
  it('lends a layer all connections but its own', async () => {
    const requests = createSemaphore(8)
    await requests.acquire(1, signal)
    expect(connections(createRegistryParts(requests, 8).join())).toBe(7)
  })

  it('lends none while a layer waits for a connection', async () => {
    const requests = createSemaphore(2)
    const release = await requests.acquire(1, signal)
    await requests.acquire(1, signal)
    const waiting = requests.acquire(1, signal)
    const share = createRegistryParts(requests, 2).join()
    expect(share?.tryConnect()).toBeUndefined()
    release()
    await waiting
    expect(share?.tryConnect()).toBeUndefined()
  })

  it('lends each of three layers its share, and more when one has ended', async () => {
    const requests = createSemaphore(8)
    const parts = createRegistryParts(requests, 8)
    const shares = [0, 1, 2].map(() => {
      const share = parts.join()
      share?.prove()
      return share
    })
    for (let layer = 0; layer < 3; layer++) await requests.acquire(1, signal)
    expect(shares.map(connections)).toEqual([2, 2, 1])
    shares[2]?.leave()
    expect(connections(shares[0])).toBe(0)
  })

  it('has one layer ask for a first part, until the registry answered it', () => {
    const parts = createRegistryParts(createSemaphore(8), 8)
    const first = parts.join()
    expect(parts.join()).toBeUndefined()
    first?.prove()
    expect(parts.join()).toBeDefined()
    const aborted = createRegistryParts(createSemaphore(8), 8)
    aborted.join()?.leave()
    expect(aborted.join()).toBeDefined()
  })

  it('lends none once parts have ended, and keeps the first reason', () => {
    const parts = createRegistryParts(createSemaphore(8), 8)
    const share = parts.join()
    parts.end('ignored')
    parts.end('refused')
    expect([parts.endedBy(), parts.join(), share?.tryConnect()]).toEqual(['ignored', undefined, undefined])
  })

  it('gives a connection back to a layer that waits', async () => {
    const requests = createSemaphore(2)
    const share = createRegistryParts(requests, 2).join()
    const release = share?.tryConnect()
    await requests.acquire(1, signal)
    const waiting = requests.acquire(1, signal)
    release?.()
    await expect(waiting).resolves.toBeDefined()
  })
})
