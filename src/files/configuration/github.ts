// The images of GitHub workflows and of action.yml: containers of jobs, service containers, and actions that are images.
// https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax, …/metadata-syntax

import {posix} from 'node:path'
import type {BuildEntry, FileEntry} from '../language/file-entry.ts'
import {childOf, entriesOf, itemsOf, type Tree} from '../language/yaml-tree.ts'
import {dockerImage, namedImage} from './named-image.ts'

export function findInWorkflow(trees: readonly Tree[], file: string): readonly FileEntry[] {
  return trees
    .flatMap(tree => entriesOf(childOf(tree, 'jobs')))
    .flatMap(([, job]) => {
      const container = childOf(job, 'container')
      return [
        ...namedImage(childOf(container, 'image') ?? container, file, 'container'),
        ...entriesOf(childOf(job, 'services')).flatMap(([, service]) =>
          namedImage(childOf(service, 'image') ?? service, file, 'image')
        ),
        ...imagesOfSteps(childOf(job, 'steps'), file)
      ]
    })
}

/** An action that is built from a Dockerfile, that is an image, or that has steps. */
export function findInAction(trees: readonly Tree[], file: string): readonly FileEntry[] {
  return trees.flatMap(tree => {
    const runs = childOf(tree, 'runs')
    const image = childOf(runs, 'image')
    const isPath = image?.kind === 'text' && !image.text.includes('://')
    return [
      ...(isPath ? [buildOf(image, file)] : dockerImage(image, file, 'image')),
      ...imagesOfSteps(childOf(runs, 'steps'), file)
    ]
  })
}

function imagesOfSteps(steps: Tree | undefined, file: string): readonly FileEntry[] {
  return itemsOf(steps).flatMap(step => dockerImage(childOf(step, 'uses'), file, 'uses'))
}

function buildOf({text, line}: Tree & {readonly kind: 'text'}, file: string): BuildEntry {
  const path = posix.join(posix.dirname(file), text)
  return {
    type: 'build',
    location: {file, line},
    dockerfile: {path: posix.basename(path)},
    context: posix.dirname(path),
    contextRoots: ['.'],
    args: new Map(),
    unknownArgs: new Map(),
    contexts: new Set(),
    platforms: [],
    ifMissing: 'skip'
  }
}
