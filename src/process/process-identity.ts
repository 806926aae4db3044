// The identity of this process on disk, by which another process can tell whether the owner of a file is still alive.
// runner/runtime.ts provides it.

export type ProcessIdentity = {
  /** Eight hexadecimal digits, the same for all processes that see each other's ids: those of one host, outside containers. */
  readonly hostId: string
  readonly pid: number
  /** Whether a process of the same host id runs. */
  readonly isAlive: (pid: number) => boolean
}
