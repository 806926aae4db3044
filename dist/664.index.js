export const id = 664;
export const ids = [664];
export const modules = {

/***/ 6664:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   EMPTY_LOCK: () => (/* binding */ EMPTY_LOCK),
/* harmony export */   decodeLock: () => (/* binding */ decodeLock),
/* harmony export */   mergeLock: () => (/* binding */ mergeLock),
/* harmony export */   renderChange: () => (/* binding */ renderChange),
/* harmony export */   renderLock: () => (/* binding */ renderLock)
/* harmony export */ });
/* unused harmony export LOCK_VERSION */
/* harmony import */ var _oci_digest_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1564);
/* harmony import */ var _oci_json_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(2782);
/* harmony import */ var _oci_manifest_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(5669);
/* harmony import */ var _oci_reference_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(907);
// The lock file as a document: which digest each tag had when it was last looked at. Decoded strictly, merged, rendered.
// Pure: text in, text out. Whoever may change the file decides what runs, so that nothing in it is guessed or passed over:
// an unknown key is a slip of the pen, and a name that is written in two ways would be two pins for one image.




const LOCK_VERSION = 1;
const EMPTY_LOCK = { schema: undefined, images: new Map() };
const BYTE_ORDER_MARK = '\uFEFF';
/** Decodes a lock file; every image that is wrong is told. */
const decodeLock = (text) => {
    const json = (0,_oci_json_js__WEBPACK_IMPORTED_MODULE_1__/* .decodeJsonObject */ .sw)(Buffer.from(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text));
    if (!json.ok)
        return { faults: [{ why: json.why, path: undefined }] };
    const { version, images, $schema: schema } = json.value;
    if (version !== LOCK_VERSION)
        return { faults: [{ why: whyNotVersion(version), path: ['version'] }] };
    const faults = unknownKeys(json.value, ['$schema', 'version', 'images'], []);
    if (schema !== undefined && typeof schema !== 'string')
        faults.push({ why: '$schema is not a string', path: ['$schema'] });
    const locked = new Map();
    if (!(0,_oci_json_js__WEBPACK_IMPORTED_MODULE_1__/* .isObject */ .Gv)(images))
        faults.push({ why: 'images is not an object', path: ['images'] });
    else
        for (const [name, value] of Object.entries(images)) {
            const image = decodeImage(name, value, faults);
            if (image !== undefined)
                locked.set(name, image);
        }
    return faults.length > 0
        ? { faults }
        : { lock: { schema: typeof schema === 'string' ? schema : undefined, images: locked } };
};
const whyNotVersion = (version) => typeof version === 'number' && version > LOCK_VERSION
    ? `version is ${String(version)}, and this release reads ${String(LOCK_VERSION)}: a newer one wrote it`
    : `version is ${version === undefined ? 'missing' : 'wrong'}, it is ${String(LOCK_VERSION)}`;
const unknownKeys = (object, known, path) => Object.keys(object)
    .filter(key => !known.includes(key))
    .map(key => ({ why: `${JSON.stringify(key)} means nothing here`, path: [...path, key] }));
const decodeImage = (name, value, faults) => {
    const path = ['images', name];
    const before = faults.length;
    const refuse = (why, ...at) => {
        faults.push({ why, path: [...path, ...at] });
    };
    const whyNotName = whyNotKey(name);
    if (whyNotName !== undefined)
        refuse(whyNotName);
    if (!(0,_oci_json_js__WEBPACK_IMPORTED_MODULE_1__/* .isObject */ .Gv)(value)) {
        refuse('it is not an object');
        return undefined;
    }
    faults.push(...unknownKeys(value, ['digest', 'mediaType', 'size', 'platforms'], path));
    const { mediaType, size, platforms } = value;
    const digest = decodeDigest(value, path, 'digest', faults);
    if (typeof mediaType !== 'string' || !((0,_oci_manifest_js__WEBPACK_IMPORTED_MODULE_2__/* .isIndexType */ .$U)(mediaType) || (0,_oci_manifest_js__WEBPACK_IMPORTED_MODULE_2__/* .isManifestType */ .Q3)(mediaType)))
        refuse('mediaType is not that of an image manifest or index', 'mediaType');
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
        refuse('size is not a number of bytes', 'size');
    const decoded = new Map();
    if (!(0,_oci_json_js__WEBPACK_IMPORTED_MODULE_1__/* .isObject */ .Gv)(platforms))
        refuse('platforms is not an object', 'platforms');
    else
        for (const [platform, entry] of Object.entries(platforms)) {
            const at = [...path, 'platforms', platform];
            if (!(0,_oci_json_js__WEBPACK_IMPORTED_MODULE_1__/* .isObject */ .Gv)(entry)) {
                faults.push({ why: 'it is not an object', path: at });
                continue;
            }
            faults.push(...unknownKeys(entry, ['digest', 'imageId'], at));
            const [child, imageId] = [decodeDigest(entry, at, 'digest', faults), decodeDigest(entry, at, 'imageId', faults)];
            if (child !== undefined && imageId !== undefined)
                decoded.set(platform, { digest: child, imageId });
        }
    if (faults.length > before || digest === undefined)
        return undefined;
    return { digest, mediaType: mediaType, size: size, platforms: decoded };
};
const whyNotKey = (name) => {
    const reference = (0,_oci_reference_js__WEBPACK_IMPORTED_MODULE_3__/* .parseReference */ .F2)(name);
    if (!reference.ok)
        return `it is no image: ${reference.why}`;
    if (reference.value.digest !== undefined)
        return 'an image is named by its tag here, the digest is a part of it';
    const full = (0,_oci_reference_js__WEBPACK_IMPORTED_MODULE_3__/* .formatReference */ .FH)(reference.value);
    if (reference.value.tag === undefined)
        return `it has no tag; one image is named like ${full}:1.2.3`;
    return full === name ? undefined : `names are written in full here: ${full}`;
};
const decodeDigest = (object, path, key, faults) => {
    const value = object[key];
    const digest = typeof value === 'string' ? (0,_oci_digest_js__WEBPACK_IMPORTED_MODULE_0__/* .parseDigest */ .m)(value) : undefined;
    if (digest?.ok === true)
        return digest.value;
    faults.push({ why: `${key} is no digest: ${digest?.why ?? 'it is not a string'}`, path: [...path, key] });
    return undefined;
};
/** Sorted by name, so that a change is where its image is and nowhere else. Ends its lines as `before` did. */
const renderLock = ({ schema, images }, before) => {
    const document = {
        ...(schema === undefined ? {} : { $schema: schema }),
        version: LOCK_VERSION,
        images: Object.fromEntries(sorted(images).map(([name, { digest, mediaType, size, platforms }]) => [
            name,
            { digest, mediaType, size, platforms: Object.fromEntries(sorted(platforms)) }
        ]))
    };
    const text = `${JSON.stringify(document, undefined, 2)}\n`;
    const mark = before.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : '';
    return mark + (before.includes('\r\n') ? text.replaceAll('\n', '\r\n') : text);
};
// By code units: the same on every machine, whatever its language is.
const sorted = (map) => [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
/** The lock with these images in it; all others stay. The platforms of an image whose digest is the same are kept, too. */
const mergeLock = (lock, updates) => {
    const images = new Map(lock.images);
    const changes = sorted(updates).map(([name, update]) => {
        const before = lock.images.get(name);
        const isSame = before?.digest === update.digest;
        images.set(name, isSame ? { ...update, platforms: new Map([...before.platforms, ...update.platforms]) } : update);
        if (before === undefined)
            return { name, change: 'added', to: update.digest };
        if (!isSame)
            return { name, change: 'changed', from: before.digest, to: update.digest };
        const isExtended = [...update.platforms].some(([platform, { digest, imageId }]) => {
            const known = before.platforms.get(platform);
            return known?.digest !== digest || known.imageId !== imageId;
        });
        return { name, change: isExtended ? 'extended' : 'unchanged', to: update.digest };
    });
    return { lock: { ...lock, images }, changes };
};
/** One line for one image: what is in the file now, and what was. */
const renderChange = ({ name, change, from, to }) => {
    const digest = from === undefined ? to : `${from} -> ${to}`;
    return `${name} ${change === 'extended' ? 'has another platform' : change}: ${digest}`;
};


/***/ })

};
