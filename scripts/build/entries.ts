// The actions of this repository: where each begins in src, and the folder of its bundle.
// A new action is a row here, its src/NAME.ts, and its NAME/action.yml.

export type Entry = {
  /** `src/NAME.ts`. */
  readonly name: string
  readonly folder: string
  readonly actionFile: string
}

export const ENTRIES: readonly Entry[] = [
  {name: 'index', folder: 'dist', actionFile: 'action.yml'},
  {name: 'audit', folder: 'dist/audit', actionFile: 'audit/action.yml'},
  {name: 'mirror', folder: 'dist/mirror', actionFile: 'mirror/action.yml'}
]
