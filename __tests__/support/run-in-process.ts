// Runs the whole action in this process, for tests that run it too often for processes: inputs in the environment, files in a folder.

import {mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {runAction} from '../../src/action/action.ts'
import {nodeRuntime} from '../../src/runner/runtime.ts'
import {parseFileCommands} from './workflow-commands.ts'

export type InProcessRun = {
  readonly exitCode: number
  readonly stdout: string
  readonly outputs: Readonly<Record<string, string>>
  readonly report: unknown
  /** All files that remain, without the report and GITHUB_OUTPUT. */
  readonly leftBehind: readonly string[]
}

export async function runInProcess(inputs: Readonly<Record<string, string>>): Promise<InProcessRun> {
  const temp = await mkdtemp(join(tmpdir(), 'verified-image-here-'))
  const output = join(temp, 'output')
  await writeFile(output, '')
  const captured = captureStdout()
  const restore = setEnvironment({
    ...{GITHUB_OUTPUT: output, RUNNER_TEMP: temp, RUNNER_TOOL_CACHE: join(temp, 'tools'), GITHUB_WORKSPACE: temp},
    ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]))
  })
  try {
    const exitCode = await runAction({...nodeRuntime(), home: () => temp, onSignal: () => undefined})
    const stdout = captured.text()
    const outputs = parseFileCommands(await readFile(output, 'utf8'))
    const report: unknown = JSON.parse(await readFile(outputs['report'] ?? '', 'utf8'))
    const files = await readdir(temp, {recursive: true, withFileTypes: true})
    const paths = files.filter(file => !file.isDirectory()).map(file => join(file.parentPath, file.name))
    const leftBehind = paths.filter(path => path !== output && path !== outputs['report'])
    return {exitCode, stdout, outputs, report, leftBehind}
  } finally {
    captured.stop()
    restore()
    await rm(temp, {recursive: true, force: true})
  }
}

/** Captures standard output, to which @actions/core writes directly. */
export function captureStdout(): {readonly text: () => string; readonly stop: () => void} {
  const {stdout} = process
  const write = stdout.write.bind(stdout)
  let captured = ''
  stdout.write = (text: string | Uint8Array): boolean => {
    captured += String(text)
    return true
  }
  return {
    text: () => captured,
    stop: () => {
      stdout.write = write
    }
  }
}

/** Replaces the environment of this process, which @actions/core reads directly. Returns a function that restores it. */
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
