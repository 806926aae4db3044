// Talks to the runner through @actions/core: log, annotations, masks, outputs, and the job summary.
// All output passes through here. escapeLine, withoutControls, mask, and commandFile do what @actions/core does not.

import {appendFileSync, mkdtempSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import * as core from '@actions/core'
import type {Annotation} from '../report/annotations.ts'
import type {LogLevel} from '../report/log-lines.ts'
import {describeErrno} from '../filesystem/errno.ts'
import {createRedactor, type Redactor} from './redactor.ts'
import {fail} from '../failure/error.ts'

export type Runner = {
  readonly print: (line: string, level?: LogLevel) => void
  /** Printed only in the runner's debug mode. */
  readonly debug: (line: string) => void
  readonly startGroup: (title: string) => void
  readonly endGroup: () => void
  readonly warning: (annotation: Annotation) => void
  readonly error: (annotation: Annotation) => void
  /** Masks a secret of the user: the runner prints `***` instead. */
  readonly setSecret: (secret: string) => void
  /** Hides a token that was issued for the user's credentials; see Redactor. `setOutputs` masks it if that harms no output. */
  readonly setTokenSecret: (token: string) => void
  readonly addOwn: Redactor['addOwn']
  readonly redact: Redactor['redact']
  /** outputs-check.ts checks the values first. */
  readonly setOutputs: (outputs: Readonly<Record<string, string>>) => void
  /** Writes a new file into the job's temporary directory, and returns its path. */
  readonly writeTempFile: (name: string, text: string) => string
  /** Adds Markdown to the job summary. `render` is only called if there is one. */
  readonly addSummary: (render: () => string) => Promise<void>
}

const COLORS: Readonly<Record<LogLevel, string>> = {
  plain: '',
  success: '\x1b[32m',
  warning: '\x1b[33m',
  error: '\x1b[31m'
}

/** `environment` is the environment of this process, which @actions/core also reads. */
export function createRunner(environment: Readonly<Record<string, string | undefined>>): Runner {
  const redactor = createRedactor()
  const masked = new Set<string>()
  const isOnRunner = environment['GITHUB_ACTIONS'] === 'true'
  const isColored = isOnRunner && (environment['NO_COLOR'] ?? '') === ''
  const shown = (text: string): string => withoutControls(redactor.redact(text))
  // Without a runner, the command itself would print the secret.
  const mask = (secret: string): void => {
    if (isOnRunner && !masked.has(secret)) core.setSecret(secret)
    masked.add(secret)
  }
  const properties = ({title, location}: Annotation): core.AnnotationProperties => ({
    title: shown(title),
    ...(location === undefined ? {} : {file: shown(location.file), startLine: location.line})
  })
  return {
    print: (line, level = 'plain') => {
      const color = isColored ? COLORS[level] : ''
      core.info(`${color}${escapeLine(shown(line))}${color === '' ? '' : '\x1b[0m'}`)
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
    setTokenSecret: redactor.addToken,
    addOwn: redactor.addOwn,
    redact: redactor.redact,
    setOutputs: outputs => {
      for (const value of Object.values(outputs)) redactor.addOwn(value)
      // A runner drops job outputs that contain masked text, with only a log line about it. So a token is masked only if no output
      // contains it.
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
        return fail({kind: 'local-io', detail: `${name} cannot be written: ${describeErrno(error)}`}, {cause: error})
      }
    },
    addSummary: async render => {
      if (commandFile(environment, 'GITHUB_STEP_SUMMARY', 'the job summary') === undefined) return
      await core.summary.addRaw(redactor.redact(render())).write()
    }
  }
}

// An escape sequence from outside could hide earlier output, and a direction mark could reorder a line. @actions/core prints both.
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROLS = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

function withoutControls(text: string): string {
  return text.replace(CONTROLS, '\ufffd')
}

// A line from outside must not become a command, and core.info() does not escape it. A runner reads `::` at the start of a line and
// `##[` anywhere in it.
function escapeLine(text: string): string {
  return text
    .replace(/[\r\n]+/g, ' ')
    .replace(/^(\s*)::/, '$1: :')
    .replaceAll('##[', '# #[')
}

// Undefined if the runner sets no such file: core.setOutput() would then print a deprecated command, and the summary would fail. A
// missing file is created, which @actions/core does not do. A file that cannot be written fails here, before any output is set.
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
    return fail(
      {kind: 'local-io', detail: `${what} cannot be written to ${path}: ${describeErrno(error)}`},
      {cause: error}
    )
  }
}
