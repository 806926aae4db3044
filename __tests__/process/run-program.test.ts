// Programs that fail, hang, say too much, or leave others behind that hold their pipes open.

import {existsSync, readFileSync} from 'node:fs'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, it} from '@jest/globals'
import {type ProgramOptions, runProgram} from '../../src/process/run-program.ts'

function run(script: string, more: Partial<ProgramOptions> = {}): ReturnType<typeof runProgram> {
  return runProgram('/bin/sh', ['-c', script], {
    ...{environment: {PATH: '/usr/bin:/bin'}, signal: new AbortController().signal, maxCharacters: 100},
    ...more
  })
}

function pidsIn(folder: string): readonly number[] {
  const file = join(folder, 'pids')
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : []
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Whether the condition holds within ten seconds. */
async function until(holds: () => boolean): Promise<boolean> {
  const deadline = performance.now() + 10_000
  while (!holds() && performance.now() < deadline) await new Promise(done => setTimeout(done, 20))
  return holds()
}

const onUnix = process.platform === 'win32' ? describe.skip : describe

onUnix('runProgram', () => {
  it('returns the exit code and the output', async () => {
    expect(await run('cat; echo bad >&2; exit 3', {input: 'good'})).toEqual({
      ...{kind: 'exited', code: 3, killedBy: null, stdout: 'good', stderr: 'bad\n', isCut: false}
    })
  })

  it('feeds it as it reads', async () => {
    const end = await run('wc -c', {
      input: async to => {
        for (let at = 0; at < 10; at++)
          if (!to.write('x'.repeat(100_000))) await new Promise(done => to.once('drain', done))
      }
    })
    expect(end).toMatchObject({code: 0, stdout: expect.stringMatching(/^\s*1000000\n$/)})
  })

  it('gives it its environment and none of ours', async () => {
    const end = await run('env', {environment: {PATH: '/usr/bin:/bin', A: '1'}, maxCharacters: 1000})
    expect(end).toMatchObject({stdout: expect.stringMatching(/^(?:(?:PATH|A|PWD|SHLVL|_|OLDPWD)=.*\n)+$/)})
  })

  it('keeps the end of what it says, and says that it was more', async () => {
    expect(await run('yes | head -c 1000; echo end')).toMatchObject({
      ...{stdout: expect.stringMatching(/y\nend\n$/), isCut: true}
    })
  })

  it('does not mind that it reads nothing', async () => {
    expect(await run('exit 0', {input: 'x'.repeat(1_000_000)})).toMatchObject({kind: 'exited', code: 0})
  })

  it('reports a missing program', async () => {
    const options = {environment: {PATH: '/nowhere'}, signal: new AbortController().signal, maxCharacters: 1}
    expect(await runProgram('no-such-program', [], options)).toEqual({kind: 'missing'})
  })

  it.each([
    {name: 'hangs', script: 'exec sleep 60'},
    {name: 'does not want to end', script: 'trap "" TERM; while :; do sleep 1; done'},
    {name: 'leaves another behind that holds its pipes', script: 'sleep 60 & exit 0'},
    {name: 'never stops talking', script: 'exec yes'}
  ])('is late at its deadline when it $name', async ({script}) => {
    const before = performance.now()
    expect(await run(script, {deadlineMs: 300})).toEqual({kind: 'late'})
    expect(performance.now() - before).toBeLessThan(5000)
  })

  it('ends it with the reason of the signal', async () => {
    const controller = new AbortController()
    const running = run('exec sleep 60', {signal: controller.signal})
    controller.abort(new Error('time is up'))
    await expect(running).rejects.toThrow('time is up')
    await expect(run('exit 0', {signal: controller.signal})).rejects.toThrow('time is up')
  })

  it('ends it, and what it has started, also against their will', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'verified-image-program-'))
    const controller = new AbortController()
    const stubborn = `trap "" TERM; echo $$ >> ${folder}/pids; while :; do sleep 0.1; done`
    const running = run(`sh -c '${stubborn}' & ${stubborn}`, {signal: controller.signal})
    try {
      await expect(until(() => pidsIn(folder).length === 2)).resolves.toBe(true)
      controller.abort(new Error('time is up'))
      await expect(running).rejects.toThrow('time is up')
      await expect(until(() => !pidsIn(folder).some(isRunning))).resolves.toBe(true)
    } finally {
      await rm(folder, {recursive: true})
    }
  })

  it('passes on why it could not be fed', async () => {
    const input = (): Promise<void> => Promise.reject(new Error('the disk is gone'))
    await expect(run('exec sleep 60', {input})).rejects.toThrow('the disk is gone')
  })
})
