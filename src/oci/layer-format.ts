// What the media type of a layer says about its bytes. Engines go by the first bytes of a layer, and by its type where these
// decide nothing.

export type LayerFormat = {
  /** The compression that the type names; `opaque` for a layer that cannot be decompressed: it is encrypted, or its type is unknown. */
  readonly compression: 'gzip' | 'zstd' | 'none' | 'opaque'
  /** containerd decompresses whatever it finds, except under the OCI type for an uncompressed layer. */
  readonly mustBeUncompressed: boolean
  /** False for layers that registries need not have (foreign, nondistributable). */
  readonly isDistributable: boolean
}

const LAYER =
  /^application\/vnd\.(?:(oci)\.image\.layer\.(?:nondistributable\.)?v1|docker\.image\.rootfs\.(?:foreign\.)?diff)\.tar(?:[.+](gzip|zstd))?$/

export function layerFormatOf(mediaType: string): LayerFormat {
  const isDistributable = !/\.(?:nondistributable|foreign)\./.test(mediaType)
  const match = LAYER.exec(mediaType)
  if (match === null) return {compression: 'opaque', mustBeUncompressed: false, isDistributable}
  const [, oci, named] = match
  const compression = named === 'gzip' || named === 'zstd' ? named : 'none'
  return {compression, mustBeUncompressed: oci !== undefined && compression === 'none', isDistributable}
}

/** Docker's type for a zstd layer, which containerd's image store and containers/image do not know. */
export function isDockerZstd(mediaType: string): boolean {
  return /^application\/vnd\.docker\..*[.+]zstd$/.test(mediaType)
}
