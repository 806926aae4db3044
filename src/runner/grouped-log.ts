// The log of several images at once: a group for each, in the order they were asked for, none mixed with another.
// The first that is not done is shown as it happens; what the others have to say waits for its turn.

import type {LogLevel} from '../report/log-lines.ts'
import type {Runner} from './runner.ts'

export type LogGroup = {
  readonly line: (text: string, tone: LogLevel) => void
  /** Shown when the runner debugs. */
  readonly debug: (text: string) => void
  /** Closes the image's group; `outcome` stands below it, where it is seen when the group is folded. */
  readonly close: (outcome: string, tone: LogLevel) => void
}

/** Opens a page for a title, behind those that were opened before. */
export function createGroupedLog(
  runner: Pick<Runner, 'print' | 'debug' | 'startGroup' | 'endGroup'>
): (title: string) => LogGroup {
  type Print = () => void
  const pages: {readonly title: string; readonly lines: Print[]; outcome: Print | undefined; isOpen: boolean}[] = []

  // Prints what the first page has, and turns over while pages are done.
  const show = (): void => {
    for (let page = pages[0]; page !== undefined; page = pages[0]) {
      if (!page.isOpen) runner.startGroup(page.title)
      page.isOpen = true
      for (const print of page.lines.splice(0)) print()
      if (page.outcome === undefined) return
      runner.endGroup()
      page.outcome()
      pages.shift()
    }
  }
  return title => {
    const page: (typeof pages)[number] = {title, lines: [], outcome: undefined, isOpen: false}
    pages.push(page)
    return {
      line: (text, tone) => {
        page.lines.push(() => {
          runner.print(text, tone)
        })
        show()
      },
      debug: text => {
        page.lines.push(() => {
          runner.debug(text)
        })
        show()
      },
      close: (outcome, tone) => {
        page.outcome = () => {
          runner.print(outcome, tone)
        }
        show()
      }
    }
  }
}
