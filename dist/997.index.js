export const id = 997;
export const ids = [997];
export const modules = {

/***/ 4997:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  openJudge: () => (/* binding */ openJudge)
});

// EXTERNAL MODULE: ./build/oci/digest.js
var digest = __webpack_require__(1564);
// EXTERNAL MODULE: ./build/oci/json.js
var json = __webpack_require__(2782);
// EXTERNAL MODULE: ./build/oci/parsed.js
var parsed = __webpack_require__(8725);
// EXTERNAL MODULE: ./build/oci/quote-line.js
var quote_line = __webpack_require__(5689);
// EXTERNAL MODULE: ./build/signature/candidate-signature.js
var candidate_signature = __webpack_require__(1467);
// EXTERNAL MODULE: ./build/signature/outcome.js
var outcome = __webpack_require__(7901);
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

// EXTERNAL MODULE: ./build/signature/signer.js
var signature_signer = __webpack_require__(6343);
// EXTERNAL MODULE: ./build/signature/signer-rule.js
var signer_rule = __webpack_require__(5682);
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: ./node_modules/@sigstore/bundle/dist/index.js
var dist = __webpack_require__(1040);
// EXTERNAL MODULE: ./node_modules/@sigstore/protobuf-specs/dist/index.js
var protobuf_specs_dist = __webpack_require__(9654);
// EXTERNAL MODULE: ./node_modules/@sigstore/verify/dist/index.js
var verify_dist = __webpack_require__(4187);
// EXTERNAL MODULE: ./build/failure/error.js
var failure_error = __webpack_require__(6563);
// EXTERNAL MODULE: ./build/oci/omit-undefined.js
var omit_undefined = __webpack_require__(7064);
;// CONCATENATED MODULE: ./build/signature/fulcio-extensions.js
// What Fulcio writes into a certificate about the identity of the signer (github.com/sigstore/fulcio, docs/oid-info.md).
// Pure. The certificate was verified before.
// 1.3.6.1.4.1.57264.1: the first six extensions are text, the later ones a UTF8String in DER.
const FULCIO = [1, 3, 6, 1, 4, 1, 57264, 1];
const LAST_RAW = 6;
/** The extensions below Fulcio's arc that can be read, by their last number. */
function readFulcioExtensions(extensions) {
    return new Map(extensions.flatMap(({ id, value }) => {
        const number = id.at(-1) ?? 0;
        const isFulcio = id.length === FULCIO.length + 1 && FULCIO.every((part, at) => id[at] === part);
        const text = isFulcio ? (number <= LAST_RAW ? value.toString('utf8') : utf8String(value)) : undefined;
        return text === undefined ? [] : [[number, text]];
    }));
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
        (0,json/* stringAt */.bX)(objectAt(objectAt(spec, 'signature'), 'publicKey'), 'content'),
        // dsse 0.0.1
        ...listAt(spec, 'signatures').map(signature => (0,json/* stringAt */.bX)(signature, 'verifier')),
        // intoto 0.0.2
        ...listAt(objectAt(content, 'envelope'), 'signatures').map(signature => (0,json/* stringAt */.bX)(signature, 'publicKey')),
        // hashedrekord and dsse 0.0.2
        ...[objectAt(objectAt(spec, 'hashedRekordV002'), 'signature'), ...listAt(objectAt(spec, 'dsseV002'), 'signatures')]
            .map(signature => objectAt(signature, 'verifier'))
            .flatMap(verifier => [
            (0,json/* stringAt */.bX)(objectAt(verifier, 'x509Certificate'), 'rawBytes'),
            (0,json/* stringAt */.bX)(objectAt(verifier, 'publicKey'), 'rawBytes')
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
    return (0,json/* isObject */.Gv)(value) ? value : {};
}
function listAt(object, key) {
    const value = object[key];
    return Array.isArray(value) ? value.filter(json/* isObject */.Gv) : [];
}

// EXTERNAL MODULE: ./node_modules/@sigstore/core/dist/index.js
var core_dist = __webpack_require__(3917);
;// CONCATENATED MODULE: ./build/signature/sigstore-root.js
// A Sigstore trust root: certificate authorities, with the logs and timestamp authorities that belong to them, and whether it has those
// that a signature names. A root that lacks one says nothing about the signature: the root may be too old.







/** Opens a document of one root. Its keys and certificates are read here, and its validity is checked. */
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
        return (0,parsed/* invalid */.G)(`it is not a Sigstore trust root: ${(0,quote_line/* quoteLine */.t)((0,failure_error/* messageOf */.bD)(error))}`);
    }
}
/** The roots whose authorities have issued a certificate. Throws StaleRoot without any. */
function issuingRoots(leaf, roots) {
    const issuing = roots.filter(({ authorities }) => authorities.some(authority => leaf.checkIssued(authority) && leaf.verify(authority.publicKey)));
    if (issuing.length === 0) {
        throw new StaleRoot(`the certificate authority ${(0,quote_line/* quoteLine */.t)(leaf.issuer.replaceAll('\n', ', ').replaceAll('\\', ''))} is not in the trust roots`, organizationOf(leaf.issuer));
    }
    return issuing;
}
/** Throws StaleRoot for a log or a timestamp authority of a signature that the root lacks. */
function checkAuthorities({ tlogEntries, timestamps }, { root }) {
    for (const { logId } of tlogEntries)
        if (!hasLog(root.tlogs, logId.keyId))
            throw new StaleRoot(`the log ${(0,quote_line/* quoteLine */.t)(logId.keyId.toString('hex'))} is not in the trust roots`, undefined);
    const material = (0,verify_dist/* toTrustMaterial */.jO)(root);
    for (const timestamp of timestamps) {
        if (timestamp.$case !== 'timestamp-authority')
            continue;
        const { signerSerialNumber, signerIssuer } = timestamp.timestamp;
        const isKnown = material.timestampAuthorities.some(({ certChain: [leaf] }) => leaf?.serialNumber.equals(signerSerialNumber) === true && leaf.issuer.equals(signerIssuer));
        if (!isKnown)
            throw new StaleRoot('the timestamp authority that dates the signature is not in the trust roots', undefined);
    }
}
function hasLog(logs, id) {
    return logs.some(({ logId, checkpointKeyId }) => [logId, checkpointKeyId].some(known => known !== undefined && Buffer.from(known.keyId).equals(id)));
}
/** A certificate that only an unknown log has seen, from a known authority: the authority has begun to use a new log. */
function checkCertificateLogs(leaf, { root }) {
    const { extSCT } = core_dist.X509Certificate.parse(leaf.raw);
    for (const { logID } of extSCT?.signedCertificateTimestamps ?? [])
        if (!hasLog(root.ctlogs, logID))
            throw new StaleRoot(`the certificate log ${(0,quote_line/* quoteLine */.t)(logID.toString('hex'))} is not in the trust roots`, undefined);
}
/** The organization in a name as OpenSSL prints it, with a backslash before a comma: `O=GitHub\\, Inc.`. */
function organizationOf(name) {
    return /^O=(.*)$/m.exec(name)?.[1]?.replace(/\\(.)/g, '$1');
}
/** A log or a timestamp authority that the root lacks says nothing about the signature: the root may be too old. */
class StaleRoot extends Error {
    organization;
    constructor(message, organization) {
        super(message);
        this.organization = organization;
    }
}

;// CONCATENATED MODULE: ./build/signature/sigstore.js
// Verifies a bundle against trust roots, or with a public key, by Sigstore's libraries, without any request. They are loaded only for a
// run with rules, by this file and sigstore-root.ts. Each throw becomes an outcome here: a malformed bundle makes them throw any error.












/** Verifies a bundle: certificate chain or key, log entries, timestamps, and signature. */
function verifyBundle(request) {
    try {
        return verifyEntity(request);
    }
    catch (error) {
        if (error instanceof StaleRoot)
            return stale(error.message, error.organization);
        if (error instanceof verify_dist/* VerificationError */.mk)
            return broken((0,quote_line/* quoteLine */.t)(error.message));
        return {
            ok: false,
            outcome: 'signature-unusable',
            detail: `the bundle cannot be read: ${(0,quote_line/* quoteLine */.t)((0,failure_error/* messageOf */.bD)(error))}`
        };
    }
}
function verifyEntity({ bundle: json, artifact, roots, key }) {
    const bundle = (0,dist/* bundleFromJSON */.vw)(json);
    const { content, tlogEntries } = bundle.verificationMaterial;
    const { content: signed } = bundle;
    if (artifact !== undefined && !isDigestOf(signed, artifact))
        return broken('it is about other bytes than the manifest of this image');
    // The library hashes what a message signature is of, and Ed25519 signs the bytes themselves.
    const mayBeEd25519 = signed.$case === 'messageSignature' && signed.messageSignature.signature.length === ED25519_BYTES;
    if (mayBeEd25519 && key?.key.asymmetricKeyType === 'ed25519')
        return {
            ok: false,
            outcome: 'signature-unusable',
            detail: 'it is a signature of the image itself, and with an Ed25519 key only statements (DSSE) are verified'
        };
    const hasKey = content.$case === 'publicKey';
    if (hasKey !== (key !== undefined))
        return {
            ok: false,
            outcome: 'other-key',
            detail: hasKey ? 'it is signed with a key' : 'it is signed with a certificate'
        };
    const publicKey = key?.key ?? leafOf(content).publicKey;
    const entities = entitiesOf(bundle, artifact);
    const signedEntity = entities.find(each => isSignedWith(each, publicKey));
    if (key !== undefined && signedEntity === undefined)
        return { ok: false, outcome: 'other-key', detail: 'it does not verify with this key' };
    // The library says what is wrong with one that is not signed.
    const entity = signedEntity ?? entities[0];
    const signer = key === undefined ? verifyCertificate(entity, leafOf(content), roots) : verifyKey(entity, key, roots);
    checkLogKeys(entity, signer.key);
    return {
        ok: true,
        certificate: key === undefined ? identityOf(signer) : undefined,
        when: whenOf(entity, tlogEntries[0]?.logIndex)
    };
}
// cosign hashes with SHA-256 unless --signature-digest-algorithm names another, and older formats do not say which.
const HASHES = [
    [protobuf_specs_dist.HashAlgorithm.SHA2_256, 'sha256'],
    [protobuf_specs_dist.HashAlgorithm.SHA2_512, 'sha512'],
    [protobuf_specs_dist.HashAlgorithm.SHA2_384, 'sha384']
];
/** Whether the digest in a message signature is that of the artifact. The log entry is compared with this digest. */
function isDigestOf(content, artifact) {
    if (content.$case !== 'messageSignature')
        return true;
    const { algorithm, digest } = content.messageSignature.messageDigest;
    const [, hash] = HASHES.find(([known]) => known === algorithm) ?? [];
    return hash !== undefined && (0,external_node_crypto_.createHash)(hash).update(artifact).digest().equals(digest);
}
/** What may have been signed: a message signature over each hash. */
function entitiesOf(bundle, artifact) {
    const { content } = bundle;
    if (content.$case !== 'messageSignature' || artifact === undefined)
        return [(0,verify_dist/* toSignedEntity */.DC)(bundle)];
    const bytes = Buffer.from(artifact);
    const { messageSignature: message } = content;
    function entityOf([algorithm, hash]) {
        const messageDigest = { algorithm, digest: (0,external_node_crypto_.createHash)(hash).update(bytes).digest() };
        const messageSignature = { ...message, messageDigest };
        return (0,verify_dist/* toSignedEntity */.DC)({ ...bundle, content: { $case: 'messageSignature', messageSignature } }, bytes);
    }
    const [first, ...others] = HASHES;
    return [entityOf(first), ...others.map(entityOf)];
}
// RFC 8032 \u00a75.1.6. Those of ECDSA and RSA are longer.
const ED25519_BYTES = 64;
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
    return firstSuccess(issuingRoots(leaf, roots), root => {
        checkAuthorities(entity, root);
        checkCertificateLogs(leaf, root);
        const { ctlogs, tlogs } = root.root;
        const verifier = new verify_dist/* Verifier */.BL((0,verify_dist/* toTrustMaterial */.jO)(root.root), {
            ctlogThreshold: ctlogs.length > 0 ? 1 : 0,
            tlogThreshold: tlogs.length > 0 ? 1 : 0,
            timestampThreshold: 1
        });
        return verifier.verify(entity);
    });
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
    throw errors.find(error => !(error instanceof StaleRoot)) ?? errors[0];
}
/** Each log entry has the key that verified the signature. The library does not compare them. */
function checkLogKeys({ tlogEntries }, key) {
    const spki = key.export({ format: 'der', type: 'spki' });
    for (const { canonicalizedBody } of tlogEntries) {
        const body = (0,json/* decodeJsonObject */.sw)(canonicalizedBody);
        const keys = body.ok ? keysInLogEntry(body.value) : [];
        if (keys.length === 0 || !keys.every(found => found.equals(spki)))
            throw new verify_dist/* VerificationError */.mk({
                code: 'TLOG_BODY_ERROR',
                message: 'the log entry is of another key than the signature'
            });
    }
}
function identityOf({ identity }) {
    const { subjectAlternativeName, extensions, oids = [] } = identity ?? {};
    return {
        name: subjectAlternativeName ?? '',
        issuer: extensions?.issuer ?? '',
        extensions: readFulcioExtensions(oids.map(({ oid, value }) => ({ id: oid?.id ?? [], value })))
    };
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

// EXTERNAL MODULE: ./build/signature/statement.js
var statement = __webpack_require__(8252);
;// CONCATENATED MODULE: ./build/signature/judge.js
// Judges one candidate: reads it, verifies it, and compares who signed with the rules of the image.
// The order: what it is about, who signed it, and only then whether a rule accepts that signer.












/** Opens the trust roots. The reason is for a root of the user. */
function openJudge({ keys, trustedRoots }) {
    const roots = [];
    for (const document of trustedRoots ?? [builtInRoot()]) {
        const root = openTrustRoot(document);
        if (!root.ok)
            return root;
        roots.push(root.value);
    }
    return (0,parsed/* valid */.r)((candidate, subject, rules) => judge(candidate, subject, { rules, keys, roots }));
}
function builtInRoot() {
    const document = (0,json/* decodeJsonObject */.sw)(Buffer.from(publicGoodRoot()));
    if (!document.ok)
        throw new TypeError(`the built-in trust root is not valid: ${document.reason}`);
    return document.value;
}
async function judge(candidate, subject, requirement) {
    const read = (0,candidate_signature/* readCandidate */.G)(candidate, subject.digest);
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
    return predicate === undefined || statement/* SIGNATURE_PREDICATES */.kv.includes(predicate) || predicates.includes(predicate);
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
    return { kind: 'key', key: path, keyDigest: (0,digest/* digestOf */.ol)(key.export({ format: 'der', type: 'spki' })), ...when };
}
function describeSigner(signer) {
    const ref = signer.ref === undefined ? '' : ` ref=${signer.ref}`;
    return (0,quote_line/* quoteLine */.t)(`${(0,signature_signer/* signerRuleOf */.wh)(signer)}${ref}`);
}


/***/ })

};
