// Notes of many platforms in one text.

import {describe, expect, it} from '@jest/globals'
import {renderNotes} from '../../src/report/image-warnings.ts'
import {type PlatformImage} from '../../src/fetch/verified-image.ts'

function platforms(...all: readonly (readonly [architecture: string, ...warnings: string[]])[]): {
  platforms: readonly PlatformImage[]
} {
  return {
    platforms: all.map(
      ([architecture, ...warnings]) => ({platform: {os: 'linux', architecture}, warnings}) as unknown as PlatformImage
    )
  }
}

describe('renderNotes', () => {
  it('has nothing to say of an image without notes', () => {
    expect(renderNotes(platforms(['amd64'], ['arm64']))).toBeUndefined()
  })

  it('gives the notes of a single platform as they are', () => {
    expect(renderNotes(platforms(['amd64', 'one', 'two']))).toBe('one\ntwo')
  })

  it('says which of several platforms a note is about, and each note once', () => {
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
