// What a reader is told about a target that does not take an image: the command for ECR, the setting at GitHub.

import {describe, expect, it} from '@jest/globals'
import type {Failure} from '../../src/failure/failure.ts'
import {adviceForTarget} from '../../src/mirror/target-advice.ts'

const missing: Failure = {kind: 'not-found', status: 404, detail: 'NAME_UNKNOWN'}
const denied: Failure = {kind: 'denied', status: 403, detail: 'write_package', credentials: 'none'}

const refused: Failure = {kind: 'denied', status: 403, detail: 'write_package', credentials: 'refused'}

const ROWS: readonly {readonly registry: string; readonly failure: Failure; readonly says: string}[] = [
  {
    registry: '123456789012.dkr.ecr.eu-west-1.amazonaws.com',
    failure: missing,
    says: 'aws ecr create-repository --repository-name hub/php --region eu-west-1'
  },
  {registry: 'public.ecr.aws', failure: missing, says: 'aws ecr-public create-repository --repository-name php'},
  {
    registry: 'europe-docker.pkg.dev',
    failure: missing,
    says: 'gcloud artifacts repositories create php --project hub --location europe --repository-format docker'
  },
  {
    registry: 'reg.example.com',
    failure: {kind: 'protocol', status: 404, detail: 'the upload is gone', isHtml: false},
    says: 'REGISTRY_HTTP_SECRET'
  },
  {
    registry: 'reg.example.com',
    failure: {kind: 'protocol', detail: 'cannot be read back', isHtml: false},
    says: 'If it fails again'
  },
  {registry: 'harbor.example.com', failure: missing, says: 'the project hub'},
  {registry: 'ghcr.io', failure: denied, says: 'permissions: packages: write'},
  {registry: 'ghcr.io', failure: denied, says: 'Manage Actions access'},
  {registry: 'reg.example.com', failure: denied, says: 'target-username'},
  {
    registry: 'reg.example.com',
    failure: refused,
    says: 'the right to push to hub/php at reg.example.com'
  },
  {
    registry: 'reg.example.com',
    failure: {kind: 'protocol', status: 413, detail: 'HTTP 413', isHtml: true},
    says: 'client_max_body_size'
  },
  {
    registry: 'reg.example.com',
    failure: {kind: 'unreachable', reason: 'tls-identity', detail: ''},
    says: '/etc/docker/certs.d/reg.example.com/ca.crt'
  }
]

describe('adviceForTarget', () => {
  it.each(ROWS)('says "$says" for $registry', ({registry, failure, says}) => {
    const advice = adviceForTarget(failure, {registry, path: 'hub/php'})
    expect(advice).toContain(says)
    expect(advice).toMatch(/^[A-Z][a-z]+ /)
  })
})
