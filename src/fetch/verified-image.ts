// What a fetch returns: an image, its platforms, and who served the bytes.
// Everything in it is verified to the stated level.

import {type VerifiedManifest} from '../verify/verify.ts'
import {type Platform} from '../oci/platform.ts'
import {type Digest} from '../oci/digest.ts'
import {type Descriptor} from '../oci/manifest.ts'
import {type UncompressedLayer} from '../store/store.ts'
import {type Level} from './verify-level.ts'
import {type Candidate} from '../registry/candidate.ts'

export type PlatformImage = {
  readonly manifest: VerifiedManifest
  /** Absent where neither index nor config names one. */
  readonly platform?: Platform
  readonly digest: Digest
  readonly mediaType: string
  readonly imageId: Digest
  readonly layers: readonly Descriptor[]
  /** What the layers inflate to, where that was computed. */
  readonly uncompressed: ReadonlyMap<Digest, UncompressedLayer>
  /** Layers that registries need not hold, and that were not had. */
  readonly unavailableLayers: readonly Digest[]
  /** When its config says that it was made; absent where no config was read. */
  readonly created?: string
  /** What its publisher calls it, in the config's labels. */
  readonly version?: string
  /** What was reached: less than what was asked for where a layer cannot be had or opened. */
  readonly level: Level
  readonly warnings: readonly string[]
}

export type VerifiedImage = {
  readonly candidate: Candidate
  readonly root: VerifiedManifest
  /** Who served its bytes, each once: registries, and `cache`. */
  readonly origins: readonly string[]
  readonly digest: Digest
  readonly mediaType: string
  readonly size: number
  readonly platforms: readonly PlatformImage[]
  /** What BuildKit keeps beside them: provenance and SBOMs, where all platforms are kept. */
  readonly attestations: readonly PlatformImage[]
}
