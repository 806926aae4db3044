// The images of Kubernetes manifests: of the containers of every pod spec, at any depth, of image volumes, of the steps of Argo and
// Tekton, and those that a Kustomization puts in the place of others.
// https://kubernetes.io/docs/reference/generated/kubernetes-api/, PodSpec

import type {FileEntry} from '../language/file-entry.ts'
import {childOf, entriesOf, itemsOf, type Tree} from '../language/yaml-tree.ts'
import {namedImage} from './named-image.ts'

export function findInManifests(trees: readonly Tree[], file: string): readonly FileEntry[] {
  const found: FileEntry[] = []
  // An anchor's tree is shared by its aliases.
  const seen = new Set<Tree>()
  // A Kustomization needs neither `apiVersion` nor `kind`.
  const pending = trees.filter(tree => isManifest(tree) || /(?:^|\/)kustomization\.ya?ml$/.test(file)).toReversed()
  for (let tree = pending.pop(); tree !== undefined; tree = pending.pop()) {
    if (seen.has(tree)) continue
    seen.add(tree)
    found.push(...imagesOfPod(tree, file), ...replacedImages(tree, file))
    // Not spread: a list may be longer than the arguments of a call.
    for (const child of [...itemsOf(tree), ...entriesOf(tree).map(([, value]) => value)].reverse()) pending.push(child)
  }
  return found
}

/** Other documents of a file, such as comments between manifests, are skipped. */
function isManifest(tree: Tree): boolean {
  return childOf(tree, 'apiVersion') !== undefined && childOf(tree, 'kind') !== undefined
}

const CONTAINERS = ['initContainers', 'containers', 'ephemeralContainers', 'sidecars', 'steps'] as const

// Argo's templates and Tekton's tasks have one container in such a map.
const CONTAINER = ['container', 'script', 'stepTemplate'] as const

function imagesOfPod(spec: Tree, file: string): readonly FileEntry[] {
  const containers = [
    ...CONTAINERS.flatMap(key => itemsOf(childOf(spec, key))),
    ...CONTAINER.map(key => childOf(spec, key))
  ]
  return [
    ...containers.flatMap(container => namedImage(childOf(container, 'image'), file, 'image')),
    ...itemsOf(childOf(spec, 'volumes')).flatMap(volume =>
      namedImage(childOf(childOf(volume, 'image'), 'reference'), file, 'reference')
    )
  ]
}

/** `images` of Kustomize and Flux with a tag or a digest. Without either, an image keeps that of another file. */
function replacedImages(map: Tree, file: string): readonly FileEntry[] {
  return itemsOf(childOf(map, 'images')).flatMap(image => {
    const [name, newName, newTag, digest] = ['name', 'newName', 'newTag', 'digest'].map(key => textOf(image, key))
    const [base, pin] = [newName ?? name, digest ?? newTag]
    if (base === undefined || pin === undefined) return []
    const tag = newTag === undefined ? '' : `:${newTag.text}`
    return namedImage(
      {...pin, text: `${base.text}${tag}${digest === undefined ? '' : `@${digest.text}`}`},
      file,
      'images'
    )
  })
}

function textOf(map: Tree, key: string): (Tree & {readonly kind: 'text'}) | undefined {
  const value = childOf(map, key)
  return value?.kind === 'text' ? value : undefined
}
