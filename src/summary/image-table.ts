// What is used for each image: a table for several, a line for one.
// Pure.

import {formatCount, formatBytes, formatDuration} from '../failure/format.ts'
import type {ImageReport, Report} from '../report/report-document.ts'
import {code, collapsible, table} from './markdown.ts'
import {fallbackInReport} from './summary-pins.ts'

const MAX_ROWS = 100
const MAX_OPEN_IMAGES = 12

/** Whether an image has a section of its own. */
export function needsAttention({outcome, diagnosis, warning}: ImageReport): boolean {
  return outcome === 'failed' || diagnosis !== undefined || warning !== undefined
}

/** Images that need attention come first; with many images, the others are collapsed. */
export function renderImages({images}: Report): string {
  const [only] = images
  if (only === undefined) return ''
  if (images.length === 1) return imageLine(only)
  const ordered = [...images.filter(needsAttention), ...images.filter(image => !needsAttention(image))]
  const open = images.length <= MAX_OPEN_IMAGES ? ordered : ordered.filter(needsAttention).slice(0, MAX_OPEN_IMAGES)
  const folded = ordered.filter(image => !open.includes(image))
  const shown = folded.slice(0, MAX_ROWS)
  const rest = folded.length - shown.length
  const more = rest === 0 ? '' : `\n\n*${formatCount(rest, 'more image')}: see the report.*`
  return [
    open.length === 0 ? '' : tableOf(open),
    shown.length === 0
      ? ''
      : collapsible(
          `${open.length === 0 ? 'All' : 'The other'} ${formatCount(folded.length, 'image')}`,
          tableOf(shown) + more
        )
  ]
    .filter(part => part !== '')
    .join('\n\n')
}

// `docker.io/library/php@sha256:… · linux/amd64 · 120 MB · verified: full · 2.1 s`
function imageLine(image: ImageReport): string {
  if (image.reference === undefined) return ''
  return [
    code(image.reference),
    ...(platformsOf(image) === '' ? [] : [platformsOf(image)]),
    ...(sizeOf(image) === '' ? [] : [sizeOf(image)]),
    `verified: ${image.verified ?? '-'}`,
    formatDuration(image.elapsedMs)
  ].join(' · ')
}

function tableOf(images: readonly ImageReport[]): string {
  return table(
    ['', 'Image', 'Platform', 'Size', 'Verified', 'Time', 'Reference'],
    images.map(image => [
      image.outcome === 'failed' ? '❌' : needsAttention(image) ? '⚠️' : '✅',
      imageName(image),
      platformsOf(image) || '-',
      sizeOf(image) || '-',
      image.verified ?? '-',
      formatDuration(image.elapsedMs),
      image.reference === undefined ? '-' : code(image.reference)
    ])
  )
}

function platformsOf({platforms}: ImageReport): string {
  return platforms.map(({platform}) => (platform === undefined ? '-' : code(platform))).join(', ')
}

// Bytes that were verified: none of the layers' at the lower levels.
function sizeOf({size, verified}: ImageReport): string {
  return size === undefined || verified === 'manifest' || verified === 'config' ? '' : formatBytes(size)
}

function imageName(image: ImageReport): string {
  const fallback = fallbackInReport(image)
  return fallback === undefined ? code(image.image) : `${code(image.image)}, fallback tag ${code(fallback.image)}`
}
