// docs/troubleshooting.md quotes messages so that a search for one finds it. Each quoted message is one that the code makes.

import {readdirSync, readFileSync} from 'node:fs'
import {describe, expect, it} from '@jest/globals'
import {describeFailure, describeIssue, describeObjectFailure} from '../src/failure/describe-failure.ts'
import type {Failure, Limit} from '../src/failure/failure.ts'
import {digestOf} from '../src/oci/digest.ts'
import {inputHeadline} from '../src/report/wording.ts'

const page = readFileSync('docs/troubleshooting.md', 'utf8')
const source = readdirSync('src', {recursive: true, encoding: 'utf8'})
  .filter(path => path.endsWith('.ts'))
  .map(path => readFileSync(`src/${path}`, 'utf8'))
  .join('\n')

const [DIGEST, OTHER] = [digestOf(Buffer.from('a')), digestOf(Buffer.from('b'))]
const after = (input: Limit['input'], afterMs: number): Limit => ({input, afterMs})
const CORRUPT: Failure = {kind: 'corrupt', wanted: DIGEST, got: OTHER, gotBytes: 479, firstBytes: ''}

/** Failures as the code describes them, with what the page abbreviates. */
const FAILURES: readonly (readonly [quoted: string, made: string])[] = [
  [
    'config digest mismatch: expected sha256:…, got sha256:… (479 B)',
    describeObjectFailure('config', CORRUPT).replace(/sha256:[0-9a-f]+/g, 'sha256:…')
  ],
  [
    'rate limited (HTTP 429), retry after 6 h',
    describeFailure({kind: 'throttled', status: 429, detail: '', retryAfterMs: 6 * 3_600_000})
  ],
  ['not found (HTTP 404)', describeFailure({kind: 'not-found', status: 404, detail: ''})],
  [
    'no image for linux/s390x; available: linux/amd64, linux/arm64',
    describeFailure({kind: 'platform-missing', wanted: 'linux/s390x', offered: ['linux/amd64', 'linux/arm64']})
  ],
  [
    'access denied (HTTP 403), no credentials sent',
    describeFailure({kind: 'denied', status: 403, detail: '', credentials: 'none'})
  ],
  [
    'authentication required (HTTP 401), credentials rejected',
    describeFailure({kind: 'unauthorized', status: 401, detail: '', credentials: 'refused'})
  ],
  ['server error (HTTP 503)', describeFailure({kind: 'server-error', status: 503, detail: ''})],
  [
    'truncated: connection closed after 5 B of 100 B',
    describeFailure({kind: 'truncated', gotBytes: 5, wantedBytes: 100})
  ],
  [
    'no response within 20 s (input stall-timeout)',
    describeFailure({kind: 'timed-out', phase: 'headers', limit: after('stall-timeout', 20_000)})
  ],
  [
    'connection timed out after 5 s (input connect-timeout)',
    describeFailure({kind: 'timed-out', phase: 'connect', limit: after('connect-timeout', 5000)})
  ],
  [
    'download stalled: less than 1 KiB/s for 20 s (input stall-timeout)',
    describeFailure({kind: 'timed-out', phase: 'body', limit: after('stall-timeout', 20_000)})
  ],
  ['3 invalid inputs', inputHeadline([1, 2, 3].map(at => ({example: String(at)})))],
  ['The lock file does not match', inputHeadline([{example: 'lock: update'}])],
  [
    'image "alpine:latest": is not pinned',
    describeIssue({input: 'image', value: 'alpine:latest', reason: 'is not pinned', example: ''}).replace(/\. Ex.*/, '')
  ]
]

/** Messages whose values the page replaces by a placeholder: the words of the code around them. */
const WORDS: readonly (readonly [quoted: string, inSource: string])[] = [
  ['DNS lookup failed for', 'DNS lookup failed for ${'],
  ['connection refused by HOST', 'connection refused by ${'],
  ['TLS certificate check failed:', 'TLS certificate check failed:'],
  ['the step is limited to 10 min (input timeout)', 'the step is limited to ${'],
  ['an HTML page with HTTP 200 from HOST, not the requested content', 'not the requested content'],
  ['`load: true needs a Docker Engine, and none can be reached:', 'needs a Docker Engine, and none can be reached:'],
  ['php:8.3.8-cli is not in image-lock.json', '${name} is not in ${file}'],
  ['Used fallback tag app:1 instead of app:2', 'Used fallback tag ${'],
  ['Hint: www.dockerstatus.com says:', '- Hint: ${code(page)} says:'],
  ['a redirect to the private address', 'a redirect to the private address ${'],
  ['it is a private address, and … is not at one', 'it is a private address, and ${'],
  ['returned no credentials for', '${program} returned no credentials for ${'],
  ['was skipped.', '${text} was skipped.'],
  ['were changed on their way the first time', 'were changed on their way the first time'],
  ['no more parts:', 'no more parts: ${'],
  ['the proxy in https_proxy could not connect (HTTP 503)', 'could not connect'],
  ['refused the connection (HTTP 407: it requires a username and password)', 'it requires a username and password']
]

describe('docs/troubleshooting.md', () => {
  it.each(FAILURES)('quotes "%s" as it is printed', (quoted, made) => {
    expect(made).toBe(quoted)
    expect(page).toContain(quoted)
  })

  it.each(WORDS)('quotes "%s" in the words of the code', (quoted, inSource) => {
    expect(page).toContain(quoted)
    expect(source).toContain(inSource)
  })

  it('leads from its list of messages to each section', () => {
    const list = page.slice(page.indexOf('\nMessages:'), page.indexOf('\n## Causes'))
    const anchors = [...list.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor)
    const sections = [...page.slice(page.indexOf('\n## Messages')).matchAll(/^### (.+)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N} -]/gu, '')
        .replaceAll(' ', '-')
    )
    expect(sections.filter(section => section !== 'debug-lines' && !anchors.includes(section))).toEqual([])
  })
})
