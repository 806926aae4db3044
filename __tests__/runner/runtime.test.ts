// The machine, as a process: waits that can be canceled, signals, and an end that comes, with all that was written before it.

import {execFileSync, spawn} from 'node:child_process'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {describe, expect, it} from '@jest/globals'
import {nodeRuntime} from '../../src/runner/runtime.ts'

const MACHINE = pathToFileURL('src/runner/runtime.ts').href

/** Runs a script with `machine` in it; what it said, and how it ended. */
function run(
  script: string,
  options: {
    readonly signal?: NodeJS.Signals
    readonly leavesAt?: string
    /** Reads nothing before so many milliseconds. */
    readonly readsAfterMs?: number
  } = {}
): Promise<{readonly said: string; readonly code: number | null}> {
  return new Promise((resolve, reject) => {
    const text = `import {nodeRuntime} from ${JSON.stringify(MACHINE)}\nconst machine = nodeRuntime()\n${script}`
    const child = spawn(process.execPath, ['--input-type=module', '-e', text], {
      stdio: ['ignore', 'pipe', 'inherit']
    })
    let said = ''
    if (options.readsAfterMs !== undefined) {
      child.stdout.pause()
      setTimeout(() => child.stdout.resume(), options.readsAfterMs)
    }
    child.stdout.setEncoding('utf8').on('data', (more: string) => {
      said += more
      if (options.signal !== undefined && !child.killed) child.kill(options.signal)
      if (said === options.leavesAt) child.stdout.destroy()
    })
    child.once('error', reject).once('close', code => {
      resolve({said, code})
    })
  })
}

describe('nodeRuntime', () => {
  it('waits, and stops waiting with the reason', async () => {
    const {clock} = nodeRuntime()
    const before = clock.nowMs()
    await clock.wait(10, new AbortController().signal)
    expect(clock.nowMs() - before).toBeGreaterThan(8)
    const controller = new AbortController()
    const waiting = clock.wait(60_000, controller.signal)
    controller.abort(new Error('called off'))
    await expect(waiting).rejects.toThrow('called off')
    await expect(clock.wait(1, controller.signal)).rejects.toThrow('called off')
  })

  it('knows its platform, its home and chance', () => {
    const machine = nodeRuntime()
    expect(machine.platform()).toMatchObject({os: expect.any(String), architecture: expect.any(String)})
    expect(machine.home()).not.toBe('')
    expect(machine.random()).toBeLessThan(1)
    expect(machine.wallClock()).toBeInstanceOf(Date)
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('calls back for %s', async signal => {
    const script = `machine.onSignal(name => { process.stdout.write(name); machine.exit(3) }); setInterval(() => {}, 1000); process.stdout.write('ready ')`
    expect(await run(script, {signal})).toEqual({said: `ready ${signal}`, code: 3})
  })

  it('calls back for Ctrl+Break, which a runner on Windows sends after Ctrl+C', async () => {
    const script = `machine.onSignal(name => { process.stdout.write(name); machine.exit(3) }); process.emit('SIGBREAK', 'SIGBREAK')`
    expect(await run(script)).toEqual({said: 'SIGBREAK', code: 3})
  })

  it('ends with the code, once all is written, whatever is still open', async () => {
    const script = `setInterval(() => {}, 1000); process.stdout.write('x'.repeat(1_000_000)); machine.exit(7)`
    const {said, code} = await run(script)
    expect([said.length, code]).toEqual([1_000_000, 7])
  })

  it('ends when a slow reader has read all of it', async () => {
    const script = `process.stdout.write('x'.repeat(1_000_000)); process.stdout.write('y'.repeat(1_000_000)); machine.exit(7)`
    const {said, code} = await run(script, {readsAfterMs: 500})
    expect([said.indexOf('y'), said.length, code]).toEqual([1_000_000, 2_000_000, 7])
  })

  it.each([0, 7])('ends with code %i while one of its threads hangs in the file system', async code => {
    const folder = await mkdtemp(join(tmpdir(), 'verified-image-machine-'))
    try {
      execFileSync('mkfifo', [join(folder, 'fifo')])
      const script = `
        import {open} from 'node:fs/promises'
        open(${JSON.stringify(join(folder, 'fifo'))}).catch(() => undefined)
        process.stdout.write('x'.repeat(300_000))
        setTimeout(() => machine.exit(${String(code)}), 100)`
      const ended = await run(script)
      expect([ended.said.length, ended.code]).toEqual([300_000, code])
    } finally {
      await rm(folder, {recursive: true})
    }
  })

  it('goes on when nobody reads what it says', async () => {
    const script = `setTimeout(() => { for (const text of 'abc') process.stdout.write(text); machine.exit(7) }, 100); process.stdout.write('ready')`
    expect(await run(script, {leavesAt: 'ready'})).toEqual({said: 'ready', code: 7})
  })
})
