// The whole action in this process, for tests that run it so often that processes would take too long: inputs in its environment,
// files in a folder, everything else as on any machine.

import {mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {runAction} from '../../src/action.ts'
import {thisMachine} from '../../src/adapters/machine.ts'
import {parseFileCommands} from './workflow-commands.ts'

export type RunHere = {
  readonly exitCode: number
  readonly stdout: string
  readonly outputs: Readonly<Record<string, string>>
  readonly report: unknown
  /** Names of all files that were left, the report and GITHUB_OUTPUT apart. */
  readonly leftBehind: readonly string[]
}

export const runHere = async (inputs: Readonly<Record<string, string>>): Promise<RunHere> => {
  const temp = await mkdtemp(join(tmpdir(), 'verified-image-here-'))
  const output = join(temp, 'output')
  await writeFile(output, '')
  let stdout = ''
  try {
    const exitCode = await runAction({
      ...thisMachine(),
      environment: {
        ...{GITHUB_OUTPUT: output, RUNNER_TEMP: temp, RUNNER_TOOL_CACHE: join(temp, 'tools'), GITHUB_WORKSPACE: temp},
        ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]))
      },
      home: () => temp,
      write: text => {
        stdout += text
      },
      onStop: () => undefined
    })
    const outputs = parseFileCommands(await readFile(output, 'utf8'))
    const report: unknown = JSON.parse(await readFile(outputs['report'] ?? '', 'utf8'))
    const files = await readdir(temp, {recursive: true, withFileTypes: true})
    const paths = files.filter(file => !file.isDirectory()).map(file => join(file.parentPath, file.name))
    const leftBehind = paths.filter(path => path !== output && path !== outputs['report'])
    return {exitCode, stdout, outputs, report, leftBehind}
  } finally {
    await rm(temp, {recursive: true, force: true})
  }
}
