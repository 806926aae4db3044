// Names what is in a registry and is not a container image, by the media types that its tools write.
// Pure.

import {truncate} from './truncate.ts'

const EMPTY_CONFIG = 'application/vnd.oci.empty.v1+json'

/** A type that begins an index of BuildKit's cache. */
export const BUILDKIT_CACHE = 'application/vnd.buildkit.cacheconfig.v0'

/** An artifact manifest of a draft of the image specification 1.1, which was withdrawn before the release. */
export const DRAFT_ARTIFACT = 'application/vnd.oci.artifact.manifest.v1+json'

const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^application\/vnd\.cncf\.helm\./, 'a Helm chart'],
  [/^application\/(?:vnd\.)?wasm\b/, 'a WebAssembly module'],
  [/^application\/vnd\.dev\.sigstore\.bundle\b/, 'a Sigstore bundle'],
  [/^application\/vnd\.(?:cncf\.notary\.signature|dev\.cosign\.)/, 'a signature'],
  [/^application\/vnd\.docker\.plugin\./, 'a Docker plugin'],
  [/^application\/vnd\.buildkit\.cacheconfig\./, 'a BuildKit cache'],
  [/^application\/vnd\.in-toto\+/, 'an attestation'],
  [/^application\/(?:spdx\+json|vnd\.cyclonedx)/, 'a software bill of materials (SBOM)']
]

export type ArtifactTypes = {
  readonly artifactType: string | undefined
  readonly config: string | undefined
  readonly firstLayer: string | undefined
}

/** Completes "it is not usable: …": `it is a Helm chart (application/…), not a container image`. */
export function describeArtifact({artifactType = '', config = '', firstLayer = ''}: ArtifactTypes): string {
  const isNamedByConfig = config !== '' && config !== EMPTY_CONFIG
  const type = artifactType !== '' ? artifactType : isNamedByConfig ? config : firstLayer
  const kind = KINDS.find(([pattern]) => pattern.test(type))?.[1] ?? 'an artifact'
  return `it is ${kind} (${truncate(JSON.stringify(type), 100)}), not a container image`
}
