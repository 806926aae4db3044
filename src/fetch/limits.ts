// The limits of what an image may demand of a run: how deep indexes are nested, how many manifests they lead to, and how much memory
// decoded documents take. An index of 4 MiB names 20,000 manifests, and nested indexes multiply.

import type {Digest} from '../oci/digest.ts'
import {type PlatformChoice} from '../oci/platform.ts'
import {formatBytes} from '../failure/format.ts'
import {fail} from '../failure/error.ts'
import {type Level} from './verify-level.ts'

/** What is fetched below an index. `children` counts the manifests that all indexes of the image lead to, each time they do. */
export type Walk = {readonly choice: PlatformChoice; readonly level: Level; children: number}

// No published image is known that needs more, and each level costs a request.
const MAX_DEPTH = 3

// Most indexes have fewer than 30 children, and the largest ones a few hundred. Each child costs two requests and their evidence.
const MAX_CHILDREN = 1000

/** Fails with `unusable` when indexes are nested too deep. */
export function checkDepth(depth: number): void {
  if (depth <= MAX_DEPTH) return
  fail(
    {
      kind: 'unusable',
      detail: `its indexes are nested ${String(depth)} deep, and the limit is ${String(MAX_DEPTH)}`
    },
    {object: 'child'}
  )
}

/** Counts the children of an index before they are fetched. Fails with `unusable` when there are too many. */
export function countChildren(walk: Pick<Walk, 'children'>, more: number): void {
  walk.children += more
  if (walk.children <= MAX_CHILDREN) return
  fail(
    {
      kind: 'unusable',
      detail: `its indexes lead to at least ${String(walk.children)} manifests, and the limit is ${String(MAX_CHILDREN)}; named platforms need fewer`
    },
    {object: 'manifest'}
  )
}

/** Bounds the memory of the decoded manifests and configs of a run. */
export type DocumentBudget = {
  /**
   * Counts a decoded document once and returns a copy to keep: a string that was cut out of the document's text keeps all of that
   * text in memory. Fails with `unusable` when the run holds too much.
   */
  readonly hold: <T>(digest: Digest, document: T) => T
}

// About the size of the recorded attempts that fetched a document.
const EVIDENCE_BYTES = 4 * 1024

// Some 10,000 manifests of usual size. A run with a hundred images of eight platforms holds less than a tenth of it.
const MAX_HELD_BYTES = 48 * 1024 * 1024

export function createDocumentBudget(maxBytes = MAX_HELD_BYTES): DocumentBudget {
  const seen = new Set<Digest>()
  let heldBytes = 0
  return {
    hold: <T>(digest: Digest, document: T) => {
      const text = JSON.stringify(document)
      if (!seen.has(digest)) heldBytes += EVIDENCE_BYTES + text.length
      seen.add(digest)
      if (heldBytes > maxBytes) {
        fail({
          kind: 'unusable',
          detail: `the manifests and configs of this run need more than ${formatBytes(maxBytes)} of memory, which ${digest} exceeds; use several steps, or fewer platforms`
        })
      }
      return JSON.parse(text) as T
    }
  }
}
