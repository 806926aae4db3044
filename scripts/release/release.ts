// What a release is made of: one version in all places, its section of the changelog, the files that a runner executes, and whether the
// major tag moves to it.

import {createHash} from 'node:crypto'
import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {ENTRIES} from '../build/entries.ts'

/** What keeps `tag` from being released, from the files in `root`. */
export function problemsOf(tag: string, root: string): readonly string[] {
  const read = (path: string): string => readFileSync(join(root, path), 'utf8')
  const version = versionIn(read('package.json'))
  const {packages} = JSON.parse(read('package-lock.json')) as {packages: Record<string, {version?: string}>}
  const changelog = read('CHANGELOG.md')
  const major = /^\d+/.exec(version)?.[0] ?? ''
  return [
    ...(/^v\d+\.\d+\.\d+$/.test(tag) ? [] : [`the tag is ${tag}, not vMAJOR.MINOR.PATCH`]),
    ...(tag === `v${version}` ? [] : [`the tag is ${tag}, package.json says ${version}`]),
    ...(packages['']?.version === version ? [] : ['package-lock.json has another version: npm install']),
    ...(read('src/action/version.ts').includes(`VERSION = '${version}'`)
      ? []
      : [`src/action/version.ts does not say ${version}`]),
    ...(sectionOf(version, changelog) === '' ? [`CHANGELOG.md has no section ${version}, or an empty one`] : []),
    ...(sectionOf('Unreleased', changelog) === '' ? [] : ['CHANGELOG.md has entries below Unreleased']),
    ...(read('SECURITY.md').includes(`the latest ${major}.x release`)
      ? []
      : [`SECURITY.md does not say that ${major}.x gets security fixes`]),
    ...ENTRIES.filter(({folder}) => !existsSync(join(root, folder, 'index.js'))).map(
      ({folder}) => `${folder}/index.js is missing: npm run build`
    )
  ]
}

/** The section of a version, without its heading: the notes of the release. */
export function sectionOf(version: string, changelog: string): string {
  const sections = changelog.split(/^## /m)
  const found = sections.find(
    text => text === version || text.startsWith(`${version}\n`) || text.startsWith(`${version} `)
  )
  return found?.replace(/^.*\n?/, '').trim() ?? ''
}

export type Subject = {readonly path: string; readonly sha256: string}

/** Every file that a runner reads: the three action.yml, and all of dist. These are attested, and nothing else. */
export function subjectsIn(root: string): readonly Subject[] {
  const dist = readdirSync(join(root, 'dist'), {recursive: true, withFileTypes: true})
    .filter(file => file.isFile())
    .map(({parentPath, name}) => join(parentPath, name).slice(join(root, '/').length))
  return [...ENTRIES.map(({actionFile}) => actionFile), ...dist]
    .map(path => path.replaceAll('\\', '/'))
    .sort()
    .map(path => ({
      path,
      sha256: createHash('sha256')
        .update(readFileSync(join(root, path)))
        .digest('hex')
    }))
}

/** As `sha256sum` prints and checks it, and as actions/attest reads `subject-checksums`. */
export function checksumsOf(subjects: readonly Subject[]): string {
  return subjects.map(({path, sha256}) => `${sha256}  ${path}\n`).join('')
}

/** The major tag that moves to this release, or undefined: a fix for an older release does not take it from a newer one. */
export function majorTagFor(tag: string, published: readonly string[]): string | undefined {
  const [major = ''] = tag.split('.')
  const versions = [tag, ...published].filter(name => new RegExp(`^${major}\\.\\d+\\.\\d+$`).test(name))
  const newest = versions.reduce((a, b) => (isNewer(b, a) ? b : a))
  return newest === tag ? major : undefined
}

export function versionIn(packageJson: string): string {
  return (JSON.parse(packageJson) as {version: string}).version
}

function isNewer(a: string, b: string): boolean {
  const [left, right] = [a, b].map(tag => tag.slice(1).split('.').map(Number))
  const at = [0, 1, 2].find(index => left?.[index] !== right?.[index])
  return at !== undefined && (left?.[at] ?? 0) > (right?.[at] ?? 0)
}
