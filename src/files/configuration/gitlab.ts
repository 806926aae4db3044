// The images of GitLab CI: those of jobs and of their services, at the top, in `default`, and in each job, hidden ones included.
// https://docs.gitlab.com/ci/yaml/#image

import {excerpt, type FileEntry} from '../language/file-entry.ts'
import {expand, type Lookup} from '../language/variables.ts'
import {childOf, entriesOf, itemsOf, type Tree} from '../language/yaml-tree.ts'
import {namedImage} from './named-image.ts'

/** `lookup` has the variables of the run. */
export function findInGitlab(trees: readonly Tree[], file: string, lookup: Lookup): readonly FileEntry[] {
  return trees
    .flatMap(tree => [
      ...imagesOf(tree),
      ...entriesOf(tree)
        .filter(([name]) => !NO_JOBS.has(name))
        .flatMap(([, job]) => imagesOf(job))
    ])
    .flatMap(({tree, key}) => imageEntries(tree, file, key, lookup))
}

// Maps at the top that are no jobs. `default` has the keywords of one.
const NO_JOBS: ReadonlySet<string> = new Set(['image', 'services', 'variables', 'workflow', 'include', 'spec'])

type NamedTree = {readonly tree: Tree | undefined; readonly key: string}

function imagesOf(job: Tree): readonly NamedTree[] {
  const image = childOf(job, 'image')
  return [
    {tree: childOf(image, 'name') ?? image, key: 'image'},
    ...itemsOf(childOf(job, 'services')).map(service => ({
      tree: childOf(service, 'name') ?? service,
      key: 'services'
    }))
  ]
}

// https://docs.gitlab.com/user/packages/dependency_proxy/: a cache of Docker Hub, which has the same images.
const DEPENDENCY_PROXY =
  /^\$(?:CI_DEPENDENCY_PROXY_(?:DIRECT_)?GROUP_IMAGE_PREFIX|\{CI_DEPENDENCY_PROXY_(?:DIRECT_)?GROUP_IMAGE_PREFIX\})\//

function imageEntries(tree: Tree | undefined, file: string, key: string, lookup: Lookup): readonly FileEntry[] {
  if (tree?.kind !== 'text') return []
  const text = tree.text.replace(DEPENDENCY_PROXY, '')
  // Inputs of a component.
  if (text.includes('$[[')) return namedImage({...tree, text}, file, key)
  const value = expand(text, lookup, {escape: undefined, describeUnset})
  return value.ok
    ? namedImage({...tree, text: value.value}, file, key)
    : [
        {
          type: 'skipped',
          text: excerpt(`${key}: ${tree.text}`),
          reason: value.reason,
          location: {file, line: tree.line}
        }
      ]
}

// The settings of a project, a group, and a pipeline override `variables` of the file.
function describeUnset(name: string): string {
  return `It has a variable, ${name}, whose value only GitLab knows. Add the line ${name}=VALUE to the \`file-variables\` input.`
}
