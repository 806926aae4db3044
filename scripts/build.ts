// Makes dist/ from src/: TypeScript to JavaScript in build/, then everything into one bundle. Starts from nothing each time.

import {execFileSync} from 'node:child_process'
import {rmSync} from 'node:fs'

const run = (...args: readonly string[]): unknown => execFileSync(process.execPath, args, {stdio: 'inherit'})
const clean = (...folders: readonly string[]): void => {
  for (const folder of folders) rmSync(folder, {recursive: true, force: true})
}

clean('build', 'dist')
run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json')
run('node_modules/@vercel/ncc/dist/ncc/cli.js', 'build', 'build/index.js', '-o', 'dist', '-m', '-q')
clean('build')
