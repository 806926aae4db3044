export const id = 376;
export const ids = [376];
export const modules = {

/***/ 8376:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  renderSummary: () => (/* binding */ renderSummary)
});

;// CONCATENATED MODULE: ./build/acquire/markdown.js
// Text from outside as Markdown that means nothing but itself. Names, error texts and header values are whatever the other side
// likes: links, pictures, tables, HTML and mentions of people must stay letters. Knows nothing of what is written.
const MAX_TEXT = 400;
/** One line of visible characters, cut where it gets long. Characters that turn the line round or hide others are shown as �. */
const oneLine = (text, most = MAX_TEXT) => {
    const line = text
        .replace(/[\r\n\t\u2028\u2029]+/g, ' ')
        .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '\ufffd')
        .trim();
    return line.length <= most ? line : `${line.slice(0, most).replace(/\p{Cs}$/u, '')}…`;
};
const longestRun = (text) => Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
/** A code span, in which nothing has a meaning: for names, digests and hosts. Stands in tables too. */
const code = (text, most = MAX_TEXT) => {
    // A pipe ends a table's cell even in code, and escaping it fails behind a backslash: it is shown as its look-alike.
    const shown = oneLine(text, most).replaceAll('|', '∣');
    if (shown === '')
        return '(empty)';
    const fence = '`'.repeat(longestRun(shown) + 1);
    const pad = /^`|`$/.test(shown) ? ' ' : '';
    return fence + pad + shown + pad + fence;
};
/** Running text with parts from outside: every character that could mean something is written as what it is. */
const prose = (text, most = MAX_TEXT) => shortDigests(oneLine(text, most))
    .replace(/[&<>"'`*_{}[\]!|~\\$^#]|:(?=\/)/g, character => `&#${String(character.charCodeAt(0))};`)
    // These are found after all escaping, in what is to be seen; a space without width behind them ends that.
    .replace(/@|&#35;(?=\d)|www(?=\.)|\bGH(?=-\d)/gi, found => `${found}\u200b`);
// 64 digits make a table unreadable; the whole digest stands in the evidence.
const shortDigests = (text) => text.replace(/\b(sha(?:256|512)):([0-9a-f]{12})[0-9a-f]{20,}/g, '$1:$2…');
/** A block to copy from. */
const block = (lines, language = 'text') => {
    const fence = '`'.repeat(Math.max(3, longestRun(lines.join('\n')) + 1));
    return [fence + language, ...lines, fence].join('\n');
};
/** Cells are Markdown already. */
const table = (head, rows) => [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n');
/** Folded away. `title` is our own words: it is HTML, where no Markdown is read. */
const details = (title, text) => `<details>\n<summary>${title}</summary>\n\n${text}\n\n</details>`;

// EXTERNAL MODULE: ./build/acquire/failure.js
var acquire_failure = __webpack_require__(3113);
// EXTERNAL MODULE: ./build/acquire/plain-words.js
var plain_words = __webpack_require__(6103);
;// CONCATENATED MODULE: ./build/acquire/summary-registries.js
// What each registry did for one image, as a table, and what public status pages say of those that failed.
// Knows no image's fate: a fallback's registries are told of in the same words.


/** One row for each registry, in the order in which they were to be asked. */
const tableOfRegistries = ({ registries }) => table(['registry', 'what it did', 'tries', 'time'], registries.map(({ registry, role, did, attempts }) => [
    `${code(registry)}${role === 'primary' ? '' : role === 'mirror' ? ' (mirror)' : ' (public mirror)'}`,
    prose(did),
    String(attempts.length),
    attempts.length === 0 ? '-' : (0,acquire_failure/* formatDuration */.a3)(spanOf(attempts))
]));
const spanOf = (attempts) => Math.max(...attempts.map(({ startedMs, elapsedMs }) => startedMs + elapsedMs)) -
    Math.min(...attempts.map(({ startedMs }) => startedMs));
/** Each page once, though several registries may have the same. Empty when none says anything. */
const renderHints = ({ registries }) => {
    const words = new Map(registries.flatMap(({ statusPage }) => (statusPage === undefined ? [] : [[statusPage.page, statusPage]])));
    return [...words.values()]
        .map(({ page, says, at }) => `- Hint: ${code(page)} says: ${prose(says)}${at === undefined ? '' : ` (${prose(at)})`}`)
        .join('\n');
};

;// CONCATENATED MODULE: ./build/acquire/summary-pins.js
// The job summary's words for what was pinned: older tags that stand in, tags that moved, what became of the lock file, advice.
// Like summary.ts, it only renders, and what somebody else wrote passes markdown.ts.


const MAX_ROWS = 100;
/** The image, and each older tag that was tried in its place. */
const withFallbacks = (images) => images.flatMap(image => [image, ...(image.fallbacks ?? [])]);
/** The one that stands in, when one does. */
const standInIn = ({ outcome, fallbacks }) => outcome === 'verified' ? fallbacks?.at(-1) : undefined;
/** Stands above everything else: who goes on with another version has to know. */
const renderStandIns = ({ images }) => {
    const lines = images.flatMap(image => {
        const standIn = standInIn(image);
        return standIn === undefined
            ? []
            : [
                `- ⚠️ **This is not ${code(image.image)}: its reference, digest and tag are those of the older ${code(standIn.image)}.**`
            ];
    });
    const left = lines.length - MAX_ROWS;
    return [
        ...lines.slice(0, MAX_ROWS),
        ...(left > 0 ? [`- ⚠️ **And ${String(left)} more: see the report.**`] : [])
    ].join('\n');
};
/** What was tried in an image's place, each with its registries. */
const renderFallbacks = (image) => (image.fallbacks ?? []).flatMap(fallback => [
    `${code(fallback.image)} was tried in its place${fallback === standInIn(image) ? ' and stands in' : ', and could not be had'}:`,
    tableOfRegistries(fallback)
]);
/** Both digests in full, since whoever looks into it needs them. */
const renderMovedTag = ({ moved, locked, digest }) => {
    if (moved === undefined)
        return [];
    const known = locked ?? digest;
    const before = known === undefined
        ? ''
        : ` The lock file says that it is ${sayDigest(known, moved.lockedCreated)}, and that counts.`;
    return [`At ${code(moved.registry)} the tag is now ${sayDigest(moved.digest, moved.created)}.${before}`];
};
const sayDigest = (digest, created) => created === undefined ? code(digest) : `${code(digest)}, made ${code(created)}`;
/** Empty when no lock file was to be renewed. */
const renderLockChanges = ({ lock }) => {
    if (lock?.mode !== 'update')
        return '';
    const { file, changes } = lock;
    const told = changes.filter(({ change }) => change !== 'unchanged');
    const same = changes.length - told.length;
    const title = `#### Lock file ${code(file)}`;
    if (told.length === 0)
        return `${title}\n\n${same === 0 ? 'Nothing was written to it.' : 'Everything in it is as it was.'}`;
    const left = told.length - MAX_ROWS;
    const rows = told
        .slice(0, MAX_ROWS)
        .map(({ name, change, from, to }) => [
        code(name),
        change === 'extended' ? 'has another platform' : change,
        from === undefined ? '-' : code(from),
        code(to)
    ]);
    return [
        `${title}\n\nLook at the change before you commit it.`,
        table(['image', 'change', 'was', 'is now'], rows),
        ...(left > 0 ? [`*${String(left)} more: see the report.*`] : []),
        ...(same > 0 ? [`${String(same)} more ${same === 1 ? 'is' : 'are'} as before.`] : [])
    ].join('\n\n');
};
/** What would make the next run safer; the last that is said. */
const renderAdvice = ({ advice = [] }) => advice
    .slice(0, MAX_ROWS)
    .map(text => `- ${prose(text, 2000)}`)
    .join('\n');

;// CONCATENATED MODULE: ./build/acquire/summary-timeline.js
// Registries and attempts as a picture: a Gantt chart in the words of Mermaid, which GitHub draws.
// A name in it is plain letters, whatever it was: one stray colon or semicolon and the whole picture is an error.


// More rows than this is a wall, not a picture.
const summary_timeline_MAX_ROWS = 24;
/** The chart without its fence, and how many bars did not fit. Undefined when nobody was asked. */
const renderTimeline = (report) => {
    const images = withFallbacks(report.images);
    const isSingle = images.length === 1;
    const each = images.flatMap(image => barsOf(image, isSingle));
    const bars = each.length <= summary_timeline_MAX_ROWS ? each : summed(images, isSingle);
    if (bars.length === 0)
        return undefined;
    const shown = bars.slice(0, summary_timeline_MAX_ROWS);
    const endMs = Math.max(...shown.map(({ fromMs, forMs }) => fromMs + forMs));
    // A bar that is too narrow to be seen tells nothing.
    const leastMs = Math.max(1, Math.round(endMs / 200));
    const lines = ['gantt', '  dateFormat x', `  axisFormat ${endMs < 5000 ? '%Q ms' : '%s s'}`, '  todayMarker off'];
    for (const section of new Set(shown.map(bar => bar.section))) {
        lines.push(`  section ${section}`);
        for (const bar of shown.filter(other => other.section === section)) {
            const forMs = Math.max(leastMs, Math.round(bar.forMs));
            lines.push(`  ${bar.name} :${bar.tag}, ${String(Math.max(0, Math.round(bar.fromMs)))}, ${String(forMs)}ms`);
        }
    }
    return { chart: lines.join('\n'), left: bars.length - shown.length };
};
const barsOf = ({ image, registries }, isSingle) => registries.flatMap(({ registry, attempts }) => attempts.map((attempt) => ({
    section: plainHost(registry),
    name: plain(`${attempt.failedObject ?? attempt.object}${isSingle ? '' : ` of ${image}`}`, sayEnd(attempt)),
    tag: tagOf(attempt.outcome),
    fromMs: attempt.startedMs,
    forMs: attempt.elapsedMs
})));
const sayEnd = ({ failure, outcome }) => {
    if (failure !== undefined)
        return (0,plain_words/* sayFailure */.Kt)(failure);
    return outcome === 'aborted' ? 'called off' : '';
};
const tagOf = (outcome) => {
    if (outcome === 'verified')
        return 'done';
    return outcome === 'failed' ? 'crit' : 'active';
};
/** One bar for each image at each registry; those with trouble first. */
const summed = (images, isSingle) => {
    const bars = images.flatMap(({ image, registries }) => registries.flatMap(({ registry, outcome, failure, attempts }) => {
        if (attempts.length === 0)
            return [];
        const fromMs = Math.min(...attempts.map(({ startedMs }) => startedMs));
        const toMs = Math.max(...attempts.map(({ startedMs, elapsedMs }) => startedMs + elapsedMs));
        return [
            {
                section: plainHost(registry),
                // A name of its own at the beginning of a line could be a word of Mermaid's.
                name: plain(isSingle ? `${String(attempts.length)} tries` : `▸ ${image}`, failure && (0,plain_words/* sayFailure */.Kt)(failure)),
                tag: tagOf(outcome),
                fromMs,
                forMs: toMs - fromMs
            }
        ];
    }));
    return bars.toSorted((a, b) => Number(a.tag === 'done') - Number(b.tag === 'done') || a.fromMs - b.fromMs);
};
/** Letters, digits and what cannot end a name or begin something else in Mermaid's grammar. */
const plain = (name, ending = '') => {
    const letters = (text) => text
        .replace(/[^▸\p{L}\p{N} ./()[\]_+-]/gu, ' ')
        .replace(/ +/g, ' ')
        .trim();
    const [shown, end] = [letters(name), letters(ending)];
    return `${shown.length <= 60 ? shown : `${shown.slice(0, 60)}…`}${end === '' ? '' : ` - ${end}`}`;
};
const plainHost = (registry) => plain(registry.replace(/:(\d+)$/, ' (port $1)'));

;// CONCATENATED MODULE: ./build/acquire/summary.js
// The job summary: what is used and why, first for whoever looks at a red build, then for whoever has to mend it.
// Pure: a Report becomes Markdown. Everything in it that somebody else wrote passes markdown.ts.






// GitHub takes 1 MiB from a step, and shows nothing at all of a summary that is larger. This leaves room for what grows
// when it is written, and is more than anybody reads.
const MAX_BYTES = 400_000;
const summary_MAX_ROWS = 100;
const MAX_STORIES = 10;
const MAX_OPEN_IMAGES = 12;
const MAX_REQUESTS = 300;
/** The whole summary, well below the size that a runner takes. */
const renderSummary = (report) => {
    const parts = [
        renderHeadline(report),
        renderStandIns(report),
        renderInputFaults(report),
        renderImages(report),
        ...renderStories(report),
        renderLockChanges(report),
        renderWarnings(report),
        renderPicture(report),
        renderRequests(report),
        renderAdvice(report)
    ].filter(part => part !== '');
    return `${fit(parts, MAX_BYTES).join('\n\n')}\n\n${renderFooter(report)}\n`;
};
/** As many parts as there is room for, in order; what had to go is told of. */
const fit = (parts, most) => {
    const kept = [];
    let bytes = 0;
    for (const part of parts) {
        const more = Buffer.byteLength(part) + 2;
        if (bytes + more > most)
            continue;
        bytes += more;
        kept.push(part);
    }
    const left = parts.length - kept.length;
    return left === 0 ? kept : [...kept, `*${count(left, 'part')} of this summary had no room here: see the report.*`];
};
const renderHeadline = (report) => {
    const { outcome, images, failure, inputFaults } = report;
    if (outcome === 'cancelled')
        return heading('🚫', 'The job was called off before everything was verified.');
    if (inputFaults.length > 0) {
        const few = inputFaults.length === 1 ? 'one input is' : `${String(inputFaults.length)} inputs are`;
        return heading('❌', `Nothing was fetched, because ${few} not right.`);
    }
    const [only] = images;
    if (images.length === 0)
        return heading('❌', prose(failure?.message ?? 'nothing was done'));
    const sign = outcome === 'failed' ? '❌' : images.some(isOfNote) ? '⚠️' : '✅';
    if (images.length === 1 && only !== undefined)
        return heading(sign, (0,plain_words/* sayImage */.Dh)(only, name => code(name)));
    return heading(sign, sayAll(images));
};
const heading = (sign, sentence) => `### ${sign} verified-image\n\n**${sentence}**`;
const sayAll = (images) => {
    const lost = images.filter(({ outcome }) => outcome === 'failed').length;
    const elsewhere = images.filter(image => image.outcome === 'verified' && image.source === 'mirror').length;
    const older = images.filter(image => standInIn(image) !== undefined).length;
    const from = (elsewhere === 0 ? '' : `, ${String(elsewhere)} of them from a mirror`) +
        (older === 0 ? '' : `; for ${String(older)} of them an older tag stands in`);
    if (lost === 0)
        return `All ${count(images.length, 'image')} are verified${from}.`;
    const verified = images.length - lost;
    return `${String(lost)} of ${count(images.length, 'image')} could not be had from any registry, so the step fails. ${verified === 0 ? 'None is' : `${String(verified)} ${verified === 1 ? 'is' : 'are'}`} verified${from}.`;
};
const count = (amount, noun) => `${String(amount)} ${noun}${amount === 1 ? '' : 's'}`;
/** Worth more than its row in the table. */
const isOfNote = ({ outcome, diagnosis, warning }) => outcome === 'failed' || diagnosis !== undefined || warning !== undefined;
const renderInputFaults = ({ inputFaults }) => inputFaults.length === 0
    ? ''
    : table(['input', 'written', 'why not', 'for example'], inputFaults.map(({ input, written, rule, example }) => [code(input), code(written), prose(rule), code(example)]));
const renderImages = ({ images }) => {
    if (images.length === 0)
        return '';
    const ordered = [...images.filter(isOfNote), ...images.filter(image => !isOfNote(image))];
    const open = images.length <= MAX_OPEN_IMAGES ? ordered : ordered.filter(isOfNote).slice(0, MAX_OPEN_IMAGES);
    const folded = ordered.filter(image => !open.includes(image));
    const shown = folded.slice(0, summary_MAX_ROWS);
    const rest = folded.length - shown.length;
    const more = rest === 0 ? '' : `\n\n*${count(rest, 'more image')}: see the report.*`;
    return [
        open.length === 0 ? '' : tableOf(open),
        shown.length === 0
            ? ''
            : details(`${open.length === 0 ? 'All' : 'The other'} ${count(folded.length, 'image')}`, tableOf(shown) + more)
    ]
        .filter(part => part !== '')
        .join('\n\n');
};
const tableOf = (images) => table(['', 'image', 'platform', 'size', 'verified', 'time', 'use'], images.map(image => [
    image.outcome === 'failed' ? '❌' : isOfNote(image) ? '⚠️' : '✅',
    sayName(image),
    image.platforms.map(({ platform }) => (platform === undefined ? '-' : code(platform))).join(', ') || '-',
    image.size === undefined ? '-' : (0,acquire_failure/* formatBytes */.z3)(image.size),
    image.verified ?? '-',
    (0,acquire_failure/* formatDuration */.a3)(image.elapsedMs),
    image.reference === undefined ? '-' : code(image.reference)
]));
const sayName = (image) => {
    const standIn = standInIn(image);
    return standIn === undefined ? code(image.image) : `${code(image.image)}, for which ${code(standIn.image)} stands in`;
};
/** What happened to each image that did not go as it should; the lost ones first. */
const renderStories = (report) => {
    const { images } = report;
    const ordered = images
        .filter(isOfNote)
        .toSorted((a, b) => Number(a.outcome !== 'failed') - Number(b.outcome !== 'failed'));
    const left = ordered.length - MAX_STORIES;
    return [
        ...ordered.slice(0, MAX_STORIES).map(image => renderStory(image, report)),
        left > 0 ? `*What happened to ${count(left, 'more image')} is in the report.*` : ''
    ];
};
const renderStory = (image, { startedAt, images }) => {
    const { diagnosis } = image;
    return [
        ...(images.length > 1 ? [`#### ${code(image.image)}`, (0,plain_words/* sayImage */.Dh)(image, name => code(name))] : []),
        ...(diagnosis === undefined
            ? []
            : [`**Cause: ${diagnosis.cause}** (${(0,plain_words/* sayCause */.nw)(diagnosis.cause)}). ${prose(diagnosis.advice, 1000)}`]),
        renderHints(image),
        ...renderMovedTag(image),
        tableOfRegistries(image),
        ...renderFallbacks(image),
        ...renderEvidence(image, startedAt)
    ]
        .filter(part => part !== '')
        .join('\n\n');
};
/** What the people at a registry ask for first, to paste into a report to them. */
const renderEvidence = ({ diagnosis, name, registries }, startedAt) => {
    if (diagnosis === undefined)
        return [];
    const { evidence, what } = diagnosis;
    const { host, path, status, requestIds, wantedDigest, gotDigests, wantedBytes, gotBytes, firstBytes, rateLimit } = evidence;
    const failed = registries.find(({ registry }) => registry === evidence.registry);
    const failedAt = failed?.attempts.findLast(attempt => attempt.failure !== undefined)?.startedMs;
    const values = (of) => of === undefined || Object.keys(of).length === 0
        ? undefined
        : Object.entries(of)
            .map(([key, value]) => `${key}: ${value}`)
            .join(', ');
    const lines = [
        ['image', name],
        ['what', what],
        ['at', failedAt === undefined ? undefined : new Date(Date.parse(startedAt) + failedAt).toISOString()],
        ['request', host === undefined ? undefined : `GET ${host}${path ?? ''}`],
        ['status', status === undefined ? undefined : String(status)],
        ['request ids', values(requestIds)],
        ['wanted', wantedDigest],
        ['got', gotDigests.length === 0 ? undefined : gotDigests.join(', ')],
        [
            'bytes',
            gotBytes === undefined
                ? undefined
                : `${String(gotBytes)}${wantedBytes === undefined ? '' : ` of ${String(wantedBytes)}`}`
        ],
        ['first bytes', firstBytes],
        ['rate limit', values(rateLimit)]
    ];
    const shown = lines.flatMap(([label, value]) => value === undefined || value === '' ? [] : [`${label.padEnd(12)} ${oneLine(value, 2000)}`]);
    return [details('Evidence, to paste into a report to the registry', block(shown))];
};
// What stands with its image already is not said again.
const renderWarnings = ({ warnings, images }) => {
    const told = new Set(images.map(({ warning }) => warning));
    return warnings
        .filter(text => !told.has(text))
        .slice(0, summary_MAX_ROWS)
        .map(text => `- ⚠️ ${prose(text, 1000)}`)
        .join('\n');
};
const renderPicture = (report) => {
    const timeline = renderTimeline(report);
    if (timeline === undefined)
        return '';
    const left = timeline.left === 0 ? '' : `\n\n*${count(timeline.left, 'more bar')}: see the report.*`;
    return block(timeline.chart.split('\n'), 'mermaid') + left;
};
const renderRequests = (report) => {
    const images = withFallbacks(report.images);
    const rows = images.flatMap(image => image.registries.flatMap(({ registry, attempts }) => attempts.map(attempt => {
        const last = attempt.exchanges.at(-1);
        return [
            ...(images.length > 1 ? [code(image.image)] : []),
            code(registry),
            code(attempt.failedObject ?? attempt.object),
            attempt.failure === undefined
                ? attempt.outcome === 'aborted'
                    ? 'called off'
                    : 'verified'
                : prose(attempt.failure.message),
            last?.status === undefined ? '-' : String(last.status),
            last === undefined ? '-' : code(last.host),
            (0,acquire_failure/* formatBytes */.z3)(attempt.bytes),
            `${(0,acquire_failure/* formatDuration */.a3)(attempt.elapsedMs)}${attempt.waitedMs > 0 ? ` after a wait of ${(0,acquire_failure/* formatDuration */.a3)(attempt.waitedMs)}` : ''}`
        ];
    })));
    if (rows.length === 0)
        return '';
    const head = ['registry', 'object', 'outcome', 'status', 'served by', 'size', 'time'];
    const left = rows.length - MAX_REQUESTS;
    return details(`Every try (${String(rows.length)})`, table(images.length > 1 ? ['image', ...head] : head, rows.slice(0, MAX_REQUESTS)) +
        (left > 0 ? `\n\n*${count(left, 'more try').replace(/trys$/, 'tries')}: see the report.*` : ''));
};
const renderFooter = ({ action, startedAt, elapsedMs, failure, inputFaults, images }) => {
    const trouble = failure === undefined || inputFaults.length > 0 || images.length === 0 ? '' : `${prose(failure.message)}\n\n`;
    return `${trouble}<sub>${action.name} ${action.version}, ${startedAt}, ${(0,acquire_failure/* formatDuration */.a3)(elapsedMs)}. Everything in detail: the JSON file that the output <code>report</code> names.</sub>`;
};


/***/ })

};
