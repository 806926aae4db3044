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
    pictures: 1,
    says: ['comes from docker.io, the registry that it names. Every byte was verified.']
  },
  incident: {
    exitCode: 0,
    pictures: 1,
    says: [
      'comes from ghcr.io, because docker.io sent wrong bytes.',
      'Cause: registry',
      'Evidence, to paste into a report'
    ]
  },
  lost: {
    exitCode: 1,
    pictures: 1,
    says: ['docker.io sent wrong bytes and ghcr.io limits how often it may be asked', 'so the step fails']
  },
  sixty: {
    exitCode: 1,
    pictures: 1,
    says: [
      '3 of 60 images could not be had',
      '57 are verified, 1 of them from a mirror',
      'acme/service-23:1.4.2',
      'The other 56 images'
    ]
  },
  hostile: {
    exitCode: 1,
    pictures: 1,
    says: ['<script>document.title="hacked"</script>', '[click](javascript:alert(1))']
  },
  'bad-input': {exitCode: 1, pictures: 0, says: ['3 inputs are not right', '</details></td></table>', 'php:latest']},
  moved: {
    exitCode: 0,
    pictures: 1,
    says: ['is used as the lock file says; at docker.io the tag means another image now', 'made 2026-01-02T03:04:05Z']
  },
  'stand-in': {
    exitCode: 0,
    pictures: 1,
    says: [
      'Nothing serves acme/app:1.2.3; the older acme/app:1.2.2 stands in, as fallback-tags allows.',
      'This is not acme/app:1.2.3',
      'acme/app:1.2.1 was tried in its place, and could not be had',
      'Hint: www.dockerstatus.com says: Docker Hub Registry: Service Disruption (2025-06-04T14:09:00.000Z)'
    ]
  },
  pins: {
    exitCode: 0,
    pictures: 1,
    says: [
      'All 2 images are verified; for 1 of them an older tag stands in.',
      'Lock file lock ∣ <b>x<b> `a` ![b](c) @octocat.json',
      'Hint: www.dockerstatus.com says: Docker Hub Registry: &lt;script>document.title="hacked"',
      'changed'
    ]
  }
}

describeWith(['chromium'], 'the job summary in a browser', () => {
  it.each(Object.entries(SAYS))(
    'is whole, and harmless: %s',
    async (name, {says, pictures, exitCode}) => {
      const run = await SCENARIOS[name]?.()
      expect(run?.exitCode).toBe(exitCode)
      const page = await showMarkdown(run?.summary ?? '')
      expect(page).toMatchObject({complaints: [], strangers: [], raggedRows: 0, pictures, title: 'a job summary'})
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
