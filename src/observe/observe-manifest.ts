// Observes one manifest at several registries: its bytes once, and everywhere else whether it is there.
// Deeper levels download it from every registry.

import type {Level} from '../fetch/verify-level.ts'
import {omitUndefined} from '../oci/omit-undefined.ts'
import {DOCKER_HUB} from '../oci/reference.ts'
import type {VerifiedManifest} from '../verify/verified.ts'
import type {ManifestItem, Place} from './place.ts'

/**
 * Returns the manifest, or undefined if no place served it. Docker Hub counts the manifests that are downloaded, so that it comes
 * last, and is asked by HEAD when its limit is low.
 */
export async function observeManifest(
  item: ManifestItem,
  places: readonly Place[],
  level: Level
): Promise<VerifiedManifest | undefined> {
  const ordered = places.toSorted((a, b) => Number(countsPulls(a)) - Number(countsPulls(b)))
  const others: Place[] = []
  let manifest: VerifiedManifest | undefined
  if (level === 'manifest')
    for (const place of ordered) {
      if (manifest === undefined && place.state.mayDownload()) manifest = await place.getManifest(item)
      else others.push(place)
    }
  else {
    others.push(...ordered.filter(({state}) => !state.mayDownload()))
    const downloads = ordered.filter(place => !others.includes(place)).map(place => place.getManifest(item))
    manifest = (await Promise.all(downloads)).find(found => found !== undefined)
  }
  const size = manifest?.size ?? item.observed.size
  const known = omitUndefined({...item, known: manifest, observed: omitUndefined({...item.observed, size})})
  await Promise.all(others.map(place => place.headManifest(known)))
  return manifest
}

function countsPulls({candidate}: Place): boolean {
  return candidate.repository.registry === DOCKER_HUB
}

/** Whether a manifest is there, and was not downloaded, to save the pull limit of its registry. */
export function isHeldBack(places: readonly Place[]): boolean {
  return places.some(({isUsable, state}) => isUsable && !state.mayDownload())
}
