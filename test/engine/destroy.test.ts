import { expect } from "@jest/globals";
import { codeOf } from "../../tools/deploy/exit.ts";
import { leftBehind } from "./support/left-behind.ts";
import { Project } from "./support/project.ts";
import { scenario } from "./support/scenario.ts";

const project = Project.shared();
const resourcesOf = async (stack: string): Promise<number> => (await project.state(stack)).resources.length;

scenario("a destruction that nobody confirms, or confirms with another name, changes nothing", 30, async () => {
    await project.deployed("dev");
    const before = await resourcesOf("dev");
    const unconfirmed = codeOf("unconfirmed");
    expect(await project.deploy("dev", ["destroy"])).toMatchObject({ code: unconfirmed });
    expect(await project.deploy("dev", ["destroy", "--yes"])).toMatchObject({ code: unconfirmed });
    expect(await project.deploy("dev", ["destroy", "--confirm", "prod"])).toMatchObject({ code: unconfirmed });
    expect(await resourcesOf("dev")).toBe(before);
});

scenario(
    "a protected stack is not destroyed, by the command or by Pulumi, before its protection is taken away",
    30,
    async () => {
        await project.deployed("dev");
        const before = await resourcesOf("dev");
        const refused = codeOf("protected");
        await project.with("dev", [{ path: ["deletionProtection"], value: true }], async () => {
            // The file alone protects what is deployed without.
            expect(await project.deploy("dev", ["destroy", "--confirm", "dev"])).toMatchObject({ code: refused });
            expect(await project.deploy("dev", ["up", "--yes"])).toMatchObject({ code: 0 });
        });
        // The state protects, whatever the file says.
        expect(await project.deploy("dev", ["destroy", "--confirm", "dev"])).toMatchObject({ code: refused });
        const byHand = await project.operate("destroy", "dev");
        expect(byHand.code).not.toBe(0);
        expect(byHand.errors.join("\n")).toContain("protect");
        expect(await resourcesOf("dev")).toBe(before);
        expect(await project.deploy("dev", ["up", "--yes"])).toMatchObject({ code: 0 });
    },
);

scenario("a confirmed destruction leaves nothing in the state, and in AWS what it says beforehand", 30, async () => {
    await project.deployed("dev");
    expect(await leftBehind("dev")).not.toEqual([]);
    const { code, stderr } = await project.deploy("dev", ["destroy", "--confirm", "dev"]);
    expect(code).toBe(0);
    expect((await project.state("dev")).resources.filter(({ custom }) => custom)).toEqual([]);
    const left = await leftBehind("dev");
    expect(left.filter((name) => !stderr.includes(name))).toEqual([]);
});
