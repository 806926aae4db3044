// The runner's side of an action: commands on standard output, and the files that it names in the environment.
// Everything that is printed or handed on passes here, escaped. Written by hand because @actions/core brings a second HTTP
// client that takes longer to load than all else together; the protocol is these five things.

import {randomUUID} from 'node:crypto'
import {appendFileSync, mkdtempSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fail, type Place} from '../acquire/failure.ts'
import type {Tone} from '../acquire/log-lines.ts'

/** `place`: the line of a file that it is shown beside. */
export type Annotation = {readonly title: string; readonly message: string; readonly place?: Place}

export type Runner = {
  readonly print: (line: string, tone?: Tone) => void
  /** Shown only where the runner was asked to debug. */
  readonly debug: (line: string) => void
  readonly openGroup: (title: string) => void
  readonly closeGroup: () => void
  readonly warn: (annotation: Annotation) => void
  readonly error: (annotation: Annotation) => void
  /** From here on the runner shows `***` in its place. */
  readonly conceal: (secret: string) => void
  readonly setOutputs: (outputs: Readonly<Record<string, string>>) => void
  /** Writes a file of its own into the job's temporary folder; the path. */
  readonly keepFile: (name: string, text: string) => string
  /** Adds Markdown to the job summary, where there is one. */
  readonly addSummary: (markdown: string) => void
}

// Colours are ours to choose: from outside, an escape sequence could hide what was said before it, and a mark of direction turn a line
// round, so that it reads otherwise than it is.
// eslint-disable-next-line no-control-regex -- these are what is meant
const CONTROLS = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

const COLOURS: Readonly<Record<Tone, string>> = {plain: '', good: '\x1b[32m', trouble: '\x1b[33m', bad: '\x1b[31m'}

const escapeMessage = (text: string): string =>
  text.replace(CONTROLS, '\ufffd').replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const escapeProperty = (text: string): string => escapeMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

// A line that comes from outside must not become a command. A runner takes `::` at the start of a line, and `##[` anywhere in it.
const escapeLine = (text: string): string =>
  text
    .replace(/[\r\n]+/g, ' ')
    .replace(CONTROLS, '\ufffd')
    .replace(/^(\s*)::/, '$1: :')
    .replaceAll('##[', '# #[')

// Shorter ones stand in words and digests that have nothing to do with them; the runner's own masks are all that hides those.
const MIN_HIDDEN_LENGTH = 6

export const createRunner = (
  environment: Readonly<Record<string, string | undefined>>,
  write: (text: string) => void
): Runner => {
  const concealed = new Set<string>()
  // A registry that sends back what it was sent must not get a secret into a log or a file.
  const hide = (text: string): string => {
    let hidden = text
    for (const secret of concealed) {
      if (secret.length < MIN_HIDDEN_LENGTH) continue
      for (const written of [secret, JSON.stringify(secret).slice(1, -1)]) hidden = hidden.replaceAll(written, '***')
    }
    return hidden
  }
  const command = (name: string, properties: string, message: string): void => {
    write(`::${name}${properties}::${escapeMessage(message)}\n`)
  }
  const annotate = (level: 'warning' | 'error', {title, message, place}: Annotation): void => {
    const at = place === undefined ? '' : `,file=${escapeProperty(place.file)},line=${String(place.line)}`
    command(level, ` title=${escapeProperty(hide(title))}${at}`, hide(message))
  }
  // A runner shows colours without a terminal. Elsewhere nobody knows, so that there are none.
  const isColoured = environment['GITHUB_ACTIONS'] === 'true' && (environment['NO_COLOR'] ?? '') === ''
  return {
    print: (line, tone = 'plain') => {
      const colour = isColoured ? COLOURS[tone] : ''
      write(`${colour}${escapeLine(hide(line))}${colour === '' ? '' : '\x1b[0m'}\n`)
    },
    debug: line => {
      if (environment['RUNNER_DEBUG'] === '1') command('debug', '', hide(line))
    },
    openGroup: title => {
      command('group', '', title)
    },
    closeGroup: () => {
      command('endgroup', '', '')
    },
    warn: annotation => {
      annotate('warning', annotation)
    },
    error: annotation => {
      annotate('error', annotation)
    },
    conceal: secret => {
      if (secret === '' || concealed.has(secret)) return
      concealed.add(secret)
      // Outside a runner nobody takes the command away: the secret itself would be what is printed.
      if (environment['GITHUB_ACTIONS'] === 'true') command('add-mask', '', secret)
    },
    setOutputs: outputs => {
      const path = environment['GITHUB_OUTPUT'] ?? ''
      if (path === '') {
        const lines = Object.entries(outputs).map(([name, value]) => escapeLine(`${name}=${value}`))
        write(lines.map(line => `${line}\n`).join(''))
        return
      }
      const text = Object.entries(outputs)
        .map(([name, value]) => formatOutput(name, value))
        .join('')
      try {
        appendFileSync(path, text)
      } catch (error) {
        fail({kind: 'local-io', detail: `the outputs cannot be written to ${path}: ${String(error)}`}, {cause: error})
      }
    },
    keepFile: (name, text) => {
      const base = environment['RUNNER_TEMP'] ?? ''
      try {
        const path = join(mkdtempSync(join(base === '' ? tmpdir() : base, 'verified-image-')), name)
        writeFileSync(path, hide(text))
        return path
      } catch (error) {
        return fail({kind: 'local-io', detail: `${name} cannot be written: ${String(error)}`}, {cause: error})
      }
    },
    addSummary: markdown => {
      const path = environment['GITHUB_STEP_SUMMARY'] ?? ''
      if (path === '') return
      try {
        appendFileSync(path, hide(markdown))
      } catch (error) {
        fail({kind: 'local-io', detail: `the job summary cannot be written: ${String(error)}`}, {cause: error})
      }
    }
  }
}

// A delimiter that no value can hold: it is made after the value.
const formatOutput = (name: string, value: string): string => {
  const delimiter = `end-${randomUUID()}`
  return `${name}<<${delimiter}\n${value}\n${delimiter}\n`
}
