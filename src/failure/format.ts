// Formats quantities, digests, and source locations for messages.
// Pure.

import {type SourceLocation} from './failure.ts'

/** `docker/Dockerfile:3`. */
export function formatLocation({file, line}: SourceLocation): string {
  return `${file}:${String(line)}`
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** `512 B`, `1.5 kB`, `120 MB`: decimal units and three digits, as registries and `docker images` print them. */
export function formatBytes(bytes: number): string {
  const unit = Math.floor(Math.log10(Math.max(bytes, 1)) / 3)
  // Rounding may reach the next unit: 999,999 B is 1 MB, not 1000 kB.
  const isNextUnit = Number((bytes / 1000 ** unit).toPrecision(3)) >= 1000
  const power = Math.min(UNITS.length - 1, isNextUnit ? unit + 1 : unit)
  const value = bytes / 1000 ** power
  return `${String(value >= 100 ? Math.round(value) : Number(value.toPrecision(3)))} ${UNITS[power] ?? ''}`
}

/** `40 ms`, `3.2 s`, `10 min`, `2 min 5 s`, `6 h`, `6 h 30 min`. */
export function formatDuration(ms: number): string {
  if (Math.round(ms) < 1000) return `${String(Math.round(ms))} ms`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${String(Number((ms / 1000).toFixed(1)))} s`
  if (seconds < 3600) return withRest(Math.floor(seconds / 60), 'min', seconds % 60, 's')
  return withRest(Math.floor(seconds / 3600), 'h', Math.floor((seconds % 3600) / 60), 'min')
}

function withRest(whole: number, unit: string, rest: number, restUnit: string): string {
  return `${String(whole)} ${unit}${rest === 0 ? '' : ` ${String(rest)} ${restUnit}`}`
}

/** Shortens each digest in a text to 12 hexadecimal digits: `sha256:1a2b3c4d5e6f…`. The report and the evidence have all of them. */
export function shortenDigests(text: string): string {
  return text.replace(/\b(sha(?:256|512)):([0-9a-f]{12})[0-9a-f]{20,}/g, '$1:$2…')
}

/** A number of things: `1 image`, `2 images`. */
export function formatCount(amount: number, noun: string): string {
  return `${String(amount)} ${noun}${amount === 1 ? '' : 's'}`
}
