// The job summary of whole runs in a browser: Mermaid renders it, tables are complete, and text of a registry or a workflow adds no element,
// link, or image.

import {readFileSync} from 'node:fs'
import {expect, it} from '@jest/globals'
import {describeWith} from './support/programs.ts'
import {showMarkdown} from './support/browser.ts'
import {SCENARIOS} from './support/scenarios.ts'

const SAYS: Readonly<
  Record<string, {readonly says: readonly string[]; readonly pictures: number; readonly exitCode: number}>
> = {
  healthy: {
    exitCode: 0,
    pictures: 0,
    says: ['was taken from docker.io. Every byte verified.']
  },
  incident: {
    exitCode: 0,
    pictures: 1,
    says: [
      'was taken from ghcr.io because docker.io served a corrupt config.',
      'Cause: registry',
      'Evidence for a report'
    ]
  },
  lost: {
    exitCode: 1,
    pictures: 1,
    says: ['no registry returned a valid copy', 'Fix: Use another version']
  },
  sixty: {
    exitCode: 1,
    pictures: 1,
    says: [
      '3 of 60 images could not be verified',
      '57 verified, 1 from a mirror',
      'acme/service-23:1.4.2',
      'The other 56 images'
    ]
  },
  hostile: {
    exitCode: 1,
    pictures: 1,
    says: ['<script>document.title="hacked"</script>', '[click](javascript:alert(1))']
  },
  'bad-input': {exitCode: 1, pictures: 0, says: ['3 invalid inputs', '</details></td></table>', 'php:latest']},
  moved: {
    exitCode: 0,
    pictures: 0,
    says: ['points to a different image at docker.io than in the lock file', 'created 2026-01-02T03:04:05Z']
  },
  'stand-in': {
    exitCode: 0,
    pictures: 1,
    says: [
      'Used fallback tag acme/app:1.2.2 instead of acme/app:1.2.3 because',
      'The outputs of acme/app:1.2.3 are those of the fallback tag acme/app:1.2.2',
      'Fallback tag acme/app:1.2.1 is not available',
      'Hint: www.dockerstatus.com says: Docker Hub Registry: Service Disruption (2025-06-04T14:09:00.000Z)'
    ]
  },
  pins: {
    exitCode: 0,
    pictures: 1,
    says: [
      'All 2 images verified, 1 with a fallback tag.',
      'Lock file lock ∣ <b>x<b> `a` ![b](c) @octocat.json',
      'Hint: www.dockerstatus.com says: Docker Hub Registry: &lt;script>document.title="hacked"',
      'changed'
    ]
  }
}

const DOCS = 'https://github.com/OWNER/verified-image/blob/v1/docs/troubleshooting.md#'

describeWith(['chromium'], 'the job summary in a browser', () => {
  it.each(Object.entries(SAYS))(
    'is whole, and harmless: %s',
    async (name, {says, pictures, exitCode}) => {
      const run = await SCENARIOS[name]?.()
      expect(run?.exitCode).toBe(exitCode)
      const page = await showMarkdown(run?.summary ?? '')
      // The only links are ours, to the documentation.
      const strangers = page.strangers.filter(text => !text.startsWith(`A ${DOCS}`))
      expect({...page, strangers}).toMatchObject({
        ...{complaints: [], strangers: [], raggedRows: 0, pictures, title: 'a job summary'}
      })
      // The pictures in docs/ are of such a run.
      if (name === 'incident' && (process.env['UPDATE_DOCS'] ?? '') !== '')
        for (const theme of ['light', 'dark'] as const)
          await showMarkdown(run?.summary ?? '', {theme, pictureAt: `docs/summary-${theme}.png`, size: '1012,1000'})
      for (const text of says) expect(page.text.replaceAll('\u200b', '')).toContain(text)
    },
    60_000
  )
})

describeWith(['chromium'], 'the drawing in docs/how-it-decides.md', () => {
  it('is drawn', async () => {
    expect(await showMarkdown(readFileSync('docs/how-it-decides.md', 'utf8'))).toMatchObject({
      complaints: [],
      pictures: 1
    })
  }, 60_000)
})
