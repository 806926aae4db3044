// The figures of docs/limitations.md are the code's. A constant that is renamed needs a new name here; one that changes needs a new
// figure on the page.

import {readdirSync, readFileSync} from 'node:fs'
import {describe, expect, it} from '@jest/globals'

const source = readdirSync('src', {recursive: true, encoding: 'utf8'})
  .filter(path => path.endsWith('.ts'))
  .map(path => readFileSync(`src/${path}`, 'utf8'))
  .join('\n')
const page = readFileSync('docs/limitations.md', 'utf8')

const FIGURES: readonly (readonly [row: string, constants: readonly string[]])[] = [
  [
    '| a manifest, an index, or a config | 4 MiB |',
    ['MAX_MANIFEST_BYTES = 4 * 1024 * 1024', 'MAX_CONFIG_BYTES = 4 * 1024 * 1024']
  ],
  ['| layers of a manifest | 1000 |', ['MAX_LAYERS = 1000']],
  ['| manifests that a run fetches below one index | 1000 |', ['MAX_CHILDREN = 1000']],
  ['| indexes in an index | 3 levels |', ['MAX_DEPTH = 3']],
  ['| levels of nested JSON | 100 |', ['MAX_DEPTH = 100']],
  ['| entries of a list in JSON | 60,000 |', ['MAX_ITEMS = 60_000']],
  ['| the window of a zstd layer | 512 MiB |', ['DOCKER_WINDOW_BYTES = 512 * 1024 * 1024']],
  ['| the path of a repository | 255 characters |', ['MAX_PATH_LENGTH = 255']],
  ['| redirects of one request | 10 |', ['MAX_REDIRECTS = 10']],
  ['| headers of one response | 64 KiB |', ['MAX_HEADER_BYTES = 64 * 1024']],
  ['| `attempts` | 1 to 100 |', ['MAX_ATTEMPTS = 100']],
  ['| `concurrency` | 1 to 64 |', ['MAX_CONCURRENCY = 64']],
  ['| durations | up to 24 h;', ['MAX_DURATION_MS = 24 * 3_600_000']],
  ['| the lock file | 4 MiB |', ['MAX_LOCK_BYTES = 4 * MIB']],
  [
    '| a file in `files`, and all of them | 2 MiB, and 64 MiB |',
    ['MAX_FILE_BYTES = 2 * 1024 * 1024', 'MAX_BYTES = 64 * 1024 * 1024']
  ],
  ['| the Docker config | 4 MiB |', ['MAX_CONFIG_BYTES = 4 * 1024 * 1024']],
  ['| a file in `mirrors-from` | 256 KiB |', ['MAX_BYTES = 256 * 1024']],
  ['| the tool cache | 10 GiB,', ['MAX_CACHE_BYTES = 10 * 1024 ** 3']],
  ['| a status page | 3 s |', ['STATUS_LIMIT_MS = 3000']],
  ['| warnings and errors of one kind | 10 |', ['MAX_ANNOTATIONS = 10']],
  ['| the job summary | 400,000 bytes;', ['MAX_BYTES = 400_000']]
]

describe('docs/limitations.md', () => {
  it.each(FIGURES)('has the figure of the code: %s', (row, constants) => {
    expect(page).toContain(`\n${row}`)
    const lines = source.split('\n')
    for (const constant of constants) expect(lines.filter(line => line.endsWith(`const ${constant}`))).not.toEqual([])
  })

  it('has no other figure', () => {
    const [, table = ''] = page.split('## Sizes and counts')
    const rows = table.split('\n').filter(line => line.startsWith('| '))
    // The first row is the head.
    expect(rows.slice(1).filter(row => !FIGURES.some(([known]) => row.startsWith(known)))).toEqual([])
  })
})
