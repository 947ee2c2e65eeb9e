const { basename } = require("node:path");
const { default: Sequencer } = require("@jest/test-sequencer");

/**
 * `dev` is deployed by the first file that needs it and shared by the others, as a deployment takes five minutes. So the
 * file that interrupts its creation comes first, the one that destroys it last, and the others between in any order.
 */
const places = { "interrupted.test.ts": -1, "destroy.test.ts": 1 };

const placeOf = ({ path }) => places[basename(path)] ?? 0;

module.exports = class extends Sequencer {
    sort(tests) {
        return [...tests].sort((a, b) => placeOf(a) - placeOf(b) || (a.path < b.path ? -1 : 1));
    }

    // Jest would run the slowest of the run before first.
    cacheResults() {}
};
