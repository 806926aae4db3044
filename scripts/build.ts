// Makes dist/ from src/: TypeScript to JavaScript in build/, then everything into two bundles, the action and the thread that reads
// files. Starts from nothing each time.

import {execFileSync} from 'node:child_process'
import {copyFileSync, rmSync} from 'node:fs'

const run = (...args: readonly string[]): unknown => execFileSync(process.execPath, args, {stdio: 'inherit'})
const clean = (...folders: readonly string[]): void => {
  for (const folder of folders) rmSync(folder, {recursive: true, force: true})
}

clean('build', 'dist')
run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json')
const bundle = (entry: string, folder: string): unknown =>
  run('node_modules/@vercel/ncc/dist/ncc/cli.js', 'build', entry, '-o', folder, '-m', '-q')
bundle('build/index.js', 'dist')
// ncc copies what `new Worker(new URL(…))` names as it is, without what that imports: this takes its place.
bundle('build/adapters/files-worker.js', 'build/worker')
copyFileSync('build/worker/index.js', 'dist/files-worker.js')
clean('build')
