// The packages that a bundle contains, and their licenses. webpack's own list of modules says what is contained: `ncc --license` lists
// the packages of chunks alone, and none of those in the entry, undici among them.

import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'

export type BundledPackage = {readonly name: string; readonly version: string; readonly license: string}

/** Where a package lies, and so what it is called in the lock file: `node_modules/undici`. */
type PackageAt = BundledPackage & {readonly folder: string}

/** A module of webpack's stats, in as far as it is read. One that is made of several has these in it. */
type Module = {readonly nameForCondition?: string | null; readonly modules?: readonly Module[]}

/** The packages in bundles whose webpack stats these are, each once, by name. */
export function packagesIn(stats: readonly string[]): readonly PackageAt[] {
  const modules = stats.flatMap(text => (JSON.parse(text) as {readonly modules: readonly Module[]}).modules)
  const folders = new Set(modules.flatMap(foldersOf))
  return [...folders].sort().map(folder => {
    const {name, version, license} = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as BundledPackage
    return {folder, name, version, license}
  })
}

/** One text with all of them. */
export function renderLicenses(packages: readonly PackageAt[]): string {
  const sections = packages.map(
    ({folder, name, version, license}) => `${headingOf({name, version, license})}\n\n${licenseTextOf(folder)}\n`
  )
  return `The files beside this one contain these packages.\n\n${sections.join('\n')}`
}

/** Reads the headings of such a text. */
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
  // The last one: a package may have others of its own.
  const folder = /(?:^|\/)(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]
  return [...(folder === undefined ? [] : [folder]), ...modules.flatMap(foldersOf)]
}

function licenseTextOf(folder: string): string {
  const name = readdirSync(folder).find(file => /^licen[cs]e(?:\.|$)/i.test(file))
  if (name === undefined) throw new Error(`${folder} has no license text`)
  return readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n').trim()
}
