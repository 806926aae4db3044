// The images of Kubernetes manifests: of the containers of every pod spec, at any depth, and of image volumes.
// https://kubernetes.io/docs/reference/generated/kubernetes-api/, PodSpec

import type {FileEntry} from '../language/file-entry.ts'
import {childOf, entriesOf, itemsOf, type Tree} from '../language/yaml-tree.ts'
import {namedImage} from './named-image.ts'

export function findInManifests(trees: readonly Tree[], file: string): readonly FileEntry[] {
  const found: FileEntry[] = []
  // An anchor's tree is shared by its aliases.
  const seen = new Set<Tree>()
  const pending = trees.filter(isManifest).toReversed()
  for (let tree = pending.pop(); tree !== undefined; tree = pending.pop()) {
    if (seen.has(tree)) continue
    seen.add(tree)
    found.push(...imagesOfPod(tree, file))
    pending.push(...[...itemsOf(tree), ...entriesOf(tree).map(([, child]) => child)].reverse())
  }
  return found
}

/** Other documents of a file, such as comments between manifests, are skipped. */
export function isManifest(tree: Tree): boolean {
  return childOf(tree, 'apiVersion') !== undefined && childOf(tree, 'kind') !== undefined
}

const CONTAINERS = ['initContainers', 'containers', 'ephemeralContainers'] as const

function imagesOfPod(spec: Tree, file: string): readonly FileEntry[] {
  return [
    ...CONTAINERS.flatMap(key => itemsOf(childOf(spec, key))).flatMap(container =>
      namedImage(childOf(container, 'image'), file, 'image')
    ),
    ...itemsOf(childOf(spec, 'volumes')).flatMap(volume =>
      namedImage(childOf(childOf(volume, 'image'), 'reference'), file, 'reference')
    )
  ]
}
