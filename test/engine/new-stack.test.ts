import { expect } from "@jest/globals";
import { Project } from "./support/project.ts";
import { scenario } from "./support/scenario.ts";

const project = Project.shared();

scenario("one command deploys a new stack, and ends with 0", 25, async () => {
    await project.ensureDeployed("dev");
    const { resources, outputs } = await project.state("dev");
    expect(resources.filter(({ custom }) => custom).length).toBeGreaterThan(300);
    expect(outputs).toMatchObject({ environmentSuffix: "dev", ecsClusterName: "payment-cluster-dev" });
});

scenario("a second preview shows no changes", 20, async () => {
    await project.ensureDeployed("dev");
    expect(await project.runOperation("preview", "dev", ["--expect-no-changes"])).toMatchObject({ code: 0, steps: [] });
});

scenario("a refresh finds no difference between AWS and the state", 20, async () => {
    await project.ensureDeployed("dev");
    expect(await project.runOperation("refresh", "dev", ["--expect-no-changes"])).toMatchObject({
        code: 0,
        changes: {},
    });
});
