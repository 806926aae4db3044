// The names of what is in a folder that others may have filled, without memory for more than are wanted.
// Nothing in it is opened; see regular-file.ts.

import {opendir} from 'node:fs/promises'

/** Names in alphabetical order. Of a folder with more than `maxNames`, any of them. Rejects with the file system's error. */
export async function listFolder(folder: string, maxNames: number): Promise<readonly string[]> {
  const names: string[] = []
  for await (const {name} of await opendir(folder)) {
    names.push(name)
    if (names.length === maxNames) break
  }
  return names.sort()
}
