// Hostile texts of a registry in an audit, as a process: errors, pages, platforms of an index, and headers. They stay text, and short, in
// the log, the annotations, the summary, the tracking issue, and SARIF.

import {mkdtemp, readFile, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, it, jest} from '@jest/globals'
import {runAuditAction} from './support/audit-run.ts'
import type {Fault} from './support/fault.ts'
import {startFaultRegistry} from './support/fault-registry.ts'
import {GITHUB_REPOSITORY, GITHUB_TOKEN, startGitHubServer} from './support/github-server.ts'
import {HOSTILE} from './support/hostile-text.ts'
import {makeIndex, makePublished} from './support/images.ts'
import {publish} from './support/registry-content.ts'

jest.setTimeout(60_000)

const NAME = 'acme/app'
const TAG = '1.2'
const PUBLISHED = makePublished({seed: 903, platforms: ['linux/amd64']})

describe('texts of a registry, in an audit', () => {
  const evil = `<!-- verified-image-audit --> @octocat ${HOSTILE}\n::error::fake\n\u001b[31m`
  const hostileIndex = makeIndex({
    children: PUBLISHED.children,
    editIndex: index => ({
      ...index,
      manifests: [
        ...index.manifests,
        ...[evil, 'x'.repeat(300_000)].map((os, at) => ({
          mediaType: 'application/vnd.oci.image.manifest.v1+json',
          digest: `sha256:${String(at).repeat(64)}`,
          size: 500,
          platform: {os, architecture: evil}
        }))
      ]
    })
  })
  const error = (status: number, message: string): Fault['do'] => ({
    kind: 'respond',
    status,
    body: JSON.stringify({errors: [{code: 'DENIED', message}]})
  })
  const headers = {
    'docker-content-digest': '<img src=x>@octocat',
    'ratelimit-remaining': '5;w=21600 <img src=x>',
    'ratelimit-limit': '`@octocat`',
    'docker-ratelimit-source': '@octocat <img src=x>',
    'x-request-id': '::error::fake @octocat'
  }

  it.each<{
    readonly name: string
    readonly faults: readonly Fault[]
    readonly inputs?: Readonly<Record<string, string>>
    readonly found: Readonly<Record<string, number>>
  }>([
    {name: 'an error', faults: [{on: 'any', times: 'always', do: error(403, evil)}], found: {denied: 1}},
    {
      name: 'a long error',
      faults: [{on: 'any', times: 'always', do: error(500, evil.repeat(500))}],
      found: {unreachable: 1}
    },
    {
      name: 'a page',
      faults: [
        {
          on: 'any',
          times: 'always',
          do: {
            kind: 'respond',
            status: 200,
            headers: {'content-type': 'text/html'},
            body: `<!doctype html><title>${evil}</title>${evil}`
          }
        }
      ],
      found: {unreachable: 1}
    },
    {name: 'platforms', faults: [], found: {'child-gone': 1}},
    {
      name: 'platforms, of which none is the named one',
      faults: [],
      inputs: {platform: 'linux/s390x'},
      found: {'platform-missing': 1}
    },
    {
      name: 'headers',
      faults: [{on: 'any', times: 'always', do: {kind: 'headers', set: headers}}],
      found: {'child-gone': 1, 'limit-low': 1}
    }
  ])(
    'stay text in the log, the issue, the summary, the annotations, and SARIF: $name',
    async ({faults, inputs = {}, found}) => {
      const github = await startGitHubServer()
      const registry = await startFaultRegistry({content: [publish(NAME, TAG, PUBLISHED)]})
      const hostile = await startFaultRegistry({content: [publish(NAME, TAG, hostileIndex)], faults})
      const workspace = await mkdtemp(join(tmpdir(), 'verified-image-audit-'))
      try {
        const run = await runAuditAction(
          {
            image: `${hostile.host}/${NAME}:${TAG}`,
            mirrors: `${hostile.host}=${registry.host}`,
            issue: 'true',
            'github-token': GITHUB_TOKEN,
            sarif: 'audit.sarif',
            ...inputs
          },
          {cwd: workspace, env: {GITHUB_API_URL: github.url, GITHUB_REPOSITORY}}
        )
        expect(run.findings).toMatchObject(found)
        const outsideCode = (text: string): string => text.replace(/(`+)[^`]*(?:`(?!\1)[^`]*)*?\1/g, '')
        for (const text of [run.summary, github.issues[0]?.body ?? '']) {
          expect(outsideCode(text)).not.toMatch(/<img|<script|@octocat|\]\((?:https:\/\/evil|javascript)/)
          expect(text.length).toBeLessThan(20_000)
        }
        expect(github.issues[0]?.body.split('<!-- verified-image-audit')).toHaveLength(3)
        expect(run.annotations.filter(({message}) => message === 'fake')).toEqual([])
        expect(run.stdout).not.toMatch(/^::error::fake|\u202e/m)
        expect(run.stdout).not.toContain('\u001b[2J')
        expect(Math.max(...run.stdout.split('\n').map(line => line.length))).toBeLessThan(10_000)
        if (run.outputs['sarif'] === undefined) return
        const sarif = await readFile(run.outputs['sarif'], 'utf8')
        expect(sarif).not.toMatch(/\]\(|\u202e/)
        expect(sarif.length).toBeLessThan(50_000)
      } finally {
        await Promise.all([github, registry, hostile].map(server => server.close()))
        await rm(workspace, {recursive: true})
      }
    }
  )
})
