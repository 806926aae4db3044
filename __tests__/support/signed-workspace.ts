// What tests of signatures start from: a registry with one image that nobody has signed yet, and a workspace with the trust root of an
// authority, as root.json. The inputs require a signature by a workflow of acme/images.

import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {Digest} from '../../src/oci/digest.ts'
import type {JsonObject} from '../../src/oci/json.ts'
import {type Authorities, dsseBundle, type Leaf, statementOf} from './authorities.ts'
import {type Index, makePublished} from './images.ts'
import {type ActionRun, runAction, type RunActionOptions} from './run-action.ts'
import {type SignedRegistry, startSignedRegistry} from './signed-registry.ts'

/** The repository of the image. Its tag is `1`. */
export const PATH = 'acme/app'

export type Inputs = Readonly<Record<string, string>>

export type SignedWorkspace = {
  readonly registry: SignedRegistry
  readonly workspace: string
  readonly index: Index
  /** Of the index. */
  readonly digest: Digest
  readonly close: () => Promise<void>
}

/** Opens a workspace and its registry. Images of different seeds have different bytes. */
export async function openSignedWorkspace(authorities: Authorities, seed: number): Promise<SignedWorkspace> {
  const workspace = await mkdtemp(join(tmpdir(), 'verified-image-signed-'))
  await writeFile(join(workspace, 'root.json'), JSON.stringify(authorities.root()))
  const registry = await startSignedRegistry()
  const index = makePublished({seed})
  const digest = registry.publish(PATH, '1', index)
  return {
    ...{registry, workspace, index, digest},
    close: async () => {
      await Promise.all([registry.close(), rm(workspace, {recursive: true, force: true})])
    }
  }
}

/** The inputs that the three actions have. */
export function signedInputs({host}: SignedRegistry): Inputs {
  return {
    image: `${host}/${PATH}:1`,
    'public-mirrors': '',
    'signed-by': 'github:acme/images',
    'trusted-root': 'root.json',
    attempts: '2',
    backoff: '1ms'
  }
}

/** The workspace, and the registry as GitHub's API. */
export function signedOptions(
  {registry, workspace}: Pick<SignedWorkspace, 'registry' | 'workspace'>,
  {env, ...more}: RunActionOptions = {}
): RunActionOptions {
  return {cwd: workspace, ...more, env: {GITHUB_API_URL: `http://${registry.host}`, ...env}}
}

/** Runs the action in the root of this repository. */
export function runSigned(
  opened: Pick<SignedWorkspace, 'registry' | 'workspace'>,
  more: Inputs = {},
  options: RunActionOptions = {}
): Promise<ActionRun> {
  const inputs = {...signedInputs(opened.registry), platform: 'linux/amd64', ...more}
  return runAction(inputs, signedOptions(opened, options))
}

/** A bundle with a statement about a digest, as bytes. */
export async function bundleAbout(
  subject: Digest,
  {more = {}, ...by}: {readonly leaf: Leaf; readonly authorities: Authorities; readonly more?: JsonObject}
): Promise<Buffer> {
  return Buffer.from(JSON.stringify(await dsseBundle({...by, payload: statementOf(subject, more)})))
}
