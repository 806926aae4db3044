export const id = 626;
export const ids = [626];
export const modules = {

/***/ 5626:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   decodeStatus: () => (/* binding */ decodeStatus)
/* harmony export */ });
/* harmony import */ var _oci_json_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(2782);
// What public status pages say, out of the five formats that they come in. A page is nobody's proof of anything: what cannot be
// read says nothing, and what can is quoted, cut short, in one line.

const MAX_QUOTED = 200;
/** Undefined for what is no such page. */
const decodeStatus = (bytes, { format, about }) => {
    const word = DECODERS[format](bytes, about);
    return word === undefined ? undefined : { ...word, says: quote(word.says) };
};
const quote = (text) => {
    const line = text
        .replace(/<[^>]*>/g, ' ')
        .replace(/[\p{C}\p{Z}]+/gu, ' ')
        .trim();
    return line.length > MAX_QUOTED ? `${line.slice(0, MAX_QUOTED - 1)}…` : line;
};
const objectsIn = (value) => (Array.isArray(value) ? value.filter(_oci_json_js__WEBPACK_IMPORTED_MODULE_0__/* .isObject */ .Gv) : []);
const word = (says, at) => ({ says, ...(at === undefined ? {} : { at: quote(at) }) });
/** status.io: what is not operational, and what its people wrote last. */
const decodeStatusIo = (bytes, about) => {
    const json = (0,_oci_json_js__WEBPACK_IMPORTED_MODULE_0__/* .decodeJsonObject */ .sw)(bytes);
    const result = json.ok ? json.value['result'] : undefined;
    const overall = (0,_oci_json_js__WEBPACK_IMPORTED_MODULE_0__/* .isObject */ .Gv)(result) ? result['status_overall'] : undefined;
    if (!(0,_oci_json_js__WEBPACK_IMPORTED_MODULE_0__/* .isObject */ .Gv)(result) || !(0,_oci_json_js__WEBPACK_IMPORTED_MODULE_0__/* .isObject */ .Gv)(overall))
        return undefined;
    const components = objectsIn(result['status']);
    const own = components.filter(component => about.test((0,_oci_json_js__WEBPACK_IMPORTED_MODULE_0__/* .stringAt */ .bX)(component, 'name') ?? ''));
    const troubled = own.filter(({ status_code: code }) => code !== 100);
    const incidents = objectsIn(result['incidents']).filter(incident => concerns(objectsIn(incident['components_affected']), about));
    const [message] = objectsIn(incidents[0]?.['messages']);
    const told = [
        ...(own.length === 0 ? [(0,_oci_json_js__WEBPACK_IMPORTED_MODULE_0__/* .stringAt */ .bX)(overall, 'status') ?? 'no status'] : statesOf(own, troubled)),
        ...incidents.slice(0, 1).map(incident => (0,_oci_json_js__WEBPACK_IMPORTED_MODULE_0__/* .stringAt */ .bX)(incident, 'name') ?? '')
    ];
    const at = message === undefined ? undefined : (0,_oci_json_js__WEBPACK_IMPORTED_MODULE_0__/* .stringAt */ .bX)(message, 'datetime');
    return word(sentence(told), at ?? (0,_oci_json_js__WEBPACK_IMPORTED_MODULE_0__/* .stringAt */ .bX)(troubled[0] ?? overall, 'updated') ?? (0,_oci_json_js__WEBPACK_IMPORTED_MODULE_0__/* .stringAt */ .bX)(overall, 'updated'));
};
/** Statuspage: the components, and incidents that are not over. */
const decodeStatuspage = (bytes, about) => {
    const json = (0,_oci_json_js__WEBPACK_IMPORTED_MODULE_0__/* .decodeJsonObject */ .sw)(bytes);
    const overall = json.ok ? json.value['status'] : undefined;
    if (!json.ok || !(0,_oci_json_js__WEBPACK_IMPORTED_MODULE_0__/* .isObject */ .Gv)(overall))
        return undefined;
    const own = objectsIn(json.value['components']).filter(component => about.test((0,_oci_json_js__WEBPACK_IMPORTED_MODULE_0__/* .stringAt */ .bX)(component, 'name') ?? ''));
    const troubled = own.filter(component => (0,_oci_json_js__WEBPACK_IMPORTED_MODULE_0__/* .stringAt */ .bX)(component, 'status') !== 'operational');
    const incident = objectsIn(json.value['incidents']).find(({ components }) => concerns(objectsIn(components), about));
    const told = [
        ...(own.length === 0 ? [(0,_oci_json_js__WEBPACK_IMPORTED_MODULE_0__/* .stringAt */ .bX)(overall, 'description') ?? 'no status'] : statesOf(own, troubled)),
        ...(incident === undefined ? [] : [(0,_oci_json_js__WEBPACK_IMPORTED_MODULE_0__/* .stringAt */ .bX)(incident, 'name') ?? ''])
    ];
    const page = json.value['page'];
    return word(sentence(told), (0,_oci_json_js__WEBPACK_IMPORTED_MODULE_0__/* .stringAt */ .bX)(incident ?? troubled[0] ?? {}, 'updated_at') ?? ((0,_oci_json_js__WEBPACK_IMPORTED_MODULE_0__/* .isObject */ .Gv)(page) ? (0,_oci_json_js__WEBPACK_IMPORTED_MODULE_0__/* .stringAt */ .bX)(page, 'updated_at') : undefined));
};
const statesOf = (own, troubled) => (troubled.length === 0 ? own.slice(0, 1) : troubled).map(component => `${(0,_oci_json_js__WEBPACK_IMPORTED_MODULE_0__/* .stringAt */ .bX)(component, 'name') ?? ''}: ${((0,_oci_json_js__WEBPACK_IMPORTED_MODULE_0__/* .stringAt */ .bX)(component, 'status') ?? 'no status').replaceAll('_', ' ')}`);
/** Whether an incident is about the registry: where it does not say what it is about, it may be. */
const concerns = (components, about) => components.length === 0 || components.some(component => about.test((0,_oci_json_js__WEBPACK_IMPORTED_MODULE_0__/* .stringAt */ .bX)(component, 'name') ?? ''));
const sentence = (parts) => parts.filter(part => part !== '').join('; ');
/** Google Cloud: a list of incidents, of which those without an end go on. */
const decodeGoogle = (bytes, about) => {
    const incidents = decodeJsonList(Buffer.from(bytes).toString('utf8'));
    const open = incidents?.find(incident => ((0,_oci_json_js__WEBPACK_IMPORTED_MODULE_0__/* .stringAt */ .bX)(incident, 'end') ?? '') === '' &&
        [(0,_oci_json_js__WEBPACK_IMPORTED_MODULE_0__/* .stringAt */ .bX)(incident, 'service_name') ?? '', ...objectsIn(incident['affected_products']).map(titleOf)].some(name => about.test(name)));
    if (incidents === undefined)
        return undefined;
    if (open === undefined)
        return word('no incident that goes on', undefined);
    return word((0,_oci_json_js__WEBPACK_IMPORTED_MODULE_0__/* .stringAt */ .bX)(open, 'external_desc') ?? 'an incident goes on', (0,_oci_json_js__WEBPACK_IMPORTED_MODULE_0__/* .stringAt */ .bX)(open, 'modified') ?? (0,_oci_json_js__WEBPACK_IMPORTED_MODULE_0__/* .stringAt */ .bX)(open, 'begin'));
};
const titleOf = (product) => (0,_oci_json_js__WEBPACK_IMPORTED_MODULE_0__/* .stringAt */ .bX)(product, 'title') ?? '';
/** AWS: a list of what goes on, in UTF-16; times are seconds since 1970, as text. */
const decodeAws = (bytes, about) => {
    const events = decodeJsonList(decodeUtf16(bytes));
    const open = events?.find(event => about.test(`${(0,_oci_json_js__WEBPACK_IMPORTED_MODULE_0__/* .stringAt */ .bX)(event, 'service') ?? ''} ${(0,_oci_json_js__WEBPACK_IMPORTED_MODULE_0__/* .stringAt */ .bX)(event, 'service_name') ?? ''}`));
    if (events === undefined)
        return undefined;
    if (open === undefined)
        return word('no event that goes on', undefined);
    const seconds = Number((0,_oci_json_js__WEBPACK_IMPORTED_MODULE_0__/* .stringAt */ .bX)(open, 'date') ?? Number.NaN);
    const isTime = Number.isInteger(seconds) && seconds > 0 && seconds < 1e11;
    const says = `${(0,_oci_json_js__WEBPACK_IMPORTED_MODULE_0__/* .stringAt */ .bX)(open, 'service_name') ?? ''}: ${(0,_oci_json_js__WEBPACK_IMPORTED_MODULE_0__/* .stringAt */ .bX)(open, 'summary') ?? 'an event goes on'}`;
    return word(says, isTime ? new Date(seconds * 1000).toISOString() : undefined);
};
const decodeUtf16 = (bytes) => {
    const [first, second] = bytes;
    const encoding = first === 0xfe && second === 0xff ? 'utf-16be' : first === 0xff && second === 0xfe ? 'utf-16le' : 'utf-8';
    return new TextDecoder(encoding).decode(bytes);
};
const decodeJsonList = (text) => {
    try {
        const value = JSON.parse(text);
        return Array.isArray(value) ? objectsIn(value) : undefined;
    }
    catch {
        return undefined;
    }
};
/** Azure: a feed of what goes on; empty when nothing does. Looked through, not parsed: two elements are all that is wanted. */
const decodeRss = (bytes) => {
    const text = Buffer.from(bytes).toString('utf8');
    if (!/<rss[\s>]/i.test(text))
        return undefined;
    const start = text.search(/<item[\s>]/i);
    if (start < 0)
        return word('nothing that goes on', undefined);
    const item = text.slice(start);
    return word(elementIn(item, 'title') ?? 'an incident goes on', elementIn(item, 'pubDate'));
};
const elementIn = (xml, name) => new RegExp(`<${name}>\\s*(?:<!\\[CDATA\\[)?([^<\\]]*)`, 'i').exec(xml)?.[1]?.trim();
const DECODERS = {
    'status.io': decodeStatusIo,
    statuspage: decodeStatuspage,
    google: decodeGoogle,
    aws: decodeAws,
    rss: decodeRss
};


/***/ })

};
