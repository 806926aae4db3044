// What a file that the workflow named says about images: one that is needed, one that cannot be known, a fault, a build to follow.
// The words that the readers of Dockerfiles, Compose and Bake files share; reads nothing itself.

import {fail, type InputFault, type Place} from '../acquire/failure.ts'
import type {Platform} from '../oci/platform.ts'

export type Finding =
  /** An image, and the platform that it runs on: the ones that are built for, or one of its own. */
  | {
      readonly type: 'image'
      readonly text: string
      readonly place: Place
      readonly runsOn: 'target' | Platform
      /** The name of the build context that is this image: a build asks for it by that name only. */
      readonly context?: string
      /** A stage has its name: a context of that name would take the place of the stage. */
      readonly isStageToo?: boolean
    }
  /** A stage of a Dockerfile: a context of its name would take its place. */
  | {readonly type: 'stage'; readonly name: string; readonly place: Place}
  | Gap
  | {readonly type: 'fault'; readonly fault: InputFault}
  | Build

/** Something that cannot be known before the build, or must not be read: it is left out. */
export type Gap = {
  readonly type: 'gap'
  readonly text: string
  readonly why: string
  /** Absent for a pattern that leads out of the workspace. */
  readonly place?: Place
}

/** A file that is there and must not be read, and why. */
export type LeftOut = {readonly leftOut: string}

/** The text of a file, relative to the workspace; undefined when there is none. */
export type ReadFile = (file: string) => string | LeftOut | undefined

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
  readonly place: Place
  /** Its path below the context, or the Dockerfile itself. */
  readonly dockerfile: {readonly path: string} | InlineDockerfile
  /** A folder, relative to `base`. */
  readonly context: string
  /** Folders that the context may be relative to; the first that has the Dockerfile counts. */
  readonly bases: readonly string[]
  /** Build arguments; one without a value keeps the Dockerfile's default. */
  readonly args: ReadonlyMap<string, string>
  /** Build arguments whose values cannot be known, and why. */
  readonly unknownArgs: ReadonlyMap<string, string>
  /** Names that lead elsewhere than to a registry, in familiar form. */
  readonly contexts: ReadonlySet<string>
  /** Platforms that it is built for, when the file says so. */
  readonly platforms: readonly Platform[]
  /** Whether the Dockerfile may be missing: a target that others inherit from is no build of its own. */
  readonly isTemplate: boolean
}

/** Ends the reading of a file. */
export const refuse = (fault: Omit<InputFault, 'input'>): never =>
  fail({kind: 'invalid-input', faults: [{input: 'files', ...fault}]})

const MAX_SHOWN = 120

/** What was written, on one line and short enough for a message. */
export const excerpt = (text: string): string => {
  const line = text.trim().replace(/\s+/g, ' ')
  return line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN - 1)}…` : line
}

/** Whether a build context is elsewhere than in the workspace. */
export const isRemote = (context: string): boolean => /^(?:[a-z-]+:\/\/|git@|github\.com\/)|\.git(?:#|$)/.test(context)
