import { CloudWatchLogsClient, DeleteLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { expect } from "@jest/globals";
import { leftBehind } from "./support/left-behind.ts";
import { Project } from "./support/project.ts";
import { scenario } from "./support/scenario.ts";

const project = Project.shared();

/** Neither the program nor AWS has anything to change in a stack. */
async function isUnharmed(stack: string): Promise<void> {
    expect(await project.operate("preview", stack, ["--expect-no-changes"])).toMatchObject({ code: 0, steps: [] });
    expect(await project.operate("refresh", stack, ["--expect-no-changes"])).toMatchObject({ code: 0, changes: {} });
}

scenario("a copy of dev, made as the README says, is brought up beside dev with Pulumi alone", 30, async () => {
    await project.deployed("dev");
    expect(await project.npm("new", ["copy", "--from", "dev"])).toMatchObject({ code: 0 });
    expect(await project.pulumi(["stack", "init", "copy"])).toMatchObject({ code: 0 });
    expect(await project.operate("up", "copy")).toMatchObject({ code: 0, errors: [] });
    await isUnharmed("dev");
});

scenario("dev is destroyed, and its copy does not notice", 30, async () => {
    expect(await project.operate("destroy", "dev")).toMatchObject({ code: 0, errors: [] });
    await isUnharmed("copy");
});

scenario("the copy is destroyed, and dev does not notice", 40, async () => {
    // AWS writes into it once more after the destruction, and the next creation meets it.
    await new CloudWatchLogsClient({ region: process.env.AWS_REGION }).send(
        new DeleteLogGroupCommand({ logGroupName: "/aws/ecs/containerinsights/payment-cluster-dev/performance" }),
    );
    await project.deployed("dev");
    expect(await project.operate("destroy", "copy")).toMatchObject({ code: 0, errors: [] });
    await isUnharmed("dev");
    expect((await leftBehind("copy")).filter((name) => !name.includes("containerinsights"))).toEqual([]);
});
