// The parts of the documents that are made from what the code and action.yml say. `npm run docs` writes them;
// docs.test.ts holds the files to them.

import {readFileSync, writeFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {parse} from 'yaml'

type Action = {
  readonly inputs: Readonly<Record<string, {readonly description: string; readonly default?: string}>>
  readonly outputs: Readonly<Record<string, {readonly description: string}>>
}

export function readAction(): Action {
  return parse(readFileSync('action.yml', 'utf8')) as Action
}

function row(...cells: readonly string[]): string {
  return `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function describeDefault(text: string | undefined): string {
  if (text === undefined || text === '') return ''
  if (text.startsWith('${{')) return "the job's token"
  return text
    .split('\n')
    .map(line => `\`${line}\``)
    .join(', ')
}

function inputs({inputs: all}: Action): string {
  return [
    row('input', 'default', ''),
    '|---|---|---|',
    ...Object.entries(all).map(([name, {description, default: value}]) =>
      row(`\`${name}\``, describeDefault(value), description)
    )
  ].join('\n')
}

function outputs({outputs: all}: Action): string {
  return [
    row('output', ''),
    '|---|---|',
    ...Object.entries(all).map(([name, {description}]) => row(`\`${name}\``, description))
  ].join('\n')
}

/** The text with each `<!-- name -->` … `<!-- /name -->` filled. Throws when one of them is not there. */
export function fill(text: string, parts: Readonly<Record<string, string>>): string {
  let filled = text
  for (const [name, part] of Object.entries(parts)) {
    const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
    const from = filled.indexOf(begin)
    const to = filled.indexOf(end)
    if (from < 0 || to < from) throw new Error(`there is no ${begin} … ${end}`)
    filled = `${filled.slice(0, from + begin.length)}\n${part}\n${filled.slice(to)}`
  }
  return filled
}

/** Each document that has such parts, as it ought to be. */
export function renderDocuments(): Readonly<Record<string, string>> {
  const action = readAction()
  return {'README.md': fill(readFileSync('README.md', 'utf8'), {inputs: inputs(action), outputs: outputs(action)})}
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const [path, text] of Object.entries(renderDocuments())) writeFileSync(path, text)
