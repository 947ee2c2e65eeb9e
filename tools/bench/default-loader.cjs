// What Pulumi does without `typescript: false`: its own ts-node checks the types of the program and compiles it, before
// it runs. That loader knows CommonJS only, so it gets a copy of the program with a tsconfig.json to match. One preview
// on Pulumi's own mocks takes the engine's place, which is less than the plan does.
const { createRequire } = require("node:module");
const { dirname, join } = require("node:path");
const process = require("node:process");

const [folder, config] = process.argv.slice(2);
const fromProgram = createRequire(join(folder, "index.ts"));
const sdk = dirname(fromProgram.resolve("@pulumi/pulumi/package.json"));
const compilerOptions = require(join(folder, "tsconfig.json")).compilerOptions;
require(join(sdk, "vendor", "ts-node@7.0.1")).register({
    compiler: fromProgram.resolve("typescript"),
    project: join(folder, "tsconfig.json"),
    compilerOptions,
});
const pulumi = fromProgram("@pulumi/pulumi");

const zones = ["a", "b", "c", "d", "e", "f"];
const answers = {
    accountId: "123456789012",
    partition: "aws",
    region: "us-east-1",
    names: zones.map((zone) => `us-east-1${zone}`),
    zoneIds: zones.map((zone) => `use1-${zone}`),
    zoneId: "Z1",
};

async function run() {
    const mocks = { newResource: ({ inputs }) => ({ id: "", state: inputs }), call: () => answers };
    await pulumi.runtime.setMocks(mocks, "payment-platform", "prod", true);
    pulumi.runtime.setAllConfig(JSON.parse(config));
    const { default: program } = fromProgram("./index.ts");
    await pulumi.runtime.runInPulumiStack(async () => program());
    await pulumi.runtime.disconnect();
}
run().then(
    () => process.exit(0),
    (error) => {
        process.stderr.write(`${error.stack}\n`);
        process.exit(1);
    },
);
