// Quantities and source locations as messages show them.
// Pure.

import {type SourceLocation} from './failure.ts'

/** `docker/Dockerfile:3`. */
export function formatLocation({file, line}: SourceLocation): string {
  return `${file}:${String(line)}`
}

/** `512 B`, `1.5 kB`, `120 MB`: decimal units, as registries and `docker images` print them. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3))
  const value = bytes / 1000 ** power
  return `${power === 0 || value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)))} ${units[power] ?? ''}`
}

/** `40 ms`, `3.2 s`, `2 min 5 s`, `6 h 0 min`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${String(Math.round(ms))} ms`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${String(Number((ms / 1000).toFixed(1)))} s`
  if (seconds < 3600) return `${String(Math.floor(seconds / 60))} min ${String(seconds % 60)} s`
  return `${String(Math.floor(seconds / 3600))} h ${String(Math.floor((seconds % 3600) / 60))} min`
}
