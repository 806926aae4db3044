// The action mirror with ghcr.io as target, by its real name: the job's token pushes there, goes nowhere else, and what to do when
// GitHub denies it.

import {describe, expect, it} from '@jest/globals'
import {type Fault, ociError} from './support/fault.ts'
import {type FaultRegistry, startFaultRegistry} from './support/fault-registry.ts'
import {healthyImage} from './support/fault-table.ts'
import {startInternet} from './support/internet.ts'
import {attach, expectWhole, REPOSITORY, runMirrorAction, TAG} from './support/mirror-fixture.ts'
import {publish} from './support/registry-content.ts'
import type {ActionRun} from './support/run-action.ts'

const JOB = 'ghs_Rj4Nc8Yd1Hs6Gf0Q'
const PACKAGE = 'acme/mirror/app'

type Seen = {readonly run: ActionRun; readonly source: FaultRegistry; readonly ghcr: FaultRegistry}

async function copyToGhcr(faults: readonly Fault[], test: (seen: Seen) => void): Promise<void> {
  const source = await startFaultRegistry({
    content: [publish(REPOSITORY, TAG, healthyImage), attach(REPOSITORY, healthyImage)],
    expectsMissing: true
  })
  const ghcr = await startFaultRegistry({
    // The fake token server issues no token for a repository that it does not know.
    content: [{repository: PACKAGE, tags: {}, manifests: [], blobs: [], private: true}],
    auth: {
      kind: 'bearer',
      like: 'ghcr',
      service: 'ghcr.io',
      realm: 'https://ghcr.io/token',
      credentials: [{password: JOB}]
    },
    push: {},
    expectsMissing: true,
    faults
  })
  const internet = await startInternet({'ghcr.io': ghcr.ports.registry})
  try {
    const run = await runMirrorAction(
      {
        image: `${source.host}/${REPOSITORY}:${TAG}`,
        // As in a workflow: the owner's name has capitals.
        to: `${source.host}/${REPOSITORY}=ghcr.io/Acme/mirror/app`,
        'github-token': JOB,
        backoff: '5ms',
        attempts: '2'
      },
      {env: internet.environment}
    )
    expect(internet.refused).toEqual([])
    test({run, source, ghcr})
  } finally {
    await Promise.all([source.close(), ghcr.close(), internet.close()])
  }
}

function errors({annotations}: ActionRun): string {
  return annotations.map(({message}) => message).join('\n')
}

/** Where the job's token was sent, by its own name or as a password. */
function sentTo({journal}: FaultRegistry): readonly string[] {
  const basic = (header: string): string => Buffer.from(header.replace(/^Basic /, ''), 'base64').toString()
  return journal
    .filter(({headers: {authorization = ''}}) => authorization.includes(JOB) || basic(authorization).includes(JOB))
    .map(({object}) => object)
}

describe('mirror to ghcr.io', () => {
  it("pushes with the job's token, which goes to its token server alone", async () => {
    await copyToGhcr([], ({run, source, ghcr}) => {
      expect([run.exitCode, run.annotations]).toEqual([0, []])
      expectWhole(ghcr, PACKAGE, TAG)
      expect(new Set(sentTo(ghcr))).toEqual(new Set(['token']))
      expect(source.journal.filter(({headers}) => headers.authorization !== undefined)).toEqual([])
      const scopes = ghcr.journal.filter(({object}) => object === 'token').map(({query}) => query.get('scope'))
      expect(new Set(scopes)).toEqual(new Set([`repository:${PACKAGE}:pull,push`]))
      expect(run.masks).toContain(JOB)
      expect(JSON.stringify([run.log, run.outputs, run.report, run.summary])).not.toContain(JOB)
      expect(run.log.join('\n')).toContain('is read as')
    })
  })

  it('says how a package is opened to the job, where GitHub denies write_package', async () => {
    const denial = ociError(403, 'DENIED', 'permission_denied: write_package')
    await copyToGhcr([{on: 'upload', do: denial, times: 'always'}], ({run, source, ghcr}) => {
      expect([run.exitCode, ghcr.contentOf(PACKAGE).tags]).toEqual([1, {}])
      expect(errors(run)).toContain('permission_denied: write_package')
      expect(errors(run)).toContain('permissions: packages: write')
      expect(errors(run)).toContain('package mirror/app')
      expect(errors(run)).toContain('"Manage Actions access"')
      expect(run.summary).toContain('Manage Actions access')
      // It was asked for before the first layer.
      expect(source.journal.filter(({object}) => object.startsWith('layer['))).toEqual([])
    })
  })

  it('shows the words of the token server that issues no token, and does not try without the login', async () => {
    const denial = ociError(403, 'DENIED', 'permission_denied: read_package')
    await copyToGhcr([{on: 'token', do: denial, times: 'always'}], ({run, ghcr}) => {
      expect(run.exitCode).toBe(1)
      expect(errors(run)).toContain('permission_denied: read_package')
      expect(errors(run)).toContain('permissions: packages: write')
      const tokens = ghcr.journal.filter(({object}) => object === 'token')
      expect(tokens.filter(({headers}) => headers.authorization === undefined)).toEqual([])
    })
  })

  it("waits for GitHub's secondary rate limit, which comes as 403", async () => {
    const limit = ociError(403, 'DENIED', 'You have exceeded a secondary rate limit')
    await copyToGhcr([{on: 'upload-put', do: limit}], ({run, ghcr}) => {
      expect(run.exitCode).toBe(0)
      expectWhole(ghcr, PACKAGE, TAG)
    })
  })
})
