// A machine that has no file descriptors left is this machine's affair: no registry is blamed for it, and no other one asked.
// The action as a process from dist, with so few descriptors that Node itself just starts.

import {fileURLToPath} from 'node:url'
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {spawn} from 'node:child_process'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, it} from '@jest/globals'
import {manyChildren} from '../support/hostile-images.ts'
import {startHostileRegistry} from '../support/hostile-registry.ts'
import {parseFileCommands} from '../support/workflow-commands.ts'

const ENTRY = fileURLToPath(new URL('../../dist/index.js', import.meta.url))

type Ran = {readonly exitCode: number | null; readonly said: string; readonly report: string}

/** Started by a shell that allows `descriptors` open files. */
async function runWith(descriptors: number, inputs: Readonly<Record<string, string>>): Promise<Ran> {
  const temp = await mkdtemp(join(tmpdir(), 'verified-image-files-'))
  const output = join(temp, 'output')
  await writeFile(output, '')
  const env = {
    PATH: process.env['PATH'] ?? '',
    ...{HOME: temp, RUNNER_TEMP: temp, GITHUB_OUTPUT: output, GITHUB_WORKSPACE: temp},
    ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]))
  }
  try {
    const args = ['-c', 'ulimit -n "$0" && exec "$@"', String(descriptors), process.execPath, ENTRY]
    const child = spawn('/bin/bash', args, {cwd: temp, env, stdio: ['ignore', 'pipe', 'pipe']})
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (said += text))
    const exitCode = await new Promise<number | null>(resolve => child.once('close', resolve))
    const path = parseFileCommands(await readFile(output, 'utf8'))['report']
    return {exitCode, said, report: path === undefined ? '' : await readFile(path, 'utf8')}
  } finally {
    await rm(temp, {recursive: true, force: true})
  }
}

describe('a machine without file descriptors', () => {
  it('is told as the limit of the machine, with what to do, and no other registry is asked', async () => {
    const image = manyChildren({count: 60})
    const [registry, mirror] = await Promise.all([startHostileRegistry({many: image}), startHostileRegistry({})])
    const inputs = {
      image: registry.image('many'),
      mirrors: `${registry.host}=${mirror.host}`,
      ...{platform: 'all', 'public-mirrors': '', 'status-pages': 'false'}
    }
    try {
      // How many Node itself needs is its own affair: the first limit at which it starts, and gets no further than this.
      const limited = await firstLimited(descriptors => runWith(descriptors, inputs))
      expect(limited.exitCode).toBe(1)
      expect(limited.said).toMatch(/limit of open files.*ulimit -n/)
      expect(limited.report).toContain('"kind": "local-io"')
      expect(limited.said).not.toMatch(/is down|network error|unreachable/)
      expect(mirror.requests()).toBe(0)
    } finally {
      await Promise.all([registry.close(), mirror.close()])
    }
  }, 120_000)
})

async function firstLimited(run: (descriptors: number) => Promise<Ran>): Promise<Ran> {
  for (let descriptors = 32; descriptors > 18; descriptors--) {
    const ran = await run(descriptors)
    if (ran.exitCode !== 0) return ran
  }
  throw new Error('it never ran out of file descriptors')
}
