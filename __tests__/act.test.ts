// Every workflow of examples/ as act runs it, as it is written, with the registries that it names on loopback.
// docs/requirements.md lists what is different from a runner of GitHub.

import {execFileSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {afterAll, beforeAll, describe, expect, it, jest} from '@jest/globals'
import {type ActOptions, type ActRun, runAct} from './support/act.ts'
import {EXAMPLES} from './support/examples.ts'
import {type FaultRegistry, startFaultRegistry} from './support/fault-registry.ts'
import {GITHUB_TOKEN, type GitHubServer, startGitHubServer} from './support/github-server.ts'
import {makePublished} from './support/images.ts'
import {type Internet, startInternet} from './support/internet.ts'
import {describeWith} from './support/programs.ts'
import {publish} from './support/registry-content.ts'

jest.setTimeout(120_000)

const PHP = makePublished({seed: 51})
const OTHER = makePublished({seed: 52})

let servers: readonly FaultRegistry[]
let github: GitHubServer
let internet: Internet
beforeAll(async () => {
  const php = publish('library/php', '8.3.8-cli', PHP)
  const installer = publish('mlocati/php-extension-installer', '2.7.35', OTHER)
  const [hub, ghcr, proxy, own, empty] = await Promise.all([
    startFaultRegistry({content: [php, installer]}),
    startFaultRegistry({content: [publish('acme/base', '4.2.0', OTHER)], push: {}}),
    startFaultRegistry({content: [publish('hub/library/php', '8.3.8-cli', PHP)]}),
    startFaultRegistry({content: [publish('acme/tool', '1.9.3', OTHER)]}),
    startFaultRegistry()
  ])
  servers = [hub, ghcr, proxy, own, empty]
  github = await startGitHubServer()
  internet = await startInternet({
    'registry-1.docker.io': hub.ports.registry,
    'ghcr.io': ghcr.ports.registry,
    'proxy.example.com': proxy.ports.registry,
    'registry.example.com': own.ports.registry,
    'mirror.gcr.io': empty.ports.registry,
    'public.ecr.aws': empty.ports.registry
  })
})
afterAll(() => Promise.all([...servers, github, internet].map(server => server.close())))

function example(name: string): string {
  return readFileSync(`examples/${name}`, 'utf8')
}

function act(options: Omit<ActOptions, 'event'> & {readonly event?: string}): Promise<ActRun> {
  return runAct({
    event: 'push',
    secrets: {GITHUB_TOKEN},
    ...options,
    files: {Dockerfile: 'FROM php:8.3.8-cli\n', ...options.files},
    environment: {...internet.environment, GITHUB_API_URL: github.url, no_proxy: '127.0.0.1', ...options.environment}
  })
}

/** What an example needs beside a Dockerfile, and what it must say. */
type Scenario = Omit<ActOptions, 'workflow' | 'event'> & {
  readonly event?: string
  readonly says: readonly (string | RegExp)[]
  readonly needsDocker?: true
}

const VARIABLES = {IMAGE_MIRRORS: 'docker.io=ghcr.io/acme/hub'}
const CONTEXT = `contexts: php:8.3.8-cli=docker-image://docker.io/library/php@${PHP.index.digest}`

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'audit.yml': {event: 'schedule', says: ['pull request with', 'right at 2 of 5 registries', 'findings={}']},
  'build.yml': {says: [CONTEXT]},
  'files-bake.yml': {
    files: {'docker-bake.hcl': 'target "default" {}\n'},
    says: [`docker buildx bake --set=*.contexts.php:8.3.8-cli=docker-image://docker.io/library/php@${PHP.index.digest}`]
  },
  'images.yml': {
    event: 'workflow_dispatch',
    variables: VARIABLES,
    says: ['pull request with', 'ghcr.io/acme/hub/library/php']
  },
  'job-container.yml': {job: 'image', says: [`docker.io/library/php@${PHP.index.digest}`]},
  'load.yml': {needsDocker: true, says: ['docker run --rm --network none php:8.3.8-cli php --version']},
  'lock-dependency-updates.yml': {
    event: 'pull_request',
    payload: {pull_request: {user: {login: 'renovate[bot]'}, head: {ref: 'main'}, base: {ref: 'main'}}},
    says: ['git push']
  },
  'lock-update.yml': {event: 'schedule', says: ['pull request with']},
  'mirror.yml': {event: 'schedule', says: [/"sent":[1-9]/]},
  'offline-builder.yml': {says: ['contexts: php:8.3.8-cli=oci-layout://']},
  'private-registry.yml': {
    secrets: {GITHUB_TOKEN, REGISTRY_PASSWORD: 'correct-horse-battery'},
    variables: {REGISTRY_USER: 'bob'},
    says: [`ghcr.io/acme/base@${OTHER.index.digest}`, `registry.example.com/acme/tool@${OTHER.index.digest}`]
  },
  'pull-through-cache.yml': {says: [`docker-image://proxy.example.com/hub/library/php@${PHP.index.digest}`]},
  'required.yml': {event: 'pull_request', says: [`verified from docker.io`]},
  'signed-by.yml': {
    files: {
      '.github/keys/distroless.pub': `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEWZzVzkb8A+DbgDpaJId/bOmV8n7Q
OqxYbK0Iro6GzSmOzxkn+N2AKawLyXi84WSwJQBK//psATakCgAQKkNTAA==
-----END PUBLIC KEY-----
`
    },
    says: [CONTEXT]
  }
}

function workflowOf(name: string): Pick<ActOptions, 'workflow' | 'others'> {
  if (name !== 'images.yml') return {workflow: example(name)}
  // As docs/fleet.md calls it, from the same repository.
  const workflow = `on: workflow_dispatch
permissions: {}
jobs:
  images:
    uses: ./.github/workflows/images.yml
    permissions: {contents: write, pull-requests: write, packages: write, issues: write}
    secrets: inherit
`
  return {workflow, others: {'images.yml': example(name)}}
}

describe('the scenarios', () => {
  it('are those of all examples', () => {
    expect(Object.keys(SCENARIOS)).toEqual(EXAMPLES)
  })
})

async function expectToRun([name, scenario]: readonly [string, Scenario]): Promise<void> {
  const {says, event = 'push'} = scenario
  const ran = await act({...workflowOf(name), ...scenario, event})
  if (ran.exitCode !== 0) throw new Error(ran.output)
  for (const text of says)
    if (typeof text === 'string') expect(ran.output).toContain(text)
    else expect(ran.output).toMatch(text)
  expect(Object.values(ran.jobs).every(result => result === 'success')).toBe(true)
  expect(Object.keys(ran.jobs).length).toBeGreaterThan(0)
}

describeWith(['act'], 'examples under act', () => {
  const rows = Object.entries(SCENARIOS).filter(([, {needsDocker}]) => needsDocker !== true)
  it.each(rows)('%s runs as it is written', async (...row) => {
    await expectToRun(row)
  })
})

const PINNED = 'php:8.3.8-cli'
const HEAD = 'permissions: {}\non: push\njobs:\n'

/** A job on a runner, with these steps. */
function job(id: string, steps: string, more = ''): string {
  const indented = steps.trim().replaceAll('\n', '\n      ')
  return `  ${id}:\n    runs-on: ubuntu-24.04\n${more}    steps:\n      ${indented}\n`
}

describeWith(['act'], 'what workflows do with the action, under act', () => {
  it('outputs reach later steps and later jobs', async () => {
    const workflow = `${HEAD}${job(
      'first',
      `- uses: OWNER/verified-image@v1
  id: php
  with: {image: '${PINNED}'}
- run: echo "step \${{ steps.php.outputs.digest }} \${{ steps.php.outputs.source }}"`,
      '    outputs: {reference: "${{ steps.php.outputs.reference }}"}\n'
    )}${job('second', '- run: echo "job ${{ needs.first.outputs.reference }}"', '    needs: first\n')}`
    const ran = await act({workflow})
    expect(ran.jobs).toEqual({first: 'success', second: 'success'})
    expect(ran.output).toContain(`step ${PHP.index.digest} primary`)
    expect(ran.output).toContain(`job docker.io/library/php@${PHP.index.digest}`)
  })

  it('a matrix has a run for each image', async () => {
    const steps = `- uses: OWNER/verified-image@v1
  with: {image: '\${{ matrix.image }}'}`
    const images = `['${PINNED}', 'mlocati/php-extension-installer:2.7.35']`
    const ran = await act({workflow: HEAD + job('verify', steps, `    strategy: {matrix: {image: ${images}}}\n`)})
    expect(ran.exitCode).toBe(0)
    expect(ran.output).toContain(`docker.io/library/php@${PHP.index.digest}`)
    expect(ran.output).toContain(`docker.io/mlocati/php-extension-installer@${OTHER.index.digest}`)
  })

  it('if: failure() sees the report of a step that failed, and no reference', async () => {
    const steps = `- uses: OWNER/verified-image@v1
  id: php
  with: {image: 'php:0.0.0', public-mirrors: '', status-pages: false}
- if: failure()
  env: {REPORT: '\${{ steps.php.outputs.report }}'}
  run: |
    echo "reference [\${{ steps.php.outputs.reference }}]"
    node -p '"cause " + JSON.parse(require("fs").readFileSync(process.env.REPORT)).images[0].diagnosis.cause'
- run: echo "not reached"`
    const ran = await act({workflow: HEAD + job('verify', steps)})
    expect(ran.jobs).toEqual({verify: 'failure'})
    expect(ran.output).toContain('reference []')
    expect(ran.output).toContain('cause missing')
    expect(ran.output).not.toMatch(/: not reached$/m)
  })

  it('continue-on-error leaves an outcome that a later step can read', async () => {
    const steps = `- uses: OWNER/verified-image@v1
  id: php
  continue-on-error: true
  with: {image: 'php:0.0.0', public-mirrors: '', status-pages: false}
- run: echo "outcome \${{ steps.php.outcome }}"`
    const ran = await act({workflow: HEAD + job('verify', steps)})
    expect(ran.exitCode).toBe(0)
    expect(ran.output).toContain('outcome failure')
  })

  it('a composite action around it passes its outputs to the workflow', async () => {
    const composite = `name: base image
description: any
outputs:
  reference: {description: any, value: '\${{ steps.verify.outputs.reference }}'}
runs:
  using: composite
  steps:
    - uses: OWNER/verified-image@v1
      id: verify
      with: {image: '${PINNED}'}
`
    const steps = `- uses: actions/checkout@v6
- uses: ./base-image
  id: base
- run: echo "base \${{ steps.base.outputs.reference }}"`
    const ran = await act({
      workflow: HEAD + job('verify', steps),
      files: {'base-image/action.yml': composite}
    })
    expect(ran.output).toContain(`base docker.io/library/php@${PHP.index.digest}`)
  })

  it('an unset variable is an empty list: no mirror, and an error of nothing else', async () => {
    const steps = `- uses: OWNER/verified-image@v1
  with: {image: '${PINNED}', mirrors: '\${{ vars.IMAGE_MIRRORS }}', signed-by: '\${{ vars.IMAGE_SIGNERS }}'}`
    expect((await act({workflow: HEAD + job('verify', steps)})).exitCode).toBe(0)
  })

  it('a run that is interrupted ends at once, without the steps that follow', async () => {
    const silent = servers[2]
    silent?.addFault({on: 'manifest', times: 'always', do: {kind: 'hang'}})
    const steps = `- uses: OWNER/verified-image@v1
  with: {image: 'proxy.example.com/hub/library/php:8.3.8-cli', stall-timeout: 10m, timeout: 10m}
- run: echo "not reached"`
    const ran = await act({workflow: HEAD + job('verify', steps), interruptAt: /Run Main OWNER\/verified-image/})
    silent?.stopFaults()
    expect(ran.exitCode).not.toBe(0)
    expect(ran.output).not.toMatch(/: not reached$/m)
  })
})

describeWith(['act', 'docker'], 'examples under act that need an engine', () => {
  const rows = Object.entries(SCENARIOS).filter(([, {needsDocker}]) => needsDocker === true)
  afterAll(() => {
    execFileSync('docker', ['image', 'rm', '--force', PINNED], {stdio: 'ignore'})
  })
  it.each(rows)('%s runs as it is written', async (...row) => {
    await expectToRun(row)
  })
})
