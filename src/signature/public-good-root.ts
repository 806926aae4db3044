// The trust root of Sigstore's public-good instance: its certificate authorities, logs, and timestamp authorities.
// It is the one that @sigstore/tuf starts from. Dependabot keeps that package current, and a test warns before the root runs out.

import seeds from '@sigstore/tuf/seeds.json' with {type: 'json'}

const REPOSITORY = 'https://tuf-repo-cdn.sigstore.dev'

/** The document as JSON. */
export function publicGoodRoot(): string {
  return Buffer.from(seeds[REPOSITORY].targets['trusted_root.json'], 'base64').toString('utf8')
}
