const { createRequire } = require("node:module");
const { default: Runtime } = require("jest-runtime");

/**
 * Packages that are loaded once for all test files of a worker: they take longer than the tests of most files. What
 * they keep from one file to the next must not matter to a test.
 */
const loadedOnce = /^(@pulumi|@aws-sdk|@grpc|fast-check|google-protobuf|yaml|zod)(\/|$)/;

/** Jest's own module system, but for the packages that are loaded once, which the environment holds. */
module.exports = class SharedRuntime extends Runtime {
    constructor(config, environment, ...others) {
        super(config, environment, ...others);
        this.shared = environment;
        this.packages = environment.packages;
        const { executor } = this;
        const compile = executor.compile.bind(executor);
        executor.compile = (source, path) => environment.compiled(path, source, (counted) => compile(counted, path));
    }

    getAllCoverageInfoCopy() {
        return this.shared.newCoverage();
    }

    requireModuleOrMock(from, name) {
        return loadedOnce.test(name)
            ? this.packages.load(createRequire(from).resolve(name))
            : super.requireModuleOrMock(from, name);
    }
};
