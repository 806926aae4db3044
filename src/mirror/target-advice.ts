// What a reader can do about a target that does not take an image: registries say little, and each has its own way.
// Pure. Advice begins with a verb.

import type {Failure} from '../failure/failure.ts'
import {endpointOf, type Repository} from '../oci/reference.ts'

export function adviceForTarget(failure: Failure, repository: Repository): string {
  const host = endpointOf(repository.registry)
  switch (failure.kind) {
    case 'not-found':
      return `${createRepository(repository)}, or correct the target in the input to.`
    case 'unauthorized':
    case 'denied':
      return isQuota(failure.detail) ? quota(host) : allowPush(failure, repository)
    case 'throttled':
      return `Run the step again later, or less often: ${host} limits requests. What has arrived is not sent again.`
    case 'server-error':
      return failure.status === 507
        ? quota(host)
        : `Run the step again when ${host} works. What has arrived is not sent again.`
    case 'protocol':
      return adviceOnProtocol(failure, host)
    case 'unreachable':
      return failure.reason === 'tls-identity'
        ? `Trust the CA of ${host} on this machine, as docker does: /etc/docker/certs.d/${repository.registry}/ca.crt.`
        : `Check that this runner reaches ${host}, and run the step again. What has arrived is not sent again.`
    case 'timed-out':
      return `Run the step again: what has arrived is not sent again. If it takes longer than before, raise the input timeout.`
    case 'digest-disagrees':
      return `Run the step again: another writer changed the target at ${host} at the same time.`
    default:
      return `Check the repository at ${host}, and run the step again.`
  }
}

const ECR = /^\d+\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/

function createRepository({registry, path}: Repository): string {
  const [, region] = ECR.exec(registry) ?? []
  if (region !== undefined)
    return `Create the repository, which ECR does not do by itself: aws ecr create-repository --repository-name ${path} --region ${region}`
  if (registry === 'public.ecr.aws')
    return `Create the repository, which ECR Public does not do by itself: aws ecr-public create-repository --repository-name ${path.split('/').slice(1).join('/')} --region us-east-1`
  const [project = path, repository = ''] = path.split('/')
  const [, location] = /^([a-z0-9-]+)-docker\.pkg\.dev$/.exec(registry) ?? []
  if (location !== undefined)
    return `Create the repository, which Artifact Registry does not do by itself: gcloud artifacts repositories create ${repository} --project ${project} --location ${location} --repository-format docker`
  return `Create the repository ${path} (at Harbor, the project ${project}) at ${registry}`
}

function allowPush(
  {credentials}: Extract<Failure, {kind: 'unauthorized' | 'denied'}>,
  {registry, path}: Repository
): string {
  if (registry === 'ghcr.io') {
    const name = path.split('/').slice(1).join('/')
    return `Give the job the right to push: permissions: packages: write. If the package ${name} was not made by a workflow of this repository, open its settings, "Manage Actions access", and add this repository with the role Write. A token of another account needs the scope write:packages.`
  }
  return credentials === 'none'
    ? `Log in to ${registry} with an account that may push to ${path}: set target-username and target-password, or use docker/login-action.`
    : `Give the account the right to push to ${path} at ${registry}, or check target-username and target-password.`
}

function adviceOnProtocol({status, detail, isHtml}: Extract<Failure, {kind: 'protocol'}>, host: string): string {
  if (status === 413)
    return `Raise the size of uploads that the proxy before ${host} accepts: client_max_body_size of nginx.`
  if (isQuota(detail)) return quota(host)
  if (isHtml) return `Check what answers for ${host}: a web page came where a registry should answer.`
  // An upload that is gone.
  if (status === 404)
    return `Check that all servers behind ${host} know the same uploads (of distribution: the same storage and REGISTRY_HTTP_SECRET), and run the step again.`
  if (/\b(?:DIGEST|SIZE)_INVALID\b/.test(detail))
    return `Run the step again. If it fails again, look for what changes uploads on their way to ${host}: the bytes that were sent are verified.`
  return status === undefined
    ? `Run the step again. If it fails again, report what ${host} answers to its operator.`
    : `Check whether ${host} takes images of this type, and report what it says to its operator.`
}

function quota(host: string): string {
  return `Free space at ${host}, or raise its quota. Nothing is left under a tag.`
}

function isQuota(detail: string): boolean {
  return /quota|storage limit|insufficient storage|exceed/i.test(detail)
}
