// The log of several images: one group for each, in the order of the inputs, with no lines mixed.
// The first unfinished group is printed as it happens. Lines of later groups wait for their turn.

import type {LogLevel} from '../report/log-lines.ts'
import type {Runner} from './runner.ts'

export type LogGroup = {
  readonly line: (text: string, level: LogLevel) => void
  /** Printed if the runner is in debug mode. */
  readonly debug: (text: string) => void
  /** Ends the group. `outcome` is printed below it, where it is visible when the group is collapsed. */
  readonly close: (outcome: string, level: LogLevel) => void
}

/** Returns a function that opens a group with a title, after the groups that are already open. */
export function createGroupedLog(
  runner: Pick<Runner, 'print' | 'debug' | 'startGroup' | 'endGroup'>
): (title: string) => LogGroup {
  type Print = () => void
  const groups: {readonly title: string; readonly lines: Print[]; outcome: Print | undefined; isOpen: boolean}[] = []

  // Prints the lines of the first group, and continues with the next one while groups are closed.
  const flush = (): void => {
    for (let group = groups[0]; group !== undefined; group = groups[0]) {
      if (!group.isOpen) runner.startGroup(group.title)
      group.isOpen = true
      for (const print of group.lines.splice(0)) print()
      if (group.outcome === undefined) return
      runner.endGroup()
      group.outcome()
      groups.shift()
    }
  }
  return title => {
    const group: (typeof groups)[number] = {title, lines: [], outcome: undefined, isOpen: false}
    groups.push(group)
    // A registry that does not respond leaves the group empty for a while.
    flush()
    const add = (print: Print): void => {
      group.lines.push(print)
      flush()
    }
    return {
      line: (text, level) => {
        add(() => {
          runner.print(text, level)
        })
      },
      debug: text => {
        add(() => {
          runner.debug(text)
        })
      },
      close: (outcome, level) => {
        group.outcome = () => {
          runner.print(outcome, level)
        }
        flush()
      }
    }
  }
}
