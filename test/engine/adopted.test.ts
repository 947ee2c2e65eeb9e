import { existsSync, rmSync } from "node:fs";
import { expect } from "@jest/globals";
import { catalogue } from "../../plan/catalogue/catalogue.ts";
import { secretContent, type StateResource } from "../../plan/state.ts";
import { Project } from "./support/project.ts";
import { scenario } from "./support/scenario.ts";
import { stepText } from "./support/settings.ts";

const project = Project.shared();

const holdsData = ({ type }: Pick<StateResource, "type">): boolean =>
    type.startsWith("aws:") && catalogue[type]?.loss?.losesData === true;

/** Values of secrets and keys, which clients have read. */
const valueOf = ({ outputs = {} }: StateResource): unknown => secretContent(outputs.secretString ?? outputs.value);

/** What holds data, with its ID in AWS, and the values that clients use. */
async function kept() {
    const { resources, pending } = await project.state("dev");
    expect(pending).toEqual([]);
    return {
        ids: Object.fromEntries(
            resources.filter(holdsData).map(({ urn, id, outputs }) => [urn, outputs?.clusterResourceId ?? id]),
        ),
        values: Object.fromEntries(
            resources
                .filter((each) => /:(SecretVersion|ApiKey)$/.test(each.type))
                .map((each) => [each.urn, valueOf(each)]),
        ),
        count: resources.length,
    };
}

scenario("a stack whose state is lost is adopted, and keeps its data, names and secrets", 60, async () => {
    await project.ensureDeployed("dev");
    const before = await kept();
    expect(Object.keys(before.ids).length).toBeGreaterThan(10);
    expect((await project.deploy("dev", ["adopt", "--yes"])).code).toBe(3);

    const removal = ["pulumi", "stack", "rm", "--force", "--preserve-config", "--yes", "dev"];
    expect((await project.deploy("dev", removal)).code).toBe(0);
    rmSync(project.file("outputs/dev.json"));
    expect(await project.stacks()).not.toContain("dev");

    const adopted = await project.deploy("dev", ["adopt", "--yes"]);
    expect({ code: adopted.code, problem: adopted.code === 0 ? "" : adopted.stderr }).toEqual({ code: 0, problem: "" });
    expect(await kept()).toMatchObject({ ids: before.ids, values: before.values });

    const { steps } = await project.runOperation("preview", "dev");
    const changed = steps.filter(({ op }) => op !== "update" && op !== "create");
    expect(changed.filter(holdsData).map(stepText)).toEqual([]);
    expect(steps.filter((step) => step.op === "create" && holdsData(step)).map(stepText)).toEqual([]);

    const updated = await project.deploy("dev", ["up", "--yes"]);
    expect({ code: updated.code, problem: updated.code === 0 ? "" : updated.stdout.slice(-3000) }).toEqual({
        code: 0,
        problem: "",
    });
    expect(existsSync(project.file("outputs/dev.json"))).toBe(true);
    expect(await kept()).toEqual(before);
    // An emulator removes the tags of a certificate that is imported again.
    const { steps: left } = await project.runOperation("preview", "dev");
    expect(left.map(stepText).filter((text) => text !== "update Certificate payment-self-signed-dev")).toEqual([]);
});
