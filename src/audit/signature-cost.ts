// What an audit will ask of each registry, and of GitHub, to learn who signed its images: lines for the log before the first request.
// Pure.

import type {ImageRequest} from '../acquire/plan.ts'
import {DOCKER_HUB} from '../oci/reference.ts'
import type {Candidate} from '../registry/candidate.ts'
import {rulesFor, type SignerRule} from '../signature/signer-rule.ts'
import {countImages, type PlannedImage} from './plan-audit.ts'

/** What the run will ask to learn who signed the images. */
export function describeSignatureCost(
  images: readonly PlannedImage[],
  signerRules: readonly SignerRule[]
): readonly string[] {
  const registries = new Map<string, number>()
  const sources = new Set<string>()
  let hasRules = false
  for (const {image, candidates} of images) {
    const rules = rulesFor(image.reference, signerRules)
    hasRules ||= rules.length > 0
    for (const registry of signatureRegistries(image, candidates, rules))
      registries.set(registry, (registries.get(registry) ?? 0) + 1)
    if (rules.some(({signer}) => signer.kind === 'github')) sources.add(image.input)
  }
  const platforms = hasRules ? ' With a rule, the same for each platform, if the index is not signed.' : ''
  return [
    ...[...registries].map(([registry, count]) => {
      const counts = registry === DOCKER_HUB ? ' The manifest of a signature counts as a pull.' : ''
      return `${registry}: signatures of ${countImages(count)}: 3 requests for each, and 2 for each signature that is there.${counts}${platforms}`
    }),
    ...(sources.size === 0
      ? []
      : [`GitHub's API: attestations of ${countImages(sources.size)}: 1 or 2 requests for each rule.${platforms}`])
  ]
}

/** With rules, those that may have the required signature. Without one, the registry of the image. */
function signatureRegistries(
  {reference}: ImageRequest,
  candidates: readonly Candidate[],
  rules: readonly SignerRule[]
): ReadonlySet<string> {
  if (rules.length === 0) return new Set([reference.registry])
  const named = rules.flatMap(({at}) => at?.registry ?? [])
  const beside = candidates.filter(({role}) => role !== 'public-mirror').map(({repository}) => repository.registry)
  return new Set([...named, ...(named.length === rules.length ? [] : beside)])
}
