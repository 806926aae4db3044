// What a file that the workflow named says about images: one that is needed, one that cannot be known, a fault, a build to follow.
// The words that the readers of Dockerfiles, Compose and Bake files share; reads nothing itself.

import {type InputIssue, type SourceLocation} from '../../failure/failure.ts'
import type {Platform} from '../../oci/platform.ts'
import {fail} from '../../failure/error.ts'

export type FileEntry =
  /** An image, and the platform that it runs on: the ones that are built for, or one of its own. */
  | {
      readonly type: 'image'
      readonly text: string
      readonly location: SourceLocation
      readonly platform: 'target' | Platform
      /** The name of the build context that is this image: a build asks for it by that name only. */
      readonly context?: string
      /** A stage has its name: a context of that name would take the place of the stage. */
      readonly shadowsStage?: boolean
    }
  /** A stage of a Dockerfile: a context of its name would take its place. */
  | {readonly type: 'stage'; readonly name: string; readonly location: SourceLocation}
  | SkippedEntry
  | {readonly type: 'issue'; readonly issue: InputIssue}
  | Build

/** Something that cannot be known before the build, or must not be read: it is left out. */
export type SkippedEntry = {
  readonly type: 'skipped'
  readonly text: string
  readonly reason: string
  /** Absent for a pattern that leads out of the workspace. */
  readonly location?: SourceLocation
}

/** A file that is there and must not be read, and why. */
export type BlockedFile = {readonly blocked: string}

/** The text of a file, relative to the workspace; undefined when there is none. */
export type ReadFile = (file: string) => string | BlockedFile | undefined

export type InlineDockerfile = {
  readonly text: string
  /** Where its first line stands in the file that holds it. */
  readonly firstLine: number
  /** Its lines are lines of that file; else all of it stands on one. */
  readonly isBlock: boolean
}

/** A Dockerfile as a Compose or Bake file builds it. */
export type Build = {
  readonly type: 'build'
  readonly location: SourceLocation
  /** Its path below the context, or the Dockerfile itself. */
  readonly dockerfile: {readonly path: string} | InlineDockerfile
  /** A folder, relative to `base`. */
  readonly context: string
  /** Folders that the context may be relative to; the first that has the Dockerfile counts. */
  readonly contextRoots: readonly string[]
  /** Build arguments; one without a value keeps the Dockerfile's default. */
  readonly args: ReadonlyMap<string, string>
  /** Build arguments whose values cannot be known, and why. */
  readonly unknownArgs: ReadonlyMap<string, string>
  /** Names that lead elsewhere than to a registry, in familiar form. */
  readonly contexts: ReadonlySet<string>
  /** Platforms that it is built for, when the file says so. */
  readonly platforms: readonly Platform[]
  /** Whether the Dockerfile may be missing: a target that others inherit from is no build of its own. */
  readonly isInheritedOnly: boolean
}

/** Ends the reading of a file. */
export function rejectFile(issue: Omit<InputIssue, 'input'>): never {
  fail({kind: 'invalid-input', faults: [{input: 'files', ...issue}]})
}

const MAX_SHOWN = 120

/** What was written, on one line and short enough for a message. */
export function excerpt(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ')
  return line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN - 1)}…` : line
}

/** Whether a build context is elsewhere than in the workspace. */
export function isRemote(context: string): boolean {
  return /^(?:[a-z-]+:\/\/|git@|github\.com\/)|\.git(?:#|$)/.test(context)
}
