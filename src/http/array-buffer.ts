// Memory outside the heap, freed as soon as it was used. Left to the garbage collector, it grows to tens of megabytes, and each new
// megabyte is cold for the processor's caches.

/** Frees the whole buffer behind these bytes. The caller owns all of it. */
export function detachBuffer({buffer}: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && !buffer.detached) buffer.transfer(0)
}

/** Whether the view ends where its buffer ends. */
export function endsAtBufferEnd({buffer, byteOffset, byteLength}: Uint8Array): boolean {
  return byteOffset + byteLength === buffer.byteLength
}

/** Whether these bytes have a buffer of their own. Small Buffers share one. */
export function ownsItsMemory({buffer, byteOffset}: Uint8Array): boolean {
  return byteOffset === 0 && buffer.byteLength > Buffer.poolSize
}
