// What a run holds of its images until it ends: decoded manifests and configs. An index decides how many there are, and a
// manifest how long the names in it are, so that only a limit for the whole run bounds the memory.

import type {Digest} from '../oci/digest.ts'
import {formatBytes} from '../failure/format.ts'
import {fail} from '../failure/error.ts'

export type DocumentBudget = {
  /**
   * Counts a decoded document once, however often it comes, and returns a copy to hold: a string that was cut out of the
   * document's text keeps all of that text in memory. Fails with `unusable` when the run holds too much.
   */
  readonly hold: <T>(digest: Digest, document: T) => T
}

// The attempts that fetched a document are kept for the report, about so much for each.
const EVIDENCE_BYTES = 4 * 1024

// Some 10,000 manifests of usual size. A run with a hundred images of eight platforms holds less than a tenth of it.
const MAX_HELD_BYTES = 48 * 1024 * 1024

export function createDocumentBudget(most = MAX_HELD_BYTES): DocumentBudget {
  const seen = new Set<Digest>()
  let held = 0
  return {
    hold: <T>(digest: Digest, document: T) => {
      const text = JSON.stringify(document)
      if (!seen.has(digest)) held += EVIDENCE_BYTES + text.length
      seen.add(digest)
      if (held > most) {
        fail({
          kind: 'unusable',
          detail: `the manifests and configs of this run need more memory than ${formatBytes(most)} (${digest} is one too many); use several steps, or fewer platforms`
        })
      }
      return JSON.parse(text) as T
    }
  }
}
