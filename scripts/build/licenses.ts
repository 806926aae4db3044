// The packages in a bundle, and their licenses, from webpack's list of modules. `ncc --license` lists only packages in chunks, and none of
// the entry, such as undici.

import {readdirSync, readFileSync} from 'node:fs'
import {dirname, join} from 'node:path'

export type BundledPackage = {readonly name: string; readonly version: string; readonly license: string}

/** The path of a package, which is also its key in package-lock.json: `node_modules/undici`. */
type PackageAt = BundledPackage & {readonly folder: string}

/** The part of a module in webpack's stats that is used. A concatenated module contains other modules. */
type Module = {readonly nameForCondition?: string | null; readonly modules?: readonly Module[]}

/** The packages in the bundles with these webpack stats, sorted by name, without duplicates. */
export function packagesIn(stats: readonly string[]): readonly PackageAt[] {
  const modules = stats.flatMap(text => (JSON.parse(text) as {readonly modules: readonly Module[]}).modules)
  const folders = new Set(modules.flatMap(foldersOf))
  return [...folders].sort().map(folder => {
    const {name, version, license} = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as BundledPackage
    return {folder, name, version, license}
  })
}

/** The text of all licenses. */
export function renderLicenses(packages: readonly PackageAt[]): string {
  const sections = packages.map(
    ({folder, name, version, license}) => `${headingOf({name, version, license})}\n\n${licenseTextOf(folder)}\n`
  )
  return `The files beside this one contain these packages.\n\n${sections.join('\n')}`
}

/** Parses the headings of such a text. */
export function readLicenses(text: string): readonly BundledPackage[] {
  return [...text.matchAll(/^={4} (\S+) (\S+) \((.+)\)$/gm)].map(([, name = '', version = '', license = '']) => ({
    name,
    version,
    license
  }))
}

function headingOf({name, version, license}: BundledPackage): string {
  return `==== ${name} ${version} (${license})`
}

function foldersOf({nameForCondition, modules = []}: Module): readonly string[] {
  const path = (nameForCondition ?? '').replaceAll('\\', '/')
  // The last match: a package may contain packages of its own.
  const folder = /(?:^|\/)(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]
  return [...(folder === undefined ? [] : [folder]), ...modules.flatMap(foldersOf)]
}

/** The file with the license of an installed package. */
export function licensePathOf(folder: string): string | undefined {
  return licensePathIn(folder) ?? licensePathOfSibling(folder)
}

function licensePathIn(folder: string): string | undefined {
  const name = readdirSync(folder).find(file => /^licen[cs]e(?:\.|$)/i.test(file))
  return name === undefined ? undefined : join(folder, name)
}

/** Packages of one repository have one license, and `@sigstore/verify` is published without its text. */
function licensePathOfSibling(folder: string): string | undefined {
  const scope = dirname(folder)
  const origin = originOf(folder)
  return readdirSync(scope)
    .map(name => join(scope, name))
    .filter(sibling => origin !== undefined && originOf(sibling) === origin)
    .map(licensePathIn)
    .find(path => path !== undefined)
}

function originOf(folder: string): string | undefined {
  const {repository, license} = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly repository?: {readonly url?: string}
    readonly license?: string
  }
  return repository?.url === undefined ? undefined : `${repository.url} ${String(license)}`
}

function licenseTextOf(folder: string): string {
  const path = licensePathOf(folder)
  if (path === undefined) throw new Error(`${folder} has no license text`)
  return readFileSync(path, 'utf8').replaceAll('\r\n', '\n').trim()
}
