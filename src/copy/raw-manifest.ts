// A manifest as a copy sees it: what it names, whatever it is. Images, indexes, and artifacts are the same here.
// Pure. What can run is checked elsewhere, before anything is copied.

import {decodeJsonObject, isObject, stringAt, stringsAt} from '../oci/json.ts'
import {decodeDescriptor, decodeList, type Descriptor, isSchema1, OCI_INDEX, OCI_MANIFEST} from '../oci/manifest.ts'
import type {Digest} from '../oci/digest.ts'
import {invalid, type Parsed, valid} from '../oci/parsed.ts'

export type RawManifest = {
  /** The document's own, or else that of its descriptor: with it, the bytes are pushed. */
  readonly mediaType: string
  /** `artifactType`, or the type of the config, as the referrers API has it. */
  readonly artifactType: string
  readonly annotations: Readonly<Record<string, string>>
  /** The manifest that this one is attached to. */
  readonly subject: Digest | undefined
  readonly children: readonly Descriptor[]
  /** Config and layers. */
  readonly blobs: readonly Descriptor[]
}

/** Decodes a manifest or index. `described` is the media type of its descriptor, or of the response that it came in. */
export function decodeRawManifest(bytes: Uint8Array, described: string | undefined): Parsed<RawManifest> {
  const json = decodeJsonObject(bytes)
  if (!json.ok) return json
  const document = json.value
  if (isSchema1(document)) return invalid('it is a manifest of the withdrawn schema 1')
  const children = decodeList(document['manifests'], 'manifests', decodeDescriptor)
  if (!children.ok) return children
  const layers = decodeList(document['layers'], 'layers', decodeDescriptor)
  if (!layers.ok) return layers
  const config = document['config'] === undefined ? undefined : decodeDescriptor(typed(document['config']), 'config')
  if (config?.ok === false) return config
  const subject = document['subject'] === undefined ? undefined : decodeDescriptor(document['subject'], 'subject')
  if (subject?.ok === false) return subject
  const named = stringAt(document, 'mediaType') ?? ''
  const artifactType = stringAt(document, 'artifactType') ?? ''
  return valid({
    mediaType: named !== '' ? named : (described ?? ('manifests' in document ? OCI_INDEX : OCI_MANIFEST)),
    artifactType: artifactType !== '' ? artifactType : (config?.value.mediaType ?? ''),
    annotations: stringsAt(document, 'annotations'),
    subject: subject?.value.digest,
    children: children.value,
    blobs: [...(config === undefined ? [] : [config.value]), ...layers.value]
  })
}

// Old builders left the type of a config empty.
function typed(config: unknown): unknown {
  return isObject(config) && (stringAt(config, 'mediaType') ?? '') === ''
    ? {...config, mediaType: 'application/octet-stream'}
    : config
}
