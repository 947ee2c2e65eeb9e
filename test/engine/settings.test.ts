import { expect } from "@jest/globals";
import { Project } from "./support/project.ts";
import { scenario } from "./support/scenario.ts";
import { stepText, applyAndRevert } from "./support/settings.ts";

const project = Project.shared();

scenario("a task definition of another size is created and used before the former one is deleted", 20, async () => {
    const { there } = await applyAndRevert(project, [{ path: ["services", "api", "memoryMib"], value: 1024 }]);
    expect(there.map(stepText)).toEqual([
        "create-replacement TaskDefinition payment-api-dev",
        "replace TaskDefinition payment-api-dev",
        "update Service payment-api-dev",
        "delete-replaced TaskDefinition payment-api-dev",
    ]);
    expect(there[0]?.replacementInputs).toEqual(["memory"]);
});

scenario("a second merchant is added and removed, and the first does not change", 20, async () => {
    const { there, back } = await applyAndRevert(project, [
        { path: ["gateway", "merchants", "second-shop"], value: {} },
    ]);
    const merchant = "payment-gateway-merchant-second-shop-dev";
    const types = ["ApiKey", "Merchant", "Secret", "SecretVersion", "UsagePlan", "UsagePlanKey"];
    const updates = [
        // The validator has the file, and the services read the secret, by which they know each merchant from its key.
        ...["create-replacement", "delete-replaced", "replace"].map(
            (step) => `${step} SecretVersion payment-gateway-token-dev`,
        ),
        "update Function payment-validator-dev",
        // The alarm counts what all merchants together may ask for.
        "update MetricAlarm payment-gateway-usage-near-quota-dev",
    ];
    expect(there.map(stepText).sort()).toEqual(
        [...types.map((type) => `create ${type} ${merchant}`), ...updates].toSorted(),
    );
    expect(back.map(stepText).sort()).toEqual(
        [...types.map((type) => `delete ${type} ${merchant}`), ...updates].toSorted(),
    );
});

scenario("a removed setting deletes its resources, and nothing else", 20, async () => {
    const { there, back } = await applyAndRevert(project, [{ path: ["audit", "cloudTrail"], value: false }]);
    const trail = ["LogGroup", "Role", "RolePolicy", "Trail"].map((type) => `${type} payment-trail-dev`);
    expect(there.map(stepText).sort()).toEqual(trail.map((resource) => `delete ${resource}`));
    expect(back.map(stepText).sort()).toEqual(trail.map((resource) => `create ${resource}`));
});

scenario(
    "a preview of another VPC CIDR names the input that replaces the network, and changes nothing",
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
