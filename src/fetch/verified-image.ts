// The result of a fetch: an image, its platforms, and the registries that served the bytes.
// Everything in it is verified to the stated level.

import {type VerifiedManifest} from '../verify/verified.ts'
import {type Platform} from '../oci/platform.ts'
import {type Digest} from '../oci/digest.ts'
import {type Descriptor} from '../oci/manifest.ts'
import {type UncompressedLayer} from '../store/store.ts'
import {type Level} from './verify-level.ts'
import {type Candidate} from '../registry/candidate.ts'

export type PlatformImage = {
  readonly manifest: VerifiedManifest
  /** Absent where neither the index nor the config names one. */
  readonly platform?: Platform
  readonly digest: Digest
  readonly mediaType: string
  readonly imageId: Digest
  readonly layers: readonly Descriptor[]
  /** What the layers decompress to, by the digest of the layer; absent where that was not computed. */
  readonly uncompressed: ReadonlyMap<Digest, UncompressedLayer>
  /** Layers that registries need not hold, and that this one does not. */
  readonly unavailableLayers: readonly Digest[]
  /** `created` of its config; absent where no config was read. */
  readonly created?: string
  /** The label `org.opencontainers.image.version` of its config. */
  readonly version?: string
  /** The depth that was reached: less than requested where a layer is unavailable or cannot be decompressed. */
  readonly level: Level
  readonly warnings: readonly string[]
}

export type VerifiedImage = {
  readonly candidate: Candidate
  readonly root: VerifiedManifest
  /** The sources of its bytes, each once: registries, and `cache`. */
  readonly origins: readonly string[]
  readonly digest: Digest
  readonly mediaType: string
  readonly size: number
  readonly platforms: readonly PlatformImage[]
  /** Provenance and SBOMs that BuildKit adds to an index; fetched where all platforms are stored. */
  readonly attestations: readonly PlatformImage[]
}
