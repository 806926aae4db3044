// Runs the action many times in one process, for long-run.test.ts. It is a program of its own, so that the memory is the action's and not
// the test runner's. Prints the results as JSON on the last line: memory, sockets, and files between the runs and at the end.

import {readdirSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {runInProcess} from './run-in-process.ts'

export type Sample = {
  readonly runs: number
  /** After garbage collection: the heap, and memory outside of it. */
  readonly heapBytes: number
  readonly outsideBytes: number
  /** What keeps the process alive: sockets, timers, child processes. */
  readonly resources: readonly string[]
  readonly files: readonly string[]
}

export type LongRun = {
  readonly samples: readonly Sample[]
  readonly exitCodes: readonly number[]
  readonly sources: readonly (string | undefined)[]
  readonly leftBehind: readonly string[]
  /** Standard output of the runs that ended with a failure. */
  readonly bugs: readonly string[]
}

const {gc} = globalThis

async function sample(runs: number): Promise<Sample> {
  // Sockets close and finalizers run in later turns of the event loop.
  for (let turn = 0; turn < 5; turn++) {
    await gc?.({execution: 'async'})
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  const {heapUsed, external, arrayBuffers} = process.memoryUsage()
  return {
    ...{runs, heapBytes: heapUsed, outsideBytes: external + arrayBuffers},
    resources: process.getActiveResourcesInfo().filter(name => name !== 'PipeWrap' && name !== 'TTYWrap'),
    files: readdirSync(tmpdir())
  }
}

async function main(inputs: Readonly<Record<string, string>>, runs: number, sampleEvery: number): Promise<LongRun> {
  const samples: Sample[] = []
  const exitCodes: number[] = []
  const sources: (string | undefined)[] = []
  const leftBehind: string[] = []
  const bugs: string[] = []
  for (let at = 1; at <= runs; at++) {
    const run = await runInProcess(inputs)
    exitCodes.push(run.exitCode)
    sources.push(run.outputs['source'])
    leftBehind.push(...run.leftBehind)
    if ((run.report as {failure?: {kind: string}}).failure !== undefined) bugs.push(run.stdout)
    if (at % sampleEvery === 0) samples.push(await sample(at))
  }
  return {samples, exitCodes, sources, leftBehind, bugs}
}

const [inputs = '{}', runs = '0', sampleEvery = '1'] = process.argv.slice(2)
const result = await main(JSON.parse(inputs) as Record<string, string>, Number(runs), Number(sampleEvery))
console.log(JSON.stringify(result))
