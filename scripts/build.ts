// Makes dist/ from src/: TypeScript to JavaScript in build/, then everything into one bundle. Starts from nothing each time.

import {execFileSync} from 'node:child_process'
import {readFileSync, rmSync, writeFileSync} from 'node:fs'

const run = (...args: readonly string[]): unknown => execFileSync(process.execPath, args, {stdio: 'inherit'})
const clean = (...folders: readonly string[]): void => {
  for (const folder of folders) rmSync(folder, {recursive: true, force: true})
}

// undici does without HTTP/2 where a Node lacks it, and never speaks it here: to load it for nothing is a tenth of a short run.
const leaveOutHttp2 = (path: string): void => {
  const bundle = readFileSync(path, 'utf8')
  const parts = bundle.split(/e\.exports=\w\(import\.meta\.url\)\("node:http2"\)/)
  if (parts.length !== 2) throw new Error(`${path} does not load node:http2 as it did: mend this step`)
  writeFileSync(path, parts.join('throw new Error("HTTP/2 is left out")'))
}

clean('build', 'dist')
run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json')
run('node_modules/@vercel/ncc/dist/ncc/cli.js', 'build', 'build/index.js', '-o', 'dist', '-m', '-q')
leaveOutHttp2('dist/index.js')
clean('build')
