// npm run fuzz -- [--seconds N] [--seed S] [--skopeo N]: compares the action with Go's decoder and skopeo on mutated documents.

import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {buildGoReader} from './fuzz/go-judge.ts'
import {fuzz} from './fuzz/run.ts'
import {fuzzWithSkopeo} from './fuzz/skopeo-judge.ts'

const {values} = parseArgs({
  options: {
    seconds: {type: 'string', default: '60'},
    seed: {type: 'string', default: String(Date.now() % 1_000_000_000)},
    skopeo: {type: 'string', default: '200'}
  }
})
const seed = Number(values.seed)
const folder = mkdtempSync(join(tmpdir(), 'verified-image-fuzz-'))
try {
  const program = join(folder, 'go-reader')
  buildGoReader(program)
  const {documents, counts, defects} = fuzz(program, seed, performance.now() + Number(values.seconds) * 1000)
  process.stdout.write(`seed ${String(seed)}: ${String(documents)} documents beside Go's decoder\n`)
  for (const [verdict, count] of [...counts].sort(([, a], [, b]) => b - a))
    process.stdout.write(`${String(count).padStart(10)}  ${verdict}\n`)
  const pulled = Number(values.skopeo) === 0 ? undefined : await fuzzWithSkopeo(seed, Number(values.skopeo))
  if (pulled !== undefined)
    process.stdout.write(
      `${String(pulled.documents)} documents beside skopeo: ${String(pulled.same)} the same, ${String(pulled.refused)} refused by skopeo alone\n`
    )
  for (const defect of [...defects, ...(pulled?.defects ?? [])]) process.stdout.write(`${JSON.stringify(defect)}\n`)
  process.exitCode = defects.length + (pulled?.defects.length ?? 0) === 0 ? 0 : 1
} finally {
  rmSync(folder, {recursive: true})
}
