import { expect } from "@jest/globals";
import { Project } from "./support/project.ts";
import { scenario } from "./support/scenario.ts";
import { stepText, applyAndRevert } from "./support/settings.ts";

const project = Project.shared();

scenario("a task of another size is made, used, and only then the former one goes", 20, async () => {
    const { there } = await applyAndRevert(project, [{ path: ["services", "api", "memoryMib"], value: 1024 }]);
    expect(there.map(stepText)).toEqual([
        "create-replacement TaskDefinition payment-api-dev",
        "replace TaskDefinition payment-api-dev",
        "update Service payment-api-dev",
        "delete-replaced TaskDefinition payment-api-dev",
    ]);
    expect(there[0]?.replacementInputs).toEqual(["memory"]);
});

scenario("a second merchant comes and goes, and the first is not touched", 20, async () => {
    const { there, back } = await applyAndRevert(project, [
        { path: ["gateway", "merchants", "second-shop"], value: {} },
    ]);
    const merchant = "payment-gateway-merchant-second-shop-dev";
    const types = ["ApiKey", "Merchant", "Secret", "SecretVersion", "UsagePlan", "UsagePlanKey"];
    // The alarm counts what all merchants together may ask for.
    const alarm = "update MetricAlarm payment-gateway-usage-near-quota-dev";
    expect(there.map(stepText).sort()).toEqual([...types.map((type) => `create ${type} ${merchant}`), alarm]);
    expect(back.map(stepText).sort()).toEqual([...types.map((type) => `delete ${type} ${merchant}`), alarm]);
});

scenario("a setting that is taken away takes its resources along, and nothing else", 20, async () => {
    const { there, back } = await applyAndRevert(project, [{ path: ["audit", "cloudTrail"], value: false }]);
    const trail = ["LogGroup", "Role", "RolePolicy", "Trail"].map((type) => `${type} payment-trail-dev`);
    expect(there.map(stepText).sort()).toEqual(trail.map((resource) => `delete ${resource}`));
    expect(back.map(stepText).sort()).toEqual(trail.map((resource) => `create ${resource}`));
});

scenario(
    "a preview of another network block tells which input replaces the network, and changes nothing",
    10,
    async () => {
        await project.ensureDeployed("dev");
        const before = await project.state("dev");
        const change = [{ path: ["network", "cidr"], value: "10.9.0.0/16" }];
        const { steps } = await project.withChangedSettings("dev", change, () =>
            project.runOperationSuccessfully("preview", "dev"),
        );
        const replaced = steps.filter(({ op }) => op === "replace");
        expect(replaced.find(({ type }) => type === "aws:ec2/vpc:Vpc")?.replacementInputs).toEqual(["cidrBlock"]);
        expect(
            replaced
                .filter(({ type }) => type === "aws:ec2/subnet:Subnet")
                .map(({ replacementInputs }) => replacementInputs),
        ).toEqual(new Array(6).fill(["cidrBlock", "vpcId"]));
        expect((await project.state("dev")).resources.length).toBe(before.resources.length);
    },
);
