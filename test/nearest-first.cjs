const { statSync } = require("node:fs");
const { basename } = require("node:path");
const { default: Sequencer } = require("@jest/test-sequencer");

/**
 * For mutation runs, which end at the first file with a failing test: begins with what is named like the changed file or
 * its folder, and with the small before the large.
 */
module.exports = class NearestFirst extends Sequencer {
    constructor(options) {
        super(options);
        this.names = options.globalConfig.nonFlagArgs.flatMap((path) =>
            path
                .split("/")
                .slice(-2)
                .map((name) => basename(name, ".ts"))
                .reverse(),
        );
    }

    sort(tests) {
        const distance = ({ path }) => {
            const near = this.names.findIndex((name) => path.includes(name));
            return near === -1 ? this.names.length : near;
        };
        return [...tests].sort(
            (one, other) => distance(one) - distance(other) || statSync(one.path).size - statSync(other.path).size,
        );
    }
};
