// The YAML of README and of the pages of docs that a workflow consists of: whole workflows, jobs, steps, and the `with` of a step.

import {readdirSync, readFileSync} from 'node:fs'
import {marked, type Token, type Tokens} from 'marked'
import {parse, parseAllDocuments} from 'yaml'

export type WorkflowBlock = {
  readonly document: string
  /** As it is written. Of a block with a `# before` and an `# after`, what is after. */
  readonly text: string
  readonly shape: 'workflow' | 'jobs' | 'steps' | 'with'
}

export function workflowBlocks(): readonly WorkflowBlock[] {
  const documents = ['README.md', ...readdirSync('docs').flatMap(name => (name.endsWith('.md') ? `docs/${name}` : []))]
  return documents.flatMap(document =>
    codeIn(marked.lexer(readFileSync(document, 'utf8')))
      .filter(({lang}) => lang === 'yaml')
      .flatMap(({text}) => {
        const after = text.split(/^# after.*\n/m).at(-1) ?? text
        const shape = shapeOf(after)
        return shape === undefined ? [] : [{document, text: after, shape}]
      })
  )
}

/**
 * A whole workflow with the block in it, unchanged but for its indentation. Steps run after a checkout, and after each step of another
 * block whose outputs they read.
 */
export function workflowWith({text, shape}: WorkflowBlock): string {
  if (shape === 'workflow') return text
  if (shape === 'jobs') return `on: push\npermissions: {}\n${text}`
  const steps = shape === 'steps' ? text : `- uses: OWNER/verified-image@v1\n  ${text.replaceAll('\n', '\n  ')}`
  const read = new Set([...text.matchAll(/steps\.([\w-]+)\./g)].map(([, id = '']) => id))
  const before = [...read]
    .filter(id => !text.includes(`id: ${id}\n`))
    .map(id => `- uses: OWNER/verified-image@v1\n  id: ${id}\n  with: {files: Dockerfile}\n`)
  const checkout = text.includes('actions/checkout') ? '' : '- uses: actions/checkout@v6\n'
  const indented = `${checkout}${before.join('')}${steps}`.trim().replaceAll('\n', '\n      ')
  return `on: push\npermissions: {}\njobs:\n  document:\n    runs-on: ubuntu-24.04\n    steps:\n      ${indented}\n`
}

/** Whether a container or the engine itself is needed to run it. */
export function needsEngine(text: string): boolean {
  return /^ *(?:load: true|container:)/m.test(text)
}

function shapeOf(text: string): WorkflowBlock['shape'] | undefined {
  if (parseAllDocuments(text).length !== 1) return undefined
  const value: unknown = parse(text)
  if (Array.isArray(value)) {
    const isStep = (step: unknown): boolean => isRecord(step) && ('uses' in step || 'run' in step)
    return value.every(isStep) ? 'steps' : undefined
  }
  if (!isRecord(value)) return undefined
  if ('jobs' in value) return 'on' in value ? 'workflow' : 'jobs'
  return 'with' in value ? 'with' : undefined
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function codeIn(tokens: readonly Token[]): readonly Tokens.Code[] {
  return tokens.flatMap(token => {
    if (token.type === 'code') return [token as Tokens.Code]
    const {tokens: inner = [], items = []} = token as {tokens?: Token[]; items?: Token[]}
    return [...codeIn(inner), ...codeIn(items)]
  })
}
