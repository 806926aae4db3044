// Builds dist/ from src/: TypeScript to JavaScript in build/, and then a bundle of each action and of the thread that reads files.
// Both folders are emptied first, and no cache is used.
//
// Each action has a folder with all of its files, so that nothing of one is in another: only dist/mirror can write to a registry.
//
// Nothing is minified, so that dist can be read and compared. ncc minifies only the entry, and not the chunks. Unminified code also starts
// sooner: 4.2 times the CPU time of `node -e 0`, against 4.6 with terser on all files and 4.7 with ncc's minified entry (medians of 21
// alternating runs). The download is 0.3 MB larger.

import {execFileSync} from 'node:child_process'
import {copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {ENTRIES} from './build/entries.ts'
import {packagesIn, renderLicenses} from './build/licenses.ts'

function run(...args: readonly string[]): unknown {
  return execFileSync(process.execPath, args, {stdio: 'inherit'})
}
function clean(...folders: readonly string[]): void {
  for (const folder of folders) rmSync(folder, {recursive: true, force: true})
}

clean('build', 'dist')
run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json')
function bundle(entry: string, folder: string, stats: string): unknown {
  return run(
    'node_modules/@vercel/ncc/dist/ncc/cli.js',
    'build',
    entry,
    '-o',
    folder,
    '--no-cache',
    '-q',
    '--stats-out',
    stats
  )
}
const WORKER_STATS = 'build/worker.stats.json'
bundle('build/files/files-worker.js', 'build/worker', WORKER_STATS)
for (const {name, folder} of ENTRIES) {
  bundle(`build/${name}.js`, folder, statsOf(name))
  // ncc copies the file of `new Worker(new URL(…))` without its imports. This bundle replaces that copy.
  copyFileSync('build/worker/index.js', join(folder, 'files-worker.js'))
}

// V8 stores a source with a character outside of Latin-1 as two bytes per character, and parses it more slowly. undici's comments have
// hundreds of them. Escaping saves 4 of 107 ms and 2 of 73 MB at the start. Escapes are equivalent in strings, patterns, and comments.
for (const name of readdirSync('dist', {recursive: true, encoding: 'utf8'}).filter(file => file.endsWith('.js'))) {
  const path = join('dist', name)
  // eslint-disable-next-line no-control-regex -- all of ASCII is what stays
  const escape = (text: string): string => text.replace(/[^\x00-\x7f]/g, unit => `\\u${hex(unit)}`)
  writeFileSync(path, escape(readFileSync(path, 'utf8')))
}

const stats = [WORKER_STATS, ...ENTRIES.map(({name}) => statsOf(name))]
writeFileSync('dist/licenses.txt', renderLicenses(packagesIn(stats.map(path => readFileSync(path, 'utf8')))))
clean('build')

function statsOf(name: string): string {
  return `build/${name}.stats.json`
}

function hex(unit: string): string {
  return unit.charCodeAt(0).toString(16).padStart(4, '0')
}
