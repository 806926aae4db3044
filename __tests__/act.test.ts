// Every workflow of examples/ as act runs it, as it is written, with the registries that it names on loopback. Those that need an engine
// are in act-engine.test.ts. docs/act.md lists what is different from a runner of GitHub.

import {readFileSync} from 'node:fs'
import {afterAll, beforeAll, describe, expect, it, jest} from '@jest/globals'
import {parse} from 'yaml'
import type {ActOptions} from './support/act.ts'
import {type ActWorld, OTHER, PHP, startActWorld} from './support/act-world.ts'
import {EXAMPLES} from './support/examples.ts'
import {GITHUB_TOKEN} from './support/github-server.ts'
import {describeWith} from './support/programs.ts'
import {needsEngine} from './support/workflow-blocks.ts'

jest.setTimeout(120_000)

let world: ActWorld
beforeAll(async () => {
  world = await startActWorld()
})
afterAll(() => world.close())

function example(name: string): string {
  return readFileSync(`examples/${name}`, 'utf8')
}

/** What an example needs beside a Dockerfile, and what it must say. */
type Scenario = Omit<ActOptions, 'workflow' | 'event'> & {
  readonly event?: string
  readonly says: readonly (string | RegExp)[]
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
  it('are those of all examples, but for those that need an engine', () => {
    expect(Object.keys(SCENARIOS)).toEqual(EXAMPLES.filter(name => !needsEngine(example(name))))
  })
})

async function expectToRun([name, scenario]: readonly [string, Scenario]): Promise<void> {
  const {says, event = 'push'} = scenario
  const ran = await world.act({...workflowOf(name), ...scenario, event})
  if (ran.exitCode !== 0) throw new Error(ran.output)
  for (const text of says)
    if (typeof text === 'string') expect(ran.output).toContain(text)
    else expect(ran.output).toMatch(text)
  expect(Object.values(ran.jobs).every(result => result === 'success')).toBe(true)
  const {jobs} = parse(example(name)) as {jobs: object}
  expect(Object.keys(ran.jobs).sort()).toEqual(Object.keys(jobs).sort())
}

describeWith(['act'], 'examples under act', () => {
  it.each(Object.entries(SCENARIOS))('%s runs as it is written', async (...row) => {
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
    const ran = await world.act({workflow})
    expect(ran.jobs).toEqual({first: 'success', second: 'success'})
    expect(ran.output).toContain(`step ${PHP.index.digest} primary`)
    expect(ran.output).toContain(`job docker.io/library/php@${PHP.index.digest}`)
  })

  it('a matrix has a run for each image', async () => {
    const steps = `- uses: OWNER/verified-image@v1
  with: {image: '\${{ matrix.image }}'}`
    const images = `['${PINNED}', 'mlocati/php-extension-installer:2.7.35']`
    const ran = await world.act({workflow: HEAD + job('verify', steps, `    strategy: {matrix: {image: ${images}}}\n`)})
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
    const ran = await world.act({workflow: HEAD + job('verify', steps)})
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
    const ran = await world.act({workflow: HEAD + job('verify', steps)})
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
    const ran = await world.act({
      workflow: HEAD + job('verify', steps),
      files: {'base-image/action.yml': composite}
    })
    expect(ran.output).toContain(`base docker.io/library/php@${PHP.index.digest}`)
  })

  it('an unset variable is an empty list: no mirror, and an error of nothing else', async () => {
    const steps = `- uses: OWNER/verified-image@v1
  with: {image: '${PINNED}', mirrors: '\${{ vars.IMAGE_MIRRORS }}', signed-by: '\${{ vars.IMAGE_SIGNERS }}'}`
    expect((await world.act({workflow: HEAD + job('verify', steps)})).exitCode).toBe(0)
  })

  it('each step has its own part of the job summary', async () => {
    const steps = `- uses: OWNER/verified-image@v1
  with: {image: '${PINNED}'}
- run: echo "between the two" >>"$GITHUB_STEP_SUMMARY"
- uses: OWNER/verified-image@v1
  with: {image: 'mlocati/php-extension-installer:2.7.35'}`
    const {output} = await world.act({workflow: HEAD + job('verify', steps)})
    const parts = ['✅ verified-image: `php:8.3.8-cli`', 'between the two', '✅ verified-image: `mlocati/']
    const places = parts.map(part => output.indexOf(`Summary - ${part.startsWith('✅') ? '### ' : ''}${part}`))
    expect(places.filter(place => place === -1)).toEqual([])
    expect([...places].sort((a, b) => a - b)).toEqual(places)
  })

  it('an interrupted run leaves no process, no layout, and only whole content in the cache', async () => {
    const {proxy} = world.registries
    // The first layer arrives, and the second one stops in the middle.
    proxy.addFault({on: 'layer[1]', times: 'always', do: {kind: 'stall', afterBytes: 1000}})
    const image = 'proxy.example.com/hub/acme/app:1.2.2'
    const steps = `- uses: OWNER/verified-image@v1
  with: {image: '${image}', layout: out, stall-timeout: 10m, hedge-after: 0, timeout: 10m}
- run: echo "not reached"
- if: always()
  run: echo "layout has [$(ls out 2>&1 | grep index)]"`
    const ran = await world.act({
      workflow: HEAD + job('verify', steps),
      interruptWhen: () => proxy.untilRequests(count => count > 0, isSecondLayer)
    })
    proxy.stopFaults()
    expect(ran.jobs).toEqual({verify: 'failure'})
    expect(ran.output).toContain('layout has []')
    expect(ran.output).not.toMatch(/: not reached$/m)
    // Nothing that the action does can be between the signal and its end.
    expect(ran.output).toContain('this step has been cancelled: signal: killed')
    expect(ran.processes).toEqual([])
    // An entry counts from the moment that it is renamed to its digest.
    const kept = Object.keys(ran.left).filter(name => /\/0\.0\.0-.*\.complete$/.test(name))
    expect(kept.length).toBeGreaterThan(0)
    for (const name of kept) {
      const blob = name.replace(/\.complete$/, '/blob')
      expect(blob).toContain(`0.0.0-sha256-${ran.left[blob] ?? 'absent'}/`)
    }

    const again = await world.act({workflow: HEAD + job('verify', steps)})
    expect(again.jobs).toEqual({verify: 'success'})
    expect(again.output).toContain('layout has [index.json]')
  })
})

describeWith(['act'], 'what docs/act.md says about act', () => {
  it('is so: tokens, permissions, Node, folders, secrets in outputs, and time limits', async () => {
    const steps = `- id: facts
  env: {TOKEN: '\${{ github.token }}'}
  run: |
    echo "token is \${TOKEN:-absent}"
    echo "node is $(command -v node)"
    echo "tool cache is $RUNNER_TOOL_CACHE and temporary folder $RUNNER_TEMP"
    echo "variable of the machine is $FROM_THE_MACHINE"
    echo "environment is [$RUNNER_ENVIRONMENT] [$ACTIONS_ID_TOKEN_REQUEST_URL]"
    echo "secret=with-\${{ secrets.WORD }}" >>"$GITHUB_OUTPUT"
- timeout-minutes: 0
  continue-on-error: true
  run: echo "in no time"`
    const more = `    timeout-minutes: 0
    concurrency: one
    outputs: {secret: '\${{ steps.facts.outputs.secret }}'}
`
    const second = job(
      'second',
      '- run: test "${{ needs.first.outputs.secret }}" = with-installer',
      '    needs: first\n'
    )
    const workflow = HEAD + job('first', steps, more) + second
    const ran = await world.act({workflow, secrets: {WORD: 'installer'}, machine: {FROM_THE_MACHINE: 'seen'}})
    expect(ran.jobs).toEqual({first: 'success', second: 'success'})
    expect(ran.output).toContain('token is absent')
    expect(ran.output).toMatch(/node is \S+\/node_modules\/\.bin\/node$/m)
    expect(ran.output).toMatch(
      /tool cache is \S+\/\.cache\/act\/tool_cache and temporary folder \S+\/\.cache\/act\/[0-9a-f]+\/tmp$/m
    )
    expect(ran.output).toContain('variable of the machine is seen')
    expect(ran.output).toContain('environment is [] []')
    expect(ran.output).not.toMatch(/: in no time$/m)
    const given = await world.act({workflow: HEAD + job('first', '- run: test -n "${{ github.token }}"')})
    expect(given.jobs).toEqual({first: 'success'})
  })
})

function isSecondLayer({object}: {readonly object: string}): boolean {
  return object === 'layer[1]'
}
