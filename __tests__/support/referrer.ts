// Artifacts that name an image as their subject.

import {blobOf, descriptorOf, jsonBlob, type StoredBlob} from './images.ts'

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json'

export const EMPTY = blobOf('application/vnd.oci.empty.v1+json', Buffer.from('{}'))

/** An artifact that names its subject. */
export function referrerOf(
  subject: StoredBlob,
  artifactType: string,
  text: string
): {manifest: StoredBlob; blob: StoredBlob} {
  const blob = blobOf(artifactType, Buffer.from(text))
  const manifest = jsonBlob(MANIFEST, {
    schemaVersion: 2,
    mediaType: MANIFEST,
    artifactType,
    config: descriptorOf(EMPTY),
    layers: [descriptorOf(blob)],
    subject: descriptorOf(subject),
    annotations: {'org.opencontainers.image.created': '2025-06-04T00:00:00Z'}
  })
  return {manifest, blob}
}
