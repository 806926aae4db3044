// Which process made something on disk, so that another process can tell whether its owner is still alive.
// runner/runtime.ts fills it in.

/** This process, as it is told from others that share a folder with it. */
export type ProcessIdentity = {
  /** Eight hexadecimal digits, the same for all processes that see each other's ids: those of one host, outside of containers. */
  readonly hostId: string
  readonly pid: number
  /** Whether the process with this id runs; it is one of the same place. */
  readonly isAlive: (pid: number) => boolean
}
