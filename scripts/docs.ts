// Writes the parts of the documents that are made from action.yml. `npm run docs` runs this; docs.test.ts holds the documents to it.

import {readFileSync, writeFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {parse} from 'yaml'
import {renderFleetPlot} from './fleet/plot.ts'

type Action = {
  readonly inputs: Readonly<Record<string, {readonly description: string; readonly default?: string}>>
  readonly outputs: Readonly<Record<string, {readonly description: string}>>
}

type Type = 'String' | 'List' | 'Bool' | 'Number' | 'Duration' | 'Path' | 'Digest' | 'JSON'

/** README's groups of inputs, in its order. action.yml has no place for groups and types. */
export const INPUT_GROUPS: Readonly<Record<string, Readonly<Record<string, Type>>>> = {
  Images: {
    image: 'List',
    files: 'List',
    'file-variables': 'List',
    platform: 'List',
    verify: 'String'
  },
  Registries: {
    mirrors: 'List',
    'public-mirrors': 'List',
    'mirrors-from': 'List',
    'trust-imported': 'Bool',
    prefer: 'String',
    registry: 'String',
    username: 'String',
    password: 'String',
    'github-token': 'String',
    'insecure-registries': 'List',
    'token-hosts': 'List'
  },
  'Pinning and signatures': {
    'signed-by': 'List',
    signatures: 'String',
    'trusted-root': 'Path',
    'lock-file': 'Path',
    lock: 'String',
    'fallback-tags': 'List',
    'allow-floating': 'Bool'
  },
  Delivery: {
    load: 'Bool',
    layout: 'Path',
    cache: 'Bool',
    summary: 'Bool',
    'status-pages': 'Bool'
  },
  Tuning: {
    attempts: 'Number',
    backoff: 'Duration',
    'backoff-max': 'Duration',
    'connect-timeout': 'Duration',
    'stall-timeout': 'Duration',
    'hedge-after': 'Duration',
    concurrency: 'Number',
    timeout: 'Duration'
  }
}

/** Of the outputs that only the other actions have. */
const OTHER_OUTPUT_TYPES: Readonly<Record<string, Type>> = {copied: 'JSON'}

export const OUTPUT_TYPES: Readonly<Record<string, Type>> = {
  reference: 'String',
  references: 'JSON',
  digest: 'Digest',
  'image-id': 'Digest',
  registry: 'String',
  source: 'String',
  tag: 'String',
  verified: 'String',
  size: 'Number',
  'build-contexts': 'List',
  layout: 'Path',
  signers: 'JSON',
  report: 'Path'
}

export function readAction(path = 'action.yml'): Action {
  return parse(readFileSync(path, 'utf8')) as Action
}

/** The text with each `<!-- name -->` … `<!-- /name -->` filled. Throws when one of them is missing. */
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

/** Each document that has such parts, as it should be. */
export function renderDocuments(): Readonly<Record<string, string>> {
  const action = readAction()
  const mirror = readAction('mirror/action.yml')
  return {
    'README.md': fill(readFileSync('README.md', 'utf8'), {
      'quick-start': renderExample('build.yml'),
      inputs: renderInputs(action.inputs),
      outputs: renderOutputs(action.outputs)
    }),
    'docs/mirror.md': fill(readFileSync('docs/mirror.md', 'utf8'), {
      'mirror-inputs': renderPlainInputs(mirror.inputs),
      'mirror-outputs': renderOutputs(mirror.outputs)
    }),
    'docs/fleet.svg': renderFleetPlot(readFileSync('docs/fleet.md', 'utf8'))
  }
}

/** Without groups: the page of one of the other actions. */
function renderPlainInputs(inputs: Action['inputs']): string {
  return [
    row('Input', 'Default', 'Description'),
    '|---|---|---|',
    ...Object.entries(inputs).map(([name, {description, default: value}]) =>
      row(`\`${name}\``, renderDefault(value), description)
    )
  ].join('\n')
}

function renderInputs(inputs: Action['inputs']): string {
  const groups = Object.entries(INPUT_GROUPS).map(([group, types]) =>
    [
      row(group, 'Type', 'Default', 'Description'),
      '|---|---|---|---|',
      ...Object.entries(types).map(([name, type]) => {
        const {description = '', default: value} = inputs[name] ?? {}
        return row(`\`${name}\``, type, renderDefault(value), description)
      })
    ].join('\n')
  )
  return groups.join('\n\n')
}

function renderOutputs(outputs: Action['outputs']): string {
  return [
    row('Output', 'Type', 'Description'),
    '|---|---|---|',
    ...Object.entries(outputs).map(([name, {description}]) =>
      row(`\`${name}\``, {...OUTPUT_TYPES, ...OTHER_OUTPUT_TYPES}[name] ?? '', description)
    )
  ].join('\n')
}

/** A workflow without the comment at its beginning: the document says the same in its own words. */
function renderExample(name: string): string {
  const text = readFileSync(`examples/${name}`, 'utf8').replace(/^(?:#.*\n)+/, '')
  return `\`\`\`yaml\n${text}\`\`\``
}

function renderDefault(text: string | undefined): string {
  if (text === undefined || text === '') return ''
  if (text.startsWith('${{')) return "the job's token"
  return text
    .split('\n')
    .map(line => `\`${line}\``)
    .join(', ')
}

function row(...cells: readonly string[]): string {
  return `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const [path, text] of Object.entries(renderDocuments())) writeFileSync(path, text)
