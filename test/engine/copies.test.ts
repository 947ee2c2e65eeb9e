import { expect } from "@jest/globals";
import { findRemainingResources } from "./support/remaining-resources.ts";
import { Project } from "./support/project.ts";
import { scenario } from "./support/scenario.ts";

const project = Project.shared();

/** Neither the program nor AWS has anything to change in a stack. */
async function isUnharmed(stack: string): Promise<void> {
    expect(await project.runOperation("preview", stack, ["--expect-no-changes"])).toMatchObject({ code: 0, steps: [] });
    expect(await project.runOperation("refresh", stack, ["--expect-no-changes"])).toMatchObject({
        code: 0,
        changes: {},
    });
}

/** What AWS has of a stack, without the log group of Container Insights, into which it writes after the destruction. */
const leftOf = async (suffix: string): Promise<string[]> =>
    (await findRemainingResources(suffix)).filter((name) => !name.includes("containerinsights"));

scenario("a copy of dev is written, deployed in dev's account and updated", 40, async () => {
    await project.ensureDeployed("dev");
    expect(await project.npm("new", ["alice", "--from", "dev"])).toMatchObject({ code: 0 });
    expect(await project.deploy("alice", ["up", "--yes"])).toMatchObject({ code: 0 });
    for (const stack of ["dev", "alice"]) {
        await project.withChangedSettings(stack, [{ path: ["waf", "requestsPer5Minutes"], value: 3000 }], async () => {
            expect(await project.deploy(stack, ["up", "--yes"])).toMatchObject({ code: 0 });
        });
        await project.runOperationSuccessfully("up", stack);
    }
    await isUnharmed("dev");
});

scenario("destroying the copy changes nothing in dev", 30, async () => {
    expect(await project.deploy("alice", ["destroy", "--confirm", "alice"])).toMatchObject({ code: 0 });
    await isUnharmed("dev");
    expect(await leftOf("alice")).toEqual([]);
});

scenario("destroying the original changes nothing in a copy that Pulumi's CLI alone has deployed", 60, async () => {
    // In a region of its own, where it creates what a region has once; dev stays for the other files.
    expect(await project.npm("new", ["carol", "--from", "dev"])).toMatchObject({ code: 0 });
    project.edit("Pulumi.carol.yaml", (text) => text.replace("us-east-1", "us-west-2"));
    project.setSetting("carol", ["accountServices", "apiGatewayRole"], "create");
    expect(await project.npm("new", ["bob", "--from", "carol"])).toMatchObject({ code: 0 });
    for (const stack of ["carol", "bob"]) {
        expect(await project.pulumi(["stack", "init", stack])).toMatchObject({ code: 0 });
        await project.runOperationSuccessfully("up", stack);
    }
    await project.runOperationSuccessfully("destroy", "carol");
    await isUnharmed("bob");
    await project.runOperationSuccessfully("destroy", "bob");
    await isUnharmed("dev");
});
