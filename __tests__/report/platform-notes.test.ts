// Notes of many platforms in one text.

import {describe, expect, it} from '@jest/globals'
import type {PlatformReport} from '../../src/report/report-document.ts'
import {renderNotes} from '../../src/report/platform-notes.ts'

type Noted = Pick<PlatformReport, 'platform' | 'notes'>

function platforms(...all: readonly (readonly [architecture: string, ...notes: string[]])[]): readonly Noted[] {
  return all.map(([architecture, ...notes]) => ({platform: `linux/${architecture}`, notes}))
}

describe('renderNotes', () => {
  it('is undefined for an image without notes', () => {
    expect(renderNotes(platforms(['amd64'], ['arm64']))).toBeUndefined()
  })

  it('returns the notes of a single platform unchanged', () => {
    expect(renderNotes(platforms(['amd64', 'one', 'two']))).toBe('one\ntwo')
  })

  it('names the platforms of each note, and has each note once', () => {
    expect(renderNotes(platforms(['amd64', 'both'], ['arm64', 'both', 'one']))).toBe(
      'linux/amd64, linux/arm64: both\nlinux/arm64: one'
    )
  })

  it('counts platforms and notes that are too many to list', () => {
    const all = platforms(
      ...Array.from({length: 50}, (_, at) => [`a${String(at)}`, 'all', `own ${String(at)}`] as const)
    )
    const lines = renderNotes(all)?.split('\n') ?? []
    expect(lines[0]).toBe('linux/a0, linux/a1, linux/a2, … and 47 more: all')
    expect(lines.at(-1)).toBe('… and 41 more')
    expect(lines).toHaveLength(11)
  })
})
