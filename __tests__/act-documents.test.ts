// Every workflow, job, and step of README and of the pages of docs as act runs it, with the registries that it names on loopback.

import {afterAll, beforeAll, describe, expect, it, jest} from '@jest/globals'
import {readFileSync} from 'node:fs'
import {type ActWorld, OTHER, PHP, startActWorld, type WorkflowRun} from './support/act-world.ts'
import {GITHUB_TOKEN} from './support/github-server.ts'
import {describeWith} from './support/programs.ts'
import {needsEngine, type WorkflowBlock, workflowBlocks, workflowWith} from './support/workflow-blocks.ts'

jest.setTimeout(120_000)

let world: ActWorld
beforeAll(async () => {
  world = await startActWorld()
})
afterAll(() => world.close())

/** Blocks that are not run, and why. */
const NOT_RUN: Readonly<Record<string, string>> = {
  'docs/upgrading.md': 'lines of a workflow before and after a change, without the rest of it',
  'for attempt in 1 2 3; do': 'what the page replaces'
}

type Scenario = Omit<WorkflowRun, 'workflow'> & {
  readonly says?: readonly string[]
  /** What the step fails with: what is on loopback cannot satisfy it. */
  readonly fails?: string
}

const PHP_CONTEXT = `php:8.3.8-cli=docker-image://docker.io/library/php@${PHP.index.digest}`

/** What a block needs, and what it must say, by a text that only it has. All others run with a Dockerfile, and must not fail. */
const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'file-variables: |\n    PHP_VERSION': {
    environment: {PHP_VERSION: '8.3.8'},
    files: {
      'compose.yaml': 'services: {a: {image: "php:${PHP_VERSION}-cli"}, b: {image: "node:${NODE_VERSION}"}}\n'
    },
    says: [`docker.io/library/php@${PHP.index.digest}`, `docker.io/library/node@${OTHER.index.digest}`]
  },
  'docker buildx bake "${contexts[@]}"': {says: [`buildx bake --set=*.contexts.${PHP_CONTEXT}`]},
  'docker buildx build "${contexts[@]}" .': {
    says: [`buildx build --build-context=${PHP_CONTEXT} .`]
  },
  "- if: steps.php.outputs.verified != ''": {says: ['Every image was verified.']},
  'fallback-tags: |\n      1.2.2': {says: [`docker pull docker.io/acme/app@${OTHER.index.digest}`]},
  'uses: acme/workflows/.github/workflows/images.yml@v1': {
    event: 'workflow_dispatch',
    variables: {IMAGE_MIRRORS: 'docker.io=ghcr.io/acme/hub'},
    repositories: {'acme/workflows': {'images.yml': readFileSync('examples/images.yml', 'utf8')}},
    says: ['pull request with', 'ghcr.io/acme/hub/library/php']
  },
  'to: docker.io=ghcr.io/${{ github.repository_owner }}/mirror': {says: ['ghcr.io/acme/mirror/library/php']},
  'to: ghcr.io/acme=registry.example.com/acme': {fails: 'unsigned'},
  'signed-by: |\n      ghcr.io/acme=github:acme/images ref': {fails: 'unsigned'},
  'username: ${{ vars.REGISTRY_USER }}': {
    secrets: {GITHUB_TOKEN, REGISTRY_PASSWORD: 'correct-horse-battery'},
    variables: {REGISTRY_USER: 'bob'},
    says: [`docker pull registry.example.com/acme/tool@${OTHER.index.digest}`]
  },
  'username: ${{ vars.GHCR_USER }}': {
    secrets: {GITHUB_TOKEN, GHCR_TOKEN: 'ghp_correct-horse-battery'},
    variables: {GHCR_USER: 'bob'},
    says: [`ghcr.io/acme/app@${OTHER.index.digest}`]
  },
  "cron: '0 5 * * *'": {event: 'schedule', says: ['linux/arm64']}
}

const blocks = workflowBlocks()
const run = blocks.filter(block => !Object.keys(NOT_RUN).some(text => isFrom(block, text)))

function isFrom({document, text}: WorkflowBlock, part: string): boolean {
  return document === part || text.includes(part)
}

function scenarioOf(block: WorkflowBlock): Scenario {
  return Object.entries(SCENARIOS).find(([text]) => block.text.includes(text))?.[1] ?? {}
}

async function expectToRun(block: WorkflowBlock): Promise<void> {
  const {says = [], fails, ...scenario} = scenarioOf(block)
  const ran = await world.act({workflow: workflowWith(block), ...scenario})
  if ((ran.exitCode === 0) !== (fails === undefined)) throw new Error(ran.output)
  for (const text of [...says, ...(fails === undefined ? [] : [fails])]) expect(ran.output).toContain(text)
  expect(Object.keys(ran.jobs).length).toBeGreaterThan(0)
  expect(Object.values(ran.jobs).every(result => result === (fails === undefined ? 'success' : 'failure'))).toBe(true)
}

function titled(what: readonly WorkflowBlock[]): readonly (readonly [string, WorkflowBlock])[] {
  return what.map(block => {
    const number = blocks.filter(({document}) => document === block.document).indexOf(block) + 1
    return [`${block.document}, block ${String(number)}`, block]
  })
}

describe('the blocks of the documents', () => {
  it('are those of README, and of at least ten pages', () => {
    expect(new Set(run.map(({document}) => document)).size).toBeGreaterThan(10)
    expect(run.filter(({document}) => document === 'README.md')).toHaveLength(2)
  })

  it.each([...Object.keys(SCENARIOS), ...Object.keys(NOT_RUN)])('have "%s" in them', text => {
    expect(blocks.filter(block => isFrom(block, text)).length).toBeGreaterThan(0)
  })
})

describeWith(['act', 'jq'], 'documents under act', () => {
  it.each(titled(run.filter(block => !needsEngine(block.text))))('%s runs as it is written', async (...[, block]) => {
    await expectToRun(block)
  })
})
