import { expect } from "@jest/globals";
import { Project } from "./support/project.ts";
import { scenario } from "./support/scenario.ts";

const project = Project.shared();
const limit = ["waf", "requestsPer5Minutes"];

const linesOf = (stdout: string): string[] => stdout.trim().split("\n");

/** Lines that an update prints for what it changes. */
const changes = (stdout: string): string[] => linesOf(stdout).filter((line) => /^(\+-|[+~=-]) /.test(line));

/** The other lines, without the progress report of each minute: its title and its counts. */
const others = (stdout: string): string[] =>
    linesOf(stdout).filter((line) => !changes(stdout).includes(line) && !/ resources done(; |$)/.test(line));

scenario(
    "in a log, a preview prints one line for each resource that changes, with the values, and an update two",
    25,
    async () => {
        await project.ensureDeployed("dev");
        await project.withChangedSettings("dev", [{ path: limit, value: 3000 }], async () => {
            const preview = await project.deploy("dev", ["preview"]);
            const update = await project.deploy("dev", ["up", "--yes"]);
            // An update shows its preview first.
            for (const [{ code, stdout }, operations] of [
                [preview, 1],
                [update, 2],
            ] as const) {
                expect({ code, others: others(stdout).length }).toEqual({ code: 0, others: 2 * operations });
                expect(
                    changes(stdout).map((line) => line.replace(/^.*(\(aws:.*\)): .*(limit: \d+ -> \d+)$/, "$1 $2")),
                ).toEqual(new Array(operations).fill("(aws:wafv2/webAcl:WebAcl) limit: 2000 -> 3000"));
            }
        });
        expect((await project.deploy("dev", ["up", "--yes"])).code).toBe(0);
        expect(changes((await project.deploy("dev", ["up", "--yes"])).stdout)).toEqual([]);
    },
);

scenario("`pulumi` runs the CLI on the stack's state, and ends with its code", 10, async () => {
    await project.ensureDeployed("dev");
    const { outputs } = await project.state("dev");
    const vpc = await project.deploy("dev", ["pulumi", "stack", "output", "vpcId"]);
    expect({ code: vpc.code, stdout: vpc.stdout.trim() }).toEqual({ code: 0, stdout: outputs.vpcId });
    expect((await project.deploy("dev", ["pulumi", "stack", "output", "nothing"])).code).toBeGreaterThan(0);
});

scenario("a wrong passphrase ends with 9, and changes nothing", 10, async () => {
    await project.ensureDeployed("dev");
    const env = { PULUMI_CONFIG_PASSPHRASE: "wrong" };
    for (const verb of [["outputs"], ["up", "--yes"]]) {
        expect((await project.deploy("dev", verb, { env })).code).toBe(9);
    }
});
