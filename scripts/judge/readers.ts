// What `files` says about a file, in the words of the judges.

import {VerifiedImageError} from '../../src/failure/error.ts'
import {runBakeProgram} from '../../src/files/bake-program.ts'
import {findInDockerfile} from '../../src/files/dockerfile/dockerfile.ts'
import type {FileEntry} from '../../src/files/language/file-entry.ts'
import {createComposeVariables} from '../../src/files/compose-variables.ts'
import {dockerfilePath} from '../../src/files/follow-build.ts'
import {readFile} from '../../src/files/read-file.ts'
import {openWorkspace} from '../../src/files/workspace.ts'
import type {Platform} from '../../src/oci/platform.ts'
import {posix} from 'node:path'
import {formatBuild} from './judges.ts'
import type {Said} from './verdict.ts'

const HOST: Platform = {os: 'linux', architecture: 'amd64'}

export function readDockerfile(text: string): Said {
  return saidOf(() =>
    findInDockerfile({
      ...{text, location: {file: 'Dockerfile', line: 1}, args: new Map(), unknownArgs: new Map(), contexts: new Set()},
      ...{buildPlatform: HOST, targets: [HOST], usesOwnPlatforms: false}
    })
  )
}

function saidOf(find: () => readonly FileEntry[]): Said {
  try {
    return describe(find())
  } catch (error) {
    return refusalOf(error)
  }
}

function refusalOf(error: unknown): Said {
  if (!(error instanceof VerifiedImageError)) throw error
  return {refused: error.message}
}

/** The images and builds of a Compose or Bake file. Dockerfiles are not followed: they have a judge of their own. */
export async function readOther(root: string, file: string): Promise<Said> {
  const workspace = openWorkspace(root)
  const lookup = (): undefined => undefined
  try {
    const entries = await readFile(
      {
        ...{workspace, lookup, hostPlatform: HOST, variables: new Map<string, string>()},
        readVariables: createComposeVariables(workspace.read, lookup),
        platforms: {kind: 'named', platforms: [HOST]},
        runBake: request =>
          runBakeProgram(request, {
            environment: {PATH: process.env['PATH'] ?? ''},
            workspace: '',
            signal: new AbortController().signal
          })
      },
      {file, isExplicit: true}
    )
    const built = new Set(entries.flatMap(entry => (entry.type === 'built' ? [entry.name] : [])))
    const issue = entries.find(entry => entry.type === 'issue')
    return issue === undefined
      ? describe(entries.filter(entry => entry.type !== 'image' || !built.has(entry.text)))
      : {refused: issue.issue.reason}
  } catch (error) {
    return refusalOf(error)
  }

  function describe(entries: readonly FileEntry[]): Said {
    return {
      facts: entries.flatMap(entry => {
        if (entry.type === 'image') return [entry.text]
        return entry.type === 'build' ? [buildFact(entry)] : []
      }),
      hasGaps: entries.some(entry => entry.type === 'skipped' || (entry.type === 'build' && entry.unknownArgs.size > 0))
    }
  }

  function buildFact(build: Extract<FileEntry, {type: 'build'}>): string {
    const {dockerfile, context, contextRoots, args} = build
    const path =
      'text' in dockerfile
        ? dockerfile.text
        : (dockerfilePath(workspace, build) ?? posix.join(contextRoots[0] ?? '', context, dockerfile.path))
    return formatBuild(path, [...args])
  }
}

function describe(entries: readonly FileEntry[]): Said {
  return {
    facts: entries.flatMap(entry => (entry.type === 'image' ? [entry.text] : [])),
    hasGaps: entries.some(({type}) => type === 'skipped')
  }
}
