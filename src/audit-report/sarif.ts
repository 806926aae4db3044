// SARIF 2.1.0 for GitHub code scanning (OASIS, "Static Analysis Results Interchange Format"; GitHub, "SARIF support for code scanning").
// Each finding is at the line of the file that names the image, or at the workflow that runs the audit.

import {KIND_TITLES} from '../findings/describe-finding.ts'
import {FINDING_KINDS, type FindingKind, type Severity, USUAL_SEVERITY} from '../findings/finding.ts'
import type {AuditReport, FindingReport} from './audit-document.ts'

const DOCUMENTATION = 'https://github.com/OWNER/verified-image/blob/v1/docs/audit.md'

const LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  error: 'error',
  warning: 'warning',
  notice: 'note'
}

// GitHub shows 5,000 results of a run and takes 25,000.
const MAX_RESULTS = 5000
/** GitHub shows ten locations of a result. */
const MAX_LOCATIONS = 10

/** `workflow` is the path of the workflow's file in the repository, for images that no file names. */
export function renderSarif(report: AuditReport, workflow: string): string {
  const kinds = FINDING_KINDS.filter(kind => report.findings.some(finding => finding.kind === kind))
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: report.action.name,
            semanticVersion: report.action.version,
            informationUri: DOCUMENTATION,
            rules: kinds.map(ruleOf)
          }
        },
        automationDetails: {id: 'verified-image-audit/'},
        invocations: [
          {
            executionSuccessful: report.outcome === 'clean' || report.outcome === 'findings',
            startTimeUtc: report.startedAt
          }
        ],
        columnKind: 'utf16CodeUnits',
        results: report.findings.slice(0, MAX_RESULTS).map(finding => resultOf(finding, kinds, workflow))
      }
    ]
  }
  return `${JSON.stringify(log, undefined, 2)}\n`
}

function ruleOf(kind: FindingKind): unknown {
  return {
    id: kind,
    name: kind.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: {text: KIND_TITLES[kind]},
    helpUri: `${DOCUMENTATION}#${kind}`,
    defaultConfiguration: {level: LEVELS[USUAL_SEVERITY[kind]]}
  }
}

function resultOf(finding: FindingReport, kinds: readonly FindingKind[], workflow: string): unknown {
  const {kind, severity, image, message, advice, locations, fingerprint} = finding
  const name = image === undefined ? '' : `${image}: `
  const places = locations.length === 0 ? [{file: workflow, line: 1}] : locations.slice(0, MAX_LOCATIONS)
  return {
    ruleId: kind,
    ruleIndex: kinds.indexOf(kind),
    level: LEVELS[severity],
    message: {text: asPlainText(`${name}${message} ${advice}`)},
    locations: places.map(({file, line}) => ({
      physicalLocation: {
        artifactLocation: {uri: file.split('/').map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%'},
        region: {startLine: line}
      }
    })),
    partialFingerprints: {'verifiedImageFinding/v1': fingerprint}
  }
}

// Brackets are links in a message (§3.11.6), and a registry's error text may have them.
function asPlainText(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}]/gu, '\ufffd')
    .replaceAll('[', '(')
    .replaceAll(']', ')')
}
