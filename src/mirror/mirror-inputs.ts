// The inputs of the action `mirror`: which of the shared ones it has, and its own; see mirror/action.yml for their meaning.
// All platforms are copied, and all of their bytes verified, so there is no input for either.

import {omitUndefined} from '../oci/omit-undefined.ts'
import {type ActionInputs, DEFAULTS, OTHER_DEFAULTS} from '../runner/input-reader.ts'

/** The inputs, in the order of mirror/action.yml. */
export const MIRROR_INPUTS: ActionInputs = {
  defaults: orderedDefaults(),
  fixed: {platform: 'all', verify: 'full', 'fallback-tags': '', load: 'false', layout: ''}
}

function orderedDefaults(): ActionInputs['defaults'] {
  const {to, attachments, ...target} = OTHER_DEFAULTS
  const {image, files, 'file-variables': variables, ...shared} = DEFAULTS
  const own = {to, image, files, 'file-variables': variables, attachments, 'dry-run': target['dry-run']}
  const credentials = {'target-username': target['target-username'], 'target-password': target['target-password']}
  return omitUndefined({
    ...own,
    ...credentials,
    ...shared,
    timeout: '60m',
    platform: undefined,
    verify: undefined,
    'fallback-tags': undefined,
    load: undefined,
    layout: undefined
  })
}
