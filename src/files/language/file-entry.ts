// What a file says about images: an image to verify, a stage, a build to follow, an entry that is left out, or an invalid input.
// The readers of Dockerfiles, Compose files, and Bake files return these entries.

import {type InputIssue, type SourceLocation} from '../../failure/failure.ts'
import type {Platform} from '../../oci/platform.ts'
import {fail} from '../../failure/error.ts'

export type FileEntry = ImageEntry | StageEntry | BuiltEntry | BuildEntry | SkippedEntry | IssueEntry

export type ImageEntry = {
  readonly type: 'image'
  /** The reference as the file has it, with its variables expanded. */
  readonly text: string
  readonly location: SourceLocation
  /** `target`: the platforms of the run. */
  readonly platform: 'target' | Platform
  /** The name of the build context that is this image. A build looks the image up by this name, and not by its reference. */
  readonly context?: string
  /** Set when an engine looks for the image: one of this name that a file builds then takes its place. */
  readonly mayBeBuilt?: true
  /** True when a stage or another image has the same name, so that the image gets no build context of its own name. */
  readonly shadowsStage?: boolean
}

/** A stage of a Dockerfile. A build context of the same name would replace it. */
export type StageEntry = {readonly type: 'stage'; readonly name: string; readonly location: SourceLocation}

/** The name of an image that a file builds, in familiar form. */
export type BuiltEntry = {readonly type: 'built'; readonly name: string; readonly location: SourceLocation}

/** Something that only the build can know, or that this action must not read. */
export type SkippedEntry = {
  readonly type: 'skipped'
  /** What was written, short enough for a message. */
  readonly text: string
  /** Why it is left out, and what to do: whole sentences. */
  readonly reason: string
  /** Absent for a pattern that leads out of the workspace. */
  readonly location?: SourceLocation
  /** Set for a Dockerfile that does not exist: an invalid input, if the file that builds it has nothing else. */
  readonly isMissing?: true
}

export type IssueEntry = {readonly type: 'issue'; readonly issue: InputIssue}

/** A Dockerfile as a Compose or Bake file builds it. */
export type BuildEntry = {
  readonly type: 'build'
  readonly location: SourceLocation
  /** The path of the Dockerfile, relative to the context, or its text. */
  readonly dockerfile: {readonly path: string} | InlineDockerfile
  /** A folder, relative to one of `contextRoots`. */
  readonly context: string
  /** Folders that `context` may be relative to. The first one that has the Dockerfile is used. */
  readonly contextRoots: readonly string[]
  /** Build arguments. An argument without a value is absent, and keeps the default of the Dockerfile. */
  readonly args: ReadonlyMap<string, string>
  /** Build arguments whose values only the build knows, with the reason. */
  readonly unknownArgs: ReadonlyMap<string, string>
  /** The stage that is built; undefined for the last one. */
  readonly target?: string | undefined
  /** Names of build contexts, in familiar form. An image of such a name does not come from a registry. */
  readonly contexts: ReadonlySet<string>
  /** The platforms that the file builds for; empty when the file names none. */
  readonly platforms: readonly Platform[]
  /**
   * What a missing Dockerfile means. `reject`: an invalid input. `skip`: a warning, since other builds of the file may have theirs.
   * `ignore`: nothing, for a target that others inherit from, which is seldom built itself.
   */
  readonly ifMissing: 'reject' | 'skip' | 'ignore'
}

export type InlineDockerfile = {
  readonly text: string
  /** The line of the file on which the text begins. */
  readonly firstLine: number
  /** True when each line of the text is a line of the file; otherwise the whole text is on one line. */
  readonly isBlock: boolean
}

/** A file that exists and must not be read. `blocked` is the reason, a whole sentence. */
export type BlockedFile = {readonly blocked: string}

/** Reads a file, by its path relative to the workspace. Undefined when the file does not exist. */
export type ReadFile = (file: string) => string | BlockedFile | undefined

/** Throws the issue as an 'invalid-input' failure of the `files` input. */
export function rejectFile(issue: Omit<InputIssue, 'input'>): never {
  fail({kind: 'invalid-input', faults: [{input: 'files', ...issue}]})
}

const MAX_EXCERPT_LENGTH = 120

/** The text on one line, cut to a length that suits a message. */
export function excerpt(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ')
  return line.length > MAX_EXCERPT_LENGTH ? `${line.slice(0, MAX_EXCERPT_LENGTH - 1)}…` : line
}
