import { expect } from "@jest/globals";
import { Project } from "./support/project.ts";
import { scenario } from "./support/scenario.ts";

const project = Project.shared();
const limit = ["waf", "requestsPer5Minutes"];

/** Lines that an update prints for what it changes: all but its title and its counts. */
const changes = (stdout: string): string[] => stdout.trim().split("\n").slice(1, -1);

scenario("in a log, an update prints one line for each resource that it changes, with the values", 25, async () => {
    await project.deployed("dev");
    await project.with("dev", [{ path: limit, value: 3000 }], async () => {
        const preview = await project.deploy("dev", ["preview"]);
        const update = await project.deploy("dev", ["up", "--yes"]);
        for (const { code, stdout } of [preview, update]) {
            expect({ code, lines: changes(stdout).length }).toEqual({ code: 0, lines: 2 });
            expect(
                changes(stdout).every((line) => / \(aws:wafv2\/webAcl:WebAcl\): .*limit: \d+ -> 3000$/.test(line)),
            ).toBe(true);
        }
    });
    expect((await project.deploy("dev", ["up", "--yes"])).code).toBe(0);
    expect(changes((await project.deploy("dev", ["up", "--yes"])).stdout)).toEqual([]);
});

scenario("`pulumi` runs the CLI on the stack's state, and ends with its code", 10, async () => {
    await project.deployed("dev");
    const { outputs } = await project.state("dev");
    const vpc = await project.deploy("dev", ["pulumi", "stack", "output", "vpcId"]);
    expect({ code: vpc.code, stdout: vpc.stdout.trim() }).toEqual({ code: 0, stdout: outputs.vpcId });
    expect((await project.deploy("dev", ["pulumi", "stack", "output", "nothing"])).code).toBeGreaterThan(0);
});

scenario("a wrong passphrase ends with 9, and changes nothing", 10, async () => {
    await project.deployed("dev");
    const env = { PULUMI_CONFIG_PASSPHRASE: "wrong" };
    for (const verb of [["outputs"], ["up", "--yes"]]) {
        expect((await project.deploy("dev", verb, { env })).code).toBe(9);
    }
});
