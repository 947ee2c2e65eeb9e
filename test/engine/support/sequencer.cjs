const { basename } = require("node:path");
const { default: Sequencer } = require("@jest/test-sequencer");

/**
 * `dev` is deployed by the first file that needs it and shared by the others, as a deployment takes five minutes. So the
 * file that interrupts its creation comes first and the one that destroys it last. Before that comes the one that adds things
 * by hand: an emulator goes on listing what was deleted. The others may come in any order.
 */
const places = { "interrupted.test.ts": -1, "drift.test.ts": 1, "destroy.test.ts": 2 };

const placeOf = ({ path }) => places[basename(path)] ?? 0;

module.exports = class extends Sequencer {
    sort(tests) {
        return [...tests].sort((a, b) => placeOf(a) - placeOf(b) || (a.path < b.path ? -1 : 1));
    }

    // Jest would run the slowest of the run before first.
    cacheResults() {}
};
