import { expect } from "@jest/globals";
import { exitCodeFor } from "../../tools/frame/exit.ts";
import { findRemainingResources } from "./support/remaining-resources.ts";
import { Project } from "./support/project.ts";
import { scenario } from "./support/scenario.ts";

const project = Project.shared();
const resourcesOf = async (stack: string): Promise<number> => (await project.state(stack)).resources.length;

scenario("a destruction without a confirmation, or with another stack's name, changes nothing", 30, async () => {
    await project.ensureDeployed("dev");
    const before = await resourcesOf("dev");
    const unconfirmed = exitCodeFor("unconfirmed");
    expect(await project.deploy("dev", ["destroy"])).toMatchObject({ code: unconfirmed });
    expect(await project.deploy("dev", ["destroy", "--yes"])).toMatchObject({ code: exitCodeFor("usage") });
    expect(await project.deploy("dev", ["destroy", "--confirm", "prod"])).toMatchObject({ code: unconfirmed });
    expect(await resourcesOf("dev")).toBe(before);
});

scenario("a confirmed destruction leaves nothing in the state, and in AWS only what it announced", 30, async () => {
    await project.ensureDeployed("dev");
    expect(await findRemainingResources("dev")).not.toEqual([]);
    const { code, stderr } = await project.deploy("dev", ["destroy", "--confirm", "dev"]);
    expect(code).toBe(0);
    expect((await project.state("dev")).resources.filter(({ custom }) => custom)).toEqual([]);
    const left = await findRemainingResources("dev");
    expect(left.filter((name) => !stderr.includes(name))).toEqual([]);
});
