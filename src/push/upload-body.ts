// The body of an upload: a file, sent in small pieces as the connection takes them, so that memory does not grow with the blob.
// It also says whether the upload makes progress, which the client cannot see from the response.

import {createReadStream} from 'node:fs'
import {VerifiedImageError} from '../failure/error.ts'
import {describeErrno} from '../filesystem/errno.ts'
import type {StreamedBody} from '../http/send-request.ts'

export type UploadSource = {
  readonly path: string
  readonly size: number
  /** Time without progress after which an upload has stalled. */
  readonly stallTimeoutMs: number
  readonly onBytes: (bytes: number) => void
}

// A piece must pass within one period on the slowest connection that still counts as one.
const PIECE_BYTES = 16 * 1024

const MIN_BYTES_PER_MS = 1024 / 1000

// After the last byte, a registry hashes the blob, and moves or copies it in its storage. S3 copies 8 MiB/s at the least.
const STORED_BYTES_PER_MS = (8 * 1024 * 1024) / 1000
const PERIODS_AFTER_LAST_BYTE = 3

/** The body for one request. */
export function createUploadBody({path, size, stallTimeoutMs, onBytes}: UploadSource): StreamedBody {
  let sent = 0
  let sentSinceCheck = 0
  let periodsAfterLastByte = 0
  const mostPeriods = PERIODS_AFTER_LAST_BYTE + Math.ceil(size / STORED_BYTES_PER_MS / stallTimeoutMs)

  async function* read(): AsyncGenerator<Uint8Array> {
    const file = createReadStream(path, {highWaterMark: PIECE_BYTES})
    try {
      for await (const chunk of file) {
        const piece = chunk as Uint8Array
        sent += piece.length
        sentSinceCheck += piece.length
        onBytes(piece.length)
        yield piece
      }
    } catch (error) {
      throw new VerifiedImageError(
        {kind: 'local-io', detail: `${path} cannot be read: ${describeErrno(error)}`},
        {cause: error}
      )
    } finally {
      file.destroy()
    }
  }

  return {
    bytes: read(),
    isKeepingUp: () => {
      if (sent >= size) return periodsAfterLastByte++ < mostPeriods
      const isEnough = sentSinceCheck >= stallTimeoutMs * MIN_BYTES_PER_MS
      sentSinceCheck = 0
      return isEnough
    }
  }
}
