// Which requests go out on a used connection, as undici tells it on its channel; what else comes there is passed over.

import {channel} from 'node:diagnostics_channel'
import {afterEach, describe, expect, it} from '@jest/globals'
import {type ReuseWatch, watchReuse} from '../../src/adapters/registry-reuse.ts'

const sent = channel('undici:client:sendHeaders')
let sockets: ReuseWatch | undefined
afterEach(() => sockets?.close())

const reusedBy = (watching: ReuseWatch, message: unknown): boolean => {
  let isReused = false
  watching.whenReused(() => {
    isReused = true
  })
  sent.publish(message)
  return isReused
}

describe('watchReuse', () => {
  it('knows a connection again', () => {
    sockets = watchReuse()
    const [one, two] = [{}, {}]
    expect([one, two, one, one, two].map(socket => reusedBy(sockets ?? watchReuse(), {socket}))).toEqual([
      ...[false, false, true, true, true]
    ])
  })

  it('takes a request that nobody told of for its own affair', () => {
    sockets = watchReuse()
    const socket = {}
    sent.publish({socket})
    expect(reusedBy(sockets, {socket})).toBe(true)
    sent.publish({socket})
  })

  it.each([undefined, null, 'socket', {}, {socket: null}, {socket: 5}])('makes nothing of %j', message => {
    sockets = watchReuse()
    expect(reusedBy(sockets, message)).toBe(false)
  })

  it('listens no more once it is closed', () => {
    const before = sent.hasSubscribers
    watchReuse().close()
    expect(sent.hasSubscribers).toBe(before)
  })
})
