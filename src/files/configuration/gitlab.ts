// The images of GitLab CI: those of jobs and of their services, at the top, in `default`, and in each job, hidden ones included.
// https://docs.gitlab.com/ci/yaml/#image

import type {FileEntry} from '../language/file-entry.ts'
import {childOf, entriesOf, itemsOf, type Tree} from '../language/yaml-tree.ts'
import {namedImage} from './named-image.ts'

export function findInGitlab(trees: readonly Tree[], file: string): readonly FileEntry[] {
  return trees.flatMap(tree => [
    ...imagesOf(tree, file),
    ...entriesOf(tree)
      .filter(([name]) => !NO_JOBS.has(name))
      .flatMap(([, job]) => imagesOf(job, file))
  ])
}

// Maps at the top that are no jobs. `default` has the keywords of one.
const NO_JOBS: ReadonlySet<string> = new Set(['image', 'services', 'variables', 'workflow', 'include', 'spec'])

function imagesOf(job: Tree, file: string): readonly FileEntry[] {
  const image = childOf(job, 'image')
  return [
    ...namedImage(childOf(image, 'name') ?? image, file, 'image'),
    ...itemsOf(childOf(job, 'services')).flatMap(service =>
      namedImage(childOf(service, 'name') ?? service, file, 'services')
    )
  ]
}
