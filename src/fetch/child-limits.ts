// How far the indexes of one image are followed: how deep they may lie in each other, and how many manifests they may lead to.
// An index of 4 MiB names 20,000 manifests, and indexes in indexes multiply.
import {type Level} from './verify-level.ts'
import {type PlatformChoice} from '../oci/platform.ts'
import {fail} from '../failure/error.ts'

/** What is fetched below an index. `children` counts what all indexes of the image lead to; one that two of them name counts twice. */
export type Walk = {readonly choice: PlatformChoice; readonly level: Level; children: number}

// No published image is known that needs more, and each level costs a request.
const MAX_DEPTH = 3

// Most indexes have fewer than 30 children, and the largest a few hundred. Each costs two requests and their evidence.
const MAX_CHILDREN = 1000

export function checkDepth(depth: number): void {
  if (depth > MAX_DEPTH) {
    fail(
      {
        kind: 'unusable',
        detail: `indexes lie ${String(depth)} deep in each other, at most ${String(MAX_DEPTH)} are followed`
      },
      {object: 'child'}
    )
  }
}

/** Before any of them is fetched. */
export function countChildren(walk: Pick<Walk, 'children'>, more: number): void {
  walk.children += more
  if (walk.children > MAX_CHILDREN) {
    fail(
      {
        kind: 'unusable',
        detail: `its indexes lead to ${String(walk.children)} manifests or more, at most ${String(MAX_CHILDREN)} are fetched; name the platforms that are needed in the input platform`
      },
      {object: 'manifest'}
    )
  }
}
