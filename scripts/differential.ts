// node scripts/differential.ts [--sample N] [--seed S] [--mixtures N] [--only TEXT]: images of many shapes, judged by both image
// stores of Docker Engine, by skopeo and by crane, and by the action. Prints what differs, and each verdict with --all.

import {parseArgs} from 'node:util'
import {casesOf, sampleOf} from './differential/cases.ts'
import type {Judged} from './differential/compare.ts'
import {judgeAll} from './differential/run.ts'

const {values} = parseArgs({
  options: {
    sample: {type: 'string'},
    seed: {type: 'string', default: '1'},
    mixtures: {type: 'string', default: '40'},
    only: {type: 'string'},
    all: {type: 'boolean', default: false}
  }
})
const seed = Number(values.seed)
const every = casesOf(Number(values.mixtures), seed).filter(({name}) => name.includes(values.only ?? ''))
const cases = values.sample === undefined ? every : sampleOf(every, Number(values.sample), seed)
function print(judged: Judged): void {
  if (values.all || judged.unexplained.length > 0) process.stdout.write(`${JSON.stringify(judged)}\n`)
}
const judged = await judgeAll(cases, print)
const unexplained = judged.filter(each => each.unexplained.length > 0)
process.stdout.write(`${String(judged.length)} images: ${String(unexplained.length)} without a row\n`)
process.exitCode = unexplained.length === 0 ? 0 : 1
