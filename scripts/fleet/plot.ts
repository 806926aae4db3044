// The plot of docs/fleet.md, from its table of waves: for each wave, the requests for blobs that the upstream got, and the seconds of a
// job. An SVG, because Mermaid's bars are nearly white in GitHub's light theme, and it draws a bar for zero.

type Wave = {readonly name: string; readonly blobs: number; readonly seconds: number}

const WIDTH = 760
const ROW = 26
const TOP = 46
const NAMES = 170
const COLUMN = 240
const GAP = 60

/** Draws the table `| Wave | …` of the page. */
export function renderFleetPlot(page: string): string {
  const waves = wavesIn(page)
  const height = TOP + waves.length * ROW + 8
  const columns = [
    {title: 'Requests for blobs at the upstream', color: '#2f81f7', of: ({blobs}: Wave) => blobs},
    {title: 'Median seconds of a job', color: '#bf8700', of: ({seconds}: Wave) => seconds}
  ]
  const parts = columns.flatMap(({title, color, of}, at) => {
    const left = NAMES + at * (COLUMN + GAP)
    const most = Math.max(...waves.map(of))
    return [
      text(left, 24, title, 'font-weight="600"'),
      ...waves.flatMap((wave, row) => {
        const value = of(wave)
        const width = Math.round((value / most) * COLUMN)
        const y = TOP + row * ROW
        const bar = `<rect x="${String(left)}" y="${String(y)}" width="${String(width)}" height="16" rx="2" fill="${color}"/>`
        return [...(value === 0 ? [] : [bar]), text(left + width + 6, y + 13, String(value))]
      })
    ]
  })
  const names = waves.map(({name}, row) => text(NAMES - 10, TOP + row * ROW + 13, name, 'text-anchor="end"'))
  // This gray is legible on white, and on GitHub's dark page.
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${String(WIDTH)} ${String(height)}" width="${String(WIDTH)}" height="${String(height)}" font-family="sans-serif" font-size="12" fill="#6e7781" role="img">`
  return [head, ...names, ...parts, '</svg>', ''].join('\n')
}

function text(x: number, y: number, words: string, more = ''): string {
  return `<text x="${String(x)}" y="${String(y)}"${more === '' ? '' : ` ${more}`}>${words}</text>`
}

function wavesIn(page: string): readonly Wave[] {
  const lines = page.split('\n')
  const at = lines.findIndex(line => line.startsWith('| Wave |'))
  const cells = (line = ''): readonly string[] => line.split('|').map(cell => cell.trim())
  const head = cells(lines[at])
  const end = lines.findIndex((line, number) => number > at && !line.startsWith('|'))
  return lines.slice(at + 2, end).map(line => {
    const row = cells(line)
    const cell = (name: string): number => Number(row[head.indexOf(name)])
    return {name: row[1] ?? '', blobs: cell('Blobs'), seconds: cell('A job')}
  })
}
