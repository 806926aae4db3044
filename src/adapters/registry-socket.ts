// Sockets that read into two buffers of their own, turn by turn. Node makes a new buffer for each read, 64 KiB for a few kilobytes,
// and it is the next garbage collection that gives it back: half of what receiving costs, and most of its memory.

import type {buildConnector} from 'undici'
import createConnector from 'undici/lib/core/connect.js'

/** As much as the kernel hands over at a time. */
const READ_BYTES = 64 * 1024

/**
 * Connects as undici does. What is read is overwritten by the read after the next, so whoever gets it from undici has to be done
 * with it, or to copy it, before it returns.
 */
export const createSocketConnector =
  (options: buildConnector.BuildOptions): buildConnector.connector =>
  (target, callback) => {
    let current = Buffer.allocUnsafeSlow(READ_BYTES)
    let other = Buffer.allocUnsafeSlow(READ_BYTES)
    const onread = {
      buffer: () => current,
      callback: (length: number): boolean => {
        socket.push(current.subarray(0, length))
        // What came before is still unread when undici has paused: then this one is left to it.
        const isOtherInUse = socket.readableLength > length
        const next = isOtherInUse ? Buffer.allocUnsafeSlow(READ_BYTES) : other
        other = current
        current = next
        // One read at a time: the next is asked for when this one is taken.
        return false
      }
    }
    const connect = createConnector({...options, ...{highWaterMark: 1, onread}})
    const socket = connect(target, callback)
    return socket
  }
