// Renders Markdown in a headless browser with GitHub's style and Mermaid. Unlike GitHub, it removes no dangerous elements, so that a test
// sees those that our escaping lets through.

import {execFile} from 'node:child_process'
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {marked} from 'marked'

export type Theme = 'light' | 'dark'

/** The rendered page. */
export type Page = {
  readonly text: string
  readonly pictures: number
  /** The errors of Mermaid. */
  readonly complaints: readonly string[]
  /** Unexpected elements, such as `SCRIPT` or `A https://evil.example/`. */
  readonly strangers: readonly string[]
  readonly tables: number
  readonly details: number
  /** Rows with another number of cells than their table's header. */
  readonly raggedRows: number
  readonly title: string
}

const TITLE = 'a job summary'

async function pageOf(markdown: string, theme: Theme): Promise<string> {
  const css = await readFile(`node_modules/github-markdown-css/github-markdown-${theme}.css`, 'utf8')
  const html = (await marked.parse(markdown, {gfm: true})).replace(
    /<pre><code class="language-mermaid">([\s\S]*?)<\/code><\/pre>/g,
    '<pre class="mermaid">$1</pre>'
  )
  const mermaid = join(process.cwd(), 'node_modules/@mermaid-js/tiny/dist/mermaid.tiny.js')
  return `<!DOCTYPE html><html><head><meta charset="utf-8"><title>${TITLE}</title><style>${css}
body {margin: 0; background: ${theme === 'dark' ? '#0d1117' : '#fff'}} .markdown-body {padding: 24px}</style></head>
<body><article class="markdown-body">${html}</article>
<script src="file://${mermaid}"></script>
<script type="module">
  const article = document.querySelector('article')
  const strangers = [...article.querySelectorAll('a, img, script, iframe, object, embed, form, input, style, link, b, h1')]
  const facts = {
    text: article.innerText,
    strangers: strangers.map(element => (element.tagName + ' ' + (element.getAttribute('href') ?? element.getAttribute('src') ?? '')).trim()),
    tables: article.querySelectorAll('table').length,
    details: article.querySelectorAll('details').length,
    raggedRows: [...article.querySelectorAll('tr')].filter(row => row.cells.length !== row.closest('table').rows[0].cells.length).length
  }
  const complaints = []
  mermaid.initialize({startOnLoad: false, securityLevel: 'strict', theme: '${theme === 'dark' ? 'dark' : 'default'}'})
  for (const chart of article.querySelectorAll('pre.mermaid'))
    await mermaid.run({nodes: [chart]}).catch(error => complaints.push(String(error.message ?? error)))
  const pictures = article.querySelectorAll('pre.mermaid svg').length
  const template = document.createElement('template')
  template.id = 'facts'
  template.content.append(JSON.stringify({...facts, complaints, pictures, title: document.title}))
  document.body.append(template)
</script></body></html>`
}

const run = promisify(execFile)

/** Renders Markdown, and saves a screenshot if there is a path for one. */
export async function showMarkdown(
  markdown: string,
  options: {readonly theme?: Theme; readonly pictureAt?: string; readonly size?: string} = {}
): Promise<Page> {
  const {theme = 'light', pictureAt, size = '1012,1400'} = options
  const folder = await mkdtemp(join(tmpdir(), 'verified-image-browser-'))
  try {
    const path = join(folder, 'page.html')
    await writeFile(path, await pageOf(markdown, theme))
    const browse = (...more: readonly string[]): Promise<{stdout: string}> =>
      run(
        'chromium',
        [
          ...['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--virtual-time-budget=20000'],
          ...[
            `--user-data-dir=${join(folder, 'profile')}`,
            `--window-size=${size}`,
            '--host-resolver-rules=MAP * ~NOTFOUND'
          ],
          ...[...more, `file://${path}`]
        ],
        {maxBuffer: 64 * 1024 * 1024}
      )
    if (pictureAt !== undefined) await browse(`--screenshot=${pictureAt}`)
    const {stdout} = await browse('--dump-dom')
    const facts = /<template id="facts">([\s\S]*?)<\/template>/.exec(stdout)?.[1]
    if (facts === undefined) throw new Error(`the page did not come to its end:\n${stdout.slice(0, 2000)}`)
    return JSON.parse(
      facts.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&nbsp;', '\u00a0').replaceAll('&amp;', '&')
    ) as Page
  } finally {
    await rm(folder, {recursive: true, force: true})
  }
}
