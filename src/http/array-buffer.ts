// Memory that comes from outside of the heap, given back when it was used and not when the garbage collector comes by: until then
// it would be tens of megabytes, each of them new to the processor. Pure but for that.

/** Frees the memory that these bytes lie in, with whatever else lies there: all of it is the caller's and of no more use. */
export function detachBuffer({buffer}: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && !buffer.detached) buffer.transfer(0)
}

/** Whether nothing follows these bytes in their memory, be it something of somebody else or something still to come. */
export function endsAtBufferEnd({buffer, byteOffset, byteLength}: Uint8Array): boolean {
  return byteOffset + byteLength === buffer.byteLength
}

/** Whether nothing else lies in the memory of these bytes; small Buffers share theirs with others. */
export function ownsItsMemory({buffer, byteOffset}: Uint8Array): boolean {
  return byteOffset === 0 && buffer.byteLength > Buffer.poolSize
}
