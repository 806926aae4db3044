// The packages in a bundle, and their licenses, from webpack's list of modules. `ncc --license` lists only packages in chunks, and none of
// the entry, such as undici.

import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'

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

function licenseTextOf(folder: string): string {
  const name = readdirSync(folder).find(file => /^licen[cs]e(?:\.|$)/i.test(file))
  if (name === undefined) throw new Error(`${folder} has no license text`)
  return readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n').trim()
}
