export const id = 108;
export const ids = [108];
export const modules = {

/***/ 9108:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  createSignatureInspector: () => (/* binding */ createSignatureInspector)
});

// EXTERNAL MODULE: ./build/failure/error.js
var failure_error = __webpack_require__(6563);
// EXTERNAL MODULE: ./build/http/private-address.js
var private_address = __webpack_require__(2399);
// EXTERNAL MODULE: ./build/oci/json.js
var oci_json = __webpack_require__(2782);
// EXTERNAL MODULE: ./build/registry/exchange.js
var exchange = __webpack_require__(2133);
// EXTERNAL MODULE: ./build/registry/plain-http.js
var plain_http = __webpack_require__(9303);
// EXTERNAL MODULE: ./build/registry/response.js
var registry_response = __webpack_require__(4439);
// EXTERNAL MODULE: ./build/http/read-limited.js
var read_limited = __webpack_require__(4234);
;// CONCATENATED MODULE: ./build/github/attestations.js
// GitHub's API for attestations (REST, "Repository attestations"): the bundles that a repository has for a digest.
// The job's token goes to the API alone. A bundle may be at another host, under a signed address that needs no token.







const DEFAULT_API = 'https://api.github.com';
// A page of a hundred bundles of 20 kB each has 2 MB. Provenance of large matrices has more.
const MAX_PAGE_BYTES = 16 * 1024 * 1024;
function createAttestationsPort(options) {
    const api = apiOf(options.apiUrl);
    return {
        host: api.host,
        list: async ({ owner, repository, digest, ...request }) => {
            // An owner is an organization or a user, and each has a path of its own.
            const paths = repository === undefined ? [`orgs/${owner}`, `users/${owner}`] : [`repos/${owner}/${repository}`];
            for (const path of paths) {
                const bytes = await send(options, request, {
                    url: new URL(`${api.href}/${path}/attestations/${digest}?per_page=${String(Math.min(100, options.limit))}`),
                    headers: headersOf(options),
                    maxBytes: MAX_PAGE_BYTES
                });
                if (bytes !== undefined)
                    return attestationsIn(bytes).slice(0, options.limit);
            }
            return [];
        },
        fetchBundle: async ({ url, ...request }) => {
            if (url.protocol !== 'https:' && !(0,plain_http/* isLoopback */.U)(api.host))
                refuse(`the bundle is not at an https address`);
            if ((0,private_address/* isPrivateHost */.Sf)(url.hostname) && !(0,private_address/* isPrivateHost */.Sf)(api.hostname))
                refuse(`the bundle is at the private address ${url.host}`);
            const bytes = await send(options, request, { url, headers: {}, maxBytes: options.maxBundleBytes });
            return bytes ?? (0,failure_error/* fail */.f)({ kind: 'not-found', status: 404, detail: '' });
        }
    };
}
/** A runner sets GITHUB_API_URL, and so can an earlier step: the token is not sent in the clear. */
function apiOf(text) {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const isSafe = url !== undefined && (url.protocol === 'https:' || (url.protocol === 'http:' && (0,plain_http/* isLoopback */.U)(url.host)));
    const used = isSafe ? url : new URL(DEFAULT_API);
    return { href: used.href.replace(/\/+$/, ''), host: used.host, hostname: used.hostname };
}
function headersOf({ token }) {
    return {
        accept: 'application/vnd.github+json',
        'x-github-api-version': '2022-11-28',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` })
    };
}
/** The body; undefined where there is nothing. Headers are for the first origin alone. */
async function send({ http, userAgent, nowMs, wallClockMs, limitRate }, request, { url: first, headers, maxBytes }) {
    const from = { ...request, repository: { registry: first.host, path: '' } };
    const answer = await (0,exchange/* followRedirects */.F)(first, {
        send: ({ url, isDirect }) => (0,exchange/* exchange */.c)({ http, userAgent, nowMs, limitRate }, from, url, { method: 'GET', headers: isDirect ? headers : {} }),
        checkTarget: target => {
            if ((0,private_address/* isPrivateHost */.Sf)(target.hostname) && !(0,private_address/* isPrivateHost */.Sf)(first.hostname))
                refuse(`a redirect to the private address ${target.host}`);
        }
    });
    const { status, body, isDirect } = answer;
    if (status === 200)
        return readWhole(body, maxBytes);
    const error = await (0,read_limited/* readLimited */.t)(body, registry_response/* MAX_ERROR_BYTES */.uE);
    // 422: the digest is of a kind that GitHub does not know.
    if (status === 404 || status === 422)
        return undefined;
    const author = isDirect ? 'registry' : 'elsewhere';
    const response = { status, headers: answer.headers, body: error, author };
    return (0,failure_error/* fail */.f)((0,registry_response/* failureOfStatus */.wU)(response, { credentials: 'none', nowMs: wallClockMs() }));
}
async function readWhole(body, maxBytes) {
    const chunks = [];
    let received = 0;
    for await (const chunk of body) {
        received += chunk.length;
        if (received > maxBytes)
            (0,failure_error/* fail */.f)({ kind: 'too-large', limitBytes: maxBytes, detail: `more than ${String(maxBytes)} bytes of attestations` });
        chunks.push(Buffer.from(chunk));
    }
    return Buffer.concat(chunks);
}
function attestationsIn(bytes) {
    const json = (0,oci_json/* decodeJsonObject */.sw)(bytes);
    const list = json.ok ? json.value['attestations'] : undefined;
    if (!Array.isArray(list))
        return refuse('the list of attestations is not valid');
    return list.filter(oci_json/* isObject */.Gv).flatMap((entry) => {
        const bundle = entry['bundle'];
        if ((0,oci_json/* isObject */.Gv)(bundle))
            return [{ kind: 'bundle', json: Buffer.from(JSON.stringify(bundle)) }];
        const url = (0,oci_json/* stringAt */.bX)(entry, 'bundle_url') ?? '';
        return URL.canParse(url) ? [{ kind: 'address', url: new URL(url) }] : [];
    });
}
function refuse(detail) {
    return (0,failure_error/* fail */.f)({ kind: 'protocol', detail, isHtml: false });
}

// EXTERNAL MODULE: ./build/http/certificates.js + 4 modules
var certificates = __webpack_require__(6724);
// EXTERNAL MODULE: ./build/http/http-client.js + 2 modules
var http_client = __webpack_require__(9779);
// EXTERNAL MODULE: ./build/oci/digest.js
var oci_digest = __webpack_require__(1564);
// EXTERNAL MODULE: ./build/oci/parsed.js
var parsed = __webpack_require__(8725);
// EXTERNAL MODULE: ./build/oci/quote-line.js
var quote_line = __webpack_require__(5689);
;// CONCATENATED MODULE: ./build/signature/printable.js
// Text from certificates, statements, and annotations, as JSON for messages.
// Everyone who can push a signature can choose all of it.

function quotePrintable(text) {
    return JSON.stringify((0,quote_line/* quoteLine */.t)(text));
}

;// CONCATENATED MODULE: ./build/signature/statement.js
// What a signature is about: an in-toto statement in a DSSE envelope, or a payload of cosign.
// Pure. @sigstore/verify proves who signed these bytes, and does not look at them, so digests and types are compared here.




/** The payload type of an in-toto statement. A signature of other bytes must not pass for one. */
const IN_TOTO = 'application/vnd.in-toto+json';
const STATEMENT_TYPES = ['https://in-toto.io/Statement/v1', 'https://in-toto.io/Statement/v0.1'];
/**
 * Predicate types that say "this is what we publish": what `cosign sign` writes, and provenance. The same identity also signs SBOMs, and
 * reports of failed scans, which do not say that.
 */
const SIGNATURE_PREDICATES = [
    'https://sigstore.dev/cosign/sign/v1',
    'https://slsa.dev/provenance/v1',
    'https://slsa.dev/provenance/v0.2'
];
// cosign's specs/SIGNATURE_SPEC.md. Versions before 3 write the words, version 3 the URI too.
const PAYLOAD_TYPES = ['cosign container image signature', 'https://sigstore.dev/cosign/sign/v1'];
/** The predicate type of a statement about this digest. */
function readStatement(payloadType, payload, digest) {
    if (payloadType !== IN_TOTO)
        return (0,parsed/* invalid */.G)(`its payload type is ${quotePrintable(payloadType)}, not ${IN_TOTO}`);
    const statement = (0,oci_json/* decodeJsonObject */.sw)(payload);
    if (!statement.ok)
        return (0,parsed/* invalid */.G)(`its statement is not valid: ${statement.reason}`);
    const type = (0,oci_json/* stringAt */.bX)(statement.value, '_type') ?? '';
    if (!STATEMENT_TYPES.includes(type))
        return (0,parsed/* invalid */.G)(`its type is ${quotePrintable(type)}, not an in-toto statement`);
    const { subject } = statement.value;
    // A statement may be about a thousand subjects.
    const isAbout = Array.isArray(subject) && subject.some(one => (0,oci_json/* isObject */.Gv)(one) && hasDigest(one, digest));
    if (!isAbout)
        return (0,parsed/* invalid */.G)('it is about another image: none of its subjects has this digest');
    const predicate = (0,oci_json/* stringAt */.bX)(statement.value, 'predicateType') ?? '';
    return predicate === '' ? (0,parsed/* invalid */.G)('it has no predicate type') : (0,parsed/* valid */.r)(predicate);
}
function hasDigest(subject, digest) {
    const digests = subject['digest'];
    const algorithm = (0,oci_digest/* algorithmOf */.Hy)(digest);
    return (0,oci_json/* isObject */.Gv)(digests) && (0,oci_json/* stringAt */.bX)(digests, algorithm) === digest.slice(algorithm.length + 1);
}
/**
 * Why a payload of cosign is not about this digest; undefined if it is. `docker-reference` in it is ignored, as the specification says: a
 * copy of a signature stays valid at another registry.
 */
function checkPayload(payload, digest) {
    const json = (0,oci_json/* decodeJsonObject */.sw)(payload);
    if (!json.ok)
        return `its payload is not valid: ${json.reason}`;
    const critical = json.value['critical'];
    if (!(0,oci_json/* isObject */.Gv)(critical))
        return 'its payload has no critical part';
    const type = (0,oci_json/* stringAt */.bX)(critical, 'type') ?? '';
    if (!PAYLOAD_TYPES.includes(type))
        return `its payload type is ${quotePrintable(type)}, not an image signature`;
    const image = critical['image'];
    const found = (0,oci_json/* isObject */.Gv)(image) ? (0,oci_json/* stringAt */.bX)(image, 'docker-manifest-digest') : undefined;
    return found === digest ? undefined : 'it is about another image: its payload has another digest';
}

;// CONCATENATED MODULE: ./build/signature/candidate-signature.js
// What may be a signature: a Sigstore bundle, or a layer of cosign's older format, which is turned into a bundle here.
// Pure. Everything in it is the claim of someone who can push to a registry.





/** Reads a candidate for this digest. */
function readCandidate(candidate, digest) {
    return candidate.kind === 'bundle' ? readBundle(candidate.json, digest) : readCosign(candidate, digest);
}
// The library accepts every version (v9.9) that has this form, and would verify a later one by the rules of today.
const MEDIA_TYPES = [1, 2, 3].flatMap(minor => [
    `application/vnd.dev.sigstore.bundle+json;version=0.${String(minor)}`,
    `application/vnd.dev.sigstore.bundle.v0.${String(minor)}+json`
]);
function readBundle(json, digest) {
    const decoded = (0,oci_json/* decodeJsonObject */.sw)(json);
    if (!decoded.ok)
        return unusable(`the bundle is not valid: ${decoded.reason}`);
    const bundle = decoded.value;
    const mediaType = (0,oci_json/* stringAt */.bX)(bundle, 'mediaType') ?? '';
    if (!MEDIA_TYPES.includes(mediaType))
        return unusable(`the bundle has the type ${quotePrintable(mediaType)}; v0.1, v0.2, and v0.3 are supported`);
    const { dsseEnvelope: envelope, messageSignature: message } = bundle;
    if ((0,oci_json/* isObject */.Gv)(envelope) && message === undefined)
        return readEnvelope(bundle, envelope, digest);
    if ((0,oci_json/* isObject */.Gv)(message) && envelope === undefined)
        return { ok: true, value: { bundle, predicate: undefined, artifact: 'manifest' } };
    return unusable('the bundle has no content, or more than one');
}
function readEnvelope(bundle, envelope, digest) {
    const signatures = envelope['signatures'];
    // The library verifies the first one alone.
    if (!Array.isArray(signatures) || signatures.length !== 1)
        return unusable('the envelope does not have exactly one signature');
    const payload = decodeBase64((0,oci_json/* stringAt */.bX)(envelope, 'payload') ?? '');
    if (!payload.ok)
        return unusable(`the payload of the envelope is not valid: ${payload.reason}`);
    const statement = readStatement((0,oci_json/* stringAt */.bX)(envelope, 'payloadType') ?? '', payload.value, digest);
    return statement.ok
        ? { ok: true, value: { bundle, predicate: statement.value, artifact: undefined } }
        : { ok: false, outcome: 'signature-broken', detail: statement.reason };
}
// The library decodes with Buffer.from, which skips what is not base64. Both have to see the same bytes.
function decodeBase64(text) {
    const bytes = Buffer.from(text, 'base64');
    const isCanonical = bytes.toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '');
    return isCanonical ? (0,parsed/* valid */.r)(bytes) : (0,parsed/* invalid */.G)('it is not base64');
}
// cosign's specs/SIGNATURE_SPEC.md.
const SIGNATURE = 'dev.cosignproject.cosign/signature';
const CERTIFICATE = 'dev.sigstore.cosign/certificate';
const LOG_ENTRY = 'dev.sigstore.cosign/bundle';
const TIMESTAMP = 'dev.sigstore.cosign/rfc3161timestamp';
function readCosign({ payload, annotations }, digest) {
    const reason = checkPayload(payload, digest);
    if (reason !== undefined)
        return { ok: false, outcome: 'signature-broken', detail: reason };
    const signature = decodeBase64(annotations[SIGNATURE] ?? '');
    if (!signature.ok || signature.value.length === 0)
        return unusable(`the layer has no signature in ${SIGNATURE}`);
    const key = keyMaterial(annotations[CERTIFICATE]);
    if (key === undefined)
        return unusable(`the certificate in ${CERTIFICATE} is not PEM`);
    const entries = logEntries(annotations[LOG_ENTRY]);
    if (!entries.ok)
        return unusable(`the log entry in ${LOG_ENTRY} is not valid: ${entries.reason}`);
    const timestamps = timestampData(annotations[TIMESTAMP]);
    if (!timestamps.ok)
        return unusable(`the timestamp in ${TIMESTAMP} is not valid: ${timestamps.reason}`);
    const bundle = {
        mediaType: MEDIA_TYPES[0],
        verificationMaterial: { ...key, tlogEntries: entries.value, ...timestamps.value },
        messageSignature: {
            messageDigest: { algorithm: 'SHA2_256', digest: sha256(payload).toString('base64') },
            signature: signature.value.toString('base64')
        }
    };
    return { ok: true, value: { bundle, predicate: undefined, artifact: payload } };
}
function sha256(bytes) {
    return Buffer.from((0,oci_digest/* digestOf */.ol)(bytes).slice('sha256:'.length), 'hex');
}
/** The first certificate; a public key, which is known from the rule alone, where there is none. */
function keyMaterial(pem) {
    if (pem === undefined || pem === '')
        return { publicKey: { hint: '' } };
    const [, base64 = ''] = /-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/.exec(pem) ?? [];
    const rawBytes = base64.replace(/\s+/g, '');
    return rawBytes === '' ? undefined : { x509CertificateChain: { certificates: [{ rawBytes }] } };
}
function logEntries(annotation) {
    if (annotation === undefined || annotation === '')
        return (0,parsed/* valid */.r)([]);
    const json = (0,oci_json/* decodeJsonObject */.sw)(Buffer.from(annotation));
    if (!json.ok)
        return json;
    const { Payload: payload } = json.value;
    const promise = (0,oci_json/* stringAt */.bX)(json.value, 'SignedEntryTimestamp');
    if (!(0,oci_json/* isObject */.Gv)(payload) || promise === undefined)
        return (0,parsed/* invalid */.G)('it has no payload or no timestamp');
    const canonicalizedBody = (0,oci_json/* stringAt */.bX)(payload, 'body') ?? '';
    const body = (0,oci_json/* decodeJsonObject */.sw)(Buffer.from(canonicalizedBody, 'base64'));
    const { integratedTime, logIndex } = payload;
    if (!body.ok || !Number.isSafeInteger(integratedTime) || !Number.isSafeInteger(logIndex))
        return (0,parsed/* invalid */.G)('its payload has no entry');
    return (0,parsed/* valid */.r)([
        {
            logIndex: String(logIndex),
            logId: { keyId: Buffer.from((0,oci_json/* stringAt */.bX)(payload, 'logID') ?? '', 'hex').toString('base64') },
            kindVersion: { kind: (0,oci_json/* stringAt */.bX)(body.value, 'kind') ?? '', version: (0,oci_json/* stringAt */.bX)(body.value, 'apiVersion') ?? '' },
            integratedTime: String(integratedTime),
            inclusionPromise: { signedEntryTimestamp: promise },
            canonicalizedBody
        }
    ]);
}
function timestampData(annotation) {
    if (annotation === undefined || annotation === '')
        return (0,parsed/* valid */.r)({});
    const json = (0,oci_json/* decodeJsonObject */.sw)(Buffer.from(annotation));
    if (!json.ok)
        return json;
    const signedTimestamp = (0,oci_json/* stringAt */.bX)(json.value, 'SignedRFC3161Timestamp');
    return signedTimestamp === undefined
        ? (0,parsed/* invalid */.G)('it has no timestamp')
        : (0,parsed/* valid */.r)({ timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp }] } });
}
function unusable(detail) {
    return { ok: false, outcome: 'signature-unusable', detail };
}

;// CONCATENATED MODULE: ./build/signature-lookup/found-candidate.js
// What a place returns when it is searched for signatures of a digest, and how much of it is read.
// Everyone who can push to the place decides how much there is.

/** Images of busy projects have about a dozen. */
const MAX_CANDIDATES = 64;
/** A statement about a thousand subjects has less than 1 MB. */
const MAX_SIGNATURE_BYTES = 8 * 1024 * 1024;

// EXTERNAL MODULE: ./node_modules/@sigstore/tuf/seeds.json
var seeds = __webpack_require__(8032);
;// CONCATENATED MODULE: ./build/signature/public-good-root.js
// The trust root of Sigstore's public-good instance: its certificate authorities, logs, and timestamp authorities.
// It is the one that @sigstore/tuf starts from. Dependabot keeps that package current, and a test warns before the root runs out.

const REPOSITORY = 'https://tuf-repo-cdn.sigstore.dev';
/** The document as JSON. */
function publicGoodRoot() {
    return Buffer.from(seeds[REPOSITORY].targets['trusted_root.json'], 'base64').toString('utf8');
}

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: ./node_modules/@sigstore/bundle/dist/index.js
var dist = __webpack_require__(1040);
// EXTERNAL MODULE: ./node_modules/@sigstore/protobuf-specs/dist/index.js
var protobuf_specs_dist = __webpack_require__(9654);
// EXTERNAL MODULE: ./node_modules/@sigstore/verify/dist/index.js
var verify_dist = __webpack_require__(4187);
// EXTERNAL MODULE: ./build/oci/omit-undefined.js
var omit_undefined = __webpack_require__(7064);
;// CONCATENATED MODULE: ./build/signature/log-entry-key.js
// The public key in the entry of a transparency log. @sigstore/verify compares signature and digest with the entry, and not the key:
// an entry that another key made would then vouch for the time of this signature (GHSA-whqx-f9j3-ch6m is the same gap in cosign).


/** The keys in an entry as DER of SubjectPublicKeyInfo. Empty where there is none that can be read. */
function keysInLogEntry(body) {
    return verifiersIn(body).flatMap(text => keyOf(text) ?? []);
}
/** The PEM or DER of each key or certificate, in base64. */
function verifiersIn(body) {
    const spec = objectAt(body, 'spec');
    const content = objectAt(spec, 'content');
    return [
        // hashedrekord 0.0.1
        (0,oci_json/* stringAt */.bX)(objectAt(objectAt(spec, 'signature'), 'publicKey'), 'content'),
        // dsse 0.0.1
        ...listAt(spec, 'signatures').map(signature => (0,oci_json/* stringAt */.bX)(signature, 'verifier')),
        // intoto 0.0.2
        ...listAt(objectAt(content, 'envelope'), 'signatures').map(signature => (0,oci_json/* stringAt */.bX)(signature, 'publicKey')),
        // hashedrekord and dsse 0.0.2
        ...[objectAt(objectAt(spec, 'hashedRekordV002'), 'signature'), ...listAt(objectAt(spec, 'dsseV002'), 'signatures')]
            .map(signature => objectAt(signature, 'verifier'))
            .flatMap(verifier => [
            (0,oci_json/* stringAt */.bX)(objectAt(verifier, 'x509Certificate'), 'rawBytes'),
            (0,oci_json/* stringAt */.bX)(objectAt(verifier, 'publicKey'), 'rawBytes')
        ])
    ].filter(text => text !== undefined);
}
function keyOf(base64) {
    try {
        const bytes = Buffer.from(base64, 'base64');
        const text = bytes.toString('latin1');
        // The log stores a PEM as it was sent, a certificate or a key.
        const isPem = text.includes('-----BEGIN ');
        if (isPem && !text.includes('CERTIFICATE'))
            return spkiOf((0,external_node_crypto_.createPublicKey)(text));
        return isPem ? spkiOf(new external_node_crypto_.X509Certificate(bytes).publicKey) : keyOfDer(bytes);
    }
    catch {
        return undefined;
    }
}
function keyOfDer(der) {
    try {
        return spkiOf((0,external_node_crypto_.createPublicKey)({ key: der, format: 'der', type: 'spki' }));
    }
    catch {
        return spkiOf(new external_node_crypto_.X509Certificate(der).publicKey);
    }
}
function spkiOf(key) {
    return key.export({ format: 'der', type: 'spki' });
}
function objectAt(object, key) {
    const value = object[key];
    return (0,oci_json/* isObject */.Gv)(value) ? value : {};
}
function listAt(object, key) {
    const value = object[key];
    return Array.isArray(value) ? value.filter(oci_json/* isObject */.Gv) : [];
}

// EXTERNAL MODULE: ./build/signature/signer.js
var signature_signer = __webpack_require__(6343);
;// CONCATENATED MODULE: ./build/signature/sigstore.js
// The one file that imports Sigstore's libraries: verifies a bundle against trust roots, or with a public key, without any request.
// They are loaded only for a run with rules. Each throw becomes an outcome here: a malformed bundle makes them throw any error.










function openTrustRoot(document) {
    try {
        const root = protobuf_specs_dist.TrustedRoot.fromJSON(document);
        // Fails for keys and certificates that cannot be read.
        (0,verify_dist/* toTrustMaterial */.jO)(root);
        const authorities = root.certificateAuthorities.flatMap(({ certChain }) => certChain?.certificates.map(({ rawBytes }) => new external_node_crypto_.X509Certificate(rawBytes)) ?? []);
        if (authorities.length === 0)
            return (0,parsed/* invalid */.G)('it has no certificate authority');
        // The library reads a missing start as "always": entries from before the log was trusted would count.
        const isDated = [...root.tlogs, ...root.ctlogs].every(({ publicKey }) => publicKey?.validFor?.start !== undefined);
        return isDated ? (0,parsed/* valid */.r)({ root, authorities }) : (0,parsed/* invalid */.G)('a log in it has no start of its validity');
    }
    catch (error) {
        return (0,parsed/* invalid */.G)(`it is not a Sigstore trust root: ${messageOf(error)}`);
    }
}
/** Verifies a bundle: certificate chain or key, log entries, timestamps, and signature. */
function verifyBundle(request) {
    try {
        return verifyEntity(request);
    }
    catch (error) {
        if (error instanceof Stale)
            return stale(error.message, error.organization);
        if (error instanceof verify_dist/* VerificationError */.mk)
            return broken((0,quote_line/* quoteLine */.t)(error.message));
        return { ok: false, outcome: 'signature-unusable', detail: `the bundle cannot be read: ${messageOf(error)}` };
    }
}
function verifyEntity({ bundle: json, artifact, roots, key }) {
    const bundle = (0,dist/* bundleFromJSON */.vw)(json);
    const { content, tlogEntries } = bundle.verificationMaterial;
    const { content: signed } = bundle;
    if (signed.$case === 'messageSignature' && artifact !== undefined) {
        // The log entry is compared with this digest, and the signature with the bytes.
        const { algorithm, digest } = signed.messageSignature.messageDigest;
        const computed = (0,external_node_crypto_.createHash)('sha256').update(artifact).digest();
        if (algorithm !== protobuf_specs_dist.HashAlgorithm.SHA2_256 || !computed.equals(digest))
            return broken('it is about other bytes than the manifest of this image');
    }
    const entity = (0,verify_dist/* toSignedEntity */.DC)(bundle, artifact === undefined ? undefined : Buffer.from(artifact));
    const hasKey = content.$case === 'publicKey';
    if (hasKey !== (key !== undefined))
        return {
            ok: false,
            outcome: 'other-key',
            detail: hasKey ? 'it is signed with a key' : 'it is signed with a certificate'
        };
    if (key !== undefined && !isSignedWith(entity, key.key))
        return { ok: false, outcome: 'other-key', detail: 'it does not verify with this key' };
    const signer = key === undefined ? verifyCertificate(entity, leafOf(content), roots) : verifyKey(entity, key, roots);
    checkLogKeys(entity, signer.key);
    return {
        ok: true,
        certificate: key === undefined ? identityOf(signer) : undefined,
        when: whenOf(entity, tlogEntries[0]?.logIndex)
    };
}
// A key of another kind than the signature makes OpenSSL throw.
function isSignedWith(entity, key) {
    try {
        return entity.signature.verifySignature(key);
    }
    catch {
        return false;
    }
}
function leafOf(content) {
    if (content.$case === 'certificate')
        return new external_node_crypto_.X509Certificate(content.certificate.rawBytes);
    const [leaf] = content.$case === 'x509CertificateChain' ? content.x509CertificateChain.certificates : [];
    if (leaf === undefined)
        throw new TypeError('it has no certificate');
    return new external_node_crypto_.X509Certificate(leaf.rawBytes);
}
/** The root decides how many log entries and timestamps are enough: it is the one that the certificate comes from. */
function verifyCertificate(entity, leaf, roots) {
    const issuing = roots.filter(({ authorities }) => authorities.some(authority => leaf.checkIssued(authority) && leaf.verify(authority.publicKey)));
    if (issuing.length === 0) {
        throw new Stale(`the certificate authority ${(0,quote_line/* quoteLine */.t)(leaf.issuer.replaceAll('\n', ', ').replaceAll('\\', ''))} is not in the trust roots`, organizationOf(leaf.issuer));
    }
    return firstSuccess(issuing, root => {
        checkAuthorities(entity, root);
        const { ctlogs, tlogs } = root.root;
        const verifier = new verify_dist/* Verifier */.BL((0,verify_dist/* toTrustMaterial */.jO)(root.root), {
            ctlogThreshold: ctlogs.length > 0 ? 1 : 0,
            tlogThreshold: tlogs.length > 0 ? 1 : 0,
            timestampThreshold: 1
        });
        return verifier.verify(entity);
    });
}
/** The organization in a name as OpenSSL prints it, with a backslash before a comma: `O=GitHub\\, Inc.`. */
function organizationOf(name) {
    return /^O=(.*)$/m.exec(name)?.[1]?.replace(/\\(.)/g, '$1');
}
/** A key proves the signature by itself. Log entries and timestamps that are there have to be right, too. */
function verifyKey(entity, { key, requiresLog }, roots) {
    return firstSuccess(roots, root => {
        checkAuthorities(entity, root);
        const material = (0,verify_dist/* toTrustMaterial */.jO)(root.root, () => ({ publicKey: key, validFor: () => true }));
        const thresholds = { ctlogThreshold: 0, tlogThreshold: requiresLog ? 1 : 0, timestampThreshold: 0 };
        return new verify_dist/* Verifier */.BL(material, thresholds).verify(entity);
    });
}
/** The first root that verifies; or else the error that says most: one that is not about a root that lacks an authority. */
function firstSuccess(roots, verify) {
    const errors = [];
    for (const root of roots) {
        try {
            return verify(root);
        }
        catch (error) {
            errors.push(error);
        }
    }
    throw errors.find(error => !(error instanceof Stale)) ?? errors[0];
}
/** A log or a timestamp authority that the root lacks says nothing about the signature: the root may be too old. */
class Stale extends Error {
    organization;
    constructor(message, organization) {
        super(message);
        this.organization = organization;
    }
}
function checkAuthorities({ tlogEntries, timestamps }, { root }) {
    const logs = root.tlogs.flatMap(({ logId, checkpointKeyId }) => [logId, checkpointKeyId].flatMap(id => id?.keyId ?? []));
    for (const { logId } of tlogEntries)
        if (!logs.some(known => Buffer.from(known).equals(logId.keyId)))
            throw new Stale(`the log ${(0,quote_line/* quoteLine */.t)(logId.keyId.toString('hex'))} is not in the trust roots`, undefined);
    const material = (0,verify_dist/* toTrustMaterial */.jO)(root);
    for (const timestamp of timestamps) {
        if (timestamp.$case !== 'timestamp-authority')
            continue;
        const { signerSerialNumber, signerIssuer } = timestamp.timestamp;
        const isKnown = material.timestampAuthorities.some(({ certChain: [leaf] }) => leaf?.serialNumber.equals(signerSerialNumber) === true && leaf.issuer.equals(signerIssuer));
        if (!isKnown)
            throw new Stale('the timestamp authority that dates the signature is not in the trust roots', undefined);
    }
}
/** Each log entry has the key that verified the signature. The library does not compare them. */
function checkLogKeys({ tlogEntries }, key) {
    const spki = key.export({ format: 'der', type: 'spki' });
    for (const { canonicalizedBody } of tlogEntries) {
        const body = (0,oci_json/* decodeJsonObject */.sw)(canonicalizedBody);
        const keys = body.ok ? keysInLogEntry(body.value) : [];
        if (keys.length === 0 || !keys.every(found => found.equals(spki)))
            throw new verify_dist/* VerificationError */.mk({
                code: 'TLOG_BODY_ERROR',
                message: 'the log entry is of another key than the signature'
            });
    }
}
// 1.3.6.1.4.1.57264.1: Fulcio's extensions. The first six are text, the later ones a UTF8String in DER.
const FULCIO = [1, 3, 6, 1, 4, 1, 57264, 1];
const LAST_RAW = 6;
function identityOf({ identity }) {
    const { subjectAlternativeName, extensions, oids = [] } = identity ?? {};
    const fulcio = oids.flatMap(({ oid, value }) => {
        const number = oid?.id.at(-1) ?? 0;
        const isFulcio = oid?.id.length === FULCIO.length + 1 && FULCIO.every((part, at) => oid.id[at] === part);
        const text = isFulcio ? (number <= LAST_RAW ? value.toString('utf8') : utf8String(value)) : undefined;
        return text === undefined ? [] : [[number, text]];
    });
    return {
        name: subjectAlternativeName ?? '',
        issuer: extensions?.issuer ?? '',
        extensions: new Map(fulcio)
    };
}
/** The text of a DER UTF8String; undefined for anything else. */
function utf8String(der) {
    const [tag, first = 0] = der;
    const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
    if (tag !== 0x0c || lengthBytes > 3 || der.length < 2 + lengthBytes)
        return undefined;
    const length = lengthBytes === 0 ? first : der.readUIntBE(2, lengthBytes);
    const text = der.subarray(2 + lengthBytes);
    return text.length === length ? text.toString('utf8') : undefined;
}
/** The time that a log or a timestamp authority vouches for. */
function whenOf({ timestamps }, logIndex) {
    const times = timestamps.flatMap(timestamp => timestamp.$case === 'timestamp-authority'
        ? [timestamp.timestamp.signingTime]
        : timestamp.tlogEntry.inclusionPromise === undefined
            ? []
            : [new Date(Number(timestamp.tlogEntry.integratedTime) * 1000)]);
    return (0,omit_undefined/* omitUndefined */.O)({ signedAt: times[0]?.toISOString(), logIndex });
}
function broken(detail) {
    return { ok: false, outcome: 'signature-broken', detail };
}
function stale(detail, organization) {
    return (0,omit_undefined/* omitUndefined */.O)({ ok: false, outcome: 'root-stale', detail, organization });
}
function messageOf(error) {
    return (0,quote_line/* quoteLine */.t)(error instanceof Error ? error.message : String(error));
}

// EXTERNAL MODULE: ./build/action/version.js
var version = __webpack_require__(5881);
;// CONCATENATED MODULE: ./build/action/signature-sources.js
// Where signatures come from beside registries, and what they are verified with: trust roots, and GitHub's API for attestations.
// The action and the audit look signatures up with the same ones.









/** Fails with 'invalid-input' for a trust root that cannot be used. */
function openTrustRoots({ signatures: { trustedRoots } }) {
    const builtIn = (0,oci_json/* decodeJsonObject */.sw)(Buffer.from(publicGoodRoot()));
    if (!builtIn.ok)
        throw new TypeError(`the built-in trust root is not valid: ${builtIn.reason}`);
    return (trustedRoots ?? [builtIn.value]).map(document => {
        const root = openTrustRoot(document);
        if (root.ok)
            return root.value;
        return (0,failure_error/* fail */.f)({
            kind: 'invalid-input',
            faults: [
                {
                    input: 'trusted-root',
                    value: '',
                    reason: root.reason,
                    example: 'trusted-root.jsonl, as `gh attestation trusted-root` prints it'
                }
            ]
        });
    });
}
function createGithubAttestations({ runtime, runner }, inputs, limitRate) {
    let opened;
    function open() {
        const { environment, clock, wallClock } = runtime;
        const http = (0,http_client/* createHttpClient */.u)({
            limits: inputs,
            environment,
            certificates: (0,certificates/* createCertificates */.z)({ environment, note: runner.print })
        });
        const port = createAttestationsPort({
            http,
            apiUrl: environment['GITHUB_API_URL'] ?? '',
            token: inputs.githubToken,
            userAgent: version/* USER_AGENT */._,
            nowMs: clock.nowMs,
            wallClockMs: () => wallClock().getTime(),
            maxBundleBytes: MAX_SIGNATURE_BYTES,
            limit: MAX_CANDIDATES,
            limitRate
        });
        return { port, close: http.close };
    }
    return {
        port: () => (opened ??= open()).port,
        close: () => opened?.close()
    };
}
/** The repositories and owners whose attestations GitHub is asked for, each once. */
function attestationSources(rules) {
    const sources = rules.flatMap(({ signer }) => signer.kind === 'github' ? [{ owner: signer.owner, repository: signer.repository }] : []);
    return [
        ...new Map(sources.map(source => [`${source.owner}/${source.repository ?? ''}`.toLowerCase(), source])).values()
    ];
}

// EXTERNAL MODULE: ./build/concurrency/semaphore.js
var semaphore = __webpack_require__(3814);
// EXTERNAL MODULE: ./build/oci/reference.js
var reference = __webpack_require__(907);
// EXTERNAL MODULE: ./build/failure/describe-failure.js
var describe_failure = __webpack_require__(3591);
// EXTERNAL MODULE: ./build/signature/outcome.js
var signature_outcome = __webpack_require__(7901);
// EXTERNAL MODULE: ./build/signature/signer-rule.js
var signer_rule = __webpack_require__(5682);
;// CONCATENATED MODULE: ./build/signature/judge.js
// Judges one candidate: reads it, verifies it, and compares who signed with the rules of the image.
// The order: what it is about, who signed it, and only then whether a rule accepts that signer.








/** Rejects only if the manifest cannot be fetched again. */
async function judge(candidate, subject, requirement) {
    const read = readCandidate(candidate, subject.digest);
    if (!read.ok)
        return { outcome: read.outcome, detail: read.detail };
    const { predicate } = read.value;
    const rules = requirement.rules.filter(rule => counts(rule, predicate));
    if (rules.length === 0)
        return {
            outcome: 'not-counted',
            detail: `an attestation of the type ${(0,quote_line/* quoteLine */.t)(predicate ?? '')} does not count as a signature; predicate= in the rule makes it count`
        };
    const artifact = read.value.artifact === 'manifest' ? await subject.manifest() : read.value.artifact;
    return verdictOf(read.value, { ...requirement, rules }, artifact);
}
function counts({ predicates }, predicate) {
    return predicate === undefined || SIGNATURE_PREDICATES.includes(predicate) || predicates.includes(predicate);
}
function verdictOf({ bundle }, { rules, keys, roots }, artifact) {
    const certified = verifyBundle({ bundle, artifact, roots, key: undefined });
    if (certified.ok || certified.outcome !== 'other-key')
        return verdictOfCertificate(certified, rules);
    const failures = [];
    for (const { signer, source } of rules) {
        const key = signer.kind === 'key' ? keys.get(signer.path) : undefined;
        if (signer.kind !== 'key' || key === undefined)
            continue;
        const verified = verifyBundle({ bundle, artifact, roots, key: { key, requiresLog: signer.requiresLog } });
        if (verified.ok)
            return { outcome: 'signed', signer: keySigner(signer.path, key, verified.when), rule: source };
        failures.push(verified);
    }
    const failure = failures.find(({ outcome }) => outcome !== 'other-key');
    if (failure !== undefined)
        return verdictOfFailure(failure);
    return failures.length === 0 ? SIGNED_BY_A_KEY : SIGNED_BY_ANOTHER_KEY;
}
const SIGNED_BY_A_KEY = {
    outcome: 'signed-by-another',
    signer: { kind: 'key' },
    detail: 'a key, and no rule for this image names one'
};
// Without the key itself, a signature by another key and a changed one look the same.
const SIGNED_BY_ANOTHER_KEY = {
    outcome: 'signed-by-another',
    signer: { kind: 'key' },
    detail: 'another key, or the signature was changed: it does not verify with a key of the rule'
};
function verdictOfCertificate(verified, rules) {
    if (!verified.ok)
        return verdictOfFailure(verified);
    const { certificate, when } = verified;
    if (certificate === undefined)
        return { outcome: 'signature-unusable', detail: 'it has no certificate' };
    const signer = (0,signature_signer/* signerOf */.Kv)(certificate, when);
    const rule = rules.find(({ signer: required }) => (0,signature_signer/* acceptsCertificate */.ZC)(required, certificate));
    return rule === undefined
        ? { outcome: 'signed-by-another', signer, detail: describeSigner(signer) }
        : { outcome: 'signed', signer, rule: rule.source };
}
function verdictOfFailure(failure) {
    const { outcome, detail, organization } = failure;
    if (outcome === 'other-key')
        return SIGNED_BY_ANOTHER_KEY;
    if (outcome !== 'root-stale')
        return { outcome, detail };
    return organization === undefined ? { outcome, detail } : { outcome, detail, organization };
}
function keySigner(path, key, when) {
    return { kind: 'key', key: path, keyDigest: (0,oci_digest/* digestOf */.ol)(key.export({ format: 'der', type: 'spki' })), ...when };
}
function describeSigner(signer) {
    const ref = signer.ref === undefined ? '' : ` ref=${signer.ref}`;
    return (0,quote_line/* quoteLine */.t)(`${(0,signature_signer/* signerRuleOf */.wh)(signer)}${ref}`);
}

// EXTERNAL MODULE: ./build/fetch/retry.js
var fetch_retry = __webpack_require__(9873);
;// CONCATENATED MODULE: ./build/signature/snappy.js
// Decompresses a raw Snappy block (google/snappy, format_description.txt): the form in which GitHub stores attestation bundles.
// The block comes from the network. Its length is checked before memory is allocated, and every read and copy is checked.

const NOT_SNAPPY = (0,parsed/* invalid */.G)('it is not a Snappy block');
/** The content, of at most `maxBytes`. */
function decompressSnappy(block, maxBytes) {
    const head = readLength(block);
    if (head === undefined)
        return NOT_SNAPPY;
    if (head.length > maxBytes)
        return (0,parsed/* invalid */.G)(`it decompresses to ${String(head.length)} bytes, more than ${String(maxBytes)}`);
    // Not even an element of three bytes that copies 64 can make more. A header alone must not make the run allocate memory.
    if (head.length > block.length * 64)
        return NOT_SNAPPY;
    const output = new Uint8Array(head.length);
    let at = head.end;
    let filled = 0;
    while (at < block.length) {
        const element = readElement(block, at);
        if (element === undefined || filled + element.length > output.length)
            return NOT_SNAPPY;
        if (element.offset === undefined) {
            const literal = block.subarray(element.end, element.end + element.length);
            if (literal.length < element.length)
                return NOT_SNAPPY;
            output.set(literal, filled);
            at = element.end + element.length;
        }
        else {
            if (element.offset === 0 || element.offset > filled)
                return NOT_SNAPPY;
            // Byte by byte: a copy may overlap what it writes.
            for (let to = filled; to < filled + element.length; to++)
                output[to] = output[to - element.offset] ?? 0;
            at = element.end;
        }
        filled += element.length;
    }
    return filled === output.length ? (0,parsed/* valid */.r)(output) : NOT_SNAPPY;
}
/** The length of the content, as a variable-length integer of at most 32 bits. */
function readLength(block) {
    let length = 0;
    for (let at = 0; at < 5; at++) {
        const byte = block[at];
        if (byte === undefined)
            return undefined;
        length += (byte & 0x7f) * 2 ** (7 * at);
        if (byte < 0x80)
            return length > 0xffff_ffff ? undefined : { length, end: at + 1 };
    }
    return undefined;
}
function readElement(block, at) {
    const tag = block[at] ?? 0;
    const value = tag >> 2;
    switch (tag & 3) {
        case 0: {
            const lengthBytes = Math.max(0, value - 59);
            const length = lengthBytes === 0 ? value : readLittleEndian(block, at + 1, lengthBytes);
            return length === undefined ? undefined : { length: length + 1, offset: undefined, end: at + 1 + lengthBytes };
        }
        case 1: {
            const low = readLittleEndian(block, at + 1, 1);
            return low === undefined ? undefined : { length: (value & 7) + 4, offset: (tag >> 5) * 256 + low, end: at + 2 };
        }
        default: {
            const bytes = (tag & 3) === 2 ? 2 : 4;
            const offset = readLittleEndian(block, at + 1, bytes);
            return offset === undefined ? undefined : { length: value + 1, offset, end: at + 1 + bytes };
        }
    }
}
function readLittleEndian(block, at, bytes) {
    if (at + bytes > block.length)
        return undefined;
    return Buffer.from(block.buffer, block.byteOffset, block.length).readUIntLE(at, bytes);
}

;// CONCATENATED MODULE: ./build/signature-lookup/github-signatures.js
// Attestations that GitHub keeps for a repository, as candidates for a digest.
// Most images that are built there have no signature in the registry unless the workflow pushes it.






/** Yields the attestations of a repository, or of an owner, for a digest. Rejects with the signal's reason. */
async function* findAtGithub(place, digest) {
    const { owner, repository, attestations, retry } = place;
    const listed = await settled(retry, () => (0,fetch_retry/* withRetry */.b)(retry, 'referrers', attempt => attestations.list({ ...attempt, owner, repository, digest })));
    if ('kind' in listed) {
        yield { kind: 'failed', detail: listed.detail };
        return;
    }
    for (const attestation of listed.value)
        yield await readAttestation(place, attestation);
}
async function readAttestation(place, attestation) {
    if (attestation.kind === 'bundle')
        return { kind: 'signature', signature: { kind: 'bundle', json: attestation.json } };
    const { attestations, retry } = place;
    const block = await settled(retry, () => (0,fetch_retry/* withRetry */.b)(retry, 'signature', attempt => attestations.fetchBundle({ ...attempt, url: attestation.url })));
    if ('kind' in block)
        return block;
    const json = decompressSnappy(block.value, MAX_SIGNATURE_BYTES);
    return json.ok
        ? { kind: 'signature', signature: { kind: 'bundle', json: json.value } }
        : { kind: 'unusable', detail: `the bundle at ${attestation.url.host} is not valid: ${json.reason}` };
}
async function settled(retry, run) {
    try {
        return { value: await run() };
    }
    catch (error) {
        retry.signal.throwIfAborted();
        if (!(error instanceof failure_error/* VerifiedImageError */.w))
            throw error;
        const { failure } = error;
        const isOfObject = failure.kind === 'not-found' || failure.kind === 'too-large';
        return { kind: isOfObject ? 'unusable' : 'failed', detail: (0,quote_line/* quoteLine */.t)((0,describe_failure/* describeFailure */.Ic)(failure)) };
    }
}

// EXTERNAL MODULE: ./build/oci/go-json.js
var go_json = __webpack_require__(3901);
// EXTERNAL MODULE: ./build/oci/manifest.js + 1 modules
var manifest = __webpack_require__(30);
// EXTERNAL MODULE: ./build/fetch/blob-fetcher.js + 2 modules
var blob_fetcher = __webpack_require__(4258);
;// CONCATENATED MODULE: ./build/registry/referrers.js
// What is attached to an image: the manifests that name its digest as their subject (OCI distribution specification 1.1).
// They are listed by the referrers API, or by an index under the referrers tag where a registry has no such API.





/** An index of more bytes is refused, as a manifest is. */
const MAX_REFERRERS_BYTES = 4 * 1024 * 1024;
// An image of a busy project has a few dozen referrers. Everyone who can push to the repository can add more.
const MAX_REFERRERS = 1000;
const MAX_PAGES = 20;
/** The referrers of a digest; undefined where the registry has neither the API nor the tag. Rejects with a VerifiedImageError. */
async function listReferrers(deps, request) {
    if (hasReferrersApi(request.repository))
        return (await listFromApi(deps, request)) ?? listFromTag(deps, request);
    return (await listFromTag(deps, request)) ?? listFromApi(deps, request);
}
/**
 * Whether to expect the API. ghcr.io has none: it redirects requests for it to github.com, which answers 404, or 429 under load. So
 * its tag is requested first.
 */
function hasReferrersApi({ registry }) {
    return registry !== 'ghcr.io';
}
/** The tag that holds the referrers where there is no API: `sha256-HEX` ("Referrers Tag Schema"). */
function referrersTag(digest) {
    // The specification cuts the algorithm after 32 characters and the digest after 64, so that a tag has at most 128.
    return digest.replace(':', '-').slice(0, 'sha512-'.length + 64);
}
/** The list of the referrers API, without repetitions; undefined where the registry has no such API. */
async function listFromApi({ registry, attempt }, { repository, digest, artifactType, limit = MAX_REFERRERS }) {
    const found = new Map();
    let page;
    for (let pages = 1;; pages++) {
        const result = await unlessMissing(isWithoutApi, () => attempt('referrers', async ({ count, ...request }) => {
            const response = await registry.openReferrers({ ...request, repository, digest, artifactType, page });
            return { index: await readIndex(response, count), nextPage: response.nextPage };
        }));
        if (result === undefined)
            return pages === 1 ? undefined : { ...listed('api', found, limit), isCutShort: true };
        for (const referrer of result.index)
            if (isOfType(referrer, artifactType))
                found.set(referrer.digest, referrer);
        page = result.nextPage;
        const isLast = page === undefined;
        if (isLast || found.size > limit || pages === MAX_PAGES) {
            const list = listed('api', found, limit);
            return { ...list, isCutShort: list.isCutShort || !isLast };
        }
    }
}
/** The list under the referrers tag; undefined where there is no such tag. */
async function listFromTag({ registry, attempt }, { repository, digest, artifactType, limit = MAX_REFERRERS }) {
    const reference = referrersTag(digest);
    const index = await unlessMissing(isNotFound, () => attempt('referrers', async ({ count, ...request }) => readIndex(await registry.openManifest({ ...request, repository, reference }), count)));
    if (index === undefined)
        return undefined;
    const ofType = index.filter(referrer => isOfType(referrer, artifactType));
    return listed('tag', new Map(ofType.map(referrer => [referrer.digest, referrer])), limit);
}
function listed(place, found, limit) {
    const referrers = [...found.values()];
    return { place, referrers: referrers.slice(0, limit), isCutShort: referrers.length > limit };
}
// Some registries ignore the filter. A descriptor without a type may still be of it, and only its manifest tells.
function isOfType({ artifactType }, wanted) {
    return wanted === undefined || artifactType === undefined || artifactType === wanted;
}
async function unlessMissing(isMissing, run) {
    try {
        return await run();
    }
    catch (error) {
        if (error instanceof failure_error/* VerifiedImageError */.w && error.object === undefined && isMissing(error.failure))
            return undefined;
        throw error;
    }
}
function isNotFound({ kind }) {
    return kind === 'not-found';
}
/** Statuses and pages with which registries answer requests for an API that they do not have. */
function isWithoutApi(failure) {
    if (failure.kind === 'protocol')
        return failure.isHtml || [400, 405, 406, 415].includes(failure.status ?? 0);
    return failure.kind === 'not-found' || (failure.kind === 'server-error' && failure.status === 501);
}
const INDEX = (0,go_json/* structOf */.Tb)({
    schemaVersion: 'integer',
    manifests: (0,go_json/* listOf */.c3)((0,go_json/* structOf */.Tb)({
        mediaType: 'string',
        digest: 'string',
        size: 'integer',
        artifactType: 'string',
        annotations: (0,go_json/* mapOf */.A7)('string')
    }))
});
/** The descriptors of an index that can be followed. One that cannot does not hide the others. */
async function readIndex(response, count) {
    const bytes = await readBounded(response, count);
    const json = (0,go_json/* readAsGo */.PG)(bytes, INDEX, 'as-go');
    const manifests = json.ok ? json.value['manifests'] : undefined;
    // Go reads null and an absent list as an empty one. A JSON object of another kind is an error in the form of a success.
    if (!json.ok || json.value['schemaVersion'] !== 2)
        return (0,failure_error/* fail */.f)({ kind: 'protocol', detail: 'the list of referrers is no index', isHtml: false });
    return (Array.isArray(manifests) ? manifests : []).flatMap(manifest => (0,go_json/* isObject */.Gv)(manifest) ? (referrerOf(manifest) ?? []) : []);
}
function referrerOf(descriptor) {
    const { size } = descriptor;
    const mediaType = (0,oci_json/* stringAt */.bX)(descriptor, 'mediaType') ?? '';
    const digest = (0,oci_digest/* parseDigest */.m)((0,oci_json/* stringAt */.bX)(descriptor, 'digest') ?? '');
    if (!digest.ok || mediaType === '' || typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
        return undefined;
    const artifactType = (0,oci_json/* stringAt */.bX)(descriptor, 'artifactType') ?? '';
    const annotations = (0,go_json/* isObject */.Gv)(descriptor['annotations']) ? Object.entries(descriptor['annotations']) : [];
    return {
        mediaType,
        digest: digest.value,
        size,
        annotations: Object.fromEntries(annotations.filter((entry) => typeof entry[1] === 'string')),
        ...(0,omit_undefined/* omitUndefined */.O)({ artifactType: artifactType === '' ? undefined : artifactType })
    };
}
async function readBounded({ body }, count) {
    const chunks = [];
    let received = 0;
    for await (const chunk of body) {
        received += chunk.length;
        count(chunk.length);
        if (received > MAX_REFERRERS_BYTES)
            (0,failure_error/* fail */.f)({
                kind: 'too-large',
                limitBytes: MAX_REFERRERS_BYTES,
                detail: `more than ${String(MAX_REFERRERS_BYTES)} bytes in a list of referrers`
            });
        // The memory of a chunk is reused once the next one is requested.
        chunks.push(Buffer.from(chunk));
    }
    return Buffer.concat(chunks);
}

// EXTERNAL MODULE: ./build/verify/check-bytes.js
var check_bytes = __webpack_require__(34);
// EXTERNAL MODULE: ./build/verify/verify-manifest.js
var verify_manifest = __webpack_require__(3349);
;// CONCATENATED MODULE: ./build/signature-lookup/registry-signatures.js
// Signatures that lie in a registry beside an image: referrers, the referrers tag, and the `.sig` tag of cosign before version 3.
// All three are read until one signature satisfies. A tool that stops at the first kind misses signatures of the others.














/**
 * Yields the candidates for a digest, newest first in each list. A list that cannot be read is a `failed` one, and the others are still
 * read. Rejects with the signal's reason.
 */
async function* findInRegistry(place, digest) {
    const seen = new Set();
    for (const list of listsOf(place, digest)) {
        const listed = await registry_signatures_settled(place, list);
        if ('kind' in listed) {
            yield listed;
            continue;
        }
        const unread = listed.referrers.filter(referrer => mayBeSignature(referrer) && !seen.has(referrer.digest));
        // The limit is for each list, so that a list full of others does not hide another list.
        for (const referrer of unread.toSorted(newestFirst).slice(0, MAX_CANDIDATES)) {
            seen.add(referrer.digest);
            yield* readReferrer(place, referrer);
        }
        if (unread.length > MAX_CANDIDATES)
            yield { kind: 'cut-short' };
    }
}
/** The lists in the order in which they are requested. Where there is no API, a request for it may be answered by another host. */
function listsOf(place, digest) {
    const { repository, registry, retry } = place;
    const deps = { registry, attempt: (object, run) => (0,fetch_retry/* withRetry */.b)(retry, object, run) };
    const request = { repository, digest, limit: MAX_CANDIDATES * 4 };
    const referrersOf = (list) => list?.referrers ?? [];
    const api = async () => referrersOf(await listFromApi(deps, request));
    const tag = async () => referrersOf(await listFromTag(deps, request));
    const signatureTag = () => listSignatureTag(place, digest);
    if (hasReferrersApi(repository))
        return [api, tag, signatureTag];
    return [tag, signatureTag, api];
}
async function registry_signatures_settled(place, list) {
    try {
        return { referrers: await list() };
    }
    catch (error) {
        place.retry.signal.throwIfAborted();
        if (!(error instanceof failure_error/* VerifiedImageError */.w))
            throw error;
        return { kind: 'failed', detail: (0,quote_line/* quoteLine */.t)((0,describe_failure/* describeFailure */.Ic)(error.failure)) };
    }
}
const BUNDLE = 'application/vnd.dev.sigstore.bundle';
const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json';
const NOTATION = 'application/vnd.cncf.notary.signature';
// The type in a list is a hint: go-containerregistry wrote that of the empty config there, and then signatures were not found.
function mayBeSignature({ artifactType }) {
    return (artifactType === undefined ||
        artifactType.startsWith(BUNDLE) ||
        artifactType === NOTATION ||
        /^application\/vnd\.(?:oci\.empty\.v1|oci\.image\.config\.v1|dev\.cosign\.artifact\.sig\.v1)\+json$/.test(artifactType));
}
const CREATED = 'org.opencontainers.image.created';
function newestFirst(a, b) {
    const [left = '', right = ''] = [a, b].map(({ annotations }) => annotations[CREATED]);
    return left < right ? 1 : left > right ? -1 : 0;
}
/** cosign before version 3: a manifest under this tag, with a layer for each signature. */
async function listSignatureTag({ repository, registry, retry }, digest) {
    const reference = `${referrersTag(digest)}.sig`;
    try {
        const bytes = await (0,fetch_retry/* withRetry */.b)(retry, 'signature', async (attempt) => (0,check_bytes/* readDocument */.u0)((0,blob_fetcher/* countBytes */.T)(await registry.openManifest({ ...attempt, repository, reference }), attempt), undefined, verify_manifest/* MAX_MANIFEST_BYTES */.ZJ));
        return [{ mediaType: manifest/* OCI_MANIFEST */.EG, digest: (0,oci_digest/* digestOf */.ol)(bytes), size: bytes.length, annotations: {} }];
    }
    catch (error) {
        if (error instanceof failure_error/* VerifiedImageError */.w && error.failure.kind === 'not-found')
            return [];
        throw error;
    }
}
const DESCRIPTOR = (0,go_json/* structOf */.Tb)({
    mediaType: 'string',
    digest: 'string',
    size: 'integer',
    annotations: (0,go_json/* mapOf */.A7)('string'),
    artifactType: 'string'
});
const MANIFEST = (0,go_json/* structOf */.Tb)({
    schemaVersion: 'integer',
    mediaType: 'string',
    artifactType: 'string',
    config: DESCRIPTOR,
    layers: (0,go_json/* listOf */.c3)(DESCRIPTOR)
});
async function* readReferrer(place, referrer) {
    const manifest = await fetched(place, () => fetchManifestOf(place, referrer.digest));
    if ('kind' in manifest) {
        yield manifest;
        return;
    }
    const decoded = (0,go_json/* readAsGo */.PG)(manifest.bytes, MANIFEST, 'refused');
    if (!decoded.ok) {
        yield { kind: 'unusable', detail: `the manifest of the signature is not valid: ${decoded.reason}` };
        return;
    }
    const type = artifactTypeOf(decoded.value);
    if (type === NOTATION) {
        yield { kind: 'notation' };
        return;
    }
    const layers = Array.isArray(decoded.value['layers']) ? decoded.value['layers'].filter(go_json/* isObject */.Gv) : [];
    for (const layer of layers.slice(0, MAX_CANDIDATES)) {
        const mediaType = (0,oci_json/* stringAt */.bX)(layer, 'mediaType') ?? '';
        const isBundle = mediaType.startsWith(BUNDLE) || type.startsWith(BUNDLE);
        if (isBundle || mediaType === SIMPLE_SIGNING)
            yield await readLayer(place, layer, isBundle);
    }
    if (layers.length > MAX_CANDIDATES)
        yield { kind: 'cut-short' };
}
function artifactTypeOf(manifest) {
    const config = (0,go_json/* isObject */.Gv)(manifest['config']) ? (0,oci_json/* stringAt */.bX)(manifest['config'], 'mediaType') : undefined;
    return (0,oci_json/* stringAt */.bX)(manifest, 'artifactType') ?? config ?? '';
}
function fetchManifestOf({ repository, registry, retry }, digest) {
    return (0,fetch_retry/* withRetry */.b)(retry, 'signature', async (attempt) => {
        const response = await registry.openManifest({ ...attempt, repository, reference: digest });
        const bytes = await (0,check_bytes/* readDocument */.u0)((0,blob_fetcher/* countBytes */.T)(response, attempt), undefined, verify_manifest/* MAX_MANIFEST_BYTES */.ZJ);
        (0,check_bytes/* checkDigest */.H2)(bytes, digest, undefined, response);
        return bytes;
    });
}
async function readLayer(place, layer, isBundle) {
    const digest = (0,oci_digest/* parseDigest */.m)((0,oci_json/* stringAt */.bX)(layer, 'digest') ?? '');
    const { size } = layer;
    if (!digest.ok || typeof size !== 'number' || size < 0)
        return { kind: 'unusable', detail: 'the manifest of the signature has a layer without a digest or a size' };
    if (size > MAX_SIGNATURE_BYTES)
        return {
            kind: 'unusable',
            detail: `the signature has ${String(size)} bytes, more than ${String(MAX_SIGNATURE_BYTES)}`
        };
    const blob = await fetched(place, () => fetchBlob(place, digest.value, size));
    if ('kind' in blob)
        return blob;
    const annotations = (0,go_json/* isObject */.Gv)(layer['annotations']) ? layer['annotations'] : {};
    const signature = isBundle
        ? { kind: 'bundle', json: blob.bytes }
        : { kind: 'cosign', payload: blob.bytes, annotations };
    return { kind: 'signature', signature };
}
function fetchBlob({ repository, registry, retry }, digest, size) {
    return (0,fetch_retry/* withRetry */.b)(retry, 'signature', async (attempt) => {
        const response = await registry.openBlob({ ...attempt, repository, digest, offset: 0 });
        const bytes = await (0,check_bytes/* readDocument */.u0)((0,blob_fetcher/* countBytes */.T)(response, attempt), size, size);
        (0,check_bytes/* checkDigest */.H2)(bytes, digest, size, response);
        return bytes;
    });
}
/** The bytes, or why there are none. What a registry lacks or corrupts is one bad candidate; other failures are the registry's. */
async function fetched({ retry }, fetchBytes) {
    try {
        return { bytes: await fetchBytes() };
    }
    catch (error) {
        retry.signal.throwIfAborted();
        if (!(error instanceof failure_error/* VerifiedImageError */.w))
            throw error;
        const { failure } = error;
        const isOfObject = ['not-found', 'corrupt', 'too-large', 'unusable'].includes(failure.kind);
        return { kind: isOfObject ? 'unusable' : 'failed', detail: (0,quote_line/* quoteLine */.t)((0,describe_failure/* describeFailure */.Ic)(failure)) };
    }
}
/** Fetches the manifest of the image again, for a signature of its bytes. */
function fetchSubject(place, digest) {
    return fetchManifestOf(place, digest);
}

;// CONCATENATED MODULE: ./build/signature-lookup/check-signatures.js
// Looks for the signature of one image, and judges what it finds, until one candidate satisfies a rule.
// The index is asked first, because most publishers sign it. If it lacks a signature, each platform needs one of its own.








/** Searches all places for a signature of one digest. Rejects with the signal's reason. */
async function searchSignature(subject, request) {
    const candidates = [];
    const places = [];
    for (const place of request.places) {
        const { judged, searched } = await searchPlace(place, subject, request);
        candidates.push(...judged);
        places.push(searched);
        const signed = judged.find(({ verdict }) => verdict.outcome === 'signed');
        if (signed !== undefined)
            return { subject, candidates, places, signed };
    }
    return { subject, candidates, places, signed: undefined };
}
async function searchPlace(place, subject, request) {
    const name = nameOf(place);
    const judged = [];
    let searched = { place: name, subject, outcome: 'searched' };
    for await (const found of candidatesAt(place, subject)) {
        if (found.kind === 'failed') {
            const matters = place.kind === 'github' || place.matters;
            searched = { ...searched, outcome: matters ? 'failed' : 'skipped', detail: found.detail };
        }
        else if (found.kind === 'cut-short') {
            searched = { ...searched, detail: 'it has more signatures than are read' };
        }
        else {
            const verdict = await verdictOn(found, subject, request);
            judged.push({ place: name, subject, verdict });
            if (verdict.outcome === 'signed')
                break;
        }
    }
    return { judged, searched };
}
function candidatesAt(place, subject) {
    return place.kind === 'registry' ? findInRegistry(place.place, subject) : findAtGithub(place.place, subject);
}
function nameOf(place) {
    return place.kind === 'registry' ? (0,reference/* formatRepository */.Sh)(place.place.repository) : place.place.attestations.host;
}
async function verdictOn(found, subject, { requirement, origin }) {
    if (found.kind === 'unusable')
        return { outcome: 'signature-unusable', detail: found.detail };
    if (found.kind === 'notation')
        return { outcome: 'notation', detail: 'it is signed with notation (Notary Project), which is not verified' };
    try {
        return await judge(found.signature, { digest: subject, manifest: () => fetchSubject(origin, subject) }, requirement);
    }
    catch (error) {
        origin.retry.signal.throwIfAborted();
        if (!(error instanceof failure_error/* VerifiedImageError */.w))
            throw error;
        return {
            outcome: 'signature-unusable',
            detail: `the signed manifest could not be read again: ${(0,describe_failure/* describeFailure */.Ic)(error.failure)}`
        };
    }
}
/**
 * The result for an image: its index or only manifest is signed, or else all of its platforms are. `search` looks for the signature of
 * one of these platforms.
 */
async function concludeCheck(root, platforms, { rules, search }) {
    const results = [root];
    for (const platform of root.signed === undefined ? platforms : []) {
        const result = await search(platform);
        results.push(result);
        // One platform without a signature decides it.
        if (result.signed === undefined)
            break;
    }
    const candidates = results.flatMap(result => result.candidates);
    const places = results.flatMap(result => result.places);
    const ofPlatforms = results.slice(1);
    const isSigned = root.signed !== undefined ||
        (ofPlatforms.length === platforms.length &&
            ofPlatforms.length > 0 &&
            ofPlatforms.every(({ signed }) => signed !== undefined));
    const signers = isSigned ? results.flatMap(({ signed }) => signed ?? []) : [];
    return {
        outcome: isSigned ? 'signed' : (0,signature_outcome/* problemOf */.Z)(candidates, places),
        rules,
        signers: signers.flatMap(({ verdict, place, subject }) => verdict.outcome === 'signed' ? [{ ...verdict.signer, place, subject }] : []),
        candidates,
        places
    };
}

// EXTERNAL MODULE: ./build/signature/describe-check.js
var describe_check = __webpack_require__(649);
;// CONCATENATED MODULE: ./build/audit/signature-inspector.js
// Who signed an image, for an audit: the port of signatures over registries and GitHub's API.
// With a rule, all registries are searched as a build does. Without one, the signers at one registry are reported.








// Each lookup holds up to one signature in memory, which may have 8 MiB.
const LOOKUPS_AT_ONCE = 4;
// No certificate and no key satisfies it, so that every signer that is found is reported.
const UNSATISFIED = { source: '', signer: { kind: 'key', path: '', requiresLog: false }, predicates: [] };
const NO_PULLS_LEFT = 'its pull limit is low, so this audit did not ask it';
/** Fails with 'invalid-input' for a trust root that cannot be used. */
function createSignatureInspector(run, inputs, deps) {
    const { rules, keys } = inputs.signatures;
    const roots = openTrustRoots(inputs);
    const github = createGithubAttestations(run, inputs, deps.limitRate);
    const slots = (0,semaphore/* createSemaphore */.B)(LOOKUPS_AT_ONCE);
    async function search(digest, request) {
        const { signal } = request.origin.retry;
        const release = await slots.acquire(1, signal);
        try {
            return await searchSignature(digest, request);
        }
        finally {
            release();
        }
    }
    function githubPlaces(own, signal) {
        return attestationSources(own).map(source => {
            const attestations = github.port();
            return { kind: 'github', place: { ...source, attestations, retry: retryAt(attestations.host, signal, deps) } };
        });
    }
    async function judgeRules(own, request) {
        const { places, origin, unanswered } = placesFor(own, request, deps);
        const requirement = { rules: own, keys, roots };
        const all = { places: [...places, ...githubPlaces(own, request.signal)], origin, requirement };
        const root = withUnanswered(await search(request.digest, all), unanswered);
        const check = await concludeCheck(root, request.platforms, {
            rules: own.map(({ source }) => source),
            search: digest => search(digest, all)
        });
        return observationOf(check);
    }
    async function reportSigners(request) {
        const { places, origin, unanswered } = placesFor([], request, deps);
        const requirement = { rules: [UNSATISFIED], keys, roots };
        const found = await search(request.digest, { places: places.slice(0, 1), origin, requirement });
        // A registry that did not answer is no loss if another one was searched.
        return reportOf(places.length === 0 ? withUnanswered(found, unanswered) : found);
    }
    return {
        inspect: request => {
            const own = (0,signer_rule/* rulesFor */.NP)(request.image.reference, rules);
            return own.length === 0 ? reportSigners(request) : judgeRules(own, request);
        },
        close: github.close
    };
}
/** The repositories that rules name, and those that have the image. A registry whose pull limit is low is not asked. */
function placesFor(rules, request, deps) {
    const { candidates, signal } = request;
    const named = rules.flatMap(rule => rule.at ?? []);
    const isBesideImage = rules.length === 0 || named.length < rules.length;
    const complete = candidates.filter(({ role }) => role !== 'public-mirror');
    const beside = complete.length === 0 ? candidates : complete;
    const repositories = uniqueByName([
        ...named.map(repository => ({ repository, matters: true })),
        ...(isBesideImage ? beside.map(({ repository, role }) => ({ repository, matters: role !== 'public-mirror' })) : [])
    ]);
    const isOpen = ({ repository }) => deps.states.stateOf(repository.registry).mayDownload();
    const [origin] = beside;
    if (origin === undefined)
        throw new TypeError('an image that no registry has is not looked up');
    return {
        places: repositories
            .filter(isOpen)
            .map(({ repository, matters }) => ({ kind: 'registry', place: placeAt(repository, signal, deps), matters })),
        origin: placeAt(origin.repository, signal, deps),
        unanswered: [
            ...(isBesideImage ? request.unanswered : []),
            ...repositories
                .filter(place => place.matters && !isOpen(place))
                .map(({ repository }) => ({ repository, detail: NO_PULLS_LEFT }))
        ]
    };
}
function uniqueByName(all) {
    // The first of each name counts.
    return [...new Map(all.toReversed().map(each => [(0,reference/* formatRepository */.Sh)(each.repository), each])).values()].toReversed();
}
/** Manifests count against a pull limit, and those of signatures too. */
function placeAt(repository, signal, deps) {
    const state = deps.states.stateOf(repository.registry);
    const registry = {
        ...deps.registry,
        openManifest: async (request) => {
            const response = await deps.registry.openManifest(request);
            state.countDownload();
            return response;
        }
    };
    return { repository, registry, retry: retryAt(repository.registry, signal, deps) };
}
function retryAt(host, signal, { states, clock, random, backoff }) {
    const state = states.stateOf(host);
    return {
        ...{ clock, random, backoff, signal },
        throttle: state.throttle,
        addBytes: () => undefined,
        record: ({ exchanges }) => {
            for (const exchange of exchanges)
                state.record(exchange);
        }
    };
}
function withUnanswered(result, unanswered) {
    const { subject, places } = result;
    const failed = unanswered.map(({ repository, detail }) => ({
        ...{ place: (0,reference/* formatRepository */.Sh)(repository), subject, detail },
        outcome: 'failed'
    }));
    return { ...result, places: [...places, ...failed] };
}
function observationOf(check) {
    const rule = check.rules.join(' or ');
    if (check.outcome === 'signed')
        return {
            ...{ verdict: 'signed', rule, detail: 'the required signature was found' },
            signers: unique(check.signers.map(signer => observedSigner(signer, signer.place)))
        };
    const words = (0,describe_check/* describeCheck */.c)(check);
    return (0,omit_undefined/* omitUndefined */.O)({
        verdict: check.outcome,
        rule,
        detail: words?.detail ?? check.outcome,
        advice: words?.advice,
        signers: signersIn(check.candidates)
    });
}
/** What is there, without a rule that asks for it. */
function reportOf({ candidates, places }) {
    const signers = signersIn(candidates);
    const outcome = (0,signature_outcome/* problemOf */.Z)(candidates, places);
    if (signers.length > 0)
        return { verdict: 'reported', detail: 'no rule in signed-by is for this image', signers };
    const hasNotation = candidates.some(({ verdict }) => verdict.outcome === 'notation');
    const notation = hasNotation ? '; it is signed with notation (Notary Project), which is not verified' : '';
    const words = (0,describe_check/* describeCheck */.c)({ outcome, rules: [], signers: [], candidates, places });
    return {
        verdict: 'reported',
        detail: outcome === 'unsigned' || words === undefined ? `no signature was found${notation}` : words.detail,
        signers
    };
}
function signersIn(candidates) {
    return unique(candidates.flatMap(({ verdict, place }) => verdict.outcome === 'signed-by-another' || verdict.outcome === 'signed'
        ? [observedSigner(verdict.signer, place)]
        : []));
}
function observedSigner({ kind, identity, issuer, repository, key }, foundAt) {
    return (0,omit_undefined/* omitUndefined */.O)({ kind, identity, issuer, repository, key, foundAt });
}
/** A publisher signs each release again, and its provenance beside. */
function unique(signers) {
    return [...new Map(signers.map(signer => [JSON.stringify(signer), signer])).values()];
}


/***/ })

};
