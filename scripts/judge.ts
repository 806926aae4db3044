// npm run judge -- FOLDER: compares `files` with the real tools on every file of a folder: BuildKit's parser for
// Dockerfiles, docker compose, and docker buildx bake. Prints counts by kind and each difference; exits with 1 when there is one.

import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {parseArgs} from 'node:util'
import {judgeFolder} from './judge/folder.ts'

const {positionals} = parseArgs({allowPositionals: true})
const [folder] = positionals
if (folder === undefined) throw new Error('usage: npm run judge -- FOLDER')
const temporary = mkdtempSync(join(tmpdir(), 'verified-image-judge-'))
try {
  const {counts, differences} = await judgeFolder(resolve(folder), temporary)
  for (const [kind, verdicts] of counts) {
    const total = [...verdicts.values()].reduce((sum, count) => sum + count, 0)
    process.stdout.write(`${kind}: ${String(total)} files\n`)
    for (const [verdict, count] of verdicts) process.stdout.write(`${String(count).padStart(8)}  ${verdict}\n`)
  }
  for (const difference of differences) process.stdout.write(`${JSON.stringify(difference)}\n`)
  process.exitCode = differences.length === 0 ? 0 : 1
} finally {
  rmSync(temporary, {recursive: true})
}
