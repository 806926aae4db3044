// The whole action in this process, for tests that run it so often that processes would take too long: inputs in its environment,
// files in a folder, everything else as on any machine.

import {mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {runAction} from '../../src/action/action.ts'
import {nodeRuntime} from '../../src/runner/runtime.ts'
import {parseFileCommands} from './workflow-commands.ts'

export type RunHere = {
  readonly exitCode: number
  readonly stdout: string
  readonly outputs: Readonly<Record<string, string>>
  readonly report: unknown
  /** Names of all files that were left, the report and GITHUB_OUTPUT apart. */
  readonly leftBehind: readonly string[]
}

export async function runHere(inputs: Readonly<Record<string, string>>): Promise<RunHere> {
  const temp = await mkdtemp(join(tmpdir(), 'verified-image-here-'))
  const output = join(temp, 'output')
  await writeFile(output, '')
  const heard = listen()
  const restore = setEnvironment({
    ...{GITHUB_OUTPUT: output, RUNNER_TEMP: temp, RUNNER_TOOL_CACHE: join(temp, 'tools'), GITHUB_WORKSPACE: temp},
    ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]))
  })
  try {
    const exitCode = await runAction({...nodeRuntime(), home: () => temp, onSignal: () => undefined})
    const stdout = heard.said()
    const outputs = parseFileCommands(await readFile(output, 'utf8'))
    const report: unknown = JSON.parse(await readFile(outputs['report'] ?? '', 'utf8'))
    const files = await readdir(temp, {recursive: true, withFileTypes: true})
    const paths = files.filter(file => !file.isDirectory()).map(file => join(file.parentPath, file.name))
    const leftBehind = paths.filter(path => path !== output && path !== outputs['report'])
    return {exitCode, stdout, outputs, report, leftBehind}
  } finally {
    heard.stop()
    restore()
    await rm(temp, {recursive: true, force: true})
  }
}

/** Takes what is written to standard output, which @actions/core writes by itself. */
export function listen(): {readonly said: () => string; readonly stop: () => void} {
  const {stdout} = process
  const write = stdout.write.bind(stdout)
  let said = ''
  stdout.write = (text: string | Uint8Array): boolean => {
    said += String(text)
    return true
  }
  return {
    said: () => said,
    stop: () => {
      stdout.write = write
    }
  }
}

/** Nothing but these variables, in the environment of this process, which @actions/core reads by itself. */
export function setEnvironment(variables: Readonly<Record<string, string>>): () => void {
  const before = {...process.env}
  const set = (all: Readonly<Record<string, string | undefined>>): void => {
    for (const name of Object.keys(process.env)) Reflect.deleteProperty(process.env, name)
    Object.assign(process.env, all)
  }
  set(variables)
  return () => {
    set(before)
  }
}
