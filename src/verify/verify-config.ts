// Verifies image configs: their bytes, and that they fit the manifest that names them.
// A config decides what a layer decompresses to, so it is verified before a diff_id is compared.

import {decodeConfig, type Descriptor, type ImageConfig, type ImageManifest} from '../oci/manifest.ts'
import type {RegistryResponse} from '../registry/registry.ts'
import {fail} from '../failure/error.ts'
import {checkDigest, checkSize, readDocument} from './check-bytes.ts'
import {type VerifiedConfig, type WithBytes} from './verified.ts'

/** 4 MiB, as for a manifest: configs are held in memory, so a descriptor cannot demand more. */
export const MAX_CONFIG_BYTES = 4 * 1024 * 1024

/** Reads a config and verifies it against its descriptor. */
export async function verifyConfig(
  response: RegistryResponse,
  expected: Descriptor
): Promise<WithBytes<VerifiedConfig>> {
  const {digest, size} = expected
  const bytes = await readDocument(response, size, size)
  checkDigest(bytes, digest, size, response)
  checkSize(bytes.length, expected)
  const config = decodeConfig(bytes)
  if (!config.ok) return fail({kind: 'unusable', detail: `${config.reason} (${digest})`})
  return {digest, bytes, config: config.value} as WithBytes<VerifiedConfig>
}

/** Fails with `unusable`, before anything is requested, for a config that is too large to hold. */
export function checkConfigSize({size}: Descriptor): void {
  if (size <= MAX_CONFIG_BYTES) return
  fail(
    {
      kind: 'unusable',
      detail: `the manifest says that its config has ${String(size)} bytes, and the limit is ${String(MAX_CONFIG_BYTES)}`
    },
    {object: 'config'}
  )
}

/** Fails with `unusable` unless the config has as many diff_ids as the manifest has layers. */
export function checkLayerCount({layers}: ImageManifest, {diffIds}: ImageConfig): void {
  if (layers.length === diffIds.length) return
  fail(
    {kind: 'unusable', detail: `it has ${String(diffIds.length)} diff_ids for ${String(layers.length)} layers`},
    {object: 'config'}
  )
}
