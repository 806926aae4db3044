// The workflows of examples/. The folders beside them have configuration files of other programs.

import {readdirSync} from 'node:fs'

export const EXAMPLES: readonly string[] = readdirSync('examples')
  .filter(name => name.endsWith('.yml'))
  .sort()
