// A row of the benchmark, and the table of all rows.

export type Row = {
  readonly what: string
  readonly against: string
  /** Medians in `unit`; for memory, the maximum. Undefined for a count. */
  readonly ours?: number
  readonly theirs?: number
  readonly unit: 's' | 'MB' | 'kB' | 'count'
  readonly ratio?: number
  /** The target of the ratio, if it has one. */
  readonly target?: number
  /** The reason why the figure is missing. */
  readonly missing?: string
}

/** Markdown. `below` follows the table. */
export function tableOf(rows: readonly Row[], below: string): string {
  const lines = rows.map(({what, ours, against, theirs, unit, ratio, target, missing}) => {
    const isOfRatio = unit === 's' || ratio !== undefined
    const reach = isOfRatio ? (target?.toFixed(2) ?? '') : figure(target, unit)
    const cells = [what, figure(ours, unit), against, missing ?? figure(theirs, unit), ratio?.toFixed(2) ?? '', reach]
    return `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
  })
  return [
    '| Scenario | This action | Compared with | Its time | Ratio | Target |',
    '|---|---|---|---|---|---|',
    ...lines,
    '',
    below
  ].join('\n')
}

function figure(value: number | undefined, unit: Row['unit']): string {
  if (value === undefined) return ''
  if (unit === 'count') return String(value)
  return `${value.toFixed(unit === 's' ? 2 : unit === 'MB' ? 1 : 0)} ${unit}`
}
