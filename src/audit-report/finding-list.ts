// Findings as Markdown: grouped by kind and registry, each group with its advice once. The summary and the tracking issue have it.
// Every text from outside passes markdown.ts.

import {KIND_TITLES, sincePhrase} from '../findings/describe-finding.ts'
import type {Severity} from '../findings/finding.ts'
import {code, prose} from '../summary/markdown.ts'
import type {FindingReport} from './audit-document.ts'

export const SIGNS: Readonly<Record<Severity, string>> = {error: '❌', warning: '⚠️', notice: 'ℹ️'}

export type ListOptions = {
  /** Groups, and findings of each group, that are listed. */
  readonly mostGroups: number
  readonly mostInGroup: number
}

/** The groups, each as a block of Markdown; the last one says how many were left out. */
export function renderFindings(findings: readonly FindingReport[], options: ListOptions): readonly string[] {
  const groups = groupsOf(findings)
  const left = groups.slice(options.mostGroups).flat().length
  return [
    ...groups.slice(0, options.mostGroups).map(group => renderGroup(group, options)),
    ...(left === 0 ? [] : [`*${String(left)} more findings: see the report.*`])
  ]
}

function groupsOf(findings: readonly FindingReport[]): readonly (readonly FindingReport[])[] {
  const groups = new Map<string, FindingReport[]>()
  for (const finding of findings) {
    const key = JSON.stringify([finding.severity, finding.kind, finding.registry, finding.advice])
    groups.set(key, [...(groups.get(key) ?? []), finding])
  }
  return [...groups.values()]
}

function renderGroup(group: readonly FindingReport[], {mostInGroup}: ListOptions): string {
  const [first] = group
  if (first === undefined) return ''
  const at = first.registry === undefined ? '' : ` at ${code(first.registry)}`
  const count = group.length === 1 ? '' : ` (${String(group.length)})`
  const fails = first.fails ? '' : ' · does not fail the step'
  const left = group.length - mostInGroup
  return [
    `**${SIGNS[first.severity]} ${KIND_TITLES[first.kind]}${at}${count}** \`${first.kind}\`${fails}`,
    '',
    ...group.slice(0, mostInGroup).map(renderFinding),
    ...(left > 0 ? [`- *${String(left)} more: see the report.*`] : []),
    '',
    prose(first.advice, 600)
  ].join('\n')
}

function renderFinding(finding: FindingReport): string {
  const {image, message, locations} = finding
  const since = sincePhrase(finding)
  const [location] = locations
  const where =
    location === undefined
      ? ''
      : ` (${code(`${location.file}:${String(location.line)}`)}${locations.length > 1 ? ` and ${String(locations.length - 1)} more` : ''})`
  return `- ${image === undefined ? '' : `${code(image)}${where}: `}${prose(message, 800)}${since === '' ? '' : ` Found ${since}.`}`
}
