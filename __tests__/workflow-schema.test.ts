// GitHub's own parser and schema (actions/languageservices, what its editor extension uses) for workflows and for action.yml. They
// also know each expression, and which context is available where. Checked are .github, examples, README and its pages, and the actions.

import {spawnSync} from 'node:child_process'
import {readdirSync, readFileSync} from 'node:fs'
import {NoOperationTraceWriter, convertWorkflowTemplate, parseWorkflow} from '@actions/workflow-parser'
import {parseAction} from '@actions/workflow-parser/actions/action-parser'
import {describe, expect, it} from '@jest/globals'
import {ENTRIES} from '../scripts/build/entries.ts'
import {describeWith} from './support/programs.ts'
import {workflowBlocks, workflowWith} from './support/workflow-blocks.ts'

type Text = readonly [name: string, content: string]

function textsOf(folder: string): readonly Text[] {
  const names = readdirSync(folder).filter(name => name.endsWith('.yml'))
  return names.map(name => [`${folder}/${name}`, readFileSync(`${folder}/${name}`, 'utf8')])
}

const blocks: readonly Text[] = workflowBlocks().map((block, at) => [
  `block ${String(at + 1)}, in ${block.document}`,
  workflowWith(block)
])
const workflows = [...textsOf('.github/workflows'), ...textsOf('examples'), ...blocks]

const actions: readonly Text[] = ENTRIES.map(({actionFile}) => [actionFile, readFileSync(actionFile, 'utf8')])

async function errorsOfWorkflow([name, content]: Text): Promise<readonly string[]> {
  const {context, value} = parseWorkflow({name, content}, new NoOperationTraceWriter())
  // The conversion checks what a schema cannot: needs, cron, matrices.
  if (value !== undefined) await convertWorkflowTemplate(context, value)
  return context.errors.getErrors().map(({message}) => message)
}

function errorsOfAction([name, content]: Text): readonly string[] {
  const {context} = parseAction({name, content}, new NoOperationTraceWriter())
  return context.errors.getErrors().map(({message}) => message)
}

describe('the schema of workflows', () => {
  it.each(workflows)('holds for %s', async (...text) => {
    expect(await errorsOfWorkflow(text)).toEqual([])
  })

  it('is asked about more than forty workflows', () => {
    expect(workflows.length).toBeGreaterThan(40)
  })

  const HEAD = 'on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps: [{run: "true"}]\n'
  it.each([
    {
      what: 'a key that is misspelled',
      text: `${HEAD}    timeout-minuts: 5\n`,
      error: "Unexpected value 'timeout-minuts'"
    },
    {what: 'a permission that is not', text: `${HEAD}    permissions: {packges: read}\n`, error: "'packges'"},
    {
      what: 'a need of a job that is missing',
      text: `${HEAD}  b: {needs: c, runs-on: a, steps: [{run: "true"}]}\n`,
      error: "'c'"
    },
    {what: 'a context that is missing', text: `${HEAD}    env: {A: '\${{ step.x }}'}\n`, error: "'step'"},
    {what: 'a context that is not available there', text: `${HEAD}    if: secrets.A != ''\n`, error: "'secrets'"},
    {what: 'a step that does nothing', text: HEAD.replace('{run: "true"}', '{id: a}'), error: 'uses'},
    {what: 'what is not YAML', text: `${HEAD}\t- x\n`, error: 'Tabs'},
    {what: 'a cron line that is wrong', text: HEAD.replace('push', "{schedule: [{cron: '61 * * * *'}]}"), error: 'cron'}
  ])('finds $what', async ({text, error}) => {
    expect((await errorsOfWorkflow(['wrong.yml', text])).join('\n')).toContain(error)
  })
})

describe('the schema of actions', () => {
  it('is asked about each of the actions', () => {
    expect(actions.map(([path]) => path).sort()).toEqual(['action.yml', 'audit/action.yml', 'mirror/action.yml'])
  })

  it.each(actions)('holds for %s', (...text) => {
    expect(errorsOfAction(text)).toEqual([])
  })

  const HEAD = 'name: a\ndescription: b\n'
  it.each([
    {what: 'an entry that is misspelled', text: `${HEAD}runs: {using: node24, mian: x}\n`, error: "'mian'"},
    {what: 'an action without runs', text: HEAD, error: 'runs'},
    {what: 'inputs in a list', text: `${HEAD}inputs: [a]\nruns: {using: node24, main: x}\n`, error: 'sequence'}
  ])('finds $what', ({text, error}) => {
    expect(errorsOfAction(['action.yml', text]).join('\n')).toContain(error)
  })
})

describeWith(['actionlint'], 'actionlint', () => {
  // An empty `with` says in a page that the default is enough. actionlint wants no `with` then.
  it.each(blocks.filter(([, content]) => !content.includes('with: {}')))('finds nothing in %s', (...[, input]) => {
    expect(spawnSync('actionlint', ['-'], {input, encoding: 'utf8'})).toMatchObject({status: 0, stdout: ''})
  })
})
