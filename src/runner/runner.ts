// The runner's side of an action, through @actions/core: log, annotations, masks, outputs, the summary.
// Everything that is printed or written passes here. What @actions/core lets through or cannot do is done before it is called: see
// escapeLine, withoutControls, conceal and commandFile.

import {appendFileSync, mkdtempSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import * as core from '@actions/core'
import type {LogLevel} from '../report/log-lines.ts'
import type {Annotation} from '../report/run-report.ts'
import {createRedactor, type Redactor} from './redactor.ts'
import {fail} from '../failure/error.ts'

export type Runner = {
  readonly print: (line: string, tone?: LogLevel) => void
  /** Shown only where the runner was asked to debug. */
  readonly debug: (line: string) => void
  readonly startGroup: (title: string) => void
  readonly endGroup: () => void
  readonly warning: (annotation: Annotation) => void
  readonly error: (annotation: Annotation) => void
  /** A secret of the user: from here on the runner shows `***` in its place. */
  readonly setSecret: (secret: string) => void
  /** A token that came for the user's credentials; see Redactor. The runner is told in `setOutputs`, when it cannot harm them. */
  readonly concealToken: (token: string) => void
  readonly addOwn: Redactor['addOwn']
  readonly redact: Redactor['redact']
  /** The values are checked before: see outputs-check.ts. */
  readonly setOutputs: (outputs: Readonly<Record<string, string>>) => void
  /** Writes a file of its own into the job's temporary folder; the path. */
  readonly writeTempFile: (name: string, text: string) => string
  /** Adds Markdown to the job summary, where there is one; it is rendered only then. */
  readonly addSummary: (render: () => string) => Promise<void>
}

const COLOURS: Readonly<Record<LogLevel, string>> = {plain: '', good: '\x1b[32m', trouble: '\x1b[33m', bad: '\x1b[31m'}

/** `environment` is that of this process, which @actions/core reads by itself. */
export function createRunner(environment: Readonly<Record<string, string | undefined>>): Runner {
  const redactor = createRedactor()
  const masked = new Set<string>()
  const isOnRunner = environment['GITHUB_ACTIONS'] === 'true'
  const isColoured = isOnRunner && (environment['NO_COLOR'] ?? '') === ''
  const shown = (text: string): string => withoutControls(redactor.redact(text))
  // Where no runner takes the command away, the command would show the secret.
  const mask = (secret: string): void => {
    if (isOnRunner && !masked.has(secret)) core.setSecret(secret)
    masked.add(secret)
  }
  const properties = ({title, location}: Annotation): core.AnnotationProperties => ({
    title: shown(title),
    ...(location === undefined ? {} : {file: shown(location.file), startLine: location.line})
  })
  return {
    print: (line, tone = 'plain') => {
      const colour = isColoured ? COLOURS[tone] : ''
      core.info(`${colour}${escapeLine(shown(line))}${colour === '' ? '' : '\x1b[0m'}`)
    },
    debug: line => {
      if (core.isDebug()) core.debug(shown(line))
    },
    startGroup: title => {
      core.startGroup(shown(title))
    },
    endGroup: core.endGroup,
    warning: annotation => {
      core.warning(shown(annotation.message), properties(annotation))
    },
    error: annotation => {
      core.error(shown(annotation.message), properties(annotation))
    },
    setSecret: secret => {
      if (secret === '') return
      redactor.addSecret(secret)
      mask(secret)
    },
    concealToken: redactor.addToken,
    addOwn: redactor.addOwn,
    redact: redactor.redact,
    setOutputs: outputs => {
      for (const value of Object.values(outputs)) redactor.addOwn(value)
      // A runner drops each output of a job that holds a masked text, and says so in a line that few people read. So a token becomes
      // a mask only when it is part of no output.
      for (const token of redactor.hiddenTokens()) mask(token)
      const path = commandFile(environment, 'GITHUB_OUTPUT', 'the outputs')
      for (const [name, value] of Object.entries(outputs))
        if (path === undefined) core.info(escapeLine(withoutControls(`${name}=${value}`)))
        else core.setOutput(name, value)
    },
    writeTempFile: (name, text) => {
      const base = environment['RUNNER_TEMP'] ?? ''
      try {
        const path = join(mkdtempSync(join(base === '' ? tmpdir() : base, 'verified-image-')), name)
        writeFileSync(path, text)
        return path
      } catch (error) {
        return fail({kind: 'local-io', detail: `${name} cannot be written: ${String(error)}`}, {cause: error})
      }
    },
    addSummary: async render => {
      if (commandFile(environment, 'GITHUB_STEP_SUMMARY', 'the job summary') === undefined) return
      await core.summary.addRaw(redactor.redact(render())).write()
    }
  }
}

// From outside, an escape sequence could hide what was said before it, and a mark of direction make a line read otherwise than it is.
// @actions/core prints both.
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROLS = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

function withoutControls(text: string): string {
  return text.replace(CONTROLS, '\ufffd')
}

// A line that comes from outside must not become a command, and core.info() prints it as it is. A runner takes `::` at the start of a
// line, and `##[` anywhere in it.
function escapeLine(text: string): string {
  return text
    .replace(/[\r\n]+/g, ' ')
    .replace(/^(\s*)::/, '$1: :')
    .replaceAll('##[', '# #[')
}

// Undefined where the runner names no such file: core.setOutput() would print a command of old, and the summary would fail. A file that
// is named and not there yet is made, which @actions/core refuses to do; what cannot be made or written fails here, in words, before
// the first output is set.
function commandFile(
  environment: Readonly<Record<string, string | undefined>>,
  name: 'GITHUB_OUTPUT' | 'GITHUB_STEP_SUMMARY',
  what: string
): string | undefined {
  const path = environment[name] ?? ''
  if (path === '') return undefined
  try {
    appendFileSync(path, '')
    return path
  } catch (error) {
    return fail({kind: 'local-io', detail: `${what} cannot be written to ${path}: ${String(error)}`}, {cause: error})
  }
}
