// Texts that have an effect where they are not escaped, and checks that none had: in the runner's streams and files, in the rendered summary,
// and in requests. Each text contains MARK, by which the checks find it.

import {marked} from 'marked'
import type {ActionRun} from './run-action.ts'

export const MARK = 'PWNED'
const EVIL = 'evil.example'

export const TEXTS: Readonly<Record<string, string>> = {
  'a command': `::set-output name=reference::${MARK}`,
  'a command on its own line': `x\n::set-output name=reference::${MARK}\n`,
  'a command behind a carriage return': `x\r::set-env name=${MARK}::1`,
  'a command behind CR LF': `x\r\n::save-state name=${MARK}::1`,
  'a command behind blanks': ` \t ::stop-commands::${MARK}`,
  'a command behind NEL': `x\u0085::warning::${MARK}`,
  'a command behind a line separator': `x\u2028::warning::${MARK}\u2029::error::${MARK}`,
  'a command behind a byte order mark': `\ufeff::add-mask::${MARK}`,
  'a command behind an escaped line break': `x%0A::set-output name=reference::${MARK}`,
  'a command behind one escaped twice': `x%250A::error::${MARK}%25250A::error::${MARK}`,
  'an old command': `x ##[set-env name=${MARK};]1`,
  'an old command on its own line': `x\n##[add-mask]${MARK}`,
  'a command that ends a title': `x,title=${MARK}::${MARK}\n::error title=${MARK}::${MARK}`,
  'a heredoc of GITHUB_OUTPUT': `x\nreference<<${MARK}\n${MARK}\n${MARK}\nreference=${MARK}`,
  'a delimiter of GITHUB_OUTPUT': `x\nghadelimiter_${MARK}\nreference=${MARK}\nend-${MARK}\nreference=${MARK}`,
  'a second build context': `x\nphp=docker-image://${EVIL}/${MARK}:1`,
  'erasing the line': `\x1b[2K\x1b[1A\x1b[8m${MARK}\x1b[0m`,
  'a terminal link': `\x1b]8;;https://${EVIL}/\x07${MARK}\x1b]8;;\x07`,
  'a sequence in one byte': `\x9b2K\x9d8;;https://${EVIL}/\x9c${MARK}`,
  backspaces: `x\b\b\b\x7f${MARK}\0`,
  HTML: `<img src="https://${EVIL}/${MARK}.png" onerror=alert(1)><a href="https://${EVIL}">${MARK}</a><script>1</script>`,
  'the end of a folded part': `</details></summary></td></table><h1>${MARK}</h1><details>`,
  'a comment': `<!-- ${MARK}`,
  'a link': `[${MARK}](https://${EVIL}/) <https://${EVIL}/> [x]: https://${EVIL}/`,
  'a picture': `![${MARK}](https://${EVIL}/x.png)`,
  'a bare address': `https://${EVIL}/${MARK} www.${EVIL} mail@${EVIL}`,
  'a table': `x | ${MARK} | y\n|---|---|\n| [x](https://${EVIL}) | ${MARK} |`,
  'a heading': `x\n\n# ${MARK}\n\n* ${MARK}\n`,
  'a fence': `x\n\`\`\`\n# ${MARK}\n<img src="https://${EVIL}">\n~~~\n`,
  'backticks in a row': `\` \`\` \`\`\`\` [${MARK}](https://${EVIL}) \`\\`,
  'mentions and numbers': `@${MARK} @${MARK}/team #1 GH-1 ${MARK}/x#1`,
  'reversed letters': `\u202e\u2066${MARK}\u2069\u200f`,
  'hidden letters': `\u200b\u200d\u2060\u00ad${MARK}\ufe0f`,
  'the end of a JSON text': `"}],"outcome":"verified","${MARK}":[{"x":"\\`,
  'half of a character': `\ud800${MARK}\udc00`,
  masks: `***${MARK}*** *** ***`,
  'a shell': `"; touch ${MARK}; $(touch ${MARK}) \`touch ${MARK}\` \${${MARK}} %${MARK}%`,
  'a very long text': `${MARK} `.repeat(30_000)
}

/** The content of the runner's files after the run, by name. */
export type RunnerFiles = Readonly<Record<string, string>>

/** Describes each effect that a text had. Empty when none had one. */
export function whatActed(run: ActionRun, files: RunnerFiles, requests: readonly string[]): readonly string[] {
  return [
    ...inStreams(run),
    ...inOutputs(run.outputs),
    ...Object.entries(files).flatMap(([name, text]) => (text === '' ? [] : [`${name} was written: ${text}`])),
    ...inSummary(run.summary),
    ...inReport(run.report),
    ...requests.flatMap(inRequest)
  ]
}

const OWN_COMMANDS = ['group', 'endgroup', 'warning', 'error', 'debug', 'add-mask', 'notice']
// Characters that move the cursor, hide text, or change its direction. Our own colors are removed first.
// eslint-disable-next-line no-control-regex -- these are what is looked for
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/

function inStreams({stdout, stderr, masks}: ActionRun): readonly string[] {
  const found: string[] = []
  for (const line of `${stdout}\n${stderr}`.split('\n')) {
    // eslint-disable-next-line no-control-regex -- colours
    const bare = line.replace(/\x1b\[(?:3[0-7]|0)m/g, '')
    // The runner trims a line before it looks for a command, and treats the byte order mark as a space.
    const command = /^[\s\ufeff]*::([\w-]+)/.exec(bare)?.[1]
    if (command !== undefined && !OWN_COMMANDS.includes(command)) found.push(`a command: ${short(bare)}`)
    if (command !== undefined && !bare.startsWith(':')) found.push(`a command behind blanks: ${short(bare)}`)
    // The runner does not look for a `##[` command in a line that is a `::` command.
    if (command === undefined && bare.includes('##[')) found.push(`an old command: ${short(bare)}`)
    if (CONTROLS.test(bare)) found.push(`a control character: ${JSON.stringify(short(bare))}`)
    const message = /^::(?:warning|error|group)[^:]*::(.*)/.exec(bare)?.[1]
    if (message?.startsWith(MARK) === true) found.push(`a whole annotation: ${short(bare)}`)
    if (/^::\w+ [^:]*,\s*title=PWNED/.test(bare)) found.push(`a second title: ${short(bare)}`)
  }
  return [...found, ...masks.filter(mask => mask.includes(MARK)).map(mask => `a mask: ${mask}`)]
}

const LINES = ['build-contexts', 'references', 'signers']

function inOutputs(outputs: ActionRun['outputs']): readonly string[] {
  return Object.entries(outputs).flatMap(([name, value]) => [
    ...(/^[a-z-]+$/.test(name) ? [] : [`an output called ${short(name)}`]),
    ...(value.includes('\n') && !LINES.includes(name) ? [`lines in the output ${name}`] : []),
    ...(value.startsWith(MARK) || value.includes(EVIL) ? [`the output ${name} is ${short(value)}`] : [])
  ])
}

// GitHub removes scripts, but renders links and images, which can mislead people and notify a server.
const TAGS =
  /^(?:h[1-6]|p|ul|ol|li|table|thead|tbody|tr|th|td|code|pre|details|summary|em|strong|br|hr|blockquote|sub|del|b|i)$/

function inSummary(summary: string): readonly string[] {
  const html = marked.parse(summary, {gfm: true, async: false})
  const found: string[] = []
  for (const [tag, name = ''] of html.matchAll(/<\/?([a-z][a-z0-9]*)\b[^>]*>/gi))
    if (!TAGS.test(name.toLowerCase()) && !isOwnLink(tag)) found.push(`an element in the summary: ${short(tag)}`)
  const visible = html.replace(/<(pre|code)\b[\s\S]*?<\/\1>/g, '')
  if (/@PWNED/.test(visible)) found.push('a mention in the summary')
  if (/<h[1-6][^>]*>[^<]*PWNED/.test(html)) found.push('a heading in the summary')
  if (/<!--/.test(visible)) found.push('a comment in the summary')
  // eslint-disable-next-line no-control-regex -- these are what is looked for
  if (/[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/.test(summary))
    found.push('a control character in the summary')
  return found
}

function isOwnLink(tag: string): boolean {
  return /^<\/a>$|^<a href="https:\/\/(?:github\.com|docs\.github\.com)\//.test(tag)
}

function inReport(report: unknown): readonly string[] {
  // runAction has already parsed it.
  if (typeof report !== 'object' || report === null) return ['the report is not there']
  return Object.keys(report)
    .filter(key => key.includes(MARK))
    .map(key => `a key of the report: ${key}`)
}

const HEADERS =
  /^(?:host|user-agent|accept|accept-encoding|authorization|connection|range|if-range|content-type|content-length|keep-alive):/i

function inRequest(head: string): readonly string[] {
  const [first = '', ...headers] = head.split('\r\n')
  return [
    ...(/^(?:GET|HEAD|POST) [!-~]+ HTTP\/1\.1$/.test(first) ? [] : [`a request: ${JSON.stringify(short(first))}`]),
    ...headers
      .filter(header => header !== '' && !HEADERS.test(header))
      .map(header => `a header of a request: ${JSON.stringify(short(header))}`),
    ...headers
      // The token server chooses the token.
      .filter(header => header.includes(MARK) && !/^authorization: Bearer /i.test(header))
      .map(header => `a text in a header: ${short(header)}`)
  ]
}

function short(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
