// Runs worker processes. One that hangs, exits, or becomes unreliable is terminated, and the next task gets a new one.

import {type ChildProcess, fork} from 'node:child_process'
import {fileURLToPath} from 'node:url'
import type {Answer, FileTests, Order, Outcome, Start} from './worker.ts'

export type Coverage = Extract<Answer, {type: 'covered'}>

/** The worker does not answer any more. */
type Lost = {readonly end: 'hung' | 'ended'; readonly during: string}

const START_LIMIT_MS = 120_000

/** One worker process at a time, replaced when needed. */
export class Worker {
  readonly #start: Start
  #child: ChildProcess | undefined

  constructor(start: Start) {
    this.#start = start
  }

  async cover(file: string, paths: readonly string[]): Promise<Coverage> {
    const answer = await this.#ask({type: 'cover', file, paths})
    if ('end' in answer || answer.type !== 'covered') throw new Error(`${file} does not run on the unchanged source`)
    return answer
  }

  /** Tries a mutant whose code runs only within tests, in a process that has tried others before. */
  async try(mutant: number, files: readonly FileTests[]): Promise<Outcome> {
    const isWarm = this.#child !== undefined
    const outcome = await this.#tryTwice(mutant, files, false)
    if (outcome.kind !== 'unreliable') return outcome
    this.close()
    // In a new process, the mutant caused a failure that persists without it.
    return isWarm ? this.try(mutant, files) : {kind: 'noticed', by: outcome.by}
  }

  /** Tries a mutant that is active while modules load, in a process of its own. */
  async tryFresh(mutant: number, files: readonly FileTests[]): Promise<Outcome> {
    this.close()
    try {
      return await this.#tryTwice(mutant, files, true)
    } finally {
      this.close()
    }
  }

  close(): void {
    this.#child?.kill('SIGKILL')
    this.#child = undefined
  }

  // A busy machine can be too slow for one try. What hangs hangs again.
  async #tryTwice(mutant: number, files: readonly FileTests[], isFresh: boolean): Promise<Outcome> {
    const first = await this.#tryOnce(mutant, files, isFresh)
    if (first.kind !== 'late') return first
    this.close()
    const second = await this.#tryOnce(mutant, files, isFresh)
    if (second.kind !== 'late') return second
    this.close()
    return {kind: 'noticed', by: `time, in ${second.by}`}
  }

  async #tryOnce(mutant: number, files: readonly FileTests[], isFresh: boolean): Promise<Outcome> {
    const answer = await this.#ask({type: 'try', mutant, files, isFresh})
    if ('end' in answer)
      return answer.end === 'hung'
        ? {kind: 'late', by: answer.during}
        : {kind: 'noticed', by: `its end, in ${answer.during}`}
    if (answer.type !== 'tried') throw new Error(`a worker answered ${answer.type}`)
    return answer.outcome
  }

  async #ask(order: Order): Promise<Answer | Lost> {
    if (this.#child === undefined) {
      this.#child = fork(fileURLToPath(new URL('./worker.ts', import.meta.url)), [], {
        execArgv: ['--disable-warning=ExperimentalWarning'],
        stdio: ['ignore', 'ignore', 'ignore', 'ipc']
      })
      const ready = await exchange(this.#child, this.#start)
      if ('end' in ready) throw new Error('a worker does not start')
    }
    const answer = await exchange(this.#child, order)
    if ('end' in answer) this.close()
    return answer
  }
}

function exchange(child: ChildProcess, order: Order): Promise<Answer | Lost> {
  const {promise, resolve} = Promise.withResolvers<Answer | Lost>()
  let during = 'its start'
  const late = (): void => {
    resolve({end: 'hung', during})
  }
  let timer = setTimeout(late, START_LIMIT_MS)
  const onMessage = (answer: Answer): void => {
    if (answer.type !== 'alive') {
      resolve(answer)
      return
    }
    during = answer.what
    clearTimeout(timer)
    timer = setTimeout(late, answer.limitMs)
  }
  const onExit = (): void => {
    resolve({end: 'ended', during})
  }
  child.on('message', onMessage)
  child.on('exit', onExit)
  child.send(order)
  return promise.finally(() => {
    clearTimeout(timer)
    child.off('message', onMessage)
    child.off('exit', onExit)
  })
}
