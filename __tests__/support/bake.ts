// The real Bake for tests that read files in this process: the pinned buildx that .ci/run installs, or the one of this machine.

import {runBakeProgram} from '../../src/files/bake-program.ts'
import type {RunBake} from '../../src/files/bake/run-bake.ts'

export const runRealBake: RunBake = request =>
  runBakeProgram(request, {
    environment: {PATH: process.env['PATH'] ?? '', ...folderOf('DOCKER_CONFIG'), ...folderOf('HOME')},
    workspace: '',
    signal: new AbortController().signal
  })

function folderOf(name: string): Readonly<Record<string, string>> {
  const value = process.env[name]
  return value === undefined ? {} : {[name]: value}
}

/** For files without Bake. */
export const runNoBake: RunBake = () => Promise.resolve({kind: 'unavailable', reason: 'this test has no Bake'})
